"""请假: who is away when in my place in the coming weeks, and who stands in. Only from–to: why is nobody's business here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.handovers.actions import posts as actions
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.errors import STATUS, NotThere, Refused
from hawthorn.kernel.world import PostCard
from hawthorn.teams import queries, rules
from hawthorn.teams.models import Leave, StandIn
from hawthorn.web import answering, forms, team, views, words
from hawthorn.web.posts import told, who_field
from hawthorn.web.request import Request, whole

DAY, WEEKS, MANY = timedelta(days=1), 4, 16


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Request) -> HttpResponse:
    """The coming four weeks, and the form. POST: enter a leave, or take one back."""
    wrong: Refused | None = None
    if request.method == "POST":
        try:
            return _do(request)
        except Refused as problem:
            if not problem.fields:
                raise
            wrong = problem
    people = sorted(here(request))
    found = queries.leaves(people, request.now)
    stands = queries.stand_ins_of(found)
    context = {
        "weeks": _weeks(request, found), "week": [words.week_name(n) for n in range(7)], "rows": [_row(request, one, stands) for one in found],
        "place": _place(request),
    } | _form(request, people, wrong)  # fmt: skip
    status = 200 if wrong is None else STATUS.get(wrong.code, 409)
    return render(request, "web/leave.html", context, status=status)


def here(request: Request) -> set[int]:
    """Who holds a post in my place, and I myself."""
    seat, town, now = team.team_seat(request), request.town, request.now
    posts = team.posts_in(town, seat) if seat is not None else []
    return {span.user for post in posts for span in town.holders.get(post.id, ()) if span.holds(now)} | {request.actor.user or 0}


def _place(request: Request) -> str:
    seat = team.team_seat(request)
    return request.town.name_of(seat.place) if seat is not None else ""


def _do(request: Request) -> HttpResponse:
    data = request.POST
    common: dict[str, Any] = {"actor": request.actor, "town": request.town, "now": request.now}
    if data.get("do") == "cancel":
        actions.end_leave(whole(data.get("leave", "")) or 0, **common)
        return answering.done(request, reverse("leave"), _("取消了，代班的B角也一起结束。"))
    who = whole(data.get("who", ""))
    first, last = views.day_of(data.get("from_on", "")), views.day_of(data.get("to_on", ""))
    if who is None:
        raise NotThere
    if first is None or last is None:
        raise Refused("missing", [name for name, day in (("from_on", first), ("to_on", last)) if day is None])
    if first < local(request.now).date():
        raise Refused("past", ["from_on"])
    if last - local(request.now).date() > actions.FURTHEST:
        raise Refused("too_far", ["to_on"])
    if last < first:
        raise Refused("past", ["to_on"], _("最后一天不能在第一天以前。什么也没有改。"))
    chosen = {post: whole(data.get(name, "")) or 0 for name in data if data.get(name) and (post := whole(name.removeprefix("stand-"))) is not None}
    actions.take_leave(who, from_at=midnight(first), to_at=midnight(last + DAY), stand_ins=chosen, **common)
    return answering.done(request, reverse("leave"), _("记好了。到日子B角自动开始，回来自动结束。"))


def midnight(on: date) -> datetime:
    """00:00 of a day in the county's own time."""
    return datetime.combine(on, time(), SHANGHAI)


# ── what is shown ──
def days_of(one: Leave) -> tuple[date, date]:
    """The first and the last day of a leave."""
    return local(one.from_at).date(), local(one.to_at - timedelta(microseconds=1)).date()


