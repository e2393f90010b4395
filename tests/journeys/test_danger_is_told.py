"""Words of danger: at once a matter, told to the grid's officer and the desk, also where they come later."""

from __future__ import annotations

from typing import Any

import pytest

from hawthorn.loops import actions, reporters
from hawthorn.loops.models import Item, Nudge, Text
from make import Scene


def said(s: Scene, words: str) -> tuple[int, dict[str, str]]:
    """A resident says it; the drop's number and the slip."""
    given = {"words": words, "unit": s.units["u1"].pk, "phone": "19900001234", "consent": True}
    answer = s.start("resident", given, loop="drops")
    return answer.id, answer.slip


def told(item: int) -> set[str]:
    """Which posts were told of it."""
    return set(Nudge.objects.filter(item=item, kind="told").values_list("post__name", flat=True))


def matter() -> Item:
    return Item.objects.get(loop="matters")


def names(s: Scene, *who: str) -> set[str]:
    return {s.posts[name].name for name in who}


def step(s: Scene, slip: dict[str, str], loop: str, item: int, name: str, given: dict[str, Any]) -> None:
    actor = reporters.acting(slip["receipt"], slip["word"], s.now)
    assert actor is not None
    actions.take_step(loop, item, name, given, actor=actor, now=s.now, door="web")


def test_danger_is_told_to_the_grid_and_the_desk_whoever_acts(s: Scene) -> None:
    said(s, "楼道里有煤气味")
    item = matter()
    assert item.urgent
    assert item.holder is not None
    assert told(item.pk) == names(s, "officer1", "center") - {item.holder.name}


@pytest.mark.parametrize(
    ("first", "name", "later"), [("门口有点味道", "add_words", {"words": "是煤气味，头晕"}), ("卡在哪里办", "again", {"reason": "先不说卡，楼道着火了"})]
)
def test_words_of_danger_that_come_later_are_a_matter_at_once(s: Scene, first: str, name: str, later: dict[str, str]) -> None:
    drop, slip = said(s, first)
    if name == "again":
        s.step("officer1", drop, "inform", {"say": "在一楼窗口办", "how": "phone"})
    step(s, slip, "drops", drop, name, later)
    item = matter()
    assert item.urgent
    assert Item.objects.get(pk=drop).stage == "passed"
    words = Text.objects.get(item=item, field="words").words
    assert first in words
    assert next(iter(later.values())) in words
    assert reporters.by_receipt(slip["receipt"]).item_id == item.pk  # type: ignore[union-attr]


def test_words_of_danger_added_to_a_matter_are_told_to_who_has_it(s: Scene) -> None:
    drop, slip = said(s, "门口有点味道")
    s.step("officer1", drop, "to_matter")
    item = matter()
    assert told(item.pk) == set()
    step(s, slip, "matters", item.pk, "add_words", {"words": "早上也有"})
    assert told(item.pk) == set()
    step(s, slip, "matters", item.pk, "add_words", {"words": "有煤 气味"})
    assert told(item.pk) == names(s, "officer1", "center")
