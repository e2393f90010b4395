"""岗位和人: the posts of my place with holders and stand-ins, narrowed by link; a password is reset on the spot, by those above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hawthorn.accounts import actions as accounts
from hawthorn.accounts.models import User
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import RANK, PlaceCard, PostCard, Seat, Town
from hawthorn.loops import queries
from hawthorn.teams.models import PostKind
from hawthorn.web import words
from hawthorn.web.request import Request, seat_of, whole

KEPT, MOST = ("at", "kind", "vacant", "q", "reset"), 200
NARROWING = ("at", "kind", "vacant", "q")
BELOW = {"county": "subdistrict", "subdistrict": "community", "community": "grid"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: Request) -> HttpResponse:
    """Who holds what: by community and grid, the vacant ones, by kind of post, by a name."""
    seat = team_seat(request)
    if seat is None:
        raise NotThere
    if request.method == "POST":
        return _reset(request)
    chosen, get = _chosen(request, seat), request.GET
    here = posts_in(request.town, seat, chosen)
    vacant = [p for p in here if is_vacant(request.town, p, request.now)]
    pool = vacant if get.get("vacant") else here
    found = found_posts(request, seat)
    if seat.level == "county" and not any(get.get(name) for name in NARROWING):
        found = [p for p in found if p.level == "county"]  # a whole county is too long; its subdistricts are a press away
    kinds = kinds_of(request)
    context = {
        "place": request.town.name_of(chosen.id if chosen else seat.place), "groups": _groups(request, found[:MOST], kinds), "number": len(found),
        "is_cut": len(found) > MOST, "filters": _filters(request, len(vacant)), "places": _places(request, seat, chosen), "kinds": _kinds(request, pool, kinds),
        "kind": get.get("kind", ""), "q": get.get("q", ""), "hidden": [(k, get[k]) for k in KEPT if k != "q" and get.get(k)], "all_url": request.path,
        "grid_url": _grid_url(request, seat, chosen),
        "may_plan": seat_of(request, "subdistrict_desk") is not None, "may_fill": bool(get.get("vacant")),
    } | _resetting(request)  # fmt: skip
    return render(request, "web/team.html", context)


def _grid_url(request: Request, seat: Seat, chosen: PlaceCard | None) -> str:
    """The page of the one grid that is shown."""
    card = chosen or request.town.places[seat.place]
    return reverse("team-grid", args=[card.id]) if card.level == "grid" and (seat.scope == "place" or seat.kind == "county_admin") else ""


def found_posts(request: Request, seat: Seat) -> list[PostCard]:
    """The posts the filters leave, however many."""
    here = posts_in(request.town, seat, _chosen(request, seat))
    is_narrow = bool(request.GET.get("vacant"))
    return [p for p in here if _fits(request, p) and (not is_narrow or is_vacant(request.town, p, request.now))]


def kinds_of(request: Request) -> dict[str, PostKind]:
    """The kinds of post of the county, by code, in their order."""
    return {k.code: k for k in PostKind.objects.filter(county=request.town.county).order_by("sort", "id")}


def team_seat(request: Request) -> Seat | None:
    """As which seat the posts are seen; an administrator gives passwords in the whole county and so sees its posts."""
    return seat_of(request, "county_admin") or queries.widest(request.actor)


def posts_in(town: Town, seat: Seat, chosen: PlaceCard | None = None) -> list[PostCard]:
    """The living posts of a seat's place, or of a place in it; from the top down, by place."""
    sees = seat.scope == "place" or seat.kind == "county_admin"
    level, place = (chosen.level, chosen.id) if chosen else (seat.level, seat.place)
    found = [p for p in town.posts.values() if p.until is None and (town.places[p.place].at(level) == place if sees else p.id == seat.post)]
    return sorted(found, key=lambda p: (-RANK[p.level], town.places[p.place].code, p.id))


def is_vacant(town: Town, post: PostCard, now: datetime) -> bool:
    """Neither holder nor stand-in; the on-call post is filled by its roster."""
    return post.kind != "on_call" and not town.own_users(post.id, now)


# ── narrowing ──
def _chosen(request: Request, seat: Seat) -> PlaceCard | None:
    """?at=<place>, in my place."""
    said = request.GET.get("at", "")
    if not said:
        return None
    card = request.town.places.get(whole(said) or 0)
    if card is None or card.at(seat.level) != seat.place:
        raise NotThere
    return None if card.id == seat.place else card


def _fits(request: Request, post: PostCard) -> bool:
    kind, said = request.GET.get("kind", ""), request.GET.get("q", "").strip().lower()[:40]
    if kind and post.kind != kind:
        return False
    if not said:
        return True
    names = [request.town.names.get(user, "") for user in request.town.own_users(post.id, request.now)]
    return said in "\n".join([post.name, post.phone, request.town.name_of(post.place), *names]).lower()


def link(request: Request, **more: Any) -> str:
    """This page with other filters; what is empty is left out."""
    kept = {k: request.GET[k] for k in KEPT if request.GET.get(k)}
    wanted = {k: v for k, v in (kept | more).items() if v not in ("", None)}
    return f"?{urlencode(wanted)}" if wanted else request.path


def _filters(request: Request, vacant: int) -> list[dict[str, Any]]:
    """Everything, or the vacant ones."""
    is_on = bool(request.GET.get("vacant"))
    return [
        {"label": _("全部"), "url": link(request, **dict.fromkeys(NARROWING, "")), "on": not any(request.GET.get(name) for name in NARROWING)},
        {"label": _("空岗 {n}").format(n=vacant), "url": link(request, vacant="" if is_on else 1), "on": is_on},
    ]


