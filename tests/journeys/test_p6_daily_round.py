"""P6 日排查: a round shows only what is due, one press each; what is found is a matter at once; what is found three times is named for the weekly meeting."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops.models import Item
from hawthorn.patrols import queries
from hawthorn.patrols.rules.points import Rule
from make import Scene
from walking import campaign, day_after, point


@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """A client signed in; the pages' clock is the scene's."""
    monkeypatch.setattr(clock, "now", lambda: s.now)

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=who), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in


def shown(client: Client, path: str = "/rounds") -> str:
    """A page as it is read."""
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_an_officer_walks_a_week_and_only_what_is_due_is_asked(s: Scene, at: Callable[[str], Client]) -> None:
    lane = point(s, kind="fire_lane", spot="东侧通道", sort=1)
    point(s, kind="manhole", spot="门口路面", sort=2, rule=Rule("weekly", weekdays=(2,)))
    point(s, kind="slope", spot="屋后边坡", rule=Rule("rain"))
    client = at("officer1")
    assert "/rounds" in shown(client, "/today")
    monday = shown(client)
    assert ("东侧通道" in monday, "门口路面" in monday, "屋后边坡" in monday) == (True, False, False)
    for _n in range(2):  # Monday and Tuesday in one press each
        assert client.post("/rounds/look", {"checkpoint": lane.row.pk, "key": str(uuid4()), "result": "fine"}).status_code == 302
        assert "今天该看的都看过了" in shown(client)
        day_after(s)
        client = at("officer1")  # an idle screen locks; a new day begins with signing in
    assert "门口路面" in shown(client)  # Wednesday
    day_after(s)
    client = at("officer1")
    thursday = shown(client)
    assert "补看，3月4日该看的" in thursday
    assert re.search(r">1<span[^>]*> 个看过的点</span></a>/<a[^>]*>3<", thursday)
    campaign(s, purpose="rain", kinds=(), name="强降雨")
    assert "屋后边坡" in shown(client)


def test_a_finding_is_a_matter_at_once_and_the_third_running_is_named(s: Scene, at: Callable[[str], Client]) -> None:
    hole = point(s, kind="manhole", spot="门口路面")
    for n in range(3):
        client = at("officer1")
        assert client.post(f"/rounds/{hole.row.pk}/problem", {"words": f"第 {n + 1} 次松了", "key": str(uuid4())}).status_code == 302
        assert f"第 {n + 1} 次松了" in shown(client, "/today")
        day_after(s)
    assert Item.objects.filter(loop="matters", grid=s.places["grid1"].pk).count() == 3
    assert [r.point.row.pk for r in queries.three_times("subdistrict", s.places["street"].pk)] == [hole.row.pk]
