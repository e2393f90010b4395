"""Open matters of a place that may say the same, as groups. Suggested only: a person looks and merges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from hawthorn.hints import nearness, thresholds
from hawthorn.hints.models import Apart
from hawthorn.hints.queries import A_DAY, first_words
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import queries as loops
from hawthorn.loops.models import Item

MOST, LARGEST, LOOKED_AT = 600, 12, 6
UNDONE = ("found", "assigned", "working", "waiting_resident", "waiting_outside", "parked")


class Group(NamedTuple):
    """The oldest first; `said` their first words; `score` of the least alike pair that holds it together."""

    items: Sequence[Item]
    said: dict[int, str]
    score: float


def groups(found: QuerySet[Item], *, tenant: int, actor: Actor, town: Town, now: datetime) -> list[Group]:
    """Groups among the newest open wholes of a list (30 days), likeliest first. Five statements; only what the actor may see."""
    since = now - timedelta(days=nearness.DAYS)
    newest = found.filter(open=True, parent=None, stage__in=UNDONE, opened_at__gt=since).order_by("-id")[:MOST]
    items = {row.item.pk: row.item for row in loops.visible_among(list(newest), actor=actor, town=town, now=now)}
    apart = set(Apart.objects.filter(second__in=list(items)).values_list("first", "second"))
    said = dict.fromkeys(items, "")
    for item, _field, told in first_words(list(items)):
        said[item] += f"{told} "
    texts = {
        pk: nearness.Said(str(pk), str(item.grid_id or f"c{item.community_id}"), item.opened_at.timestamp() / A_DAY, said[pk]) for pk, item in items.items()
    }
    return [Group([items[pk] for pk in members], said, score) for members, score in _joined(texts, thresholds.of(tenant), apart)]


def _may_join(first: int, other: int, new: int, apart: set[tuple[int, int]]) -> bool:
    """Nobody has said that the new one is another thing than this one, or than the first of its group."""
    return not {(min(one, new), max(one, new)) for one in (first, other)} & apart


def _joined(texts: dict[int, nearness.Said], likely: float, apart: set[tuple[int, int]]) -> list[tuple[list[int], float]]:
    """Each message with the likeliest older one of its grid; those that lead to the same oldest one are a group."""
    index = nearness.Index(texts.values(), {}, bits=nearness.SMALL)
    head: dict[int, int] = {}
    least: dict[int, float] = {}
    for pk in sorted(texts, key=lambda one: (texts[one].day, one)):
        alike = [one for one in index.alike(texts[pk], best=LOOKED_AT) if one.id != str(pk)]
        older = [
            one for one in nearness.told_apart(alike) if int(one.id) in head and one.score >= likely and _may_join(head[int(one.id)], int(one.id), pk, apart)
        ]
        head[pk] = head[int(older[0].id)] if older else pk
        if older:
            least[head[pk]] = min(least.get(head[pk], 1.0), older[0].score)
    members: dict[int, list[int]] = {}
    for pk, first in head.items():
        members.setdefault(first, []).append(pk)
    found = [(many[:LARGEST], least[first]) for first, many in members.items() if len(many) > 1]
    return sorted(found, key=lambda one: (-one[1], one[0]))
