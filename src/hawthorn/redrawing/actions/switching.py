"""The day a plan comes into force: units, posts, open items and checkpoints pass into their new grids, all or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.loops.town import system, town_by_id
from hawthorn.patrols import actions as patrols
from hawthorn.redrawing import queries
from hawthorn.redrawing.actions.plans import drawn_by, overtaken, stand
from hawthorn.redrawing.models import Plan, PlanGrid
from hawthorn.redrawing.outlines import passed
from hawthorn.teams import actions as teams
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place


def switch(*, plan: int, town: Town, now: datetime) -> None:
    """Bring it into force; the plan in force before is superseded, those not yet in force are drawn over the new grids. Called inside the plan's own step.

    Units that came into use since stay where they are; those that ended are left out. Refused `no_way`, `taken` where a grid is no longer there, or
    another has the name of a new one, or a unit was moved for a later day: the plan then stands overdue at the subdistrict's desk, and nothing has moved.
    """
    facts = Plan.objects.select_related("item").get(pk=plan)
    community = Place.objects.select_for_update().select_related("tenant").get(pk=facts.item.community_id or 0)
    if facts.on is None:
        raise ValueError(f"plan {plan}: no day")
    stand(plan=plan, town=town)
    found, drawn = queries.survey(community.pk), drawn_by(plan)
    wanted = {unit.pk: drawn.get(unit.pk, found.grids.get(unit.pk, 0)) for unit in found.units}
    opened = _open(plan, community, set(wanted.values()), facts.on)
    now_in = {unit: opened[grid].pk if grid < 0 else grid for unit, grid in wanted.items() if grid}
    moves = {unit: grid for unit, grid in now_in.items() if found.grids.get(unit) != grid}
    try:
        territory.put_units_in_grids(moves, community=community, from_on=facts.on)
    except ValueError as wrong:
        raise Refused("no_way", detail=_("方案里的网格已经不在，或者有楼院后来又换过网格，没有生效。什么也没有改，请退回修改。")) from wrong
    _draw_anew(found, now_in, community)
    heirs = _heirs(found, now_in)
    _carry(opened.values(), heirs, now)
    actor = system("plans", town.county)
    renewed = town_by_id(town.county) if opened or heirs else town
    loops.rehome(moves, heirs, actor=actor, now=now, door="due", town=renewed)
    patrols.move_points(moves, heirs)
    _close(heirs, facts.on, now)
    before = Item.objects.filter(loop="plans", community=community.pk, stage="in_force").exclude(pk=plan).order_by("id")
    for old in before.values_list("pk", flat=True):
        loops.take_step("plans", old, "supersede", {}, actor=actor, now=now, door="due", town=town)
    overtaken(community.pk, found.grids, but=plan, actor=actor, town=renewed, now=now)


def _open(plan: int, community: Place, used: set[int], on: date) -> dict[int, Place]:
    """The new grids that units are put in, each with a place of its own, by their number below 0."""
    made = {}
    for grid in PlanGrid.objects.filter(plan=plan, number__in=[-n for n in used if n < 0]).order_by("number"):
        made[-grid.number] = grid.place = territory.open_grid(community=community, name=grid.name, from_on=on)
        grid.save(update_fields=["place"])
    return made


def _draw_anew(found: queries.Survey, now_in: Mapping[int, int], community: Place) -> None:
    """Outlines of the grids that change: the map, locating and the signs go by them."""
    grids = {grid.pk: grid for grid in Place.objects.filter(community=community, level="grid", valid_to=None).select_related("tenant")}
    spots = {unit.pk: queries.spot(unit) for unit in found.units}
    for grid, rings in passed({pk: grid.shape for pk, grid in grids.items()}, spots, found.grids, now_in).items():
        if rings and grid in grids:
            territory.change_place(place=grids[grid], shape=rings)


def _heirs(found: queries.Survey, now_in: Mapping[int, int]) -> dict[int, int]:
    """The grids no unit is in any more, each with the grid most of its households went to."""
    shares: dict[int, Counter[int]] = {grid: Counter() for grid in set(found.grids.values()) - set(now_in.values())}
    for unit in found.units:
        if (was := found.grids.get(unit.pk)) in shares and unit.pk in now_in:
            shares[was][now_in[unit.pk]] += unit.households + 1
    return {grid: min(share, key=lambda to: (-share[to], to)) for grid, share in shares.items()}


def _carry(opened: Iterable[Place], heirs: Mapping[int, int], now: datetime) -> None:
    """The three posts of each new grid; who held them in a closed grid that it follows holds them on, else they are vacant, and so a duty."""
    for grid in opened:
        teams.open_grid_posts(place=grid, now=now)
        before = [old for old, heir in heirs.items() if heir == grid.pk]
        if len(before) == 1:
            teams.carry_posts(from_place=before[0], to_place=grid.pk, now=now)


def _close(heirs: Mapping[int, int], on: date, now: datetime) -> None:
    for grid in Place.objects.filter(pk__in=list(heirs)).select_related("tenant"):
        teams.abolish_posts(place=grid, now=now)
        territory.end_grid(grid=grid, on=on)
