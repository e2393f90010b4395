"""派单台: what waits for acceptance in my place, by due time; the map beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import DESK, RANK, Seat
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.matters.rules.routing import broken_rules
from hawthorn.web import maps, rows, words
from hawthorn.web.request import Request

MOST = 100


def desk_seat(request: Request) -> Seat:
    """My highest desk; others do not have this page."""
    mine = [s for s in request.actor.seats if s.kind in DESK.values()]
    if not mine:
        raise NotThere
    return max(mine, key=lambda s: (not s.acting, RANK[s.level]))


@require_safe
def desk(request: Request) -> HttpResponse:
    """待受理, with a link to dispatch each."""
    seat = desk_seat(request)
    found = queries.listed("matters", seat, request.now).filter(open=True, stage="found").order_by("due_at", "id")
    items = rows.in_sight(found[:MOST], request)
    outside, said = rows.outside_of(items), rows.snippets(items)
    items.sort(key=lambda i: rows.sort_key(i, request.now, outside))
    lines = [_line(i, request, said.get(i.pk, ""), outside.get(i.pk), seat) for i in items]
    counts = maps.open_counts(request, seat)
    kinds = [words.how_late(i.due_at, request.now)["kind"] for i in items if i.due_at]
    context = {
        "table": {"columns": [_("事项"), _("地点"), _("现在归谁"), _("期限"), _("下一步")], "rows": lines}, "place": request.town.name_of(seat.place),
        "found": len(items), "late": kinds.count("late"), "soon": kinds.count("soon"), "open": sum(n for n, _late in counts.values()),
        "map": maps.drawing(request, seat, counts), "broken": _broken(request, seat), "seat": seat.post,
        "empty": {"title": _("没有等着受理的。"), "words": _("新来的会自动出现在这里。"), "url": reverse("matters"), "label": _("看在办事项"), "plain": True},
    }  # fmt: skip
    return render(request, "web/desk.html", context)


def _broken(request: Request, seat: Seat) -> list[str]:
    """Routing rules of the desk's tenant that are broken: said here until they are mended."""
    return [card.name for card, _why in broken_rules(request.town, request.town.places[seat.place].tenant)]


def _line(item: Item, request: Request, said: str, outside: Any, seat: Seat) -> dict[str, Any]:
    line = rows.line(item, request, said, outside)
    first, place, _stage, holder, due = line["cells"]
    first["more"] = words.moment(item.opened_at, request.now)
    may_dispatch = RANK[seat.level] >= RANK[item.raised_level]
    step = (
        {"text": _("派单"), "url": reverse("step", args=[item.pk, "dispatch"])} if may_dispatch else {"text": _("查看"), "url": reverse("item", args=[item.pk])}
    )
    return {"cells": [first, place, holder, due, step | {"label": _("下一步"), "button": True}]}
