"""一个岗位: who holds it and held it, its stand-ins, what is open in its hands; and, for those who decide about it, appointing and ending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.handovers import queries as handovers
from hawthorn.handovers.actions import posts as actions
from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import PostCard
from hawthorn.loops.models import Item
from hawthorn.loops.queries import HIDES_NOTHING
from hawthorn.teams import queries, rules
from hawthorn.teams.models import Holding, StandIn
from hawthorn.web import answering, forms, rows, team, words
from hawthorn.web.request import Request, is_near, whole

MANY = 16
SAID = {
    "appoint": "任命好了。",
    "replaced": "任命好了，原来的人到时卸任。交接单在“缺岗和交接”里；日子还远的，到前一周再开。",
    "end": "记好了。到时候权限就没有了，系统会开交接单。",
    "stand_in": "B角定好了。",
    "end_stand_in": "记好了。",
    "name": "改好了，公开页面上写姓名。",
    "unname": "改好了，公开页面上不写姓名。",
}


@require_http_methods(["GET", "HEAD", "POST"])
def post(request: Request, post: int) -> HttpResponse:
    """One post. POST: appoint, end, stand in, end a stand-in."""
    card = post_of(request, post)
    wrong: Exception | None = None
    if request.method == "POST":
        try:
            said = _do(request, card)
            return answering.done(request, reverse("post", args=[card.id]), _(SAID[said]))
        except (Refused, WrongType) as problem:
            if isinstance(problem, Refused) and not problem.fields:
                raise
            wrong = problem
    context = {
        "card": card, "place": request.town.name_of(card.place), "line": team.line(request, card), "open": in_hands([card.id], request).get(card.id, []),
        "spans": _spans(request, card),
        "running": running(request, [card.id]), "team_url": f"{reverse('team')}?{urlencode({'at': card.place})}",
    } | _forms(request, card, wrong)  # fmt: skip
    status = 200 if wrong is None else STATUS.get(wrong.code if isinstance(wrong, Refused) else "wrong_type", 409)
    return render(request, "web/team_post.html", context, status=status)


def post_of(request: Request, post: int) -> PostCard:
    """A living post of my place. Raises NotThere."""
    seat, card = team.team_seat(request), request.town.posts.get(post)
    if seat is None or card is None or card.until is not None:
        raise NotThere
    sees = seat.scope == "place" or seat.kind == "county_admin"
    if not (sees and request.town.places[card.place].at(seat.level) == seat.place) and card.id not in {s.post for s in request.actor.seats}:
        raise NotThere
    return card


# ── what is there ──
def in_hands(posts: Collection[int], request: Request) -> dict[int, list[dict[str, Any]]]:
    """What is open in the hands of posts, by kind; kinds that are hidden from some are not even counted. One statement."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for post, loop, n in Item.objects.filter(open=True, holder__in=list(posts)).values_list("holder", "loop").annotate(n=Count("id")).order_by("-n", "loop"):
        if loop in LOOPS and LOOPS[loop].hides is HIDES_NOTHING:
            found[post or 0].append({"label": words.kind_of(loop, request), "n": n, "url": f"{reverse(loop)}?{urlencode({'holder': post})}"})
    return found


def running(request: Request, posts: Collection[int]) -> list[dict[str, Any]]:
    """The vacancies and handovers of posts that are open, as far as the asker sees them."""
    found = rows.in_sight(handovers.running(posts), request)
    return [
        {"what": i.title, "url": reverse("item", args=[i.pk]), "stage": _(LOOPS[i.loop].stages[i.stage].label), "tag": words.due_tag(i, request.now)}
        for i in found
    ]


def _spans(request: Request, card: PostCard) -> dict[str, list[dict[str, Any]]]:
    """Holders and stand-ins: those of now, those to come, those that were. Two statements."""
    may = rules.manager(request.actor, card, request.town) is not None
    rows = [_span(request, h, "", may) for h in queries.holdings(card.id)] + [_span(request, s, _("B角"), may) for s in queries.stand_ins(card.id)]
    return {state: [r for r in rows if r["state"] == state] for state in ("now", "soon", "over")}


def _span(request: Request, span: Holding | StandIn, note: str, may: bool) -> dict[str, Any]:
    now = request.now
    is_over = span.to_at is not None and span.to_at <= now
    state = "over" if is_over else "soon" if span.from_at > now else "now"
    until = words.moment(span.to_at, now) if span.to_at else ""
    is_leave = isinstance(span, StandIn) and span.leave_id is not None
    return {
        "by": span.by.name if span.by else "", "ended_by": span.ended_by.name if span.ended_by and until else "",
        "id": span.pk, "name": span.user.name, "note": note, "from": words.moment(span.from_at, now), "to": until, "state": state, "leave": is_leave,
        "do": "end_stand_in" if isinstance(span, StandIn) else "end", "may_end": may and not is_over and not is_leave,
        "shows_name": isinstance(span, Holding) and span.shows_name,
        "may_name": isinstance(span, Holding) and not is_over and (may or span.user_id == request.actor.user),
    }  # fmt: skip