def _weeks(request: Request, found: Sequence[Leave]) -> list[dict[str, Any]]:
    """Whole weeks from this Monday on; a phone leaves out the days when nobody is away."""
    today = local(request.now).date()
    monday = today - today.weekday() * DAY
    calendar = request.town.policy(_policy_place(request)).calendar
    cells = []
    for n in range(7 * WEEKS):
        on = monday + n * DAY
        away = [request.town.names.get(one.user_id, "") for one in found if days_of(one)[0] <= on <= days_of(one)[1]]
        cells.append({
            "day": words.day(on, today), "week": words.week(on), "names": sorted(away), "is_today": on == today, "is_past": on < today,
            "is_rest": not calendar.is_workday(on), "is_gone": on < today or not (away or on == today),
        })  # fmt: skip
    rows = [cells[n : n + 7] for n in range(0, len(cells), 7)]
    return [{"days": row, "is_gone": all(cell["is_gone"] for cell in row)} for row in rows]


def _policy_place(request: Request) -> int | None:
    seat = team.team_seat(request)
    return seat.place if seat is not None else None


def _row(request: Request, one: Leave, stands: Sequence[StandIn]) -> dict[str, Any]:
    today, (first, last) = local(request.now).date(), days_of(one)
    town = request.town
    by = [
        _("{post}：{name}").format(post=town.posts[s.post_id].name, name=town.names.get(s.user_id, ""))
        for s in stands if s.leave_id == one.pk and s.post_id in town.posts
    ]  # fmt: skip
    may = one.user_id == request.actor.user or bool(rules.manages(request.actor, one.user_id, town, request.now))
    return {
        "id": one.pk, "who": told(request, one.user_id), "days": words.day(first, today) + (f" – {words.day(last, today)}" if last > first else ""),
        "is_now": one.from_at <= request.now, "by": by, "may_cancel": may,
    }  # fmt: skip


# ── the form ──
def _form(request: Request, people: Sequence[int], wrong: Refused | None) -> dict[str, Any]:
    """For oneself, or for somebody I decide about; a B角 for each of their posts."""
    asked = request.POST if request.method == "POST" else request.GET
    mine = request.actor.user or 0
    manageable = [u for u in people if u == mine or rules.manages(request.actor, u, request.town, request.now)]
    who = whole(asked.get("who", "")) or mine
    if who not in manageable:
        raise NotThere
    problems, fields = forms.problems(wrong), _fields(request, who)
    drawn = [f | {"error": problems.get(f["name"], "")} for f in fields]
    chooser = who_field(request, manageable, str(who)) | {"name": "who", "label": _("谁请假"), "required": True, "blank": None}
    return {
        "who": who, "who_name": told(request, who), "chooser": chooser if len(manageable) > 1 else None, "fields": drawn,
        "errors": forms.summary(drawn, wrong),
    }  # fmt: skip


def _fields(request: Request, who: int) -> list[dict[str, Any]]:
    typed: Mapping[str, Any] = request.POST
    today = local(request.now).date().isoformat()
    days = [
        {"kind": "date", "name": name, "label": label, "required": True, "min": today, "value": typed.get(name, "")}
        for name, label in (("from_on", _("从哪天")), ("to_on", _("到哪天（含这一天）")))
    ]
    posts = rules.manages(request.actor, who, request.town, request.now)
    return [*days, *(_stand_in(request, who, post, typed.get(f"stand-{post.id}", "")) for post in posts)]


def _stand_in(request: Request, who: int, post: PostCard, chosen: str) -> dict[str, Any]:
    """Colleagues near by first; those who decide about the post may name anybody of the same tenant."""
    near = rules.colleagues(who, post, request.town, request.now)
    if who != request.actor.user:
        near = [u for u in near if u != request.actor.user]
        near += sorted(u for u in request.town.names if u not in near and u != who and rules.may_hold(request.actor, u, post, request.town))
    choices = [{"value": u, "label": told(request, u), "on": str(u) == chosen} for u in near]
    field: dict[str, Any] = {
        "kind": "select", "name": f"stand-{post.id}", "label": _("{post}的B角").format(post=post.name), "choices": choices, "blank": _("没有"),
        "help": _("近处的同事排在前面。没有B角，事情就等本人回来。"),
    }  # fmt: skip
    return field | ({"filter": _("输入几个字来找")} if len(choices) > MANY else {})
