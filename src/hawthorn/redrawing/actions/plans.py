"""Plans: drafted, drawn by hand, and brought into force. Drawing and the step that tells of it are one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, PlaceCard, Seat, Town
from hawthorn.loops import actions as loops
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row, canonical
from hawthorn.loops.town import system
from hawthorn.patrols import actions as patrols
from hawthorn.redrawing import graph, queries, rules
from hawthorn.redrawing.models import Plan, PlanUnit
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place

DRAWN_IN = ("draft", "consulted")


def draft(card: PlaceCard, drawn: Mapping[int, int], *, actor: Actor, town: Town, now: datetime, door: str, key: str = "") -> int:
    """A plan of a community from a grid for each of its units (those left out stay). Its number. Raises NotThere, Refused."""
    seat = rules.seat_for(actor, card, rules.DRAFTS)
    if seat is None:
        raise Refused("not_yours")
    with atomic():
        list(Place.objects.select_for_update().filter(pk=card.id))
        whole, given = _counted(card, drawn)
        made = loops.start("plans", given | {"place": card.id}, actor=_room(actor, seat), now=now, door=door, key=key, town=town, step="draft")
        if not made.replay:
            PlanUnit.objects.bulk_create([PlanUnit(plan_id=made.id, unit_id=unit, grid_id=grid) for unit, grid in whole.items()])
        return made.id


def redraw(plan: int, moves: Mapping[int, int], *, actor: Actor, town: Town, now: datetime, door: str) -> int:
    """Put these units (number → grid) elsewhere; how many are now in another grid than before. Raises NotThere, Refused."""
    with atomic():
        list(Item.objects.select_for_update().filter(pk=plan, loop="plans"))
        row = loop_queries.get_visible(plan, actor=actor, town=town, now=now, loop="plans")
        card = town.places[row.item.community_id or 0]
        seat = _may_draw(row, card, actor)
        before = drawn_by(plan)
        whole, given = _counted(card, before | dict(moves))
        changed = {unit: grid for unit, grid in whole.items() if before.get(unit) != grid}
        gone = set(before) - set(whole)
        if not changed and not gone:
            return 0
        PlanUnit.objects.filter(plan=plan, unit__in=[*changed, *gone]).delete()
        PlanUnit.objects.bulk_create([PlanUnit(plan_id=plan, unit_id=unit, grid_id=grid) for unit, grid in changed.items()])
        loops.take_step("plans", plan, "redraw", given, actor=_room(actor, seat), now=now, door=door, town=town)
        return len(changed)


def _may_draw(row: Row, card: PlaceCard, actor: Actor) -> Seat:
    seat = rules.seat_for(actor, card, rules.DRAFTS)
    if seat is None:
        raise Refused("not_yours")
    if row.item.stage not in DRAWN_IN:
        raise Refused("wrong_stage")
    return seat


def _room(actor: Actor, seat: Seat) -> Actor:
    """These steps are nobody's to press alone: units and step belong together."""
    return Actor(actor.user, (seat,), system="plans", county=actor.county)


def _counted(card: PlaceCard, drawn: Mapping[int, int]) -> tuple[dict[int, int], dict[str, Any]]:
    """Every unit in use with its grid, and what the step is told of it. What ended since is left out. Raises Refused, for grids of elsewhere too."""
    found = queries.survey(card.id)
    ground = queries.ground(found)
    if ground is None:
        raise Refused("no_way", detail=_("有的楼院还没有网格或户数，先补全再拟方案。什么也没有改。"))
    whole = {unit.pk: drawn.get(unit.pk, found.grids[unit.pk]) for unit in found.units}
    if set(whole.values()) - set(found.grids.values()):
        raise Refused("not_a_choice", ["grid"])
    return whole, told_of(ground, whole)


def told_of(ground: graph.Ground, whole: Mapping[int, int]) -> dict[str, Any]:
    """What a drawing comes to, as the step keeps it."""
    grids = queries.numbers_of(ground, whole)
    measures = graph.measured(ground, grids)
    moved = [n for n, (was, now) in enumerate(zip(ground.today, grids, strict=True)) if was != now]
    return {
        "mark": mark_of(whole), "moved": sum(ground.weights[n] for n in moved), "moved_units": len(moved),
        "deviation": round(measures.deviation * 1000), "broken": measures.broken,
    }  # fmt: skip


def mark_of(whole: Mapping[int, int]) -> str:
    """The digest of which unit goes to which grid."""
    return hashlib.sha256(canonical({str(unit): grid for unit, grid in whole.items()}).encode()).hexdigest()


def drawn_by(plan: int) -> dict[int, int]:
    """Grid by unit, as a plan has it. One statement."""
    return dict(PlanUnit.objects.filter(plan=plan).values_list("unit", "grid"))


def changed_plans() -> list[str]:
    """For `hawthorn check`: plans whose units are not those of their last drawing."""
    wrong = []
    for plan in Plan.objects.exclude(mark="").iterator(chunk_size=200):
        if mark_of(drawn_by(plan.pk)) != plan.mark:
            wrong.append(_("方案 {n}：楼院的归属和记下的不一样。").format(n=plan.pk))
    return wrong


# ── the day it comes into force ──
def switch(*, plan: int, town: Town, now: datetime) -> None:
    """Units, open items and checkpoints pass into their new grids; the plan in force before is superseded. Called inside the plan's own step.

    Units that came into use since stay where they are; those that ended are left out. Refused `no_way` where a grid is no longer there, or a unit
    was moved for a later day: the plan then stands overdue at the subdistrict's desk, and nothing has moved.
    """
    facts = Plan.objects.select_related("item").get(pk=plan)
    community = Place.objects.select_for_update().get(pk=facts.item.community_id or 0)
    found, drawn = queries.survey(community.pk), drawn_by(plan)
    moves = {unit.pk: drawn[unit.pk] for unit in found.units if unit.pk in drawn and found.grids.get(unit.pk) != drawn[unit.pk]}
    if facts.on is None:
        raise ValueError(f"plan {plan}: no day")
    try:
        territory.put_units_in_grids(moves, community=community, from_on=facts.on)
    except ValueError as wrong:
        raise Refused("no_way", detail=_("方案里的网格已经不在，或者有楼院后来又换过网格，没有生效。什么也没有改，请退回修改。")) from wrong
    actor = system("plans", town.county)
    loops.rehome(moves, actor=actor, now=now, door="due", town=town)
    patrols.move_points(moves)
    before = Item.objects.filter(loop="plans", community=community.pk, stage="in_force").exclude(pk=plan).order_by("id")
    for old in before.values_list("pk", flat=True):
        loops.take_step("plans", old, "supersede", {}, actor=actor, now=now, door="due", town=town)
