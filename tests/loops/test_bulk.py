"""The large demo: the same table in memory, lawful by every check, and repeatable."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from hawthorn.config.demo.courses import Plan, Player
from hawthorn.journal.models import Event, Seal
from hawthorn.kernel.errors import Refused
from hawthorn.loops import loading
from hawthorn.loops.bulk import Family
from hawthorn.loops.check import problems
from hawthorn.loops.choices import UnitCard
from hawthorn.loops.models import Item, Reporter, Text
from hawthorn.matters.models import Matter
from make import MONDAY, Scene

UNTIL = datetime(2026, 6, 1, 2, tzinfo=UTC)


def plan(s: Scene, number: int = 120, seed: int = 3) -> Plan:
    """A plan over the scene's own grids."""
    units = {
        s.units[key].pk: UnitCard(s.units[key].pk, f"{key} 号楼", s.units[key].community_id, s.places[grid].pk)
        for key, grid in (("u1", "grid1"), ("u2", "grid2"))
    }
    words = {"m01037", "m01002", "m01004", "m06010"}
    keys = {(s.places["street"].tenant_id, key): s.category(key) for key in _keys() | words}
    return Plan(s.town, MONDAY - timedelta(days=90), UNTIL, number, seed, keys, units, {u.grid: [u.id] for u in units.values() if u.grid})


def _keys() -> set[str]:
    from hawthorn.config.demo.words import TALK

    return {key for key, *_rest in TALK}


@pytest.fixture
def agencies(s: Scene) -> Scene:
    """The stories call three units."""
    from make import person, post

    post(s, "third", "street", "agency", "环卫站")
    person(s, "third", s.places["street"].tenant, "third")
    return s


def _loaded(s: Scene, tmp_path: object, number: int = 120) -> Plan:
    from pathlib import Path

    folder, made = Path(str(tmp_path)), plan(s, number)
    with loading.Spool(folder) as spool:
        for family in Player(made, 0, 1).families():
            for thing in family.things():
                spool.put(thing)
    loading.load([folder], until=UNTIL, say=lambda words: None)
    return made


def test_what_was_played_in_memory_is_lawful_once_it_is_laid_down(agencies: Scene, tmp_path: object) -> None:
    _loaded(agencies, tmp_path)
    assert list(problems()) == []
    assert Matter.objects.count() >= 120
    stages = Counter(Item.objects.filter(loop="matters").values_list("stage", flat=True))
    assert {"closed", "working"} <= set(stages), stages
    assert Seal.objects.count() > 50
    last = Seal.objects.order_by("-last").first()
    assert last is not None
    assert Event.objects.filter(pk__gt=last.last).exists(), "the newest day is not sealed yet"
    with connection.cursor() as cursor:
        names = connection.introspection.get_constraints(cursor, "loops_item")
    assert {"item_open_grid", "item_all_grid", "item_open_holder"} <= set(names), "the indexes are there again"
    agencies.now = UNTIL
    fresh = agencies.start("officer1", {"words": "新的一件", "unit": agencies.units["u1"].pk})
    assert fresh.id > Item.objects.exclude(pk=fresh.id).order_by("-id").values_list("pk", flat=True)[0]


def test_an_item_played_in_memory_is_the_same_as_one_played_in_the_database(s: Scene, tmp_path: object) -> None:
    unit = s.units["u1"]
    units = {unit.pk: UnitCard(unit.pk, unit.name, unit.community_id, s.places["grid1"].pk)}
    later = s.now + timedelta(days=9)
    course = [
        ("officer1", "accept", {}),
        ("officer1", "ask_extension", {"reason": "雨", "until": later}),
        ("officer1", "settle", {"result": "好", "say": "好了"}),
    ]
    given = {"words": "路灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"}
    one = s.start("officer1", given)
    for who, step, more in course:
        s.step(who, one.id, step, more)
    family = Family(s.town, "test", units, iter(range(one.id + 50, one.id + 60)), lambda: "ABCDEFGH", s.now)
    row = family.begin("matters", "report", given, actor=s.actor("officer1"), now=s.now)
    for who, step, more in course:
        family.play(row, step, more, actor=s.actor(who), now=s.now)
    with pytest.raises(Refused):
        family.play(row, "accept", {}, actor=s.actor("officer1"), now=s.now)
    facts = s.facts(one.id)
    assert [(e.step, e.stage, e.post, json.loads(e.body).get("facts", {}).keys()) for r, e in family.events if r is row] == [
        (e.step, e.stage, e.post, json.loads(e.body).get("facts", {}).keys()) for e in Event.objects.filter(stream=one.id).order_by("seq")
    ]
    assert {n: getattr(row.facts, n) for n in ("stage", "holder", "due_at", "promise_at", "tellable", "title", "handler")} == {
        n: getattr(facts, n) for n in ("stage", "holder", "due_at", "promise_at", "tellable", "title", "handler")
    }


def test_the_same_seed_plays_the_same_life(agencies: Scene) -> None:
    def life(of: int = 1) -> list[tuple[object, ...]]:
        families = [family for part in range(of) for family in Player(plan(agencies, 30), part, of).families()]
        return [(e.at, e.step, e.stage, e.stream) for family in families for e in family.things() if isinstance(e, Event)]

    assert life() == life()
    assert sorted(life(), key=str) == sorted(life(2), key=str), "however many workers play it"


def test_contacts_of_what_ended_long_ago_are_empty(agencies: Scene) -> None:
    things = [thing for family in Player(plan(agencies, 60), 0, 1).families() for thing in family.things()]
    people = [t for t in things if isinstance(t, Reporter) and t.contact is not None]
    assert people
    assert all(p.contact.cipher or p.item.closed_at for p in people if p.contact)
    assert not [t for t in things if isinstance(t, Text) and "1990000" in t.words]
