"""还缺什么: what a subdistrict lacks before it can work; of one set up from a workbook each thing lacking is an open duty of its desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from hawthorn.accounts.queries import with_password
from hawthorn.categories.models import Policy
from hawthorn.gateways.models import SetUpGap
from hawthorn.gateways.rules import GAPS
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Unit, UnitGrid

SINCE, NIGHTS, FOR_SHOW = "set_up_since", 7, "demo"
Lacking = dict[str, int]


def lacking(tenants: Iterable[Tenant], *, town: Town, now: datetime) -> dict[int, Lacking]:
    """By tenant what is missing and how many of it, in the order of GAPS; three statements for any number of tenants."""
    many = {t.pk: t for t in tenants}
    today = local(now).date()
    nights = [today + timedelta(days=n) for n in range(NIGHTS)]
    watched = {p.tenant: sum(bool(town.roster.get((p.id, on))) for on in nights) for p in town.places.values() if p.level == "subdistrict" and p.tenant in many}
    units = _units(many)
    presets = dict(Policy.objects.filter(tenant__in=many).values_list("tenant", "preset"))
    can = _can_sign_in(many, town, now)
    found: dict[int, Lacking] = {}
    for pk, tenant in many.items():
        loose, homes, spots = units.get(pk, (0, 0, 0))
        numbers = {
            "sign_in": int(pk not in can), "unit_grid": loose, "unit_households": homes, "unit_position": spots,
            "category_lead": _without_lead(town, pk),
            "roster": NIGHTS - watched.get(pk, 0), "privacy": int(not (tenant.settings.get("privacy_contact") and tenant.phone)),
            "limits": int(presets.get(pk) == FOR_SHOW and not tenant.is_demo),
        }  # fmt: skip
        found[pk] = {code: numbers[code] for code in GAPS if numbers.get(code)}
    return found


def _units(many: dict[int, Tenant]) -> dict[int, tuple[int, int, int]]:
    """By tenant the number of units without grid, without households, without position."""
    housed = Exists(UnitGrid.objects.filter(unit=OuterRef("pk"), to_on=None))
    here = Unit.objects.filter(community__tenant__in=many, ended_on=None).annotate(housed=housed).values("community__tenant")
    counted = here.annotate(loose=Count("pk", filter=Q(housed=False)), homes=Count("pk", filter=Q(households=0)), spots=Count("pk", filter=Q(lon=None)))
    found = counted.order_by().values_list("community__tenant", "loose", "homes", "spots")
    return {tenant: (loose, homes, spots) for tenant, loose, homes, spots in found}


def _can_sign_in(many: dict[int, Tenant], town: Town, now: datetime) -> set[int]:
    """Tenants whose desk somebody holds who has a password."""
    desks = {p.id: town.places[p.place].tenant for p in town.posts.values() if p.kind == "subdistrict_desk" and p.until is None}
    holders: dict[int, set[int]] = {}
    for post, tenant in desks.items():
        if tenant in many:
            for user in town.own_users(post, now):
                holders.setdefault(user, set()).add(tenant)
    return set[int]().union(*(holders[pk] for pk in with_password(holders)))


def _without_lead(town: Town, tenant: int) -> int:
    """Categories that neither the table nor a routing rule for every place gives to anybody."""
    grids = [p.id for p in town.places.values() if p.tenant == tenant and p.level == "grid"]
    rules = [rule for rule in town.rules.get(tenant, ()) if town.is_alive(rule.post) and not (rule.places or rule.levels or rule.hours or rule.words)]
    ruled = {word for rule in rules for word in rule.categories}
    if any(not rule.categories for rule in rules) or (grids and all(town.is_alive(town.leads.get((tenant, grid, None))) for grid in grids)):
        return 0
    return sum(
        1
        for c in town.categories.values()
        if c.tenant == tenant
        and not {c.key, c.group} & ruled
        and not town.is_alive(town.leads.get((tenant, None, c.id)))
        and not (grids and all(town.lead_of(tenant, grid, c.id) for grid in grids))
    )


def words(found: Lacking) -> list[str]:
    """What is missing and what to do about it, one sentence each."""
    return [GAPS[code][1].format(n=number) for code, number in found.items()]


def renew(*, town: Town, now: datetime) -> int:
    """Open an item for each thing that is missing where a workbook set a subdistrict up, close those that are missing no longer. Twice is once."""
    tenants = [t for t in Tenant.objects.filter(county=town.county).order_by("pk") if t.settings.get(SINCE)]
    if not tenants:
        return 0
    places = {p.tenant: p for p in town.places.values() if p.level == "subdistrict"}
    known = {(row.area_id, row.lacking): row for row in SetUpGap.objects.filter(area__in=[p.id for p in places.values()]).select_related("item").order_by("pk")}
    missing = lacking(tenants, town=town, now=now)
    return sum(_renew(places[t.pk], missing[t.pk], known, town, now) for t in tenants if t.pk in places)


def _renew(place: PlaceCard, missing: Lacking, known: dict[tuple[int, str], SetUpGap], town: Town, now: datetime) -> int:
    actor, done = system("set-up", town.county), 0
    for code, said in zip(missing, words(missing), strict=True):
        before = known.get((place.id, code))
        if before is None or before.item.stage == "done":
            given = {"place": place.id, "lacking": code, "what": said}
            loops.start("set_up_gaps", given, actor=actor, now=now, door="due", step="found", town=town, key=f"gap-{place.id}-{code}-{now.isoformat()}")
            done += 1
    for (where, code), row in known.items():
        if where == place.id and row.is_live and code not in missing:
            try:
                loops.take_step("set_up_gaps", row.item_id, "done", {}, actor=actor, now=now, door="due", town=town)
                done += 1
            except Refused:
                continue
    return done
