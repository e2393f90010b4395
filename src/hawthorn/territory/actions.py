"""Writes on places, units, doors, and which grid a unit belongs to. Every one voids the county's cached picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction

from hawthorn.kernel.clock import local
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory.locating import initials
from hawthorn.territory.models import LEVELS, Door, Place, Unit, UnitGrid


class PlaceFacts(TypedDict, total=False):
    """What may change on a place without making it another."""

    name: str
    about: str
    is_village: bool
    is_exclusive: bool
    shape: Sequence[Any]


class UnitFacts(TypedDict, total=False):
    """What a unit carries besides its code. Position WGS84, degrees; counts of people."""

    name: str
    lon: float | None
    lat: float | None
    shape: Sequence[Any]
    households: int
    residents: int
    elders: int
    children: int
    weight: float


def create_place(
    *,
    level: str,
    code: str,
    name: str,
    parent: Place | None,
    tenant: Tenant,
    now: datetime,
    is_village: bool = False,
    is_exclusive: bool = False,
    about: str = "",
    shape: Sequence[Any] = (),
) -> Place:
    """A place in force from today. `parent` is the place one level above (None for a county only), else ValueError.

    `shape`: a ring of [lon, lat] in WGS84, or a list of rings.
    """
    above = LEVELS[LEVELS.index(level) - 1] if level != "county" else None
    if (parent.level if parent else None) != above:
        raise ValueError(f"{level} {code}: parent must be {above}")
    chain = {up: getattr(parent, up) for up in ("county", "subdistrict", "community")} if parent else {}
    if parent:
        chain[parent.level] = parent
    with transaction.atomic():
        place = Place.objects.create(
            level=level,
            code=code,
            name=name,
            tenant=tenant,
            is_village=is_village,
            is_exclusive=is_exclusive,
            about=about,
            shape=list(shape),
            valid_from=local(now).date(),
            **chain,
        )
        bump(place)
    return place


def change_place(*, place: Place, **facts: Unpack[PlaceFacts]) -> None:
    """Change what a place is called or how it is drawn; code, level and parents stay."""
    with transaction.atomic():
        Place.objects.filter(pk=place.pk).update(**facts)
        bump(place)


def open_grid(*, community: Place, name: str, from_on: date) -> Place:
    """A new grid of a community from that day on; its code is the next after all the community ever had: none is given twice."""
    with transaction.atomic():
        used = Place.objects.filter(community=community, level="grid").order_by("-code").values_list("code", flat=True).first()
        code = f"{community.code}{int(used[-3:]) + 1 if used else 1:03d}"
        above = {"county_id": community.county_id, "subdistrict_id": community.subdistrict_id, "community": community}
        place = Place.objects.create(level="grid", code=code, name=name, tenant=community.tenant, valid_from=from_on, **above)
        bump(place)
    return place


def end_grid(*, grid: Place, on: date) -> None:
    """The grid is no longer in force from that day on; what was done there keeps it. ValueError while units lie in it."""
    if UnitGrid.objects.filter(grid=grid, to_on=None, unit__ended_on=None).exists():
        raise ValueError(f"{grid.code}: units lie in it")
    with transaction.atomic():
        Place.objects.filter(pk=grid.pk).update(valid_to=max(on, grid.valid_from + timedelta(days=1)))
        bump(grid)


def create_unit(*, community: Place, code: str, **facts: Unpack[UnitFacts]) -> Unit:
    """A unit of a community (else ValueError); it belongs to no grid until put in one."""
    if community.level != "community":
        raise ValueError(f"{code}: not a community: {community.level}")
    with transaction.atomic():
        unit = Unit.objects.create(community=community, code=code, **_with_initials(facts))
        bump(community)
    return unit


def change_unit(*, unit: Unit, **facts: Unpack[UnitFacts]) -> None:
    """Change what a unit carries; its code stays."""
    with transaction.atomic():
        Unit.objects.filter(pk=unit.pk).update(**_with_initials(facts))
        bump(unit.community)


def put_unit_in_grid(*, unit: Unit, grid: Place, from_on: date) -> None:
    """The unit belongs to this grid from 00:00 of that day on. ValueError for a grid of another community or a day before the last change."""
    if grid.level != "grid" or grid.community_id != unit.community_id:
        raise ValueError(f"{unit.code}: {grid.code} is no grid of its community")
    with transaction.atomic():
        last = UnitGrid.objects.filter(unit=unit, to_on=None).first()
        if last and last.grid_id == grid.pk:
            return
        if last and last.from_on > from_on:
            raise ValueError(f"{unit.code}: already moved on {last.from_on}")
        if last and last.from_on == from_on:
            UnitGrid.objects.filter(pk=last.pk).update(grid=grid)
        else:
            UnitGrid.objects.filter(unit=unit, to_on=None).update(to_on=from_on)
            UnitGrid.objects.create(unit=unit, grid=grid, from_on=from_on)
        bump(grid)


def put_units_in_grids(moves: Mapping[int, int], *, community: Place, from_on: date) -> None:
    """Units (number → grid) of one community belong to these grids from 00:00 of that day on: all or none. ValueError as above."""
    with transaction.atomic():
        units = {u.pk: u for u in Unit.objects.filter(pk__in=list(moves))}
        grids = {g.pk: g for g in Place.objects.filter(pk__in=set(moves.values()), level="grid", valid_to=None)}
        wrong = [u.code for u in units.values() if u.community_id != community.pk or (g := grids.get(moves[u.pk])) is None or g.community_id != community.pk]
        late = UnitGrid.objects.filter(unit__in=list(moves), to_on=None, from_on__gt=from_on)
        if wrong or len(units) < len(moves) or late.exists():
            raise ValueError(f"{community.code}: units or grids of another community, or moved later already: {wrong[:5]}")
        now = UnitGrid.objects.filter(unit__in=list(moves), to_on=None)
        now.filter(from_on=from_on).delete()
        now.update(to_on=from_on)
        UnitGrid.objects.bulk_create([UnitGrid(unit_id=unit, grid_id=grid, from_on=from_on) for unit, grid in sorted(moves.items())])
        bump(community)


def create_doors(*, unit: Unit, names: Iterable[str]) -> None:
    """Add doors to a unit; those that are there already stay."""
    with transaction.atomic():
        Door.objects.bulk_create([Door(unit=unit, name=name) for name in names], ignore_conflicts=True)
        bump(unit.community)


def bump(place: Place) -> None:
    """Void what is cached about the county a place lies in."""
    tenants.bump(place.tenant.county_id or place.tenant_id)


def _with_initials(facts: UnitFacts) -> dict[str, Any]:
    values: dict[str, Any] = dict(facts)
    if "name" in values:
        values["initials"] = initials(values["name"])
    if "shape" in values:
        values["shape"] = list(values["shape"])
    return values
