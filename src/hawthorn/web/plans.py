"""网格调整方案 of a community on pages: three proposals of the machine beside today, and the plans there are."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row
from hawthorn.redrawing import graph, queries, rules
from hawthorn.redrawing.actions import plans, proposals
from hawthorn.redrawing.models import Proposal
from hawthorn.territory.models import Place
from hawthorn.web import answering, forms, words
from hawthorn.web.redrawing import flow_of, place_of, said_of
from hawthorn.web.request import Request, whole

SECONDS, MOST_SEED, LATEST, MOST_GRIDS = 3, 999_999, 20, 60
WISHES = {"nice": "边界最顺", "normal": "兼顾", "still": "动得最少"}


@require_http_methods(["GET", "HEAD", "POST"])
def community_plans(request: Request, community: int) -> HttpResponse:
    """What the machine proposes beside today, and the plans there are. POST: ask, stop, draft."""
    card = place_of(request, community)
    may = rules.seat_for(request.actor, card, rules.DRAFTS) is not None
    if request.method == "POST":
        if not may:
            raise Refused("not_yours")
        return _do(request, card)
    found, made = queries.survey(card.id), list(Proposal.objects.filter(community=card.id).order_by("id"))
    ground = queries.ground(found)
    is_going, drawn = any(p.state == "going" for p in made), [p for p in made if p.state == "done"]
    same = [p.wish for p in drawn if _is_today(p, found)]
    context = {
        "place": card.name, "ground": reverse("redrawing-ground", args=[card.id]), "may": may, "is_ready": ground is not None, "is_going": is_going,
        "flow": flow_of(ground),
        "seconds": SECONDS, "share": round(100 * sum(1.0 if p.state != "going" else p.share for p in made) / len(made)) if made else 0,
        "table": _side_by_side(request, ground, made), "key": forms.new_key(), "fields": _fields(ground, made),
        "whys": [{"wish": _(WISHES[p.wish]), "why": said_of(ground, p.why)} for p in made if p.why and ground],
        "wishes": [{"wish": p.wish, "label": _(WISHES[p.wish])} for p in drawn if p.wish not in same],
        "same": "、".join(_(WISHES[wish]) for wish in same), "plans": _plans(request, card),
    }  # fmt: skip
    response = render(request, "web/plans.html", context)
    if is_going:
        response["Refresh"] = str(SECONDS)
    return response


def _is_today(proposal: Proposal, found: queries.Survey) -> bool:
    """Nothing better was found than the grids there are."""
    return {int(unit): int(grid) for unit, grid in proposal.drawn.items()} == found.grids


def _do(request: Request, card: PlaceCard) -> HttpResponse:
    here, community = reverse("redrawing-plans", args=[card.id]), Place.objects.get(pk=card.id)
    match request.POST.get("do"):
        case "ask":
            seed = min(whole(request.POST.get("seed", ""), 0) or 0, MOST_SEED)
            grids = whole(request.POST.get("grids", ""), 0) or 0
            if not 0 <= grids <= MOST_GRIDS:
                raise Refused("not_a_choice", ["grids"], _("网格个数写 1 到 {n}。什么也没有改。").format(n=MOST_GRIDS))
            proposals.ask(community=community, seed=seed, grids=grids, user=request.actor.user, now=request.now)
            return redirect(here)
        case "stop":
            proposals.stop(community=community)
            return answering.done(request, here, _("停下了，用到现在为止最好的。"))
    wish = request.POST.get("from", "")
    proposal = Proposal.objects.filter(community=card.id, wish=wish, state="done").first()
    if proposal is None and wish != "today":
        raise Refused("not_a_choice", ["from"])
    drawn = {int(unit): int(grid) for unit, grid in proposal.drawn.items()} if proposal else {}
    key = request.POST.get("key", "")[:64]
    made = plans.draft(card, drawn, actor=request.actor, town=request.town, now=request.now, door="page", key=key)
    return redirect("plan", item=made)


def _fields(ground: graph.Ground | None, made: list[Proposal]) -> list[dict[str, Any]]:
    """How many grids, and the seed; as they were last asked for."""
    number = (made[0].grids if made else 0) or (len(ground.grids) if ground else 1)
    return [
        {"kind": "number", "name": "grids", "label": _("几个网格"), "value": number, "min": 1, "max": MOST_GRIDS, "inputmode": "numeric", "required": True,
         "help": _("比现在多，就把户数最多的分开；比现在少，就把户数最少的并给旁边的。")},
        {"kind": "number", "name": "seed", "label": _("起点编号"), "value": made[0].seed if made else 1, "min": 0, "max": MOST_SEED,
         "inputmode": "numeric", "required": True, "help": _("一般不用改。编号相同，拟出来的一样；想看看别的拟法，换一个数。")},
    ]  # fmt: skip


def _side_by_side(request: Request, ground: graph.Ground | None, made: list[Proposal]) -> dict[str, Any]:
    """Today and what was drawn, a column each: households by grid, how far from even, what moves, what borders cost."""
    if ground is None:
        return {}
    today = dict(zip(map(int, ground.units), (int(ground.grids[n]) for n in ground.today), strict=True))
    drawn = [(_("现在"), today)]
    for p in made:
        if p.state == "done" and set(p.drawn) == set(ground.units):
            drawn.append((_(WISHES[p.wish]), {int(u): int(g) for u, g in p.drawn.items()}))
    over = [queries.drawn_over(ground, plan) for _label, plan in drawn]
    numbers = [queries.numbers_of(one, plan) for one, (_label, plan) in zip(over, drawn, strict=True)]
    loads = [dict(zip(one.grids, graph.loads_of(one, plan), strict=True)) for one, plan in zip(over, numbers, strict=True)]
    measures = [graph.measured(one, plan) for one, plan in zip(over, numbers, strict=True)]
    grids = list(dict.fromkeys(grid for one in over for grid in one.grids))
    rows = [{"label": _grid_name(request, int(grid)), "cells": [str(load[grid]) if grid in load else _("没有") for load in loads]} for grid in grids]
    rows += [
        {"label": _("离平均最远的"), "cells": [f"{m.deviation:.0%}" for m in measures]},
        {"label": _("换网格的户数"), "cells": [_("{n}（{share:.1%}）").format(n=round(m.moved * ground.total), share=m.moved) for m in measures]},
        {"label": _("边界（现在是 100）"), "cells": [f"{100 * m.cost / (measures[0].cost or 1):.0f}" for m in measures]},
    ]
    return {"columns": [label for label, _plan in drawn], "rows": rows}


def _grid_name(request: Request, grid: int) -> str:
    return request.town.name_of(grid) if grid > 0 else _("新网格 {n}").format(n=-grid)


def _plans(request: Request, card: PlaceCard) -> dict[str, Any]:
    rows = Item.objects.filter(loop="plans", community=card.id).order_by("-id")[:LATEST]
    seen = loop_queries.visible_among(list(rows), actor=request.actor, town=request.town, now=request.now)
    return {"columns": [_("方案"), _("到哪一步"), _("换网格")], "rows": [{"cells": [
        {"text": _("{at}拟的").format(at=words.moment(r.item.opened_at, request.now)), "url": reverse("plan", args=[r.item.pk])},
        {"text": stage_words(r), "label": _("到哪一步")}, {"text": moves_words(r), "label": _("换网格")},
    ]} for r in seen]}  # fmt: skip


def stage_words(row: Row) -> str:
    """How far a plan is, with its day."""
    said = _(LOOPS["plans"].stages[row.item.stage].label)
    return f"{said} · {row.facts.on:%Y-%m-%d}" if row.facts.on else said


def moves_words(row: Row) -> str:
    """What a plan moves, opens and closes."""
    said = _("{units} 个楼院，{n} 户").format(units=row.facts.moved_units, n=row.facts.moved)
    if row.facts.opened:
        said += _("，新设 {n} 个网格").format(n=row.facts.opened)
    return said + (_("，撤 {n} 个网格").format(n=row.facts.closed) if row.facts.closed else "")
