"""Whose settings are looked at: one's own subdistrict's; for a county administrator each of the county's. One tenant never reaches another."""

from __future__ import annotations

from typing import Any

from hawthorn.kernel.errors import NotThere
from hawthorn.tenants.models import Tenant
from hawthorn.web.request import Request, seat_of

SETTERS = ("subdistrict_desk", "county_admin")
COUNTY = ("county_desk", "county_admin")


def at_county(request: Request) -> None:
    """For somebody at the county's desk or its administrator; others do not have these pages. Raises NotThere."""
    if seat_of(request, *COUNTY) is None:
        raise NotThere


def county_of(request: Request) -> Tenant:
    """The county of such a person."""
    at_county(request)
    return Tenant.objects.get(pk=request.town.county)


def tenant_chosen(request: Request) -> Tenant:
    """My subdistrict, or ?of=<code>, one of my county's. Raises NotThere for any other."""
    seat, code = seat_of(request, *SETTERS), request.POST.get("of") or request.GET.get("of", "")
    if seat is None:
        raise NotThere
    found = Tenant.objects.select_related("county").filter(pk=request.town.places[seat.place].tenant)
    if code and seat.kind == "county_admin":
        found = Tenant.objects.select_related("county").filter(code=code[:9], pk__in=list(request.town.tenants))
    elif code:
        found = found.filter(code=code[:9])
    tenant = found.first()
    if tenant is None:
        raise NotThere
    return tenant


def others(request: Request, tenant: Tenant) -> list[dict[str, Any]]:
    """Links to the same page for each tenant of the county; nothing for somebody of one subdistrict."""
    if seat_of(request, "county_admin") is None or request.tenant.county_id:
        return []
    codes = Tenant.objects.filter(pk__in=list(request.town.tenants)).order_by("county_id", "code").values_list("pk", "code", "name")
    return [{"label": name, "url": f"?of={code}", "on": pk == tenant.pk} for pk, code, name in codes]
