"""What a tester found on the pages, and what holds since."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from hawthorn.accounts.actions import make_token
from hawthorn.accounts.models import Token, User
from hawthorn.files.models import Attachment
from hawthorn.kernel import clock
from hawthorn.loops.models import Item
from hawthorn.web import words
from make import Scene
from pictures import photo

At = Callable[..., Client]
WORD, NEW = "hawthorn-demo-1", "long-enough-77"
HUGE = ("9" * 19, "9" * 40, "9" * 5000)


def with_password(s: Scene, who: str) -> User:
    user = User.objects.get(pk=s.users[who].pk)
    user.set_password(WORD)
    user.save()
    return user


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def link_of(s: Scene) -> tuple[int, str]:
    """A matter that waits for an outside body, and the link it was given."""
    item = s.start("officer1", {"words": "树倒了", "unit": s.units["u1"].pk}).id
    s.step("officer1", item, "accept")
    made = s.step("officer1", item, "wait_outside", {"whom": "园林公司", "how": "link", "promised_at": "2026-03-05T18:00"})
    return item, made.slip["link"]


# ── 1: the same press again, with its photo ──
@pytest.mark.parametrize(("page", "who"), [("/say", ""), ("/capture", "officer1"), ("/paste", "officer1")])
def test_the_same_photo_again_is_the_same_press(at: At, s: Scene, page: str, who: str) -> None:
    client = at(who)
    given = {"words": "井盖松了", "do": "report", "key": "again-1"}
    first = client.post(page, {**given, "files": photo()})
    again = client.post(page, {**given, "files": photo()})
    assert first.status_code in (200, 302)
    assert again.status_code == first.status_code, again.content.decode()
    assert Item.objects.count() == 1
    assert Attachment.objects.filter(item__isnull=False).count() == 1


def test_a_step_with_the_same_photos_again_is_one_step(at: At, s: Scene) -> None:
    item = s.start("officer1", {"words": "井盖松了", "unit": s.units["u1"].pk}).id
    client, url = at("officer1"), f"/i/{item}/do/note"
    version = Item.objects.get(pk=item).version
    for _n in range(2):
        found = client.post(url, {"words": "看过了", "key": "n1", "files": [photo(), photo("red"), photo()]})
        assert found.status_code == 302, found.content.decode()
    assert Item.objects.get(pk=item).version == version + 1
    assert Attachment.objects.filter(item=item).count() == 3


# ── 2: no dead end ──
@pytest.mark.parametrize(("page", "who"), [("/say", ""), ("/complain", ""), ("/capture", "officer1"), ("/paste", "officer1")])
def test_a_key_used_for_other_words_comes_back_fresh(at: At, s: Scene, page: str, who: str) -> None:
    client = at(who)
    given = {"words": "井盖松了", "do": "report", "about": "system", "key": "used"}
    assert client.post(page, given).status_code in (200, 302)
    refused = client.post(page, {**given, "words": "另一件"})
    assert refused.status_code == 409
    key = key_in(refused.content.decode())
    assert key not in ("", "used")
    assert client.post(page, {**given, "words": "另一件", "key": key}).status_code in (200, 302)


@pytest.mark.parametrize(("page", "who"), [("/say", ""), ("/capture", "officer1")])
def test_a_fresh_key_comes_with_a_photo_that_can_be_used(at: At, s: Scene, page: str, who: str) -> None:
    client = at(who)
    given = {"words": "井盖松了", "do": "report", "key": "used"}
    client.post(page, {**given, "files": photo()})
    refused = client.post(page, {**given, "words": "另一件", "files": photo()}).content.decode()
    kept = re.search(r'name="files_kept" value="([^"]+)"', refused)
    assert kept is not None
    assert client.post(page, {**given, "words": "另一件", "key": key_in(refused), "files_kept": kept[1]}).status_code in (200, 302)
    assert Attachment.objects.filter(item__isnull=False).count() == 2


# ── 3: the password ──
def test_a_locked_screen_does_not_change_the_password(at: At, s: Scene) -> None:
    user = with_password(s, "officer1")
    client = at("officer1")
    client.post("/lock")
    found = client.post("/password", {"old": WORD, "new": NEW, "again": NEW})
    assert found["Location"].startswith("/lock")
    user.refresh_from_db()
    assert user.check_password(WORD)


def test_wrong_old_passwords_are_counted_and_the_door_rests(at: At, s: Scene) -> None:
    user = with_password(s, "officer1")
    client = at("officer1")
    codes = [client.post("/password", {"old": "wrong", "new": NEW, "again": NEW}).status_code for _n in range(6)]
    assert codes[0] == 422
    assert codes[-1] == 429
    assert client.post("/password", {"old": WORD, "new": NEW, "again": NEW}).status_code == 429
    user.refresh_from_db()
    assert user.check_password(WORD)


def test_a_new_password_ends_the_tokens(at: At, s: Scene) -> None:
    user = with_password(s, "officer1")
    make_token(user, "one", now=s.now)
    make_token(s.users["officer2"], "of another", now=s.now)
    assert at("officer1").post("/password", {"old": WORD, "new": NEW, "again": NEW})["Location"] == "/today"
    assert Token.objects.get(user=user).ended_at is not None
    assert Token.objects.get(user=s.users["officer2"]).ended_at is None


# ── 4: staff on public pages ──
def test_staff_say_something_with_a_photo_on_the_public_page(at: At, s: Scene) -> None:
    found = at("officer1").post("/say", {"words": "井盖松了", "key": "k", "files": photo()})
    assert found.status_code == 200
    assert Attachment.objects.get().user is None
    assert Attachment.objects.get().item == Item.objects.get().pk


# ── 5: numbers no database can hold ──
@pytest.mark.parametrize("huge", HUGE)
def test_huge_numbers_break_no_page(at: At, s: Scene, huge: str) -> None:
    item = s.start("officer1", {"words": "井盖松了", "unit": s.units["u1"].pk, "phone": "13800001234"}).id
    client = at("center")
    asked: list[Any] = [client.get("/matters", {"grid": huge}), client.get("/matters", {"after": f"_{huge}", "all": "1"})]
    asked += [client.get("/matters", {"after": f"2026-03-02T10:00:00+00:00_{huge}"}), client.post("/counter", {"unit": huge})]
    assert [a.status_code for a in asked] == [200] * 4
    assert client.post("/team", {"user": huge}).status_code == 404
    assert client.post("/oncall", {"on": "2026-03-03", "users": [huge]}).status_code == 409
    assert client.post(f"/i/{item}/reveal", {"reporter": huge, "reason": "x"}).status_code == 404
    sheet = SimpleUploadedFile("m.csv", "工单编号,诉求内容\nA1,路灯不亮\n".encode())
    assert client.post("/import/messages", {"sheet": sheet, "source": "x", "do": "dry", "column-1": huge}).status_code in (200, 409)
    stale = at("officer1").post(f"/i/{item}/do/accept", {"version": huge, "key": "v"})
    assert stale.status_code == 409
    if len(huge) < 100:
        assert [client.get(f"{path}{huge}").status_code for path in ("/i/", "/files/")] == [404, 404]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "x"])
def test_a_cursor_out_of_time_is_the_first_page(at: At, s: Scene, when: str) -> None:
    s.start("officer1", {"words": "井盖松了", "unit": s.units["u1"].pk})
    assert at("center").get("/matters", {"after": f"{when}_1"}).status_code == 200


# ── 6: NUL ──
def test_a_nul_is_refused_in_one_place(at: At, s: Scene) -> None:
    client = at("center")
    assert client.get("/matters", {"q": "a\x00b"}).status_code == 400
    assert client.post("/say", {"words": "a\x00b", "key": "k"}).status_code == 400
    assert client.get("/g/%00").status_code == 400
    stranger = at()
    stranger.cookies["in"] = "999\x00"
    assert stranger.get("/").status_code == 400
    assert not Item.objects.exists()


# ── 8, 10: the link of an outside body ──
def test_the_answer_of_an_outsider_sent_twice_is_thanked_twice(at: At, s: Scene) -> None:
    item, token = link_of(s)
    client = at()
    page = client.get(f"/out/{token}")
    assert "no-store" in page["Cache-Control"]
    given = {"words": "树已经扶好", "key": "o1"}
    first = client.post(f"/out/{token}", {**given, "files": photo()})
    assert first.status_code == 200, first.content.decode()
    assert "no-store" in first["Cache-Control"]
    version = Item.objects.get(pk=item).version
    again = client.post(f"/out/{token}", {**given, "files": photo()})
    assert (again.status_code, "收到了" in again.content.decode()) == (200, True)
    assert client.post(f"/out/{token}", {**given, "key": "o2"}).status_code == 404
    assert client.get(f"/out/{token}").status_code == 404
    assert Item.objects.get(pk=item).version == version


def test_files_are_not_stored_on_the_way(at: At, s: Scene) -> None:
    client = at("officer1")
    client.post("/capture", {"words": "井盖松了", "do": "report", "key": "a1", "files": photo()})
    found = client.get(f"/files/{Attachment.objects.get().pk}")
    assert found.status_code == 200
    assert "no-store" in found["Cache-Control"]
    assert "no-store" in client.get("/what")["Cache-Control"]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_figures_are_not_for_those_behind_a_proxy(at: At, s: Scene, settings: Any, name: str) -> None:
    assert at().get("/metrics").status_code == 200
    assert at().get("/metrics", headers={name: "127.0.0.1"}).status_code == 404
    settings.ENV = replace(settings.ENV, metrics_token="right")
    assert at().get("/metrics", headers={name: "127.0.0.1", "Authorization": "Bearer right"}).status_code == 200
    assert at().get("/metrics", headers={name: "127.0.0.1", "Authorization": "Bearer wrong"}).status_code == 404


def test_addresses_that_are_handed_out_are_those_of_the_service(at: At, s: Scene, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from hawthorn.web import slips

    drawn: list[str] = []

    def drawing(address: str) -> str:
        drawn.append(address)
        return ""

    monkeypatch.setattr(slips, "qr", drawing)
    settings.ENV = replace(settings.ENV, base_url="https://town.example.cn")
    at().post("/say", {"words": "井盖松了", "key": "k"})
    assert drawn[0].startswith("https://town.example.cn/what/")


# ── 11: English ──
def test_days_are_said_in_english(at: At, s: Scene) -> None:
    today = clock.local(s.now).date()
    assert words.day(today, today) == "3月2日"
    assert words.today_words(s.now) == "3月2日 周一"
    assert words.stamp(s.now) == "2026年3月2日 10:00"
    with translation.override("en"):
        said = [words.day(today, today), words.today_words(s.now), words.stamp(s.now)]
    assert said == ["2 Mar", "2 Mar Mon", "2 Mar 2026 10:00"]
    client = at("center")
    for path in ("/oncall", "/calendar", "/"):
        page = client.get(path, headers={"Accept-Language": "en"}).content.decode()
        assert '<html lang="en"' in page
        assert "月" not in page.split("<main")[1].split("</main")[0]
        assert "周" not in page.split("<main")[1].split("</main")[0]
