"""What was typed to search a list: a post's name leads to what it holds; a phone number is never looked for here, nor kept in an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from hawthorn.kernel.world import DESK, PostCard, Seat
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter
from hawthorn.web.request import Request

NUMBER = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{9,11})")
SHORTEST, MOST = 2, 3


def phone_in(said: str) -> str:
    """The digits of a whole phone number, empty for anything else."""
    found = NUMBER.fullmatch(re.sub(r"[\s()\-\uff0d\u2014\uff08\uff09]", "", said)) if said.isprintable() else None
    return found.group(1) if found and found.group(1).isascii() else ""


def phone_words() -> dict[str, Any]:
    """What stands in place of a list where a phone was typed."""
    return {"title": _("电话不在这里查。"), "words": _("在“窗口”按手机后四位查，不用写整个号码。")}


def taken_out(request: Request) -> str:
    """A phone number that was searched for, taken out of the address before any link is made of it; the number of another system stays."""
    said = request.GET.get("q", "").strip()
    phone = phone_in(said)
    if not phone or Matter.objects.filter(outside_number=said).exists():
        return ""
    kept = request.GET.copy()
    del kept["q"]
    request.GET, request.META["QUERY_STRING"] = kept, kept.urlencode()  # type: ignore[assignment]
    return phone


def tail(request: Request, phone: str) -> str:
    """Four digits may be the end of a phone number: that is looked up at the counter, by POST, by whoever has it."""
    said = phone[-4:] or request.GET.get("q", "").strip()
    is_tail = len(said) == 4 and said.isascii() and said.isdigit()
    return said if is_tail and any(s.kind in DESK.values() for s in request.actor.seats) else ""


def posts_named(request: Request, seat: Seat | None, said: str) -> list[PostCard]:
    """Posts of the seat's own subdistrict and of the county itself whose name has these words; a county's seat asks for all of its county."""
    if seat is None or len(said) < SHORTEST:
        return []
    places = request.town.places
    own = places[seat.place].at("subdistrict")
    return [p for p in request.town.posts.values() if said in p.name and (own is None or places[p.place].at("subdistrict") in (own, None))]


def held(found: QuerySet[Item], posts: Sequence[PostCard]) -> list[tuple[PostCard, int]]:
    """How many open ones of a list each of these holds: the most first, of none the first post. One statement, none without posts."""
    if not posts:
        return []
    counted = found.filter(open=True, holder__in=[p.id for p in posts]).values("holder").annotate(n=Count("pk")).order_by()
    numbers = {row["holder"]: row["n"] for row in counted}
    posts = sorted((p for p in posts if p.id in numbers), key=lambda p: (-numbers[p.id], p.name))[:MOST] or posts[:1]
    return [(p, numbers.get(p.id, 0)) for p in posts]
