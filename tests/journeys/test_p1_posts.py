"""P1 每个网格都有主心骨: three posts, a vacancy is itself an open duty, rights end to the second. And complaints that nobody concerned sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hawthorn.handovers.tasks import vacancies
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import actions as loops
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding
from make import Scene


def leave(s: Scene, who: str, post: str) -> None:
    """Somebody leaves a post now."""
    teams.end_holding(holding=Holding.objects.get(post=s.posts[post], user=s.users[who], to_at=None), to_at=s.now, now=s.now)


def test_a_vacant_post_is_a_duty_of_the_subdistrict_and_the_next_post_up_acts(s: Scene) -> None:
    m = s.start("resident", {"words": "灯", "unit": s.units["u1"].pk})
    leave(s, "officer1", "officer1")
    assert vacancies(town=s.town, now=s.now) == 1
    assert vacancies(town=s.town, now=s.now) == 0, "once only"
    vacancy = Item.objects.get(loop="vacancies", open=True)
    assert s.holder(vacancy.pk) == "center"
    s.step("head1", m.id, "accept")
    assert Item.objects.get(pk=m.id).holder_id == s.posts["officer1"].pk, "nothing is re-homed"
    s.step("center", vacancy.pk, "fill", {"user": s.users["night"].pk})
    s.step("night", m.id, "note", {"words": "接手了"})
    assert s.facts(vacancy.pk).stage == "filled"
    with pytest.raises(Refused):
        s.step("head1", m.id, "settle", {"result": "x", "say": "y"})


def test_a_vacancy_closes_by_itself_when_somebody_comes(s: Scene) -> None:
    leave(s, "officer1", "officer1")
    vacancies(town=s.town, now=s.now)
    teams.stand_in(post=s.posts["officer1"], user=s.users["night"], from_at=s.now, now=s.now)
    assert vacancies(town=s.town, now=s.now) == 1
    assert Item.objects.get(loop="vacancies").stage == "filled"


def test_an_officer_keeps_no_right_after_the_second_the_holding_ends(s: Scene) -> None:
    end = s.now + timedelta(hours=1)
    teams.end_holding(holding=Holding.objects.get(post=s.posts["officer1"], to_at=None), to_at=end, now=s.now)
    s.now = end - timedelta(seconds=1)
    assert s.actor("officer1").seats
    s.now = end
    assert not s.actor("officer1").seats


def test_an_abolished_posts_items_fall_to_the_next_post_up(s: Scene) -> None:
    m = s.start("resident", {"words": "灯", "unit": s.units["u1"].pk})
    teams.abolish_post(post=s.posts["officer1"], now=s.now)
    s.step("head1", m.id, "accept")
    assert s.facts(m.id).stage == "working"


def test_a_complaint_about_an_officer_is_never_seen_by_that_officer_or_grid(s: Scene) -> None:
    c = s.start("resident", {"about": "grid", "grid": s.places["grid1"].pk, "words": "态度不好"}, loop="complaints")
    assert s.holder(c.id) == "desk", "one level above"
    for who in ("officer1", "head1", "instructor1", "officer2", "secretary", "center"):
        with pytest.raises(NotThere):
            queries.get_visible(c.id, actor=s.actor(who), town=s.town, now=s.now)
        for seat in s.actor(who).seats:
            assert c.id not in queries.listed("complaints", seat, s.now).values_list("pk", flat=True)
    s.step("desk", c.id, "take_up")
    s.step("desk", c.id, "answer", {"say": "已经谈过，向您道歉", "how": "receipt"})
    assert s.facts(c.id).stage == "answered"


def test_even_who_holds_the_desk_too_does_not_handle_a_complaint_about_himself(s: Scene) -> None:
    leave(s, "desk", "desk")
    teams.appoint(post=s.posts["desk"], user=s.users["officer1"], from_at=s.now, now=s.now)
    c = s.start("resident", {"about": "grid", "grid": s.places["grid1"].pk, "words": "态度不好"}, loop="complaints")
    assert s.holder(c.id) == "center"
    with pytest.raises(NotThere):
        queries.get_visible(c.id, actor=s.actor("officer1"), town=s.town, now=s.now)


def test_a_complaint_about_the_system_goes_to_the_county_and_a_second_time_one_level_up(s: Scene) -> None:
    c = s.start("officer1", {"about": "system", "words": "字太小", "wish": "suggestion"}, loop="complaints")
    assert s.holder(c.id) == "county_admin"
    d = s.start("resident", {"about": "community", "community": s.places["community"].pk, "words": "窗口不开门"}, loop="complaints")
    assert s.holder(d.id) == "center"
    s.step("center", d.id, "take_up")
    s.step("center", d.id, "answer", {"say": "已改", "how": "receipt"})
    from test_p5_closed_loop import asker

    who = asker(s, d.id)
    loops.take_step("complaints", d.id, "unsatisfied", {"reason": "没改"}, actor=who, now=s.now, door="what")
    assert s.holder(d.id) == "county_desk"


def test_a_complaint_about_the_county_is_held_and_seen_by_its_administrator(s: Scene) -> None:
    from hawthorn.requests.queries import unseen

    c = s.start("resident", {"about": "county", "words": "区里没人接电话"}, loop="complaints")
    assert s.holder(c.id) == "county_admin"
    assert queries.get_visible(c.id, actor=s.actor("county_admin"), town=s.town, now=s.now).item.pk == c.id
    with pytest.raises(NotThere):
        queries.get_visible(c.id, actor=s.actor("county_desk"), town=s.town, now=s.now)
    assert unseen() == []
    Item.objects.filter(pk=c.id).update(holder=s.posts["county_desk"])
    assert len(unseen()) == 1


def test_a_desk_resets_no_password_of_its_leader_or_secretary(s: Scene) -> None:
    from hawthorn.accounts.actions import may_reset

    for who, whose, wanted in (
        ("center", "leader", False), ("desk", "secretary", False), ("center", "center_b", False), ("center", "secretary", True),
        ("center", "water", True), ("desk", "officer1", True), ("head1", "officer1", True), ("head1", "officer2", False), ("desk", "center", False),
    ):  # fmt: skip
        assert may_reset(s.users[whose], s.actor(who), s.town, s.now) is wanted, (who, whose)
