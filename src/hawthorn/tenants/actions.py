"""Writes on tenants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from hawthorn.tenants.models import Tenant, new_revision

MERGED = {"words", "settings"}


def bump(county_id: int) -> None:
    """Say that posts, places, catalogues or limits of this county changed: every cached picture of them is void."""
    Tenant.objects.filter(pk=county_id).update(revision=new_revision())


def create_tenant(*, code: str, name: str, county: Tenant | None, **facts: Any) -> Tenant:
    """A county (without `county`) or one of its subdistricts. ValueError where the code does not fit its county's."""
    if county is not None and (county.county_id is not None or not code.startswith(county.code)):
        raise ValueError(f"{code}: no subdistrict of {county.code}")
    tenant = Tenant.objects.create(code=code, name=name, county=county, **facts)
    bump(tenant.county_id or tenant.pk)
    return tenant


def change_tenant(tenant: Tenant, facts: Mapping[str, Any]) -> None:
    """Name, product name, phone; `words` and `settings` are merged into what is there, an empty value takes one away."""
    values = {name: value for name, value in facts.items() if name not in MERGED}
    with transaction.atomic():
        held = Tenant.objects.select_for_update().get(pk=tenant.pk)
        for name in MERGED & facts.keys():
            values[name] = {code: value for code, value in (getattr(held, name) | facts[name]).items() if value not in ("", None)}
        Tenant.objects.filter(pk=tenant.pk).update(**values)
        bump(held.county_id or held.pk)
    for name, value in values.items():
        setattr(tenant, name, value)
