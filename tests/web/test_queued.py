"""What a device kept and sends later goes through the pages' own views: the same event and the same refusal as page and API, told as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from hawthorn.accounts.actions import make_token
from hawthorn.journal.models import Event
from hawthorn.loops.models import Item, Reporter, Text
from make import Scene

At = Callable[..., Client]
ALONE = {"Accept": "application/json", "Prefer": "return=minimal"}
LOOKING = {"Accept": "application/json", "Prefer": "return=representation"}
LEAVE_OUT = {"id", "stream", "at", "door", "key", "asked", "digest", "prev", "body"}


def last_event() -> dict[str, Any]:
    """The newest event, without what is a number or a time of its own."""
    event = Event.objects.order_by("-id").values()[0]
    return {k: v for k, v in event.items() if k not in LEAVE_OUT} | {"facts": sorted(json.loads(event["body"]).get("facts", {}))}


def api(client: Client, s: Scene, path: str, body: dict[str, Any], who: str = "officer1") -> Any:
    return client.post(path, body, content_type="application/json", headers={"Authorization": f"Bearer {make_token(s.users[who], 'x', now=s.now)}"})


def test_a_capture_is_the_same_event_by_page_queue_and_api(at: At, s: Scene) -> None:
    client, told = at("officer1"), []
    for n, headers in enumerate((None, ALONE, LOOKING)):
        words = ("井盖松了", "树枝断了挡着路", "灯不亮")[n]
        found = client.post("/capture", {"words": words, "unit": s.units["u1"].pk, "do": "report", "key": f"k{n}"}, headers=headers)
        item = Item.objects.order_by("-pk")[0]
        if headers:
            assert found.json() | {"words": ""} == {"ok": True, "url": f"/i/{item.pk}", "words": "", "version": 1, "slip": {}}
        told.append(last_event())
    assert api(client, s, "/api/v1/matters", {"words": "栏杆锈断", "unit": s.units["u1"].pk}).status_code == 201
    told.append(last_event())
    assert all(event == told[0] for event in told)
    assert set(Text.objects.values_list("words", flat=True)) >= {"井盖松了", "树枝断了挡着路", "灯不亮", "栏杆锈断"}


@pytest.mark.parametrize(
    ("first", "who", "name", "fields", "code"),
    [
        ("accept", "officer1", "accept", {}, "wrong_stage"),
        ("", "water", "note", {"words": "x"}, "not_there"),
        ("", "instructor1", "accept", {}, "not_yours"),
        ("accept", "officer1", "settle", {"say": "好了"}, "missing"),
        ("accept", "officer1", "settle", {"result": "好了", "say": "好了", "version": "1"}, "stale"),
    ],
)
def test_a_step_is_refused_alike_by_page_queue_and_api(at: At, s: Scene, first: str, who: str, name: str, fields: dict[str, str], code: str) -> None:
    item = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    if first:
        s.step("officer1", item, first)
    client, before = at(who), Event.objects.count()
    page = client.post(f"/i/{item}/do/{name}", fields)
    queued = client.post(f"/i/{item}/do/{name}", fields, headers=ALONE)
    said = api(client, s, f"/api/v1/matters/{item}/steps/{name}", {k: int(v) if k == "version" else v for k, v in fields.items()}, who)
    assert queued["Content-Type"].startswith("application/problem+json")
    assert (queued.json()["code"], queued.json()["detail"]) == (said.json()["code"], said.json()["detail"])
    assert (queued.json()["code"], queued.status_code, said.status_code) == (code, page.status_code, page.status_code)
    assert Event.objects.count() == before


def test_a_step_too_late_says_how_it_stands_and_where_the_words_can_go(at: At, s: Scene) -> None:
    item = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    s.step("officer1", item, "accept")
    s.step("officer1", item, "call_up", {"tried": "看过", "asks": "请帮"})
    client = at("officer1")
    told = client.post(f"/i/{item}/do/settle", {"result": "好", "say": "好"}, headers=ALONE).json()["now"]
    assert (told["stage"], told["holder"], told["url"]) == ("待受理", "综合窗口", f"/i/{item}")
    assert client.post(told["note"], {"words": "换过灯泡", "key": "n1"}, headers=ALONE).json()["ok"]
    s.step("desk", item, "void", {"say": "误报"})
    assert "note" not in client.post(f"/i/{item}/do/settle", {"result": "好", "say": "好"}, headers=ALONE).json()["now"]


def test_who_looks_on_gets_the_page_and_who_does_not_gets_what_is_said_once(at: At, s: Scene) -> None:
    client = at("officer1")
    given = {"words": "灯坏了", "phone": "13800001234", "unit": s.units["u1"].pk, "do": "report"}
    page = client.post("/capture", given | {"key": "a"}, headers=LOOKING).json()["page"]
    assert "口令" in page
    alone = client.post("/capture", given | {"words": "水管漏了一地", "key": "b"}, headers=ALONE).json()
    assert set(alone["slip"]) >= {"receipt", "word"}
    assert Reporter.objects.filter(receipt=alone["slip"]["receipt"]).exists()
    refused = client.post("/capture", {"words": "", "key": "c", "do": "report"}, headers=LOOKING)
    assert refused.status_code == 409
    assert 'name="words"' in refused.json()["page"]
    assert "page" not in client.post("/capture", {"words": "", "key": "d", "do": "report"}, headers=ALONE).json()


def test_words_that_nobody_reads_are_not_left_for_the_next_page(at: At, s: Scene) -> None:
    client = at("officer1")
    given = {"words": "井盖松了", "do": "report"}
    assert "记下了" in client.post("/capture", given | {"key": "a"}, headers=ALONE).json()["words"]
    assert "记下了" not in client.get("/today").content.decode()
    looked = client.post("/capture", given | {"words": "路灯坏了", "key": "b"}, headers=LOOKING).json()
    assert "记下了" in client.get(looked["url"]).content.decode()


def test_nobody_is_asked_whether_it_is_the_same_as_something_near(at: At, s: Scene) -> None:
    client = at("officer1")
    given = {"words": "三单元门口的路灯一直不亮", "unit": s.units["u1"].pk, "do": "report"}
    client.post("/capture", given | {"key": "a"}, headers=ALONE)
    assert client.post("/capture", given | {"key": "b"}, headers=LOOKING).status_code == 409
    assert client.post("/capture", given | {"key": "c"}, headers=ALONE).json()["ok"]
    assert Item.objects.count() == 2


def test_the_same_press_is_answered_with_the_first_answer(at: At, s: Scene) -> None:
    client = at("officer1")
    answers = [client.post("/capture", {"words": "井盖松了", "do": "report", "key": "a"}, headers=ALONE).json()["url"] for _again in range(3)]
    assert len(set(answers)) == 1
    assert Item.objects.count() == 1
    other = client.post("/capture", {"words": "别的事", "do": "report", "key": "a"}, headers=ALONE)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")


def test_the_end_of_a_session_is_told_and_nothing_is_taken(at: At, s: Scene) -> None:
    given = {"words": "井盖松了", "do": "report", "key": "a"}
    gone = at().post("/capture", given, headers=ALONE)
    assert (gone.status_code, gone.json()["code"]) == (401, "signed_out")
    client = at("officer1")
    client.post("/lock")
    assert client.post("/capture", given, headers=ALONE).json()["code"] == "locked"
    assert not Item.objects.exists()


def test_what_one_wrote_is_never_taken_as_anothers(at: At, s: Scene) -> None:
    given, mine = {"words": "井盖松了", "do": "report", "key": "a"}, str(s.users["officer1"].pk)
    other = at("officer2").post("/capture", given, headers=ALONE | {"Hawthorn-Who": mine})
    assert (other.status_code, other.json()["code"]) == (401, "other_user")
    assert not Item.objects.exists()
    assert at("officer1").post("/capture", given, headers=ALONE | {"Hawthorn-Who": mine}).json()["ok"]


def test_an_old_mark_is_refused_and_a_fresh_one_is_to_be_had(s: Scene, at: At) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = at("officer1").cookies
    refused = client.post("/capture", {"words": "x", "key": "a"}, headers=ALONE)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    told = client.get("/unsent/token", headers=ALONE).json()
    assert told["who"] == str(s.users["officer1"].pk)
    taken = client.post("/capture", {"words": "井盖松了", "do": "report", "key": "a", "csrfmiddlewaretoken": told["token"]}, headers=ALONE)
    assert taken.json()["ok"]
    assert at().get("/unsent/token", headers=ALONE).status_code == 401


def test_pages_say_whose_they_are_and_which_may_be_kept(at: At, s: Scene) -> None:
    item = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    client, mine = at("officer1"), str(s.users["officer1"].pk)
    for path in ("/today", "/capture", "/unsent", f"/i/{item}", f"/i/{item}/do/accept"):
        found = client.get(path)
        assert (found["Hawthorn-Who"], found["Hawthorn-Keep"]) == (mine, "first" if path == "/capture" else "1"), path
    for path in ("/matters", "/counter", "/"):
        assert "Hawthorn-Keep" not in client.get(path), path
    client.post("/lock")
    locked = client.get("/lock")
    assert (locked["Hawthorn-Who"], locked["Hawthorn-Locked"]) == (mine, "1")
    assert at().get("/say")["Hawthorn-Who"] == "0"


def test_the_worker_names_every_file_it_keeps_and_they_are_there(at: At) -> None:
    found = at().get("/sw.js")
    assert found["Content-Type"].startswith("text/javascript")
    assert "no-cache" in found["Cache-Control"]
    told = json.loads(re.findall(r"self\.hawthorn = (\{.*\});", found.content.decode())[0])
    assert told["version"] == json.loads(re.findall(r"self\.hawthorn = (\{.*\});", at().get("/sw.js").content.decode())[0])["version"]
    assert any(name.endswith("worker.js") for name in told["shell"])
    assert all(finders.find(name.removeprefix(told["static"])) for name in told["shell"])
    page = at().get(told["offline"]).content.decode()
    assert "没有网络" in page
    assert json.loads(at().get("/manifest.webmanifest").content)["start_url"] == "/today"


def test_what_is_too_large_or_broken_is_told_the_queue_in_its_own_form(at: At, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    client = at("officer1")
    large = client.post("/capture", {"words": "井" * 3000}, headers=ALONE)
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    torn = client.post("/capture", b"--x\r\nContent-Disposition: form-data", content_type="multipart/form-data", headers=ALONE)
    assert (torn.status_code, torn.json()["code"]) == (400, "cut")
    nul = client.post("/capture", {"words": "井\x00"}, headers=ALONE)
    assert (nul.status_code, nul.json()["code"]) == (400, "cut")
    page = client.post("/capture", {"words": "井" * 3000})
    assert page.status_code == 413
    assert "送来的内容太大了" in page.content.decode()
