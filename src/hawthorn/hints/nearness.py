"""Which open messages near this one say the same? Pure: texts, grids and days, no Django.

Place and time choose the candidates (own grid and its neighbours, the days before), the words rank them: the share
of character 2–3-grams, weighted by how rare they are among the open ones. N-grams are kept as numbers of hash buckets,
never as words. What each part brings is printed by bench/duplicates.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Floats: TypeAlias = np.ndarray[Any, np.dtype[Any]]
BUCKETS, SMALL = 20, 15  # bits
LONGEST = 500  # characters of a message that are compared
DAYS, AHEAD = 30.0, 1.0  # days before the new message, and after it for clocks that differ
MOST_EXACT = 400  # candidates compared in full; more are narrowed by their rarest n-grams first
RAREST = 24
FEW = 1_000
TOLD_AGAIN = 0.7  # whose n-grams count more: who says it again says it shorter, so the new message's share weighs more
NEXT_DOOR = 0.75  # of the score where the open one lies in a neighbouring grid
LIKELY = 0.27  # above it nine of ten are the same (bench/README.md, “重复”, made-up rewrites); a tenant's own replaces it
BEST = 5
TINY = 1e-9
MULTIPLIERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


class Said(NamedTuple):
    """One message: where (a grid's code or number) and when (days on any one scale)."""

    id: str
    grid: str
    day: float
    text: str


class Near(NamedTuple):
    """An open message that may be the same; the score lies between 0 and 1 and means the same for every question."""

    id: str
    score: float


def buckets_of(text: str, bits: int = BUCKETS) -> Floats:
    """The distinct 2–3-grams of a text as bucket numbers, ascending."""
    said = "".join(unicodedata.normalize("NFKC", text[: 2 * LONGEST]).lower().split())[:LONGEST]
    signs = np.frombuffer(said.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64) + np.uint64(1)
    if len(signs) < 2:
        return np.empty(0, dtype=np.int32)
    raised = [signs * multiplier for multiplier in MULTIPLIERS]
    pairs = raised[0][:-1] ^ raised[1][1:]
    triples = raised[0][:-2] ^ raised[1][1:-1] ^ raised[2][2:]
    mixed = np.concatenate([pairs, triples]) * MULTIPLIERS[0]
    return np.unique((mixed >> np.uint64(64 - bits)).astype(np.int32))


class Index:
    """The open messages of one tenant, ready for many questions. Immutable; build a new one when they change.

    `bits`: of the hash buckets; SMALL builds at once where there are few messages.
    """

    def __init__(self, said: Iterable[Said], neighbours: Mapping[str, Iterable[str]], *, bits: int = BUCKETS) -> None:
        self._bits = bits
        rows = sorted(said, key=lambda one: (one.grid, one.day, one.id))
        parts = [buckets_of(one.text, bits) for one in rows]
        self._ids = [one.id for one in rows]
        self._days = np.array([one.day for one in rows])
        self._neighbours = {grid: tuple(sorted(set(others) - {grid})) for grid, others in neighbours.items()}
        self._grids = _spans([one.grid for one in rows])
        self._ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
        self._buckets = np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)
        self._spread = np.bincount(self._buckets, minlength=1 << bits)
        self._value = _values(self._spread, len(rows))
        # Among few messages nearly all is new, and little shared is no likeness; among many what nobody else said is a slip.
        self._new_worth = float(_values(np.array([1]), len(rows))[0]) / (1 + len(rows) / FEW)
        self._sizes = self._sums(np.arange(len(rows)), self._value)
        self._rare = _rarest(parts, self._spread)

    def near(self, said: Said, *, best: int = BEST) -> list[Near]:
        """The likeliest open messages, best first."""
        return told_apart(self.alike(said, best=best))

    def alike(self, said: Said, *, best: int) -> list[Near]:
        """The same before they are told apart: the shared worth over a mean of both messages' worth, less next door."""
        asked = buckets_of(said.text, self._bits)
        new = asked[self._spread[asked] == 0]
        value = np.zeros(len(self._value), dtype=np.float32)
        value[asked] = self._value[asked]
        value[new] = 0
        own, doors = self._here(said)
        rows, doors = self._narrow(own, doors, value)
        worth = float(value.sum()) + len(new) * self._new_worth
        if not worth or not len(rows):
            return []
        sizes = np.maximum(self._sizes[rows], TINY)
        scores = self._sums(rows, value) / (worth**TOLD_AGAIN * sizes ** (1 - TOLD_AGAIN)) * doors
        first = np.argsort(-scores, kind="stable")[:best]
        return [Near(self._ids[rows[n]], float(scores[n])) for n in first if scores[n] > 0]

    def _here(self, said: Said) -> tuple[Floats, Floats]:
        """Rows of the grid and its neighbours within the days, and what the place makes of their score."""
        rows, doors = [], []
        for grid in (said.grid, *self._neighbours.get(said.grid, ())):
            first, last = self._grids.get(grid, (0, 0))
            days = self._days[first:last]
            found = np.arange(first + np.searchsorted(days, said.day - DAYS), first + np.searchsorted(days, said.day + AHEAD, "right"))
            rows.append(found)
            doors.append(np.full(len(found), 1.0 if grid == said.grid else NEXT_DOOR))
        return np.concatenate(rows), np.concatenate(doors)

    def _narrow(self, rows: Floats, doors: Floats, value: Floats) -> tuple[Floats, Floats]:
        """Those of many rows that share most of their rarest n-grams with what was asked."""
        if len(rows) <= MOST_EXACT:
            return rows, doors
        kept = np.argpartition(-value[self._rare[rows]].sum(axis=1), MOST_EXACT)[:MOST_EXACT]
        return rows[kept], doors[kept]

    def _sums(self, rows: Floats, value: Floats) -> Floats:
        """For each row, the summed value of its buckets."""
        starts, ends = self._ends[rows], self._ends[rows + 1]
        if not len(rows):
            return np.empty(0)
        summed = np.concatenate([[0.0], np.cumsum(value[self._buckets[_ranges(starts, ends)]], dtype=np.float64)])
        stops = np.cumsum(ends - starts)
        return np.asarray(summed[stops] - summed[stops - (ends - starts)])


def told_apart(found: Sequence[Near]) -> list[Near]:
    """Less the more a better one stands out: of several on one subject usually one is meant."""
    return [Near(one.id, min(1.0, one.score**2 / found[0].score)) for one in found]


def _ranges(starts: Floats, ends: Floats) -> Floats:
    """All numbers of the ranges, one range after the other."""
    lengths = ends - starts
    shift = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return np.asarray(np.arange(len(shift)) + shift)


def _values(spread: Floats, number: int) -> Floats:
    """What sharing each bucket is worth: its rarity squared, a little even where all have it; the last, empty place stands for none."""
    return np.append((np.log((1 + number) / (1 + spread)) + 0.5) ** 2, 0).astype(np.float32)


def _spans(grids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """First and one past the last row of each grid, rows being sorted by grid."""
    spans: dict[str, tuple[int, int]] = {}
    for row, grid in enumerate(grids):
        spans[grid] = (spans.get(grid, (row, row))[0], row + 1)
    return spans


def _rarest(parts: Sequence[Floats], spread: Floats) -> Floats:
    """RAREST buckets of each row; where it has fewer, the empty place."""
    rare = np.full((len(parts), RAREST), len(spread), dtype=np.int32)
    for row, part in enumerate(parts):
        kept = part if len(part) <= RAREST else part[np.argpartition(spread[part], RAREST)[:RAREST]]
        rare[row, : len(kept)] = kept
    return rare
