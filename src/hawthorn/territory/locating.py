"""Where is it? Point → grid in memory; unit or door by Chinese words or pinyin initials. Pure over plain inputs.

A point outside all grids gives None: the caller sends it to the community or subdistrict desk, never to nobody.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

Shape: TypeAlias = Any  # a shapely area, a ring of points, or a list of rings
NOWHERE = np.iinfo(np.int64).max


class GridLocator:
    """Grids of one tenant or county, ready for many questions. Immutable; build a new one when grids change."""

    def __init__(self, grids: Iterable[tuple[int, Shape]]) -> None:
        shaped = [(grid_id, area) for grid_id, shape in grids if (area := polygon(shape)) is not None]
        self._ids = np.array([grid_id for grid_id, _area in shaped], dtype=np.int64)
        areas = [area for _id, area in shaped]
        shapely.prepare(areas)
        self._tree = STRtree(areas)

    def locate(self, lon: float, lat: float) -> int | None:
        """The grid that covers this point (WGS84 degrees); on a border the lower id; None outside all grids."""
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return int(self._ids[hits].min()) if len(hits) else None

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
