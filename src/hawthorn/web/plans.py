"""网格调整方案 on pages: three proposals of the machine, plans side by side, drawing by hand from a list, and what a plan comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row
from hawthorn.redrawing import graph, queries, rules, sheets
from hawthorn.redrawing.actions import plans, proposals
from hawthorn.redrawing.models import Proposal
from hawthorn.territory.models import Place
from hawthorn.web import answering, forms, items, story, words
from hawthorn.web.books import as_file, is_dry, planned, sheet_field, upload_of
from hawthorn.web.redrawing import flow_of, place_of, said_of
from hawthorn.web.request import Request, whole
from hawthorn.web.unit_map import drawing

SECONDS, MOST_SEED, LATEST = 3, 999_999, 20
WISHES = {"nice": "边界最顺", "normal": "兼顾", "still": "动得最少"}
Drawn = Mapping[int, int]


# ── proposals and plans of a community ──
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
    is_going = any(p.state == "going" for p in made)
    context = {
        "place": card.name, "ground": reverse("redrawing-ground", args=[card.id]), "may": may, "is_ready": ground is not None, "is_going": is_going,
        "flow": flow_of(ground),
        "seconds": SECONDS, "share": round(100 * sum(1.0 if p.state != "going" else p.share for p in made) / len(made)) if made else 0,
        "table": _side_by_side(request, ground, made), "key": forms.new_key(), "seed": _seed_field(made),
        "whys": [{"wish": _(WISHES[p.wish]), "why": said_of(ground, p.why)} for p in made if p.why and ground],
        "wishes": [{"wish": p.wish, "label": _(WISHES[p.wish])} for p in made if p.state == "done"], "plans": _plans(request, card),
    }  # fmt: skip
    response = render(request, "web/plans.html", context)
    if is_going:
        response["Refresh"] = str(SECONDS)
    return response


def _do(request: Request, card: PlaceCard) -> HttpResponse:
    here, community = reverse("redrawing-plans", args=[card.id]), Place.objects.get(pk=card.id)
    match request.POST.get("do"):
        case "ask":
            seed = min(whole(request.POST.get("seed", ""), 0) or 0, MOST_SEED)
            proposals.ask(community=community, seed=seed, user=request.actor.user, now=request.now)
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


def _seed_field(made: list[Proposal]) -> dict[str, Any]:
    return {
        "kind": "number", "name": "seed", "label": _("种子（同一个数，方案一样）"), "value": made[0].seed if made else 1, "min": 0, "max": MOST_SEED,
        "inputmode": "numeric", "required": True,
    }  # fmt: skip


def _side_by_side(request: Request, ground: graph.Ground | None, made: list[Proposal]) -> dict[str, Any]:
    """Today and what was drawn, a column each: households by grid, how far from even, what moves, what borders cost."""
    if ground is None:
        return {}
    drawn = [(_("现在"), list(ground.today))]
    for p in made:
        if p.state == "done" and set(p.drawn) == set(ground.units):
            drawn.append((_(WISHES[p.wish]), queries.numbers_of(ground, {int(u): int(g) for u, g in p.drawn.items()})))
    loads = [graph.loads_of(ground, plan) for _label, plan in drawn]
    measures = [graph.measured(ground, plan) for _label, plan in drawn]
    rows = [{"label": request.town.name_of(int(grid)), "cells": [str(load[n]) for load in loads]} for n, grid in enumerate(ground.grids)]
    rows += [
        {"label": _("离平均最远的"), "cells": [f"{m.deviation:.0%}" for m in measures]},
        {"label": _("换网格的户数"), "cells": [_("{n}（{share:.1%}）").format(n=round(m.moved * ground.total), share=m.moved) for m in measures]},
        {"label": _("边界（现在是 100）"), "cells": [f"{100 * m.cost / (measures[0].cost or 1):.0f}" for m in measures]},
    ]
    return {"columns": [label for label, _plan in drawn], "rows": rows}


def _plans(request: Request, card: PlaceCard) -> dict[str, Any]:
    rows = Item.objects.filter(loop="plans", community=card.id).order_by("-id")[:LATEST]
    seen = loop_queries.visible_among(list(rows), actor=request.actor, town=request.town, now=request.now)
    return {"columns": [_("方案"), _("到哪一步"), _("换网格")], "rows": [{"cells": [
        {"text": _("{at}拟的").format(at=words.moment(r.item.opened_at, request.now)), "url": reverse("plan", args=[r.item.pk])},
        {"text": _stage(r), "label": _("到哪一步")}, {"text": _moves(r), "label": _("换网格")},
    ]} for r in seen]}  # fmt: skip


def _stage(row: Row) -> str:
    said = _(LOOPS["plans"].stages[row.item.stage].label)
    return f"{said} · {row.facts.on:%Y-%m-%d}" if row.facts.on else said


def _moves(row: Row) -> str:
    return _("{units} 个楼院，{n} 户").format(units=row.facts.moved_units, n=row.facts.moved)


# ── one plan ──
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, item: int) -> HttpResponse:
    """A plan beside today or another plan; POST puts the ticked units elsewhere."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    card = request.town.places[row.item.community_id or 0]
    wrong: Refused | None = None
    if request.method == "POST":
        try:
            return _redrawn(request, row)
        except Refused as problem:
            if problem.code != "missing":
                raise
            wrong = problem
    found, drawn = queries.survey(card.id), plans.drawn_by(item)
    base, base_name, choices = _base(request, row, card, found)
    context = _shown(request, row, found, drawn, base) | {
        "row": row, "place": card.name, "stage": _stage(row), "base_name": base_name, "bases": choices, "wrong": wrong.detail if wrong else "",
        "ticked": set(request.POST.getlist("unit")), "all_plans": reverse("redrawing-plans", args=[card.id]),
        "xlsx": reverse("plan-xlsx", args=[item]), "sheet": reverse("plan-sheet", args=[item]),
        "may_draw": rules.seat_for(request.actor, card, rules.DRAFTS) is not None and row.item.stage in plans.DRAWN_IN,
        "story": story.entries(row, loop_queries.events_of(item), loop_queries.texts_of(item), [], request),
    } | items.offers(row, request)  # fmt: skip
    return render(request, "web/plan.html", context, status=409 if wrong else 200)


