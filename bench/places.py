"""python -m bench.places [--grids 700] [--points 100000]: point → grid, singly and in bulk, beside an oracle that casts rays; datums to and fro.

Grids are the cells of random points (a gapless map); points are random, and on borders. The oracle knows nothing of shapely.
"""

from __future__ import annotations

import argparse
import time
from random import Random
from typing import Any

import numpy as np
import shapely

from hawthorn.territory import datum
from hawthorn.territory.locating import GridLocator

WEST, SOUTH, SIDE = 113.0, 35.0, 0.5


def cells(number: int, random: Random) -> list[tuple[int, list[list[float]]]]:
    """A gapless map of the square, by number."""
    points = shapely.MultiPoint([(WEST + SIDE * random.random(), SOUTH + SIDE * random.random()) for _n in range(number)])
    square = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    pieces = [cell.intersection(square) for cell in shapely.voronoi_polygons(points, extend_to=square).geoms]
    whole = shapely.set_precision(shapely.GeometryCollection(pieces), 1e-9).geoms
    return [(n, [list(xy) for xy in piece.exterior.coords[:-1]]) for n, piece in enumerate(whole, start=1)]


def on_edge(rings: Any, x: float, y: float) -> bool:
    """Lies the point on a border, to the last bit of what shapely asks (the sign of a cross product)?"""
    (x0, y0), (x1, y1) = rings[0], rings[1]
    flat = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
    inside = (np.minimum(x0, x1) <= x) & (x <= np.maximum(x0, x1)) & (np.minimum(y0, y1) <= y) & (y <= np.maximum(y0, y1))
    return bool(((flat == 0) & inside).any())


class Rays:
    """Ray casting over all edges of all rings at once; on a border the lowest number."""

    def __init__(self, grids: list[tuple[int, list[list[float]]]]) -> None:
        self.boxes = [(n, np.array(ring)) for n, ring in grids]
        self.low = np.array([ring.min(axis=0) for _n, ring in self.boxes])
        self.high = np.array([ring.max(axis=0) for _n, ring in self.boxes])

    def locate(self, x: float, y: float) -> int | None:
        """The lowest number that covers it."""
        near = np.flatnonzero((self.low[:, 0] <= x) & (x <= self.high[:, 0]) & (self.low[:, 1] <= y) & (y <= self.high[:, 1]))
        return next((self.boxes[n][0] for n in near if self._covers(self.boxes[n][1], x, y)), None)

    @staticmethod
    def _covers(ring: Any, x: float, y: float) -> bool:
        a, b = ring, np.roll(ring, -1, axis=0)
        if on_edge(((a[:, 0], a[:, 1]), (b[:, 0], b[:, 1])), x, y):
            return True
        crosses = (a[:, 1] > y) != (b[:, 1] > y)
        a, b = a[crosses], b[crosses]
        return bool((x < a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])).sum() % 2)


def main() -> None:
    """Print rates, agreement, and the worst error of the datums."""
    parser = argparse.ArgumentParser(prog="bench.places")
    parser.add_argument("--grids", type=int, default=700)
    parser.add_argument("--points", type=int, default=100_000)
    args = parser.parse_args()
    random = Random(7)
    grids = cells(args.grids, random)
    corners = [xy for _n, ring in grids for xy in ring]
    border = [tuple(random.choice(corners)) for _n in range(args.points // 5)]
    points = border + [(WEST + SIDE * random.random(), SOUTH + SIDE * random.random()) for _n in range(args.points - len(border))]
    locator = GridLocator(grids)
    began = time.perf_counter()
    singly = [locator.locate(x, y) for x, y in points]
    middle = time.perf_counter()
    bulk = locator.locate_all(points)
    ended = time.perf_counter()
    rays = Rays(grids)
    asked = [rays.locate(x, y) for x, y in points]
    same = sum(a == b == c for a, b, c in zip(singly, bulk, asked, strict=True))
    print(f"{args.grids} grids, {len(points)} points: singly {len(points) / (middle - began):,.0f}/s, in bulk {len(points) / (ended - middle):,.0f}/s")
    print(f"agrees with ray casting: {same} of {len(points)} ({len(border)} on corners); unassigned: {sum(x is None for x in bulk)}")
    worst = {}
    for name in ("gcj02", "bd09"):
        there = [datum.from_wgs84(x, y, name) for x, y in points[-2000:]]
        back = [datum.to_wgs84(p.lon, p.lat, name) for p in there]
        worst[name] = max(datum.metres(datum.Point(x, y), p) for (x, y), p in zip(points[-2000:], back, strict=True))
    print("there and back: " + ", ".join(f"{name} {metres:.6f} m" for name, metres in worst.items()))


if __name__ == "__main__":
    main()
