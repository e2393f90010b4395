"""Who decides who holds a post: one predicate, as a table of who × which post."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hawthorn.teams import actions, rules
from hawthorn.teams.models import Holding
from make import Scene

POSTS = (
    "officer1",
    "head1",
    "instructor1",
    "officer3",
    "desk",
    "secretary",
    "center",
    "leader",
    "water",
    "on_call",
    "officer9",
    "center2",
    "leader2",
    "county_desk",
    "county_admin",
)
TABLE = {
    "desk": "1 1 1 . . . . . . . . . . . .",
    "secretary": "1 1 1 . . . . . . . . . . . .",
    "desk_village": ". . . 1 . . . . . . . . . . .",
    "center": "1 1 1 1 1 1 . . 1 . . . . . .",
    "leader": "1 1 1 1 1 1 1 . 1 . . . . . .",
    "county_admin": ". . . . . . 1 1 1 . . 1 1 1 .",
    "county_desk": ". . . . . . . . . . . . . . .",
    "head1": ". . . . . . . . . . . . . . .",
    "officer1": ". . . . . . . . . . . . . . .",
    "instructor1": ". . . . . . . . . . . . . . .",
    "water": ". . . . . . . . . . . . . . .",
    "center2": ". . . . . . . . . . 1 . . . .",
}


@pytest.mark.parametrize("who", TABLE)
def test_each_decides_about_what_is_below(s: Scene, who: str) -> None:
    town, actor = s.town, s.actor(who)
    found = " ".join("1" if rules.manager(actor, town.posts[s.posts[post].pk], town) else "." for post in POSTS)
    assert found == TABLE[who]


def test_a_vacant_post_that_falls_to_me_gives_no_right_to_appoint(s: Scene) -> None:
    for holding in Holding.objects.filter(post=s.posts["center"]):
        actions.end_holding(holding=holding, to_at=s.now, now=s.now)
    acting = {seat.post for seat in s.actor("county_desk").seats if seat.acting}
    assert s.posts["center"].pk in acting
    assert rules.manager(s.actor("county_desk"), s.town.posts[s.posts["officer1"].pk], s.town) is None


def test_nobody_decides_about_a_post_of_their_own_nor_puts_themselves_anywhere(s: Scene) -> None:
    actions.appoint(post=s.posts["officer1"], user=s.users["desk"], from_at=s.now, now=s.now)
    town, actor = s.town, s.actor("desk")
    assert rules.manager(actor, town.posts[s.posts["officer1"].pk], town) is None
    head = town.posts[s.posts["head1"].pk]
    assert rules.manager(actor, head, town) is not None
    assert not rules.may_hold(actor, s.users["desk"].pk, head, town)
    assert rules.may_hold(actor, s.users["night"].pk, head, town)
    assert not rules.may_hold(actor, s.users["officer9"].pk, head, town), "a person of another subdistrict"
    assert not rules.may_hold(actor, s.users["county_desk"].pk, head, town), "a person of the county"


def test_colleagues_near_by_come_first_and_none_is_of_elsewhere(s: Scene) -> None:
    town = s.town
    names = [town.names[u] for u in rules.colleagues(s.users["officer1"].pk, town.posts[s.posts["officer1"].pk], town, s.now)]
    assert set(names[:2]) == {"head1", "instructor1"}
    assert "officer2" in names
    assert names.index("officer2") < names.index("head2"), "the same kind of post first"
    assert not {"officer1", "officer3", "officer9", "center"} & set(names)
    names = [town.names[u] for u in rules.colleagues(s.users["water"].pk, town.posts[s.posts["water"].pk], town, s.now)]
    assert set(names) == {"power", "clinic"}


def test_one_enters_ones_own_leave_and_that_of_those_one_decides_about(s: Scene) -> None:
    town = s.town

    def posts(who: str, whose: str) -> list[str]:
        return [p.name for p in rules.manages(s.actor(who), s.users[whose].pk, town, s.now)]

    assert posts("officer1", "officer1") == ["1 网格专职网格员"]
    assert posts("desk", "officer1") == ["1 网格专职网格员"]
    assert posts("head1", "officer1") == []
    assert posts("desk", "officer3") == []
    assert posts("center2", "officer1") == []


def test_a_leave_brings_its_stand_ins_and_takes_them_away_again(s: Scene) -> None:
    day, post, town = timedelta(days=1), s.posts["officer1"], s.town
    leave = actions.take_leave(user=s.users["officer1"], from_at=s.now + day, to_at=s.now + 3 * day, stand_ins={post: s.users["officer2"]}, now=s.now)
    assert not s.town.own_users(post.pk, s.now) - {s.users["officer1"].pk}
    assert s.town.own_users(post.pk, s.now + day) == {s.users["officer1"].pk, s.users["officer2"].pk}, "both can act"
    assert s.town.own_users(post.pk, s.now + 3 * day) == {s.users["officer1"].pk}
    s.later(days=2)
    actions.end_leave(leave=leave, now=s.now)
    leave.refresh_from_db()
    assert leave.to_at == s.now
    assert s.town.own_users(post.pk, s.now) == {s.users["officer1"].pk}
    assert town.revision != s.town.revision


def test_a_leave_that_has_not_begun_is_taken_back_without_trace_and_old_ones_are_forgotten(s: Scene) -> None:
    from hawthorn.teams.models import Leave, StandIn

    day, post = timedelta(days=1), s.posts["officer1"]
    leave = actions.take_leave(user=s.users["officer1"], from_at=s.now + day, to_at=s.now + 3 * day, stand_ins={post: s.users["officer2"]}, now=s.now)
    actions.end_leave(leave=leave, now=s.now)
    assert not Leave.objects.exists()
    assert not StandIn.objects.exists()
    actions.take_leave(user=s.users["officer1"], from_at=s.now, to_at=s.now + day, stand_ins={post: s.users["officer2"]}, now=s.now)
    assert actions.forget_leaves(town=s.town, now=s.now + 365 * day) == 0
    assert actions.forget_leaves(town=s.town, now=s.now + 367 * day) == 1
    assert StandIn.objects.get().leave_id is None, "who stood in stays on record"


def test_nobody_is_away_twice_at_once(s: Scene) -> None:
    from hawthorn.kernel.errors import Refused

    day = timedelta(days=1)
    actions.take_leave(user=s.users["officer1"], from_at=s.now + day, to_at=s.now + 3 * day, stand_ins={}, now=s.now)
    with pytest.raises(Refused, match="taken"):
        actions.take_leave(user=s.users["officer1"], from_at=s.now + 2 * day, to_at=s.now + 4 * day, stand_ins={}, now=s.now)
    actions.take_leave(user=s.users["officer1"], from_at=s.now + 3 * day, to_at=s.now + 4 * day, stand_ins={}, now=s.now)
