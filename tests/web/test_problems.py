"""A problem's page: the matters it gathers and what meetings promised about it; one stubborn problem a month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from hawthorn.assessments.actions import meetings
from hawthorn.assessments.models import Point, Problem
from make import Scene

At = Callable[..., Client]


def found(s: Scene, unit: str = "u1") -> tuple[int, list[int]]:
    """Three of a kind at one place, and the agenda that notices: the problem, its matters."""
    matters = [s.start("officer1", {"words": "灯又坏了", "unit": s.units[unit].pk, "category": s.category("m01037")}).id for _n in range(3)]
    meeting = meetings.draw_up(s.town.places[s.places["street"].pk], actor=s.actor("center"), town=s.town, now=s.now, door="test")
    problem = Problem.objects.order_by("-item_id").values_list("item_id", flat=True)[0]
    point = Point.objects.get(meeting=meeting, source=problem)
    given = {"decision": "commit", "words": "查线路", "lead": s.posts["power"].pk, "until": (s.now + timedelta(days=5)).isoformat()}
    meetings.decide(point.pk, given, actor=s.actor("center"), town=s.town, now=s.now, door="test")
    return problem, matters


def test_the_page_of_a_problem_lists_its_matters_and_what_was_promised(at: At, s: Scene) -> None:
    problem, matters = found(s)
    other = s.start("officer1", {"words": "井盖松动", "unit": s.units["u1"].pk, "category": s.category("m01037")}).id
    elsewhere = s.start("officer1", {"words": "灯坏了", "unit": s.units["u2"].pk, "category": s.category("m01037")}).id
    page = at("center").get(f"/i/{problem}").content.decode()
    for matter in (*matters, other):
        assert f'href="/i/{matter}"' in page
    assert f'href="/i/{elsewhere}"' not in page, "another building is not this problem"
    assert "共 4 件" in page
    assert f'href="/i/{Point.objects.get(source=problem).commitment_id}"' in page
    assert "是哪些事" not in at("center").get(f"/i/{other}").content.decode()


def test_one_stubborn_problem_a_month_and_it_can_be_changed(at: At, s: Scene) -> None:
    first, _matters = found(s)
    assert "这个月还没有定" in at("center").get("/meeting").content.decode()
    assert at("center").post(f"/i/{first}/do/choose").status_code == 302
    page = at("center").get("/meeting").content.decode()
    assert "本月一题" in page
    assert f'href="/i/{first}"' in page
    assert f"{s.now:%Y}年{s.now.month}月的每月一题" in at("center").get(f"/i/{first}").content.decode()
    second = s.start("system", {"place": s.places["grid2"].pk, "source": "signal", "why": "近 3 周 9 件，往常 2.1 件"}, loop="problems", step="find").id
    refused = at("center").post(f"/i/{second}/do/choose")
    assert refused.status_code == 409
    assert "这个月已经定了一题" in refused.content.decode()
    assert at("officer1").post(f"/i/{first}/do/unchoose").status_code in (404, 409)
    assert at("center").post(f"/i/{first}/do/unchoose").status_code == 302
    assert at("center").post(f"/i/{second}/do/choose").status_code == 302
    s.later(days=35)
    assert at("center").post(f"/i/{first}/do/choose").status_code == 302, "another month"
    assert at("center").post(f"/i/{second}/do/unchoose").status_code == 409, "what an earlier month took on stays so"
