"""Random walks over all loops: what is offered is accepted, what is not is refused and changes nothing, facts follow from events."""

from __future__ import annotations

import json
import os
from random import Random
from typing import Any

import pytest

from drawing import draw
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import LOOPS, Asking
from hawthorn.kernel.steps import offered
from hawthorn.kernel.world import World
from hawthorn.loops import actions as loops
from hawthorn.loops import queries
from hawthorn.loops.models import Item, Reporter
from hawthorn.loops.rows import fold
from make import Scene

WALKS = int(os.environ.get("HAWTHORN_WALKS", "12"))
STEPS = 30
CAST = (
    "officer1", "head1", "instructor1", "officer2", "desk", "desk_village", "secretary", "center", "center_b", "leader", "water", "power",
    "county_desk", "county_desk_b", "county_admin", "clinic", "officer9", "desk2", "center2",
)  # fmt: skip


def state(item: int) -> tuple[Any, ...]:
    """What a refusal must leave as it was."""
    row = Item.objects.values().get(pk=item)
    return tuple(row.items()), Event.objects.count(), Item.objects.count()


def actors(s: Scene, cast: list[tuple[str, Any]], items: list[int]) -> list[tuple[str, Any]]:
    """The cast, the asker of each item, and due work."""
    found = list(cast)
    for reporter in Reporter.objects.filter(item__in=items, left_at__isnull=True):
        from hawthorn.kernel.world import Actor, Seat

        found.append(("asker", Actor(None, (Seat(0, "reporter", "item", reporter.item_id),), county=s.county.pk, reporter=reporter.pk)))
    return [*found, ("system", s.actor("system"))]


def check_item(item: Item, s: Scene) -> None:
    """Facts follow from events; open means somebody's duty; nothing ends with something open under it."""
    row = queries.get_visible(item.pk, actor=s.actor("system"), town=s.town, now=s.now)
    bodies = [json.loads(e.body) for e in queries.events_of(item.pk)]
    assert fold(row.loop.facts, bodies, item.pk) == row.facts
    assert item.version == len(bodies)
    assert item.open == (item.holder_id is not None) == (item.due_at is not None)
    children = Item.objects.filter(parent=item.pk)
    if item.loop == "matters":
        assert row.facts.open_assists == children.filter(loop="assists", open=True).count()
        assert row.facts.open_parts == children.filter(loop="matters", open=True).count()
        assert {row.facts.approval} - {None} == set(children.filter(loop="approvals", open=True).values_list("pk", flat=True))
        assert item.open or not (row.facts.open_assists or row.facts.open_parts or row.facts.approval)
        assert row.facts.reporters >= row.facts.tellable >= row.facts.by_phone + row.facts.visits >= 0


def take_one(s: Scene, random: Random, item: Item, who: str, actor: Any, step: Any) -> bool:
    """Take an offered step: accepted, and a replay answers the same. False where its choices are empty."""
    row = queries.get_visible(item.pk, actor=actor, town=s.town, now=s.now)
    asking = Asking(actor, s.town, s.now, row.facts)
    if who == "system" and not step.time_out:
        return False
    body = draw(step, asking, random)
    if body is None:
        return False
    key = f"walk-{random.random()}"
    common = {"actor": actor, "now": s.now, "door": "test", "key": key}
    try:
        first = loops.take_step(item.loop, item.pk, step.name, body, **common)
    except Refused as found:
        assert found.code == "missing", (who, step.name, found.code, body, row.facts)
        body = draw(step, asking, random, full=True) or {}
        first = loops.take_step(item.loop, item.pk, step.name, body, **common)
    again = loops.take_step(item.loop, item.pk, step.name, body, **common)
    assert again.replay
    assert (again.id, again.receipt, again.stage, again.version) == (first.id, first.receipt, first.stage, first.version)
    return True


def refuse_others(s: Scene, random: Random, item: Item, actor: Any, names: set[str]) -> None:
    """A step that is not offered is refused, and nothing changed."""
    others = [step for step in LOOPS[item.loop].steps.values() if step.sources and step.name not in names]
    before = state(item.pk)
    for step in random.sample(others, min(3, len(others))):
        with pytest.raises((Refused, NotThere)):
            loops.take_step(
                item.loop, item.pk, step.name, draw(step, Asking(actor, s.town, s.now), random, full=True) or {}, actor=actor, now=s.now, door="test"
            )
    assert state(item.pk) == before


def walk(s: Scene, seed: int) -> None:
    """One walk: a matter or complaint is begun, then random people do random offered steps on it and what hangs on it."""
    random = Random(seed)
    cast = [(who, s.actor(who)) for who in CAST]  # nobody takes up or leaves a post during a walk
    loop = "complaints" if random.random() < 0.15 else "matters"
    starter = random.choice(["officer1", "desk", "center", "county_desk", "resident", "water"])
    create = LOOPS[loop].steps[LOOPS[loop].create or ""]
    asking = Asking(s.actor(starter), s.town, s.now)
    for full in (False, True):
        try:
            s.start(starter, draw(create, asking, random, full=full) or {}, loop=loop)
            break
        except Refused as found:
            assert found.code == "missing"
    for _ in range(STEPS):
        items = list(Item.objects.order_by("id"))
        item = random.choice(items[-6:])
        crowd = actors(s, cast, [item.pk])
        random.shuffle(crowd)
        for who, actor in crowd:
            try:
                row = queries.get_visible(item.pk, actor=actor, town=s.town, now=s.now)
            except NotThere:
                refuse_others(s, random, item, actor, set())
                continue
            steps = offered(row.loop, row.facts, actor, World(s.now, s.town))
            if who != "system":
                refuse_others(s, random, item, actor, {step.name for step in steps})
            due = [step for step in steps if step.time_out and (row.facts.stage_due_at or s.now) <= s.now] if who == "system" else steps
            if due and take_one(s, random, item, who, actor, random.choice(due)):
                break
        s.later(minutes=random.choice([5, 60, 600, 3000]))
    for item in Item.objects.all():
        check_item(item, s)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_over_all_loops_keeps_every_promise_of_the_table(s: Scene, seed: int) -> None:
    walk(s, seed * 7919 + 11)
