"""值班表: who is on call now and next, two weeks of it, one day changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from hawthorn.teams import actions as teams
from make import Scene

At = Callable[..., Client]
NIGHTS = {date(2026, 3, 1): "power", date(2026, 3, 2): "night", date(2026, 3, 3): "leader", date(2026, 3, 7): "water", date(2026, 3, 8): "clinic"}


@pytest.fixture
def roster(s: Scene) -> Scene:
    for on, who in NIGHTS.items():
        teams.set_roster(place=s.places["street"], on=on, users=[s.users[who]], now=s.now)
    return s


def turns(page: str) -> list[str]:
    """What the two cards at the top say, without tags."""
    cards = re.findall(r'aria-labelledby="turn-\d">(.*?)</section>', page, flags=re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", card).split()) for card in cards]


@pytest.mark.parametrize(
    ("at_", "said"),
    [
        (datetime(2026, 3, 2, 2, tzinfo=UTC), ["现在 上班时间，由网格中心接。", "下一班 今天 18:00起 night"]),
        (datetime(2026, 3, 2, 12, tzinfo=UTC), ["现在 到明天 08:00 night", "下一班 明天 18:00起 leader"]),
        (datetime(2026, 3, 2, 19, tzinfo=UTC), ["现在 到今天 08:00 night", "下一班 今天 18:00起 leader"]),
        (datetime(2026, 3, 1, 22, tzinfo=UTC), ["现在 到今天 08:00 power", "下一班 今天 18:00起 night"]),
        (datetime(2026, 3, 7, 1, tzinfo=UTC), ["现在 到明天 08:00 water", "下一班 明天 08:00起 clinic"]),
        (datetime(2026, 3, 4, 12, tzinfo=UTC), ["现在 到明天 08:00 没有人 由网格中心接。", "下一班 明天 18:00起 没有人 由网格中心接。"]),
    ],
)
def test_now_and_next_come_first(at: At, roster: Scene, at_: datetime, said: list[str]) -> None:
    roster.now = at_
    assert turns(at("center").get("/oncall").content.decode()) == said


@pytest.mark.parametrize("on", ["2099-01-01", "1999-01-01", "9999-12-31"])
def test_a_day_far_away_is_a_slip_of_the_pen(s: Scene, at: At, on: str) -> None:
    for page, more in (("/oncall", {"users": []}), ("/calendar", {"kind": "off", "name": "笔误"})):
        found = at("center").post(page, {"on": on, **more})
        assert found.status_code == 409
        assert on in found.content.decode() or "已经过去" in found.content.decode()
    assert not any(day.isoformat() == on for day in s.town.policy(s.places["street"].pk).calendar.off)


def test_whoever_the_page_names_now_is_who_acts_now(at: At, roster: Scene) -> None:
    for _hours in range(38):
        acting = roster.town.own_users(roster.posts["on_call"].pk, roster.later(hours=5))
        first = turns(at("center").get("/oncall").content.decode())[0]
        assert [who for who in set(NIGHTS.values()) if who in first.split()] == [roster.town.names[u] for u in acting]


@pytest.mark.parametrize("day", [2, 4, 8])
def test_two_weeks_are_shown_from_whatever_day(at: At, roster: Scene, day: int) -> None:
    roster.now = datetime(2026, 3, day, 2, tzinfo=UTC)
    page = at("center").get("/oncall").content.decode()
    for n in range(14):
        assert f">3月{day + n}日</a>" in page
    assert page.count('aria-current="date"') == 1
    assert len(re.findall(r'<tr role="row"><td', page)) == (2 if day == 2 else 3)


def test_other_weeks_are_a_link_away_and_the_past_is_not_changed(at: At, roster: Scene) -> None:
    client = at("center")
    page = client.get("/oncall?from=2026-03-16").content.decode()
    assert "3月16日" in page
    assert 'aria-current="date"' not in page
    page = client.get("/oncall?from=2026-02-16").content.decode()
    assert "on=2026-03-01" not in page
    assert "power" in page
    for odd in ("9999-12-31", "0001-01-01", "no"):
        assert 'aria-current="date"' in client.get(f"/oncall?from={odd}&on={odd}").content.decode()


def test_a_day_is_opened_with_who_is_on_it(at: At, roster: Scene) -> None:
    def ticked(query: str) -> set[str]:
        page = at("center").get(f"/oncall{query}").content.decode()
        return {roster.town.names[int(n)] for n in re.findall(r'name="users" value="(\d+)" checked', page)}

    assert ticked("") == {"night"}
    assert ticked("?on=2026-03-03") == {"leader"}
    assert ticked("?on=2026-03-05") == set()
    page = at("center").get("/oncall?on=2026-03-03").content.decode()
    assert re.search(r'name="on" value="2026-03-03"', page)
    chips, _details, others = page.split('id="change"')[1].partition("<details")
    assert "center" in chips  # of the street's own posts, before anybody was on
    assert ">officer1<" not in chips
    assert ">officer1<" in others


def test_a_day_is_set_from_chips_and_list_together(at: At, roster: Scene) -> None:
    users = [roster.users[who].pk for who in ("night", "officer1")]
    page = at("center").post("/oncall", {"on": "2026-03-05", "users": users}, follow=True).content.decode()
    assert "3月5日 周四的值班改好了：night、officer1。" in page
    assert roster.town.roster[roster.places["street"].pk, date(2026, 3, 5)] == frozenset(users)
