"""Which units lie beside each other: borders where they are drawn, else positions; agrees with plain oracles."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hawthorn.redrawing.adjacency import METRES_A_DEGREE, Spot, joined

LAT = 35.23


def metres(spots: list[Spot], a: int, b: int) -> float:
    squeeze = math.cos(math.radians(sum(s.lat or 0 for s in spots) / len(spots)))
    return math.hypot(((spots[a].lon or 0) - (spots[b].lon or 0)) * squeeze, (spots[a].lat or 0) - (spots[b].lat or 0)) * METRES_A_DEGREE


def oracle(spots: list[Spot]) -> list[tuple[int, int]]:
    """Every pair beside every third one: d(a,c)² + d(b,c)² ≥ d(a,b)²."""
    n, found = len(spots), []
    for a in range(n):
        for b in range(a + 1, n):
            if all(metres(spots, a, c) ** 2 + metres(spots, b, c) ** 2 >= metres(spots, a, b) ** 2 * (1 - 1e-9) for c in range(n) if c not in (a, b)):
                found.append((a, b))
    return found


def is_one_piece(pairs: list[tuple[int, int]], n: int) -> bool:
    ends = tuple(zip(*pairs, strict=True))
    return bool(connected_components(coo_matrix((np.ones(len(pairs)), ends), (n, n)), directed=False)[0] == 1)


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_looking_at_every_third_unit(seed: int) -> None:
    random = Random(seed)
    spots = [Spot(113.1 + random.random() / 100, LAT + random.random() / 100) for _n in range(random.randrange(2, 45))]
    pairs = joined(spots)
    assert pairs == oracle(spots)
    assert is_one_piece(pairs, len(spots))


def test_houses_in_one_row_are_joined_each_with_the_next() -> None:
    assert joined([Spot(113.1 + n / 1000, LAT) for n in (0, 3, 1, 2, 4)]) == [(0, 2), (1, 3), (1, 4), (2, 3)]


def test_two_at_one_place_are_beside_each_other_and_nobody_is_left_out() -> None:
    spots = [Spot(113.1, LAT), Spot(113.1, LAT), Spot(113.101, LAT), Spot(113.1, LAT + 0.001), Spot(113.102, LAT + 0.001)]
    pairs = joined(spots)
    assert (0, 1) in pairs
    assert is_one_piece(pairs, len(spots))


def square(x: int, y: int) -> list[list[float]]:
    side = 0.001
    return [[113.1 + (x + dx) * side, LAT + (y + dy) * side] for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]


def test_drawn_units_are_joined_where_their_borders_touch_however_far_their_middles_lie() -> None:
    spots = [Spot(None, None, square(0, 0)), Spot(None, None, square(1, 0)), Spot(None, None, square(4, 0)), Spot(None, None, [square(5, 0), square(0, 1)])]
    assert joined(spots) == [(0, 1), (0, 3), (1, 3), (2, 3)]  # 1 and 3 meet in a corner


def test_a_point_is_joined_with_what_is_drawn_near_it_and_who_lies_nowhere_with_nothing() -> None:
    spots = [Spot(None, None, square(0, 0)), Spot(113.1025, LAT + 0.0005), Spot(None, None), Spot(None, 35.2)]
    assert joined(spots) == [(0, 1)]
    assert joined(spots[2:]) == []
    assert joined([]) == []


def test_very_many_at_one_place_or_in_one_line_hang_together() -> None:
    one = joined([Spot(113.1, 35.2)] * 1500)
    assert one == [(n, n + 1) for n in range(1499)]
    line = joined([Spot(113.1 + n / 100_000, 35.2) for n in range(1500)])
    assert line == [(n, n + 1) for n in range(1499)]
    both = joined([Spot(113.1, 35.2)] * 800 + [Spot(113.2, 35.2), Spot(113.15, 35.3), Spot(113.0, 35.3)])
    assert len({n for pair in both for n in pair}) == 803


def test_one_outline_for_every_unit_says_nothing_and_their_places_count() -> None:
    spots = [Spot(113.1 + n / 1000, LAT, square(0, 0)) for n in range(300)]
    assert joined(spots) == [(n, n + 1) for n in range(299)]
    assert is_one_piece(joined([Spot(None, None, square(0, 0))] * 300), 300)
