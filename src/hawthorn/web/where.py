"""去哪儿了: what became of everything that was said in a grid in a quarter. Counts of things, never of persons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.drops import queries
from hawthorn.kernel import quarters
from hawthorn.kernel.clock import local
from hawthorn.web import views, words
from hawthorn.web.request import Request, place_seat

PARTS = (("over", "m3"), ("going", "m2"), ("joined", "m2"), ("information", "m1"), ("declined", "m1"), ("withdrawn", "m0"), ("waiting", "m0"))
FIRST = date(2015, 1, 1)


@require_safe
def where(request: Request) -> HttpResponse:
    """Of the grids in my place: came, still waiting, being handled, over, answered at once, elsewhere, taken back."""
    card = request.town.places[place_seat(request).place]
    today = local(request.now).date()
    on = views.day_of(request.GET.get("on", "")) or today
    on = min(max(on, FIRST), today)
    begin, end = quarters.span(on)
    inside = sorted((p for p in request.town.places.values() if p.at(card.level) == card.id), key=lambda p: p.code)
    level = "subdistrict" if card.level == "county" else "grid"
    streets = [p.id for p in inside if p.level == "subdistrict"] or [card.at("subdistrict") or 0]
    found = queries.went(streets, on, level)
    rows = [_row(p.name, found.get(p.id, queries.Went()), level, p.id) for p in inside if p.level == level]
    if card.level == "subdistrict" and None in found:
        rows.append(_row(_("还没有定网格"), found[None], level, None))
    total = queries.together([row["went"] for row in rows])
    context = {
        "place": card.name, "bars": [{"name": row["name"], "came": row["went"].came, "parts": row["parts"]} for row in rows], "total": total,
        "quarter": words.quarter(begin.date()), "table": _table(rows, level),
        "before": _link(begin.date() - timedelta(days=1)), "after": _link(end.date()) if end.date() <= today else "",
    }  # fmt: skip
    return render(request, "web/where.html", context)


def _table(rows: list[dict[str, Any]], level: str) -> dict[str, Any]:
    """The numbers behind the bars."""
    heads = [_("来了"), _("待分"), _("去办"), _("办完"), _("并入"), _("答复"), _("不归"), _("撤回")]
    names = ("came", "waiting", "matters", "over", "joined", "information", "declined", "withdrawn")
    found = []
    for row in rows:
        cells: list[dict[str, Any]] = [{"text": row["name"]}]
        cells += [{"text": str(getattr(row["went"], name)), "label": head} for name, head in zip(names, heads, strict=True)]
        cells[2]["url"] = row["waiting_url"]
        found.append({"cells": cells})
    return {"columns": [_("街道") if level == "subdistrict" else _("网格"), *heads], "rows": found}


def _link(on: date) -> str:
    return f"{reverse('where')}?{urlencode({'on': on.isoformat()})}"


def _row(name: str, went: queries.Went, level: str, number: int | None) -> dict[str, Any]:
    parts, x = [], 0.0
    for part, shade in PARTS:
        count = went.matters - went.over if part == "going" else getattr(went, part)
        width = 100 * count / went.came if went.came else 0
        parts.append({"x": f"{x:.2f}", "width": f"{width:.2f}", "shade": shade})
        x += width
    url = f"{reverse('drops')}?{urlencode({'grid': number or views.NO_GRID})}" if went.waiting and level == "grid" else ""
    return {"name": name, "went": went, "parts": parts, "waiting_url": url}
