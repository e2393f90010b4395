"""Writes of door visits, their plans, and walks. Nothing of who lives behind a door is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.transaction import atomic

from hawthorn.kernel import quarters
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, PlaceCard, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.actions import Answer
from hawthorn.patrols import visit_queries
from hawthorn.patrols.models import Visit, VisitPlan, Walk, WalkMatter
from hawthorn.patrols.rules import due, visits


def visit(door: int, result: str, *, card_left: bool, key: UUID, actor: Actor, town: Town, now: datetime, on: date | None = None) -> Visit:
    """已访, 没人 or 下次再来; `on`: the day of the page it was pressed on, at most two days ago.

    The same key, or the same result at the same door on one day, is one visit. Raises NotThere, Refused not_yours, missing, key_reused.
    """
    found, grid = visit_queries.get_door(door, actor=actor, town=town)
    seat = visits.visitor(actor, grid)
    if seat is None:
        raise Refused("not_yours", detail=_("入户走访由网格的岗位来记。您可以看。"))
    if result not in visits.RESULTS:
        raise Refused("missing", ["result"])
    today = local(now).date()
    on = due.day_meant(on, today)
    if (first := _first(key, found.pk, result, on)) is not None:
        return first
    try:
        with atomic():
            return Visit.objects.create(door=found, grid_id=grid, on=on, at=now, post_id=seat.post, result=result, card_left=card_left, key=key)
    except IntegrityError:
        if (first := _first(key, found.pk, result, on)) is not None:
            return first
        raise


def _first(key: UUID, door: int, result: str, on: date) -> Visit | None:
    made = Visit.objects.filter(key=key).first()
    if made is not None and (made.door_id, made.result) != (door, result):
        raise Refused("key_reused")
    return made or Visit.objects.filter(door=door, result=result, on=on).first()


def plan(place: PlaceCard, quarter: date, units: Collection[int], *, actor: Actor, now: datetime) -> None:
    """The units whose doors are visited in a quarter that is not over; none or all of them: the whole grid. Raises Refused not_yours, past."""
    if visits.planner(actor, place) is None:
        raise Refused("not_yours", detail=_("走访计划由网格的岗位、社区综合窗口和街道网格中心来定。"))
    if quarter < quarters.quarter_of(local(now).date()):
        raise Refused("past", ["quarter"])
    own = {unit.pk for unit in visit_queries.units_of([place.id])[place.id]}
    if not set(units) <= own:
        raise Refused("not_a_choice", ["units"])
    with atomic():
        VisitPlan.objects.filter(grid=place.id, quarter=quarter).delete()
        if set(units) != own:
            VisitPlan.objects.bulk_create([VisitPlan(grid_id=place.id, quarter=quarter, unit_id=unit) for unit in sorted(units)])


def open_walk(grid: int, on: date, *, key: UUID, actor: Actor, town: Town, now: datetime) -> Walk:
    """走访、现场办公 of one's own; the same key again is the same walk. Raises NotThere, Refused not_yours, past, too_far."""
    place = town.places.get(grid)
    if place is None or place.level != "grid" or not visit_queries.sees(grid, actor, town):
        raise NotThere
    seat = visits.walker(actor, place)
    if seat is None:
        raise Refused("not_yours", detail=_("走访、现场办公由领导和干部的岗位来开；专职网格员用今日排查和入户走访。"))
    today = local(now).date()
    if not -7 <= (on - today).days <= 7:
        raise Refused("past" if on < today else "too_far", ["on"], _("日期请填前后七天以内的。"))
    values: dict[str, Any] = {"post_id": seat.post, "subdistrict_id": place.subdistrict, "grid_id": grid, "on": on, "at": now}
    made, _new = Walk.objects.get_or_create(key=key, defaults=values)
    if (made.post_id, made.grid_id) != (seat.post, grid):
        raise Refused("key_reused")
    return made


def bring_back(walk: Walk, given: Mapping[str, Any], *, key: UUID, actor: Actor, town: Town, now: datetime, door: str) -> Answer:
    """What was heard on a walk becomes a matter that it names. Raises Refused not_yours and as a report does."""
    if not any(s.post == walk.post_id for s in actor.seats):
        raise Refused("not_yours", detail=_("这次走访由开它的岗位来记。您可以用“随手记”。"))
    with atomic():
        raw = {"grid": walk.grid_id, **given, "channel": "visit"}
        answer = loops.start("matters", raw, actor=actor, now=now, door=door, key=str(key), town=town)
        WalkMatter.objects.get_or_create(matter_id=answer.id, defaults={"walk": walk})
    return answer
