"""What routing did, and what it would have done: counts by rule and category, and a dry run on past matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from hawthorn.kernel.facts import replace
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import RuleCard, Town, World
from hawthorn.loops.models import Item, Text
from hawthorn.loops.rows import facts_of
from hawthorn.matters.models import Matter
from hawthorn.matters.rules.facts import MatterFacts
from hawthorn.matters.rules.intake import natural
from hawthorn.matters.rules.routing import route_of

MOST, DAYS = 2000, 90


@dataclass(frozen=True)
class Change:
    """A past matter that would have gone to another post."""

    item: Item
    was: int | None
    now: int | None
    by: str


@dataclass(frozen=True)
class Tried:
    """A dry run: how many past matters were looked at, which would have gone elsewhere, how many each rule would have caught."""

    looked_at: int
    changes: list[Change]
    caught: dict[str, int]


def tried(place: int, rules: Sequence[RuleCard], *, town: Town, now: datetime, most: int = MOST) -> Tried:
    """Route the newest matters of a subdistrict (90 days) again, as they were when they came, by these rules and by the present ones. Two statements."""
    found = Matter.objects.filter(item__loop="matters", item__subdistrict=place, item__parent=None, item__opened_at__gte=now - timedelta(days=DAYS))
    matters = list(found.select_related("item").order_by("-item__opened_at")[:most])
    said = dict(Text.objects.filter(item__in=[m.pk for m in matters], seq=1, field="words", erased_at=None).values_list("item_id", "words"))
    changes, caught = [], dict[str, int]()
    for matter in matters:
        f = _as_it_came(matter)
        w = World(matter.item.opened_at, town)
        words = said.get(matter.pk, "")
        was, other = route_of(f, w, words), route_of(f, w, words, rules)
        caught[other.by] = caught.get(other.by, 0) + 1
        if was.post != other.post:
            changes.append(Change(matter.item, was.post, other.post, other.by))
    return Tried(len(matters), changes, caught)


def _as_it_came(matter: Matter) -> MatterFacts:
    facts: MatterFacts = facts_of(LOOPS["matters"], matter.item, matter)
    return replace(facts, raised_level=natural(facts), stage="found")


def ping_pong(place: int, *, now: datetime, days: int = DAYS) -> list[tuple[str, str, int, int]]:
    """By what it was routed, category, how many came within `days`, how many of these were handed back or placed elsewhere; most first. One statement."""
    found = Matter.objects.filter(item__loop="matters", item__subdistrict=place, item__parent=None, item__opened_at__gte=now - timedelta(days=days))
    rows = found.values("routed_by", "item__kind").annotate(n=Count("pk"), back=Count("pk", filter=Q(hand_backs__gt=0))).order_by("-back", "-n")
    return [(row["routed_by"], row["item__kind"], row["n"], row["back"]) for row in rows]
