"""一个网格的队伍: its posts, who falls in, what is open and changing hands, standing notes, the Party group; few statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from hawthorn.handovers.tasks import handovers, vacancies
from hawthorn.loops.models import Item
from hawthorn.teams import actions as teams
from hawthorn.teams import group_actions
from hawthorn.teams.models import Holding, PartyClaim
from make import Scene

At = Callable[..., Client]


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:1500]
    return unescape(answer.content.decode())


@pytest.fixture
def left(s: Scene) -> Scene:
    """The officer has left; the grid head signed for them, nobody is appointed; a matter is open."""
    s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk})
    teams.end_holding(holding=Holding.objects.get(post=s.posts["officer1"]), to_at=s.now, now=s.now)
    vacancies(town=s.town, now=s.now)
    handovers(town=s.town, now=s.now)
    s.step("head1", Item.objects.get(loop="handovers").pk, "hand_over", {"notes": "东门锁要往上提"})
    return s


def address(s: Scene, grid: str = "grid1") -> str:
    return f"/team/grid/{s.places[grid].pk}"


def test_the_team_of_a_grid_on_one_page(left: Scene, at: At) -> None:
    s = left
    for who in ("head1", "desk", "center", "secretary"):
        shown = page(at(who).get(address(s)))
        for words in ("由 1 网格长 代管", "东门锁要往上提", "缺岗 · 1 网格专职网格员", "交接 · 1 网格专职网格员", f"/matters?holder={s.posts['officer1'].pk}"):
            assert words in shown, (who, words)
    assert address(s) in page(at("center").get("/team"))
    assert address(s) in page(at("desk").get(f"/team/post/{s.posts['head1'].pk}"))


@pytest.mark.parametrize("who", ["officer2", "desk_village", "water", "center2", "officer9"])
def test_a_grid_of_elsewhere_is_not_there(s: Scene, at: At, who: str) -> None:
    assert at(who).get(address(s)).status_code == 404
    assert at(who).post(address(s), {"do": "group"}).status_code == 404


def test_only_who_keeps_the_group_sets_it_up_and_counts(s: Scene, at: At) -> None:
    assert at("head1").post(address(s), {"do": "group"}).status_code == 409
    assert at("desk").post(address(s), {"do": "number", "number": "7"}).status_code == 404, "there is none yet"
    at("desk").post(address(s), {"do": "group"})
    assert at("head1").post(address(s), {"do": "number", "number": "7"}).status_code == 409
    assert "改人数" not in page(at("head1").get(address(s)))
    assert at("desk").post(address(s), {"do": "number", "number": "七"}).status_code == 409
    assert "人数改好了" in page(at("desk").post(address(s), {"do": "number", "number": "7"}, follow=True))
    assert at("desk").post(address(s), {"do": "number", "number": ""}, follow=True).status_code == 200


def test_a_head_who_did_not_agree_is_not_named(s: Scene, at: At) -> None:
    group = group_actions.set_up(s.places["grid1"].pk, actor=s.actor("desk"), town=s.town, now=s.now)
    holding = teams.appoint(post=group.post, user=s.users["night"], from_at=s.now, now=s.now)
    assert "本人没有同意写姓名" in page(at("head1").get(address(s)))
    assert "night" not in page(at("").get(f"/g/{s.places['grid1'].code}"))
    teams.appoint(post=group.post, user=holding.user, from_at=s.now, shows_name=True, now=s.now)
    assert "night" in page(at("").get(f"/g/{s.places['grid1'].code}"))


def test_the_form_of_a_task_keeps_what_was_typed(s: Scene, at: At) -> None:
    group_actions.set_up(s.places["grid1"].pk, actor=s.actor("desk"), town=s.town, now=s.now)
    told = page(at("head1").post("/party", {"do": "ask", "grid": s.places["grid1"].pk, "what": "帮忙搬柜子", "until": "2026-01-01T08:00", "key": "k"}), 409)
    assert "帮忙搬柜子" in told
    assert "日期已经过去" in told
    assert "请党小组做一件事" not in page(at("officer1").get("/party")), "only those who ask see the form"


def test_a_task_leads_to_the_matter_it_is_for_where_one_may_see_that(s: Scene, at: At) -> None:
    matter = s.start("resident", {"words": "灯", "unit": s.units["u1"].pk}).id
    group = group_actions.set_up(s.places["grid1"].pk, actor=s.actor("desk"), town=s.town, now=s.now)
    group_actions.claim(group.pk, "home", actor=s.actor("water"), town=s.town, now=s.now)
    given = {"grid": s.places["grid1"].pk, "what": "x", "until": s.now + timedelta(days=3), "about": matter}
    item = s.start("head1", given, loop="group_tasks").id
    assert f"/i/{matter}" in page(at("head1").get(f"/i/{item}"))
    assert f"/i/{matter}" not in page(at("water").get(f"/i/{item}"))


def test_pages_take_few_statements(left: Scene, at: At, django_assert_max_num_queries: Any) -> None:
    s = left
    group = group_actions.set_up(s.places["grid1"].pk, actor=s.actor("desk"), town=s.town, now=s.now)
    teams.appoint(post=group.post, user=s.users["night"], from_at=s.now, now=s.now)
    for who in ("water", "power", "clinic"):
        group_actions.claim(group.pk, "unit", actor=s.actor(who), town=s.town, now=s.now)
    for n in range(12):
        s.start("head1", {"grid": s.places["grid1"].pk, "what": f"第 {n} 件", "until": s.now + timedelta(days=3)}, loop="group_tasks")
    assert PartyClaim.objects.count() == 3
    for who, path in (("desk", address(s)), ("water", "/party"), ("desk", "/party"), ("desk", "/group_tasks"), ("water", "/group_tasks")):
        client = at(who)
        client.get(path)
        with django_assert_max_num_queries(2 + 9):
            assert client.get(path).status_code == 200
