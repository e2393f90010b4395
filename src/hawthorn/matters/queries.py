"""Reads of matters beyond the spine."""

from __future__ import annotations

from hawthorn.kernel.slots import Asking
from hawthorn.loops import queries
from hawthorn.loops.models import Item


class MatterChoices:
    """Open matters the asker may see, nearest first: the same unit, then the same grid, newest first."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Number and title with receipt."""
        seat = queries.widest(asking.actor)
        if seat is None:
            return []
        found = queries.listed("matters", seat, asking.now).filter(open=True).order_by("-id")
        if asking.facts is not None:
            found = found.exclude(pk=asking.facts.id).exclude(parent=asking.facts.id)
            if asking.facts.subdistrict:
                found = found.filter(subdistrict=asking.facts.subdistrict)
        items = list(found[:200])
        if asking.facts is not None:
            items.sort(key=lambda i: (i.unit_id != asking.facts.unit, i.grid_id != asking.facts.grid))
        return [(i.pk, f"{i.title} · {i.receipt[:4]}-{i.receipt[4:]}") for i in items]

    def row(self, asking: Asking, value: int) -> Item | None:
        """Locked rows are used instead; see loops.work."""
        return Item.objects.filter(pk=value, loop="matters").first()


MATTER_CHOICES = MatterChoices()
