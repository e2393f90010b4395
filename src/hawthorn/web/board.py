"""看板: the figures of a place and month, where things settle, how old they are; each number leads to its list and its definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hawthorn.assessments import queries
from hawthorn.assessments.actions import months as actions
from hawthorn.assessments.numbers import Share, shares_of
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import PlaceCard, Seat
from hawthorn.web import forms, maps, news, words
from hawthorn.web.request import Request, place_in

WIDE, HIGH = 360, 90
CATEGORIES = 12
SETTLED = (("in_grid", "网格"), ("in_community", "社区（村）"), ("in_subdistrict", "街道"))
COLUMNS = ("found", "settled", "in_time", "reopened", "handed_back")
Counts = Mapping[str, int]


@require_safe
def board(request: Request) -> HttpResponse:
    """The figures of my place, or of one in it."""
    seat, place = _seat_and_place(request)
    month, kind = _month(request), request.GET.get("kind", "")[:24]
    is_running = month == rules.first_of(local(request.now).date())
    rows, kept = queries.counts(place, month, request.now, by=[*_level(place), "kind"], below=_below(request, place))
    kinds = _summed(rows, -1)
    rows = {key: counts for key, counts in rows.items() if not kind or key[-1] == kind}
    total = _summed(rows).get((), {})
    context = {
        "place": place.name, "month": month, "month_words": _month_words(month), "kept": _kept_words(request, kept),
        "corrections": _corrections(request, place, month) if kept else [],
        "figures": [_figure(share, seat, place, month, kind) for share in shares_of(total)],
        "found": _number(total, "found", seat, place, month, kind), "settled": _number(total, "settled", seat, place, month, kind),
        "levels": _levels(total, seat, place, month, kind), "ages": _ages(request, seat, place) if is_running else {}, "trend": _trend(place, month, total),
        "children": _children(request, place, month, kind, _summed(rows, 0)), "kinds": _kinds(request, place, month, kinds) if not kind else {},
        "ups": _ups(request, seat, place, month), "before": _url(place, rules.before(month), kind),
        "after": _url(place, rules.after(month), kind) if rules.after(month) <= local(request.now).date() else "",
        "kind": _kind_name(request, place, kind), "all_kinds": _url(place, month, ""), "only_numbers": seat.level == "county",
        "may_correct": kept is not None and place.level in ("subdistrict", "county") and actions.may_correct(place, request.actor, request.town) is not None,
        "correct_url": reverse("board-correct"),
        "may_draft": kept is not None and news.may_draft(request, place.id, month), "key": forms.new_key(),
        "place_id": place.id, "month_code": f"{month:%Y-%m}",
    }  # fmt: skip
    return render(request, "web/board.html", context)


@require_POST
def correct(request: Request) -> HttpResponse:
    """更正: count a closed month again, with the reason."""
    _seat, place = _seat_and_place(request)
    month = rules.month_of(request.POST.get("month", ""))
    if month is None or place.level not in ("subdistrict", "county"):
        raise NotThere
    try:
        places = [place] if place.level == "subdistrict" else _closed_below(request, place, month)
        for one in places:
            actions.correct(one, month, reason=request.POST.get("reason", ""), actor=request.actor, town=request.town, now=request.now)
        messages.success(request, _("已经重新统计。谁、为什么更正，变了什么，原来的数字是多少，都写在这一页的“更正过”里。"))
    except Refused as refused:
        if refused.code != "missing":
            raise
        messages.error(request, _("没有更正：请写明为什么要更正。"))
    return redirect(_url(place, month, ""))


def _closed_below(request: Request, place: PlaceCard, month: date) -> list[PlaceCard]:
    inside = [p for p in request.town.places.values() if p.id == place.id or (p.level == "subdistrict" and p.county == place.id)]
    return [p for p in inside if queries.month_row(p.id, month) is not None]


def _seat_and_place(request: Request) -> tuple[Seat, PlaceCard]:
    """My widest place, or the one asked for inside it. Raises NotThere for any other."""
    return place_in(request, request.POST.get("place") or request.GET.get("place", ""))


def _month(request: Request) -> date:
    this = rules.first_of(local(request.now).date())
    asked = rules.month_of(request.GET.get("month", ""))
    return asked if asked is not None and date(2000, 1, 1) <= asked <= this else this


def _month_words(month: date) -> str:
    return _("{year}年{month}").format(year=month.year, month=_(words.MONTHS[month.month - 1]))


def _kept_words(request: Request, kept: Any) -> str:
    if kept is None:
        return _("这个月还没有过完，数字算到{at}。").format(at=words.moment(request.now, request.now))
    at = words.stamp(kept.closed_at)
    told = (
        _("{at}由{who}更正：{reason}。").format(at=at, who=_who(request, kept), reason=kept.reason.rstrip("。"))
        if kept.reason
        else _("已定稿（{at}），以后只有写明原因更正才会变。").format(at=at)
    )
    return told + _("名单是现在的样子，可能和定稿时差一两件。")


def _who(request: Request, month: Any) -> str:
    """Who corrected a month: post and person."""
    post, name = request.town.posts.get(month.post or 0), request.town.names.get(month.user or 0, "")
    return f"{post.name}（{name}）" if post and name else post.name if post else name


def _corrections(request: Request, place: PlaceCard, month: date) -> list[dict[str, Any]]:
    """What each correction changed, and all the numbers as they stood before it."""
    found = []
    for one in queries.corrections(place, month):
        rows = [(_(label), one.before.get(name, 0), one.after.get(name, 0)) for name, label in rules.COUNTS.items()]
        changed = "，".join(f"{label} {old} → {new}" for label, old, new in rows if old != new)
        told = {"who": _who(request, one.month), "at": words.stamp(one.month.closed_at), "place": request.town.name_of(one.month.place_id)}
        found.append(told | {"reason": one.month.reason, "changed": changed or _("数字没有变"), "rows": rows})
    return found


def _url(place: PlaceCard, month: date, kind: str) -> str:
    wanted = {"place": place.id, "month": f"{month:%Y-%m}", "kind": kind}
    return f"{reverse('board')}?{urlencode({k: v for k, v in wanted.items() if v})}"


def _list(name: str, seat: Seat, place: PlaceCard, month: date, kind: str) -> str:
    """The list a number counts; a county has only the numbers of its subdistricts."""
    if seat.level == "county":
        return ""
    wanted = {"all": 1, "of": name, "month": f"{month:%Y-%m}", "kind": kind}
    if place.id != seat.place:
        wanted[place.level] = place.id
    return f"{reverse('matters')}?{urlencode({k: v for k, v in wanted.items() if v})}"


def _number(counts: Counts, name: str, seat: Seat, place: PlaceCard, month: date, kind: str) -> dict[str, Any]:
    return {"number": rules.count(counts, name), "url": _list(name, seat, place, month, kind)}


def _figure(share: Share, seat: Seat, place: PlaceCard, month: date, kind: str) -> dict[str, Any]:
    f = share.figure
    return {
        "label": _(f.label), "meaning": _(f.meaning), "top": share.top, "bottom": share.bottom, "percent": share.percent, "code": f.code,
        "top_url": _list(f.top, seat, place, month, kind), "bottom_url": _list(f.bottom, seat, place, month, kind),
    }  # fmt: skip


def _levels(counts: Counts, seat: Seat, place: PlaceCard, month: date, kind: str) -> dict[str, Any]:
    """Where the month's things settled, as one bar."""
    settled = counts.get("settled", 0)
    rows: list[dict[str, Any]] = []
    x = 0.0
    for n, (name, label) in enumerate(SETTLED):
        number = counts.get(name, 0)
        width = round(100 * number / settled, 2) if settled else 0
        rows.append({"label": _(label), "number": number, "x": x, "width": width, "shade": 3 - n, "url": _list(name, seat, place, month, kind)})
        x = round(x + width, 2)
    rest = settled - sum(row["number"] for row in rows)
    rows.append({"label": _("县区"), "number": rest, "x": x, "width": max(0, round(100 - x, 2)) if rest else 0, "shade": 0, "url": ""})
    return {"rows": rows, "total": settled}


