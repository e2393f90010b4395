"""事项单: one item on A4, to be carried, signed and filed. Dates are written out: paper does not know what today is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.files import queries as files
from hawthorn.loops import queries
from hawthorn.loops.rows import Row
from hawthorn.web import items, story, words
from hawthorn.web.request import Request


@require_safe
def item_print(request: Request, item: int) -> HttpResponse:
    """The same rights as the page of the item; askers' contacts are never on it."""
    row = items.visible(request, item)
    events, texts = queries.events_of(item), queries.texts_of(item)
    told = story.entries(row, events, texts, files.files_of(item), request)[:-1]
    for entry, event in zip(told, events, strict=True):
        entry["at"] = words.stamp(event.at)
    what, where = words.split_title(row.item.title)
    context = {
        "row": row, "what": what, "where": where or request.town.name_of(row.item.grid_id or row.item.community_id or row.item.subdistrict_id),
        "receipt": words.receipt(row.item.receipt), "loop_label": _(row.loop.label), "stage_label": _(row.loop.stages[row.item.stage].label),
        "opened": words.stamp(row.item.opened_at), "steps": story.bar(row), "dates": dates(row), "story": told, "now": _now(row, request),
        "printed": words.stamp(request.now), "printed_by": request.user.name, "is_matter": row.loop.name == "matters",
    }  # fmt: skip
    return render(request, "web/item_print.html", context)


def dates(row: Row) -> list[dict[str, str]]:
    """The three limits of an item, each with its name; a dash where there is none."""
    name = words.LIMITS.get((row.loop.name, row.item.stage), "")
    f = row.facts
    limits: list[tuple[str, datetime | None]] = [
        (_("{name}时限").format(name=_(name)) if name else _("这一步时限"), row.item.stage_due_at if row.item.open else None)
    ]
    if row.loop.name == "matters":
        limits = [pair for pair in limits if pair[0] != _("办结时限")] + [(_("办结时限"), f.promise_at), (_("外来期限"), f.outside_due_at)]
    return [{"label": label, "at": words.stamp(at) or "—"} for label, at in limits]


def _now(row: Row, request: Request) -> dict[str, Any]:
    """Who has it and until when; or how and when it ended."""
    item = row.item
    stage = _(row.loop.stages[item.stage].label)
    if not item.open:
        return {"open": False, "stage": stage, "until": words.stamp(item.closed_at)}
    post = request.town.posts[item.holder_id or 0]
    names = "、".join(sorted(request.town.names.get(u, "") for u in request.town.users(post.id, request.now)))
    limit = words.which_limit(item, getattr(row.facts, "outside_due_at", None))
    return {
        "open": True, "stage": stage, "post": post.name, "names": names, "phone": post.phone, "until": words.stamp(item.due_at), "limit": limit,
        "late": bool(item.due_at and item.due_at < request.now),
    }  # fmt: skip
