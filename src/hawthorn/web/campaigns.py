"""专项排查: the desk opens one over kinds of points, over doors, or the alert before rain; how much of it was seen, by grid."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, WrongType
from hawthorn.patrols import actions, campaign_actions, campaign_queries, kinds, queries, visit_queries
from hawthorn.patrols.models import Campaign
from hawthorn.patrols.queries import Point
from hawthorn.patrols.rules import campaigns as rules
from hawthorn.patrols.rules.campaigns import Opened
from hawthorn.patrols.rules.due import DAILY, EACH, PURPOSES, RAIN, SPECIAL, Spot
from hawthorn.web import answering, forms, views, words
from hawthorn.web.request import Request, whole
from hawthorn.web.rounds import title_of

MOST, SHOWN = 60, 400


@require_http_methods(["GET", "HEAD", "POST"])
def campaigns(request: Request) -> HttpResponse:
    """Those that run, those that come, those that were; the desk opens another below."""
    if not campaign_queries.subdistricts(request.actor, request.town):
        raise NotThere
    wrong: Exception | None = None
    if request.method == "POST":
        try:
            key = actions.key_of(request.POST.get("key", ""))
            made = campaign_actions.start(_wanted(request), key=key, actor=request.actor, town=request.town, now=request.now)
        except WrongType as problem:
            wrong = problem
        else:
            return answering.done(request, reverse("campaign", args=[made.pk]), _("开好了：{name}。从开始那天起列进今日排查。").format(name=made.name))
    may = rules.opener(request.actor) is not None
    drawn = _fields(request, forms.problems(wrong)) if may else []
    found = list(campaign_queries.listed(request.actor, request.town)[:MOST])
    context = {
        "rows": [_line(c, request) for c in found], "fields": drawn, "errors": forms.summary(drawn, wrong), "key": forms.key_again(request, wrong),
    }  # fmt: skip
    return render(request, "web/campaigns.html", context, status=422 if wrong else 200)


def _line(c: Campaign, request: Request) -> dict[str, Any]:
    today = local(request.now).date()
    state = (_("还没开始"), "level") if c.from_on > today else (_("正在看"), "good") if c.last_on >= today else (_("结束了"), "")
    if c.ended_early:
        state = (_("提前停了"), "")
    return {
        "name": c.name, "url": reverse("campaign", args=[c.pk]), "tag": {"text": state[0], "kind": state[1]}, "what": what(c),
        "days": f"{words.day(c.from_on, today)} – {words.day(c.last_on, today)}", "on": c.from_on <= today <= c.last_on,
    }  # fmt: skip


def what(c: Campaign) -> str:
    """What it asks for, in words."""
    if c.over == "doors":
        return _("入户走访，看门户")
    if c.purpose == RAIN:
        return _("下雨前要看的点")
    return "、".join([*(kinds.name_of(code) for code in c.kinds), *([_("选定的 {n} 个点").format(n=len(c.chosen))] if c.chosen else [])])


def _wanted(request: Request) -> Opened:
    post = request.POST
    return Opened(
        post.get("name", "").strip(), RAIN if post.get("what") == RAIN else SPECIAL, "doors" if post.get("what") == "doors" else "points",
        post.get("each", DAILY), tuple(post.getlist("kinds")), tuple(n for v in post.getlist("grids") if (n := whole(v))),
        views.day_of(post.get("from_on", "")), views.day_of(post.get("last_on", "")), tuple(n for v in post.getlist("chosen") if (n := whole(v))),
    )  # fmt: skip


def _fields(request: Request, wrong: dict[str, str]) -> list[dict[str, Any]]:
    post, seat = request.POST, rules.opener(request.actor)
    assert seat is not None
    over = {SPECIAL: PURPOSES[SPECIAL], RAIN: PURPOSES[RAIN], "doors": rules.OVER["doors"]}
    chips = [{"value": code, "label": _(label), "on": code == post.get("what", SPECIAL)} for code, label in over.items()]
    each = [{"value": code, "label": _(label), "on": code == post.get("each", DAILY)} for code, label in EACH.items()]
    of = [{"value": k.code, "label": k.name, "on": k.code in post.getlist("kinds")} for k in kinds.kinds().values()]
    places = sorted((p for p in request.town.places.values() if p.level == "grid" and p.subdistrict == seat.place), key=lambda p: p.code)
    grids = [{"value": str(p.id), "label": p.name, "on": str(p.id) in post.getlist("grids")} for p in places]
    today = local(request.now).date().isoformat()
    drawn: list[dict[str, Any]] = [
        {
            "kind": "text",
            "name": "name",
            "label": _("名称"),
            "required": True,
            "max_length": 40,
            "value": post.get("name", ""),
            "placeholder": _("比如：汛前排查"),
        },
        {"kind": "radio-chips", "name": "what", "label": _("看什么"), "choices": chips, "required": True, "error": wrong.get("purpose", "")},
        {"kind": "radio-chips", "name": "kinds", "label": _("哪些种类的点（专项排查选）"), "choices": of, "many": True},
        _chosen(request, seat.place),
        {"kind": "radio-chips", "name": "each", "label": _("看几次"), "choices": each, "required": True},
        {"kind": "date", "name": "from_on", "label": _("从哪天"), "required": True, "value": post.get("from_on", today)},
        {"kind": "date", "name": "last_on", "label": _("到哪天"), "required": True, "value": post.get("last_on", "")},
        {"kind": "radio-chips", "name": "grids", "label": _("哪些网格"), "help": _("都不选就是全街道。"), "choices": grids, "many": True},
    ]
    return [f | {"error": f.get("error") or wrong.get(f["name"], "")} for f in drawn]


def _chosen(request: Request, street: int) -> dict[str, Any]:
    """Single points besides the kinds."""
    rows = list(queries.in_place("subdistrict", street)[:SHOWN])
    named = [(str(row.pk), f"{request.town.name_of(row.grid_id)} {title_of(Point(row, Spot(row.pk, row.kind, row.grid_id)))}") for row in rows]
    choices = [{"value": pk, "label": label, "on": pk in request.POST.getlist("chosen")} for pk, label in named]
    return {"kind": "multiselect", "name": "chosen", "label": _("另外选定的点"), "choices": choices, "filter": _("输入几个字来找")}


@require_http_methods(["GET", "HEAD", "POST"])
def campaign(request: Request, campaign: int) -> HttpResponse:
    """How much of it was seen, by grid; the desk can end it early."""
    found = campaign_queries.get_visible(campaign, actor=request.actor, town=request.town)
    if request.method == "POST":
        campaign_actions.end(found, actor=request.actor, now=request.now)
        return answering.done(request, reverse("campaign", args=[found.pk]), _("停了：{name}。看过的都留着。").format(name=found.name))
    shares = _shares(request, found)
    rows = [
        {"cells": [{"text": request.town.name_of(s.grid), "url": _grid_url(found, s.grid)}, {"text": f"{s.seen}/{s.number}", "label": _("看过")}]}
        for s in shares
    ]
    context = {
        "one": _line(found, request), "seen": sum(s.seen for s in shares), "number": sum(s.number for s in shares),
        "table": {"columns": [_("网格"), _("看过")], "rows": rows}, "each": _(EACH[found.each]),
        "may": rules.opener(request.actor) is not None and found.last_on >= local(request.now).date(),
    }  # fmt: skip
    return render(request, "web/campaign.html", context)


def _shares(request: Request, found: Campaign) -> list[campaign_queries.Share]:
    """Of points, or of doors visited within its days."""
    if found.over == "points":
        return campaign_queries.shares(found, _as_of(found, local(request.now).date()))
    here = sorted((p for p in request.town.places.values() if p.level == "grid" and p.subdistrict == found.subdistrict_id), key=lambda p: p.code)
    grids = [p.id for p in here if not found.grids or p.id in found.grids]
    return visit_queries.shares_between(grids, found.from_on, found.last_on + timedelta(days=1))


def _as_of(found: Campaign, today: date) -> date:
    return min(today, max(found.last_on, found.from_on))


def _grid_url(found: Campaign, grid: int) -> str:
    if found.over == "doors":
        return f"{reverse('visits')}?grid={grid}"
    one = f"&kind={found.kinds[0]}" if len(found.kinds) == 1 else ""
    return f"{reverse('checkpoints')}?grid={grid}{one}"
