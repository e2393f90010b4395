"""去哪儿了: where the drops of a place and quarter went. What was passed on in the same tap is a matter from the start and counts with the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Q

from hawthorn.drops.models import Drop
from hawthorn.kernel import quarters
from hawthorn.loops.models import Item

OVER = ("closed", "declined", "referred", "void", "merged")


class Went(NamedTuple):
    """Counts of one quarter and place: all that came; still waiting; passed on as matters, how many of them are over; answered; elsewhere; taken back;
    joined to a matter that was there.
    """

    came: int = 0
    waiting: int = 0
    matters: int = 0
    over: int = 0
    information: int = 0
    declined: int = 0
    withdrawn: int = 0
    joined: int = 0


def went(subdistricts: Sequence[int], on: date, by: str = "grid") -> dict[int | None, Went]:
    """By grid (None: not yet in one) or by subdistrict, in the quarter of a day. Two statements.

    A drop that was passed on counts as the matter it became, one that joined another's for itself; parts of split matters are one voice, not several.
    """
    begin, end = quarters.span(on)
    here = Item.objects.filter(subdistrict__in=list(subdistricts), loop__in=["drops", "matters"], opened_at__gte=begin, opened_at__lt=end)
    rows = here.filter(Q(loop="matters", parent=None) | Q(loop="drops")).order_by().values_list(by, "loop", "stage").annotate(n=Count("pk"))
    found: dict[int | None, dict[tuple[str, str], int]] = defaultdict(dict)
    for grid, loop, stage, number in rows:
        found[grid][loop, stage] = number
    voices = Drop.objects.filter(outcome="joined", item__subdistrict__in=list(subdistricts), item__opened_at__gte=begin, item__opened_at__lt=end)
    for grid, number in voices.order_by().values_list(f"item__{by}").annotate(n=Count("pk")):
        found[grid]["drops", "joined"] = number
    return {grid: _went(counts) for grid, counts in found.items()}


def _went(counts: Mapping[tuple[str, str], int]) -> Went:
    matters = sum(n for (loop, _stage), n in counts.items() if loop == "matters")
    waiting, over = _sum(counts, "drops", ("captured", "raised")), _sum(counts, "matters", OVER)
    information, declined, withdrawn = (_sum(counts, "drops", (stage,)) for stage in ("answered", "declined", "withdrawn"))
    joined = _sum(counts, "drops", ("joined",))
    came = matters + waiting + information + declined + withdrawn + joined
    return Went(came, waiting, matters, over, information, declined, withdrawn, joined)


def _sum(counts: Mapping[tuple[str, str], int], loop: str, stages: Sequence[str]) -> int:
    return sum(counts.get((loop, stage), 0) for stage in stages)


def together(many: Sequence[Went]) -> Went:
    """Added up."""
    return Went(*(sum(column) for column in zip(*many, strict=True))) if many else Went()


def promised(items: Sequence[Item]) -> dict[int, datetime | None]:
    """Drops of somebody who waits for what becomes of them. One statement."""
    asked = set(Drop.objects.filter(item__in=[i.pk for i in items], reporters__gt=0).values_list("item_id", flat=True))
    return {i.pk: i.due_at for i in items if i.pk in asked}
