"""今日待办 and the lists: what comes first, how late in words, and how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hawthorn.kernel import clock
from hawthorn.kernel.clock import local
from hawthorn.loops.models import Nudge
from hawthorn.teams import actions as teams
from hawthorn.web import words
from make import Scene

At = Callable[..., Client]
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 10:00


@pytest.mark.parametrize(
    ("due", "said", "kind"),
    [
        (NOW - timedelta(minutes=10), "已超时 10 分钟", "late"),
        (NOW - timedelta(hours=2, minutes=20), "已超时 2 小时", "late"),
        (NOW - timedelta(days=3), "已超时 3 天", "late"),
        (NOW + timedelta(hours=3), "还有 3 小时", "soon"),
        (NOW + timedelta(minutes=20), "还有 20 分钟", "soon"),
        (NOW + timedelta(hours=8), "今天 18:00 前", "soon"),
        (NOW + timedelta(hours=14), "今天 24:00 前", "soon"),
        (NOW + timedelta(hours=22, minutes=5), "明天 08:05 前", ""),
        (NOW + timedelta(days=9), "3月11日前", ""),
        (NOW + timedelta(days=400), "2027年4月6日前", ""),
    ],
)
def test_a_limit_is_said_as_a_neighbour_would(due: datetime, said: str, kind: str) -> None:
    assert words.how_late(due, NOW) == {"text": said, "kind": kind}


def report(s: Scene, said: str, **more: Any) -> int:
    return s.start("officer1", {"words": said, "grid": s.places["grid1"].pk, **more}).id


def test_urgent_is_pinned_then_outside_deadlines_and_overdue_then_by_due_time(at: At, s: Scene) -> None:
    report(s, "早来的")
    s.later(days=1)
    s.start(
        "desk",
        {"words": "热线的", "grid": s.places["grid1"].pk, "outside_number": "X1", "outside_source": "12345", "outside_due_at": s.now + timedelta(days=9)},
        step="receive",
    )
    report(s, "刚来的")
    report(s, "急的", tier="urgent")
    page = at("officer1").get("/today").content.decode()
    places = [page.index(said) for said in ("急的", "早来的", "热线的", "刚来的")]
    assert places == sorted(places)
    assert "受理 已超时" in page


def test_a_vacant_post_below_is_on_my_list(at: At, s: Scene) -> None:
    item = s.start("desk", {"words": "灯坏了", "grid": s.places["grid3"].pk}).id
    assert f"/i/{item}" in at("officer3").get("/today").content.decode()
    assert f"/i/{item}" not in at("head3").get("/today").content.decode()


def test_what_a_post_was_told_stays_until_somebody_takes_note(at: At, s: Scene) -> None:
    item = report(s, "灯坏了")
    s.step("center", item, "urge", {"words": "快一点"})
    client = at("officer1")
    page = client.get("/today").content.decode()
    assert "请知悉" in page
    number = page.split("/today/noted/")[1].split('"')[0]
    assert at("officer2").post(f"/today/noted/{number}").status_code == 404
    assert "请知悉" in client.get("/today").content.decode()
    client.post(f"/today/noted/{number}")
    assert "请知悉" not in client.get("/today").content.decode()


def test_yesterdays_echo_is_a_number(at: At, s: Scene) -> None:
    item = report(s, "砖松了", phone="13900002222")
    s.step("officer1", item, "accept")
    s.step("officer1", item, "settle", {"result": "粘了", "say": "粘好了"})
    s.step("desk", item, "solved", {})
    s.later(days=1)
    assert "昨天有 1 件事" in at("officer1").get("/today").content.decode()
    assert "昨天有" not in at("officer2").get("/today").content.decode()


def test_a_desk_is_warned_before_the_calendar_ends(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "工作日历只到" not in at("center").get("/today").content.decode()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, tzinfo=UTC))
    assert "工作日历只到 2026-12-31" in at("center").get("/today").content.decode()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("officer1", "/today"),
        ("center", "/today"),
        ("center", "/matters"),
        ("center", "/matters?all=1"),
        ("desk", "/desk"),
        ("center", "/desk"),
        ("water", "/matters"),
        ("leader", "/today"),
        ("county_admin", "/today"),
        ("center", "/map"),
        ("center", "/team"),
        ("center", "/team?reset=1"),
        ("county_admin", "/team?vacant=1"),
        ("center", "/oncall"),
    ],
)
def test_a_list_takes_eight_statements_however_many_rows(at: At, s: Scene, who: str, path: str, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        report(s, f"第 {n} 件")
        s.start("resident", {"words": f"街道 {n}", "subdistrict": s.places["street"].pk})
    client = at(who)
    client.get(path)
    with django_assert_max_num_queries(8 + 2):  # session and user
        assert client.get(path).status_code == 200


def test_an_item_takes_the_same_statements_however_long_its_story(at: At, s: Scene, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    item = report(s, "灯坏了", phone="13900002222")
    client = at("officer1")
    s.step("officer1", item, "note", {"words": "先记一笔"})
    client.get(f"/i/{item}")  # keeps once a day that these fields are read
    with CaptureQueriesContext(connection) as first:
        client.get(f"/i/{item}")
    for n in range(20):
        s.step("officer1", item, "note", {"words": f"记 {n}"})
    with CaptureQueriesContext(connection) as later:
        client.get(f"/i/{item}")
    assert len(later) == len(first) <= 15


def test_the_list_narrows_by_link(at: At, s: Scene) -> None:
    one, two = report(s, "一件"), report(s, "两件", tier="urgent")
    s.step("officer1", one, "accept")

    def shown(query: str) -> set[int]:
        page = at("center").get(f"/matters?{query}").content.decode()
        return {item for item in (one, two) if f'"/i/{item}"' in page}

    assert shown("") == {one, two}
    assert shown("stage=working") == {one}
    assert shown("urgent=1") == {two}
    assert shown("mine=1") == set()
    assert shown(f"grid={s.places['grid2'].pk}") == set()
    s.later(hours=1)
    assert shown("late=1") == {two}
    from hawthorn.loops.models import Item

    code = Item.objects.get(pk=one).receipt
    assert shown(f"q={code[:4].lower()}-{code[4:]}") == {one}


def test_the_list_goes_on_by_keyset(at: At, s: Scene) -> None:
    items = [report(s, f"第 {n} 件") for n in range(60)]
    for query in ("", "all=1"):
        client, seen, url = at("center"), [], f"/matters?{query}"
        while url:
            page = client.get(url).content.decode()
            seen += [item for item in items if f'"/i/{item}"' in page]
            url = "/matters" + page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in page else ""
        assert sorted(seen) == sorted(items)


def test_a_seat_that_is_not_mine_is_not_there(at: At, s: Scene) -> None:
    assert at("officer1").get(f"/matters?seat={s.posts['center'].pk}").status_code == 404


def test_who_is_on_call_stands_in_for_a_desk_that_is_not_vacant(at: At, s: Scene) -> None:
    teams.set_roster(place=s.places["street"], on=local(s.now).date(), users=[s.users["night"]], now=s.now)
    s.later(hours=12)
    client = at("night")
    assert "代管" not in client.get("/today").content.decode()
    assert "值班时间，由您代行" in client.get("/me").content.decode()


def test_what_waits_for_helpers_is_not_offered_to_be_settled(at: At, s: Scene) -> None:
    item = s.start("officer1", {"words": "水管", "unit": s.units["u1"].pk}).id
    s.step("officer1", item, "call_up", {"tried": "看过", "asks": "请帮"})
    s.step("desk", item, "accept")
    assert f"/i/{item}/do/settle" in at("desk").get("/today").content.decode()
    s.step("desk", item, "call_for_help", {"agencies": [s.posts["water"].pk], "what": "来"})
    page = at("desk").get("/today").content.decode()
    assert f"/i/{item}/do/settle" not in page
    assert "等协办答复" in page


def test_what_the_county_was_told_but_may_not_read_has_no_dead_link(at: At, s: Scene) -> None:
    item = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    Nudge.objects.create(item_id=item, post=s.posts["county_desk"], kind="late", due_at=s.now, at=s.now)
    client = at("county_desk")
    page = client.get("/today").content.decode()
    assert client.get(f"/i/{item}").status_code == 404
    assert f'href="/i/{item}"' not in page
    assert "现在由 1 网格专职网格员 负责" in page


def test_those_to_merge_into_are_told_apart_by_what_was_said(at: At, s: Scene) -> None:
    for said in ("灯不亮", "井盖响"):
        item = s.start("officer1", {"words": said, "unit": s.units["u1"].pk}).id
    page = at("desk").get(f"/i/{item}/do/merge_into").content.decode()
    assert "灯不亮</option>" in page


def test_what_two_of_my_posts_were_told_of_one_thing_is_one_line_and_known_at_once(at: At, s: Scene) -> None:
    item = report(s, "灯坏了")
    for post in ("officer1", "desk", "officer1"):
        Nudge.objects.create(item_id=item, post=s.posts[post], kind="told", at=s.now, due_at=s.later(minutes=1))
    teams.appoint(post=s.posts["desk"], user=s.users["officer1"], from_at=s.now, now=s.now)
    client = at("officer1")
    page = client.get("/today").content.decode()
    assert page.count("/today/noted/") == 1
    number = page.split("/today/noted/")[1].split('"')[0]
    client.post(f"/today/noted/{number}")
    assert "/today/noted/" not in client.get("/today").content.decode()


def test_a_telling_is_called_so_once(at: At, s: Scene) -> None:
    drop = s.start("resident", {"words": "老年卡在哪里办", "unit": s.units["u1"].pk}, loop="drops").id
    for path in ("/today", f"/i/{drop}"):
        page = at("officer1").get(path).content.decode()
        assert "老年卡" in page
        assert "来话 · 来话" not in page
