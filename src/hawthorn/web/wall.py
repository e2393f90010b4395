"""大屏: numbers only, no click, draws itself anew every minute; opened by a link that a desk makes, so that nobody stays signed in on a wall."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.assessments.actions import screens
from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.queries import open_in, today_bounds
from hawthorn.assessments.rules import figures
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops.models import Item
from hawthorn.loops.town import town_by_id
from hawthorn.web import slips, words
from hawthorn.web.middleware import public
from hawthorn.web.request import Request, place_seat

SALT, DAYS = "hawthorn.wall", 90
LINES = 11  # so many fit in letters that are read from five metres: those with most that is late


@require_http_methods(["GET", "HEAD", "POST"])
def wall(request: Request) -> HttpResponse:
    """The link for the screen, good for ninety days, and how it looks; a POST makes those that are out worthless."""
    seat = place_seat(request)
    card = request.town.places[seat.place]
    if request.method == "POST":
        if not seat.post or seat.acting:
            raise Refused("not_yours")
        screens.change(seat, now=request.now)
        messages.success(request, _("以前的链接都作废了。请在大屏上打开下面的新链接。"))
        return redirect("wall")
    signed = signing.dumps([card.county, card.id, screens.number_of(card.id)], salt=SALT)
    address = slips.address_of(request, reverse("wall-screen", args=[signed]))
    context: dict[str, Any] = {
        "place": card.name,
        "url": reverse("wall-screen", args=[signed]),
        "copy": {"id": "wall", "words": address, "label": _("复制链接")},
    }
    context |= {"may": bool(seat.post and not seat.acting), "changed": words.moment(screens.changed_at(card.id), request.now)}
    return render(request, "web/wall.html", context)


@public
@require_safe
def wall_screen(request: Request, signed: str) -> HttpResponse:
    """The screen itself: counts of a place, the shares of the month, open and late by grid or subdistrict."""
    try:
        county, number, link = signing.loads(signed, salt=SALT, max_age=DAYS * 86400)
    except (signing.BadSignature, TypeError, ValueError):
        raise NotThere from None
    request.is_private = True  # type: ignore[attr-defined]
    town = town_by_id(_tenant_of(county, request))
    place = town.places.get(number)
    if place is None or link != screens.number_of(number):
        raise NotThere
    month = figures.first_of(local(request.now).date())
    numbers = numbers_of(place, month, town, request.now)
    below = [p.id for p in town.places.values() if p.level == "subdistrict" and p.county == place.id]
    start, _end = today_bounds(request.now)
    context = {
        "place": place.name, "at": words.moment(request.now, request.now), "numbers": numbers, "month": _("{n}月").format(n=month.month),
        "shares": [{"label": _(s.figure.label), "percent": s.percent, "top": s.top, "bottom": s.bottom} for s in numbers.shares],
        "today": Item.objects.filter(loop="matters", parent=None, opened_at__gte=start, **{place.level: place.id}).count(),
    } | _bars(place, below, town, request)  # fmt: skip
    return render(request, "web/wall_screen.html", context)


def _tenant_of(county: int, request: Request) -> int:
    """The county's tenant, where its place is of the county that is served here."""
    card = request.town.places.get(county) if request.town is not None else None
    if card is None:
        raise NotThere
    return card.tenant


def _bars(place: PlaceCard, below: list[int], town: Any, request: Request) -> dict[str, Any]:
    """Open and late, in all and by the next level, as bars."""
    level = {"county": "subdistrict", "subdistrict": "grid", "community": "grid", "grid": "grid"}[place.level]
    counted: dict[int | None, tuple[int, int]] = {}
    for found in open_in(place, below):
        for row in found.order_by().values(level).annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=request.now))):
            known = counted.get(row[level], (0, 0))
            counted[row[level]] = (known[0] + row["n"], known[1] + row["late"])
    inside = sorted((p for p in town.places.values() if p.level == level and p.at(place.level) == place.id), key=lambda p: p.code)
    most = max([n for n, _late in counted.values()], default=0) or 1
    shown = {p.id for p in sorted(inside, key=lambda p: counted.get(p.id, (0, 0))[::-1], reverse=True)[:LINES]}
    rows = []
    for one in inside:
        if one.id in shown:
            number, late = counted.get(one.id, (0, 0))
            rows.append({"name": one.name, "number": number, "late": late, "width": round(100 * number / most, 1), "late_width": round(100 * late / most, 1)})
    return {"rows": rows, "open": sum(n for n, _late in counted.values()), "late": sum(late for _n, late in counted.values())}
