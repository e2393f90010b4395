"""Reads of Party groups' tasks: what may be named in one, and how many were done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Count

from hawthorn.groups.rules import ASKS
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.slots import CHOICES, Asking
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops import queries
from hawthorn.loops.models import Item

DAYS = 90


class GroupGrids:
    """Grids with a Party group that the asker's posts may ask."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Number and name, by code."""
        found = sorted((p for p in asking.town.places.values() if self._may(asking, p)), key=lambda p: p.code)
        return [(p.id, f"{asking.town.name_of(p.community)} {p.name}") for p in found]

    def row(self, asking: Asking, value: int) -> PlaceCard | None:
        """The grid, or None."""
        card = asking.town.places.get(value)
        return card if card is not None and self._may(asking, card) else None

    def _may(self, asking: Asking, card: PlaceCard) -> bool:
        if card.level != "grid" or asking.town.post("party_group", card.id) is None:
            return False
        return bool(asking.actor.system) or any(s.kind in ASKS and card.at(s.level) == s.place for s in asking.actor.seats)


class TaskMatters:
    """Open matters the asker may see: a task may be for one of them."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """As where a matter is named anywhere else."""
        return CHOICES["matters"].list(asking)

    def row(self, asking: Asking, value: int) -> Item | None:
        """The matter, where the asker sees it."""
        try:
            return queries.get_visible(value, actor=asking.actor, town=asking.town, now=asking.now, loop="matters").item
        except NotThere:
            return None


def done(grids: Collection[int], now: datetime) -> dict[int, int]:
    """How many tasks were done in each grid in the last ninety days. One statement."""
    found = Item.objects.filter(loop="group_tasks", stage="done", grid__in=list(grids), closed_at__gt=now - timedelta(days=DAYS))
    return {grid or 0: n for grid, n in found.values_list("grid").annotate(n=Count("id"))}