# ── what is done ──
def _do(request: Request, card: PostCard) -> str:
    """One write; what was done. Raises NotThere, Refused, WrongType."""
    data, do = request.POST, request.POST.get("do", "")
    common: dict[str, Any] = {"actor": request.actor, "town": request.town, "now": request.now}
    if do in ("appoint", "stand_in"):
        user = whole(data.get("user", ""))
        if user is None:
            raise Refused("missing", ["user"])
        if do == "appoint":
            common |= {"replaces": "replaces" in data, "shows_name": "shows_name" in data}
            actions.appoint(card.id, user, from_at=when(request, "from_at"), **common)
        else:
            actions.stand_in(card.id, user, from_at=when(request, "from_at"), to_at=when(request, "to_at"), **common)
    elif do == "end":
        actions.end_holding(_named(request, Holding, card), to_at=when(request, "to_at"), **common)
    elif do in ("name", "unname"):
        actions.show_name(_named(request, Holding, card), shows_name=do == "name", **common)
    elif do == "end_stand_in":
        actions.end_stand_in(_named(request, StandIn, card), to_at=when(request, "to_at"), **common)
    else:
        raise NotThere
    return "replaced" if do == "appoint" and "replaces" in data else do


def _named(request: Request, model: type[Holding] | type[StandIn], card: PostCard) -> int:
    """The span of this post that is named. Raises NotThere."""
    number = whole(request.POST.get("span", "")) or 0
    if not model.objects.filter(pk=number, post=card.id).exists():
        raise NotThere
    return number


def when(request: Request, name: str) -> datetime | None:
    """A time as it was typed, in the county's own time; None where nothing was. Raises WrongType."""
    said = request.POST.get(name, "").strip()
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said[:40])
    except ValueError:
        raise WrongType({name: _("格式不对，请检查。")}) from None
    at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    if not is_near(at):
        raise WrongType({name: _("日期不对，请填最近的年份。")})
    return at


# ── forms ──
def _forms(request: Request, card: PostCard, wrong: Exception | None) -> dict[str, Any]:
    """For those who decide about the post; of the form that was refused with what was typed."""
    if rules.manager(request.actor, card, request.town) is None:
        return {"may": False, "who_decides": _("由谁担任由上一级定。") if card.kind != rules.BY_ROSTER else _("由谁值班在值班表里排。")}
    doing, problems = request.POST.get("do", ""), forms.problems(wrong)
    asked = {
        do: [f | {"error": problems.get(f["name"], "") if do == doing else ""} for f in fields]
        for do, fields in (("appoint", _appoint_fields(request, card)), ("stand_in", _stand_in_fields(request, card)))
    }
    errors = {do: forms.summary(fields, wrong if do == doing else None) for do, fields in asked.items()}
    ending = {"kind": "datetime-local", "name": "to_at", "label": _("到什么时候"), "help": _("不填就是现在。")}
    error = problems.get("to_at", "") or (str(getattr(wrong, "detail", "")) if doing in ("end", "end_stand_in") else "")
    return {
        "may": True, "appoint_fields": asked["appoint"], "stand_fields": asked["stand_in"], "appoint_errors": errors["appoint"],
        "stand_errors": errors["stand_in"], "end_field": ending, "ended": whole(request.POST.get("span", "")) if wrong else None,
        "end_error": error if wrong else "", "doing": doing if wrong else "",
    }  # fmt: skip


def _appoint_fields(request: Request, card: PostCard) -> list[dict[str, Any]]:
    is_held = any(span.holds(request.now) for span in request.town.holders.get(card.id, ()))
    is_new = request.POST.get("do") != "appoint"
    more = [{"kind": "checkbox", "name": "replaces", "label": _("现在的人同时卸任"), "value": is_new or "replaces" in request.POST}] if is_held else []
    return [
        _who_field(request, card, "appoint", _("由谁担任")),
        {"kind": "datetime-local", "name": "from_at", "id": "appoint-from", "label": _("从什么时候起"), "help": _("不填就是现在。"),
         "value": "" if is_new else request.POST.get("from_at", "")},
        *more,
        {"kind": "checkbox", "name": "shows_name", "label": _("本人同意在公开页面上写姓名"), "value": not is_new and "shows_name" in request.POST},
    ]  # fmt: skip


def _stand_in_fields(request: Request, card: PostCard) -> list[dict[str, Any]]:
    typed = request.POST if request.POST.get("do") == "stand_in" else {}
    return [
        _who_field(request, card, "stand_in", _("由谁当B角")),
        {"kind": "datetime-local", "name": "from_at", "id": "stand-from", "label": _("从什么时候起"), "help": _("不填就是现在。"),
         "value": typed.get("from_at", "")},
        {"kind": "datetime-local", "name": "to_at", "id": "stand-to", "label": _("到什么时候"), "help": _("不填就一直到您来结束。"),
         "value": typed.get("to_at", "")},
    ]  # fmt: skip


def _who_field(request: Request, card: PostCard, do: str, label: str) -> dict[str, Any]:
    chosen = request.POST.get("user", "") if request.POST.get("do") == do else ""
    here = {span.user for span in request.town.holders.get(card.id, ()) if span.holds(request.now)}
    people = [u for u in request.town.names if u not in here and rules.may_hold(request.actor, u, card, request.town)]
    return who_field(request, people, chosen) | {"name": "user", "id": f"{do}-user", "label": label, "required": True}


def who_field(request: Request, people: Iterable[int], chosen: str) -> dict[str, Any]:
    """A choice of people, each with their posts, since names repeat and who has one already has less time."""
    choices = [{"value": u, "label": told(request, u), "on": str(u) == chosen} for u in people]
    choices.sort(key=lambda c: str(c["label"]))
    return {"kind": "select", "choices": choices, "blank": _("请选择")} | ({"filter": _("输入几个字来找")} if len(choices) > MANY else {})


def told(request: Request, user: int) -> str:
    """A name with the posts they hold."""
    town = request.town
    posts = [town.posts[p] for p in town.by_user.get(user, ()) if any(s.user == user and s.holds(request.now) for s in town.holders.get(p, ()))]
    name = town.names.get(user, "")
    return _("{name}（{post}）").format(name=name, post="、".join(post.name for post in posts)) if posts else name
