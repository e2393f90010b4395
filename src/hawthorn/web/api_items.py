"""Items at the JSON door: make one, list, read, take a step, read its events. The same for every loop."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Router

from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import Loop, extra, offered
from hawthorn.kernel.words import _
from hawthorn.kernel.world import RANK, Seat, Town, World
from hawthorn.loops import actions, queries, searching
from hawthorn.loops.models import Item
from hawthorn.loops.reporters import items_of, plain
from hawthorn.loops.rows import Row
from hawthorn.web.api_answers import BIGGEST, cursor, flag, heard, key_of, limit_of, number, packed, place_of, say

router = Router()
PLACES = tuple((level, f"{level}_id") for level in reversed(RANK))
COLUMNS = (
    "id", "loop", "receipt", "title", "stage", "open", "version", "holder_id", "due_at", "stage_due_at", "opened_at", "urgent", "raised_level", "kind",
    "parent_id", "unit_id", *(name for _level, name in PLACES),
)  # fmt: skip
TIMES = ("promise_at", "outside_due_at")
OF_FACTS = (
    "tier",
    "category",
    "channel",
    "lead",
    "outside_number",
    "outside_source",
    "reporters",
    "open_assists",
    "open_parts",
    "merged_into",
    "agency",
    "about",
)
DOOR = "api"
AT_A_MEETING = {("meetings", "draw"), ("commitments", "give")}
"""Taken only where a meeting is held: its points and its one-at-a-time belong to it."""
Show = Callable[[Mapping[str, Any], Town], Mapping[str, Any]]


# ── as it is shown ──
def brief(row: Mapping[str, Any], town: Town) -> dict[str, Any]:
    """An item as lists show it, from its columns (see COLUMNS)."""
    stage = LOOPS[row["loop"]].stages.get(row["stage"])
    post = town.posts.get(row["holder_id"] or 0)
    return {
        "id": row["id"], "loop": row["loop"], "receipt": row["receipt"], "title": row["title"], "stage": row["stage"],
        "stage_label": stage.label if stage else row["stage"], "open": row["open"], "version": row["version"], "holder": row["holder_id"],
        "holder_name": post.name if post else "", "due_at": row["due_at"], "stage_due_at": row["stage_due_at"], "opened_at": row["opened_at"],
        "urgent": row["urgent"], "raised_level": row["raised_level"], "kind": row["kind"], "parent": row["parent_id"], "unit": row["unit_id"],
        "places": _places(row, town),
    }  # fmt: skip


def post_name(post: int | None, town: Town) -> str:
    """What a post is called; empty where there is none."""
    card = town.posts.get(post or 0)
    return card.name if card else ""


def _places(row: Mapping[str, Any], town: Town) -> dict[str, Any]:
    known = town.places
    return {level: {"id": pk, "name": known[pk].name if pk in known else ""} for level, name in PLACES if (pk := row[name]) is not None}


def whole(row: Row, asks: Any) -> dict[str, Any]:
    """An item as it is read alone: with all dates, what its room adds, and the steps the caller may take now."""
    f, town = row.facts, asks.town
    shown = brief({name: getattr(row.item, name) for name in COLUMNS}, town)
    shown |= {"closed_at": row.item.closed_at, **{name: getattr(f, name, None) for name in TIMES}}
    shown |= {name: getattr(f, name) for name in OF_FACTS if hasattr(f, name)}
    if shown.get("lead"):
        shown["lead_name"] = post_name(shown["lead"], town)
    if shown.get("category"):
        card = town.categories.get(shown["category"])
        shown["category_name"] = card.name if card else ""
    steps = offered(row.loop, f, asks.actor, World(asks.now, town))
    return {**shown, "open_steps": [step.name for step in steps]}


def told(answer: actions.Answer, asks: Any, status: int) -> HttpResponse:
    """What a command answers: a replay the first answer again, else the item (or its head, where it went out of sight)."""
    head: dict[str, Any] = {"id": answer.id, "loop": answer.loop, "receipt": answer.receipt, "stage": answer.stage, "version": answer.version}
    if answer.replay:
        return say(head, 200)
    slip = {name: words for name, words in answer.slip.items() if name != "token"}
    try:
        shown = whole(queries.get_visible(answer.id, actor=asks.actor, town=asks.town, now=asks.now), asks)
    except NotThere:
        shown = {}
    return say({**shown, **head, **({"slip": slip} if slip else {})}, status)


def loop_of(name: str) -> Loop:
    """The loop of that name. Raises NotThere."""
    found = LOOPS.get(name)
    if found is None:
        raise NotThere
    return found


def seen(asks: Any, loop: str, item: int) -> Row:
    """One item of that loop the caller may see. Raises NotThere."""
    if item > BIGGEST:
        raise NotThere
    return queries.get_visible(item, actor=asks.actor, town=asks.town, now=asks.now, loop=loop_of(loop).name)


# ── lists ──
@router.get("/{loop}")
def list_items(request: HttpRequest, loop: str) -> HttpResponse:
    """One page of a seat's list: newest first, or by due date with open=1."""
    asks: Any = request
    table = loop_of(loop)
    seat = _seat(asks)
    if seat is None:
        return say({"items": [], "next": None})
    is_open, limit = flag(request, "open"), limit_of(request)
    found = _filtered(queries.listed(table.name, seat, asks.now), table, asks, seat)
    if is_open is not None:
        found = found.filter(open=is_open)
    return paged(found, asks, limit, timed=bool(is_open), show=brief)


def paged(found: QuerySet[Item], asks: Any, limit: int, *, timed: bool, show: Show) -> HttpResponse:
    """Rows after the cursor: by (due_at, id) where `timed`, else by number downwards. One statement, unless a loop hides things."""
    rows = page(found, asks, limit + 1, timed=timed)
    return cut(rows, asks, limit, timed=timed, show=show)


