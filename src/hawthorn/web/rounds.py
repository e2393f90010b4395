"""今日排查: what is due today in walking order; 正常, 有问题 or 没看成 in one press each. Figures are of points, never of persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.matters.rules.needs import Report
from hawthorn.patrols import actions, kinds, queries
from hawthorn.patrols.models import Checkpoint
from hawthorn.patrols.queries import Point, Round
from hawthorn.patrols.rules import points
from hawthorn.patrols.rules.due import Due
from hawthorn.web import answering, capture, forms, patrol_words, uploads, views, words
from hawthorn.web.middleware import kept
from hawthorn.web.request import Request, asking_of, whole

SHOWN = 30  # on a phone's page; the others come as these are done


@dataclass(frozen=True)
class Way:
    """Whose points are walked: a grid's, or those one post keeps; `may`: is it the asker's own to walk."""

    name: str
    found: QuerySet[Checkpoint]
    query: dict[str, int]
    may: bool

    def url(self, page: str) -> str:
        """A page of this way."""
        return f"{reverse(page)}?{urlencode(self.query)}"


def may_open(request: Request) -> bool:
    """Has the asker points to walk or to read."""
    if any(s.scope == "place" and s.level != "county" for s in request.actor.seats):
        return True
    kept = [s.post for s in request.actor.seats if s.scope != "place" and s.post]
    return bool(kept) and Checkpoint.objects.filter(keeper__in=kept, ended_on=None).exists()


def way_of(request: Request) -> Way:
    """?grid=, ?post=, else the asker's first own grid, else what their post keeps, else the first grid of their place. Raises NotThere."""
    post = whole(request.GET.get("post", "") or request.POST.get("post", ""))
    if post is not None:
        return _kept(request, post)
    chosen = whole(request.GET.get("grid", "") or request.POST.get("grid", ""))
    if chosen is not None:
        return _grid(request, chosen)
    if grids := [s for s in request.actor.seats if s.level == "grid" and s.post]:
        return _grid(request, next((s for s in grids if not s.acting), grids[0]).place)
    for seat in request.actor.seats:
        if seat.scope != "place" and queries.kept_by(seat.post).exists():
            return _kept(request, seat.post)
    own = grids_of(request)
    if not own:
        raise NotThere
    return _grid(request, own[0].id)


def grids_of(request: Request) -> list[Any]:
    """The grids whose points the asker may read, by code."""
    places = {(s.level, s.place) for s in request.actor.seats if s.scope == "place" and s.level != "county"}
    return sorted((p for p in request.town.places.values() if p.level == "grid" and any(p.at(level) == at for level, at in places)), key=lambda p: p.code)


def _grid(request: Request, grid: int) -> Way:
    card = request.town.places.get(grid)
    if card is None or card.level != "grid" or not any(points.seat_sees(s, card, None) for s in request.actor.seats):
        raise NotThere
    return Way(card.name, queries.in_place("grid", grid).filter(keeper=None), {"grid": grid}, points.looker(request.actor, grid, None) is not None)


def _kept(request: Request, post: int) -> Way:
    card = request.town.posts.get(post)
    place = request.town.places.get(card.place) if card else None
    if card is None or place is None or not any(points.seat_sees(s, place, post) for s in request.actor.seats):
        raise NotThere
    return Way(card.name, queries.kept_by(post), {"post": post}, any(s.post == post for s in request.actor.seats))


# ── the page ──
@kept
@require_safe
def rounds(request: Request) -> HttpResponse:
    """Today's points, those still to be seen first."""
    way = way_of(request)
    today = queries.round_of(way.found, request.town, request.now)
    todo, seen = _split(today)
    context = {
        "name": way.name, "date": words.today_words(request.now), "may": way.may, "ways": _ways(request, way),
        "todo": [_line(request, way, today, d) for d in todo[:SHOWN]], "more": max(0, len(todo) - SHOWN), "seen": [_seen(request, today, d) for d in seen],
        "number": len(today.due), "done": sum(today.looks[d.point].result != points.SKIPPED for d in seen),
        "rest_url": way.url("rounds-rest") if way.may and len(todo) > 1 else "",
        "print_url": way.url("rounds-print"), "back": [{"name": k, "value": v} for k, v in _hidden(request, way)],
        "reasons": [(code, _(label)) for code, label in points.REASONS.items()], "empty": _empty(request, today),
    } | covered(way, today.covered)  # fmt: skip
    return render(request, "web/rounds.html", context)


