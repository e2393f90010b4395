"""Writes on tenants."""

from __future__ import annotations

from hawthorn.tenants.models import Tenant, new_revision


def bump(county_id: int) -> None:
    """Say that posts, places, catalogues or limits of this county changed: every cached picture of them is void."""
    Tenant.objects.filter(pk=county_id).update(revision=new_revision())
