"""党小组任务 and who belongs to a group: claimed by the person alone, open to the group, with the instructor where nobody takes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hawthorn.accounts.actions import may_reset
from hawthorn.groups import queries as tasks
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import queries
from hawthorn.loops import tasks as due
from hawthorn.loops.models import Item
from hawthorn.teams import actions as teams
from hawthorn.teams import group_actions
from hawthorn.teams.models import PartyClaim, PartyGroup, Post
from make import Scene

DAY = timedelta(days=1)


def common(s: Scene, who: str) -> dict[str, Any]:
    return {"actor": s.actor(who), "town": s.town}


@pytest.fixture
def group(s: Scene) -> Post:
    """The group of grid one, headed by the instructor's colleague; the waterworks' man has claimed to live there."""
    made = group_actions.set_up(s.places["grid1"].pk, now=s.now, **common(s, "instructor1"))
    s.posts["group1"] = made.post
    teams.appoint(post=made.post, user=s.users["night"], from_at=s.now, shows_name=True, now=s.now)
    group_actions.claim(made.pk, "home", now=s.now, **common(s, "water"))
    return made.post


def ask(s: Scene, who: str = "instructor1", **more: Any) -> int:
    given = {"grid": s.places["grid1"].pk, "what": "帮三楼老人搬柜子", "until": s.now + 5 * DAY} | more
    return s.start(who, given, loop="group_tasks").id


def test_a_group_is_set_up_once_by_those_who_keep_it(s: Scene) -> None:
    grid = s.places["grid1"].pk
    for who in ("instructor1", "desk", "center"):
        group_actions.set_up(grid, now=s.now, **common(s, who))
    assert PartyGroup.objects.count() == 1
    for who in ("officer1", "head1", "desk_village", "instructor2", "water", "center2", "county_admin"):
        with pytest.raises(Refused, match="not_yours"):
            group_actions.set_up(grid, now=s.now, **common(s, who))
    group_actions.set_number(PartyGroup.objects.get().pk, 12, **common(s, "instructor1"))
    assert PartyGroup.objects.get().number == 12
    with pytest.raises(Refused, match="too_many"):
        group_actions.set_number(PartyGroup.objects.get().pk, 1200, **common(s, "instructor1"))
    with pytest.raises(NotThere):
        group_actions.set_number(s.posts["officer1"].pk, 1, **common(s, "instructor1"))


def test_a_claim_is_the_persons_own_and_gone_when_taken_back(s: Scene, group: Post) -> None:
    assert {seat.post for seat in s.actor("water").seats} == {s.posts["water"].pk, group.pk}
    assert s.actor("water").seats[0].post == s.posts["water"].pk, "one's own post comes first"
    other = group_actions.set_up(s.places["grid2"].pk, now=s.now, **common(s, "desk"))
    group_actions.claim(other.pk, "home", now=s.now, **common(s, "water"))
    assert list(PartyClaim.objects.values_list("group", "kind")) == [(other.pk, "home")], "another grid takes the place of the first"
    group_actions.claim(group.pk, "unit", now=s.now, **common(s, "water"))
    assert group_actions.withdraw("home", **common(s, "water"))
    assert group_actions.withdraw("unit", **common(s, "water"))
    assert not group_actions.withdraw("unit", **common(s, "water"))
    assert not PartyClaim.objects.exists()
    assert {seat.post for seat in s.actor("water").seats} == {s.posts["water"].pk}


@pytest.mark.parametrize("who", ["officer9", "center2"])
def test_nobody_claims_a_group_of_another_subdistrict(s: Scene, group: Post, who: str) -> None:
    with pytest.raises(NotThere):
        group_actions.claim(group.pk, "home", now=s.now, **common(s, who))
    with pytest.raises(NotThere):
        group_actions.claim(s.posts["officer1"].pk, "home", now=s.now, **common(s, "water"))
    with pytest.raises(Refused, match="not_a_choice"):
        group_actions.claim(group.pk, "friend", now=s.now, **common(s, "power"))
    group_actions.claim(group.pk, "home", now=s.now, **common(s, "county_desk"))


def test_members_are_never_named_for_the_group_and_see_nothing_else_of_the_grid(s: Scene, group: Post) -> None:
    item, matter = ask(s), s.start("resident", {"words": "灯", "unit": s.units["u1"].pk}).id
    assert s.town.users(group.pk, s.now) == {s.users["night"].pk}
    assert queries.get_visible(item, actor=s.actor("water"), town=s.town, now=s.now)
    for actor, number in ((s.actor("water"), matter), (s.actor("power"), item), (s.actor("officer2"), item)):
        with pytest.raises(NotThere):
            queries.get_visible(number, actor=actor, town=s.town, now=s.now)


def test_a_claim_changes_nothing_about_who_resets_a_password(s: Scene, group: Post) -> None:
    for by in ("center", "desk", "head1", "instructor1"):
        assert may_reset(s.users["water"], s.actor(by), s.town, s.now) is (by == "center"), by


@pytest.mark.parametrize("who", ["instructor1", "head1", "desk", "secretary", "officer1", "center", "water", "desk_village"])
def test_who_asks(s: Scene, group: Post, who: str) -> None:
    if who in ("instructor1", "head1", "desk", "secretary"):
        assert s.holder(ask(s, who)) == "group1"
    else:
        with pytest.raises(Refused):
            ask(s, who)


def test_what_is_asked_has_a_day_a_group_and_perhaps_a_matter_the_asker_sees(s: Scene, group: Post) -> None:
    mine = s.start("resident", {"words": "灯", "unit": s.units["u1"].pk}).id
    abroad = s.start("officer9", {"words": "西街", "unit": s.units["u9"].pk}).id
    assert s.facts(ask(s, about=mine)).about == mine
    for more, code in (
        ({"about": abroad}, "not_a_choice"), ({"grid": s.places["grid2"].pk}, "not_a_choice"), ({"until": s.now}, "past"),
        ({"until": s.now + 91 * DAY}, "too_far"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            ask(s, **more)


@pytest.mark.parametrize("who", ["water", "night"])
def test_a_member_or_the_head_takes_it_and_says_in_a_sentence_that_it_is_done(s: Scene, group: Post, who: str) -> None:
    item = ask(s)
    s.step(who, item, "take")
    assert s.facts(item).stage_due_at == s.facts(item).until
    other = "night" if who == "water" else "water"
    with pytest.raises(Refused, match="not_yours"):
        s.step(other, item, "report_done", {"result": "搬好了"})
    s.step(who, item, "report_done", {"result": "搬好了"})
    assert s.facts(item).stage == "done"
    assert tasks.done([s.places["grid1"].pk], s.now) == {s.places["grid1"].pk: 1}
    assert tasks.done([s.places["grid1"].pk], s.now + 91 * DAY) == {}


def test_what_nobody_takes_is_with_the_instructor_and_can_still_be_taken(s: Scene, group: Post) -> None:
    item = ask(s)
    s.now = s.facts(item).stage_due_at
    assert due.time_outs(town=s.town, now=s.now) == 1
    assert (s.facts(item).stage, s.holder(item)) == ("lying", "instructor1")
    s.step("water", item, "take")
    assert s.holder(item) == "group1"
    s.step("water", item, "give_back", {"reason": "腰不好"})
    s.now = s.facts(item).stage_due_at
    due.time_outs(town=s.town, now=s.now)
    s.step("instructor1", item, "take")
    assert s.holder(item) == "instructor1"
    s.step("instructor1", item, "report_done", {"result": "我去了"})
    assert s.facts(item).stage == "done"


def test_a_group_without_head_and_members_falls_to_the_instructor(s: Scene) -> None:
    group_actions.set_up(s.places["grid1"].pk, now=s.now, **common(s, "desk"))
    item = ask(s)
    assert item in queries.duties([seat.post for seat in s.actor("instructor1").seats]).values_list("pk", flat=True)
    assert item not in queries.duties([seat.post for seat in s.actor("head1").seats]).values_list("pk", flat=True)


def test_who_withdraws_no_longer_has_what_they_took_and_the_asker_opens_it_again(s: Scene, group: Post) -> None:
    item = ask(s, "head1")
    s.step("water", item, "take")
    group_actions.withdraw("home", **common(s, "water"))
    with pytest.raises(NotThere):
        s.step("water", item, "report_done", {"result": "x"})
    s.step("head1", item, "give_back", {"reason": "他不在了"})
    assert s.facts(item).stage == "open"
    s.step("head1", item, "drop", {"reason": "已经不用了"})
    assert Item.objects.get(pk=item).stage == "dropped"


def test_nothing_of_the_partys_own_business_is_kept() -> None:
    assert {f.name for f in PartyGroup._meta.get_fields()} == {"post", "number"}
    assert {f.name for f in PartyClaim._meta.get_fields()} == {"id", "user", "group", "kind", "since"}
