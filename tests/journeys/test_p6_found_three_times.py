"""P6: three findings in a row at a point go to the weekly assessment, and rest while it is decided to look again later."""

from __future__ import annotations

from datetime import timedelta

from hawthorn.assessments.actions import meetings
from hawthorn.assessments.models import Point
from hawthorn.patrols import queries
from hawthorn.patrols.queries import Point as Checkpoint
from make import Scene
from walking import day_after, find, look, point


def draw(s: Scene, who: str = "center", at: str = "street") -> int:
    return meetings.draw_up(s.town.places[s.places[at].pk], actor=s.actor(who), town=s.town, now=s.now, door="test")


def close(s: Scene, meeting: int, who: str = "center") -> None:
    meetings.close(meeting, {}, actor=s.actor(who), town=s.town, now=s.now, door="test")


def named(meeting: int) -> list[Point]:
    """What an agenda says about points found three times."""
    return [p for p in Point.objects.filter(meeting=meeting).order_by("sort") if "连着三次有问题" in p.why]


def found_three_times(s: Scene, one: Checkpoint) -> None:
    """Three rounds with a finding."""
    for _n in range(3):
        find(s, one)
        day_after(s)


def test_a_point_found_three_times_is_on_the_next_agenda_of_its_street_and_its_community(s: Scene) -> None:
    hole = point(s, unit=s.units["u1"].pk, spot="门口路面")
    days = [s.now + timedelta(days=n) for n in range(3)]
    found_three_times(s, hole)
    for who, at in (("center", "street"), ("desk", "community")):
        (said,) = named(draw(s, who, at))
        assert said.place_id == s.places["grid1"].pk
        assert all(f"{day.month}月{day.day}日" in said.why for day in days)


def test_it_rests_while_it_is_to_be_looked_at_later_comes_back_then_and_goes_once_it_is_fine(s: Scene) -> None:
    hole = point(s, unit=s.units["u1"].pk, spot="门口路面")
    found_three_times(s, hole)
    meeting = draw(s)
    (said,) = named(meeting)
    until = (s.now + timedelta(days=13)).isoformat()
    meetings.decide(said.pk, {"decision": "watch", "until": until}, actor=s.actor("center"), town=s.town, now=s.now, door="test")
    close(s, meeting)
    day_after(s, 7)
    resting = draw(s)
    assert named(resting) == []
    close(s, resting)
    day_after(s, 7)
    back = draw(s)
    assert [p.kind for p in named(back)] == [said.kind]
    close(s, back)
    look(s, hole)
    day_after(s, 7)
    assert [p for p in named(draw(s)) if p.kind == "checkpoint"] == []


def test_points_of_one_name_in_two_grids_do_not_hide_each_other(s: Scene) -> None:
    one, other = point(s, spot="门口路面"), point(s, "grid2", spot="门口路面")
    for _n in range(3):
        find(s, one)
        find(s, other, who="officer2")
        day_after(s)
    assert [r.point.row.pk for r in queries.three_times("grid", s.places["grid2"].pk)] == [other.row.pk]
    meeting = draw(s)
    first, _second = named(meeting)
    until = (s.now + timedelta(days=13)).isoformat()
    meetings.decide(first.pk, {"decision": "watch", "until": until}, actor=s.actor("center"), town=s.town, now=s.now, door="test")
    close(s, meeting)
    day_after(s)
    assert len(named(draw(s))) == 1