def _redrawn(request: Request, row: Row) -> HttpResponse:
    units, grid = [n for said in request.POST.getlist("unit") if (n := whole(said)) is not None], whole(request.POST.get("grid", ""))
    if not units or grid is None:
        raise Refused("missing", ["unit"], _("请先勾上楼院，再选移到哪个网格。什么也没有改。"))
    moves = dict.fromkeys(units, grid)
    changed = plans.redraw(row.item.pk, moves, actor=request.actor, town=request.town, now=request.now, door="page")
    said = _("移了 {n} 个楼院。").format(n=changed) if changed else _("它们本来就在这个网格，没有改。")
    return answering.done(request, reverse("plan", args=[row.item.pk]) + "#measures", said)


@require_safe
def plan_xlsx(request: Request, item: int) -> HttpResponse:
    """Every unit with its grid, to be changed in Excel."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    found = queries.survey(row.item.community_id or 0)
    if found.loose:
        raise Refused("no_way", detail=_("有的楼院还没有网格或户数，先补全再拟方案。什么也没有改。"))
    return as_file(sheets.written(request.town, found, plans.drawn_by(item)), f"plan-{item}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def plan_sheet(request: Request, item: int) -> HttpResponse:
    """Changes by way of Excel, with a dry run first."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    card, told = request.town.places[row.item.community_id or 0], None
    if rules.seat_for(request.actor, card, rules.DRAFTS) is None:
        raise Refused("not_yours")
    if row.item.stage not in plans.DRAWN_IN:
        raise Refused("wrong_stage")
    if request.method == "POST":
        told = sheets.read(upload_of(request), request.town, queries.survey(card.id), plans.drawn_by(item))
        if not is_dry(request) and not told.problems:
            n = plans.redraw(item, told.moves, actor=request.actor, town=request.town, now=request.now, door="page")
            return answering.done(request, reverse("plan", args=[item]), _("移了 {n} 个楼院。").format(n=n))
    context = {
        "title": _("用 Excel 改方案"), "words": _("下载方案，只改“方案的网格”一列，再传上来。先试读，看清楚再写入。"),
        "export_url": reverse("plan-xlsx", args=[item]), "export_label": _("下载方案"), "field": sheet_field(),
    } | planned(told)  # fmt: skip
    return render(request, "web/book.html", context, status=409 if told and told.problems else 200)


