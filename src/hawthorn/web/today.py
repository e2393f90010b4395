"""今日待办: the duties of all my posts, what I was told, yesterday's echo; and 我的."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hawthorn.journal.models import Event
from hawthorn.kernel.clock import local
from hawthorn.kernel.world import DESK, Seat
from hawthorn.loops import actions, queries
from hawthorn.loops.models import Item, Nudge
from hawthorn.web import doors, rows, team, words
from hawthorn.web.middleware import kept
from hawthorn.web.request import Request, seat_of

MOST = 200
NEWS = timedelta(days=14)


@kept
def today(request: Request) -> HttpResponse:
    """What I have to do, the latest first."""
    posts = [s.post for s in request.actor.seats if s.post]
    items = rows.in_sight(queries.duties(posts)[:MOST], request)
    outside, said = rows.outside_of(items), rows.snippets(items)
    items.sort(key=lambda i: rows.sort_key(i, request.now, outside))
    waiting = rows.waiting_of(items)
    duties = [rows.duty(i, request, said.get(i.pk, ""), outside.get(i.pk), waiting) for i in items]
    if duties:
        duties[0]["primary"] = True
    late = sum(1 for d in duties if d["tag"]["kind"] == "late")
    context = {
        "title": f"{_('今日待办')} · {words.today_words(request.now)}",
        "date": words.today_words(request.now),
        "duties": duties,
        "number": len(duties),
        "late": late,
        "is_cut": len(items) == MOST,
        "told": told(request, posts),
        "echo": echo(request),
        "calendar": _calendar(request),
        "posts": _posts_words(request),
        "panel": doors.panel(request),
        "walks": any(s.level == "grid" for s in request.actor.seats),
        "empty": doors.nothing(request, [s.kind for s in request.actor.seats if not s.acting]),
    }
    return render(request, "web/today.html", context)


def _posts_words(request: Request) -> str:
    names = [request.town.posts[s.post].name for s in request.actor.seats if s.post and not s.acting]
    acting = sum(1 for s in request.actor.seats if s.acting and team.is_vacant(request.town, request.town.posts[s.post], request.now))
    said = "、".join(names[:3]) + (_("等 {n} 个岗位").format(n=len(names)) if len(names) > 3 else "")
    return said + (_("，代管 {n} 个空岗").format(n=acting) if acting else "")


def told(request: Request, posts: list[int]) -> list[dict[str, Any]]:
    """请知悉: what my posts were told and nobody has taken note of, the newest first; of several about one thing the newest.

    Limits of ended things no longer matter, and that one ended is no news after two weeks: who was away finds what is new.
    """
    found: dict[int, dict[str, Any]] = {}
    still = Q(item__open=True) | Q(kind="told", at__gt=request.now - NEWS)
    for n in Nudge.objects.filter(still, post__in=posts, seen_at__isnull=True).select_related("item").order_by("-id")[:MOST]:
        if n.item_id in found:
            continue
        what, where = words.split_title(n.item.title)
        holder = request.town.posts.get(n.item.holder_id or 0)
        is_elsewhere = request.town.posts[n.post_id].level == "county" and n.item.raised_level != "county"  # known to the county, not its to read
        found[n.item_id] = {
            "id": n.pk, "what": f"{what} · {where}" if where else what, "url": "" if is_elsewhere else f"/i/{n.item_id}",
            "tag": _told_tag(n, request),
            "where": f"{words.kind_of(n.item.loop, request)} · {words.moment(n.at, request.now)}"
            + (_(" · 现在由 {post} 负责").format(post=holder.name) if is_elsewhere and holder else ""),
        }  # fmt: skip
    return list(found.values())[:30]


def _told_tag(n: Nudge, request: Request) -> dict[str, str]:
    """What it is about; a limit as it stands now, not as it was told."""
    if n.kind != "told":
        return words.due_tag(n.item, request.now)
    if n.item.urgent and n.item.open:
        return {"text": _("急：请马上知道"), "kind": "late"}
    return {"text": _("有人催办") if n.post_id == n.item.holder_id else _("请您知道"), "kind": "level"}


def echo(request: Request) -> int:
    """How many were confirmed solved yesterday in my place; a number, no names."""
    seat = queries.widest(request.actor)
    if seat is None or seat.scope != "place":
        return 0
    end = local(request.now).replace(hour=0, minute=0, second=0, microsecond=0)
    streams = Event.objects.filter(at__gte=end - timedelta(days=1), at__lt=end, step="solved").values("stream")
    return Item.objects.filter(pk__in=streams, loop="matters", **{f"{seat.level}_id": seat.place}).count()


def _calendar(request: Request) -> str:
    """A desk is warned before the table of working days ends."""
    seat = seat_of(request, DESK["subdistrict"], DESK["county"])
    if seat is None:
        return ""
    calendar = request.town.policy(seat.place).calendar
    if not calendar.ends_soon(local(request.now).date()):
        return ""
    return (
        _("工作日历只到 {day}，请补上以后的放假和调休。").format(day=calendar.ends_on.isoformat())
        if calendar.ends_on
        else _("还没有工作日历，请补上放假和调休。")
    )


@require_POST
def noted(request: Request, nudge: int) -> HttpResponse:
    """知道了."""
    if actions.see_nudge(nudge, posts=[s.post for s in request.actor.seats if s.post], now=request.now):
        messages.success(request, _("记下了。"))
    return redirect("today")


@kept
def me(request: Request) -> HttpResponse:
    """我的: my posts, the pages of my work, signing out."""
    town = request.town
    seats = [
        {"name": town.posts[s.post].name, "place": town.name_of(s.place), "acting": _why_acting(request, s), "colleagues": _colleagues(request, s.post)}
        for s in request.actor.seats
        if s.post
    ]
    return render(request, "web/me.html", {"seats": seats, "groups": doors.grouped(request)})


def _why_acting(request: Request, seat: Seat) -> str:
    """Why a post that is not mine is among mine: it is vacant, or I am on call for it."""
    if not seat.acting:
        return ""
    return _("空岗，由您代管") if team.is_vacant(request.town, request.town.posts[seat.post], request.now) else _("值班时间，由您代行")


def _colleagues(request: Request, post: int) -> str:
    others = request.town.own_users(post, request.now) - {request.actor.user}
    return "、".join(sorted(request.town.names.get(u, "") for u in others))
