"""早报: what the desk and leaders find at 08:00, as plain text to copy. Categories and places only, no words and no names of residents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from hawthorn.assessments.queries import matters_in, open_in, summed, today_bounds
from hawthorn.kernel.world import Seat, Town
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter

HOUR = 8
MOST = 8


@dataclass(frozen=True)
class Brief:
    """Since `since`: how many came and ended; now: how many are open, of these late; the first few that are urgent, late, due or promised today.

    The four numbers are of all that is in the place, as its lists and its board count. The lists are what the seat may read: of a county only what
    was raised to it (`listed_open`, of these `listed_late`).
    """

    since: datetime
    at: datetime
    came: int
    ended: int
    open: int
    late: int
    listed_open: int
    listed_late: int
    urgent: Sequence[Item]
    urgent_number: int
    overdue: Sequence[Item]
    due: Sequence[Item]
    due_number: int
    promised: Sequence[Item]
    promised_number: int


def since_of(now: datetime) -> datetime:
    """Eight o'clock of yesterday."""
    return today_bounds(now)[0] - timedelta(hours=24 - HOUR)


def brief_of(seat: Seat, town: Town, now: datetime) -> Brief:
    """The brief of a seat's place. Nine statements, of a county twelve, however much is open."""
    today, tomorrow = today_bounds(now)
    since, place = since_of(now), town.places[seat.place]
    below = [p.id for p in town.places.values() if p.level == "subdistrict" and p.county == place.id]
    inside = matters_in(place, below)
    is_due, is_late, is_urgent = Q(due_at__gte=now, due_at__lt=tomorrow), Q(due_at__lt=now), Q(urgent=True)
    whole = summed(open_in(place, below), open=Count("pk"), late=Count("pk", filter=is_late))
    came = summed([found.filter(opened_at__gte=since, opened_at__lte=now) for found in inside], n=Count("pk"))
    ended = summed([found.filter(open=False, closed_at__gte=since, closed_at__lte=now) for found in inside], n=Count("pk"))
    opened = queries.in_place("matters", seat).filter(open=True)
    asked = {"late": is_late, "due": is_due, "urgent": is_urgent}
    numbers = opened.aggregate(open=Count("pk"), **{name: Count("pk", filter=q) for name, q in asked.items()})
    promised = opened.filter(pk__in=Matter.objects.filter(promise_at__gte=today, promise_at__lt=tomorrow, item__open=True).values("item"))

    def first(rows: QuerySet[Item]) -> list[Item]:
        return list(rows.order_by("due_at", "id")[:MOST])

    return Brief(
        since, now, came=came["n"], ended=ended["n"], open=whole["open"], late=whole["late"], listed_open=numbers["open"], listed_late=numbers["late"],
        urgent=first(opened.filter(is_urgent)), urgent_number=numbers["urgent"], overdue=first(opened.filter(is_late)),
        due=first(opened.filter(is_due)), due_number=numbers["due"], promised=first(promised), promised_number=promised.count(),
    )  # fmt: skip