def _hidden(request: Request, way: Way) -> list[tuple[str, str]]:
    """What the forms of a round carry: whose points, and the day of the page."""
    return [*((name, str(value)) for name, value in way.query.items()), ("on", local(request.now).date().isoformat())]


def covered(way: Way, figure: tuple[int, int]) -> dict[str, Any]:
    """“7 天内看过 38/41”, each number with the list of what it counts."""
    query = urlencode(way.query)
    page = reverse("checkpoints")
    return {"covered": {"seen": figure[0], "number": figure[1], "seen_url": f"{page}?{query}&seen=1", "number_url": f"{page}?{query}"}}


def _split(today: Round) -> tuple[list[Due], list[Due]]:
    todo = [d for d in today.due if d.point not in today.looks]
    return todo, [d for d in today.due if d.point in today.looks]


def _ways(request: Request, way: Way) -> list[dict[str, Any]]:
    """The other grids one may look at, and what one's own posts keep; nothing where there is only one."""
    found = [{"label": g.name, "url": f"{reverse('rounds')}?grid={g.id}", "on": way.query.get("grid") == g.id} for g in grids_of(request)]
    return found if len(found) > 1 else []


def _line(request: Request, way: Way, today: Round, due: Due) -> dict[str, Any]:
    point, on = today.points[due.point], local(request.now).date()
    campaigns = [{"text": today.drives[n].name, "kind": "level"} for n in due.campaigns if n in today.drives]
    late = patrol_words.since_tag(due.since, on) if not due.campaigns else None
    return {
        "id": str(point.row.pk), "what": title_of(point), "items": point.row.items, "tags": [*campaigns, *([late] if late else [])],
        "url": reverse("checkpoint", args=[point.row.pk]), "problem_url": reverse("rounds-problem", args=[point.row.pk]), "key": forms.new_key(),
        "number": str(point.row.sort or ""),
    }  # fmt: skip


def _seen(request: Request, today: Round, due: Due) -> dict[str, Any]:
    look, point = today.looks[due.point], today.points[due.point]
    url = reverse("item", args=[look.matter_id]) if look.matter_id else reverse("checkpoint", args=[point.row.pk])
    again = reverse("rounds-problem", args=[point.row.pk]) if look.result == points.SKIPPED else ""
    return {"id": str(point.row.pk), "what": title_of(point), "url": url, "tag": patrol_words.look_tag(look), "again": again, "key": forms.new_key()}


def title_of(point: Point) -> str:
    """“消防通道 · 3 号楼 东门”."""
    return f"{kinds.name_of(point.row.kind)} · {point.where}".rstrip(" ·")


def _empty(request: Request, today: Round) -> dict[str, Any]:
    if today.points:
        return {"title": _("今天没有要看的点。"), "words": _("路上看到什么，随手记下来。"), "url": reverse("capture"), "label": _("随手记")}
    return {
        "title": _("这里还没有排查点。"),
        "words": _("排查点由社区综合窗口和街道网格中心来设。"),
        "url": reverse("checkpoints"),
        "label": _("看排查点"),
        "plain": True,
    }


# ── one press ──
@require_POST
def look(request: Request) -> HttpResponse:
    """正常, or a reason why it could not be seen."""
    point = _named(request)
    result = request.POST.get("result", "")
    if result not in (points.FINE, points.SKIPPED):
        raise Refused("missing", ["result"], _("没有记：请按“正常”或者“没看成”。"))
    reason = request.POST.get("reason", "") if result == points.SKIPPED else ""
    answer = actions.look(
        point, result, reason, key=actions.key_of(request.POST.get("key", "")), actor=request.actor, now=request.now,
        on=views.day_of(request.POST.get("on", "")),
    )  # fmt: skip
    return answering.done(request, back_to(request), f"{title_of(point)}：{patrol_words.look_tag(answer.look)['text']}")


def _named(request: Request) -> Point:
    return queries.get_visible(whole(request.POST.get("checkpoint", "")) or 0, actor=request.actor, town=request.town)


