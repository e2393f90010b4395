"""经验包: take the practice of a subdistrict along as one file; take another's over, after a look at the difference, as a whole or line by line."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.gateways import packs, packs_plan, packs_shape
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.tenants.models import Tenant
from hawthorn.web.books import upload_of
from hawthorn.web.request import Request
from hawthorn.web.whose import others, tenant_chosen

MOST_TICKS = 600


@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: Request) -> HttpResponse:
    """Export, compare, take over."""
    tenant, context = tenant_chosen(request), dict[str, Any]()
    if request.method == "POST":
        try:
            data = request.POST["pack"].encode() if request.POST.get("pack") else upload_of(request)
            found = packs_shape.read(data)
        except (packs_shape.NotAPack, Refused) as wrong:
            context = {"wrong": wrong.detail if isinstance(wrong, Refused) else str(wrong)}
        else:
            if request.POST.get("do") == "write":
                return _take(request, tenant, found)
            context = _difference(request, tenant, found, data)
    context |= {
        "of": tenant, "others": others(request, tenant),
        "field": {"kind": "file", "name": "sheet", "label": _("经验包（.json）"), "required": True, "accept": ".json", "no_draft": True},
    }  # fmt: skip
    return render(request, "web/pack.html", context, status=409 if context.get("wrong") else 200)


def _take(request: Request, tenant: Tenant, found: packs_shape.Pack) -> HttpResponse:
    only = None if request.POST.get("all") else set(request.POST.getlist("take"))
    done = packs_plan.take_over(found, tenant, only=only, user=request.actor.user, now=request.now)
    messages.success(request, _("用上了 {n} 处。").format(n=len(done)) if done else _("没有勾选要用的，什么都没有改动。"))
    return redirect(f"{reverse('pack')}?of={tenant.code}")


def _difference(request: Request, tenant: Tenant, found: packs_shape.Pack, data: bytes) -> dict[str, Any]:
    """What would change, by section; of very many lines only all at once."""
    compared = packs_plan.compare(found, tenant, now=request.now)
    sections: dict[str, list[packs_plan.Change]] = {}
    for change in compared.changes:
        sections.setdefault(str(_(packs_plan.SECTIONS[change.section])), []).append(change)
    return {
        "compared": True, "number": len(compared.changes), "sections": sections.items(), "only_here": compared.only_here, "cannot": compared.cannot,
        "left_out": found.left_out, "may_tick": len(compared.changes) <= MOST_TICKS, "text": data.decode("utf-8-sig"),
    }  # fmt: skip


@require_safe
def pack_file(request: Request) -> HttpResponse:
    """The practice of a subdistrict as a file."""
    tenant = tenant_chosen(request)
    response = HttpResponse(packs.as_file(packs.pack_of(tenant, now=request.now)), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pack-{tenant.code}-{local(request.now):%Y%m%d}.json"'
    return response
