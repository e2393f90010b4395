"""说过什么、办成什么 (滴灌): what the same number asked for before, for whoever has to answer now. No profile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import queries, reporters
from hawthorn.loops.models import Reporter, Text
from hawthorn.loops.rows import Row

FEW, LOOKED_AT = 5, 60


@dataclass(frozen=True)
class Before:
    """Something the same number asked for before: what and where, when, how it reads now, the last words said to the asker."""

    item: int
    title: str
    at: datetime
    reads: str
    said: str


def before(row: Row, *, actor: Actor, town: Town, now: datetime) -> list[Before]:
    """说过什么、办成什么: what askers with the same phone asked for within a year and the actor may see; newest first, at most five.

    No profile: no name, no count of a person, only the things themselves. Whoever hides from the grid is not shown to grid posts.
    """
    known = Reporter.objects.filter(left_at=None, contact__county=town.county, contact__erased_at=None).exclude(contact__blind="")
    if not any(seat.level != "grid" for seat in actor.seats):
        known = known.filter(hides_from_grid=False)
    numbers = known.filter(item=row.item.pk).values("contact__blind")
    asked = known.filter(contact__blind__in=numbers, at__gt=now - timedelta(days=365)).exclude(item=row.item.pk)
    items = [r.item for r in asked.select_related("item").order_by("-id")[:LOOKED_AT]]
    if not items:
        return []
    rows = queries.visible_among(list({i.pk: i for i in items}.values()), actor=actor, town=town, now=now)[:FEW]
    last = dict(
        Text.objects.filter(item__in=[r.item.pk for r in rows], audience="public", erased_at=None)
        .order_by("item_id", "seq", "id")
        .values_list("item_id", "words")
    )
    return [Before(r.item.pk, reporters.spoken(r), r.item.opened_at, reporters.reads(r), last.get(r.item.pk, "")) for r in rows]
