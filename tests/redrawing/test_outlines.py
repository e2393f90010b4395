"""Outlines after units changed hands: nothing lost, nothing twice, and the rest of every border as it was."""

from __future__ import annotations

from random import Random

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some

from hawthorn.redrawing.adjacency import Spot
from hawthorn.redrawing.outlines import passed
from hawthorn.territory.locating import GridLocator, polygon

WEST, EAST = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [[1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [1.0, 1.0]]


def located(rings: dict[int, list[object]], lon: float, lat: float) -> int | None:
    return GridLocator(rings.items()).locate(lon, lat)


@settings(max_examples=40, deadline=None)
@given(seed=some.integers(0, 9999), many=some.integers(2, 12))
def test_the_whole_stays_the_whole_and_each_unit_lies_in_its_grid(seed: int, many: int) -> None:
    random = Random(seed)  # noqa: S311
    spots = {n: Spot(random.uniform(0.01, 1.99), random.uniform(0.01, 0.99)) for n in range(many)}
    was = {n: 1 if spots[n].lon < 1 else 2 for n in spots}
    now = {n: random.choice([1, 2, 3]) for n in spots}
    drawn = {1: WEST, 2: EAST} | passed({1: WEST, 2: EAST}, spots, was, now)
    areas = {grid: area for grid, rings in drawn.items() if (area := polygon(rings)) is not None}
    assert shapely.union_all(list(areas.values())).area == pytest.approx(2.0, abs=1e-5)
    assert sum(area.area for area in areas.values()) == pytest.approx(2.0, abs=1e-4)
    for n, spot in spots.items():
        assert areas[now[n]].buffer(1e-6).covers(shapely.Point(spot.lon, spot.lat)), n


def test_a_border_that_is_drawn_goes_along_as_it_is() -> None:
    yard = [[0.6, 0.2], [1.0, 0.2], [1.0, 0.8], [0.6, 0.8]]
    spots = {1: Spot(0.2, 0.5), 2: Spot(0.8, 0.5, yard)}
    drawn = passed({1: WEST, 2: EAST}, spots, {1: 1, 2: 1}, {1: 1, 2: 2})
    assert polygon(drawn[1]).area == pytest.approx(1 - 0.24)
    assert located(drawn, 0.7, 0.5) == 2
    assert located(drawn, 0.7, 0.1) == 1


def test_a_grid_inside_another_leaves_it_no_hole() -> None:
    yard = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]]
    drawn = passed({1: WEST}, {1: Spot(0.1, 0.1), 2: Spot(0.5, 0.5, yard)}, {1: 1, 2: 1}, {1: 1, 2: 9})
    assert polygon(drawn[1]).area == pytest.approx(0.96)
    assert located(drawn, 0.5, 0.5) == 9
    assert located(drawn, 0.1, 0.5) == 1
    assert located(drawn, 0.9, 0.5) == 1


def test_what_does_not_move_is_not_drawn_anew_and_what_has_no_outline_gives_none() -> None:
    spots = {1: Spot(0.2, 0.5), 2: Spot(1.5, 0.5), 3: Spot(None, None)}
    assert passed({1: WEST, 2: EAST}, spots, {1: 1, 2: 2, 3: 1}, {1: 1, 2: 2, 3: 1}) == {}
    assert passed({1: [], 2: EAST}, spots, {1: 1, 2: 2}, {1: 2, 2: 2}) == {}
    assert set(passed({1: WEST, 2: EAST}, spots, {1: 1, 3: 1, 2: 2}, {1: 1, 3: 2, 2: 2})) <= {1, 2}
