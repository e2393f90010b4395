"""Which units lie beside each other: from their borders where both are drawn, else from where they lie. No database."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import shapely
from scipy.spatial import Delaunay, KDTree

from hawthorn.territory.locating import polygon

METRES_A_DEGREE = 111_320.0
TOUCH = 5.0
"""Metres between two borders that still count as one."""
FEW = 4
"""Below as many points every pair is looked at."""
FLAT = 0.01
"""Metres (root of the mean square) off one line within which points lie in it: each is beside the next."""
CROWDED, PART = 20, 100
"""Borders touched for each unit beyond which areas are taken to lie on each other (a real map has three); units looked at in one go."""


class Spot(NamedTuple):
    """A unit: WGS84 in degrees (None where it has no position), and its border, a ring of [lon, lat] or a list of rings (empty where not drawn)."""

    lon: float | None
    lat: float | None
    shape: Sequence[Any] = ()


def joined(spots: Sequence[Spot]) -> list[tuple[int, int]]:
    """Pairs of numbers, ascending. Two drawn units are beside each other where their borders touch.

    Others are where no third one lies in the circle between them (the Gabriel graph: it leaves nothing out alone, and crosses nothing).
    A unit with neither border nor position is joined with nothing. Raises ValueError for what is no ring.
    """
    areas = [polygon(spot.shape) for spot in spots]
    placed = [n for n, spot in enumerate(spots) if areas[n] is not None or (spot.lon is not None and spot.lat is not None)]
    if len(placed) < 2:
        return []
    degrees = np.array([_middle(spots[n], areas[n]) for n in placed])
    squeeze = math.cos(math.radians(float(degrees[:, 1].mean())))
    scale = np.array([METRES_A_DEGREE * squeeze, METRES_A_DEGREE])
    near = {(placed[a], placed[b]) for a, b in _gabriel(degrees * scale)}
    drawn = [n for n in placed if areas[n] is not None]
    flat = np.array([shapely.transform(areas[n], lambda at: at * scale) for n in drawn], dtype=object)
    touching = _touching(flat)
    if touching is None:
        return sorted(near)
    found = {pair for pair in near if areas[pair[0]] is None or areas[pair[1]] is None}
    return sorted(found | {(drawn[a], drawn[b]) for a, b in touching})


def _touching(areas: Any) -> list[tuple[int, int]] | None:
    """Pairs whose borders touch; None where the areas lie on each other so much that it says nothing (the outline of the community for each unit)."""
    tree, found = shapely.STRtree(areas), list[tuple[int, int]]()
    for start in range(0, len(areas), PART):
        ours, theirs = tree.query(areas[start : start + PART], predicate="dwithin", distance=TOUCH)
        found += [(a, b) for a, b in zip((ours + start).tolist(), theirs.tolist(), strict=True) if a < b]
        if len(found) > CROWDED * len(areas) + PART:
            return None
    return found


def _middle(spot: Spot, area: Any) -> tuple[float, float]:
    if spot.lon is not None and spot.lat is not None:
        return spot.lon, spot.lat
    point = area.representative_point()
    return float(point.x), float(point.y)


def _gabriel(points: Any) -> set[tuple[int, int]]:
    """Pairs of points in metres with no third one inside the circle over them; points at one place hang together one after the other."""
    points = points - points.mean(axis=0)  # near zero, so that nothing is lost of what lies a step apart
    _spots, first, place = np.unique(np.round(points, 1), axis=0, return_index=True, return_inverse=True)
    last, found = dict[int, int](), set[tuple[int, int]]()
    for n, at in enumerate(place.ravel().tolist()):
        if at in last:
            found.add((last[at], n))
        last[at] = n
    if len(first) < 2:
        return found
    apart = points[first]
    pairs = _candidates(apart)
    ends = apart[pairs]
    half = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1) / 2
    nearest, _who = KDTree(apart).query(ends.mean(axis=1))
    near = first[pairs[nearest >= half * (1 - 1e-9)]]
    return found | {(min(a, b), max(a, b)) for a, b in near.tolist()}


def _candidates(points: Any) -> Any:
    """Pairs among which every Gabriel pair is."""
    if len(points) < FEW:
        return np.array(list(combinations(range(len(points)), 2)))
    _left, size, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    if size[1] < FLAT * math.sqrt(len(points)):
        order = np.argsort(points @ axes[0])
        return np.stack([order[:-1], order[1:]], axis=1)
    corners = Delaunay(points, qhull_options="QJ").simplices  # QJ: many on one circle, too
    return np.unique(np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0)
