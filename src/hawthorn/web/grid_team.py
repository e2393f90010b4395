"""一个网格的队伍: its posts with phones, who falls in, what is open by post, what is vacant or changing hands, standing notes, the Party group."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.groups import queries as tasks
from hawthorn.groups import rules as rules_of_tasks
from hawthorn.handovers import queries as handovers
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import PlaceCard
from hawthorn.teams import group_actions, queries, rules
from hawthorn.web import answering, posts, team, words
from hawthorn.web.request import Request, whole

GROUP = "party_group"


@require_http_methods(["GET", "HEAD", "POST"])
def grid_team(request: Request, grid: int) -> HttpResponse:
    """The team of one grid of my place. POST: set up its Party group, or say how many belong to it."""
    card = _grid(request, grid)
    if request.method == "POST":
        return _do(request, card)
    here = [p for p in request.town.posts.values() if p.place == card.id and p.until is None]
    kinds = list(team.kinds_of(request))
    here.sort(key=lambda p: (kinds.index(p.kind) if p.kind in kinds else len(kinds), p.id))
    ids = [p.id for p in here]
    hands, notes = posts.in_hands(ids, request), handovers.standing(ids)
    lines = [
        team.line(request, p) | {"post": words.without(card.name, p.name), "open": hands.get(p.id, []), "notes": notes.get(p.id, "")}
        for p in here if p.kind != GROUP
    ]  # fmt: skip
    context = {
        "card": card, "community": request.town.name_of(card.community), "lines": lines, "running": posts.running(request, ids),
        "group": group_of(request, card), "may_keep": rules.may_keep_group(request.actor, card.id, request.town),
        "may_ask": rules_of_tasks.asks(None, request.actor) is not None,
        "team_url": f"{reverse('team')}?{urlencode({'at': card.id})}", "public_url": reverse("grid", args=[card.code]),
    }  # fmt: skip
    return render(request, "web/team_grid.html", context)


def _grid(request: Request, grid: int) -> PlaceCard:
    """A grid of my place. Raises NotThere."""
    seat, card = team.team_seat(request), request.town.places.get(grid)
    sees = seat is not None and (seat.scope == "place" or seat.kind == "county_admin")
    if seat is None or not sees or card is None or card.level != "grid" or card.at(seat.level) != seat.place:
        raise NotThere
    return card


def group_of(request: Request, card: PlaceCard) -> dict[str, Any]:
    """The Party group of a grid: its head where they agreed to be named, how many, what it did in ninety days. Two statements."""
    post = request.town.post(GROUP, card.id)
    if post is None:
        return {}
    spans = [s for s in request.town.holders.get(post, ()) if s.holds(request.now)]
    named = [request.town.names.get(s.user, "") for s in spans if s.shows_name]
    return {
        "post": post, "name": request.town.posts[post].name, "heads": named, "has_head": bool(spans), "number": queries.groups([post]).get(post),
        "done": tasks.done([card.id], request.now).get(card.id, 0), "days": tasks.DAYS, "url": reverse("post", args=[post]),
        "tasks": f"{reverse('group_tasks')}?{urlencode({'grid': card.id})}",
    }  # fmt: skip


def _do(request: Request, card: PlaceCard) -> HttpResponse:
    here, data = reverse("team-grid", args=[card.id]) + "#group", request.POST
    if data.get("do") == "group":
        group_actions.set_up(card.id, actor=request.actor, town=request.town, now=request.now)
        return answering.done(request, here, _("党小组设好了。组长在党小组的岗位页上定。"))
    if data.get("do") != "number":
        raise NotThere
    said = data.get("number", "").strip()
    number = whole(said, 0) if said else None
    if said and number is None:
        raise Refused("missing", ["number"], _("请填一个数。"))
    group_actions.set_number(request.town.post(GROUP, card.id) or 0, number, actor=request.actor, town=request.town)
    return answering.done(request, here, _("人数改好了。"))
