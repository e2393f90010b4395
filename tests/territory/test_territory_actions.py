"""Places, units, doors, and which grid a unit belongs to."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions
from hawthorn.territory.models import Door, Place, Unit, UnitGrid

NOW = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)


@pytest.fixture
def grids(bare: None) -> tuple[Place, Place]:
    host = Tenant.objects.create(code="410803", name="中站区")
    tenant = Tenant.objects.create(code="410803005", name="龙洞街道", county=host)
    county = actions.create_place(level="county", code="410803", name="中站区", parent=None, tenant=host, now=NOW)
    town = actions.create_place(level="subdistrict", code="410803005", name="龙洞街道", parent=county, tenant=tenant, now=NOW)
    community = actions.create_place(level="community", code="410803005498", name="武钢社区", parent=town, tenant=tenant, now=NOW)
    one, two = (actions.create_place(level="grid", code=f"41080300549800{n}", name=f"{n}网格", parent=community, tenant=tenant, now=NOW) for n in (1, 2))
    return one, two


def revision() -> str:
    return Tenant.objects.get(code="410803").revision


def test_level_columns_name_the_ancestors_and_not_the_place_itself(grids: tuple[Place, Place]) -> None:
    grid = grids[0]
    community = grid.community
    assert community is not None
    assert (grid.county.code, grid.subdistrict.code, community.code) == ("410803", "410803005", "410803005498")  # type: ignore[union-attr]
    assert (community.community, community.subdistrict.code, community.county.code) == (None, "410803005", "410803")  # type: ignore[union-attr]
    assert grid.county.county is None  # type: ignore[union-attr]
    assert grid.valid_from == date(2026, 3, 2)


def test_a_place_hangs_only_under_the_level_above(grids: tuple[Place, Place]) -> None:
    with pytest.raises(ValueError, match="parent"):
        actions.create_place(level="grid", code="x", name="x", parent=grids[0].subdistrict, tenant=grids[0].tenant, now=NOW)
    with pytest.raises(ValueError, match="parent"):
        actions.create_place(level="community", code="x", name="x", parent=None, tenant=grids[0].tenant, now=NOW)


def test_a_unit_carries_its_initials_and_the_county_is_told(grids: tuple[Place, Place]) -> None:
    community = grids[0].community
    assert community is not None
    before = revision()
    unit = actions.create_unit(community=community, code="U1", name="龙洞3号院", lon=113.1, lat=35.2, households=12)
    assert unit.initials == "ld3hy"
    assert revision() != before
    actions.change_unit(unit=unit, name="西院", households=13)
    changed = Unit.objects.get(pk=unit.pk)
    assert (changed.initials, changed.households, changed.lon) == ("xy", 13, 113.1)


def test_a_unit_belongs_to_one_grid_at_a_time(grids: tuple[Place, Place]) -> None:
    one, two = grids
    assert one.community is not None
    unit = actions.create_unit(community=one.community, code="U1", name="院")
    actions.put_unit_in_grid(unit=unit, grid=one, from_on=date(2026, 3, 2))
    actions.put_unit_in_grid(unit=unit, grid=one, from_on=date(2026, 3, 9))
    actions.put_unit_in_grid(unit=unit, grid=two, from_on=date(2026, 4, 1))
    spans = UnitGrid.objects.filter(unit=unit).order_by("from_on").values_list("grid", "from_on", "to_on")
    assert list(spans) == [(one.pk, date(2026, 3, 2), date(2026, 4, 1)), (two.pk, date(2026, 4, 1), None)]
    actions.put_unit_in_grid(unit=unit, grid=one, from_on=date(2026, 4, 1))
    assert UnitGrid.objects.get(unit=unit, to_on=None).grid_id == one.pk
    with pytest.raises(ValueError, match="already moved"):
        actions.put_unit_in_grid(unit=unit, grid=two, from_on=date(2026, 3, 3))


def test_a_unit_is_never_put_in_a_grid_of_another_community(grids: tuple[Place, Place]) -> None:
    one = grids[0]
    other = actions.create_place(level="community", code="410803005201", name="村", parent=one.subdistrict, tenant=one.tenant, now=NOW, is_village=True)
    unit = actions.create_unit(community=other, code="U1", name="院")
    with pytest.raises(ValueError, match="no grid of its community"):
        actions.put_unit_in_grid(unit=unit, grid=one, from_on=date(2026, 3, 2))


def test_doors_are_added_once(grids: tuple[Place, Place]) -> None:
    assert grids[0].community is not None
    unit = actions.create_unit(community=grids[0].community, code="U1", name="院")
    actions.create_doors(unit=unit, names=["1-101", "1-102"])
    actions.create_doors(unit=unit, names=["1-102", "1-201"])
    assert Door.objects.filter(unit=unit).count() == 3
