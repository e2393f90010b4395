"""Links of a place's wall screen: the number that they carry, and making those that are out worthless."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.db.transaction import atomic

from hawthorn.assessments.models import Screen
from hawthorn.kernel.world import Seat


def number_of(place: int) -> int:
    """What a link of the place must carry now."""
    return Screen.objects.filter(place=place).values_list("number", flat=True).first() or 0


def change(seat: Seat, *, now: datetime) -> None:
    """以前的链接作废: by a post of the place; new ones carry the next number."""
    with atomic():
        Screen.objects.get_or_create(place_id=seat.place, defaults={"changed_at": now, "post": seat.post})
        Screen.objects.filter(place=seat.place).update(number=F("number") + 1, changed_at=now, post=seat.post)


def changed_at(place: int) -> datetime | None:
    """When that was done last."""
    return Screen.objects.filter(place=place).values_list("changed_at", flat=True).first()