def page(found: QuerySet[Item], asks: Any, most: int, *, timed: bool) -> list[dict[str, Any]]:
    """Columns of the rows after the cursor."""
    begin = place_of(asks, timed)
    found = found.order_by("due_at", "id") if timed else found.order_by("-id")
    if begin is not None and timed:
        found = found.filter(due_at__gte=begin[0]).exclude(due_at=begin[0], id__lte=begin[1])
    elif begin is not None:
        found = found.filter(id__lt=begin[1])
    return list(found.values(*COLUMNS)[:most])


def cut(rows: list[dict[str, Any]], asks: Any, limit: int, *, timed: bool, show: Show) -> HttpResponse:
    """The answer of a list: at most `limit` rows, and where the next page begins."""
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else cursor(last["due_at"], last["id"]) if timed else cursor(last["id"])
    return say({"items": [show(row, asks.town) for row in _unhidden(rows[:limit], asks)], "next": following})


def _unhidden(rows: list[dict[str, Any]], asks: Any) -> list[dict[str, Any]]:
    """Without what a loop hides from the caller; costs statements only where such a loop is in the list."""
    careful = [row["id"] for row in rows if LOOPS[row["loop"]].hides is not queries.HIDES_NOTHING]
    if not careful:
        return rows
    seen_ids = {r.item.pk for r in queries.visible_among(list(Item.objects.filter(pk__in=careful)), actor=asks.actor, town=asks.town, now=asks.now)}
    return [row for row in rows if row["id"] in seen_ids or row["id"] not in careful]


def _seat(asks: Any) -> Seat | None:
    """The seat whose list is asked for, the widest where not said. Raises NotThere for another's seat."""
    words = asks.GET.get("seat", "")
    if not words:
        return queries.widest(asks.actor)
    post = number("seat", words)
    found: Seat | None = next((s for s in asks.actor.seats if s.post == post), None)
    if found is None:
        raise NotThere
    return found


def _filtered(found: QuerySet[Item], loop: Loop, asks: Any, seat: Seat) -> QuerySet[Item]:
    """By stage, grid (number or 15-digit code), and a receipt or words of the title and of what was first said."""
    if stage := asks.GET.get("stage", ""):
        if stage not in loop.stages:
            raise WrongType({"stage": _("没有这个状态。")})
        found = found.filter(stage=stage)
    if words := asks.GET.get("grid", ""):
        code = number("grid", words)
        found = found.filter(grid=next((p.id for p in asks.town.places.values() if p.code == words), code))
    if words := asks.GET.get("q", "").strip()[:100].replace("\x00", ""):
        items = items_of(words) if len(plain(words)) == 8 and not words.isdigit() else []
        found = found.filter(pk__in=items) if items else searching.narrowed(found, words, seat, asks.town)
    return found


# ── one ──
@router.get("/{loop}/{int:item}")
def read_item(request: HttpRequest, loop: str, item: int) -> HttpResponse:
    """One item; 304 where the caller has this answer already."""
    asks: Any = request
    body = packed(whole(seen(asks, loop, item), asks))
    tag = f'"{hashlib.blake2s(body, digest_size=12).hexdigest()}"'
    known = [word.strip().removeprefix("W/") for word in request.headers.get("If-None-Match", "").split(",")]
    answer = HttpResponse(status=304) if tag in known or "*" in known else HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@router.get("/{loop}/{int:item}/events")
def list_events(request: HttpRequest, loop: str, item: int) -> HttpResponse:
    """What happened to an item, oldest first, with its words."""
    asks: Any = request
    row = seen(asks, loop, item)
    words: dict[int, list[dict[str, str]]] = {}
    for text in queries.texts_of(item):
        words.setdefault(text.seq, []).append({"field": text.field, "audience": text.audience, "words": text.words})
    shown = []
    for event in queries.events_of(item):
        step = row.loop.steps.get(event.step)
        titles = {n: f.title or n for n, f in step.needs.model_fields.items() if extra(step.needs, n).get("x-text")} if step else {}
        shown.append(
            {
                "at": event.at, "seq": event.seq, "step": event.step, "label": step.label if step else event.step, "stage": event.stage, "post": event.post,
                "post_name": post_name(event.post, asks.town), "door": event.door,
                "texts": [{**text, "label": titles.get(text["field"], text["field"])} for text in words.get(event.seq, [])],
            }
        )  # fmt: skip
    return say({"items": shown})


# ── commands ──
@router.post("/{loop}")
def create_item(request: HttpRequest, loop: str) -> HttpResponse:
    """Make an item by the loop's creating step, or by another one named in `step`."""
    asks: Any = request
    table, step = loop_of(loop), asks.GET.get("step", "")
    if step and (step not in table.steps or table.steps[step].sources):
        raise NotThere
    if (table.name, step) in AT_A_MEETING:
        raise Refused("not_yours")
    answer = actions.start(table.name, heard(request), actor=asks.actor, now=asks.now, door=DOOR, key=key_of(request), step=step, town=asks.town)
    return told(answer, asks, 201)


@router.post("/{loop}/{int:item}/steps/{step}")
def take_step(request: HttpRequest, loop: str, item: int, step: str) -> HttpResponse:
    """Take a step; `version` in the body: only if nobody changed it since."""
    asks: Any = request
    if item > BIGGEST:
        raise NotThere
    given = heard(request)
    version = given.pop("version", None)
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise WrongType({"version": _("要填整数。")})
    answer = actions.take_step(
        loop_of(loop).name, item, step, given, actor=asks.actor, now=asks.now, door=DOOR, key=key_of(request), version=version, town=asks.town
    )
    return told(answer, asks, 200)
