"""全县各街道: how each subdistrict stands and what its set-up still lacks. Places and matters only, never persons; in the order of their codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.assessments import queries as figures
from hawthorn.assessments.rules.figures import first_of, percent
from hawthorn.gateways import gaps
from hawthorn.gateways import queries as doors
from hawthorn.gateways.rules import GAPS
from hawthorn.kernel.clock import local
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops.models import Item
from hawthorn.tenants.models import Tenant
from hawthorn.web import words
from hawthorn.web.request import Request
from hawthorn.web.whose import at_county

FEW = 3


@require_safe
def county(request: Request) -> HttpResponse:
    """One line a subdistrict. At most eight statements, however many there are."""
    at_county(request)
    now, tenants = request.now, {t.pk: t for t in Tenant.objects.filter(county=request.town.county)}
    places = sorted((p for p in request.town.places.values() if p.level == "subdistrict" and p.tenant in tenants), key=lambda p: p.code)
    standing = Item.objects.filter(open=True, loop="matters", subdistrict__in=[p.id for p in places]).values("subdistrict")
    counts = {row["subdistrict"]: row for row in standing.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now))).order_by()}
    table = figures.live({"subdistrict__in": [p.id for p in places]}, first_of(local(now).date()), now, ["subdistrict"])
    missing, sheets = gaps.lacking(tenants.values(), town=request.town, now=now), doors.last_sheets(tenants)
    vacant = [request.town.places[post.place].tenant for post in request.town.grid_posts_vacant(now)]
    rows = [
        _row(request, p, counts.get(p.id, {}), table.get((p.id,), {}), vacant.count(p.tenant), missing[p.tenant], sheets.get(p.tenant))
        for p in places
    ]  # fmt: skip
    columns = [_("街道"), _("在办"), _("超时"), _("按时办结"), _("空岗"), _("建点还缺"), _("最近来表")]
    context = {
        "place": request.town.tenants[request.town.county], "table": {"columns": columns, "rows": rows},
        "empty": {"title": _("还没有街道。"), "words": _("用一本工作簿就能开一个。"), "url": reverse("place-new"), "label": _("开新街道")},
    }  # fmt: skip
    return render(request, "web/county.html", context)


def _row(request: Request, place: PlaceCard, count: Any, month: Any, vacant: int, missing: gaps.Lacking, sheet: datetime | None) -> dict[str, Any]:
    """Numbers with numerator and denominator; the name leads to the board of the place."""
    top, bottom, late = month.get("in_time", 0), month.get("settled", 0), count.get("late", 0)
    share = percent(top, bottom)
    lacks = [_(GAPS[code][0]) for code in missing]
    first = "、".join(lacks[:FEW]) + ("…" if len(lacks) > FEW else "")
    return {
        "cells": [
            {"text": place.name, "url": f"{reverse('board')}?place={place.id}"},
            {"label": _("在办"), "text": str(count.get("n", 0))},
            {"label": _("超时"), "text": "" if late else "0", "tag": {"text": str(late), "kind": "late"} if late else None},
            {"label": _("按时办结"), "text": f"{share}%" if share is not None else "—", "small": f"{top}/{bottom}"},
            {"label": _("空岗"), "text": str(vacant)},
            {"label": _("建点还缺"), "text": _("{n} 样").format(n=len(lacks)) if lacks else _("齐了"), "more": first},
            {"label": _("最近来表"), "text": words.moment(sheet, request.now) if sheet else _("没有")},
        ]
    }  # fmt: skip
