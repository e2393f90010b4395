"""去哪儿了: from outcome to the action of the room below that takes a drop over. A room that can take drops adds its line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Passed(NamedTuple):
    """Which outcome, and the row of the item the drop went into."""

    outcome: str
    row: Any


COUNTS = ("reporters", "tellable", "by_phone", "visits", "hides_from_grid")


def matter(do: Any, row: Any, given: Mapping[str, Any]) -> Passed:
    """A matter in the place of the drop, as old as the drop, with its askers counted."""
    f = row.facts
    known = {name: getattr(f, name) for name in (*COUNTS, "grid", "community", "subdistrict", "unit", "channel")}
    told = {name: value for name, value in (known | dict(given)).items() if value is not None}
    told["arrived_at"] = row.item.opened_at or do.now
    return Passed("matter", do.create("matters", "arrive", told, at_once=True))


OUTCOMES: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], Passed]] = {"matter": matter}
