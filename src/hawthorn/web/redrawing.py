"""优化调整网格: how even the grids of a community are today, what is missing before they can be redrawn, and which units lie beside each other."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import PlaceCard
from hawthorn.redrawing import flows, graph, queries, rules
from hawthorn.redrawing.actions import joins as actions
from hawthorn.redrawing.models import COSTS, Join
from hawthorn.territory.models import Place, Unit
from hawthorn.web import answering, words
from hawthorn.web.request import Request, whole
from hawthorn.web.unit_map import drawing

KINDS = ("community_desk", "community_secretary", "subdistrict_desk", "subdistrict_leader")
NAMED = 6
"""How many units a sentence names."""


def communities(request: Request) -> list[PlaceCard]:
    """The communities whose grids the asker may redraw, by code."""
    seats = [s for s in request.actor.seats if s.kind in KINDS]
    found = {p.id: p for p in request.town.places.values() for s in seats if p.level == "community" and p.at(s.level) == s.place}
    return sorted(found.values(), key=lambda p: p.code)


def place_of(request: Request, community: int) -> PlaceCard:
    """A community whose grids the asker may redraw. Raises NotThere."""
    card = next((p for p in communities(request) if p.id == community), None)
    if card is None:
        raise NotThere
    return card


@require_safe
def redrawing(request: Request) -> HttpResponse:
    """The communities of my place, each with how even its grids are."""
    places = communities(request)
    if not places:
        raise NotThere
    rows = []
    for card in places:
        found = queries.survey(card.id)
        said = _even(queries.ground(found)) or _("还不能比：有的楼院没有网格或户数")
        url = reverse("redrawing-ground", args=[card.id])
        rows.append({"cells": [{"text": card.name, "url": url}, {"text": _("{n} 个").format(n=len(found.units)), "label": _("楼院")}, {"text": said}]})
    return render(request, "web/redrawing.html", {"table": {"columns": [_("社区（村）"), _("楼院"), _("各网格的户数")], "rows": rows}})


@require_http_methods(["GET", "HEAD", "POST"])
def ground(request: Request, community: int) -> HttpResponse:
    """One community as a plan would find it; looking for neighbours anew."""
    card = place_of(request, community)
    here = reverse("redrawing-ground", args=[card.id])
    if request.method == "POST":
        number = actions.find_joins(community=Place.objects.get(pk=card.id), now=request.now)
        return answering.done(request, here, _("按位置找到 {n} 条接边；手工改过的没有动。").format(n=number))
    found = queries.survey(card.id)
    counted = queries.ground(found)
    loads = dict(zip(counted.grids, graph.loads_of(counted, counted.today), strict=True)) if counted else {}
    context = {
        "place": card.name, "map": drawing(request.town.name_of, found, queries.grids_of(found)),
        "faults": _faults(request, found), "even": _even(counted), "flow": flow_of(counted),
        "plans": reverse("redrawing-plans", args=[card.id]),
        "units_url": _units_url(request, card),
        "grids": _grids(request, found, loads), "joins": len(found.joins), "by_hand": sum(j.by_id is not None for j in found.joins),
        "units": {"columns": [_("楼院"), _("网格"), _("户数"), _("相邻的")], "rows": _rows(request, card, found)},
    }  # fmt: skip
    return render(request, "web/redrawing_ground.html", context)


def _units_url(request: Request, card: PlaceCard) -> str:
    return reverse("redrawing-units", args=[card.id]) if rules.seat_for(request.actor, card, rules.DRAFTS) else ""


@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: Request, community: int, unit: int) -> HttpResponse:
    """What lies beside one unit; setting and cutting it."""
    card = place_of(request, community)
    found = queries.survey(card.id)
    mine = next((u for u in found.units if u.pk == unit), None)
    if mine is None:
        raise NotThere
    wrong: Refused | None = None
    if request.method == "POST":
        try:
            said = _changed(request, card, mine)
        except Refused as problem:
            wrong = problem
        else:
            return answering.done(request, reverse("redrawing-unit", args=[card.id, mine.pk]), said)
    beside = [_neighbour(request, found, j, mine) for j in found.joins if mine.pk in (j.one_id, j.other_id)]
    context = {
        "place": card.name, "unit": mine, "grid": request.town.name_of(found.grids.get(mine.pk)) or _("还没有网格"), "beside": beside,
        "add": _add(found, mine, {row["id"] for row in beside}, wrong, request), "back": reverse("redrawing-ground", args=[card.id]),
        "errors": [{"name": "other", "text": wrong.detail}] if wrong else [],
    }  # fmt: skip
    return render(request, "web/redrawing_unit.html", context, status=409 if wrong else 200)


def _changed(request: Request, card: PlaceCard, mine: Unit) -> str:
    """A sentence for what was done. Raises Refused, NotThere."""
    community, other, user = Place.objects.get(pk=card.id), whole(request.POST.get("other", "")), request.actor.user
    if other is None:
        raise Refused("missing", fields=["other"], detail=_("请选一个楼院。什么也没有改。"))
    if request.POST.get("do") == "cut":
        actions.cut_join(community=community, one=mine.pk, other=other, user=user, now=request.now)
        return _("记下了：它们不相邻。以后重新查找也不会再连上。")
    cost = next((price for price, _words in COSTS if str(price) == request.POST.get("cost")), -1.0)
    actions.set_join(community=community, one=mine.pk, other=other, cost=cost, user=user, now=request.now)
    return _("记下了：它们相邻。")


# ── as it is shown ──
def _even(found: graph.Ground | None) -> str:
    """How far the grids are from each other, in a sentence; empty where that cannot be told."""
    if found is None:
        return ""
    loads = graph.loads_of(found, found.today)
    most, least = max(loads) / found.mean - 1, 1 - min(loads) / found.mean
    if len(loads) == 1:
        return _("只有一个网格，{n} 户").format(n=loads[0])
    said = _("平均 {mean:.0f} 户；最多的多 {most:.0%}，最少的少 {least:.0%}").format(mean=found.mean, most=most, least=least)
    return said + (_("，都在 ±10% 以内") if max(most, least) <= graph.TOLERANCE else "")


def flow_of(found: graph.Ground | None) -> str:
    """What it would take to be even, or why it cannot be."""
    if found is None or len(found.grids) == 1:
        return ""
    try:
        graph.check(found)
        share = flows.flow_share(found, graph.TOLERANCE)
    except graph.Impossible as why:
        return said_of(found, str(why))
    if not share:
        return _("现在的网格已经均匀，不调整也可以。")
    return _("要把各网格都调到平均数的 ±10% 以内，估计要有 {n:.0f} 户（{share:.1%}）换网格。").format(n=share * found.total, share=share)


def said_of(found: graph.Ground, why: str) -> str:
    """The reason with names in the place of numbers in quotation marks."""
    units = {str(u.pk): u.name for u in Unit.objects.filter(pk__in=[int(n) for n in found.units])}
    grids = {str(p.pk): p.name for p in Place.objects.filter(pk__in=[int(n) for n in found.grids])}
    kind = grids if why.startswith("网格“") else units
    before, _mark, rest = why.partition("“")
    inside, mark, after = rest.partition("”")
    return f"{before}“{'、'.join(kind.get(n, n) for n in inside.split('、'))}”{after}" if mark else why


def _faults(request: Request, found: queries.Survey) -> list[str]:
    """What is missing before a plan can begin, a sentence each."""
    community = Place.objects.get(pk=found.units[0].community_id) if found.units else None
    outside = queries.outside(found, community) if community else []
    kinds = (
        (found.loose, _("还没有归网格：{names}。")), (found.weightless, _("没有户数：{names}。")),
        (found.unplaced, _("没有位置：{names}。相邻的楼院要手工填。")), (outside, _("位置不在本社区任何一个网格里：{names}。请核对坐标。")),
        (_alone(found), _("没有相邻的楼院：{names}。请点开补上。")),
    )  # fmt: skip
    return [said.format(names=_names(units)) for units, said in kinds if units]


def _alone(found: queries.Survey) -> list[Unit]:
    joined = {n for j in found.joins for n in (j.one_id, j.other_id)}
    return [u for u in found.units if u.pk not in joined] if len(found.units) > 1 else []


def _names(units: list[Unit]) -> str:
    named = "、".join(u.name for u in units[:NAMED])
    return _("{names}等 {n} 个").format(names=named, n=len(units)) if len(units) > NAMED else named


def _grids(request: Request, found: queries.Survey, loads: dict[str, int]) -> list[dict[str, Any]]:
    mean = sum(loads.values()) / len(loads) if loads else 0
    rows = []
    for n, grid in enumerate(sorted(set(found.grids.values()), key=lambda pk: request.town.places[pk].code), start=1):
        load = loads.get(str(grid))
        off = (load - mean) / mean if load is not None and mean else None
        said = "" if off is None else (_("多 {share:.0%}") if off > 0 else _("少 {share:.0%}")).format(share=abs(off))
        rows.append({
            "number": n, "name": request.town.name_of(grid), "units": sum(g == grid for g in found.grids.values()), "load": "—" if load is None else load,
            "off": said, "is_off": off is not None and abs(off) > graph.TOLERANCE,
        })  # fmt: skip
    return rows


def _rows(request: Request, card: PlaceCard, found: queries.Survey) -> list[dict[str, Any]]:
    near = [n for j in found.joins for n in (j.one_id, j.other_id)]
    return [
        {"cells": [
            {"text": u.name, "url": reverse("redrawing-unit", args=[card.id, u.pk])},
            {"text": request.town.name_of(found.grids.get(u.pk)) or "—", "label": _("网格")},
            {"text": str(u.households), "label": _("户数")}, {"text": str(near.count(u.pk)), "label": _("相邻的")},
        ]}
        for u in found.units
    ]  # fmt: skip


def _neighbour(request: Request, found: queries.Survey, join: Join, mine: Unit) -> dict[str, Any]:
    other = next(u for u in found.units if u.pk == (join.other_id if join.one_id == mine.pk else join.one_id))
    who = _("{name}改于{at}").format(name=join.by.name, at=words.moment(join.at, request.now)) if join.by else _("按位置找到的")
    costs = [{"value": str(price), "label": _(said), "on": price == join.cost} for price, said in COSTS]
    field = {"kind": "select", "name": "cost", "id": f"cost-{other.pk}", "label": _("中间是什么"), "choices": costs, "required": True}
    return {"id": other.pk, "name": other.name, "grid": request.town.name_of(found.grids.get(other.pk)), "who": who, "field": field}


def _add(found: queries.Survey, mine: Unit, beside: set[int], wrong: Refused | None, request: Request) -> list[dict[str, Any]]:
    rest = [u for u in found.units if u.pk != mine.pk and u.pk not in beside]
    other, cost = request.POST.get("other", ""), request.POST.get("cost", "1.0")
    choices = [{"value": u.pk, "label": u.name, "initials": u.initials, "on": str(u.pk) == other} for u in rest]
    costs = [{"value": str(price), "label": _(said), "on": str(price) == cost} for price, said in COSTS]
    return [
        {"kind": "select", "name": "other", "label": _("还和谁相邻"), "choices": choices, "blank": _("请选"), "required": True,
         "filter": _("输入名称或拼音首字母"), "error": wrong.detail if wrong else ""},
        {"kind": "radio-chips", "name": "cost", "label": _("中间是什么"), "choices": costs, "required": True},
    ] if rest else []  # fmt: skip
