"""The pages of the weekly assessment: drawn up, decided one by one, frozen, made public by three people, shown on the wall."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from hawthorn.assessments.actions import months
from hawthorn.assessments.models import Point
from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.rules import figures
from hawthorn.kernel.clock import local
from hawthorn.loops.models import Item
from hawthorn.web import wall
from hawthorn.web.burden import FORBIDDEN
from make import Scene

At = Callable[..., Client]


def burst(s: Scene) -> None:
    for _n in range(3):
        s.start("officer1", {"words": "灯又坏了", "unit": s.units["u1"].pk, "category": s.category("m01037")})


def drawn(at: At, s: Scene) -> int:
    burst(s)
    answer = at("center").post("/meeting", {"key": "m1"})
    return int(answer["Location"].rsplit("/", 1)[1])


def closed(at: At, s: Scene) -> int:
    item = drawn(at, s)
    at("center").post(f"/meeting/{item}/close", {"key": "c1", "offline": "1"})
    return item


def test_a_meeting_from_the_agenda_to_the_minutes(at: At, s: Scene) -> None:
    item = drawn(at, s)
    client = at("center")
    assert client.post("/meeting", {"key": "m1"})["Location"].endswith(f"/{item}"), "the same press again is the same meeting"
    page = client.get(f"/meeting/{item}").content.decode()
    assert "同一处近 30 天 3 件" in page
    sort = Point.objects.get(meeting=item, kind="problem").sort
    one = client.get(f"/meeting/{item}/{sort}").content.decode()
    assert "路灯异常" in one
    until = (s.now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    refused = client.post(f"/meeting/{item}/{sort}", {"decision": "commit", "words": "查线路", "until": until})
    assert refused.status_code == 409
    assert "查线路" in refused.content.decode(), "what was typed is still there"
    given = {"decision": "commit", "words": "查线路", "until": until, "lead": s.posts["power"].pk}
    assert client.post(f"/meeting/{item}/{sort}", given).status_code == 302
    promise = Item.objects.get(loop="commitments")
    assert "查线路" in at("power").get(f"/i/{promise.pk}").content.decode()
    assert client.post(f"/meeting/{item}/add", {"about": "集市放在哪里"}).status_code == 302
    assert client.post(f"/meeting/{item}/close", {"key": "c1", "offline": "2"}).status_code == 302
    page = client.get(f"/meeting/{item}").content.decode()
    assert "没有议到，下次再议" in page
    assert "线下会商 2 件" in page
    assert client.post(f"/meeting/{item}/{sort}", given).status_code == 409
    assert client.post(f"/meeting/{item}/correct", {"words": "第一项应为二网格"}).status_code == 302
    assert "第一项应为二网格" in client.get(f"/meeting/{item}").content.decode()
    assert client.get(f"/i/{item}")["Location"] == f"/meeting/{item}"


@pytest.mark.parametrize("who", ["officer1", "water", "county_desk", "center2", "desk"])
def test_others_do_not_read_the_meeting_of_a_subdistrict(at: At, s: Scene, who: str) -> None:
    item = drawn(at, s)
    assert at(who).get(f"/meeting/{item}").status_code == 404
    assert at(who).post(f"/meeting/{item}/close", {"key": "c9"}).status_code == 404


def released(at: At, s: Scene, item: int) -> Item:
    at("center").post(f"/meeting/{item}/digest", {"key": "d1"})
    return Item.objects.get(loop="releases")


def test_nothing_is_public_without_three_named_people(at: At, s: Scene) -> None:
    release = released(at, s, closed(at, s))
    news = f"/news/{release.receipt}"
    assert s.holder(release.pk) == "center", "the other colleague of the same desk reviews"
    fit = {"is_fit": "1", "is_not_secret": "1", "key": "r1"}
    assert at().get(news).status_code == 404
    assert at("center").post(f"/i/{release.pk}/do/review", fit).status_code == 409, "not by who drafted it"
    assert at("center_b").post(f"/i/{release.pk}/do/review", {"is_fit": "1", "key": "r0"}).status_code == 409, "not without the look for secrets"
    assert at("center_b").post(f"/i/{release.pk}/do/review", fit | {"key": "r2"}).status_code == 302
    assert s.holder(release.pk) == "leader"
    for who in ("center", "center_b"):
        assert at(who).post(f"/i/{release.pk}/do/publish", {"key": f"p-{who}"}).status_code in (404, 409)
    assert at().get(news).status_code == 404
    assert at("leader").post(f"/i/{release.pk}/do/publish", {"key": "p1"}).status_code == 302
    page = at().get(news).content.decode()
    assert "开了周研判会" in page
    for name in ("拟稿：center", "审核（含保密审查）：center_b", "发布：leader"):
        assert name in page
    assert news in at().get("/").content.decode()
    assert at("center").post(f"/i/{release.pk}/do/withdraw", {"reason": "数字要改", "key": "w1"}).status_code == 302
    assert at().get(news).status_code == 404
    assert news not in at().get("/").content.decode()


def numbers_in(text: str) -> set[tuple[str, str, str]]:
    """(label, top, bottom) of every public share found in a text."""
    labels = [f.label for f in figures.FIGURES if f.is_public]
    return {(label, *m) for label in labels for m in re.findall(label + r"\D{0,12}?(?:\d+%\D{0,4})?(\d+)\s*/\s*(\d+)", text)}


def test_board_wall_digest_and_export_show_the_same_numbers(at: At, s: Scene) -> None:
    """The fifth, the report, is compared in test_meeting_papers.py."""
    for n in range(12):
        item = s.start("officer1", {"words": f"灯 {n}", "unit": s.units["u1"].pk, "phone": "19900001234"}).id
        s.step("officer1", item, "accept")
        s.step("officer1", item, "contact", {"how": "phone"}) if n % 2 else s.later(days=1)
        s.step("officer1", item, "settle", {"result": "好", "say": "好"})
        s.step("desk", item, "solved", {"rating": 5 if n % 2 else 3})
    month = figures.first_of(local(s.now).date())
    place = s.town.places[s.places["street"].pk]
    known = numbers_of(place, month, s.town, s.now)
    wanted = {(x.figure.label, str(x.top), str(x.bottom)) for x in known.shares if x.figure.is_public}
    assert len(wanted) == 4
    assert any(int(bottom) for _label, _top, bottom in wanted)
    plain = lambda page: re.sub(r"<[^>]+>", " ", page)  # noqa: E731
    board = plain(re.sub(r'<span class="sr">.*?</span>', "", at("center").get("/board").content.decode()))
    assert wanted <= {(a, b, c) for a, b, c in numbers_in(re.sub(r"\s+", " ", board).replace(" / ", "/"))}
    link = re.search(r'href="(/wall/[^"]+)"', at("center").get("/wall").content.decode())
    assert link is not None
    wall = plain(at().get(link[1]).content.decode())
    assert wanted <= numbers_in(re.sub(r"\s+", " ", wall))
    rows = list(csv.reader(io.StringIO(at("center").get("/export/figures.csv").getvalue().decode("utf-8-sig"))))
    assert wanted <= {(r[0], r[1], r[2]) for r in rows if len(r) > 2}
    s.now = s.now + timedelta(days=40)
    months.close(place, month, now=s.now)
    at("center").post("/board/draft", {"place": place.id, "month": f"{month:%Y-%m}", "key": "f1"})
    draft = at("center").get(f"/i/{Item.objects.get(loop='releases').pk}").content.decode()
    told = numbers_in(draft)
    closed_ones = {(x.figure.label, str(x.top), str(x.bottom)) for x in numbers_of(place, month, s.town, s.now).shares if x.figure.is_public and not x.is_few}
    assert told == closed_ones


def test_the_wall_says_numbers_only_and_its_link_can_be_read_by_nobody_else(at: At, s: Scene) -> None:
    burst(s)
    link = re.search(r'href="(/wall/[^"]+)"', at("center").get("/wall").content.decode())
    assert link is not None
    page = at().get(link[1])
    assert "灯又坏了" not in page.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert at().get(link[1] + "x").status_code == 404
    assert at("water").get("/wall").status_code == 404


def test_links_of_the_wall_that_are_out_can_be_made_worthless(at: At, s: Scene) -> None:
    def link(who: str) -> str:
        found = re.search(r'href="(/wall/[^"]+)"', at(who).get("/wall").content.decode())
        assert found is not None
        return found[1]

    old, of_the_community = link("center"), link("desk")
    assert at("center").post("/wall").status_code == 302
    assert at().get(old).status_code == 404
    assert at().get(link("center")).status_code == 200
    assert at().get(of_the_community).status_code == 200, "another place's links are its own"
    assert "作废" in at("center").get("/wall").content.decode()
    assert at("water").post("/wall").status_code == 404


def test_a_screen_that_is_too_small_shows_the_places_with_most_that_is_late(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "LINES", 1)
    for grid, number in (("grid1", 2), ("grid2", 1)):
        for _n in range(number):
            s.start("officer1" if grid == "grid1" else "officer2", {"words": "灯坏了", "unit": s.units["u1" if grid == "grid1" else "u2"].pk})
    found = re.search(r'href="(/wall/[^"]+)"', at("center").get("/wall").content.decode())
    assert found is not None
    page = at().get(found[1]).content.decode()
    assert page.count('class="all"') == 1
    assert s.places["grid1"].name in page
    assert s.places["grid2"].name not in page


def test_every_prohibition_names_tests_that_are_there(at: At, s: Scene) -> None:
    root = Path(__file__).parents[2]
    for _what, _how, tests in FORBIDDEN:
        assert tests
        for name in tests:
            path, _colons, function = name.partition("::")
            assert f"def {function}(" in (root / path).read_text(encoding="utf-8"), name
    assert "打卡、积分、排名" in at("officer1").get("/prohibitions").content.decode()
