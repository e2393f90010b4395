"""Learning from a tenant's own confirmed matters: only from what people stand by, kept only if not worse, without words of people."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from hawthorn.hints import actions, queries, tasks
from hawthorn.hints.classing import Message
from hawthorn.hints.models import Hint, HintModel
from hawthorn.loops.models import Item, Text
from hawthorn.loops.town import system
from hawthorn.matters.models import Matter
from make import Scene

SAID = {
    "路灯": ("路灯不亮了", "楼道口的路灯坏了", "路灯杆歪了，灯也不亮", "晚上没有路灯看不见"),
    "暴露垃圾": ("垃圾没有人清", "垃圾桶满了很臭", "楼下堆着垃圾", "垃圾车好几天没来"),
}


def category(s: Scene, name: str) -> int:
    return next(card.id for card in s.town.categories.values() if card.name == name and card.tenant == s.places["street"].tenant_id)


def settle(s: Scene, number: int, *, seed: int = 1, swapped: bool = False) -> None:
    """So many matters of each category, found and done by the officer, the categories taking turns."""
    rng = random.Random(seed)
    names = list(SAID)
    for _n in range(number):
        for name in names:
            meant = names[1 - names.index(name)] if swapped else name
            words = f"{rng.choice(SAID[name])}，{rng.choice('东西南北')}门"
            s.start("officer1", {"words": words, "result": "好了", "category": category(s, meant)}, step="report_settled")
            s.later(minutes=1)


def learn(s: Scene) -> HintModel | None:
    street = s.places["street"]
    return actions.learn(tenant=street.tenant_id, subdistrict=street.pk, actor=system("hints", s.county.pk), now=s.now)


def suggested(s: Scene, words: str) -> list[str]:
    found = queries.suggest(s.places["street"].tenant_id, Message("", words), town=s.town)
    return [card.name for card, _chance in found.ranked]


def test_before_there_is_enough_the_names_of_categories_speak(s: Scene) -> None:
    found = queries.suggest(s.places["street"].tenant_id, Message("", "门口的路灯不亮"), town=s.town)
    assert found.version == 0
    assert found.ranked[0][0].name == "路灯"
    assert found.ranked[0][1] is None
    assert suggested(s, "有件事想说") == []


def test_fifty_confirmed_of_two_categories_switch_it_on(s: Scene) -> None:
    settle(s, 40)
    assert learn(s) is None
    settle(s, 30, seed=2)
    model = learn(s)
    assert model is not None
    assert (model.version, model.is_kept, model.known, model.held_out) == (1, True, 140, 28)
    assert model.n + model.held_out == model.known
    assert sum(line[1] for line in model.figures) == model.held_out
    assert suggested(s, "楼道口的路灯坏了，东门")[0] == "路灯"
    assert queries.suggest(s.places["street2"].tenant_id, Message("", "垃圾没人清"), town=s.town).version == 0


def test_words_that_tell_nothing_apart_teach_nothing(s: Scene) -> None:
    for _n in range(65):
        for name in SAID:
            s.start("officer1", {"words": "详见附件", "result": "好了", "category": category(s, name)}, step="report_settled")
    assert learn(s) is None


def test_one_that_is_worse_on_the_latest_is_not_used(s: Scene) -> None:
    settle(s, 65)
    assert learn(s) is not None
    Text.objects.update(erased_at=s.now)
    settle(s, 65, seed=2, swapped=True)
    settle(s, 15, seed=3)
    model = learn(s)
    assert model is not None
    assert (model.version, model.is_kept, bytes(model.arrays)) == (2, False, b"")
    assert queries.in_force(s.places["street"].tenant_id).version == 1  # type: ignore[union-attr]
    assert suggested(s, "路灯不亮了，东门")[0] == "路灯"


def test_what_is_open_and_nobody_classified_teaches_nothing(s: Scene) -> None:
    street = s.places["street"]
    s.start("officer1", {"words": "路灯不亮", "category": category(s, "路灯")})
    assert actions.confirmed(street.pk) == []
    by_hand = s.start("officer1", {"words": "路灯又不亮"})
    s.step("officer1", by_hand.id, "classify", {"category": category(s, "路灯")})
    assert [row.item for row in actions.confirmed(street.pk)] == [by_hand.id]
    Text.objects.update(erased_at=s.now)
    assert actions.confirmed(street.pk) == []


def test_the_hint_and_the_choice_are_kept_and_nothing_is_applied(s: Scene) -> None:
    item = s.start("resident", {"words": "门口的路灯不亮", "unit": s.units["u1"].pk}).id
    before = Item.objects.get(pk=item)
    assert tasks.hints(town=s.town, now=s.now) == 1
    hint = Hint.objects.get(pk=item)
    assert (hint.category_id, hint.chance, hint.chosen_id, hint.is_silent) == (category(s, "路灯"), None, None, False)
    after = Item.objects.get(pk=item)
    assert (after.version, after.title) == (before.version, before.title)
    assert Matter.objects.get(pk=item).category_id is None
    assert tasks.hints(town=s.town, now=s.now) == 0
    s.step("officer1", item, "classify", {"category": category(s, "暴露垃圾")})
    assert tasks.hints(town=s.town, now=s.later(minutes=5)) == 1
    hint.refresh_from_db()
    assert (hint.chosen_id, hint.chosen_at) == (category(s, "暴露垃圾"), s.now)
    street = s.places["street"].tenant_id
    assert queries.chosen_since([street], s.now)[street] | {"chosen__tenant": 0} == {"chosen__tenant": 0, "n": 1, "spoken": 1, "right": 0}


def test_it_learns_once_a_day_one_tenant_a_round_and_only_where_enough_is_new(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_looked", {})
    settle(s, 65)
    learnt = s.now
    done = [tasks.learning(town=s.town, now=learnt) for _round in range(4)]
    assert sum(done) == 1
    settle(s, 10, seed=5)
    assert tasks.learning(town=s.town, now=learnt + timedelta(hours=23)) == 0
    assert sum(tasks.learning(town=s.town, now=learnt + timedelta(hours=25)) for _round in range(3)) == 1
    assert HintModel.objects.filter(known=150).count() == 1


def test_nineteen_new_ones_are_not_enough(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_looked", {})
    settle(s, 65)
    assert tasks.learning(town=s.town, now=s.now) == 1
    settle(s, 9, seed=5)
    s.start("officer1", {"words": "路灯不亮", "result": "好了", "category": category(s, "路灯")}, step="report_settled")
    days = [tasks.learning(town=s.town, now=s.now + timedelta(days=day)) for day in range(1, 8)]
    assert days == [0] * 7


def test_only_two_versions_keep_their_arrays(s: Scene) -> None:
    settle(s, 65)
    for _n in range(3):
        assert learn(s) is not None
    kept = HintModel.objects.order_by("version").values_list("version", "arrays")
    assert [bool(bytes(arrays)) for _version, arrays in kept] == [False, True, True]


def test_a_hint_of_a_matter_that_ended_without_category_is_dropped(s: Scene) -> None:
    item = s.start("officer1", {"words": "门口的路灯不亮", "unit": s.units["u1"].pk}).id
    tasks.hints(town=s.town, now=s.now)
    assert Hint.objects.count() == 1
    s.step("desk", item, "void", {"say": "看错了"})
    tasks.hints(town=s.town, now=s.now)
    assert Hint.objects.count() == 0