def _resetting(request: Request) -> dict[str, Any]:
    """For those who give new passwords: the link that shows the buttons; a list without them is easier to read."""
    is_on = bool(request.GET.get("reset"))
    may = any(s.kind in accounts.RESETTERS or s.kind == "county_admin" for s in request.actor.seats if not s.acting)
    return {"is_resetting": is_on, "reset_url": link(request, reset="" if is_on else 1) if may else ""}


def _places(request: Request, seat: Seat, chosen: PlaceCard | None) -> list[list[dict[str, Any]]]:
    """A row of links for each level below mine: the subdistricts, the communities of the chosen one, its grids."""
    town, rows = request.town, list[list[dict[str, Any]]]()
    level, above, on = seat.level, seat.place, None
    while (level in BELOW) and (seat.scope == "place" or seat.kind == "county_admin"):
        cards = sorted((p for p in town.places.values() if p.level == BELOW[level] and p.at(level) == above), key=lambda p: p.code)
        level, on = BELOW[level], chosen.at(BELOW[level]) if chosen else None
        rows.append([{"label": p.name, "url": link(request, at="" if p.id == on and p == chosen else p.id), "on": p.id == on} for p in cards])
        if on is None:
            break
        above = on
    return [row for row in rows if row]


def _kinds(request: Request, posts: Iterable[PostCard], kinds: dict[str, PostKind]) -> list[dict[str, Any]]:
    """The kinds of post there are here, with how many."""
    chosen, number = request.GET.get("kind", ""), dict[str, int]()
    for post in posts:
        number[post.kind] = number.get(post.kind, 0) + 1
    return [
        {"label": f"{_(k.label)} {number[code]}", "url": link(request, kind="" if code == chosen else code), "on": code == chosen}
        for code, k in kinds.items()
        if code in number
    ]


# ── what is shown ──
def _groups(request: Request, posts: Sequence[PostCard], kinds: dict[str, PostKind]) -> list[dict[str, Any]]:
    """The posts under their street or community; those of its grids as a table, a grid to a row and a kind to a column, where nothing is filtered away."""
    town, by_place = request.town, dict[int, list[PostCard]]()
    for post in posts:
        card = town.places[post.place]
        by_place.setdefault(card.community or card.id, []).append(post)
    is_whole, found = not any(request.GET.get(name) for name in ("kind", "vacant", "q")), []
    for place, own in sorted(by_place.items(), key=lambda of: (-RANK[town.places[of[0]].level], town.places[of[0]].code)):
        grids = list(dict.fromkeys(p.place for p in own if p.level == "grid"))
        above = [p for p in own if p.level != "grid"]
        is_table = is_whole and bool(grids) and (len(grids) > 1 or bool(above))
        table = _table(request, [p for p in own if p.level == "grid"], grids, kinds) if is_table else None
        lines = [line(request, p) | {"post": words.without(town.name_of(place), p.name)} for p in (above if is_table else own)]
        found.append({"id": place, "name": town.name_of(place), "lines": lines, "table": table})
    return found


def _table(request: Request, posts: Sequence[PostCard], grids: Sequence[int], kinds: dict[str, PostKind]) -> dict[str, Any]:
    columns = [(code, _(k.label)) for code, k in kinds.items() if any(p.kind == code for p in posts)]
    rows = []
    for grid in grids:
        of_kind = [[line(request, p) for p in posts if p.place == grid and p.kind == code] for code, _label in columns]
        cells = [{"label": label, "posts": lines, "named": len(lines) > 1} for (_code, label), lines in zip(columns, of_kind, strict=True)]
        rows.append({"name": request.town.name_of(grid), "url": reverse("team-grid", args=[grid]), "cells": cells})
    return {"columns": [label for _code, label in columns], "rows": rows}


def line(request: Request, post: PostCard) -> dict[str, Any]:
    """A post with its people. `roster`: filled night by night."""
    town, now = request.town, request.now
    people = [
        _person(request, s.user, _("B角") if n else "")
        for n, spans in enumerate((town.holders, town.stand_ins))
        for s in spans.get(post.id, [])
        if s.holds(now)
    ]
    falls_to = _fallback(town, post, now) if is_vacant(town, post, now) else ""
    return {
        "post": post.name, "url": reverse("post", args=[post.id]), "place": town.name_of(post.place), "phone": post.phone,
        "people": people, "falls_to": falls_to, "roster": post.kind == "on_call",
    }  # fmt: skip


def _fallback(town: Town, post: PostCard, now: datetime) -> str:
    at: int | None = post.id
    while at is not None and not town.own_users(at, now):
        at = town.above(at)
    return town.posts[at].name if at is not None else _("没有人")


def _person(request: Request, user: int, note: str) -> dict[str, Any]:
    may = bool(request.GET.get("reset")) and accounts.may_reset(
        User(pk=user, tenant_id=request.town.employers.get(user, 0)), request.actor, request.town, request.now
    )
    return {"id": user, "name": request.town.names.get(user, ""), "note": note, "may_reset": may}


def _reset(request: Request) -> HttpResponse:
    number = whole(request.POST.get("user", ""))
    user = User.objects.filter(pk=number, is_active=True).first() if number else None
    if user is None or user.pk not in request.town.names or (request.tenant.county_id and user.tenant_id != request.tenant.pk):
        raise NotThere
    if not accounts.may_reset(user, request.actor, request.town, request.now):
        raise Refused("not_yours", detail=_("密码由网格长或窗口给自己下面岗位的人重设。"))
    once = accounts.reset_password(user, by=request.actor, town=request.town, now=request.now)
    return render(request, "web/once.html", {"who": user.name, "username": user.username, "once": once})