def _base(request: Request, row: Row, card: PlaceCard, found: queries.Survey) -> tuple[Drawn, str, list[dict[str, Any]]]:
    """What it is compared with: today, or the plan asked for by ?with=."""
    others = Item.objects.filter(loop="plans", community=card.id, stage__in=rules.BEFORE).exclude(pk=row.item.pk).order_by("-id")[:LATEST]
    asked = whole(request.GET.get("with", ""))
    chosen = next((o for o in others if o.pk == asked), None)
    names = {o.pk: _("{at}拟的方案").format(at=words.moment(o.opened_at, request.now)) for o in others}
    choices = [{"value": "", "label": _("现在的网格"), "on": chosen is None}]
    choices += [{"value": pk, "label": name, "on": chosen is not None and pk == chosen.pk} for pk, name in names.items()]
    if chosen is None:
        return found.grids, _("现在的网格"), choices
    return found.grids | plans.drawn_by(chosen.pk), names[chosen.pk], choices


def _shown(request: Request, row: Row, found: queries.Survey, drawn: Drawn, base: Drawn) -> dict[str, Any]:
    """Measures, grids, what moves, and every unit for the list."""
    drawn = {u.pk: drawn.get(u.pk, found.grids.get(u.pk, 0)) for u in found.units}
    moving = [u for u in found.units if drawn[u.pk] != base.get(u.pk)]
    name = request.town.name_of
    return {
        "map": drawing(request.town, found, drawn, base), "grids": _grids(request, found, drawn, base), "measures": _measures(row, found, drawn, base),
        "moving": [{"name": u.name, "n": u.households, "was": name(base.get(u.pk)) or "—", "now": name(drawn[u.pk])} for u in moving],
        "units": [
            {"id": str(u.pk), "name": u.name, "n": u.households, "grid": name(drawn[u.pk]), "edge": _edge(request, found, drawn, u.pk)} for u in found.units
        ],
    }  # fmt: skip


def _edge(request: Request, found: queries.Survey, drawn: Drawn, unit: int) -> str:
    """The other grids beside a unit, by name."""
    near = {j.other_id if j.one_id == unit else j.one_id for j in found.joins if unit in (j.one_id, j.other_id)}
    return "、".join(sorted({request.town.name_of(drawn[n]) for n in near if drawn.get(n, 0) != drawn[unit]}))


def _grids(request: Request, found: queries.Survey, drawn: Drawn, base: Drawn) -> list[dict[str, Any]]:
    weights = {u.pk: u.households for u in found.units}
    grids = sorted(set(found.grids.values()), key=lambda pk: request.town.places[pk].code)
    mean = sum(weights.values()) / (len(grids) or 1)
    rows = []
    for n, grid in enumerate(grids, start=1):
        was, now = (sum(weights[u] for u in weights if side.get(u) == grid) for side in (base, drawn))
        off = now / mean - 1 if mean else 0.0
        said = (_("多 {share:.0%}") if off > 0 else _("少 {share:.0%}")).format(share=abs(off)) if abs(off) >= 0.005 else _("正好")
        rows.append({"id": grid, "number": n, "name": request.town.name_of(grid), "was": was, "now": now, "off": said, "is_off": abs(off) > graph.TOLERANCE})
    return rows


def _measures(row: Row, found: queries.Survey, drawn: Drawn, base: Drawn) -> list[str]:
    """What the plan comes to beside its base, in sentences."""
    ground = queries.ground(found)
    if ground is None or not row.item.open:
        return [_("报批时：") + _moves(row) + _("换网格。")]
    now = graph.measured(ground, queries.numbers_of(ground, drawn))
    was = graph.cost_of(ground, queries.numbers_of(ground, {**drawn, **{u: g for u, g in base.items() if u in drawn}}))
    moved = [u for u in found.units if drawn[u.pk] != base.get(u.pk)]
    return [
        _("{units} 个楼院、{n} 户不一样。").format(units=len(moved), n=sum(u.households for u in moved)),
        _("离平均最远的网格差 {share:.0%}").format(share=now.deviation) + (_("，在 ±10% 以内。") if now.deviation <= graph.TOLERANCE else _("，超出了 ±10%。")),
        _("边界是它的 {n:.0f}%，越小越顺。").format(n=100 * now.cost / (was or 1)),
        _("每个网格都连成一片。") if not now.broken else _("有 {n} 个网格没有连成一片，报批前要改好。").format(n=now.broken),
    ]
