"""Every read of items. Rows come only from here: one in sight, a list in a place, a list through a post's hands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import Loop
from hawthorn.kernel.world import RANK, Actor, Seat, Town, World
from hawthorn.loops import rows as rowing
from hawthorn.loops.models import Item, Text, Touch
from hawthorn.loops.rows import Row
from hawthorn.territory.models import UnitGrid
from hawthorn.territory.queries import heirs_of

HANDS_DAYS = 30
HIDES_NOTHING = next(f.default for f in fields(Loop) if f.name == "hides")


def seat_sees(seat: Seat, loop: Loop, f: Any) -> bool:
    """By place or by holding it; hands are looked up apart."""
    if seat.kind in ("reporter", "outsider"):
        return bool(seat.place == f.id)
    if seat.post == f.holder or (seat.post and seat.post == getattr(f, "lead", None)):
        return True
    if loop.seen_by != "place" or seat.scope != "place" or f.place(seat.level) != seat.place:
        return False
    return bool(seat.level != "county" or f.raised_level == "county")


def sees(loop: Loop, f: Any, item: Item, actor: Actor, town: Town, now: datetime) -> bool:
    """May the actor see this item. The system sees all; what a loop hides from somebody stays hidden whatever their post."""
    if actor.system:
        return True
    if loop.hides(f, actor, World(now, town)):
        return False
    if any(seat_sees(seat, loop, f) for seat in actor.seats):
        return True
    fresh = item.open or (item.closed_at is not None and item.closed_at > now - timedelta(days=HANDS_DAYS))
    posts = [s.post for s in actor.seats if s.post and (fresh or s.scope == "place")]
    return bool(posts) and Touch.objects.filter(item=item.pk, post__in=posts).exists()


def get_visible(item: int, *, actor: Actor, town: Town, now: datetime, loop: str = "") -> Row:
    """One item with its facts. Raises NotThere where it is not there or not to be seen."""
    found = Item.objects.filter(pk=item).first()
    if found is None or (loop and found.loop != loop) or found.loop not in LOOPS:
        raise NotThere
    table = LOOPS[found.loop]
    model = type(rowing.new_detail(table))
    detail = model.objects.filter(item=found.pk).first() if model is not type(None) else None
    facts = rowing.facts_of(table, found, detail)
    if not sees(table, facts, found, actor, town, now):
        raise NotThere
    return Row(table, found, detail, facts)


def visible_among(items: Sequence[Item], *, actor: Actor, town: Town, now: datetime) -> list[Row]:
    """Those of several items the actor may see, with facts, in their order: one statement a loop and one for hands."""
    details: dict[int, Any] = {}
    for name in {i.loop for i in items if i.loop in LOOPS}:
        if (new := rowing.new_detail(LOOPS[name])) is not None:
            details |= {d.item_id: d for d in type(new).objects.filter(item__in=[i.pk for i in items if i.loop == name])}
    rows = [Row(LOOPS[i.loop], i, details.get(i.pk), rowing.facts_of(LOOPS[i.loop], i, details.get(i.pk))) for i in items if i.loop in LOOPS]
    rows = [r for r in rows if actor.system or not r.loop.hides(r.facts, actor, World(now, town))]
    unseen = [r for r in rows if not actor.system and not any(seat_sees(seat, r.loop, r.facts) for seat in actor.seats)]
    touched: dict[int, set[int]] = defaultdict(set)
    if unseen and (posts := [s.post for s in actor.seats if s.post]):
        for item, post in Touch.objects.filter(item__in=[r.item.pk for r in unseen], post__in=posts).values_list("item_id", "post_id"):
            touched[item].add(post)
    hidden = {r.item.pk for r in unseen if not _by_hand(r.item, touched[r.item.pk], actor, now)}
    return [r for r in rows if r.item.pk not in hidden]


def _by_hand(item: Item, posts: set[int], actor: Actor, now: datetime) -> bool:
    fresh = item.open or (item.closed_at is not None and item.closed_at > now - timedelta(days=HANDS_DAYS))
    return any(s.post in posts and (fresh or s.scope == "place") for s in actor.seats)


def unhidden(items: Sequence[Item], *, actor: Actor, town: Town, now: datetime) -> list[Item]:
    """A list without what its loop hides from this actor; costs a statement only where such a loop is in it."""
    careful = [i for i in items if LOOPS[i.loop].hides is not HIDES_NOTHING]
    if not careful:
        return list(items)
    seen = {row.item.pk for row in visible_among(careful, actor=actor, town=town, now=now)}
    return [i for i in items if i.pk in seen or i not in careful]


def in_place(loop: str, seat: Seat) -> QuerySet[Item]:
    """The items of a loop in the seat's place; county: only those raised to it."""
    if LOOPS[loop].seen_by != "place" or seat.scope != "place":
        return Item.objects.none()
    found = Item.objects.filter(loop=loop, **{f"{seat.level}_id": seat.place})
    return found.filter(raised_level="county") if seat.level == "county" else found


def touched_by(loop: str, seat: Seat, now: datetime) -> QuerySet[Item]:
    """The items of a loop that went through the seat's post; for hands-only posts while open and 30 days after."""
    found = Item.objects.filter(pk__in=Touch.objects.filter(post=seat.post).values("item"), loop=loop)
    return found if seat.scope == "place" else found.filter(Q(open=True) | Q(closed_at__gt=now - timedelta(days=HANDS_DAYS)))


def listed(loop: str, seat: Seat, now: datetime) -> QuerySet[Item]:
    """The one list of a seat: its place where it has one, else what went through its hands."""
    by_place = LOOPS[loop].seen_by == "place" and seat.scope == "place"
    return in_place(loop, seat) if by_place else touched_by(loop, seat, now)


def widest(actor: Actor) -> Seat | None:
    """The seat whose list shows most: place before hands, higher level first."""
    return max(actor.seats, key=lambda s: (s.scope == "place", RANK.get(s.level, -1), not s.acting), default=None)


def duties(posts: Sequence[int]) -> QuerySet[Item]:
    """Open items these posts hold, the earliest due first."""
    return Item.objects.filter(open=True, holder__in=list(posts)).order_by("due_at", "id")


def events_of(item: int) -> list[Event]:
    """An item's events, oldest first."""
    return list(Event.objects.filter(stream=item).order_by("seq"))


def texts_of(item: int, audience: Sequence[str] = ("public", "staff")) -> list[Text]:
    """An item's words that are not erased."""
    return list(Text.objects.filter(item=item, audience__in=audience, erased_at__isnull=True).order_by("seq", "id"))


def children_of(item: int) -> list[Item]:
    """Small loops and parts that hang on an item."""
    return list(Item.objects.filter(parent=item).order_by("id"))


def grid_now(unit: int | None, ended: int | None) -> int | None:
    """Where something lies today: in its unit's grid, or in the heir of a grid that ended; None where neither is said."""
    if unit:
        return grid_of(unit)
    return next(iter(heirs_of(ended)), None) if ended else None


def grid_of(unit: int) -> int | None:
    """The grid a unit belongs to now."""
    return UnitGrid.objects.filter(unit=unit, to_on__isnull=True).values_list("grid_id", flat=True).first()
