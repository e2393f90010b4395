"""值班表 and 工作日历: the pages of a desk that are about days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.accounts.models import User
from hawthorn.categories import actions as categories
from hawthorn.kernel.calendar import ON_CALL_FROM, ON_CALL_UNTIL, WorkingCalendar
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import Seat
from hawthorn.teams import actions as teams
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place
from hawthorn.web import words
from hawthorn.web.request import Request, seat_of, whole

DAY, FORTNIGHT, FAR = timedelta(days=1), timedelta(days=14), timedelta(days=731)
ROUND, CHIPS = timedelta(days=35), 12
DAYS = {"off": "放假", "work": "上班（调休）"}


# ── on call ──
@require_http_methods(["GET", "HEAD", "POST"])
def oncall(request: Request) -> HttpResponse:
    """Who answers now and next from 18:00 to 08:00 and on rest days; two weeks of it; one day is changed below."""
    seat, first = roster_from(request)
    today = local(request.now).date()
    if request.method == "POST":
        _save_night(request, Place.objects.get(pk=seat.place), today)
        return redirect("oncall")
    monday = first - first.weekday() * DAY
    post = request.town.posts.get(request.town.post("on_call", seat.place) or 0)
    context = {
        "place": request.town.name_of(seat.place), "turns": _turns(request, seat.place), "phone": post.phone if post else "",
        "weeks": _weeks(request, seat.place, first, today), "week": [words.week(monday + n * DAY) for n in range(7)],
        "earlier": link(**{"from": monday - FORTNIGHT}), "later": link(**{"from": monday + FORTNIGHT}), "is_moved": first != today,
        "since": words.day(first, today),
    }  # fmt: skip
    return render(request, "web/oncall.html", context | _night_form(request, seat.place, today))


def roster_from(request: Request) -> tuple[Seat, date]:
    """The desk whose nights these are, and the day they are shown from."""
    return _desk(request, "subdistrict_desk"), _day_or(request.GET.get("from", ""), local(request.now).date())


def shown(first: date) -> list[date]:
    """The days the page shows: whole weeks, from the one of `first` until two weeks later."""
    monday = first - first.weekday() * DAY
    return [monday + n * DAY for n in range(7 * (2 if first == monday else 3))]


def link(**wanted: Any) -> str:
    """This page from another day on."""
    return f"?{urlencode(wanted)}"


def _day_or(said: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return otherwise
    return found if abs(found.year - otherwise.year) <= 1 else otherwise


def names(request: Request, place: int, on: date) -> list[str]:
    """Who is on call that day."""
    return sorted(request.town.names.get(u, "") for u in request.town.roster.get((place, on), frozenset()))


def _turns(request: Request, place: int) -> list[dict[str, Any]]:
    """Now and next: whose turn it is and until when, or from when."""
    calendar, at = request.town.policy(place).calendar, local(request.now)
    on = at.date() - DAY if at.time() < ON_CALL_UNTIL else at.date()
    if not calendar.is_duty_time(request.now):
        return [{"label": _("现在"), "words": _("上班时间，由网格中心接。")}, _next(request, place, on, calendar)]
    end = datetime.combine(on + DAY, ON_CALL_UNTIL, SHANGHAI)
    running = {"label": _("现在"), "when": _("到{at}").format(at=words.moment(end, request.now)), "names": names(request, place, on), "is_on": True}
    return [running, _next(request, place, on + DAY, calendar)]


def _next(request: Request, place: int, on: date, calendar: WorkingCalendar) -> dict[str, Any]:
    begin = datetime.combine(on, begins(on, calendar), SHANGHAI)
    return {"label": _("下一班"), "when": _("{at}起").format(at=words.moment(begin, request.now)), "names": names(request, place, on), "is_on": True}


def begins(on: date, calendar: WorkingCalendar) -> time:
    """When a day's turn begins: in the evening, on a rest day in the morning."""
    return ON_CALL_FROM if calendar.is_workday(on) else ON_CALL_UNTIL


