"""交接单: what is open in a post's hands, what residents were promised, what to look out for, keys and devices; both sides sign. On a page and on paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.handovers import queries
from hawthorn.handovers.queries import Held
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.rows import Row
from hawthorn.web import items, rows, story, words
from hawthorn.web.request import Request

MOST = 300


@require_safe
def handover(request: Request, item: int) -> HttpResponse:
    """The sheet as it stands now; once signed, as it was signed."""
    row = _visible(request, item)
    context = _sheet(request, row) | {
        "tag": words.due_tag(row.item, request.now), "stage": _(row.loop.stages[row.item.stage].label),
        "story": story.entries(row, loop_queries.events_of(item), [], [], request), "print_url": reverse("handover-print", args=[item]),
    } | items.offers(row, request)  # fmt: skip
    return render(request, "web/handover.html", context)


@require_safe
def handover_print(request: Request, item: int) -> HttpResponse:
    """On A4, with room for both signatures. Dates are written out."""
    row = _visible(request, item)
    f, town = row.facts, request.town
    signs = [
        (_("交的人"), town.names.get(f.giver or f.leaver or 0, ""), words.stamp(f.given_at)),
        (_("接的人"), town.names.get(f.taker or 0, ""), words.stamp(row.item.closed_at) if f.taker else ""),
    ]
    context = _sheet(request, row, is_paper=True) | {
        "signs": [{"label": label, "name": name, "at": at} for label, name, at in signs], "printed": words.stamp(request.now), "printed_by": request.user.name,
        "receipt": words.receipt(row.item.receipt),
    }  # fmt: skip
    return render(request, "web/handover_print.html", context)


def _visible(request: Request, item: int) -> Row:
    return loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="handovers")


def _sheet(request: Request, row: Row, *, is_paper: bool = False) -> dict[str, Any]:
    """What both forms of it show. Five statements, and one a loop that promises."""
    f, town = row.facts, request.town
    held = queries.handed(row.item.pk) if f.taker else queries.held([f.post])
    seen = {r.item.pk for r in loop_queries.visible_among([h.item for h in held[:MOST]], actor=request.actor, town=town, now=request.now)}
    shown = [h for h in held[:MOST] if h.item.pk in seen]
    promised, rest = [h for h in shown if h.is_promise], [h for h in shown if not h.is_promise]
    first, last = rows.snippets([h.item for h in shown]), rows.last_answers([h.item for h in promised])
    said = queries.written(row.item.pk)
    post = town.posts.get(f.post)
    return {
        "row": row, "post": post, "place": town.name_of(post.place) if post else "", "leaver": town.names.get(f.leaver or 0, ""),
        "left_at": words.stamp(f.left_at) if is_paper else words.moment(f.left_at, request.now), "has_left": f.left_at <= request.now,
        "giver": town.names.get(f.giver or 0, ""), "is_for_absent": f.giver is not None and f.giver != f.leaver, "taker": town.names.get(f.taker or 0, ""),
        "awaits": "" if f.giver else _awaited(f, request), "promises": [_line(request, h, first, last, is_paper=is_paper) for h in promised],
        "others": [_line(request, h, first, {}, is_paper=is_paper) for h in rest],
        "number": f.open_items if f.taker else len(held), "promised": f.promises if f.taker else sum(h.is_promise for h in held),
        "unseen": len(held) - len(shown),
        "notes": said.get("notes", ""), "things": said.get("things", "").splitlines(), "missing": said.get("words", ""), "mark": f.mark[:12],
        "holders": _holders(request, f.post),
    }  # fmt: skip


def _awaited(f: Any, request: Request) -> str:
    """Whose signature is waited for: the leaver's while they hold the post, then that of the post above."""
    town = request.town
    return town.names.get(f.leaver or 0, "") if f.left_at > request.now else town.posts[f.over].name if f.over in town.posts else ""


def _holders(request: Request, post: int) -> list[str]:
    """Who works for the post now, with a word for stand-ins."""
    town, now = request.town, request.now
    found = [town.names.get(s.user, "") for s in town.holders.get(post, ()) if s.holds(now)]
    return found + [_("{name}（B角）").format(name=town.names.get(s.user, "")) for s in town.stand_ins.get(post, ()) if s.holds(now)]


def _line(request: Request, one: Held, first: dict[int, str], last: dict[int, str], *, is_paper: bool) -> dict[str, Any]:
    item, loop = one.item, LOOPS[one.item.loop]
    until = one.promise_at or item.due_at
    return {
        "what": first.get(item.pk) or item.title, "title": item.title, "url": reverse("item", args=[item.pk]), "receipt": words.receipt(item.receipt),
        "kind": _(loop.label), "stage": _(loop.stages[item.stage].label), "told": last.get(item.pk, ""),
        "until": words.stamp(until) if is_paper else words.until(until, request.now) if until else "", "is_late": bool(until and until < request.now),
    }  # fmt: skip
