"""Where is it? Point → grid in memory; unit or door by Chinese words or pinyin initials. Pure over plain inputs.

A point outside all grids gives None: the caller sends it to the community or subdistrict desk, never to nobody.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

Shape: TypeAlias = Any  # a shapely area, a ring of points, or a list of rings
NOWHERE = np.iinfo(np.int64).max
TILES_A_GRID, MOST_TILES = 64, 65_536
EDGE = 1e-6
"""By how much of its side a tile is looked at beyond its edge, so that rounding puts no point in a tile that does not know its grid."""
LEAST_SIDE = 1e-9


class GridLocator:
    """Grids of one tenant or county, ready for many questions. Immutable; build a new one when grids change.

    A sheet of tiles lies over them: most tiles are inside one grid, and only the others ask a grid's border.
    """

    def __init__(self, grids: Iterable[tuple[int, Shape]]) -> None:
        shaped = sorted(((grid_id, area) for grid_id, shape in grids if (area := polygon(shape)) is not None), key=lambda one: one[0])
        self._ids = np.array([grid_id for grid_id, _area in shaped], dtype=np.int64)
        self._areas = [area for _id, area in shaped]
        shapely.prepare(self._areas)
        self._tree = STRtree(self._areas)
        self._across = math.ceil(math.sqrt(min(MOST_TILES, TILES_A_GRID * len(shaped))))
        self._tiles = self._laid() if shaped else []

    def _laid(self) -> list[int | tuple[int, ...]]:
        """By tile, row by row: the id of the grid it lies inside, or the places of the grids it touches, lowest id first."""
        n = self._across
        self._west, self._south, self._east, self._north = (float(x) for x in shapely.total_bounds(np.array(self._areas, dtype=object)))
        wide, high = max(self._east - self._west, LEAST_SIDE) / n, max(self._north - self._south, LEAST_SIDE) / n
        self._columns, self._rows = 1 / wide, 1 / high
        columns, rows = np.meshgrid(np.arange(n), np.arange(n))
        west, south = self._west + columns.ravel() * wide, self._south + rows.ravel() * high
        boxes = shapely.box(west - wide * EDGE, south - high * EDGE, west + wide * (1 + EDGE), south + high * (1 + EDGE))
        touching: list[list[int]] = [[] for _tile in range(n * n)]
        for tile, at in zip(*self._tree.query(boxes, predicate="intersects"), strict=True):
            touching[int(tile)].append(int(at))
        inside = {int(tile) for tile, _at in zip(*self._tree.query(boxes, predicate="covered_by"), strict=True)}
        return [int(self._ids[near[0]]) if tile in inside and len(near) == 1 else tuple(sorted(near)) for tile, near in enumerate(touching)]

    def locate(self, lon: float, lat: float) -> int | None:
        """The grid that covers this point (WGS84 degrees); on a border the lower id; None outside all grids."""
        if not self._tiles or not (self._west <= lon <= self._east and self._south <= lat <= self._north):
            return None
        last = self._across - 1
        tile = self._tiles[min(int((lat - self._south) * self._rows), last) * self._across + min(int((lon - self._west) * self._columns), last)]
        if isinstance(tile, int):
            return tile
        for at in tile:
            if shapely.intersects_xy(self._areas[at], lon, lat):
                return int(self._ids[at])
        return None

    def locate_all(self, points: Sequence[tuple[float, float]]) -> list[int | None]:
        """The same for many points at once, in their order."""
        if not points:
            return []
        asked, hits = self._tree.query(shapely.points(np.asarray(points, dtype=float)), predicate="intersects")
        found = np.full(len(points), NOWHERE, dtype=np.int64)
        np.minimum.at(found, asked, self._ids[hits])
        return [None if grid == NOWHERE else grid for grid in found.tolist()]


def polygon(shape: Shape) -> BaseGeometry | None:
    """An area from a ring [[lon, lat], …] or a list of such rings (separate parts), mended where it crosses itself.

    None when there is none. Raises ValueError for what is no ring.
    """
    if isinstance(shape, BaseGeometry):
        return None if shape.is_empty else shape
    if not len(shape):
        return None
    try:
        flat = np.ndim(shape[0][0]) == 0
        area: BaseGeometry = Polygon(shape) if flat else MultiPolygon([Polygon(ring) for ring in shape])
    except (TypeError, IndexError, shapely.GEOSException) as wrong:
        raise ValueError(f"not a ring of points: {shape!r:.80}") from wrong
    return area if area.is_valid else shapely.make_valid(area)


class UnitRow(NamedTuple):
    """What is searched: a unit, its pinyin initials, its doors as (id, name)."""

    unit_id: int
    name: str
    initials: str = ""
    doors: Sequence[tuple[int, str]] = ()


class Found(NamedTuple):
    """A unit, or one of its doors, with the words to show."""

    unit_id: int
    door_id: int | None
    label: str


def initials(name: str) -> str:
    """Pinyin initials in lower case, digits and letters kept: 龙洞3号院 → ld3hy. At most 60 characters."""
    # Imported here: its dictionaries take 0.2 s and 30 MB, and only writing names needs them.
    from pypinyin import Style, lazy_pinyin

    return _plain("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))[:60]


def find_units(text: str, rows: Iterable[UnitRow], limit: int = 20) -> list[Found]:
    """Units and doors that contain every word of `text`, in Chinese or as initials; the closest first, then in the order given."""
    words = [plain for word in text.split() if (plain := _plain(word))]
    if not words:
        return []
    ranked: list[tuple[int, Found]] = []
    for row in rows:
        rank = _rank(words, row.name, row.initials)
        if rank is not None:
            ranked.append((rank, Found(row.unit_id, None, row.name)))
            continue
        for door_id, door in row.doors:
            rank = _rank(words, row.name + door, row.initials + _plain(door))
            if rank is not None:
                ranked.append((rank + 10, Found(row.unit_id, door_id, f"{row.name} {door}")))
    ranked.sort(key=lambda pair: pair[0])
    return [found for _rank_, found in ranked[:limit]]


def _rank(words: list[str], name: str, letters: str) -> int | None:
    """0 the whole name, 1 its beginning, 2 within; None when some word is in neither name nor initials."""
    plain, letters = _plain(name), _plain(letters)
    if not all(word in plain or word in letters for word in words):
        return None
    if words[0] in (plain, letters):
        return 0
    return 1 if plain.startswith(words[0]) or letters.startswith(words[0]) else 2


def _plain(words: str) -> str:
    """Full-width to half-width, lower case, without spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
