"""Point → grid, and units by words."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from hawthorn.territory.locating import Found, GridLocator, UnitRow, find_units, initials, polygon

LEFT, RIGHT, ISLAND = 7, 3, 9
TWO = GridLocator([(LEFT, [[0, 0], [1, 0], [1, 1], [0, 1]]), (RIGHT, box(1, 0, 2, 1)), (ISLAND, [[[5, 5], [6, 5], [6, 6]], [[8, 8], [9, 8], [9, 9]]])])
ROWS = [
    UnitRow(1, "龙洞3号院", "ld3hy", [(11, "1单元-101"), (12, "1单元-102")]),
    UnitRow(2, "武钢东区3号楼", "wgdq3hl", [(21, "2-101")]),
    UnitRow(3, "龙洞小学家属院", "ldxxjsy"),
]


def test_a_point_lies_in_its_grid() -> None:
    assert TWO.locate(0.5, 0.5) == LEFT
    assert TWO.locate(1.5, 0.5) == RIGHT


def test_a_point_on_a_border_goes_to_the_lower_id() -> None:
    assert TWO.locate(1.0, 0.5) == RIGHT
    assert TWO.locate(0.0, 0.0) == LEFT


def test_a_point_outside_all_grids_gives_none() -> None:
    assert TWO.locate(3.0, 3.0) is None
    assert GridLocator([]).locate(1, 1) is None
    assert GridLocator([(1, [])]).locate_all([(1.0, 1.0)]) == [None]


def test_a_grid_may_have_separate_parts() -> None:
    assert TWO.locate(5.9, 5.5) == TWO.locate(8.9, 8.5) == ISLAND
    assert TWO.locate(7, 7) is None


@given(st.lists(st.tuples(st.floats(-1, 3), st.floats(-1, 2)) | st.sampled_from([(1.0, 0.5), (0.0, 0.0), (2.0, 1.0)])))
def test_many_points_at_once_answer_as_one_by_one(points: list[tuple[float, float]]) -> None:
    assert TWO.locate_all(points) == [TWO.locate(lon, lat) for lon, lat in points]


def by_rays(grids: list[tuple[int, list[list[float]]]], lon: float, lat: float) -> int | None:
    """Ray casting, ring by ring; who lies on an edge is covered. Knows nothing of the locator."""

    def covers(ring: list[list[float]]) -> bool:
        inside = False
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            flat = (x1 - x0) * (lat - y0) - (y1 - y0) * (lon - x0)
            if flat == 0 and min(x0, x1) <= lon <= max(x0, x1) and min(y0, y1) <= lat <= max(y0, y1):
                return True
            if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) * (x1 - x0) / (y1 - y0):
                inside = not inside
        return inside

    return min((grid for grid, ring in grids if covers(ring)), default=None)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 9999), many=st.integers(1, 30))
def test_every_point_of_a_gapless_map_has_one_grid_as_ray_casting_finds_it(seed: int, many: int) -> None:
    random = Random(seed)  # noqa: S311
    # Corners on a lattice of 1/64: every border runs exactly through the points asked on it.
    rows = sorted(random.sample(range(1, 64), 3))
    levels = [0, *rows, 64]
    grids: list[tuple[int, list[list[float]]]] = []
    for low, high in zip(levels, levels[1:], strict=False):
        cuts = [0, *sorted(random.sample(range(1, 64), many)), 64]
        for west, east in zip(cuts, cuts[1:], strict=False):
            ring = [[west / 64, low / 64], [east / 64, low / 64], [east / 64, high / 64], [west / 64, high / 64]]
            grids.append((random.randrange(10**6) * 100 + len(grids), ring))
    locator = GridLocator(grids)
    points = [(random.random(), random.random()) for _n in range(60)] + [(random.randrange(65) / 64, random.randrange(65) / 64) for _n in range(60)]
    found = [locator.locate(lon, lat) for lon, lat in points]
    assert found == [by_rays(grids, lon, lat) for lon, lat in points]
    assert found == locator.locate_all(points)
    assert None not in found


def test_a_ring_that_crosses_itself_is_mended() -> None:
    bow = polygon([[0, 0], [1, 1], [1, 0], [0, 1]])
    assert bow is not None
    assert bow.is_valid
    assert bow.area == pytest.approx(0.5)


def test_an_empty_shape_is_no_area() -> None:
    assert polygon([]) is None
    assert polygon(Polygon()) is None


@pytest.mark.parametrize("wrong", [[[0, 0], [1, 1]], [1, 2, 3], [["a", "b"], ["c", "d"], ["e", "f"]]])
def test_what_is_no_ring_is_refused(wrong: list[object]) -> None:
    with pytest.raises(ValueError):
        polygon(wrong)


def test_units_are_found_by_chinese_and_by_initials() -> None:
    assert find_units("龙洞", ROWS) == [Found(1, None, "龙洞3号院"), Found(3, None, "龙洞小学家属院")]
    assert find_units("wgdq", ROWS) == [Found(2, None, "武钢东区3号楼")]
    assert find_units("JSY", ROWS) == [Found(3, None, "龙洞小学家属院")]
    assert find_units("３号", ROWS) == [Found(1, None, "龙洞3号院"), Found(2, None, "武钢东区3号楼")]


def test_the_closest_name_comes_first() -> None:
    rows = [UnitRow(1, "新龙洞院"), UnitRow(2, "龙洞院东"), UnitRow(3, "龙洞院")]
    assert [found.unit_id for found in find_units("龙洞院", rows)] == [3, 2, 1]


def test_doors_are_found_together_with_their_unit() -> None:
    assert find_units("龙洞3号院1单元101", ROWS) == [Found(1, 11, "龙洞3号院 1单元-101")]
    assert find_units("武钢 101", ROWS) == [Found(2, 21, "武钢东区3号楼 2-101")]
    assert find_units("ld3hy 102", ROWS) == [Found(1, 12, "龙洞3号院 1单元-102")]


def test_nothing_is_found_for_nothing() -> None:
    assert find_units("  -- ", ROWS) == []
    assert find_units("山阳", ROWS) == []


def test_no_more_than_the_limit_is_given() -> None:
    assert len(find_units("院", [UnitRow(n, f"{n}号院") for n in range(50)], limit=5)) == 5


def test_initials_follow_the_usual_reading_of_a_word() -> None:
    assert initials("龙洞3号院") == "ld3hy"
    assert initials("重庆路（北）A区") == "cqlbaq"
    assert len(initials("龙" * 80)) == 60
