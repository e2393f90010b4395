"""交接: opened once a holding, signed by two people, in time or with the post above; frozen when signed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hawthorn.handovers import queries
from hawthorn.handovers.actions import posts
from hawthorn.handovers.models import Handed, Handover
from hawthorn.handovers.tasks import handovers
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import queries as loop_queries
from hawthorn.loops import tasks as due
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding
from make import Scene

FRIDAY = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)  # Friday 18:00 in Shanghai


def run(s: Scene) -> int:
    return handovers(town=s.town, now=s.now)


def leave(s: Scene, post: str, at: datetime | None = None) -> Holding:
    """The holder of a post leaves, now or then, past the pages: the net has to notice."""
    holding = Holding.objects.get(post=s.posts[post], to_at=None)
    teams.end_holding(holding=holding, to_at=at or s.now, now=s.now)
    return holding


def only(s: Scene) -> int:
    return Item.objects.get(loop="handovers").pk


def common(s: Scene, who: str) -> dict[str, object]:
    return {"actor": s.actor(who), "town": s.town, "now": s.now}


def handed(s: Scene, post: str = "officer1", by: str = "head1") -> int:
    """A handover that was signed for somebody who has left."""
    leave(s, post)
    run(s)
    item = only(s)
    s.later(hours=1)
    s.step(by, item, "hand_over", {"notes": "三单元井盖松", "things": ["钥匙 2 把"]})
    return item


def test_a_handover_is_opened_once_a_holding(s: Scene) -> None:
    leave(s, "officer1")
    assert run(s) == 1
    assert run(s) == 0
    f = s.facts(only(s))
    assert (f.stage, f.leaver, f.left_at, s.holder(only(s))) == ("giving", s.users["officer1"].pk, s.now, "head1"), (
        "who has left signs nothing: it is the post above that has to"
    )
    assert f.stage_due_at == s.town.policy(s.places["street"].pk).calendar.due(s.now, s.town.policy(s.places["street"].pk).limit("handover"))


def test_a_handover_lies_with_whoever_has_to_sign_next(s: Scene) -> None:
    leave(s, "officer1", s.now + timedelta(hours=2))
    run(s)
    item = only(s)
    assert s.holder(item) == "officer1", "the leaver, while in office"
    s.later(hours=2)
    assert run(s) == 1
    assert run(s) == 0
    assert (s.holder(item), s.facts(item).stage) == ("head1", "giving")
    due_at = s.facts(item).stage_due_at
    s.step("head1", item, "hand_over", {"notes": "东门锁要往上提"})
    assert (s.holder(item), s.facts(item).stage, s.facts(item).stage_due_at) == ("officer1", "taking", due_at), "now the next one, in the same time"
    Holding.objects.filter(pk=s.facts(item).holding).update(to_at=s.now + timedelta(days=1))
    run(s)
    assert s.holder(item) == "officer1", "signed is signed"


def test_an_end_known_beforehand_opens_it_a_week_ahead_and_a_far_one_not_yet(s: Scene) -> None:
    leave(s, "officer1", s.now + timedelta(days=30))
    assert run(s) == 0
    s.later(days=23)
    assert run(s) == 1
    assert s.facts(only(s)).left_at == s.now + timedelta(days=7)


def test_what_ended_long_ago_is_not_dug_up(s: Scene) -> None:
    leave(s, "officer1")
    s.later(days=31)
    assert run(s) == 0


def test_the_date_moves_with_the_holding_and_nobody_leaving_needs_none(s: Scene) -> None:
    holding = leave(s, "officer1", s.now + timedelta(days=3))
    run(s)
    Holding.objects.filter(pk=holding.pk).update(to_at=s.now + timedelta(days=5))
    assert run(s) == 1
    assert s.facts(only(s)).left_at == s.now + timedelta(days=5)
    Holding.objects.filter(pk=holding.pk).update(to_at=None)
    assert run(s) == 1
    assert s.facts(only(s)).stage == "void"
    Holding.objects.filter(pk=holding.pk).update(to_at=s.now + timedelta(days=2))
    assert run(s) == 1, "the same holding ends after all"
    assert Handover.objects.filter(is_kept=True).count() == 1


def test_who_stays_by_another_appointment_hands_nothing_over(s: Scene) -> None:
    holding = leave(s, "officer1", s.now + timedelta(days=3))
    teams.appoint(post=s.posts["officer1"], user=s.users["officer1"], from_at=s.now + timedelta(days=3), now=s.now)
    assert run(s) == 0
    assert queries.stays(holding.__class__.objects.get(pk=holding.pk))


def test_the_leaver_signs_while_in_office_and_the_post_above_afterwards(s: Scene) -> None:
    leave(s, "officer1", s.now + timedelta(hours=2))
    run(s)
    item = only(s)
    with pytest.raises(Refused, match="leaver_signs"):
        s.step("head1", item, "hand_over")
    s.step("officer1", item, "hand_over", {"notes": "东门锁要往上提"})
    assert s.facts(item).giver == s.users["officer1"].pk
    s.later(hours=2)
    with pytest.raises(NotThere):
        s.step("officer1", item, "hand_over")
    s.step("head1", item, "hand_over", {"notes": "东门锁要往上提"})
    assert s.facts(item).giver == s.users["head1"].pk


@pytest.mark.parametrize(
    ("post", "above", "neither"),
    [("officer1", "head1", "instructor1"), ("head1", "instructor1", "desk"), ("instructor1", "desk", "center"), ("desk", "center", "secretary"),
     ("center2", "county_desk", "leader2"), ("water", "center", "leader")],
)  # fmt: skip
def test_for_who_has_left_the_post_above_signs(s: Scene, post: str, above: str, neither: str) -> None:
    leave(s, post)
    run(s)
    with pytest.raises((Refused, NotThere)):
        s.step(neither, only(s), "hand_over")
    s.step(above, only(s), "hand_over")
    assert s.facts(only(s)).stage == "taking"


def test_only_the_new_holder_takes_it_never_the_stand_in_nor_who_gave_it(s: Scene) -> None:
    item = handed(s)
    teams.stand_in(post=s.posts["officer1"], user=s.users["officer2"], from_at=s.now, now=s.now)
    with pytest.raises(Refused, match="not_holder"):
        s.step("officer2", item, "take_over")
    teams.appoint(post=s.posts["officer1"], user=s.users["head1"], from_at=s.now, now=s.now)
    with pytest.raises(Refused, match="two_people"):
        s.step("head1", item, "take_over")
    teams.appoint(post=s.posts["officer1"], user=s.users["night"], from_at=s.now, now=s.now)
    s.step("night", item, "take_over")
    f = s.facts(item)
    assert (f.stage, f.taker, f.holder) == ("done", s.users["night"].pk, None)


def test_who_left_and_came_back_does_not_take_from_themselves(s: Scene) -> None:
    item = handed(s)
    s.later(days=1)
    teams.appoint(post=s.posts["officer1"], user=s.users["officer1"], from_at=s.now, now=s.now)
    with pytest.raises(Refused, match="two_people"):
        s.step("officer1", item, "take_over")


def test_nothing_is_taken_before_it_is_given(s: Scene) -> None:
    leave(s, "officer1")
    run(s)
    teams.appoint(post=s.posts["officer1"], user=s.users["night"], from_at=s.now, now=s.now)
    with pytest.raises(Refused, match="wrong_stage"):
        s.step("night", only(s), "take_over")
    s.now = s.facts(only(s)).stage_due_at
    due.time_outs(town=s.town, now=s.now)
    with pytest.raises(Refused, match="not_given"):
        s.step("night", only(s), "take_over")


def test_three_working_days_after_a_friday_it_is_with_the_post_above_and_can_still_be_taken(s: Scene) -> None:
    s.now = FRIDAY
    item = handed(s)
    limit = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)  # Wednesday 18:00: Saturday and Sunday do not count
    assert s.facts(item).stage_due_at == limit
    s.now = limit - timedelta(seconds=1)
    assert due.time_outs(town=s.town, now=s.now) == 0
    s.now = limit
    assert due.time_outs(town=s.town, now=s.now) == 1
    assert (s.facts(item).stage, s.holder(item)) == ("late", "head1")
    s.later(days=9)
    due.time_outs(town=s.town, now=s.now)
    teams.appoint(post=s.posts["officer1"], user=s.users["night"], from_at=s.now, now=s.now)
    s.step("night", item, "take_over", {"words": "少一把钥匙"})
    assert s.facts(item).stage == "done"


def test_what_was_signed_is_frozen_and_holds_no_words(s: Scene) -> None:
    asked = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"})
    seen = s.start("officer1", {"words": "树枝断了", "unit": s.units["u1"].pk})
    s.start("officer2", {"words": "别的网格", "unit": s.units["u2"].pk})
    item = handed(s)
    teams.appoint(post=s.posts["officer1"], user=s.users["night"], from_at=s.now, now=s.now)
    s.step("night", item, "take_over")
    f = s.facts(item)
    assert (f.open_items, f.promises) == (2, 1)
    assert dict(Handed.objects.values_list("item_id", "is_promise")) == {asked.id: True, seen.id: False}
    bodies = "".join(Event.objects.filter(stream=item).values_list("body", flat=True))
    assert not any(word in bodies for word in ("井盖", "钥匙", "灯不亮"))
    assert list(problems()) == []
    Handed.objects.filter(item=seen.id).delete()
    assert [p for p in problems() if "清单" in p]


def test_an_abolished_post_needs_a_handover_only_while_something_is_open(s: Scene) -> None:
    m = s.start("officer1", {"words": "灯", "unit": s.units["u1"].pk})
    teams.abolish_post(post=s.posts["officer1"], now=s.now)
    assert run(s) == 1
    item = only(s)
    assert s.step("head1", item, "hand_over").stage == "taking"
    s.step("head1", m.id, "accept")
    s.step("head1", m.id, "call_up", {"tried": "看过", "asks": "请帮"})
    assert run(s) == 1
    assert s.facts(item).stage == "void"
    teams.abolish_post(post=s.posts["officer2"], now=s.now)
    assert run(s) == 0


def test_what_an_abolished_post_had_is_taken_by_the_post_above_as_another_person(s: Scene) -> None:
    s.start("officer1", {"words": "灯", "unit": s.units["u1"].pk})
    teams.appoint(post=s.posts["head1"], user=s.users["night"], from_at=s.now, now=s.now)
    teams.abolish_post(post=s.posts["officer1"], now=s.now)
    run(s)
    item = only(s)
    s.step("head1", item, "hand_over")
    with pytest.raises(Refused, match="two_people"):
        s.step("head1", item, "take_over")
    s.step("night", item, "take_over")
    assert s.facts(item).stage == "done"


@pytest.mark.parametrize(
    ("post", "see", "blind"),
    [
        (
            "officer1",
            ("head1", "instructor1", "desk", "secretary", "center", "leader"),
            ("officer2", "head2", "desk_village", "water", "center2", "county_desk"),
        ),
        ("head1", ("instructor1", "desk", "center"), ("officer1", "officer2", "water")),
        ("desk", ("center", "leader"), ("secretary", "head1", "officer1", "desk_village", "center2")),
        ("water", ("center",), ("power", "desk", "officer1")),
    ],
)
def test_it_is_for_the_parties_and_those_above(s: Scene, post: str, see: tuple[str, ...], blind: tuple[str, ...]) -> None:
    leave(s, post)
    run(s)
    item = only(s)
    for who in see:
        assert loop_queries.get_visible(item, actor=s.actor(who), town=s.town, now=s.now).item.pk == item, who
    for who in blind:
        with pytest.raises(NotThere):
            loop_queries.get_visible(item, actor=s.actor(who), town=s.town, now=s.now)


def test_the_check_misses_an_ended_holding_only_where_the_due_work_has_passed_by(s: Scene) -> None:
    leave(s, "officer1")
    s.later(days=5)
    assert list(queries.unopened()) == []
    due.run_due(s.now)
    assert list(queries.unopened()) == []
    Holding.objects.filter(post=s.posts["officer2"]).update(to_at=s.now - timedelta(days=3))
    assert len(list(queries.unopened())) == 1


# ── the commands of a page ──
def test_replacing_somebody_ends_their_holding_and_opens_the_handover(s: Scene) -> None:
    posts.appoint(s.posts["officer1"].pk, s.users["night"].pk, replaces=True, **common(s, "desk"))
    assert s.town.own_users(s.posts["officer1"].pk, s.now) == {s.users["night"].pk}
    assert not s.actor("officer1").seats
    assert s.facts(only(s)).leaver == s.users["officer1"].pk


def test_beside_somebody_means_both(s: Scene) -> None:
    posts.appoint(s.posts["officer1"].pk, s.users["night"].pk, **common(s, "desk"))
    assert s.town.own_users(s.posts["officer1"].pk, s.now) == {s.users["night"].pk, s.users["officer1"].pk}
    assert not Item.objects.filter(loop="handovers").exists()


@pytest.mark.parametrize(
    ("who", "post", "user", "code"),
    [
        ("desk", "officer1", "officer9", "not_a_choice"), ("desk", "officer1", "desk", "not_oneself"), ("head1", "officer1", "night", "not_yours"),
        ("desk", "secretary", "night", "not_yours"), ("center", "leader", "night", "not_yours"), ("desk", "officer3", "night", "not_yours"),
        ("desk", "officer1", "officer1", "taken"), ("center2", "officer1", "officer9", "not_yours"),
    ],
)  # fmt: skip
def test_who_may_not_is_refused_and_nothing_changes(s: Scene, who: str, post: str, user: str, code: str) -> None:
    before = Holding.objects.count()
    with pytest.raises(Refused, match=code):
        posts.appoint(s.posts[post].pk, s.users[user].pk, replaces=True, **common(s, who))
    with pytest.raises(Refused):
        posts.stand_in(s.posts[post].pk, s.users[user].pk, **common(s, who))
    assert Holding.objects.count() == before
    assert not Holding.objects.exclude(to_at=None).exists()


def test_times_gone_by_and_far_away_are_refused(s: Scene) -> None:
    post, night, day = s.posts["officer1"].pk, s.users["night"].pk, timedelta(days=1)
    for wrong, code in ((s.now - day, "past"), (s.now + 800 * day, "too_far")):
        with pytest.raises(Refused, match=code):
            posts.appoint(post, night, from_at=wrong, **common(s, "desk"))
        with pytest.raises(Refused, match=code):
            posts.end_holding(Holding.objects.get(post=post).pk, to_at=wrong, **common(s, "desk"))
    with pytest.raises(Refused, match="past"):
        posts.stand_in(post, night, from_at=s.now + day, to_at=s.now + day, **common(s, "desk"))
    with pytest.raises(NotThere):
        posts.end_holding(999_999, **common(s, "desk"))


def test_an_appointment_that_has_not_begun_is_taken_back(s: Scene) -> None:
    posts.appoint(s.posts["officer1"].pk, s.users["night"].pk, from_at=s.now + timedelta(days=2), **common(s, "desk"))
    posts.end_holding(Holding.objects.get(user=s.users["night"]).pk, **common(s, "desk"))
    assert not Holding.objects.filter(user=s.users["night"]).exists()
    assert not Item.objects.filter(loop="handovers").exists()
    posts.stand_in(s.posts["officer1"].pk, s.users["night"].pk, from_at=s.now + timedelta(days=2), **common(s, "desk"))
    span = s.posts["officer1"].pk
    from hawthorn.teams.models import StandIn

    posts.end_stand_in(StandIn.objects.get(post=span).pk, **common(s, "desk"))
    assert not StandIn.objects.exists()


def test_the_desk_fills_no_vacancy_with_itself(s: Scene) -> None:
    from hawthorn.handovers.tasks import vacancies

    leave(s, "officer1")
    vacancies(town=s.town, now=s.now)
    item = Item.objects.get(loop="vacancies").pk
    with pytest.raises(Refused, match="not_oneself"):
        s.step("center", item, "fill", {"user": s.users["center"].pk})
    s.step("center", item, "fill", {"user": s.users["center_b"].pk})
    assert Holding.objects.get(post=s.posts["officer1"], user=s.users["center_b"]).by == s.users["center"], "who decided it stands with it"


def test_a_leave_names_colleagues_only_unless_somebody_above_enters_it(s: Scene) -> None:
    post, day = s.posts["officer1"].pk, timedelta(days=1)
    given = {"from_at": s.now + day, "to_at": s.now + 2 * day}
    for who, other in (("officer1", "officer3"), ("officer1", "officer1"), ("desk", "desk"), ("desk", "officer9")):
        with pytest.raises(Refused, match="not_a_choice"):
            posts.take_leave(s.users["officer1"].pk, stand_ins={post: s.users[other].pk}, **given, **common(s, who))
    with pytest.raises(Refused, match="not_a_choice"):
        posts.take_leave(s.users["officer1"].pk, stand_ins={s.posts["desk"].pk: s.users["night"].pk}, **given, **common(s, "officer1"))
    with pytest.raises(NotThere):
        posts.take_leave(s.users["officer1"].pk, stand_ins={}, **given, **common(s, "head2"))
    posts.take_leave(s.users["officer1"].pk, stand_ins={post: s.users["officer3"].pk}, **given, **common(s, "desk"))
    from hawthorn.teams.models import Leave

    with pytest.raises(NotThere):
        posts.end_leave(Leave.objects.get().pk, **common(s, "officer2"))
    posts.end_leave(Leave.objects.get().pk, **common(s, "officer1"))
    assert not Leave.objects.exists()