def back_to(request: Request) -> str:
    """The round a form came from."""
    kept = {name: request.POST[name] for name in ("grid", "post") if whole(request.POST.get(name, ""))}
    return reverse("rounds") + (f"?{urlencode(kept)}" if kept else "")


@kept
@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: Request, checkpoint: int) -> HttpResponse:
    """有问题: one field; place, category and channel are known. The look and its matter are written together."""
    point = queries.get_visible(checkpoint, actor=request.actor, town=request.town)
    if request.method != "POST":
        actions.looker(point, request.actor)
        return _problem_form(request, point, {}, None)
    raw, ids = {"words": request.POST.get("words", "").strip()}, list[int]()
    try:
        key = actions.key_of(request.POST.get("key", ""))
        capture.no_numbers(request, raw["words"])
        ids = uploads.take(request)
        given = raw | ({"files": ids} if ids else {})
        on = views.day_of(request.POST.get("on", ""))
        actions.find(point, given, key=key, actor=request.actor, town=request.town, now=request.now, door="page", on=on)
    except (Refused, WrongType) as wrong:
        return _problem_form(request, point, raw, wrong, ids)
    return answering.done(request, back_to(request), _("记下了，已经转成一件事项：{what}。").format(what=title_of(point)))


def _problem_form(request: Request, point: Point, raw: dict[str, Any], wrong: Exception | None, ids: list[int] | None = None) -> HttpResponse:
    left = uploads.unused(ids or [])
    drawn = {f["name"]: f for f in forms.draw(Report, asking_of(request), raw, wrong, only=("words", "files"))}
    drawn["words"] |= {"label": _("哪里不对"), "autofocus": wrong is None, "rows": 3}
    context = {
        "title": title_of(point), "place": request.town.name_of(point.row.grid_id), "items": point.row.items, "words": drawn["words"], "files": drawn["files"],
        "errors": forms.summary(list(drawn.values()), wrong), "key": forms.key_again(request, wrong), "kept": uploads.ticket(left), "kept_number": len(left),
        "sure": capture.asks_sure(raw, wrong), "draft": f"look-{point.row.pk}", "back": reverse("rounds"), "grid": str(point.row.grid_id),
        "on": local(request.now).date().isoformat(), "action": reverse("rounds-problem", args=[point.row.pk]),
    }  # fmt: skip
    status = 200 if wrong is None else STATUS.get(wrong.code if isinstance(wrong, Refused) else "wrong_type", 409)
    return render(request, "web/rounds_problem.html", context, status=status)


@kept
@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: Request) -> HttpResponse:
    """其余都正常: first the list of what that would be, then one press for all of it."""
    way = way_of(request)
    if not way.may:
        raise Refused("not_yours", detail=_("这个点由网格的岗位（或者指定的岗位）来看。您可以看记录。"))
    today = queries.round_of(way.found, request.town, request.now)
    todo = [d.point for d in _split(today)[0]]
    if request.method != "POST":
        many = [{"id": str(n), "what": title_of(today.points[n])} for n in todo]
        context = {"many": many, "key": forms.new_key(), "back": way.url("rounds"), "name": way.name}
        return render(request, "web/rounds_rest.html", context | {"fields": _hidden(request, way)})
    named = {whole(said) for said in request.POST.getlist("checkpoint")}
    many_points = [today.points[d.point] for d in today.due if d.point in named]
    on = views.day_of(request.POST.get("on", ""))
    taken = actions.rest_fine(many_points, key=actions.key_of(request.POST.get("key", "")), actor=request.actor, now=request.now, on=on)
    return answering.done(request, way.url("rounds"), _("记下了：{n} 个点正常。").format(n=taken))


@require_safe
def sheet(request: Request) -> HttpResponse:
    """排查单 on A4: today's points with boxes to tick and a line to write on."""
    way = way_of(request)
    today = queries.round_of(way.found, request.town, request.now)
    rows = [
        {"number": n, "what": title_of(p := today.points[d.point]), "items": p.row.items, "tag": (patrol_words.since_tag(d.since, local(request.now).date()))}
        for n, d in enumerate(today.due, start=1)
    ]
    context = {
        "name": way.name, "date": words.stamp(request.now).split(" ")[0], "rows": rows, "back": way.url("rounds"),
        "printed": words.stamp(request.now), "printed_by": request.user.name,
    }  # fmt: skip
    return render(request, "web/rounds_print.html", context)
