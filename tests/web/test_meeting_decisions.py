"""What becomes of what a meeting decided: promises stand once, what is not done is no solution, a decision can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from hawthorn.assessments.models import Minutes, Point, Problem
from hawthorn.kernel.clock import local
from hawthorn.loops.models import Item
from make import Scene

At = Callable[..., Client]


def burst(s: Scene) -> None:
    for _n in range(3):
        s.start("officer1", {"words": "灯又坏了", "unit": s.units["u1"].pk, "category": s.category("m01037")})


def drawn(at: At) -> int:
    answer = at("center").post("/meeting", {})
    assert answer.status_code == 302
    return int(answer["Location"].rsplit("/", 1)[1])


def decide(at: At, s: Scene, point: Point, decision: str, **more: Any) -> None:
    until = (s.now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    told = {"commit": {"words": "查线路", "until": until, "lead": s.posts["power"].pk}, "watch": {"until": until}}.get(decision, {"words": "理由"})
    answer = at("center").post(f"/meeting/{point.meeting_id}/{point.sort}", {"decision": decision} | told | more)
    assert answer.status_code == 302, answer.content.decode()


def of(meeting: int, kind: str) -> Point:
    return Point.objects.get(meeting=meeting, kind=kind)


def promised(at: At, s: Scene) -> int:
    """A meeting that promised something about a problem, and a week later the next agenda."""
    burst(s)
    first = drawn(at)
    decide(at, s, of(first, "problem"), "commit")
    at("center").post(f"/meeting/{first}/close", {"offline": "0"})
    s.later(days=3)
    burst(s)
    return drawn(at)


def test_what_a_promise_runs_for_stands_once_with_what_was_promised_and_by_whom(at: At, s: Scene) -> None:
    second = promised(at, s)
    kinds = list(Point.objects.filter(meeting=second).values_list("kind", flat=True))
    assert kinds.count("commitment") == 1
    assert "problem" not in kinds
    point = of(second, "commitment")
    for path in (f"/meeting/{second}", f"/meeting/{second}/{point.sort}"):
        assert f"定的是：查线路（{s.posts['power'].name}牵头）" in at("center").get(path).content.decode()
    at("power").post(f"/i/{point.source_id}/do/report_done", {"result": "换了线"})
    at("center").post(f"/meeting/{second}/close", {"offline": "0"})
    s.later(days=3)
    assert Point.objects.filter(meeting=drawn(at), kind="problem").exists(), "the promise is kept; the problem is still open"


def test_a_promise_kept_while_the_meeting_is_open_needs_no_decision(at: At, s: Scene) -> None:
    second = promised(at, s)
    point = of(second, "commitment")
    assert at("power").post(f"/i/{point.source_id}/do/report_done", {"result": "换了线"}).status_code == 302
    page = at("center").get(f"/meeting/{second}/{point.sort}").content.decode()
    assert "已办好" in page
    assert "就这么定" not in page
    assert at("center").post(f"/meeting/{second}/{point.sort}", {"decision": "none", "words": "晚了"}).status_code == 409
    at("center").post(f"/meeting/{second}/close", {"offline": "0"})
    assert of(second, "commitment").decision == "done"
    assert '"decision":"done"' in Minutes.objects.get(meeting=second).body.replace(" ", "")


def test_not_now_is_no_solution_and_over_is_said_of_problems_only(at: At, s: Scene) -> None:
    burst(s)
    first = drawn(at)
    point = of(first, "problem")
    decide(at, s, point, "none")
    problem = Problem.objects.get(item=point.source_id)
    assert problem.item.open
    decide(at, s, point, "over")
    problem.item.refresh_from_db()
    assert (problem.item.open, problem.item.stage) == (False, "closed")
    at("center").post(f"/meeting/{first}/add", {"about": "集市放在哪里"})
    desk = of(first, "desk")
    assert "可以了，不再盯" not in at("center").get(f"/meeting/{first}/{desk.sort}").content.decode()
    refused = at("center").post(f"/meeting/{first}/{desk.sort}", {"decision": "over", "words": "理由"})
    assert refused.status_code == 409


def test_what_was_ended_a_moment_ago_goes_on_when_it_is_decided_otherwise(at: At, s: Scene) -> None:
    burst(s)
    first = drawn(at)
    point = of(first, "problem")
    decide(at, s, point, "over")
    decide(at, s, point, "commit")
    problem = Problem.objects.get(item=point.source_id)
    assert (problem.item.open, problem.came_back, problem.ended_on) == (True, 0, None)
    at("center").post(f"/meeting/{first}/close", {"offline": "0"})
    s.later(days=3)
    second = drawn(at)
    promise = of(second, "commitment")
    decide(at, s, promise, "none")
    assert Item.objects.get(pk=promise.source_id).stage == "dropped"
    decide(at, s, promise, "watch")
    item = Item.objects.get(pk=promise.source_id)
    assert (item.open, item.stage, item.holder_id) == (True, "promised", s.posts["power"].pk)


def test_a_day_is_enough_and_means_its_end_of_work(at: At, s: Scene) -> None:
    burst(s)
    first = drawn(at)
    point = of(first, "problem")
    page = at("center").get(f"/meeting/{first}/{point.sort}").content.decode()
    assert 'type="date"' in page
    assert "可以了都要写" in page
    day = s.now + timedelta(days=5)
    decide(at, s, point, "watch", until=f"{day:%Y-%m-%d}")
    until = of(first, "problem").until
    assert until is not None
    assert f"{local(until):%Y-%m-%d %H:%M}" == f"{day:%Y-%m-%d} 18:00"
