"""入户走访: doors by unit, three presses, a card to leave; the plan of a quarter. No name of anybody is asked for or kept."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hawthorn.kernel import quarters
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import PlaceCard
from hawthorn.patrols import actions, visit_actions, visit_queries
from hawthorn.patrols.models import Visit
from hawthorn.patrols.rules import visits as rules
from hawthorn.patrols.visit_queries import DoorState, UnitShare
from hawthorn.web import answering, forms, slips, views, words
from hawthorn.web.middleware import kept
from hawthorn.web.request import Request, whole
from hawthorn.web.rounds import grids_of
from hawthorn.web.say import people_of

SIGNS = {rules.DONE: "good", rules.NOBODY: "", rules.LATER: "soon"}


def grid_of(request: Request) -> PlaceCard | None:
    """?grid=, else the asker's first own grid; None where one looks after several. Raises NotThere."""
    said = request.GET.get("grid", "") or request.POST.get("grid", "")
    if said:
        card = request.town.places.get(whole(said) or 0)
        if card is None or not visit_queries.sees(card.id, request.actor, request.town):
            raise NotThere
        return card
    own = [s for s in request.actor.seats if s.level == "grid" and s.post]
    chosen = next((s for s in own if not s.acting), None)
    return request.town.places[chosen.place] if chosen else None


def quarter_of(request: Request) -> date:
    """?quarter=2026-04 (any month of it), else the running one."""
    said = request.GET.get("quarter", "") or request.POST.get("quarter", "")
    year, _line, month = said.partition("-")
    number = whole(month)
    if len(year) == 4 and 1990 <= (whole(year) or 0) <= 2200 and number is not None and number <= 12:
        return quarters.quarter_of(date(int(year), number, 1))
    return quarters.quarter_of(local(request.now).date())


@kept
@require_safe
def visits(request: Request) -> HttpResponse:
    """The grids of my place; of one grid its units; of one unit its doors."""
    grid, quarter = grid_of(request), quarter_of(request)
    if grid is None:
        return _overview(request, quarter)
    shares = visit_queries.unit_shares(grid.id, quarter)
    chosen = next((s for s in shares if s.unit.pk == whole(request.GET.get("unit", ""))), None)
    planned = [s for s in shares if s.planned]
    context = {
        "grid": grid.name, "quarter": words.quarter(quarter), "seen": sum(s.seen for s in planned), "number": sum(s.number for s in planned),
        "units": [_unit(s, grid, quarter, s is chosen) for s in shares if s.planned or s is chosen], "others": sum(1 for s in shares if not s.planned),
        "before": _url(grid, quarters.before(quarter)), "after": _url(grid, quarters.after(quarter)), "all_url": reverse("visits"),
        "plan_url": f"{reverse('visits-plan')}?{_query(grid, quarter)}" if rules.planner(request.actor, grid) else "", "grid_id": str(grid.id),
        "card_url": f"{reverse('visits-card')}?grid={grid.id}", "is_many": len(grids_of(request)) > 1,
    } | (_doors(request, chosen, grid, quarter) if chosen else {})  # fmt: skip
    return render(request, "web/visits.html", context)


def _query(grid: PlaceCard, quarter: date, **more: Any) -> str:
    return urlencode({"grid": grid.id, "quarter": f"{quarter:%Y-%m}", **more})


def _url(grid: PlaceCard, quarter: date, **more: Any) -> str:
    return f"{reverse('visits')}?{_query(grid, quarter, **more)}"


def _unit(share: UnitShare, grid: PlaceCard, quarter: date, on: bool) -> dict[str, Any]:
    return {"name": share.unit.name, "url": _url(grid, quarter, unit=share.unit.pk), "seen": share.seen, "number": share.number, "on": on}


def _doors(request: Request, share: UnitShare, grid: PlaceCard, quarter: date) -> dict[str, Any]:
    is_now = quarter == quarters.quarter_of(local(request.now).date())
    return {
        "unit": share.unit.name, "unit_id": str(share.unit.pk), "may": rules.visitor(request.actor, grid.id) is not None and is_now,
        "doors": [_door(request, d, share, grid) for d in visit_queries.doors_of(share.unit.pk, quarter)],
        "on": local(request.now).date().isoformat(), "results": [(code, _(label)) for code, label in rules.RESULTS.items()],
    }  # fmt: skip


