"""临时交办: the desk's form, which first shows what the system has; the table of what came in, which is also its export."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import collect
from hawthorn.loops import queries as items
from hawthorn.loops.actions import start
from hawthorn.patrols import errand_queries
from hawthorn.patrols.rules.errands import SOURCES, TOPICS, Issue, Known
from hawthorn.web import answering, forms, words
from hawthorn.web.request import Request, asking_of, seat_of
from hawthorn.web.rounds import grids_of

FIRST = ("what", "paper", "source", "approver", "by", "topic", "category", "since", "until", "asks_number", "grids")
SECOND = ("takes_known", "why_ask")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """交办: where the system has the number already, it is shown, and either taken or asked for again with a reason."""
    if seat_of(request, "subdistrict_desk") is None:
        raise NotThere
    if request.method != "POST":
        return _form(request, {"grids": [g.id for g in grids_of(request)], "source": "own"}, None, None)
    raw = forms.read(Issue, request.POST)
    if "take" in request.POST:
        raw["takes_known"] = True
    known = _known(request, raw)
    try:
        answer = start("errands", raw, actor=request.actor, now=request.now, door="page", key=request.POST.get("key", "")[:64], town=request.town)
    except (Refused, WrongType) as problem:
        return _form(request, raw, problem, known)
    said = _("系统里已经有这个数，没有再问网格。") if answer.stage == "answered_by_system" else _("交办好了，网格报上来会自己汇总。")
    return answering.done(request, reverse("errand-table", args=[answer.id]), said)


def _known(request: Request, raw: dict[str, Any]) -> Known | None:
    """What the system has, as far as the form can be read."""
    try:
        return errand_queries.known(collect(Issue, raw), request.town, request.now)
    except (Refused, WrongType):
        return None


def _form(request: Request, raw: dict[str, Any], problem: Exception | None, known: Known | None) -> HttpResponse:
    drawn = {f["name"]: f for f in forms.draw(Issue, asking_of(request), raw, problem)}
    own = {str(g.id) for g in grids_of(request)}
    drawn["grids"]["choices"] = [c for c in drawn["grids"]["choices"] if str(c["value"]) in own]
    drawn["grids"] |= {"kind": "radio-chips", "many": True}
    drawn["what"]["rows"] = 3
    fields = [drawn[name] for name in FIRST]
    second = [drawn["why_ask"]] if known is not None else []
    asks_again = known is not None and isinstance(problem, Refused) and "why_ask" in problem.fields
    context = {
        "fields": fields, "second": second, "known": _known_lines(request, known), "total": sum(known.numbers.values()) if known else 0,
        "errors": [] if asks_again else forms.summary([*fields, *second], problem), "key": forms.key_again(request, problem),
        "topic": _(TOPICS.get(raw.get("topic", ""), "")) if raw.get("topic") else "",
    }  # fmt: skip
    status = 200 if problem is None else STATUS.get(problem.code if isinstance(problem, Refused) else "wrong_type", 409)
    return render(request, "web/errand.html", context, status=status)


def _known_lines(request: Request, known: Known | None) -> list[tuple[str, str]]:
    return [(request.town.name_of(grid), str(n)) for grid, n in known.numbers.items()] if known else []


# ── the table ──
@require_safe
def table(request: Request, errand: int) -> HttpResponse:
    """What came in, one line a grid, with the total; read by whoever may see the errand."""
    row = items.get_visible(errand, actor=request.actor, town=request.town, now=request.now, loop="errands")
    said = {t.field: t.words for t in items.texts_of(errand)}
    found = errand_queries.answers(row.item, row.detail)
    stages = LOOPS["errand_parts"].stages
    lines = [
        {
            "cells": [
                {"text": request.town.name_of(a.grid), "url": reverse("item", args=[a.item]) if a.item else ""},
                {"text": "—" if a.number is None else str(a.number), "label": _("数")},
                {"text": a.words, "label": _("怎么样")},
                {"tag": _stage(a, stages), "label": _("状态")},
            ]
        }
        for a in found
    ]
    numbers = [a.number for a in found if a.number is not None]
    context = {
        "what": said.get("what", ""), "paper": said.get("paper", ""), "approver": said.get("approver", ""), "source": _(SOURCES[row.facts.source]),
        "by": words.stamp(row.facts.by), "stage": _(row.loop.stages[row.item.stage].label), "is_open": row.item.open,
        "item_url": reverse("item", args=[errand]),
        "table": {"columns": [_("网格"), _("数"), _("怎么样"), _("状态")], "rows": lines}, "total": sum(numbers) if numbers else None,
        "given": sum(1 for a in found if a.stage == "given"), "parts": row.facts.parts, "known_at": words.stamp(row.facts.known_at),
        "is_by_system": row.item.stage == "answered_by_system", "why": said.get("why_ask", ""), "export": f"?errand={errand}",
    }  # fmt: skip
    return render(request, "web/errand_table.html", context)


def _stage(answer: errand_queries.Answer, stages: Any) -> dict[str, str]:
    if answer.item is None:
        return {"text": _("系统已有"), "kind": "good"}
    return {"text": _(stages[answer.stage].label), "kind": "good" if answer.stage == "given" else ""}
