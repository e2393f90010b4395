"""提示准不准: which version a subdistrict uses, what it learnt from, how right it was on the latest confirmed matters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.hints import queries as hints
from hawthorn.hints import thresholds
from hawthorn.hints.models import HintModel
from hawthorn.kernel.errors import NotThere
from hawthorn.web import words
from hawthorn.web.request import Request, seat_of

READERS = ("subdistrict_desk", "subdistrict_leader", "county_admin")


@require_safe
def hints_page(request: Request) -> HttpResponse:
    """For a subdistrict its own; for the county each of its subdistricts."""
    seat = seat_of(request, *READERS)
    if seat is None:
        raise NotThere
    tenants = hints.tenants_of(request.town) if seat.level == "county" else [request.town.places[seat.place].tenant]
    models, chosen = hints.versions(tenants), hints.chosen_since(tenants, request.now)
    alike = thresholds.shown(tenants)
    cards = [_card(tenant, models[tenant], chosen.get(tenant), request) | {"alike": _alike(*alike[tenant])} for tenant in tenants]
    return render(request, "web/hints.html", {"cards": cards, "days": hints.SHOWN_DAYS})


def share(part: int, whole: int) -> str:
    """A share with both its numbers; nothing where there is nothing to divide by."""
    return f"{part / whole:.0%}（{part}/{whole}）" if whole else "—"


def _card(tenant: int, models: list[HintModel], chosen: dict[str, Any] | None, request: Request) -> dict[str, Any]:
    kept = next((model for model in models if model.is_kept), None)
    card: dict[str, Any] = {"name": request.town.tenants.get(tenant, ""), "version": kept.version if kept else 0}
    if chosen:
        card["chosen"] = {"n": chosen["n"], "spoken": share(chosen["spoken"], chosen["n"]), "right": share(chosen["right"], chosen["spoken"])}
    if kept is None:
        return card
    spoken, right = sum(line[2] for line in kept.figures), sum(line[3] for line in kept.figures)
    rows = [
        {"cells": [{"text": _name(line[0], request)}, *_cells(line)]}
        for line in kept.figures
    ]  # fmt: skip
    return card | {
        "trained": words.moment(kept.trained_at, request.now), "n": kept.n, "held_out": kept.held_out, "right": share(right, spoken),
        "spoken": share(spoken, kept.held_out), "threshold": f"{kept.threshold:.0%}", "dropped": models[0].version if not models[0].is_kept else 0,
        "table": {"columns": [_("类别"), _("核对用的"), _("给了提示"), _("提示对了")], "rows": rows},
    }  # fmt: skip


def _alike(threshold: float, asked: int, same: int) -> dict[str, str]:
    return {"threshold": f"{threshold:.2f}", "asked": str(asked), "same": share(same, asked)}


def _name(category: int, request: Request) -> str:
    card = request.town.categories.get(category)
    return card.name if card else _("已停用的类别")


def _cells(line: list[int]) -> list[dict[str, str]]:
    _category, held, spoken, right = line
    return [
        {"text": str(held), "label": _("核对用的")},
        {"text": share(spoken, held), "label": _("给了提示")},
        {"text": share(right, spoken), "label": _("提示对了")},
    ]