def _door(request: Request, state: DoorState, share: UnitShare, grid: PlaceCard) -> dict[str, Any]:
    note = urlencode({"unit": share.unit.pk, "spot": state.door.name, "channel": "visit"})
    return {
        "id": str(state.door.pk), "name": state.door.name, "done": state.done, "tags": _tags(request, state.last), "key": forms.new_key(),
        "note_url": f"{reverse('capture')}?{note}",
    }  # fmt: skip


def _tags(request: Request, last: Visit | None) -> list[dict[str, str]]:
    if last is None:
        return []
    said = {"text": f"{_(rules.RESULTS[last.result])} · {words.day(last.on, local(request.now).date())}", "kind": SIGNS[last.result]}
    return [said, *([{"text": _("留了联系卡"), "kind": ""}] if last.card_left else [])]


def _overview(request: Request, quarter: date) -> HttpResponse:
    grids = grids_of(request)
    if not grids:
        raise NotThere
    shares = visit_queries.shares([g.id for g in grids], quarter)
    rows = [
        {
            "cells": [
                {"text": g.name, "url": _url(g, quarter), "small": request.town.name_of(g.community)},
                {"text": f"{s.seen}/{s.number}", "label": _("走访过的门户")},
            ]
        }
        for g, s in zip(grids, shares, strict=True)
    ]
    context = {
        "quarter": words.quarter(quarter), "seen": sum(s.seen for s in shares), "number": sum(s.number for s in shares),
        "table": {"columns": [_("网格"), _("走访过的门户")], "rows": rows},
        "before": f"?quarter={quarters.before(quarter):%Y-%m}", "after": f"?quarter={quarters.after(quarter):%Y-%m}",
    }  # fmt: skip
    return render(request, "web/visits_all.html", context)


@require_POST
def mark(request: Request) -> HttpResponse:
    """已访, 没人 or 下次再来, and whether a card was left."""
    post = request.POST
    made = visit_actions.visit(
        whole(post.get("door", "")) or 0, post.get("result", ""), card_left="card" in post, key=actions.key_of(post.get("key", "")), actor=request.actor,
        town=request.town, now=request.now, on=views.day_of(post.get("on", "")),
    )  # fmt: skip
    unit = made.door.unit_id
    url = f"{reverse('visits')}?{urlencode({'grid': made.grid_id, 'unit': unit})}#d-{made.door_id}"
    return answering.done(request, url, f"{made.door.name}：{_(rules.RESULTS[made.result])}")


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request) -> HttpResponse:
    """Which units are visited in a quarter; without a plan all of them."""
    grid, quarter = grid_of(request), quarter_of(request)
    if grid is None:
        raise NotThere
    if request.method == "POST":
        chosen = [n for v in request.POST.getlist("units") if (n := whole(v))]
        visit_actions.plan(grid, quarter, chosen, actor=request.actor, now=request.now)
        return answering.done(request, _url(grid, quarter), _("计划定好了：{quarter}。").format(quarter=words.quarter(quarter)))
    if rules.planner(request.actor, grid) is None:
        raise NotThere
    shares = visit_queries.unit_shares(grid.id, quarter)
    context = {
        "grid": grid.name, "quarter": words.quarter(quarter), "back": _url(grid, quarter), "fields": [("grid", str(grid.id)), ("quarter", f"{quarter:%Y-%m}")],
        "units": [{"id": str(s.unit.pk), "name": s.unit.name, "number": s.number, "on": s.planned} for s in shares],
    }  # fmt: skip
    return render(request, "web/visits_plan.html", context)


@require_safe
def card(request: Request) -> HttpResponse:
    """联系卡: who serves the grid and how to say something; four to a sheet."""
    grid = grid_of(request)
    if grid is None:
        raise NotThere
    say = slips.address_of(request, f"{reverse('say')}?g={grid.code}")
    people = [one | {"post": words.without(grid.name, one["post"])} for one in people_of(request, grid)]
    context = {
        "grid": grid.name, "community": request.town.name_of(grid.community), "people": people, "qr": slips.qr(say), "say": say,
        "back": f"{reverse('visits')}?grid={grid.id}", "copies": range(4),
    }  # fmt: skip
    return render(request, "web/visits_card.html", context)
