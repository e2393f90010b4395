"""排查点: the list with when each was last seen, and the desk's forms. A change of rule begins tomorrow; what was before stays in the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.world import PlaceCard
from hawthorn.patrols import actions, kinds, queries
from hawthorn.patrols.models import Checkpoint, Look
from hawthorn.patrols.queries import Point
from hawthorn.patrols.rules import due, points
from hawthorn.web import answering, checkpoint_form, forms, patrol_words, words
from hawthorn.web.request import Request, whole
from hawthorn.web.rounds import grids_of, title_of, way_of

KEPT = ("grid", "post", "kind", "seen")
PAGE = 100
DESK = "由社区综合窗口、街道网格中心来设。"


# ── the list ──
@require_safe
def checkpoints(request: Request) -> HttpResponse:
    """Every point of my place: where, how often, when last seen and what was found."""
    found = narrowed(request)
    ids, on = [p.row.pk for p in found], local(request.now).date()
    seen = queries.last_seen(ids)
    shown = [p for p in found if _fits(request, p, seen, on)]
    start = (whole(request.GET.get("page", "")) or 1) - 1
    page = shown[start * PAGE : (start + 1) * PAGE]
    last = queries.last_looks([p.row.pk for p in page])
    figure = due.coverage([p.spot for p in found], on, seen)
    context = {
        "table": {"columns": [_("排查点"), _("多久看一次"), _("上次看")], "rows": [row(request, p, _newest(last, p)) for p in page]},
        "empty": {"title": _("没有这样的排查点。"), "words": _(DESK)}, "number": len(shown), "covered": figure,
        "filters": _filters(request), "grids": _grids(request), "kinds": _kinds(request, found), "may": bool(editable(request)), "what": "checkpoints",
        "pages": {
            "next": link(request, page=start + 2) if len(shown) > (start + 1) * PAGE else "", "first": link(request) if start else "",
            "words": _("本页 {n} 个").format(n=len(page)),
        },
    }  # fmt: skip
    return render(request, "web/checkpoints.html", context)


def narrowed(request: Request) -> list[Point]:
    """The points of a grid or a post where one is named, else of all places of the asker. Raises NotThere."""
    if request.GET.get("grid") or request.GET.get("post"):
        way = way_of(request)
        found = queries.in_place("grid", way.query["grid"]) if "grid" in way.query else way.found
        return queries.with_lines(found)
    places = [s for s in request.actor.seats if s.scope == "place" and s.level != "county"]
    if not places:
        return queries.with_lines(way_of(request).found)
    widest = max(places, key=lambda s: ("grid", "community", "subdistrict").index(s.level))
    if widest.level == "grid":
        many = Checkpoint.objects.filter(grid__in={s.place for s in places}, ended_on=None)
        return queries.with_lines(queries.in_order(many))
    return queries.with_lines(queries.in_place(widest.level, widest.place))


def fitting(request: Request) -> list[Point]:
    """All that the filters leave, however many."""
    found, on = narrowed(request), local(request.now).date()
    seen = queries.last_seen([p.row.pk for p in found])
    return [p for p in found if _fits(request, p, seen, on)]


def _fits(request: Request, point: Point, seen: Mapping[int, Any], on: Any) -> bool:
    get = request.GET
    if get.get("kind") and point.row.kind != get["kind"]:
        return False
    if get.get("seen") in ("0", "1"):
        return bool(due.coverage([point.spot], on, seen)[0]) == (get["seen"] == "1")
    return True


def _newest(last: Mapping[int, list[Look]], point: Point) -> Look | None:
    return last[point.row.pk][0] if point.row.pk in last else None


def row(request: Request, point: Point, last: Look | None) -> dict[str, Any]:
    """A line of the table."""
    today = local(request.now).date()
    line = point.spot.line(today)
    first = {"text": title_of(point), "url": reverse("checkpoint", args=[point.row.pk]), "small": request.town.name_of(point.row.grid_id)}
    return {"cells": [first, {"text": patrol_words.rule_words(line), "label": _("多久")}, patrol_words.last_cell(last, today)]}


def link(request: Request, **more: Any) -> str:
    """This list with other filters; what is empty is left out."""
    kept = {k: request.GET[k] for k in KEPT if request.GET.get(k)}
    wanted = {k: v for k, v in (kept | more).items() if v not in ("", None)}
    return f"?{urlencode(wanted)}" if wanted else request.path


def _filters(request: Request) -> list[dict[str, Any]]:
    chosen = request.GET.get("seen", "")
    rows = (("", _("全部")), ("0", _("7 天没看过")), ("1", _("7 天内看过")))
    return [{"label": label, "url": link(request, seen=code), "on": chosen == code} for code, label in rows]


def _grids(request: Request) -> list[dict[str, Any]]:
    chosen = request.GET.get("grid", "")
    found = [{"label": g.name, "url": link(request, grid="" if str(g.id) == chosen else g.id, post=""), "on": str(g.id) == chosen} for g in grids_of(request)]
    return found if len(found) > 1 else []


def _kinds(request: Request, found: list[Point]) -> list[dict[str, Any]]:
    chosen, number = request.GET.get("kind", ""), dict[str, int]()
    for p in found:
        number[p.row.kind] = number.get(p.row.kind, 0) + 1
    return [
        {"label": f"{kinds.name_of(code)} {n}", "url": link(request, kind="" if code == chosen else code), "on": code == chosen}
        for code, n in sorted(number.items(), key=lambda pair: -pair[1])
    ]


# ── one ──
def editable(request: Request) -> list[PlaceCard]:
    """The grids whose points the asker may change, by code."""
    grids = [p for p in request.town.places.values() if p.level == "grid" and points.editor(request.actor, p) is not None]
    return sorted(grids, key=lambda p: p.code)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A new one: first what kind, then where and how often, with what is usual for the kind filled in."""
    grids = editable(request)
    if not grids:
        raise NotThere
    said = checkpoint_form.typed(request.POST) if request.method == "POST" else _begun(request)
    wrong: Exception | None = None
    if request.method == "POST":
        try:
            point = actions.add(checkpoint_form.wanted(said), actor=request.actor, town=request.town, now=request.now)
        except (Refused, WrongType) as problem:
            wrong = problem
        else:
            return answering.done(request, reverse("checkpoints") + f"?grid={point.row.grid_id}", _("加好了：{what}。").format(what=title_of(point)))
    return _form(request, said, wrong, grids, None)


