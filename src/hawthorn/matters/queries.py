"""Reads of matters beyond the spine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hawthorn.kernel.slots import Asking
from hawthorn.loops import queries
from hawthorn.loops.models import Item, Reporter, Text
from hawthorn.matters.models import Matter

SAID = 24


class MatterChoices:
    """Open matters the asker may see, nearest first: the same unit, then the same grid, newest first."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Number; title, the receipt its first asker holds (its own where nobody asks) and the first words said."""
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
        said = dict(Text.objects.filter(item__in=items, seq=1, field="words", erased_at=None).values_list("item_id", "words"))
        held = dict(Reporter.objects.filter(item__in=items, left_at=None).order_by("-id").values_list("item_id", "receipt"))
        codes = {i.pk: held.get(i.pk, i.receipt) for i in items}
        return [(i.pk, f"{i.title} · {codes[i.pk][:4]}-{codes[i.pk][4:]} {said.get(i.pk, '')[:SAID]}".strip()) for i in items]

    def row(self, asking: Asking, value: int) -> Item | None:
        """Locked rows are used instead; see loops.work."""
        return Item.objects.filter(pk=value, loop="matters").first()


MATTER_CHOICES = MatterChoices()


def promised(items: Sequence[Item]) -> dict[int, datetime | None]:
    """Matters that somebody asked for, with the date they are to be done by where it runs. One statement."""
    return dict(Matter.objects.filter(item__in=[i.pk for i in items], reporters__gt=0).values_list("item_id", "promise_at"))


def owed(items: Sequence[Item]) -> dict[int, datetime | None]:
    """Calls that are owed: all of them."""
    return {i.pk: i.due_at for i in items}
