"""What the system knows before anybody is asked, the table of an errand, and what was asked of the grids, for the burden report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import Asking
from hawthorn.kernel.world import Town
from hawthorn.loops.models import Item, Text
from hawthorn.patrols import queries
from hawthorn.patrols.models import Checkpoint, Errand, ErrandPart
from hawthorn.patrols.rules import due
from hawthorn.patrols.rules.errands import Issue, Known
from hawthorn.territory.models import Door, UnitGrid

PER_PART = 1


class Figures:
    """The slot an errand looks into: numbers by grid for what it asks, or None where the system has none."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Not for choosing."""
        return []

    def row(self, asking: Asking, value: Any) -> Known | None:
        """The numbers for what is asked."""
        return known(value, asking.town, asking.now)


FIGURES = Figures()


def known(g: Issue, town: Town, now: datetime) -> Known | None:
    """What the system has on it for each of the grids; None for what it does not count. At most three statements."""
    grids = [grid for grid in dict.fromkeys(g.grids) if grid in town.places and town.places[grid].level == "grid"]
    numbers = _numbers(g, grids, town, now)
    return None if numbers is None else Known({grid: numbers.get(grid, 0) for grid in grids})


def _numbers(g: Issue, grids: Sequence[int], town: Town, now: datetime) -> Mapping[int, int] | None:
    if g.topic in ("matters", "open"):
        return _matters(g, grids, town)
    if g.topic == "units":
        return _counted(UnitGrid.objects.filter(grid__in=grids, to_on=None, unit__ended_on=None))
    if g.topic == "doors":
        units = dict(UnitGrid.objects.filter(grid__in=grids, to_on=None, unit__ended_on=None).values_list("unit", "grid"))
        doors = Door.objects.filter(unit__in=units).values("unit").annotate(n=Count("id")).order_by()
        return _summed((units[row["unit"]], row["n"]) for row in doors)
    if g.topic in ("checkpoints", "seen"):
        kept = queries.with_lines(Checkpoint.objects.filter(grid__in=grids, ended_on=None))
        if g.topic == "checkpoints":
            return Counter(p.row.grid_id for p in kept)
        on, seen = local(now).date(), queries.last_seen([p.row.pk for p in kept])
        return Counter(p.row.grid_id for p in kept if due.coverage([p.spot], on, seen)[0])
    return None


def _matters(g: Issue, grids: Sequence[int], town: Town) -> Mapping[int, int]:
    """Matters, parts of others aside, as the lists count them: of a category and a span where they are named."""
    found = Item.objects.filter(loop="matters", grid__in=grids, parent=None)
    if g.topic == "open":
        found = found.filter(open=True)
    card = town.categories.get(g.category or 0)
    if card is not None:
        found = found.filter(kind=card.key)
    if g.since is not None:
        found = found.filter(opened_at__gte=g.since)
    if g.until is not None:
        found = found.filter(opened_at__lt=g.until)
    return _counted(found)


def _counted(found: QuerySet[Any]) -> Mapping[int, int]:
    return dict(found.values("grid").annotate(n=Count("id")).order_by().values_list("grid", "n"))


def _summed(pairs: Any) -> Mapping[int, int]:
    total: Counter[int] = Counter()
    for grid, n in pairs:
        total[grid] += n
    return total


# ── the table ──
@dataclass(frozen=True)
class Answer:
    """One grid's line of the table: its number and words, or nothing yet; `item` is its part."""

    grid: int
    number: int | None
    words: str
    stage: str
    item: int | None


def answers(errand: Item, detail: Errand) -> list[Answer]:
    """What the grids answered, or what the system had: one line a grid. At most three statements."""
    parts = list(Item.objects.filter(parent=errand.pk, loop="errand_parts").order_by("grid__code"))
    if not parts:
        return [Answer(grid, number, "", errand.stage, None) for grid, number in detail.known]
    numbers = dict(ErrandPart.objects.filter(item__in=parts).values_list("item_id", "number"))
    said = dict(Text.objects.filter(item__in=parts, field="result", erased_at=None).values_list("item_id", "words"))
    return [Answer(p.grid_id or 0, numbers.get(p.pk), said.get(p.pk, ""), p.stage, p.pk) for p in parts]


# ── the burden report ──
@dataclass(frozen=True)
class Burden:
    """What was asked of grids from one source within a span. `fields`: how many a person had to fill in, all grids together."""

    source: str
    errands: int
    parts: int
    fields: int
    by_system: int


def burden(tenant: int, since: datetime, until: datetime) -> list[Burden]:
    """By source, the most asked first; errands the system answered itself cost no grid anything. One statement."""
    found = Errand.objects.filter(item__subdistrict__tenant=tenant, item__opened_at__gte=since, item__opened_at__lt=until).select_related("item")
    rows: dict[str, list[int]] = {}
    for errand in found:
        row = rows.setdefault(errand.source, [0, 0, 0, 0])
        row[0] += 1
        row[1] += errand.parts
        row[2] += errand.parts * (PER_PART + errand.asks_number)
        row[3] += errand.item.stage == "answered_by_system"
    return sorted((Burden(source, *row) for source, row in rows.items()), key=lambda b: (-b.parts, b.source))


def miscounted() -> list[str]:
    """Errands whose open parts are not as many as they wait for. A check, one sentence each."""
    out = dict(Item.objects.filter(loop="errand_parts", open=True).values("parent").annotate(n=Count("id")).order_by().values_list("parent", "n"))
    return [
        f"errands {item}: 记着还有 {waiting} 个网格没报，实际 {out.get(item, 0)} 个"
        for item, waiting in Errand.objects.filter(item__open=True).values_list("item_id", "waiting")
        if waiting != out.get(item, 0)
    ]
