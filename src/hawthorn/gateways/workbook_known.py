"""What the database holds of all that a set-up workbook may speak of, keyed as the workbook speaks. Filled further while applying."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from hawthorn.accounts.models import User
from hawthorn.categories import seeds
from hawthorn.categories.models import Category, Lead, Policy
from hawthorn.categories.sheets import lines_of
from hawthorn.teams.actions import KINDS
from hawthorn.teams.models import Holding, Post, PostKind, RosterNight, StandIn
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Door, Place, Unit, UnitGrid

UnitKey = tuple[str, str]
PostKey = tuple[str, str, str]
CategoryKey = tuple[str, str]
LeadKey = tuple[str | None, CategoryKey | None]


@dataclass
class Known:
    """Places by code, units by (community, code), posts by (place, kind, name), users by username, categories by (catalogue, key), and what hangs on them.

    `closed`: the codes of places that are no longer.
    """

    places: dict[str, Place] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    units: dict[UnitKey, Unit] = field(default_factory=dict)
    grid_of: dict[UnitKey, str] = field(default_factory=dict)
    doors: dict[UnitKey, set[str]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[str, PostKind] = field(default_factory=dict)
    posts: dict[PostKey, Post] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    holdings: dict[tuple[PostKey, str], list[Holding]] = field(default_factory=lambda: defaultdict(list))
    stand_ins: dict[tuple[PostKey, str], list[StandIn]] = field(default_factory=lambda: defaultdict(list))
    nights: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))
    categories: dict[CategoryKey, Category] = field(default_factory=dict)
    leads: dict[LeadKey, PostKey] = field(default_factory=dict)
    preset: str = ""


def before(tenant: Tenant, usernames: set[str], preset: str) -> Known:
    """The picture for a tenant that is not there yet: only its own place, the county's kinds of post, and what every tenant starts with."""
    known = Known(preset=preset, users=_users(usernames))
    known.places = {tenant.code: Place(level="subdistrict", code=tenant.code, name=tenant.name)}
    kinds = list(PostKind.objects.filter(county=tenant.county_id)) if tenant.county_id else []
    for kind in kinds or [PostKind(code=code, label=label, level=level, scope=scope) for code, label, level, scope in KINDS]:
        known.kinds[kind.code] = known.kinds[kind.label] = kind
    known.categories = {(line["catalogue"], line["key"]): Category(**line) for line in seeds.categories(preset)}
    return known


def load(tenant: Tenant, usernames: set[str], today: date) -> Known:
    """The picture for one tenant, in a fixed number of statements."""
    known = Known()
    in_force = Q(valid_to=None) | Q(valid_to__gt=today)
    known.places = {place.code: place for place in Place.objects.filter(in_force, tenant=tenant).select_related("tenant", "county", "subdistrict", "community")}
    known.closed = set(Place.objects.filter(tenant=tenant, valid_to__lte=today).values_list("code", flat=True)) - known.places.keys()
    for kind in PostKind.objects.filter(county=tenant.county_id or tenant.pk):
        known.kinds[kind.code] = known.kinds[kind.label] = kind
    known.users = _users(usernames)
    _load_units(known, tenant)
    _load_posts(known, tenant)
    for on, name in RosterNight.objects.filter(place__tenant=tenant).values_list("on", "user__username"):
        known.nights[on].add(name)
    known.categories = lines_of(tenant)
    known.preset = Policy.objects.filter(tenant=tenant).values_list("preset", flat=True).first() or ""
    _load_leads(known, tenant)
    return known


def _users(usernames: set[str]) -> dict[str, User]:
    return {user.username: user for user in User.objects.filter(username__in=usernames).select_related("tenant")}


def _load_leads(known: Known, tenant: Tenant) -> None:
    for lead in Lead.objects.filter(tenant=tenant).select_related("grid", "category", "post__place"):
        pair = lead.grid.code if lead.grid else None, (lead.category.catalogue, lead.category.key) if lead.category else None
        known.leads[pair] = lead.post.place.code, lead.post.kind, lead.post.name


def _load_units(known: Known, tenant: Tenant) -> None:
    keys: dict[int, UnitKey] = {}
    for unit in Unit.objects.filter(community__tenant=tenant).select_related("community__tenant"):
        keys[unit.pk] = unit.community.code, unit.code
        known.units[keys[unit.pk]] = unit
    for unit_id, code in UnitGrid.objects.filter(unit__community__tenant=tenant, to_on=None).values_list("unit_id", "grid__code"):
        known.grid_of[keys[unit_id]] = code
    for unit_id, name in Door.objects.filter(unit__community__tenant=tenant).values_list("unit_id", "name"):
        known.doors[keys[unit_id]].add(name)


def _load_posts(known: Known, tenant: Tenant) -> None:
    keys: dict[int, PostKey] = {}
    for post in Post.objects.filter(place__tenant=tenant).select_related("place__tenant"):
        keys[post.pk] = post.place.code, post.kind, post.name
        known.posts[keys[post.pk]] = post
    for holding in Holding.objects.filter(post__place__tenant=tenant).select_related("user", "post__place__tenant"):
        known.holdings[keys[holding.post_id], holding.user.username].append(holding)
    for span in StandIn.objects.filter(post__place__tenant=tenant).select_related("user", "post__place__tenant"):
        known.stand_ins[keys[span.post_id], span.user.username].append(span)