def _begun(request: Request) -> checkpoint_form.Said:
    code = request.GET.get("kind", "")
    return checkpoint_form.of_kind(code, whole(request.GET.get("grid", ""))) if code in kinds.kinds() else {}


def _form(request: Request, said: checkpoint_form.Said, wrong: Exception | None, grids: list[PlaceCard], point: Point | None) -> HttpResponse:
    problems = forms.problems(wrong)
    drawn = checkpoint_form.fields(request, said, grids, problems, is_new=point is None) if said else []
    chosen = said.get("kind", "")
    context = {
        "title": title_of(point) if point else _("加一个排查点"), "fields": drawn, "errors": forms.summary(drawn, wrong), "kind": chosen,
        "kind_name": kinds.name_of(chosen) if chosen else "", "draft": f"checkpoint-{point.row.pk if point else 'new'}",
        "kinds": [{"label": k.name, "url": f"?{urlencode({'kind': k.code} | _of_grid(request))}", "on": k.code == chosen} for k in kinds.kinds().values()],
    } | (_told(request, point) if point else {})  # fmt: skip
    return render(request, "web/checkpoint.html", context, status=409 if wrong else 200)


def _of_grid(request: Request) -> dict[str, str]:
    return {"grid": request.GET["grid"]} if request.GET.get("grid") else {}


@require_http_methods(["GET", "HEAD", "POST"])
def checkpoint(request: Request, checkpoint: int) -> HttpResponse:
    """Its rules as they were, what was found there; for the desk the form to change or end it."""
    point = queries.get_visible(checkpoint, actor=request.actor, town=request.town)
    place = request.town.places[point.row.grid_id]
    if request.method == "POST":
        return _changed(request, point, place)
    said = checkpoint_form.of_point(point) if points.editor(request.actor, place) and point.row.ended_on is None else {}
    return _form(request, said, None, [place], point)


def _changed(request: Request, point: Point, place: PlaceCard) -> HttpResponse:
    if request.POST.get("do") == "end":
        actions.end(point, actor=request.actor, town=request.town, now=request.now)
        return answering.done(request, reverse("checkpoints") + f"?grid={place.id}", _("这个点停了：{what}。以前的记录还在。").format(what=title_of(point)))
    said = checkpoint_form.typed(request.POST)
    try:
        actions.change(point, checkpoint_form.wanted(said), actor=request.actor, town=request.town, now=request.now)
    except WrongType as wrong:
        return _form(request, said, wrong, [place], point)
    return answering.done(request, reverse("checkpoint", args=[point.row.pk]), _("改好了。改了多久看一次的，从明天起算。"))


def _told(request: Request, point: Point) -> dict[str, Any]:
    """What has been: the rules one after another, and the newest looks with what became of them."""
    today, row = local(request.now).date(), point.row
    lines = [
        {"words": patrol_words.rule_words(line), "from": words.day(line.from_on, today), "until": words.day(line.until, today) if line.until else "",
         "on": line is point.spot.line(today)}
        for line in reversed(point.spot.lines)
    ]  # fmt: skip
    looks = [
        {"on": words.day(look.on, today), "tag": patrol_words.look_tag(look), "url": reverse("item", args=[look.matter_id]) if look.matter_id else ""}
        for look in queries.history(row.pk)
    ]
    keeper = request.town.posts.get(row.keeper_id or 0)
    return {
        "point": str(row.pk), "place": request.town.name_of(row.grid_id), "items": row.items, "lines": lines, "looks": looks,
        "keeper": keeper.name if keeper else "",
        "ended": words.day(row.ended_on, today) if row.ended_on else "", "list_url": f"{reverse('checkpoints')}?grid={row.grid_id}",
    }  # fmt: skip
