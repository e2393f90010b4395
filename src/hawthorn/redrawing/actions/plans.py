"""Plans: drafted and drawn by hand. Drawing and the step that tells of it are one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from django.db.transaction import atomic

from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.words import _, is_seen
from hawthorn.kernel.world import Actor, PlaceCard, Seat, Town
from hawthorn.loops import actions as loops
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row, canonical
from hawthorn.redrawing import graph, queries, rules
from hawthorn.redrawing.models import Plan, PlanGrid, PlanUnit
from hawthorn.territory.models import Place

DRAWN_IN = ("draft", "consulted")
MOST_OPENED = 20


def draft(card: PlaceCard, drawn: Mapping[int, int], *, actor: Actor, town: Town, now: datetime, door: str, key: str = "") -> int:
    """A plan of a community from a grid for each of its units (those left out stay; below 0: a new grid). Its number. Raises NotThere, Refused."""
    seat = rules.seat_for(actor, card, rules.DRAFTS)
    if seat is None:
        raise Refused("not_yours")
    with atomic():
        list(Place.objects.select_for_update().filter(pk=card.id))
        opened = sorted({grid for grid in drawn.values() if grid < 0}, reverse=True)
        whole, given = _counted(card, drawn, opened)
        made = loops.start("plans", given | {"place": card.id}, actor=_room(actor, seat), now=now, door=door, key=key, town=town, step="draft")
        if not made.replay:
            taken = set(Place.objects.filter(community=card.id, level="grid").values_list("name", flat=True))
            names = (name for n in count(1) if (name := _("新网格 {n}").format(n=n)) not in taken)
            PlanGrid.objects.bulk_create([PlanGrid(plan_id=made.id, number=-grid, name=name) for grid, name in zip(opened, names, strict=False)])
            PlanUnit.objects.bulk_create(_rows(made.id, whole))
        return made.id


def open_grid(plan: int, name: str, *, number: int = 0, actor: Actor, town: Town, now: datetime) -> int:
    """One grid more in a plan that is still drawn, or (`number`) another name for one; its number. No unit is in it before some are put there.

    Raises NotThere, Refused: for a name that is empty or that another grid of the community has.
    """
    with atomic():
        row = _locked(plan, actor, town, now)
        card = town.places[row.item.community_id or 0]
        _may_draw(row, card, actor)
        name = " ".join(name.split())[:60]
        if not is_seen(name):
            raise Refused("missing", ["name"], _("请写新网格的名称。什么也没有改。"))
        mine = PlanGrid.objects.filter(plan=plan).exclude(number=number)
        if mine.filter(name=name).exists() or any(p.name == name for p in town.places.values() if p.community == card.id):
            raise Refused("taken", ["name"], _("这个社区已经有叫“{name}”的网格，请换一个。什么也没有改。").format(name=name))
        if number:
            if not PlanGrid.objects.filter(plan=plan, number=number).update(name=name):
                raise NotThere
            return number
        if len(mine) >= MOST_OPENED:
            raise Refused("too_many", ["name"], _("一个方案最多新设 {n} 个网格。").format(n=MOST_OPENED))
        return PlanGrid.objects.create(plan_id=plan, number=max((g.number for g in mine), default=0) + 1, name=name).number


def _rows(plan: int, drawn: Mapping[int, int]) -> list[PlanUnit]:
    return [PlanUnit(plan_id=plan, unit_id=unit, grid_id=grid if grid > 0 else None, opened=-grid if grid < 0 else None) for unit, grid in drawn.items()]


def _locked(plan: int, actor: Actor, town: Town, now: datetime) -> Row:
    list(Item.objects.select_for_update().filter(pk=plan, loop="plans"))
    return loop_queries.get_visible(plan, actor=actor, town=town, now=now, loop="plans")


def redraw(plan: int, moves: Mapping[int, int], *, actor: Actor, town: Town, now: datetime, door: str) -> int:
    """Put these units (number → grid) elsewhere; how many are now in another grid than before. Raises NotThere, Refused."""
    with atomic():
        row = _locked(plan, actor, town, now)
        card = town.places[row.item.community_id or 0]
        seat = _may_draw(row, card, actor)
        before, today = drawn_by(plan), set(queries.survey(card.id).grids.values())
        kept = {unit: grid for unit, grid in before.items() if grid < 0 or grid in today}  # a grid that is gone since leaves its units where they are
        whole, given = _counted(card, kept | dict(moves), [-n for n in PlanGrid.objects.filter(plan=plan).values_list("number", flat=True)])
        changed = {unit: grid for unit, grid in whole.items() if before.get(unit) != grid}
        gone = set(before) - set(whole)
        if not changed and not gone:
            return 0
        PlanUnit.objects.filter(plan=plan, unit__in=[*changed, *gone]).delete()
        PlanUnit.objects.bulk_create(_rows(plan, changed))
        loops.take_step("plans", plan, "redraw", given, actor=_room(actor, seat), now=now, door=door, town=town)
        return len(changed)


def overtaken(community: int, was: Mapping[int, int], *, but: int, actor: Actor, town: Town, now: datetime) -> None:
    """Every other plan of a community that is not decided or waits for its day, after `but` came into force: back to draft, drawn over today's grids.

    `was`: grid by unit before. What a plan moved it still moves, unless the grid is gone; all else is where it is today. Call inside a transaction.
    """
    waiting = Plan.objects.filter(item__community=community, item__loop="plans", item__stage__in=rules.BEFORE).exclude(item=but)
    list(Item.objects.select_for_update().filter(pk__in=list(waiting.values_list("pk", flat=True))).order_by("pk"))
    found = queries.survey(community)
    ground, today = queries.ground(found.housed()), set(found.grids.values())
    for plan in waiting.select_related("item").order_by("item"):
        before = drawn_by(plan.pk)
        meant = {unit: grid for unit, grid in before.items() if grid != was.get(unit) and (grid < 0 or grid in today)}
        whole = {unit: meant.get(unit, grid) for unit, grid in found.grids.items()}
        told = {name: getattr(plan, name) for name in rules.Drawn.model_fields}
        given = told_of(ground, whole) if ground else told | {"mark": mark_of(whole)}
        PlanUnit.objects.filter(plan=plan.pk).delete()
        PlanUnit.objects.bulk_create(_rows(plan.pk, whole))
        loops.take_step("plans", plan.pk, "overtake", given, actor=actor, now=now, door="due", town=town)


def stand(*, plan: int, town: Town) -> None:
    """Can what a plan draws still be done: its grids are there, and nobody else has the names of its new ones. Raises Refused `no_way`, `taken`."""
    community = Item.objects.values_list("community", flat=True).get(pk=plan)
    there = dict(Place.objects.filter(community=community, level="grid", valid_to=None).values_list("pk", "name"))
    drawn = set(drawn_by(plan).values())
    if gone := sorted({grid for grid in drawn if grid > 0} - there.keys()):
        names = "、".join(town.name_of(grid) for grid in gone)
        raise Refused("no_way", detail=_("方案里的“{names}”已经不在了。什么也没有改，请退回草案，把那里的楼院另放一个网格。").format(names=names))
    mine = {-number: name for number, name in PlanGrid.objects.filter(plan=plan).values_list("number", "name") if -number in drawn}
    if taken := sorted(set(mine.values()) & set(there.values())):
        raise Refused("taken", detail=_("已经有叫“{names}”的网格了。什么也没有改，请在草案里给新网格换个名称。").format(names="、".join(taken)))


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


def _counted(card: PlaceCard, drawn: Mapping[int, int], opened: Collection[int]) -> tuple[dict[int, int], dict[str, Any]]:
    """Every unit in use with its grid, and what the step is told of it. What ended since is left out. Raises Refused, for grids of elsewhere too."""
    found = queries.survey(card.id)
    ground = queries.ground(found)
    if ground is None:
        raise Refused("no_way", detail=_("有的楼院还没有网格或户数，先补全再拟方案。什么也没有改。"))
    whole = {unit.pk: drawn.get(unit.pk, found.grids[unit.pk]) for unit in found.units}
    if set(whole.values()) - set(found.grids.values()) - set(opened):
        raise Refused("not_a_choice", ["grid"])
    return whole, told_of(ground, whole)


def told_of(ground: graph.Ground, whole: Mapping[int, int]) -> dict[str, Any]:
    """What a drawing comes to, as the step keeps it."""
    drawn = queries.drawn_over(ground, whole)
    grids = queries.numbers_of(drawn, whole)
    measures = graph.measured(drawn, grids)
    moved = [n for n, (was, now) in enumerate(zip(drawn.today, grids, strict=True)) if was != now]
    return {
        "opened": len(set(drawn.grids) - set(ground.grids)), "closed": len(set(ground.grids) - set(drawn.grids)),
        "mark": mark_of(whole), "moved": sum(ground.weights[n] for n in moved), "moved_units": len(moved),
        "deviation": round(measures.deviation * 1000), "broken": measures.broken,
    }  # fmt: skip


def mark_of(whole: Mapping[int, int]) -> str:
    """The digest of which unit goes to which grid."""
    return hashlib.sha256(canonical({str(unit): grid for unit, grid in whole.items()}).encode()).hexdigest()


def drawn_by(plan: int) -> dict[int, int]:
    """Grid by unit, as a plan has it (below 0: one it opens). One statement."""
    rows = PlanUnit.objects.filter(plan=plan).values_list("unit", "grid", "opened")
    return {unit: grid or -(opened or 0) for unit, grid, opened in rows}


def became(plan: int, drawn: Mapping[int, int]) -> dict[int, int]:
    """The same drawing with the grids that its new ones have become, where it came into force."""
    if min(drawn.values(), default=0) >= 0:
        return dict(drawn)
    places = dict(PlanGrid.objects.filter(plan=plan).exclude(place=None).values_list("number", "place"))
    return {unit: places.get(-grid, grid) for unit, grid in drawn.items()}


def opened_by(*plans: int) -> dict[int, dict[int, str]]:
    """Names of the grids each of these plans opens, by their number below 0. One statement."""
    found: dict[int, dict[int, str]] = {plan: {} for plan in plans}
    for plan, number, name in PlanGrid.objects.filter(plan__in=plans).order_by("number").values_list("plan", "number", "name"):
        found[plan][-number] = name
    return found


def changed_plans() -> list[str]:
    """For `hawthorn check`: plans whose units are not those of their last drawing."""
    wrong = []
    for plan in Plan.objects.exclude(mark="").iterator(chunk_size=200):
        if mark_of(drawn_by(plan.pk)) != plan.mark:
            wrong.append(_("方案 {n}：楼院的归属和记下的不一样。").format(n=plan.pk))
    return wrong
