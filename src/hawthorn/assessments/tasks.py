"""Due work: close what months are over."""

from __future__ import annotations

from datetime import date, datetime

from hawthorn.assessments.actions import months as actions
from hawthorn.assessments.models import Month
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.clock import local
from hawthorn.kernel.world import Town
from hawthorn.loops.models import Item

MOST = 60


def close_months(*, town: Town, now: datetime) -> int:
    """Every month from the first matter to the last one that is over, of each subdistrict and of the county itself."""
    last, done = rules.before(rules.first_of(local(now).date())), 0
    places = [p for p in town.places.values() if p.level in ("subdistrict", "county")]
    kept = set(Month.objects.filter(place__in=[p.id for p in places], on=last, replaced_at=None).values_list("place_id", flat=True))
    for place in places:
        if place.id in kept:
            continue
        for month in _missing(place.id, place.level, last):
            done += actions.close(place, month, now=now) is not None
    return done


def _missing(place: int, level: str, last: date) -> list[date]:
    first = Item.objects.filter(loop="matters", **{f"{level}_id": place}).order_by("id").values_list("opened_at", flat=True).first()
    if first is None:
        return []
    kept = set(Month.objects.filter(place=place, replaced_at=None).values_list("on", flat=True))
    month, found = rules.first_of(local(first).date()), []
    while month <= last:
        if month not in kept:
            found.append(month)
        month = rules.after(month)
    return found[-MOST:]
