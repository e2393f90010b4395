"""Writes of the pages that are no steps: what was seen, how somebody reads, what a page edits for a lower room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from hawthorn.accounts.models import User
from hawthorn.categories.models import CalendarDay
from hawthorn.loops.models import Nudge
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant


def see_nudge(number: int, *, posts: Sequence[int], now: datetime) -> bool:
    """知道了: by somebody in one of the posts that were told."""
    return Nudge.objects.filter(pk=number, post__in=list(posts), seen_at__isnull=True).update(seen_at=now) > 0


def set_elder(user: User, step: int) -> None:
    """How a signed-in person wants to read."""
    if user.elder_mode != bool(step):
        User.objects.filter(pk=user.pk).update(elder_mode=bool(step))


def put_day(tenant: Tenant, on: date, kind: str, name: str) -> None:
    """A day of the tenant's own calendar: off, work, or nothing special (kind ""). Its first own day copies what the county had."""
    with transaction.atomic():
        days = CalendarDay.objects.filter(tenant=tenant)
        if tenant.county_id and not days.exists():
            of_county = CalendarDay.objects.filter(tenant=tenant.county_id)
            CalendarDay.objects.bulk_create([CalendarDay(tenant=tenant, on=d.on, kind=d.kind, name=d.name) for d in of_county])
        if kind:
            CalendarDay.objects.update_or_create(tenant=tenant, on=on, defaults={"kind": kind, "name": name})
        else:
            days.filter(on=on).delete()
        tenants.bump(tenant.county_id or tenant.pk)
