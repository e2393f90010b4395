"""The units of a community with their grids and joins as of today: what a plan starts from, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery

from hawthorn.kernel.words import _
from hawthorn.loops.models import Item
from hawthorn.redrawing.adjacency import Spot
from hawthorn.redrawing.graph import Ground, ground_of
from hawthorn.redrawing.models import Join
from hawthorn.redrawing.reshaping import over
from hawthorn.territory.locating import polygon
from hawthorn.territory.models import Place, Unit, UnitGrid
from hawthorn.territory.queries import heirs_of


@dataclass(frozen=True)
class Survey:
    """Units of a community that are in use, by code; `grids`: by unit number, the number of its grid; `joins`: those that are not cut."""

    units: tuple[Unit, ...]
    grids: dict[int, int]
    joins: tuple[Join, ...]

    @property
    def loose(self) -> list[Unit]:
        """Units without a grid: no plan can begin before they have one."""
        return [u for u in self.units if u.pk not in self.grids]

    def housed(self) -> Survey:
        """Without the units that have no grid yet: what plans that were drawn before those came are counted over."""
        joins = tuple(j for j in self.joins if j.one_id in self.grids and j.other_id in self.grids)
        return Survey(tuple(u for u in self.units if u.pk in self.grids), self.grids, joins)

    @property
    def weightless(self) -> list[Unit]:
        """Units whose households nobody has counted."""
        return [u for u in self.units if not u.households]

    @property
    def unplaced(self) -> list[Unit]:
        """Units with neither position nor border: nothing is found beside them."""
        return [u for u in self.units if not is_placed(u)]


def survey(community: int) -> Survey:
    """As of now. Three statements."""
    units = tuple(Unit.objects.filter(community=community, ended_on=None).order_by("code"))
    grids = dict(UnitGrid.objects.filter(unit__community=community, unit__ended_on=None, to_on=None).values_list("unit", "grid"))
    joins = Join.objects.filter(one__community=community, is_cut=False, one__ended_on=None, other__ended_on=None).select_related("by")
    return Survey(units, grids, tuple(joins.order_by("one__code", "other__code")))


def ground(found: Survey) -> Ground | None:
    """What the optimiser and the measures read: units and grids by their numbers as text. None where a unit has no grid, or nobody lives in any."""
    if not found.units or found.loose or len(found.weightless) == len(found.units):
        return None
    weights, today = {str(u.pk): u.households for u in found.units}, {str(u.pk): str(found.grids[u.pk]) for u in found.units}
    return ground_of(weights, today, [(str(j.one_id), str(j.other_id), j.cost) for j in found.joins])


def grids_of(found: Survey, opened: Iterable[int] = ()) -> list[int]:
    """Today's grids of a community by code, then those that plans open (numbers below 0). One statement."""
    today = Place.objects.filter(pk__in=set(found.grids.values())).order_by("code").values_list("pk", flat=True)
    return [*today, *sorted(opened, reverse=True)]


def drawn_over(found: Ground, drawn: Mapping[int, int]) -> Ground:
    """The ground over the grids of a drawing: without those that no unit is in any more, with those it opens."""
    used = {str(grid) for grid in drawn.values()}
    return over(found, [grid for grid in found.grids if grid in used] + sorted(used - set(found.grids), key=lambda g: -int(g)))


def numbers_of(found: Ground, drawn: Mapping[int, int]) -> list[int]:
    """A drawing (grid by unit, by their numbers) as the measures read it. Raises KeyError for a grid that is none of the ground's."""
    place = {grid: n for n, grid in enumerate(found.grids)}
    return [place[str(drawn[int(unit)])] for unit in found.units]


def is_placed(unit: Unit) -> bool:
    """Has it a position or a border."""
    return bool(unit.shape) or (unit.lon is not None and unit.lat is not None)


def spot(unit: Unit) -> Spot:
    """A unit as the search for neighbours sees it; a border that is no ring counts as not drawn."""
    try:
        polygon(unit.shape)
    except ValueError:
        return Spot(unit.lon, unit.lat)
    return Spot(unit.lon, unit.lat, unit.shape)


def outside(found: Survey, community: Place) -> list[Unit]:
    """Units whose position lies outside every grid of their community that is drawn; empty where none is."""
    from shapely import Point, union_all

    areas = [polygon(shape) for shape in Place.objects.filter(community=community, level="grid", valid_to=None).values_list("shape", flat=True) if shape]
    if not areas:
        return []
    whole = union_all(areas)
    return [u for u in found.units if u.lon is not None and u.lat is not None and not whole.covers(Point(u.lon, u.lat))]


def strays() -> list[str]:
    """For `hawthorn check`: joins between two communities."""
    wrong = Join.objects.exclude(one__community=F("other__community")).values_list("pk", flat=True)
    return [_("接边 {n}：两个楼院不在同一个社区。").format(n=pk) for pk in wrong]


def misplaced(county: int) -> tuple[dict[int, int], dict[int, int]]:
    """Open items that lie elsewhere than their unit does today, as (unit → grid), and closed grids in which something without unit is open (→ heir).

    A press that was under way on another connection while units moved leaves one behind. `county`: number of the county's place; two statements.
    """
    astray = Item.objects.filter(open=True, county=county, unit__isnull=False)
    own = UnitGrid.objects.filter(unit=OuterRef("unit"), to_on=None).values("grid")[:1]
    moves = dict(astray.annotate(there=Subquery(own)).exclude(grid=F("there")).exclude(there=None).values_list("unit", "there"))
    ended = Item.objects.filter(open=True, county=county, unit=None, grid__valid_to__isnull=False).values_list("grid", flat=True).distinct()
    return moves, {grid: heirs[0] for grid in ended.order_by() if (heirs := heirs_of(grid))}


def misplaced_words() -> list[str]:
    """For `hawthorn check`: what `misplaced` finds, in any county."""
    found = []
    for county in Place.objects.filter(level="county").values_list("pk", flat=True):
        moves, heirs = misplaced(county)
        rows = Item.objects.filter(open=True).filter(Q(unit__in=list(moves)) | Q(unit=None, grid__in=list(heirs))).values_list("pk", "unit", "grid")
        astray = [pk for pk, unit, grid in rows.order_by("pk") if unit is None or grid != moves[unit]]
        found += [_("事项 {n}：不在它的楼院现在所在的网格里。").format(n=pk) for pk in astray]
    return found
