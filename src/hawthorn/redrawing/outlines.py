"""How grids are drawn after units changed hands: each unit takes its part of the old outline along, the rest of every border stays. No database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from hawthorn.redrawing.adjacency import Spot
from hawthorn.territory.locating import polygon

DIGITS = 7
SPECK = 1e-12
"""Square degrees (about 0.01 m²) below which a part is what rounding left."""


def passed(outlines: Mapping[int, Any], spots: Mapping[int, Spot], was: Mapping[int, int], now: Mapping[int, int]) -> dict[int, list[Any]]:
    """New rings by grid, for the grids that change; from today's rings by grid, units by number, and the grid of each before and after.

    A unit's part is its own border where that is drawn, else all that lies nearer to it than to the other units of its grid (Voronoi). A grid
    without outline has none to give.
    """
    areas = {grid: area for grid, ring in outlines.items() if (area := polygon(ring)) is not None}
    changed = dict[int, BaseGeometry]()
    for grid, area in areas.items():
        mine = [u for u in spots if was.get(u) == grid]
        moving = [u for u in mine if now.get(u, grid) != grid]
        if not moving:
            continue
        cells = _cells(area, {u: spots[u] for u in mine})
        gone = shapely.union_all([cells[u] for u in moving if u in cells])
        changed[grid] = changed.get(grid, area).difference(gone)
        for u in moving:
            if u in cells:
                to = now[u]
                changed[to] = shapely.union_all([changed.get(to, areas.get(to, Polygon())), cells[u]])
    return {grid: _rings(area) for grid, area in changed.items()}


def _cells(area: BaseGeometry, spots: Mapping[int, Spot]) -> dict[int, BaseGeometry]:
    """What of an outline belongs to which unit."""
    drawn = {u: border.intersection(area) for u, spot in spots.items() if (border := _border(spot)) is not None}
    rest = area.difference(shapely.union_all(list(drawn.values()))) if drawn else area
    points = {u: Point(spot.lon, spot.lat) for u, spot in spots.items() if u not in drawn and spot.lon is not None and spot.lat is not None}
    if len(points) == len(spots) == 1:
        return {next(iter(points)): area}
    cells = drawn
    if points:
        near = shapely.voronoi_polygons(shapely.MultiPoint(list(points.values())), extend_to=area).geoms if len(points) > 1 else [area.envelope]
        tree, taken = shapely.STRtree(list(near)), set[int]()
        for u, point in points.items():
            at = next((int(n) for n in tree.query(point, predicate="intersects") if int(n) not in taken), -1)
            taken.add(at)
            cells[u] = near[at].intersection(rest) if at >= 0 else Polygon()  # two units at one place: the first has it
    return cells


def _border(spot: Spot) -> BaseGeometry | None:
    try:
        return polygon(spot.shape)
    except ValueError:
        return None


def _rings(area: BaseGeometry) -> list[Any]:
    """One ring, or a list of rings where it is in parts; a part with a hole is cut open, since a ring has none. Empty where nothing is left."""
    parts = [part for part in shapely.get_parts(area) if isinstance(part, Polygon) and part.area > SPECK]
    whole: list[Polygon] = []
    while parts:
        part = parts.pop()
        if part.interiors:
            parts += _halves(part)
        else:
            whole.append(part)
    rings = [[[round(x, DIGITS), round(y, DIGITS)] for x, y in part.exterior.coords[:-1]] for part in sorted(whole, key=lambda p: -p.area)]
    return rings[0] if len(rings) == 1 else rings


def _halves(part: Polygon) -> Sequence[Polygon]:
    """West and east of the middle of its first hole."""
    (west, south, east, north), middle = part.bounds, part.interiors[0].centroid.x
    boxes = (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north))
    return [piece for box in boxes for piece in shapely.get_parts(part.intersection(box)) if isinstance(piece, Polygon) and piece.area > SPECK]
