"""The demo's weekly meetings: every Monday the desk draws up the agenda, decides point by point and freezes the minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hawthorn.assessments import detection, digest
from hawthorn.assessments.actions import meetings
from hawthorn.assessments.models import Commitment, Minutes, Point, Problem
from hawthorn.config.demo.stories import Move
from hawthorn.kernel.clock import local
from hawthorn.kernel.world import Actor, PlaceCard, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item

Hand = Callable[..., Actor | None]

QUIET = timedelta(days=12)
WHAT = {
    "overdue": "逐件问清楚卡在哪里，能办的三天内办完。",
    "handed_back": "当面说清归谁办，写进派单规则。",
    "reopened": "到现场再看一次，请来话人一起看。",
    "parked": "到期复看，能办就办。",
    "problem": "查清为什么老是这样，从根上修。",
    "vacancy": "定人，没到岗以前由网格长代。",
    "instruction": "本周内答复。",
    "drop": "当天分完。",
    "checkpoint": "找产权单位一次改好。",
    "burden": "能从系统里查的，不再向网格要。",
    "desk": "拿个办法下周说。",
}
NOT_NOW = {"problem": "修好以后两周没有再来，先放下。"}


def hold(place: PlaceCard, *, center: Actor, leads: list[int], hand: Hand, random: Random, town: Town, now: datetime) -> Iterator[tuple[int, list[Move]]]:
    """One meeting; gives the promises made, each with the moves that keep it."""
    meeting = meetings.draw_up(place, actor=center, town=town, now=now, door="demo")
    for point in Point.objects.filter(meeting=meeting, decision="").select_related("source").order_by("sort"):
        given = _decision(point, leads, random, now)
        decided = meetings.decide(point.pk, given, actor=center, town=town, now=now, door="demo")
        if decided.decision == "commit" and point.kind != "commitment" and decided.commitment_id is not None:
            late = random.random() < 0.2  # some promises need a second meeting
            hours = random.uniform(45, 70) if late else random.uniform(4, 30)
            yield decided.commitment_id, [Move(hours, "holder", "report_done", {"result": "照会上定的办好了，现场看过。"})]
    minutes = meetings.close(meeting, {"offline": str(random.choice((0, 0, 1, 2)))}, actor=center, town=town, now=now, door="demo")
    if local(now).day <= 7:
        _month_begins(place, minutes, center, hand, town, now)


def _month_begins(place: PlaceCard, minutes: Minutes, center: Actor, hand: Hand, town: Town, now: datetime) -> None:
    """At the first meeting of a month: one problem is this month's, and the digest goes through the three hands to the residents."""
    first = Item.objects.filter(loop="problems", open=True, subdistrict=place.id).order_by("opened_at").first()
    if first is not None:
        loops.take_step("problems", first.pk, "choose", {}, actor=center, now=now, door="demo", town=town)
    made = loops.start("releases", digest.draft(minutes, place, town, now), actor=center, now=now, door="demo", town=town)
    used = {center.user}
    for step, given in (("review", {"is_fit": True, "is_not_secret": True}), ("publish", {})):
        actor = hand(Item.objects.get(pk=made.id).holder_id, *used)
        if actor is None:
            return
        loops.take_step("releases", made.id, step, given, actor=actor, now=now, door="demo", town=town)
        used.add(actor.user)


def _decision(point: Point, leads: list[int], random: Random, now: datetime) -> dict[str, Any]:
    """Most are handled; a promise that is late gets a new day; a problem that is quiet since the promise was kept is let go."""
    until = (now + timedelta(days=random.choice((5, 7, 10)))).isoformat()
    if point.kind == "commitment":
        return {"decision": "commit", "words": "没办完的下周再看。", "lead": leads[0], "until": until}
    if point.kind == "problem" and point.source is not None:
        return _of_problem(point.source, leads, random, now, until)
    if random.random() < 0.25:
        return {"decision": "watch", "until": (now + timedelta(days=14)).isoformat()}
    return {"decision": "commit", "words": WHAT[point.kind], "lead": random.choice(leads), "until": until}


def _of_problem(problem: Item, leads: list[int], random: Random, now: datetime, until: str) -> dict[str, Any]:
    promises = Commitment.objects.filter(problem=problem.pk).values_list("item__open", flat=True)
    found_on = Problem.objects.get(item=problem.pk).found_on
    _items, newest = detection.gathered(problem, found_on)
    if promises and newest is not None and now - newest > QUIET:
        return {"decision": "over", "words": NOT_NOW["problem"]}
    return {"decision": "commit", "words": WHAT["problem"], "lead": random.choice(leads), "until": until}
