"""`hawthorn check`: every invariant, recounted from what is stored."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hawthorn.accounts import keys
from hawthorn.journal.models import Event
from hawthorn.journal.queries import chain_problems, seal_problems
from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import CHECKS, DETAILS, LOOPS
from hawthorn.loops import searching
from hawthorn.loops.models import Item, Text, Wording
from hawthorn.loops.rows import facts_of, fold
from hawthorn.loops.town import town_of
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

CHUNK = 1000


def problems() -> Iterator[str]:
    """All that is wrong, one sentence each; empty where everything holds."""
    yield from seal_problems()
    places = {p.pk: p for p in Place.objects.all()}
    last = 0
    while items := list(Item.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = items[-1].pk
        yield from _chunk(items, places)
    for check in CHECKS:
        yield from check()


def _chunk(items: list[Item], places: dict[int, Place]) -> Iterator[str]:
    ids = [i.pk for i in items]
    events: dict[int, list[Event]] = defaultdict(list)
    texts: dict[int, dict[tuple[int, str], Text]] = defaultdict(dict)
    children: dict[int, list[Item]] = defaultdict(list)
    for event in Event.objects.filter(stream__in=ids).order_by("stream", "seq"):
        events[event.stream].append(event)
    for text in Text.objects.filter(item__in=ids, erased_at__isnull=True):
        texts[text.item_id][text.seq, text.field] = text
    for child in Item.objects.filter(parent__in=ids).only("parent_id", "loop", "open", "stage"):
        children[child.parent_id or 0].append(child)
    details = _details(items)
    yield from _wording_problems(items)
    for item in items:
        for found in _one(item, details.get(item.pk), events[item.pk], texts[item.pk], children[item.pk], places):
            yield f"{item.loop} {item.pk}: {found}"


def _details(items: list[Item]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for name in {i.loop for i in items}:
        if model := DETAILS.get(name):
            found |= {d.item_id: d for d in model.objects.filter(item__in=[i.pk for i in items if i.loop == name])}
    return found


def _one(item: Item, detail: Any, events: list[Event], texts: dict[tuple[int, str], Text], children: list[Item], places: dict[int, Place]) -> Iterator[str]:
    loop = LOOPS.get(item.loop)
    if loop is None or item.stage not in loop.stages:
        yield f"没有这个环节 {item.stage}"
        return
    yield from chain_problems(events, receipt=item.receipt, head=item.head, version=item.version)
    facts = facts_of(loop, item, detail)
    bodies = [json.loads(e.body) for e in events]
    if fold(loop.facts, bodies, item.pk) != facts:
        yield "表里的事实和事件推出来的不一样"
    if item.open != loop.stages[item.stage].open or item.open != (item.holder_id is not None) or item.open != (item.due_at is not None):
        yield "在办的事没有责任岗位或期限，或者办完的还有"
    if item.open and item.due_at != loop.due(facts):
        yield "期限不是各期限里最早的一个"
    yield from _place_problems(item, places)
    yield from _child_problems(facts, children)
    for event, body in zip(events, bodies, strict=True):
        for field, digest in body.get("texts", {}).items():
            text = texts.get((event.seq, field))
            if text is not None and keys.keyed("text", text.salt, text.words) != digest:
                yield f"第 {event.seq} 条的文字「{field}」被改过"


def _wording_problems(items: list[Item]) -> Iterator[str]:
    said = searching.first_words([i.pk for i in items])
    kept = dict(Wording.objects.filter(item__in=items).values_list("item_id", "tokens"))
    for item in items:
        if kept.get(item.pk) != searching.document(item, said[item.pk]):
            yield f"{item.loop} {item.pk}: 查找用的文字和标题、原话对不上"


def _place_problems(item: Item, places: dict[int, Place]) -> Iterator[str]:
    deepest = places.get(item.grid_id or item.community_id or item.subdistrict_id or item.county_id)
    if deepest is None:
        yield "地点不存在"
        return
    for level in ("county", "subdistrict", "community"):
        wanted = deepest.pk if deepest.level == level else getattr(deepest, f"{level}_id")
        if getattr(item, f"{level}_id") != wanted:
            yield f"{level} 一级的地点和网格对不上"


def _child_problems(facts: Any, children: list[Item]) -> Iterator[str]:
    count = Counter(c.loop for c in children if c.open)
    for name, loop in (("open_assists", "assists"), ("open_parts", "matters")):
        if hasattr(facts, name) and getattr(facts, name) != count[loop]:
            yield f"记着 {getattr(facts, name)} 个{loop}，实际在办 {count[loop]} 个"
    if hasattr(facts, "parked_count"):
        live = {c.pk for c in children if c.open and c.loop == "approvals"}
        if live != ({facts.approval} - {None}):
            yield "请示对不上"


def warnings(now: datetime) -> Iterator[str]:
    """What will need somebody soon: a working calendar that ends within 60 days."""
    for county in Tenant.objects.filter(county__isnull=True):
        town = town_of(county)
        for tenant, policy in town.policies.items():
            if policy.calendar.ends_soon(local(now).date()):
                yield f"{town.tenants[tenant]}：工作日历到 {policy.calendar.ends_on} 为止，请补上下一年的放假和调休安排"