def _below(request: Request, place: PlaceCard) -> list[int]:
    """The subdistricts of a county."""
    return [p.id for p in request.town.places.values() if p.level == "subdistrict" and p.county == place.id]


def _ages(request: Request, seat: Seat, place: PlaceCard) -> dict[str, Any]:
    """Open now, by how long; of a county over all its subdistricts, without lists."""
    rows = queries.ages(place, request.now, below=_below(request, place))
    most = max((number for _label, number, _late in rows), default=0)
    inside = {} if place.id == seat.place else {place.level: place.id}
    url, late_url = (maps.list_url(request, seat, late=late, **inside) if seat.level != "county" else "" for late in (False, True))
    return {
        "rows": [{"label": _(label), "number": number, "late": late, "width": round(100 * number / most) if most else 0} for label, number, late in rows],
        "number": sum(number for _label, number, _late in rows), "late": sum(late for _label, _number, late in rows), "url": url, "late_url": late_url,
    }  # fmt: skip


def _trend(place: PlaceCard, month: date, total: Counts) -> dict[str, Any]:
    """Twelve months of what came and what was settled; the running one as it stands."""
    rows = [(on, counts["found"], counts["settled"]) for on, counts in queries.months_of(place, month) if on != month]
    rows.append((month, total.get("found", 0), total.get("settled", 0)))
    rows = rows[-12:]
    most = max((max(found, settled) for _on, found, settled in rows), default=0) or 1
    step = WIDE / 12
    bars = [
        {
            "x": round(n * step + 3, 1), "x2": round(n * step + 3 + (step - 8) / 2, 1), "w": round((step - 8) / 2, 1), "label_x": round(n * step + step / 2, 1),
            "h": round(found / most * (HIGH - 20), 1), "y": round(HIGH - 16 - found / most * (HIGH - 20), 1),
            "h2": round(settled / most * (HIGH - 20), 1), "y2": round(HIGH - 16 - settled / most * (HIGH - 20), 1),
            "label": on.month, "words": _month_words(on), "found": found, "settled": settled,
        }
        for n, (on, found, settled) in enumerate(rows)
    ]  # fmt: skip
    return {"bars": bars, "width": WIDE, "height": HIGH, "base": HIGH - 16}


