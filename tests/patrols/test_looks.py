"""A look is taken once a day and point, once for a key; a finding is a look and a matter, or neither."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter
from hawthorn.patrols import actions, kinds, queries
from hawthorn.patrols.models import Checkpoint, CheckpointLine, Look
from hawthorn.patrols.rules.points import FINE, Rule
from make import Scene
from walking import again, day_after, due_today, find, look, point, today, wanted


def test_a_look_is_kept_with_its_day_and_the_post_and_the_point_is_no_longer_to_be_seen(s: Scene) -> None:
    one = point(s)
    assert due_today(s) == [one.row.pk]
    taken = look(s, one).look
    assert (taken.on, taken.post_id, taken.result, taken.matter_id) == (today(s), s.posts["officer1"].pk, FINE, None)
    assert queries.round_of(queries.in_place("grid", s.places["grid1"].pk), s.town, s.now).looks == {one.row.pk: taken}


def test_the_same_key_again_is_answered_the_same_and_another_body_under_it_is_refused(s: Scene) -> None:
    one, other, key = point(s), point(s, spot="西门"), uuid4()
    first = look(s, one, key=key)
    again_ = look(s, one, key=key)
    assert (first.replay, again_.replay, again_.look.pk) == (False, True, first.look.pk)
    with pytest.raises(Refused) as found:
        look(s, other, key=key)
    assert found.value.code == "key_reused"
    assert Look.objects.count() == 1


def test_the_second_look_of_a_day_is_refused_and_the_next_day_is_free(s: Scene) -> None:
    one = point(s)
    look(s, one)
    with pytest.raises(Refused) as found:
        find(s, one)
    assert (found.value.code, Item.objects.count()) == ("taken", 0)
    day_after(s)
    look(s, one)
    assert Look.objects.count() == 2


def test_the_database_itself_refuses_a_second_look_of_a_day(s: Scene) -> None:
    first = look(s, point(s)).look
    with pytest.raises(IntegrityError), transaction.atomic():
        Look.objects.create(checkpoint=first.checkpoint, on=first.on, at=s.now, post=first.post, result=FINE, key=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Look.objects.create(checkpoint=first.checkpoint, on=first.on + timedelta(days=1), at=s.now, post=first.post, result="problem", key=uuid4())


def test_what_could_not_be_seen_may_be_seen_later_that_day_and_stays_due_until_then(s: Scene) -> None:
    one = point(s, rule=Rule("weekly", weekdays=(0,)))
    look(s, one, reason="locked")
    with pytest.raises(Refused):
        look(s, one, reason="nobody")
    day_after(s)
    assert due_today(s) == [one.row.pk]
    look(s, one, reason="locked")
    look(s, one)
    with pytest.raises(Refused):
        look(s, one, reason="nobody")
    day_after(s)
    assert due_today(s) == []


def test_a_finding_is_a_matter_with_place_category_and_channel_and_the_look_names_it(s: Scene) -> None:
    one, key = point(s, unit=s.units["u1"].pk, kind="manhole"), uuid4()
    taken = find(s, one, key=key).look
    item, matter = Item.objects.get(pk=taken.matter_id), Matter.objects.get(item=taken.matter_id)
    assert (item.grid_id, item.unit_id, matter.channel) == (s.places["grid1"].pk, s.units["u1"].pk, "round")
    assert matter.category_id == s.category(kinds.kinds()["manhole"].category)
    assert find(s, one, key=key).replay
    assert Item.objects.filter(loop="matters").count() == 1


def test_a_finding_without_words_is_neither_a_look_nor_a_matter(s: Scene) -> None:
    one = point(s)
    with pytest.raises(Refused) as found:
        find(s, one, "  ")
    assert (found.value.code, Look.objects.count(), Item.objects.count()) == ("missing", 0, 0)


@pytest.mark.parametrize("who", ["officer2", "desk", "center", "leader", "water"])
def test_only_the_posts_of_the_grid_look(s: Scene, who: str) -> None:
    one = point(s)
    with pytest.raises(Refused) as found:
        look(s, one, who)
    assert (found.value.code, Look.objects.count()) == ("not_yours", 0)


def test_a_point_another_post_keeps_is_looked_at_by_that_post(s: Scene) -> None:
    one = point(s, keeper=s.posts["clinic"].pk, kind="canteen_morning")
    with pytest.raises(Refused):
        look(s, one)
    assert look(s, one, "clinic").look.post_id == s.posts["clinic"].pk
    with pytest.raises(NotThere):
        queries.get_visible(one.row.pk, actor=s.actor("water"), town=s.town)


def test_the_rest_is_fine_takes_each_once_and_leaves_what_was_looked_at_meanwhile(s: Scene) -> None:
    many, key = [point(s, spot=f"{n} 号") for n in range(4)], uuid4()
    find(s, many[0])
    for _n in range(2):
        assert actions.rest_fine(many, key=key, actor=s.actor("officer1"), now=s.now) == 3
    assert sorted(Look.objects.values_list("result", flat=True)) == ["fine"] * 3 + ["problem"]


def test_a_press_that_is_sent_late_counts_for_the_day_of_its_page_and_not_for_longer_than_two(s: Scene) -> None:
    one, pressed = point(s), today(s)
    day_after(s)
    look(s, one)
    assert look(s, one, on=pressed).look.on == pressed
    day_after(s, 2)
    assert look(s, one, on=pressed).look.on == today(s)
    day_after(s)
    assert look(s, one, on=today(s) + timedelta(days=1)).look.on == today(s)


# ── the desk's side ──
def test_walking_order_is_by_number_and_then_by_unit(s: Scene) -> None:
    last, second, first = point(s, unit=s.units["u1"].pk), point(s, sort=20), point(s, sort=3)
    assert due_today(s) == [first.row.pk, second.row.pk, last.row.pk]


def test_another_rule_begins_tomorrow_and_the_one_before_stays_in_the_history(s: Scene) -> None:
    one = point(s)
    actions.change(one, wanted(s, spot="西门外", rule=Rule("weekly", weekdays=(4,))), actor=s.actor("desk"), town=s.town, now=s.now)
    assert (again(s, one).row.spot, due_today(s)) == ("西门外", [one.row.pk])
    rows = CheckpointLine.objects.filter(checkpoint=one.row.pk).order_by("from_on").values_list("rule", "from_on", "until")
    assert list(rows) == [("daily", today(s), today(s) + timedelta(days=1)), ("weekly", today(s) + timedelta(days=1), None)]
    day_after(s)
    assert due_today(s) == []
    day_after(s, 3)
    assert due_today(s) == [one.row.pk]


def test_a_rule_changed_twice_on_one_day_is_one_change(s: Scene) -> None:
    one = point(s)
    for rule in (Rule("weekly", weekdays=(1,)), Rule("monthly", days=(31,)), Rule("monthly", days=(31,), weekdays=(3,))):
        actions.change(again(s, one), wanted(s, rule=rule), actor=s.actor("desk"), town=s.town, now=s.now)
    assert list(CheckpointLine.objects.filter(checkpoint=one.row.pk).order_by("from_on").values_list("rule", "weekdays")) == [("daily", []), ("monthly", [])]


def test_a_point_that_ended_is_due_no_more_and_its_looks_stay(s: Scene) -> None:
    one = point(s)
    look(s, one)
    actions.end(one, actor=s.actor("desk"), town=s.town, now=s.now)
    assert (due_today(s), Look.objects.count()) == ([], 1)
    with pytest.raises(Refused):
        look(s, again(s, one))
    with pytest.raises(ProtectedError):
        Checkpoint.objects.filter(pk=one.row.pk).delete()
    assert queries.strays() == []


@pytest.mark.parametrize("who", ["officer1", "secretary", "leader", "desk_village", "center2"])
def test_only_the_desks_of_the_place_make_points(s: Scene, who: str) -> None:
    with pytest.raises((Refused, NotThere)):
        point(s, who=who)
    assert Checkpoint.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "nonsense"}, "kind"), ({"spot": ""}, "spot"), ({"rule": Rule("weekly")}, "weekdays"), ({"rule": Rule("monthly", days=(0,))}, "days"),
        ({"rule": Rule("festival", ahead=99)}, "ahead"), ({"rule": Rule("daily", months=(13,))}, "months"),
        ({"rule": Rule("hourly")}, "rule"), ({"sort": 10_000}, "sort"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_at_its_field(s: Scene, more: dict[str, object], field: str) -> None:
    with pytest.raises(WrongType) as found:
        point(s, **more)
    assert set(found.value.problems) == {field}


def test_every_kind_makes_a_point_as_it_comes_and_names_a_category_of_the_catalogue(s: Scene) -> None:
    for code, kind in kinds.kinds().items():
        point(s, kind=code, rule=kind.rule, items="\n".join(kind.items))
        assert not kind.category or kinds.category_of(code, s.places["street"].tenant_id, s.town) == s.category(kind.category)


# ── three times ──
def test_a_point_found_three_times_running_is_named_until_it_is_fine(s: Scene) -> None:
    one, other = point(s), point(s, spot="西门")
    for n in range(3):
        find(s, one)
        find(s, other) if n else look(s, other)
        day_after(s)
        look(s, one, reason="weather")
        day_after(s)
    street = s.places["street"].pk
    found = queries.three_times("subdistrict", street)
    assert [(r.point.row.pk, len(r.looks)) for r in found] == [(one.row.pk, 3)]
    assert queries.three_times("subdistrict", s.places["street2"].pk) == []
    look(s, one)
    assert queries.three_times("subdistrict", street) == []
