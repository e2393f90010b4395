"""Residents on pages without account: which subdistrict they are in, from where, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from hawthorn.accounts import actions as accounts
from hawthorn.accounts import queries
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.world import Actor, Seat, Town
from hawthorn.loops.town import town_of
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

COOKIE, CODE = "in", 20
HOUR = timedelta(hours=1)


def welcome(request: Any) -> None:
    """Put tenant, town and visitor on the request; they stay None where nothing is set up yet."""
    tenant = _tenant(request)
    if tenant is None:
        return
    town = request.town or town_of(tenant.county or tenant)
    place = own_place(town, tenant)
    request.tenant, request.town = tenant, town
    request.visitor = Actor(None, (Seat(0, "resident", "subdistrict", place or 0),), county=town.county)


def own_place(town: Town, tenant: Tenant) -> int | None:
    """The subdistrict of a tenant."""
    return next((p.id for p in town.places.values() if p.tenant == tenant.pk and p.level == "subdistrict"), None)


def _tenant(request: Any) -> Tenant | None:
    """?in=<code>, the tenant of who is signed in, that of the grid whose page or code this is, the cookie, else the first subdistrict."""
    many = Tenant.objects.select_related("county").filter(county__isnull=False)
    if request.town is not None:
        many = many.filter(county=request.town.county)
    if (code := request.GET.get("in", "")[:9]) and (found := many.filter(code=code).first()):
        return found
    if request.tenant is not None and request.tenant.county_id:
        own: Tenant = request.tenant
        return own
    match = request.resolver_match
    grid = request.GET.get("g") or request.POST.get("g") or (match.kwargs.get("code", "") if match and match.url_name in ("grid", "grid-sign") else "")
    if grid and (place := Place.objects.filter(level="grid", code=grid[:CODE]).select_related("tenant__county").first()) and place.tenant.county:
        return place.tenant
    if (code := request.COOKIES.get(COOKIE, "")[:9]) and (found := many.filter(code=code).first()):
        return found
    return many.order_by("pk").first()


def address_of(request: Any) -> str:
    """Where a request comes from; behind our own proxy the last address it named."""
    named: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.SECURE_PROXY_SSL_HEADER and named:
        return named.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def count(request: Any, *what: str, span: timedelta = HOUR) -> int:
    """Count one more of something; gives how many within the span, over all processes."""
    return accounts.count(*what, now=request.now, span=span)


def counted(request: Any, *what: str) -> int:
    """How many there were, without counting."""
    return queries.counted(*what, now=request.now)


def slow_down(number: int, most: int) -> None:
    """Raise Refused slow_down above `most`."""
    if number > most:
        raise Refused("slow_down")
