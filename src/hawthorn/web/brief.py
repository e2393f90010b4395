"""早报: read it, copy it into the working group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.assessments.brief import Brief, brief_of
from hawthorn.kernel.clock import local
from hawthorn.kernel.world import Seat
from hawthorn.loops.models import Item
from hawthorn.web import maps, words
from hawthorn.web.request import Request, place_seat


@require_safe
def brief(request: Request) -> HttpResponse:
    """The brief of my place, as of now."""
    seat = place_seat(request)
    found = brief_of(seat, request.town, request.now)
    context = {
        "place": request.town.name_of(seat.place), "at": words.moment(request.now, request.now),
        "copy": {"id": "brief", "label": _("复制早报"), "words": as_text(found, request.town.name_of(seat.place), request, is_county=seat.level == "county")},
        "links": _links(found, seat, request),
    }  # fmt: skip
    return render(request, "web/brief.html", context)


def _links(b: Brief, seat: Seat, request: Request) -> list[dict[str, str]]:
    """The lists behind the numbers, each with how many it holds."""
    at_county = seat.level == "county"
    late, opened = (_("交到县区的，超时 {n} 件"), _("交到县区的，在办 {n} 件")) if at_county else (_("超时的 {n} 件"), _("在办的 {n} 件"))
    found = [
        {"label": late.format(n=b.listed_late), "url": maps.list_url(request, seat, late=True)},
        {"label": opened.format(n=b.listed_open), "url": maps.list_url(request, seat)},
    ]
    if at_county:
        return found
    since = local(b.since).date().isoformat()
    return [
        *found,
        {"label": _("新来的 {n} 件").format(n=b.came), "url": maps.list_url(request, seat, all=1, came=since)},
        {"label": _("办理结束的 {n} 件").format(n=b.ended), "url": maps.list_url(request, seat, all=1, over=since)},
    ]


def as_text(b: Brief, place: str, request: Request, *, is_county: bool) -> str:
    """The whole brief as plain text; of a county it says what the lists leave out."""
    lines = [
        f"【{place}】{_('早报')} {words.today_words(b.at)}",
        _("{since} 以来，新来 {came} 件，办理结束 {ended} 件；现在在办 {open} 件，其中超时 {late} 件。").format(
            since=words.moment(b.since, b.at), came=b.came, ended=b.ended, open=b.open, late=b.late
        ),
    ]
    if is_county:
        told = _("以上是全县区的。下面只列已经交到县区的：在办 {open} 件，其中超时 {late} 件；别的看各街道的早报。")
        lines.append(told.format(open=b.listed_open, late=b.listed_late))
    said: set[int] = set()
    parts = (
        (_("急办"), b.urgent, b.urgent_number), (_("已经超时"), b.overdue, b.listed_late), (_("今天到期"), b.due, b.due_number),
        (_("答应居民今天办好"), b.promised, b.promised_number),
    )  # fmt: skip
    for label, items, number in parts:
        lines += _part(label, items, number, said, request)
    return "\n".join(lines)


def _part(label: str, items: Sequence[Item], number: int, said: set[int], request: Request) -> list[str]:
    """A heading with its number; each thing is written out once, where it comes first."""
    if not number:
        return []
    fresh = [item for item in items if item.pk not in said]
    said.update(item.pk for item in items)
    above = len(items) - len(fresh)
    told = _("：都在上面") if not fresh else _("：其中 {n} 件在上面").format(n=above) if above else ""
    lines = [_("■ {label}（{n} 件）").format(label=label, n=number) + told]
    lines += [f"{n}. {_line(item, request, request.now)}" for n, item in enumerate(fresh, start=1)]
    rest = number - len(items)
    return [*lines, _("…… 还有 {n} 件，见系统。").format(n=rest)] if rest > 0 else lines


def _line(item: Item, request: Request, now: datetime) -> str:
    what, where = words.split_title(item.title)
    post = request.town.posts.get(item.holder_id or 0)
    tag = words.due_tag(item, now)["text"]
    return "，".join(part for part in (f"{where} {what}".strip(), post.name if post else "", tag) if part)
