"""周研判: the agenda and its decisions, one point at a time on the projector, frozen minutes with their corrections."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hawthorn.assessments import agenda, detection
from hawthorn.assessments.actions import meetings
from hawthorn.assessments.models import Erratum, Minutes, Point
from hawthorn.assessments.rules import meetings as rules
from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.kernel.slots import CHOICES, LOOPS
from hawthorn.kernel.world import PlaceCard, Seat
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row
from hawthorn.web import forms, words
from hawthorn.web.request import Request, asking_of

FIELDS = ("words", "lead", "until")
EARLIER = 12
END_OF_WORK = "T18:00"
MUST = {
    "words": gettext_noop("（定下来办、这次不办都要写）"),
    "lead": gettext_noop("（定下来办要选）"),
    "until": gettext_noop("（定下来办、继续看要写）"),
}
OVER = gettext_noop("（定下来办、这次不办、可以了都要写）")


def key_of(request: Request) -> str:
    """The number of this press, which the same press again bears as well."""
    return str(request.POST.get("key", ""))[:64]


def chair_seat(request: Request) -> Seat | None:
    """My seat that holds meetings, the highest first."""
    mine = [s for s in request.actor.seats if s.kind in rules.CHAIRS.get(s.level, ())]
    return max(mine, key=lambda s: (s.level == "subdistrict", not s.acting), default=None)


def reader_place(request: Request) -> PlaceCard:
    """The place whose meetings I may read. Raises NotThere."""
    seat = chair_seat(request) or next((s for s in request.actor.seats if s.scope == "place" and s.level in rules.CHAIRS), None)
    if seat is None:
        raise NotThere
    return request.town.places[seat.place]


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_now(request: Request) -> HttpResponse:
    """The open meeting, or drawing up the next one; what recurs now; earlier ones."""
    place = reader_place(request)
    mine = Item.objects.filter(loop="meetings", raised_level=place.level, **{place.level: place.id}).order_by("-id")
    if request.method == "POST":
        made = meetings.draw_up(place, actor=request.actor, town=request.town, now=request.now, door="page", key=key_of(request))
        return redirect("meeting", item=made)
    current, last = mine.filter(open=True).first(), mine.first()
    found = detection.recurs(place, request.now, detection.spoken(request.town, place))
    names = {c.key: c.name for c in request.town.categories.values() if c.tenant == place.tenant}
    signals = [
        {"what": f"{names.get(f.kind, f.kind)} · {request.town.name_of(f.place)}", "why": _(f.why), "is_chance": f.is_chance} for f in found
    ]  # fmt: skip
    context = {
        "place": place.name, "current": current, "may": chair_seat(request) is not None, "key": forms.new_key(), "signals": signals,
        "earlier": [_earlier(i, request) for i in mine.filter(open=False)[:EARLIER]],
        "since": _since(last, place, request), "asleep": _asleep(place, request), "of_month": _of_month(place, request),
        "rest": reverse("meetings") if mine.filter(open=False)[EARLIER : EARLIER + 1].exists() else "",
    }  # fmt: skip
    return render(request, "web/meeting_now.html", context)


def _asleep(place: PlaceCard, request: Request) -> list[dict[str, str]]:
    """What was put off until a day that has not come."""
    return [{"about": p.about, "until": words.day_words(p.until, request.now)} for p in agenda.asleep(place, request.now)]


def _of_month(place: PlaceCard, request: Request) -> dict[str, str]:
    """每月一题, where one is chosen; only a subdistrict chooses."""
    chosen = CHOICES["problem_of_month"].row(asking_of(request), place.at("subdistrict") or 0)
    item = chosen and Item.objects.get(pk=chosen.item_id)
    return {"url": reverse("item", args=[item.pk]), "title": item.title, "stage": _(LOOPS["problems"].stages[item.stage].label)} if item else {}


def _earlier(item: Item, request: Request) -> dict[str, str]:
    return {"url": reverse("meeting", args=[item.pk]), "title": item.title, "at": words.moment(item.closed_at, request.now)}


def _since(last: Item | None, place: PlaceCard, request: Request) -> str:
    if last is None:
        return _("还没有开过。")
    due = request.town.policy(place.id).calendar.due(last.opened_at, request.town.policy(place.id).limit("meeting_every"))
    said = _("上次的议程是 {at} 拟的。").format(at=words.moment(last.opened_at, request.now))
    return said + (_("该开这一次了。") if due < request.now + timedelta(days=1) else "")


def meeting_row(request: Request, item: int) -> Row:
    """A meeting the asker may read. Raises NotThere."""
    return queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="meetings")


@require_safe
def meeting(request: Request, item: int) -> HttpResponse:
    """The agenda with what was decided; once frozen, the minutes as they were frozen."""
    row = meeting_row(request, item)
    is_chair = rules.chair(row.facts, request.actor) is not None
    minutes = Minutes.objects.filter(meeting=item).first()
    points = _lines(Point.objects.filter(meeting=item), request) if minutes is None else _frozen(minutes, request)
    groups: list[dict[str, Any]] = []
    for line in points:
        if not groups or groups[-1]["kind"] != line["kind"]:
            groups.append({"kind": line["kind"], "label": _(rules.KINDS[line["kind"]]), "points": []})
        groups[-1]["points"].append(line)
    context = {
        "row": row, "title": row.item.title, "groups": groups, "number": len(points), "open_number": sum(not p["decision"] for p in points),
        "may": is_chair and row.item.open, "may_correct": is_chair and not row.item.open, "minutes": minutes,
        "body": json.loads(minutes.body) if minutes else {},
        "at": words.stamp(minutes.at) if minutes else "", "key": forms.new_key(),
        "first": next((p["url"] for p in points if not p["decision"] and p.get("url")), ""),
        "drafted": _drafted(item, request),
        "errata": [_erratum(e, request) for e in Erratum.objects.filter(meeting=item).order_by("id")],
    }  # fmt: skip
    return render(request, "web/meeting.html", context)


def _drafted(meeting: int, request: Request) -> dict[str, str]:
    item = meetings.drafted(meeting)
    return {"url": reverse("item", args=[item.pk]), "stage": _(LOOPS["releases"].stages[item.stage].label)} if item else {}


def _lines(points: QuerySet[Point], request: Request) -> list[dict[str, Any]]:
    """The points as they are shown; of promises also what was promised and by whom, which no paper repeats."""
    rows = list(points.select_related("source").order_by("sort"))
    told = agenda.promised([p.source_id for p in rows if p.kind == "commitment" and p.source_id])
    return [_line(p, told.get(p.source_id or 0), request) for p in rows]


def _line(point: Point, promise: tuple[str, int | None] | None, request: Request) -> dict[str, Any]:
    lead = request.town.posts.get(point.lead_id or 0)
    decision = "done" if point.is_kept else point.decision
    source = reverse("item", args=[point.source_id]) if point.source_id else point.url
    return {
        "kind": point.kind, "sort": point.sort, "about": point.about, "why": point.why, "decision": decision, "words": point.words,
        "label": _(rules.DECISIONS[decision]) if decision else "", "promise": _promise(*promise, request) if promise else "", "lead": lead.name if lead else "",
        "until": words.moment(point.until, request.now) if point.until else "", "source": source,
        "url": reverse("meeting-point", args=[point.meeting_id, point.sort]) if decision != "done" else "",
    }  # fmt: skip


def _promise(what: str, lead: int | None, request: Request) -> str:
    post = request.town.posts.get(lead or 0)
    return _("定的是：{what}（{lead}牵头）").format(what=what, lead=post.name if post else "")


def _frozen(minutes: Minutes, request: Request) -> list[dict[str, Any]]:
    """The points as the minutes have them, word for word."""
    found = []
    for p in json.loads(minutes.body)["points"]:
        until = words.moment(datetime.fromisoformat(p["until"]), request.now) if p["until"] else ""
        found.append(p | {"label": _(rules.DECISIONS[p["decision"]]), "until": until, "source": "", "url": ""})
    return found


def _erratum(one: Erratum, request: Request) -> dict[str, str]:
    post = request.town.posts.get(one.post)
    return {"words": one.words, "at": words.stamp(one.at), "who": f"{post.name if post else ''}（{request.town.names.get(one.user, '')}）"}


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_point(request: Request, item: int, sort: int) -> HttpResponse:
    """One point, large: what it is, why it is here, and a decision in at most three fields."""
    row = meeting_row(request, item)
    many = list(Point.objects.filter(meeting=item).select_related("source").order_by("sort"))
    point = next((p for p in many if p.sort == sort), None)
    if point is None:
        raise NotThere
    problem: Exception | None = None
    raw: dict[str, Any] = {}
    if request.method == "POST":
        raw = forms.read(rules.Decide, request.POST)
        if len(raw.get("until", "")) == len("2026-11-29"):  # a day means its end of work
            raw["until"] += END_OF_WORK
        try:
            meetings.decide(point.pk, raw, actor=request.actor, town=request.town, now=request.now, door="page", seen=request.POST.get("seen"))
            open_ones = [p for p in many if p.sort != sort and not p.decision and not p.is_kept]
            left = next((p for p in open_ones if p.sort > sort), open_ones[0] if open_ones else None)
            messages.success(request, _("定了：{label}。").format(label=_(rules.DECISIONS[raw.get("decision", "")])))
            return redirect("meeting-point", item=item, sort=left.sort) if left else redirect("meeting", item=item)
        except (Refused, WrongType) as found:
            if isinstance(found, Refused) and found.code in ("not_yours", "wrong_stage"):
                raise
            problem = found
    return _point_page(request, row, many, point, raw, problem)


def _point_page(request: Request, row: Row, many: list[Point], point: Point, raw: dict[str, Any], problem: Exception | None) -> HttpResponse:
    chosen = raw.get("decision") or (point.decision if point.decision in ("commit", "watch", "none") else "commit")
    values = raw or {"words": point.words, "lead": point.lead_id, "until": point.until, "decision": chosen}
    drawn = {f["name"]: f for f in forms.draw(rules.Decide, asking_of(request), values, problem)}
    made = rules.choices_for(point.kind)
    drawn["decision"]["choices"] = [c for c in drawn["decision"]["choices"] if c["value"] in made]
    for name, must in MUST.items():
        drawn[name] |= {"required": False, "must": _(OVER if name == "words" and "over" in made else must)}
    drawn["lead"]["blank"] = _("请选择")
    drawn["until"] |= {"kind": "date", "value": str(drawn["until"]["value"] or "")[:10]}
    at = many.index(point)
    (line,) = _lines(Point.objects.filter(pk=point.pk), request)
    urls = [reverse("meeting-point", args=[point.meeting_id, p.sort]) for p in many]
    context = {
        "row": row, "point": line, "label": _(rules.KINDS[point.kind]), "seen": meetings.mark_of(point), "at": at + 1, "number": len(many),
        "before": urls[at - 1] if at else "", "after": urls[at + 1] if at + 1 < len(urls) else "", "fields": [drawn[n] for n in ("decision", *FIELDS)],
        "errors": forms.summary(list(drawn.values()), problem), "key": forms.key_again(request, problem),
        "may": row.item.open and rules.chair(row.facts, request.actor) is not None and line["decision"] != "done",
    }  # fmt: skip
    status = 200 if problem is None else STATUS.get(problem.code if isinstance(problem, Refused) else "wrong_type", 409)
    return render(request, "web/meeting_point.html", context, status=status)


@require_POST
def meeting_add(request: Request, item: int) -> HttpResponse:
    """会上提出."""
    try:
        meetings.add_point(item, request.POST.get("about", ""), actor=request.actor, town=request.town, now=request.now)
        messages.success(request, _("加上了。"))
    except Refused as refused:
        if refused.code != "missing":
            raise
        messages.error(request, _("没有加：请写一句是什么事。"))
    return redirect("meeting", item=item)


@require_POST
def meeting_close(request: Request, item: int) -> HttpResponse:
    """定稿."""
    meetings.close(item, request.POST, actor=request.actor, town=request.town, now=request.now, door="page", key=key_of(request))
    messages.success(request, _("纪要定稿了。没有议到的，下次再议。"))
    return redirect("meeting", item=item)


@require_POST
def meeting_correct(request: Request, item: int) -> HttpResponse:
    """更正."""
    try:
        meetings.add_erratum(item, request.POST.get("words", ""), actor=request.actor, town=request.town, now=request.now, door="page", key=key_of(request))
        messages.success(request, _("更正记在纪要后面了，纪要本身不改。"))
    except Refused as refused:
        if refused.code != "missing":
            raise
        messages.error(request, _("没有记：请写明哪里不对、应该是什么。"))
    return redirect("meeting", item=item)


@require_POST
def meeting_digest(request: Request, item: int) -> HttpResponse:
    """拟公开摘要: drafted from the frozen minutes; two more people look at it before anybody outside does."""
    made, is_new = meetings.draft_digest(item, actor=request.actor, town=request.town, now=request.now, door="page", key=key_of(request))
    if is_new:
        messages.success(request, _("摘要拟好了，等另一位同事审核（含保密审查），再由第三位发布。"))
    return redirect("item", item=made)
