"""Reads of this room beyond its own doors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max

from hawthorn.gateways.models import SheetImport


def last_sheets(tenants: Iterable[int]) -> dict[int, datetime]:
    """When the last sheet of messages was taken in, by tenant."""
    found = SheetImport.objects.filter(tenant__in=list(tenants), state="done", is_dry=False).values("tenant").annotate(at=Max("ended_at")).order_by()
    return {tenant: at for tenant, at in found.values_list("tenant", "at") if at is not None}
