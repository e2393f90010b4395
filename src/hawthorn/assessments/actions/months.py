"""Closing a month, and correcting a closed one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError
from django.db.transaction import atomic

from hawthorn.assessments import queries
from hawthorn.assessments.models import Cell, Month
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import Actor, PlaceCard, Seat, Town

MAY_CORRECT = frozenset({"subdistrict_desk", "subdistrict_leader", "county_desk"})


def close(place: PlaceCard, month: date, *, now: datetime) -> Month | None:
    """Keep the counts of a month that is over, once; None where it is kept already. Refused `too_early` while it runs."""
    _over(month, now)
    try:
        with atomic():
            return _kept(Month(place_id=place.id, on=month, closed_at=now), place, now) if queries.month_row(place.id, month) is None else None
    except IntegrityError:  # another process was first
        return None


def correct(place: PlaceCard, month: date, *, reason: str, actor: Actor, town: Town, now: datetime) -> Month:
    """Count a closed month again, with who and why; the old one is kept. Refused `not_yours`, `missing`; NotThere where it is not closed."""
    seat = may_correct(place, actor, town)
    words = " ".join(reason.split())[:200]
    if seat is None or actor.user is None:
        raise Refused("not_yours")
    if not words:
        raise Refused("missing", fields=["reason"])
    with atomic():
        old = Month.objects.select_for_update().filter(place=place.id, on=month, replaced_at=None).first()
        if old is None:
            raise NotThere
        Month.objects.filter(pk=old.pk).update(replaced_at=now)
        return _kept(Month(place_id=place.id, on=month, closed_at=now, user=actor.user, post=seat.post, reason=words), place, now)


def may_correct(place: PlaceCard, actor: Actor, town: Town) -> Seat | None:
    """As which seat: the desk or leader of the subdistrict, or the county's."""
    return next((s for s in actor.seats if s.kind in MAY_CORRECT and s.place in (place.id, place.county)), None)


def _kept(month: Month, place: PlaceCard, now: datetime) -> Month:
    month.save(force_insert=True)
    where = {"subdistrict": place.id} if place.level == "subdistrict" else {"county": place.id, "subdistrict": None}
    cells = queries.live(where, month.on, now, ("community", "grid", "kind"))
    Cell.objects.bulk_create(Cell(month=month, community_id=c, grid_id=g, kind=kind, **counts) for (c, g, kind), counts in cells.items())
    return month


def _over(month: date, now: datetime) -> None:
    if month != rules.first_of(month) or rules.after(month) > local(now).date():
        raise Refused("too_early")
