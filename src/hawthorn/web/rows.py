"""What one line of a list shows. A list of any length takes the same few statements; names come from the town."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import DESK
from hawthorn.loops import queries
from hawthorn.loops.models import Item, Text
from hawthorn.matters.models import Matter
from hawthorn.web import words
from hawthorn.web.request import Request

LONG = 46
FIRST = ("words", "what", "reason")
LOOK = "查看"
# What comes next in a stage: the step whose form is opened, or words for the item's own page.
NEXT = {
    ("matters", "found"): ("", "受理"), ("matters", "assigned"): ("", "接单"), ("matters", "working"): ("settle", ""),
    ("matters", "checking"): ("", "核查"), ("matters", "answering"): ("", "回访"), ("assists", "called"): ("assist_accept", ""),
    ("assists", "accepted"): ("assist_done", ""), ("assists", "refused"): ("", "决定"), ("approvals", "asked"): ("", "批复"),
    ("instructions", "given"): ("answer", ""), ("instructions", "answered"): ("", "认可"), ("tellings", "owed"): ("", "回话"),
    ("drops", "captured"): ("", "看一下"), ("drops", "raised"): ("", "看一下"),
    ("complaints", "lodged"): ("", "接办"), ("complaints", "handling"): ("answer", ""), ("vacancies", "open"): ("fill", ""),
    ("handovers", "giving"): ("", "交接单"), ("handovers", "taking"): ("", "交接单"), ("handovers", "late"): ("", "交接单"),
    ("group_tasks", "open"): ("", "看一下"), ("group_tasks", "taken"): ("report_done", ""), ("group_tasks", "lying"): ("", "看一下"),
    ("set_up_gaps", "open"): ("", "看缺什么"),
    ("errand_parts", "asked"): ("give", ""), ("errands", "out"): ("", "看报了多少"), ("errands", "complete"): ("send", ""),
}  # fmt: skip


def in_sight(items: Iterable[Item], request: Request) -> list[Item]:
    """Without those that a loop hides from the asker whatever post they hold."""
    return queries.unhidden(list(items), actor=request.actor, town=request.town, now=request.now)


def snippets(items: Sequence[Item]) -> dict[int, str]:
    """The first words said about each, one statement."""
    found = Text.objects.filter(item__in=[i.pk for i in items], seq=1, field__in=FIRST, erased_at__isnull=True)
    return {item: said if len(said) <= LONG else f"{said[:LONG]}…" for item, said in found.values_list("item_id", "words")}


def last_answers(items: Sequence[Item]) -> dict[int, str]:
    """The newest words said to the askers of each, one statement."""
    found = Text.objects.filter(item__in=[i.pk for i in items], audience="public", erased_at__isnull=True).order_by("item_id", "seq", "id")
    return dict(found.values_list("item_id", "words"))


def outside_of(items: Sequence[Item]) -> dict[int, datetime]:
    """Deadlines of other systems, one statement."""
    ids = [i.pk for i in items if i.loop == "matters"]
    if not ids:
        return {}
    found = Matter.objects.filter(item__in=ids, outside_due_at__isnull=False).values_list("item_id", "outside_due_at")
    return {item: at for item, at in found if at is not None}


def waiting_of(items: Sequence[Item]) -> set[int]:
    """Which of them wait for helpers or parts, one statement."""
    ids = [i.pk for i in items if i.loop == "matters" and i.stage == "working"]
    return set(Matter.objects.filter(Q(open_assists__gt=0) | Q(open_parts__gt=0), item__in=ids).values_list("item_id", flat=True)) if ids else set()


def place_of(item: Item, request: Request) -> str:
    """Where it is, from its title or the town."""
    return words.split_title(item.title)[1] or request.town.name_of(item.grid_id or item.community_id or item.subdistrict_id)


def next_step(item: Item, request: Request, waiting: Collection[int] = ()) -> dict[str, Any]:
    """One next step: a form, or the item's own page; what is `waiting` for others cannot be settled yet."""
    loop, (step, label) = LOOPS[item.loop], NEXT.get((item.loop, item.stage), ("", LOOK))
    holder = request.town.posts.get(item.holder_id or 0)
    if item.loop == "matters" and item.stage == "found" and holder is not None and holder.kind in DESK.values():
        step = "dispatch"
    if step == "settle" and item.pk in waiting:
        return {"label": _("等协办答复"), "url": reverse("item", args=[item.pk])}
    if step:
        return {"label": _(loop.steps[step].label), "url": reverse("step", args=[item.pk, step])}
    return {"label": _(label), "url": reverse("item", args=[item.pk])}


def duty(item: Item, request: Request, said: str, outside: datetime | None, waiting: Collection[int] = ()) -> dict[str, Any]:
    """A line for _duty.html."""
    what, _where = words.split_title(item.title)
    kind = words.kind_of(item.loop, request)
    label = kind if what in ("", kind) else f"{kind} · {what}"  # a telling without a category is called so once
    return {
        "what": said or item.title, "url": reverse("item", args=[item.pk]), "tag": words.due_tag(item, request.now, outside),
        "where": f"{label} · {place_of(item, request)}" if said else kind, "since": f"{words.moment(item.opened_at, request.now)} {_('来的')}",
        "urgent": item.urgent, "next": next_step(item, request, waiting),
    }  # fmt: skip


def line(item: Item, request: Request, said: str, outside: datetime | None, *, link: bool = True) -> dict[str, Any]:
    """A row for _table.html: what, where, stage, who has it, due."""
    what, _where = words.split_title(item.title)
    stage = LOOPS[item.loop].stages[item.stage]
    holder = request.town.posts.get(item.holder_id or 0)
    tag = words.due_tag(item, request.now, outside)
    first: dict[str, Any] = {
        "text": said or item.title,
        "url": reverse("item", args=[item.pk]) if link else "",
        "small": f"{what} · {words.receipt(item.receipt)}",
    }
    if item.urgent:
        first["tag"] = {"text": _("急办"), "kind": "urgent"}
    ended = words.moment(item.closed_at, request.now)
    return {
        "cells": [
            first,
            {"text": place_of(item, request), "label": _("地点")},
            {"tag": {"text": _(stage.label), "kind": "level" if stage.open else ""}, "label": _("状态")},
            {"text": holder.name if holder else "—", "label": _("负责")},
            {"tag": tag, "label": _("期限")} if tag["text"] else {"text": ended, "label": _("结束")},
        ]
    }


def sort_key(item: Item, now: datetime, outside: dict[int, datetime]) -> tuple[Any, ...]:
    """Urgent pinned; then outside deadlines and overdue; then due today; then by due time."""
    assert item.due_at is not None
    is_today = words.day_of(item.due_at)[0] <= local(now).date()
    rank = 0 if item.pk in outside or item.due_at < now else 1 if is_today else 2
    return (not item.urgent, rank, item.due_at, item.pk)
