"""Duties at the JSON door: a duty is an open item. One's own, or all within what one may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import Seat, Town
from hawthorn.loops import queries
from hawthorn.loops.models import Item, Touch
from hawthorn.web.api_answers import flag, limit_of, number, say
from hawthorn.web.api_items import COLUMNS, brief, cut, loop_of, page, paged

router = Router()


@router.get("/duties")
def list_duties(request: HttpRequest) -> HttpResponse:
    """mine=1 (or nothing said): held by the caller's posts. all=1, loop=, item=: within what the caller may see. Earliest due first."""
    asks: Any = request
    limit, is_all, mine = limit_of(request), flag(request, "all"), flag(request, "mine")
    loop, words = asks.GET.get("loop", ""), asks.GET.get("item", "")
    item = number("item", words) if words else None
    if loop:
        loop_of(loop)
    if mine or not (is_all or loop or item is not None):
        return paged(_narrowed(queries.duties([s.post for s in asks.actor.seats if s.post]), loop, item), asks, limit, timed=True, show=duty)
    if item is not None:
        return _of_item(asks, loop, item)
    return _all(asks, loop, limit)


def duty(row: Mapping[str, Any], town: Town) -> dict[str, Any]:
    """An open item as somebody's duty."""
    return {"item": row["id"], **brief(row, town)}


def _narrowed(found: QuerySet[Item], loop: str, item: int | None = None) -> QuerySet[Item]:
    found = found.filter(loop=loop) if loop else found
    return found.filter(pk=item) if item is not None else found


def _of_item(asks: Any, loop: str, item: int) -> HttpResponse:
    """The one duty an open item is; none where it is closed or out of sight."""
    found = list(_narrowed(Item.objects.filter(open=True), loop, item))
    rows = queries.visible_among(found, actor=asks.actor, town=asks.town, now=asks.now)
    return say({"items": [duty({name: getattr(row.item, name) for name in COLUMNS}, asks.town) for row in rows], "next": None})


def _all(asks: Any, loop: str, limit: int) -> HttpResponse:
    """Those in the place of the widest seat and those that went through the caller's hands, in order of due date: two lists, no OR."""
    seat = queries.widest(asks.actor)
    posts = [s.post for s in asks.actor.seats if s.post]
    lists = [_in_place(seat), Item.objects.filter(Exists(Touch.objects.filter(post__in=posts, item=OuterRef("pk"))), open=True)]
    rows: dict[int, dict[str, Any]] = {}
    for found in lists if seat is not None else ():
        rows |= {row["id"]: row for row in page(_narrowed(found, loop), asks, limit + 1, timed=True)}
    ordered = sorted(rows.values(), key=lambda row: (row["due_at"], row["id"]))
    return cut(ordered, asks, limit, timed=True, show=duty)


def _in_place(seat: Seat | None) -> QuerySet[Item]:
    """Open items of all loops that are seen by place, in the seat's place; county: only those raised to it."""
    if seat is None or seat.scope != "place":
        return Item.objects.none()
    found = Item.objects.filter(open=True, loop__in=[x.name for x in LOOPS if x.seen_by == "place"], **{f"{seat.level}_id": seat.place})
    return found.filter(raised_level="county") if seat.level == "county" else found