def _weeks(request: Request, place: int, first: date, today: date) -> list[list[dict[str, Any]]]:
    calendar, days = request.town.policy(place).calendar, shown(first)
    cells = [
        {
            "url": link(**{"from": first, "on": on}) + "#f-on" if on >= today else "", "day": words.day(on, today), "week": words.week(on),
            "names": names(request, place, on), "is_rest": not calendar.is_workday(on), "is_today": on == today, "is_gone": on < first, "is_past": on < today,
        }
        for on in days
    ]  # fmt: skip
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _night_form(request: Request, place: int, today: date) -> dict[str, Any]:
    """The form for one day, with who is on that day; those who take turns as chips, everybody else in a list."""
    town, on = request.town, max(_day_or(request.GET.get("on", ""), today), today)
    now_on = town.roster.get((place, on), frozenset())
    recent = [u for (where, night), users in town.roster.items() if where == place and abs(night - on) < ROUND for u in users]
    above = [u for p in town.posts.values() if p.place == place and p.scope == "place" for u in town.own_users(p.id, request.now)]
    people = {u.pk: u.name for u in User.objects.filter(tenant=request.tenant, is_active=True).order_by("name")}
    near = [u for u in dict.fromkeys([*now_on, *recent, *above]) if u in people][: max(CHIPS, len(now_on))]
    chips = [{"value": u, "label": people[u], "on": u in now_on} for u in sorted(near, key=lambda u: people[u])]
    day = {"kind": "date", "name": "on", "label": _("哪一天"), "required": True, "value": on.isoformat(), "min": today.isoformat()}
    who = {"kind": "radio-chips", "many": True, "name": "users", "label": _("谁值班"), "choices": chips, "help": _("不选就是没有人值班，到时由网格中心接。")}
    more = {
        "kind": "multiselect", "name": "users", "id": "users-more", "label": _("别的人"), "filter": _("输入几个字来找"),
        "choices": [{"value": u, "label": name} for u, name in people.items() if u not in near],
    }  # fmt: skip
    return {"day_field": day, "who_field": who, "more_field": more}


def _desk(request: Request, *kinds: str) -> Seat:
    seat = seat_of(request, *kinds)
    if seat is None:
        raise NotThere
    return seat


def _save_night(request: Request, place: Place, today: date) -> None:
    on = _date(request.POST.get("on", ""), today)
    if on < today:
        raise Refused("past", ["on"])
    wanted = [whole(u) for u in request.POST.getlist("users")]
    users = list(User.objects.filter(pk__in=[u for u in wanted if u], tenant=request.tenant, is_active=True))
    if len(users) != len(set(wanted)):
        raise Refused("not_a_choice", ["users"])
    teams.set_roster(place=place, on=on, users=users, now=request.now)
    said = "、".join(sorted(u.name for u in users)) or _("没有人")
    messages.success(request, _("{day}的值班改好了：{who}。").format(day=f"{words.day(on, today)} {words.week(on)}", who=said))


def _date(said: str, today: date) -> date:
    """A day within two years. Raises Refused."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        raise Refused("missing", ["on"], _("请填日期。")) from None
    if abs(found - today) > FAR:
        raise Refused("too_far", ["on"], _("{day}离今天太远了，只能排前后两年。什么都没有改，请重新填日期。").format(day=found.isoformat()))
    return found


# ── working calendar ──
def calendar_seat(request: Request) -> Seat:
    """The desk whose working days these are."""
    return _desk(request, "subdistrict_desk", "county_desk", "county_admin")


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Request) -> HttpResponse:
    """Days off and make-up working days; the rest is Monday to Friday."""
    seat = calendar_seat(request)
    tenant = Tenant.objects.get(pk=request.town.places[seat.place].tenant)
    today = local(request.now).date()
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind not in ("", *DAYS):
            raise Refused("not_a_choice", ["kind"])
        categories.put_day(tenant, _date(request.POST.get("on", ""), today), kind, request.POST.get("name", "").strip()[:40])
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
