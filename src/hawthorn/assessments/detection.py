"""What recurs in a place: the plain rule first (same unit and category, 3 in 30 days), then the ranked signals over its grids. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from django.db.models import Count, Max, QuerySet

from hawthorn.assessments import recurring
from hawthorn.assessments.models import Problem
from hawthorn.assessments.rules.problems import COMES_BACK
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.words import _
from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.loops.models import Item

DAYS, THREE, WEEKS, MOST = 30, 3, 112, 5
LOOK = 12


class Found(NamedTuple):
    """One place (a unit or a whole grid) and category; `why` in one sentence; `number` since `since`."""

    place: int
    unit: int | None
    kind: str
    source: str
    why: str
    is_chance: bool
    number: int
    since: datetime


def monday(on: date) -> date:
    """The Monday of its week."""
    return on - timedelta(days=on.weekday())


def cube(place: PlaceCard, now: datetime, weeks: int = WEEKS) -> tuple[np.ndarray, list[int], list[str]]:
    """Counts grids × categories × weeks of the matters opened there, the newest full or running week last; ids of grids, keys of categories.

    One statement. Parts of split matters are not counted again.
    """
    last = monday(local(now).date())
    first = last - timedelta(weeks=weeks - 1)
    began = datetime.combine(first, time(), SHANGHAI)
    rows = Item.objects.filter(loop="matters", parent=None, opened_at__gte=began, opened_at__lte=now, subdistrict=place.at("subdistrict"), grid__isnull=False)
    if place.level != "subdistrict":
        rows = rows.filter(**{place.level: place.id})
    counted: Counter[tuple[int, str, int]] = Counter()
    for grid, kind, at in rows.order_by().values_list("grid", "kind", "opened_at").iterator(chunk_size=5000):
        counted[grid, kind, (local(at).date() - first).days // 7] += 1
    grids, kinds = sorted({key[0] for key in counted}), sorted({key[1] for key in counted if key[1]})
    found = np.zeros((len(grids), len(kinds), weeks), dtype=np.int32)
    at_grid, at_kind = {g: n for n, g in enumerate(grids)}, {k: n for n, k in enumerate(kinds)}
    for (grid, kind, week), number in counted.items():
        if kind:
            found[at_grid[grid], at_kind[kind], week] = number
    lived = np.flatnonzero(found.any(axis=(0, 1)))  # before the first matter nothing was usual, it was not counted
    return found[:, :, lived[0] :] if len(lived) else found, grids, kinds


def same_place(place: PlaceCard, now: datetime) -> list[Found]:
    """同一处: three or more of one category in one unit within 30 days, most first. One statement."""
    since = now - timedelta(days=DAYS)
    rows = (
        Item.objects.filter(loop="matters", parent=None, opened_at__gte=since, opened_at__lte=now, unit__isnull=False, **{place.level: place.id})
        .exclude(kind="").order_by().values_list("grid", "unit", "kind").annotate(n=Count("pk")).filter(n__gte=THREE, grid__isnull=False)
    )  # fmt: skip
    found = [Found(grid, unit, kind, "same_place", _why_same(n), False, n, since) for grid, unit, kind, n in rows]
    return sorted(found, key=lambda f: (-f.number, f.place, f.unit or 0, f.kind))


def _why_same(number: int) -> str:
    return _("同一处近 30 天 {n} 件").format(n=number)


def more_than_usual(place: PlaceCard, now: datetime, most: int = LOOK) -> list[Found]:
    """The ranked list over grids and categories; what is chance says so. One statement."""
    counts, grids, kinds = cube(place, now)
    if not grids or not kinds:
        return []
    week = datetime.combine(monday(local(now).date()), time(), SHANGHAI)
    return [
        Found(grids[s.place], None, kinds[s.category], "signal", why_of(s), s.is_chance, s.counted, week - timedelta(weeks=s.weeks - 1))
        for s in recurring.signals(counts, most=most)
    ]


def why_of(signal: recurring.Signal) -> str:
    """近 3 周 9 件，往常 2.1 件."""
    said = _("近 {weeks} 周 {n} 件，往常 {usual} 件").format(weeks=signal.weeks, n=signal.counted, usual=f"{signal.usual:.1f}")
    return said + _("，属正常波动") if signal.is_chance else said


def spoken(town: Town, place: PlaceCard) -> set[str]:
    """Categories that may be spoken of at a meeting: what is about persons is talked over elsewhere."""
    return {c.key for c in town.categories.values() if c.tenant == place.tenant and c.is_public}


def recurs(place: PlaceCard, now: datetime, kinds: Collection[str]) -> list[Found]:
    """Both, the plain rule first; of the signals at most five that stand out, and after them what is chance. Two statements."""
    plain = [f for f in same_place(place, now) if f.kind in kinds][:LOOK]
    said = {(f.place, f.kind) for f in plain}
    ranked = [f for f in more_than_usual(place, now) if f.kind in kinds and (f.place, f.kind) not in said]
    return [*plain, *[f for f in ranked if not f.is_chance][:MOST], *(f for f in ranked if f.is_chance)]


class Known(NamedTuple):
    """What is known of a place and category as a problem: open, ended lately with what came since, or nothing."""

    open: int | None
    ended: int | None
    since: int


def known(many: Sequence[Found], place: PlaceCard, now: datetime) -> list[Known]:
    """For each found: the open problem, else the one that ended within 60 days and how many came after its end. Few statements."""
    kinds = {f.kind for f in many}
    rows = Problem.objects.filter(item__kind__in=kinds, **{f"item__{place.level}": place.id}).select_related("item").order_by("item_id")
    live = {(p.item.grid_id, p.item.unit_id, p.item.kind): p for p in rows if p.item.open}
    over = {(p.item.grid_id, p.item.unit_id, p.item.kind): p for p in rows if not p.item.open and p.ended_on and local(now).date() - p.ended_on <= COMES_BACK}
    found = []
    for f in many:
        key = (f.place, f.unit, f.kind)
        if key in live:
            found.append(Known(live[key].item_id, None, 0))
        elif key in over:
            found.append(Known(None, over[key].item_id, _since(f, over[key].item.closed_at)))
        else:
            found.append(Known(None, None, 0))
    return found


def _since(f: Found, ended_at: datetime | None) -> int:
    where = {"unit": f.unit} if f.unit else {"grid": f.place}
    return Item.objects.filter(loop="matters", parent=None, kind=f.kind, opened_at__gt=ended_at, **where).count() if ended_at else 0


def gathered(problem: Item, found_on: date) -> tuple[QuerySet[Item], datetime | None]:
    """A problem's matters: of its place and category from 30 days before it was found until it was ended, newest first; when the newest came."""
    where = {"unit": problem.unit_id} if problem.unit_id else {"grid": problem.grid_id}
    since = datetime.combine(found_on - timedelta(days=DAYS), time(), SHANGHAI)
    until = {"opened_at__lte": problem.closed_at} if problem.closed_at is not None and not problem.open else {}
    rows = Item.objects.filter(loop="matters", parent=None, kind=problem.kind, opened_at__gte=since, **where, **until)
    return rows.order_by("-opened_at", "-id"), rows.aggregate(at=Max("opened_at"))["at"]


def category_of(town: Town, place: PlaceCard, kind: str) -> int | None:
    """The category of the place's tenant by its key."""
    return next((c.id for c in town.categories.values() if c.key == kind and c.tenant == place.tenant), None)
