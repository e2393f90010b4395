"""公开: what three named people let out, as they let it out; and drafting a month's numbers for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hawthorn.assessments import digest, queries
from hawthorn.assessments.models import Release
from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.rules import figures, releases
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops.actions import start
from hawthorn.loops.models import Item, Text
from hawthorn.web import visitors, words
from hawthorn.web.middleware import public
from hawthorn.web.request import Request, whole

SHOWN = 30


def published(request: Request, most: int = SHOWN) -> list[dict[str, Any]]:
    """The newest of the visitor's subdistrict: heading, day, address. Two statements."""
    place = request.town.places.get(visitors.own_place(request.town, request.tenant) or 0)
    if place is None:
        return []
    items = list(Item.objects.filter(loop="releases", stage="published", **{place.level: place.id}).order_by("-id")[:most])
    said = _texts(items)
    return [
        {"heading": said[i.pk].get("heading", i.title), "on": words.day_words(i.closed_at, request.now), "url": reverse("news-one", args=[i.receipt])}
        for i in items
    ]  # fmt: skip


def _texts(items: list[Item]) -> dict[int, dict[str, str]]:
    """The last heading and words of each."""
    found: dict[int, dict[str, str]] = {i.pk: {} for i in items}
    for text in Text.objects.filter(item__in=[i.pk for i in items], audience="public", erased_at=None).order_by("seq", "id"):
        found[text.item_id][text.field] = text.words
    return found


@public
@require_safe
def news(request: Request) -> HttpResponse:
    """What was made public, the newest first."""
    if request.town is None:
        raise NotThere
    return render(request, "web/news.html", {"rows": published(request)})


@public
@require_safe
def news_one(request: Request, receipt: str) -> HttpResponse:
    """One of them: the words, the day, and whose three hands it went through. What is not published, or no longer, is not there."""
    release = Release.objects.select_related("item").filter(item__receipt=receipt[:8], item__stage="published").first()
    if request.town is None or release is None or request.town.places.get(release.item.county_id) is None:
        raise NotThere
    said = _texts([release.item])[release.item_id]
    names = request.town.names
    hands = [
        (_("拟稿"), names.get(release.drafter or 0, "")), (_("审核（含保密审查）"), names.get(release.reviewer or 0, "")),
        (_("发布"), names.get(release.publisher or 0, "")),
    ]  # fmt: skip
    context = {
        "heading": said.get("heading", release.item.title), "paragraphs": [line for line in said.get("words", "").split("\n") if line.strip()],
        "on": words.day_words(release.item.closed_at, request.now), "hands": hands, "where": request.town.name_of(release.item.subdistrict_id),
    }  # fmt: skip
    return render(request, "web/news_one.html", context)


@require_POST
def draft_numbers(request: Request) -> HttpResponse:
    """拟公开数字 of a closed month, to be reviewed and published by two more people."""
    seat = releases.drafts(None, request.actor)
    month = figures.month_of(request.POST.get("month", ""))
    place = request.town.places.get(whole(request.POST.get("place", "")) or 0)
    if seat is None or month is None or place is None or place.id != seat.place:
        raise NotThere
    if queries.month_row(place.at("subdistrict") or 0, month) is None:
        raise Refused("too_early", detail=_("这个月还没有定稿，定稿以后才能公开。"))
    text = digest.of_numbers(numbers_of(place, month, request.town, request.now))
    heading = _("{place}{year}年{month}月办得怎么样").format(place=place.name, year=month.year, month=month.month)
    made = start(
        "releases", {"kind": "figures", "heading": heading, "words": text}, actor=request.actor, now=request.now, door="page",
        key=request.POST.get("key", "")[:64], town=request.town,
    )  # fmt: skip
    messages.success(request, _("公开稿拟好了，等另一位同事审核（含保密审查），再由第三位发布。"))
    return redirect("item", item=made.id)


def may_draft(request: Request, place: int, month: Any) -> bool:
    """Has the asker a desk here, and is the month closed."""
    seat = releases.drafts(None, request.actor)
    return seat is not None and seat.place == place and month < figures.first_of(local(request.now).date())
