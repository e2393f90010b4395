"""Writes on catalogues, limits and the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from hawthorn.categories import seeds
from hawthorn.categories.models import CalendarDay, Category, Lead, Policy, Rule
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.teams.models import Post
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

POLICY = ("preset", "source", "tiers", "stages", "timetable", "danger_words")


def seed_tenant(tenant: Tenant, preset: str, *, now: datetime) -> int:
    """Give a tenant its catalogues, limits and calendar; what is there already stays as it is. Returns the rows made.

    Raises Refused `not_a_choice` for an unknown preset.
    """
    if preset not in seeds.presets():
        raise Refused("not_a_choice", ["preset"])
    with transaction.atomic():
        made = _seed_categories(tenant, preset) + _seed_policy(tenant, preset) + _seed_calendar(tenant)
        if made:
            tenants.bump(tenant.county_id or tenant.pk)
    return made


def _seed_categories(tenant: Tenant, preset: str) -> int:
    known = set(Category.objects.filter(tenant=tenant).values_list("catalogue", "key"))
    fresh = [Category(tenant=tenant, **line) for line in seeds.categories(preset) if (line["catalogue"], line["key"]) not in known]
    return len(Category.objects.bulk_create(fresh))


def _seed_policy(tenant: Tenant, preset: str) -> int:
    return int(Policy.objects.get_or_create(tenant=tenant, defaults=preset_policy(preset))[1])


def _seed_calendar(tenant: Tenant) -> int:
    known = set(CalendarDay.objects.filter(tenant=tenant).values_list("on", flat=True))
    fresh = [CalendarDay(tenant=tenant, on=on, kind=kind, name=name) for on, kind, name in seeds.calendar_days() if on not in known]
    return len(CalendarDay.objects.bulk_create(fresh))


def put_category(*, tenant: Tenant, catalogue: str, key: str, values: Mapping[str, Any], now: datetime) -> None:
    """Add a line to a catalogue, or change one; a change makes a new version. Raises Refused `past` for an end before today."""
    ended_on = values.get("ended_on")
    found = Category.objects.filter(tenant=tenant, catalogue=catalogue, key=key).first()
    if ended_on is not None and ended_on < local(now).date() and (found is None or found.ended_on != ended_on):
        raise Refused("past", ["ended_on"])
    with transaction.atomic():
        if found is None:
            Category.objects.create(tenant=tenant, catalogue=catalogue, key=key, **values)
        else:
            Category.objects.filter(pk=found.pk).update(version=found.version + 1, **values)
        tenants.bump(tenant.county_id or tenant.pk)


def put_policy(tenant: Tenant, values: Mapping[str, Any]) -> None:
    """Other limits, hours or danger words for a tenant that has some. What is open keeps the dates it has; the next step counts anew."""
    with transaction.atomic():
        Policy.objects.filter(tenant=tenant).update(**values)
        tenants.bump(tenant.county_id or tenant.pk)


def preset_policy(preset: str) -> dict[str, Any]:
    """The values of a policy that a preset brings."""
    chosen = seeds.presets()[preset]
    return {field: chosen[field] for field in POLICY}


def put_lead(*, tenant: Tenant, grid: Place | None, category: Category | None, post: Post) -> None:
    """Who leads what: one row for a grid, a category, or both; the same pair again gets another post. ValueError where both are empty."""
    if grid is None and category is None:
        raise ValueError("neither grid nor category")
    with transaction.atomic():
        Lead.objects.update_or_create(tenant=tenant, grid=grid, category=category, defaults={"post": post})
        tenants.bump(tenant.county_id or tenant.pk)


def put_rule(tenant: Tenant, values: Mapping[str, Any], *, rule: int | None = None, user: int | None, now: datetime) -> Rule:
    """A new routing rule at the end, or another wording of one. Raises Refused `missing`, `taken` (the name), `not_there`."""
    if wrong := [name for name in ("name", "post_id") if not values.get(name)]:
        raise Refused("missing", wrong)
    with transaction.atomic():
        others = Rule.objects.filter(tenant=tenant)
        if others.filter(name=values["name"]).exclude(pk=rule or 0).exists():
            raise Refused("taken", ["name"], _("已经有一条同名的规则，请换个名字。"))
        if rule is None:
            last = others.order_by("-sort").values_list("sort", flat=True).first() or 0
            found = Rule.objects.create(tenant=tenant, sort=last + 1, changed_by=user, changed_at=now, **values)
        else:
            others.filter(pk=rule).update(changed_by=user, changed_at=now, **values)
            found = others.get(pk=rule)
        tenants.bump(tenant.county_id or tenant.pk)
    return found


def drop_rule(tenant: Tenant, rule: int) -> None:
    """The rule no longer counts; where matters went by it stays on them."""
    with transaction.atomic():
        Rule.objects.filter(tenant=tenant, pk=rule).delete()
        tenants.bump(tenant.county_id or tenant.pk)


def raise_rule(tenant: Tenant, rule: int) -> None:
    """One place further up in the order."""
    with transaction.atomic():
        order = list(Rule.objects.select_for_update().filter(tenant=tenant).order_by("sort", "id"))
        at = next((n for n, one in enumerate(order) if one.pk == rule), 0)
        if at:
            order[at - 1], order[at] = order[at], order[at - 1]
            for sort, one in enumerate(order, start=1):
                Rule.objects.filter(pk=one.pk).update(sort=sort)
            tenants.bump(tenant.county_id or tenant.pk)


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