def _table(first: str, rows: Sequence[tuple[str, str, Counts]]) -> dict[str, Any]:
    """Lines of counts for _table.html: (name, address, counts)."""
    heads = [_(rules.COUNTS[name]) for name in COLUMNS]
    found = []
    for name, url, counts in rows:
        of = {"in_time": counts.get("settled", 0), "reopened": counts.get("settled", 0), "handed_back": counts.get("ended", 0)}
        cells = [{"text": f"{counts.get(c, 0)}/{of[c]}" if of.get(c) else str(counts.get(c, 0)), "label": head} for c, head in zip(COLUMNS, heads, strict=True)]
        found.append({"cells": [{"text": name, "url": url}, *cells]})
    return {"columns": [first, *heads], "rows": found}


def _level(place: PlaceCard) -> list[str]:
    return [queries.BELOW[place.level]] if place.level in queries.BELOW else []


def _summed(rows: Mapping[tuple[Any, ...], Counts], part: int | None = None) -> queries.Table:
    """Counts added up over all parts of their keys but one, or over all."""
    return queries.added([{() if part is None else (key[part],): counts} for key, counts in rows.items()])


def _children(request: Request, place: PlaceCard, month: date, kind: str, rows: Mapping[tuple[Any, ...], Counts]) -> dict[str, Any]:
    level = queries.BELOW.get(place.level)
    if level is None:
        return {}
    inside = sorted((p for p in request.town.places.values() if p.level == level and p.at(place.level) == place.id), key=lambda p: p.code)
    found: list[tuple[str, str, Counts]] = [(p.name, _url(p, month, kind), rows.get((p.id,), {})) for p in inside]
    if rest := rows.get((None,)):
        found.append((_("没有定到下一级的"), "", rest))
    return _table(_("地方"), found)


def _kinds(request: Request, place: PlaceCard, month: date, rows: Mapping[tuple[Any, ...], Counts]) -> dict[str, Any]:
    """The categories with most of the month's matters; each narrows the board to itself."""
    most = sorted(rows.items(), key=lambda row: (-row[1].get("found", 0), row[0][0] or ""))[:CATEGORIES]
    found = [
        (_kind_name(request, place, key[0], in_table=True) or _("还没有定类"), _url(place, month, key[0]) if key[0] else "", counts)
        for key, counts in most
        if counts.get("found") or counts.get("settled")
    ]
    return _table(_("类别"), found)


def _kind_name(request: Request, place: PlaceCard, kind: str, *, in_table: bool = False) -> str:
    """A category's name; of one that is no longer in the catalogue only where it was counted its key, never what an address says."""
    if not kind:
        return ""
    cards = [c for c in request.town.categories.values() if c.key == kind and c.catalogue == "city"]
    own = next((c for c in cards if c.tenant == place.tenant), cards[0] if cards else None)
    gone = _("目录里没有的类别")
    return own.name if own else f"{gone}（{kind}）" if in_table else gone


def _ups(request: Request, seat: Seat, place: PlaceCard, month: date) -> list[dict[str, str]]:
    """The places above, up to my own."""
    levels = ("county", "subdistrict", "community", "grid")
    above = [request.town.places[pk] for level in levels if (pk := place.at(level)) is not None and level != place.level]
    return [{"label": p.name, "url": _url(p, month, "")} for p in above if p.at(seat.level) == seat.place]
