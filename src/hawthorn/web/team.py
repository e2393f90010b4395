"""岗位和人, 值班表, 工作日历: the small pages of a desk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hawthorn.accounts import actions as accounts
from hawthorn.accounts.models import User
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import RANK, PostCard, Seat, Town
from hawthorn.loops import queries
from hawthorn.teams import actions as teams
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place
from hawthorn.web import actions as own
from hawthorn.web import words
from hawthorn.web.request import Request, seat_of, whole

NIGHTS = 28
DAYS = {"off": "放假", "work": "上班（调休）"}


# ── posts and people ──
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: Request) -> HttpResponse:
    """The posts of my place with holders and stand-ins; a password is reset on the spot, by those above."""
    seat = queries.widest(request.actor)
    if seat is None:
        raise NotThere
    if request.method == "POST":
        return _reset(request)
    town = request.town
    posts = [p for p in town.posts.values() if p.until is None and _is_in(town, p, seat)]
    posts.sort(key=lambda p: (-RANK[p.level], town.places[p.place].code, p.id))
    lines = [_post_line(request, p) for p in posts]
    context = {"lines": lines, "place": town.name_of(seat.place), "vacant": sum(1 for line in lines if line["vacant"])}
    return render(request, "web/team.html", context)


def _is_in(town: Town, post: PostCard, seat: Seat) -> bool:
    return town.places[post.place].at(seat.level) == seat.place if seat.scope == "place" else post.id == seat.post


def _post_line(request: Request, post: PostCard) -> dict[str, Any]:
    town, now = request.town, request.now
    people = [
        _person(request, s.user, _("B角") if n else "")
        for n, spans in enumerate((town.holders, town.stand_ins))
        for s in spans.get(post.id, [])
        if s.holds(now)
    ]
    falls_to = "" if people or post.kind == "on_call" else _fallback(town, post, now)
    return {"post": post.name, "place": town.name_of(post.place), "phone": post.phone, "people": people, "vacant": bool(falls_to), "falls_to": falls_to}


def _fallback(town: Town, post: PostCard, now: Any) -> str:
    at: int | None = post.id
    while at is not None and not town.own_users(at, now):
        at = town.above(at)
    return town.posts[at].name if at is not None else _("没有人")


def _person(request: Request, user: int, note: str) -> dict[str, Any]:
    may = accounts.may_reset(User(pk=user, tenant_id=request.tenant.pk), request.actor, request.town, request.now)
    return {"id": user, "name": request.town.names.get(user, ""), "note": note, "may_reset": may}


def _reset(request: Request) -> HttpResponse:
    number = whole(request.POST.get("user", ""))
    user = User.objects.filter(pk=number, is_active=True).first() if number else None
    if user is None or user.pk not in request.town.names:
        raise NotThere
    if not accounts.may_reset(user, request.actor, request.town, request.now):
        raise Refused("not_yours", detail=_("密码由网格长或窗口给自己下面岗位的人重设。"))
    once = accounts.reset_password(user, by=request.actor, town=request.town, now=request.now)
    return render(request, "web/once.html", {"who": user.name, "username": user.username, "once": once})


# ── on call ──
@require_http_methods(["GET", "HEAD", "POST"])
def oncall(request: Request) -> HttpResponse:
    """Four weeks of nights: who answers from 18:00 to 08:00 and on rest days."""
    seat = _desk(request, "subdistrict_desk")
    place = Place.objects.get(pk=seat.place)
    today = local(request.now).date()
    if request.method == "POST":
        _save_night(request, place, today)
        return redirect("oncall")
    calendar = request.town.policy(seat.place).calendar
    nights = []
    for n in range(NIGHTS):
        on = today + timedelta(days=n)
        users = request.town.roster.get((seat.place, on), frozenset())
        nights.append(
            {
                "day": f"{words.day(on, today)} {words.week(on)}",
                "rest": not calendar.is_workday(on),
                "names": "、".join(sorted(request.town.names.get(u, "") for u in users)),
                "on": on.isoformat(),
            }
        )
    people = [(u.pk, u.name) for u in User.objects.filter(tenant=request.tenant, is_active=True).order_by("name")]
    fields = [
        {"kind": "date", "name": "on", "label": _("哪一天"), "required": True, "value": request.GET.get("on") or today.isoformat(), "min": today.isoformat()},
        {
            "kind": "multiselect",
            "name": "users",
            "label": _("谁值班"),
            "choices": [{"value": v, "label": name} for v, name in people],
            "filter": _("输入几个字来找"),
            "help": _("不选就是没有人值班，到时由网格中心接。"),
        },
    ]
    return render(request, "web/oncall.html", {"nights": nights, "fields": fields, "place": request.town.name_of(seat.place)})


def _desk(request: Request, *kinds: str) -> Seat:
    seat = seat_of(request, *kinds)
    if seat is None:
        raise NotThere
    return seat


def _save_night(request: Request, place: Place, today: date) -> None:
    on = _date(request.POST.get("on", ""))
    if on < today:
        raise Refused("past", ["on"])
    wanted = [whole(u) for u in request.POST.getlist("users")]
    users = list(User.objects.filter(pk__in=[u for u in wanted if u], tenant=request.tenant, is_active=True))
    if len(users) != len(set(wanted)):
        raise Refused("not_a_choice", ["users"])
    teams.set_roster(place=place, on=on, users=users, now=request.now)
    messages.success(request, _("值班表改好了。"))


def _date(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise Refused("missing", ["on"], _("请填日期。")) from None


# ── working calendar ──
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Request) -> HttpResponse:
    """Days off and make-up working days; the rest is Monday to Friday."""
    seat = _desk(request, "subdistrict_desk", "county_desk", "county_admin")
    tenant = Tenant.objects.get(pk=request.town.places[seat.place].tenant)
    today = local(request.now).date()
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind not in ("", *DAYS):
            raise Refused("not_a_choice", ["kind"])
        own.put_day(tenant, _date(request.POST.get("on", "")), kind, request.POST.get("name", "").strip()[:40])
        messages.success(request, _("工作日历改好了。已经算好的期限不变。"))
        return redirect("calendar")
    known = request.town.policy(seat.place).calendar
    days = sorted([(d, "off") for d in known.off] + [(d, "work") for d in known.work])
    rows = [{"day": d.isoformat(), "week": words.week(d), "kind": _(DAYS[kind]), "is_past": d < today} for d, kind in days]
    choices = [("off", _(DAYS["off"])), ("work", _(DAYS["work"])), ("", _("照常（删掉这一天）"))]
    fields = [
        {"kind": "date", "name": "on", "label": _("哪一天"), "required": True, "value": ""},
        {
            "kind": "radio-chips",
            "name": "kind",
            "label": _("这一天"),
            "choices": [{"value": v, "label": label, "on": v == "off"} for v, label in choices],
            "required": False,
        },
        {"kind": "text", "name": "name", "label": _("叫什么"), "max_length": 40},
    ]
    context = {
        "rows": [r for r in rows if not r["is_past"]],
        "older": [r for r in rows if r["is_past"]],
        "fields": fields,
        "ends_on": known.ends_on.isoformat() if known.ends_on else "",
        "soon": known.ends_soon(today),
        "place": tenant.name,
    }
    return render(request, "web/calendar.html", context)
