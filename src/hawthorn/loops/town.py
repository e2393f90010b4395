"""The town picture: posts, holders, places, limits of one county, read once per revision and kept in the process."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from datetime import date, datetime, time
from threading import Lock

from hawthorn.accounts.models import User
from hawthorn.categories.models import CalendarDay, Category, Lead, Policy, Rule
from hawthorn.kernel.calendar import WorkingCalendar
from hawthorn.kernel.world import Actor, CategoryCard, PlaceCard, PolicyCard, PostCard, RuleCard, Span, Town
from hawthorn.teams.models import Holding, PartyClaim, Post, PostKind, RosterNight, StandIn
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

KEEP = 8
ENOUGH = 5
_towns: OrderedDict[tuple[int, str], Town] = OrderedDict()
_lock = Lock()


def town_of(county: Tenant) -> Town:
    """The picture of `county` (a tenant without county) at its present revision."""
    key = (county.pk, county.revision)
    with _lock:
        if key in _towns:
            _towns.move_to_end(key)
            return _towns[key]
    town = _read(county)
    with _lock:
        _towns[key] = town
        while len(_towns) > KEEP:
            _towns.popitem(last=False)
    return town


def town_by_id(county_id: int) -> Town:
    """The same by the county's tenant id; one statement for its revision."""
    return town_of(Tenant.objects.get(pk=county_id))


def actor_for(user: User, now: datetime) -> Actor:
    """A signed-in user with the seats of this second. `user.tenant.county` should be loaded with the user."""
    county = user.tenant.county or user.tenant
    return Actor(user.pk, town_of(county).seats(user.pk, now), county=county.pk)


def system(name: str, county: int) -> Actor:
    """Due work acting by itself."""
    return Actor(None, (), system=name, county=county)


def _read(county: Tenant) -> Town:
    tenants = {t.pk: t.name for t in Tenant.objects.filter(county=county)} | {county.pk: county.name}
    town = Town(county.pk, county.revision, tenants=tenants)
    for p in Place.objects.filter(tenant__in=tenants):
        cards = town.places if p.valid_to is None else town.places.past
        cards[p.pk] = PlaceCard(p.pk, p.level, p.code, p.name, p.tenant_id, p.county_id or p.pk, p.subdistrict_id, p.community_id)
    scopes = {k.code: k.scope for k in PostKind.objects.filter(county=county)}
    for post in Post.objects.filter(place__tenant__in=tenants).order_by("id"):
        card = town.places[post.place_id]
        town.posts[post.pk] = PostCard(
            post.pk, post.kind, post.place_id, card.level, post.name, scopes.get(post.kind, "hands"), post.phone, post.is_public, post.ended_at
        )
    _read_people(town)
    _read_catalogues(town, list(tenants))
    town.__post_init__()
    return town


def _read_people(town: Town) -> None:
    holders, stand_ins, members, roster = defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(set)
    for h in Holding.objects.filter(post__in=list(town.posts), user__is_active=True).order_by("id"):
        holders[h.post_id].append(Span(h.user_id, h.from_at, h.to_at, h.shows_name))
    for s in StandIn.objects.filter(post__in=list(town.posts), user__is_active=True).order_by("id"):
        stand_ins[s.post_id].append(Span(s.user_id, s.from_at, s.to_at))
    for claim in PartyClaim.objects.filter(group__post__in=list(town.posts), user__is_active=True).order_by("id"):
        members[claim.group_id].append(Span(claim.user_id, claim.since))
    for night in RosterNight.objects.filter(place__tenant__in=list(town.tenants), user__is_active=True):
        roster[night.place_id, night.on].add(night.user_id)
    town.holders, town.stand_ins, town.members = dict(holders), dict(stand_ins), dict(members)
    town.roster = {key: frozenset(users) for key, users in roster.items()}
    people = User.objects.filter(tenant__in=list(town.tenants), is_active=True).values_list("id", "name", "tenant_id")
    town.names = {pk: name for pk, name, _tenant in people}
    town.employers = {pk: tenant for pk, _name, tenant in people}


def _read_catalogues(town: Town, tenants: list[int]) -> None:
    for c in Category.objects.filter(tenant__in=tenants, ended_on__isnull=True).order_by("catalogue", "key"):
        town.categories[c.pk] = CategoryCard(
            c.pk, c.tenant_id, c.catalogue, c.key, c.name, c.group, c.tier, c.limits, c.needs_proof, c.needs_check,
            c.is_public, c.in_duty_list, c.advice, c.elsewhere, c.duplicate_days, c.duplicate_metres,
        )  # fmt: skip
    for row in Lead.objects.filter(tenant__in=tenants):
        town.leads[row.tenant_id, row.grid_id, row.category_id] = row.post_id
    rules: dict[int, list[RuleCard]] = defaultdict(list)
    for rule in Rule.objects.filter(tenant__in=tenants).order_by("tenant", "sort", "id"):
        rules[rule.tenant_id].append(rule.card())
    town.rules = {tenant: tuple(cards) for tenant, cards in rules.items()}
    days: dict[int, dict[str, set[date]]] = defaultdict(lambda: {"off": set(), "work": set()})
    for day in CalendarDay.objects.filter(tenant__in=tenants):
        days[day.tenant_id][day.kind].add(day.on)
    for policy in Policy.objects.filter(tenant__in=tenants):
        known = days[policy.tenant_id] if policy.tenant_id in days else days[town.county]
        ends_on = last_year(known["off"])
        hours = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in policy.timetable)
        calendar = WorkingCalendar(frozenset(known["off"]), frozenset(known["work"]), hours, ends_on)
        town.policies[policy.tenant_id] = PolicyCard(policy.tiers, policy.stages, calendar, tuple(policy.danger_words))


def last_year(off: set[date]) -> date | None:
    """31 December of the last year the table really knows: unbroken years with at least five days off each (a single far date is none)."""
    years = sorted({d.year for d in off if sum(o.year == d.year for o in off) >= ENOUGH})
    known = [y for n, y in enumerate(years) if y == years[0] + n]
    return date(known[-1], 12, 31) if known else None
