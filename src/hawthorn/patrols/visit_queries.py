"""Reads of door visits and walks: how many doors of a grid were visited in a quarter. Figures are of doors, never of persons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from hawthorn.kernel import quarters
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops.models import Item
from hawthorn.loops.queries import grid_of
from hawthorn.patrols.campaign_queries import Share
from hawthorn.patrols.models import Visit, VisitPlan, Walk, WalkMatter
from hawthorn.patrols.rules import points, visits
from hawthorn.territory.models import Door, Unit, UnitGrid


@dataclass(frozen=True)
class UnitShare:
    """A unit with how many of its doors were visited, how many it has, and whether this quarter's plan names it."""

    unit: Unit
    seen: int
    number: int
    planned: bool


def units_of(grids: Collection[int]) -> dict[int, list[Unit]]:
    """The units of each grid as they lie now, by code. One statement."""
    found: dict[int, list[Unit]] = {grid: [] for grid in grids}
    rows = UnitGrid.objects.filter(grid__in=grids, to_on=None, unit__ended_on=None).select_related("unit").order_by("unit__code")
    for row in rows:
        found[row.grid_id].append(row.unit)
    return found


def planned_units(grids: Collection[int], quarter: date) -> dict[int, set[int]]:
    """The units each grid's plan names; a grid without a plan is not in it. One statement."""
    found: dict[int, set[int]] = {}
    for grid, unit in VisitPlan.objects.filter(grid__in=grids, quarter=quarter).values_list("grid_id", "unit_id"):
        found.setdefault(grid, set()).add(unit)
    return found


def unit_shares(grid: int, quarter: date) -> list[UnitShare]:
    """The units of a grid with their doors visited in a quarter. Four statements."""
    units = units_of([grid])[grid]
    planned = planned_units([grid], quarter).get(grid)
    doors = dict(Door.objects.filter(unit__in=units).values("unit").annotate(n=Count("id")).order_by().values_list("unit", "n"))
    seen = _visited(Visit.objects.filter(door__unit__in=units), quarter, quarters.after(quarter))
    return [UnitShare(u, seen.get(u.pk, 0), doors.get(u.pk, 0), planned is None or u.pk in planned) for u in units]


def _visited(found: QuerySet[Visit], first: date, end: date) -> dict[int, int]:
    """Doors visited from a day on until before another, by unit; each counts once."""
    rows = found.filter(result=visits.DONE, on__gte=first, on__lt=end).values("door__unit").annotate(n=Count("door", distinct=True)).order_by()
    return dict(rows.values_list("door__unit", "n"))


def coverage(grid: int, quarter: date) -> tuple[int, int]:
    """Of the doors planned for a quarter: visited, and how many there are."""
    shares = [share for share in unit_shares(grid, quarter) if share.planned]
    return sum(s.seen for s in shares), sum(s.number for s in shares)


def shares(grids: Sequence[int], quarter: date) -> list[Share]:
    """Coverage of several grids. Four statements, however many."""
    return _shares(grids, planned_units(grids, quarter), quarter, quarters.after(quarter))


def shares_between(grids: Sequence[int], first: date, end: date) -> list[Share]:
    """The same for a campaign: every door, within its days, `end` exclusive."""
    return _shares(grids, {}, first, end)


def _shares(grids: Sequence[int], planned: dict[int, set[int]], first: date, end: date) -> list[Share]:
    units = units_of(grids)
    mine = {grid: [u.pk for u in of if grid not in planned or u.pk in planned[grid]] for grid, of in units.items()}
    every = [unit for of in mine.values() for unit in of]
    doors = dict(Door.objects.filter(unit__in=every).values("unit").annotate(n=Count("id")).order_by().values_list("unit", "n"))
    seen = _visited(Visit.objects.filter(door__unit__in=every), first, end)
    return [Share(grid, sum(seen.get(u, 0) for u in mine[grid]), sum(doors.get(u, 0) for u in mine[grid])) for grid in grids]


@dataclass(frozen=True)
class DoorState:
    """A door with its newest visit of the quarter; `done`: visited in it at all."""

    door: Door
    last: Visit | None
    done: bool


def doors_of(unit: int, quarter: date) -> list[DoorState]:
    """The doors of a unit, by name as they were entered. Two statements."""
    last: dict[int, Visit] = {}
    done: set[int] = set()
    for visit in Visit.objects.filter(door__unit=unit, on__gte=quarter, on__lt=quarters.after(quarter)).order_by("on", "id"):
        last[visit.door_id] = visit
        if visit.result == visits.DONE:
            done.add(visit.door_id)
    return [DoorState(d, last.get(d.pk), d.pk in done) for d in Door.objects.filter(unit=unit).order_by("id")]


def get_door(door: int, *, actor: Actor, town: Town) -> tuple[Door, int]:
    """A door in sight with the grid it lies in. Raises NotThere."""
    found = Door.objects.select_related("unit").filter(pk=door).first()
    grid = grid_of(found.unit_id) if found else None
    if found is None or grid is None or not sees(grid, actor, town):
        raise NotThere
    return found, grid


def sees(grid: int, actor: Actor, town: Town) -> bool:
    """Has the asker a place that the grid lies in; a county has none here."""
    place = town.places.get(grid)
    return place is not None and any(points.seat_sees(seat, place, None) for seat in actor.seats)


# ── walks ──
def walks(actor: Actor, town: Town) -> QuerySet[Walk]:
    """The walks in the asker's places, the newest first."""
    seats = [s for s in actor.seats if s.scope == "place" and s.level != "county"]
    grids = {p.id for p in town.places.values() if p.level == "grid" and any(p.at(s.level) == s.place for s in seats)}
    return Walk.objects.filter(grid__in=grids).order_by("-on", "-id")


def get_walk(walk: int, *, actor: Actor, town: Town) -> Walk:
    """One in sight. Raises NotThere."""
    found = walks(actor, town).filter(pk=walk).first()
    if found is None:
        raise NotThere
    return found


def brought_back(many: Sequence[Walk]) -> dict[int, list[Item]]:
    """The matters of each walk. One statement."""
    found: dict[int, list[Item]] = {walk.pk: [] for walk in many}
    for row in WalkMatter.objects.filter(walk__in=found).select_related("matter").order_by("id"):
        found[row.walk_id].append(row.matter)
    return found
