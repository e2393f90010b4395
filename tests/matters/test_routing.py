"""Routing: table, rules in order, officer, desk; a broken rule is an error at the desk; dry run and ping-pong."""

from __future__ import annotations

from typing import Any

import pytest

from hawthorn.categories import actions as categories
from hawthorn.categories.models import Lead, Rule
from hawthorn.kernel.errors import Refused
from hawthorn.matters import routes
from hawthorn.matters.models import Matter
from hawthorn.matters.rules.routing import broken_rules
from hawthorn.teams import actions as teams
from make import Scene

LAMP = "m01037"


def rule(s: Scene, name: str, post: str, **values: Any) -> Rule:
    """A rule of the first street."""
    empty: dict[str, Any] = {"categories": [], "places": [], "levels": [], "hour_from": None, "hour_to": None, "words": []}
    return categories.put_rule(s.places["street"].tenant, {**empty, "name": name, "post_id": s.posts[post].pk, **values}, user=None, now=s.now)


def sent(s: Scene, **given: Any) -> tuple[str, str]:
    """Who gets a new matter of grid one, and by what."""
    made = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk, **given})
    kind = Matter.objects.get(pk=made.id).routed_by.split(":")[0]
    return s.holder(made.id), kind


def test_the_table_comes_before_the_rules_and_the_officer_after_them(s: Scene) -> None:
    assert sent(s) == ("officer1", "officer")
    rule(s, "路灯归供电", "power", words=["路灯"])
    assert sent(s) == ("power", "rule")
    category = s.category(LAMP)
    Lead.objects.create(tenant=s.places["street"].tenant, category_id=category, post=s.posts["desk"])
    teams.change_post(post=s.posts["desk"], phone="1")  # the picture of the town is read anew
    assert sent(s, category=category) == ("desk", "table")
    assert sent(s, words="下水堵了") == ("officer1", "officer")


@pytest.mark.parametrize(
    ("values", "given", "caught"),
    [
        ({"categories": [LAMP]}, {"category": LAMP}, True),
        ({"categories": [LAMP]}, {}, False),
        ({"levels": ["community"]}, {}, False),
        ({"levels": ["grid"]}, {}, True),
        ({"hour_from": 9, "hour_to": 11}, {}, True),
        ({"hour_from": 22, "hour_to": 6}, {}, False),
        ({"words": ["停电", "路灯"]}, {}, True),
        ({"words": ["停电"]}, {}, False),
        ({"words": ["路灯"], "hour_from": 22, "hour_to": 6}, {}, False),
    ],
)
def test_a_rule_catches_only_where_all_it_says_holds(s: Scene, values: dict[str, Any], given: dict[str, Any], caught: bool) -> None:
    rule(s, "一条", "power", **values)
    if "category" in given:
        given = {"category": s.category(given["category"])}
    assert sent(s, **given) == (("power", "rule") if caught else ("officer1", "officer"))


def test_a_rule_for_a_place_and_for_what_has_no_grid(s: Scene) -> None:
    rule(s, "二网格", "power", places=[s.places["grid2"].pk])
    rule(s, "社区的", "water", levels=["community"])
    assert sent(s) == ("officer1", "officer")
    made = s.start("officer2", {"words": "路灯", "unit": s.units["u2"].pk})
    assert s.holder(made.id) == "power"
    made = s.start("desk", {"words": "路灯", "community": s.places["community"].pk})
    assert s.holder(made.id) == "water"


def test_the_first_rule_that_holds_decides_and_the_order_can_be_changed(s: Scene) -> None:
    rule(s, "一", "power", words=["路灯"])
    second = rule(s, "二", "water", words=["不亮"])
    assert sent(s) == ("power", "rule")
    categories.raise_rule(s.places["street"].tenant, second.pk)
    assert sent(s) == ("water", "rule")
    assert Matter.objects.latest("item_id").route == f"table- rule:{second.pk}"
    with pytest.raises(Refused, match="taken"):
        rule(s, "二", "power")
    categories.drop_rule(s.places["street"].tenant, second.pk)
    assert sent(s) == ("power", "rule")


def test_a_broken_rule_is_never_skipped(s: Scene) -> None:
    one = rule(s, "路灯归供电", "power", words=["路灯"])
    rule(s, "后面一条", "water")
    teams.abolish_post(post=s.posts["power"], now=s.now)
    assert [(card.name, why) for card, why in broken_rules(s.town, s.places["street"].tenant_id)] == [("路灯归供电", "post")]
    assert sent(s) == ("center", "broken")
    assert Matter.objects.latest("item_id").routed_by == f"broken:{one.pk}"
    assert sent(s, words="下水堵了") == ("water", "rule"), "what it would not have caught goes on to the next"


def test_a_rule_of_one_street_does_not_touch_another(s: Scene) -> None:
    rule(s, "一", "power")
    made = s.start("officer9", {"words": "路灯", "unit": s.units["u9"].pk})
    assert s.holder(made.id) == "officer9"


def test_a_dry_run_says_what_would_change_and_changes_nothing(s: Scene) -> None:
    lamp = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    s.step("officer1", lamp, "call_up", {"tried": "看过", "asks": "派人"})
    s.start("officer1", {"words": "下水堵了", "unit": s.units["u1"].pk})
    s.start("officer9", {"words": "路灯", "unit": s.units["u9"].pk})
    draft = Rule(pk=0, name="试", post=s.posts["power"], words=["路灯"])
    found = routes.tried(s.places["street"].pk, [draft.card()], town=s.town, now=s.now)
    assert (found.looked_at, found.caught.get("rule:0")) == (2, 1)
    assert [(c.item.pk, c.was, c.now) for c in found.changes] == [(lamp, s.posts["officer1"].pk, s.posts["power"].pk)]
    assert not Rule.objects.exists()


def test_hand_backs_are_counted_by_rule_and_category(s: Scene) -> None:
    one = rule(s, "路灯归供电", "power", words=["路灯"])
    made = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk, "category": s.category(LAMP)}).id
    s.step("power", made, "accept")
    s.step("power", made, "hand_back", {"belongs_to": "市政", "reason": "不归"})
    s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk, "category": s.category(LAMP)})
    assert routes.ping_pong(s.places["street"].pk, now=s.now)[0] == (f"rule:{one.pk}", LAMP, 2, 1)
