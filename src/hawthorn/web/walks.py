"""走访、现场办公: a leader or cadre opens a walk of their own; what was brought back are matters. Listed by day and place, not by person."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.loops.models import Item
from hawthorn.matters.rules.needs import Report
from hawthorn.patrols import actions, visit_actions, visit_queries
from hawthorn.patrols.models import Walk
from hawthorn.patrols.rules import visits as rules
from hawthorn.web import answering, capture, forms, rows, uploads, views, words
from hawthorn.web.middleware import kept
from hawthorn.web.request import Request, asking_of, whole
from hawthorn.web.rounds import grids_of

MOST = 60


@require_http_methods(["GET", "HEAD", "POST"])
def walks(request: Request) -> HttpResponse:
    """The walks in my place; opening one."""
    grids = grids_of(request)
    if not grids:
        raise NotThere
    own = [g for g in grids if rules.walker(request.actor, g) is not None]
    wrong: Exception | None = None
    if request.method == "POST":
        try:
            made = _opened(request)
        except (Refused, WrongType) as problem:
            wrong = problem
        else:
            return answering.done(request, reverse("walk", args=[made.pk]), _("开好了。听到什么、看到什么，一件一件记在这里。"))
    found = list(visit_queries.walks(request.actor, request.town)[:MOST])
    back = visit_queries.brought_back(found)
    drawn = _fields(request, own, forms.problems(wrong)) if own else []
    context = {
        "rows": [_line(request, w, back[w.pk]) for w in found], "fields": drawn, "errors": forms.summary(drawn, wrong), "key": forms.key_again(request, wrong),
    }  # fmt: skip
    return render(request, "web/walks.html", context, status=409 if wrong else 200)


def _opened(request: Request) -> Walk:
    on = views.day_of(request.POST.get("on", ""))
    if on is None:
        raise Refused("missing", ["on"])
    key = actions.key_of(request.POST.get("key", ""))
    return visit_actions.open_walk(whole(request.POST.get("grid", "")) or 0, on, key=key, actor=request.actor, town=request.town, now=request.now)


def _line(request: Request, walk: Walk, back: list[Item]) -> dict[str, Any]:
    on = local(request.now).date()
    ended = sum(1 for item in back if not item.open)
    said = _("带回 {n} 件，办完 {m} 件").format(n=len(back), m=ended) if back else _("没有带回事项")
    return {"day": words.day(walk.on, on), "grid": request.town.name_of(walk.grid_id), "said": said, "url": reverse("walk", args=[walk.pk])}


def _fields(request: Request, grids: list[Any], wrong: dict[str, str]) -> list[dict[str, Any]]:
    chosen = request.POST.get("grid", "")
    choices = [{"value": str(g.id), "label": f"{request.town.name_of(g.community)} {g.name}", "on": str(g.id) == chosen} for g in grids]
    today = local(request.now).date().isoformat()
    drawn: list[dict[str, Any]] = [
        {"kind": "select", "name": "grid", "label": _("去哪个网格"), "choices": choices, "required": True},
        {"kind": "date", "name": "on", "label": _("哪一天"), "required": True, "value": request.POST.get("on", today)},
    ]
    return [f | {"error": wrong.get(f["name"], "")} for f in drawn]


@kept
@require_http_methods(["GET", "HEAD", "POST"])
def walk(request: Request, walk: int) -> HttpResponse:
    """What was brought back, and where it stands; whoever opened it adds to it."""
    found = visit_queries.get_walk(walk, actor=request.actor, town=request.town)
    if request.method != "POST":
        return _page(request, found, {}, None)
    raw = {name: request.POST.get(name, "").strip() for name in ("words", "unit") if request.POST.get(name, "").strip()}
    ids: list[int] = []
    try:
        key = actions.key_of(request.POST.get("key", ""))
        capture.no_numbers(request, raw.get("words", ""))
        ids = uploads.take(request)
        given = raw | ({"files": ids} if ids else {})
        answer = visit_actions.bring_back(found, given, key=key, actor=request.actor, town=request.town, now=request.now, door="page")
    except (Refused, WrongType) as problem:
        return _page(request, found, raw, problem, ids)
    said = _("记下了，编号 {receipt}。").format(receipt=words.receipt(answer.receipt))
    return answering.done(request, reverse("walk", args=[found.pk]), said)


def _page(request: Request, found: Walk, raw: dict[str, Any], wrong: Exception | None, ids: list[int] | None = None) -> HttpResponse:
    left, may = uploads.unused(ids or []), any(s.post == found.post_id for s in request.actor.seats)
    drawn = {f["name"]: f for f in forms.draw(Report, asking_of(request), raw, wrong, only=("words", "files"))}
    drawn["words"] |= {"rows": 3, "autofocus": wrong is None and may}
    place = capture.chips_of(found.grid_id, raw.get("unit"), wrong)
    back = rows.in_sight(visit_queries.brought_back([found])[found.pk], request)
    said = rows.snippets(back)
    context = {
        "one": _line(request, found, back), "table": {
            "columns": [_("事项"), _("地点"), _("状态"), _("负责"), _("期限")], "rows": [rows.line(i, request, said.get(i.pk, ""), None) for i in back],
        },
        "fields": [drawn["words"], *([place] if place else [])] if may else [], "files": drawn["files"], "errors": forms.summary([*drawn.values()], wrong),
        "key": forms.key_again(request, wrong), "kept": uploads.ticket(left), "kept_number": len(left), "sure": capture.asks_sure(raw, wrong),
        "draft": f"walk-{found.pk}", "post": request.town.posts[found.post_id].name if found.post_id in request.town.posts else "",
    }  # fmt: skip
    status = 200 if wrong is None else STATUS.get(wrong.code if isinstance(wrong, Refused) else "wrong_type", 409)
    return render(request, "web/walk.html", context, status=status)
