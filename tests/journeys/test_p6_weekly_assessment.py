"""P6 周研判: the agenda writes itself, every point ends in a decision, promises come back until they are kept, what recurs comes back too."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from hawthorn.assessments import agenda, detection
from hawthorn.assessments.actions import meetings
from hawthorn.assessments.models import Erratum, Minutes, Point, Problem
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import tasks
from hawthorn.loops.models import Item
from hawthorn.teams import actions as teams
from make import Scene


def draw(s: Scene, who: str = "center", at: str = "street") -> int:
    return meetings.draw_up(s.town.places[s.places[at].pk], actor=s.actor(who), town=s.town, now=s.now, door="test")


def decide(s: Scene, point: Point, who: str = "center", **given: object) -> Point:
    return meetings.decide(point.pk, given, actor=s.actor(who), town=s.town, now=s.now, door="test")


def close(s: Scene, meeting: int, who: str = "center", **given: object) -> Minutes:
    return meetings.close(meeting, given, actor=s.actor(who), town=s.town, now=s.now, door="test")


def points(meeting: int, kind: str = "") -> list[Point]:
    found = Point.objects.filter(meeting=meeting).order_by("sort")
    return list(found.filter(kind=kind) if kind else found)


def ahead(s: Scene, **span: float) -> str:
    return (s.now + timedelta(**span)).isoformat()


def burst(s: Scene, number: int = 3, unit: str = "u1") -> list[int]:
    """The same again at one place."""
    found = []
    for _n in range(number):
        found.append(s.start("officer1", {"words": "灯又坏了", "unit": s.units[unit].pk, "category": s.category("m01037")}).id)
        s.later(hours=2)
    return found


def settle_all(s: Scene) -> None:
    for item in Item.objects.filter(loop="matters", open=True):
        s.step("officer1", item.pk, "accept")
        s.step("officer1", item.pk, "settle", {"result": "好", "say": "好", "why_no_proof": "天黑"})


def test_a_burst_is_found_acted_on_comes_back_and_is_open_again(s: Scene) -> None:
    burst(s)
    settle_all(s)
    meeting = draw(s)
    (point,) = points(meeting, "problem")
    assert point.why == "同一处近 30 天 3 件"
    assert point.about == "路灯异常 · 一网格 u1 号楼"
    decided = decide(s, point, decision="commit", words="把这栋楼的线路查一遍", lead=s.posts["power"].pk, until=ahead(s, days=5))
    promise = decided.commitment_id
    assert promise is not None
    assert s.holder(promise) == "power"
    close(s, meeting)
    s.later(days=7)
    second = draw(s)
    (again,) = points(second, "commitment")
    assert "已超过" in again.why, "its state is drawn up by itself"
    decide(s, again, decision="commit", words="再给一周", lead=s.posts["power"].pk, until=ahead(s, days=7))
    assert Item.objects.filter(loop="commitments").count() == 1, "a promise that stands is moved, not doubled"
    s.step("power", promise, "report_done", {"result": "换了整条线"})
    close(s, second)
    s.later(days=7)
    third = draw(s)
    (done,) = points(third, "commitment")
    assert (done.decision, "办好了" in done.why) == ("done", True)
    (problem,) = points(third, "problem")
    decide(s, problem, decision="over", words="线路换过，两周没有再来")
    close(s, third)
    assert Problem.objects.get().item.stage == "closed"
    s.later(days=8)
    fourth = draw(s)
    assert points(fourth, "problem") == [], "what came before the end does not bring it back"
    close(s, fourth)
    s.later(days=14)
    burst(s)
    settle_all(s)
    fifth = draw(s)
    (back,) = points(fifth, "problem")
    assert "第 1 次回来" in back.why
    assert Problem.objects.get().came_back == 1
    close(s, fifth)


def test_after_sixty_days_it_is_a_new_problem(s: Scene) -> None:
    burst(s)
    settle_all(s)
    meeting = draw(s)
    (problem,) = points(meeting, "problem")
    decide(s, problem, decision="over", words="修好了")
    close(s, meeting)
    s.later(days=61)
    burst(s)
    close(s, draw(s))
    assert Problem.objects.count() == 2


def test_every_point_has_a_decision_when_the_minutes_are_frozen_and_what_was_not_reached_moves_on(s: Scene) -> None:
    s.start("officer1", {"words": "井盖", "unit": s.units["u1"].pk, "category": s.category("m01037")})
    s.later(days=9)
    meeting = draw(s)
    assert [p.kind for p in points(meeting)] == ["overdue"]
    meetings.add_point(meeting, "腊月的集市放在哪里", actor=s.actor("center"), town=s.town, now=s.now)
    minutes = close(s, meeting, offline="2")
    assert [p.decision for p in points(meeting)] == ["moved", "moved"]
    assert json.loads(minutes.body)["offline"] == 2
    s.later(days=7)
    nxt = draw(s)
    assert {p.kind for p in points(nxt)} == {"overdue", "desk"}
    assert "上次没有议到" in {p.why for p in points(nxt)}


def test_frozen_minutes_are_never_changed_only_corrected_beside(s: Scene) -> None:
    burst(s)
    meeting = draw(s)
    (point,) = points(meeting, "problem")
    minutes = close(s, meeting)
    with pytest.raises(Refused) as why:
        decide(s, point, decision="none", words="改一下")
    assert why.value.code == "wrong_stage"
    with pytest.raises(Refused):
        meetings.add_point(meeting, "再加一项", actor=s.actor("center"), town=s.town, now=s.now)
    meetings.add_erratum(meeting, "第一项的地点应为二网格", actor=s.actor("center"), town=s.town, now=s.now, door="test")
    assert Minutes.objects.get().digest == minutes.digest
    assert meetings.changed_minutes() == []
    Minutes.objects.update(body=minutes.body.replace("moved", "done"))
    assert meetings.changed_minutes() == [f"meetings {meeting}: 纪要和定稿时不一样"]


def test_a_decision_may_be_taken_anew_until_the_minutes_are_frozen(s: Scene) -> None:
    burst(s)
    meeting = draw(s)
    (point,) = points(meeting, "problem")
    first = decide(s, point, decision="commit", words="查线路", lead=s.posts["power"].pk, until=ahead(s, days=5))
    decide(s, point, decision="watch", until=ahead(s, days=5))
    assert Item.objects.get(pk=first.commitment_id).stage == "dropped"
    close(s, meeting)


@pytest.mark.parametrize(
    ("given", "lacking"),
    [({"decision": "commit"}, ("words", "lead", "until")), ({"decision": "watch"}, ("until",)), ({"decision": "none"}, ("words",)), ({}, ("decision",))],
)
def test_a_decision_says_what_is_missing_and_nothing_is_changed(s: Scene, given: dict[str, str], lacking: tuple[str, ...]) -> None:
    burst(s)
    (point,) = points(draw(s), "problem")
    with pytest.raises(Refused) as why:
        decide(s, point, **given)
    assert (why.value.code, why.value.fields) == ("missing", lacking)
    point.refresh_from_db()
    assert point.decision == ""


def test_what_is_watched_sleeps_until_its_day(s: Scene) -> None:
    s.start("officer1", {"words": "井盖", "unit": s.units["u1"].pk, "category": s.category("m01037")})
    s.later(days=9)
    meeting = draw(s)
    decide(s, points(meeting)[0], decision="watch", until=ahead(s, days=10))
    close(s, meeting)
    s.later(days=7)
    second = draw(s)
    assert points(second) == []
    close(s, second)
    s.later(days=7)
    assert [p.kind for p in points(draw(s))] == ["overdue"]


def test_only_the_chair_of_the_place_draws_up_and_decides(s: Scene) -> None:
    burst(s)
    for who in ("officer1", "water", "county_desk", "center2"):
        with pytest.raises(Refused):
            draw(s, who)
    meeting = draw(s)
    (point,) = points(meeting, "problem")
    for who, wrong in (("center2", NotThere), ("officer1", NotThere), ("desk", NotThere)):
        with pytest.raises(wrong):
            decide(s, point, who, decision="none", words="不办")
    with pytest.raises(Refused) as why:
        draw(s)
    assert why.value.code == "meeting_open"


def test_a_community_may_hold_its_own(s: Scene) -> None:
    burst(s)
    burst(s, unit="u3")
    meeting = draw(s, "secretary", "community")
    assert [(p.kind, p.place.name) for p in Point.objects.filter(meeting=meeting, kind="problem").select_related("place")] == [("problem", "一网格")]
    (problem,) = points(meeting, "problem")
    decide(s, problem, "secretary", decision="commit", words="查线路", lead=s.posts["officer1"].pk, until=ahead(s, days=5))
    close(s, meeting, "secretary")


def test_chance_is_called_chance_and_opens_nothing(s: Scene) -> None:
    s.start("officer1", {"words": "灯", "unit": s.units["u1"].pk, "category": s.category("m01037")})
    found = detection.recurs(s.town.places[s.places["street"].pk], s.now, {"m01037"})
    assert all(f.is_chance and "属正常波动" in f.why for f in found)
    draw(s)
    assert not Problem.objects.exists()


def test_private_matters_are_never_single_points(s: Scene) -> None:
    dispute = next(c.key for c in s.town.categories.values() if c.catalogue == "dispute" and c.tenant == s.places["street"].tenant_id)
    item = s.start("officer1", {"words": "两家吵架", "unit": s.units["u1"].pk, "category": s.category(dispute)}).id
    for _n in range(2):
        s.step("desk", item, "dispatch", {"lead": s.posts["head1"].pk})
        s.step("head1", item, "hand_back", {"belongs_to": "别处", "reason": "不归我"})
    assert [p for p in points(draw(s)) if p.source_id == item] == []


def test_the_promise_that_nobody_keeps_rises_like_any_duty(s: Scene) -> None:
    burst(s)
    (point,) = points(draw(s), "problem")
    made = decide(s, point, decision="commit", words="查线路", lead=s.posts["desk"].pk, until=ahead(s, days=5)).commitment_id
    s.later(days=6)
    assert tasks.nudges(town=s.town, now=s.now) > 0
    assert Item.objects.get(pk=made).open


def test_the_minutes_cannot_be_frozen_beside_their_own_door(s: Scene) -> None:
    meeting = draw(s)
    with pytest.raises(Refused) as why:
        s.step("center", meeting, "close", {"digest": "f" * 64})
    assert why.value.code == "not_yours"
    Item.objects.filter(pk=meeting).update(open=False, stage="closed", holder=None, due_at=None, stage_due_at=None, closed_at=s.now)
    assert meetings.changed_minutes() == [f"meetings {meeting}: 已定稿，可是没有纪要"]


def test_a_promise_given_to_another_is_another_ones_duty(s: Scene) -> None:
    burst(s)
    meeting = draw(s)
    (problem,) = points(meeting, "problem")
    made = decide(s, problem, decision="commit", words="查线路", lead=s.posts["power"].pk, until=ahead(s, days=5)).commitment_id
    close(s, meeting)
    s.later(days=7)
    second = draw(s)
    (again,) = points(second, "commitment")
    with pytest.raises(Refused) as why:
        decide(s, again, decision="commit", words="换人办", lead=s.posts["agency2"].pk, until=ahead(s, days=5))
    assert why.value.code == "not_a_choice", "nobody of another subdistrict"
    decide(s, again, decision="commit", words="换人办", lead=s.posts["water"].pk, until=ahead(s, days=5))
    assert s.holder(made or 0) == "water", "the minutes and the duty name the same post"


def test_words_brought_up_at_the_meeting_are_no_title(s: Scene) -> None:
    meeting = draw(s)
    point = meetings.add_point(meeting, "张三家老母亲没人管", actor=s.actor("center"), town=s.town, now=s.now)
    made = decide(s, point, decision="commit", words="去看看", lead=s.posts["desk"].pk, until=ahead(s, days=5)).commitment_id
    item = Item.objects.get(pk=made)
    assert "张三" not in item.title
    assert not Event.objects.filter(stream=item.pk, body__contains="张三").exists()


def test_what_is_about_persons_is_no_point_of_an_agenda(s: Scene) -> None:
    dispute = next(c.key for c in s.town.categories.values() if c.catalogue == "dispute" and c.tenant == s.places["street"].tenant_id)
    for _n in range(3):
        s.start("officer1", {"words": "吵架", "unit": s.units["u1"].pk, "category": s.category(dispute)})
    s.later(days=20)
    assert points(draw(s)) == []
    assert not Problem.objects.exists()


def test_the_same_decision_twice_is_one_and_a_newer_one_is_not_overwritten(s: Scene) -> None:
    burst(s)
    (point,) = points(draw(s), "problem")
    given = {"decision": "commit", "words": "查线路", "lead": s.posts["power"].pk, "until": ahead(s, days=5)}
    first, again = decide(s, point, **given), decide(s, point, **given)
    assert first.commitment_id == again.commitment_id
    assert Item.objects.filter(loop="commitments").count() == 1
    with pytest.raises(Refused) as why:
        meetings.decide(point.pk, {"decision": "none", "words": "不办"}, actor=s.actor("center_b"), town=s.town, now=s.now, door="test", seen="")
    assert why.value.code == "stale"


def test_a_community_neither_drops_nor_hides_what_the_subdistrict_decided(s: Scene) -> None:
    burst(s)
    meeting = draw(s)
    (problem,) = points(meeting, "problem")
    made = decide(s, problem, decision="commit", words="查线路", lead=s.posts["officer1"].pk, until=ahead(s, days=5)).commitment_id
    for loop_item, step, given in ((made, "drop", {"reason": "不办"}), (problem.source_id, "close", {"reason": "不办"})):
        with pytest.raises(Refused):
            s.step("desk", loop_item or 0, step, given)
    close(s, meeting)
    own = draw(s, "secretary", "community")
    for point in points(own, "problem"):
        decide(s, point, "secretary", decision="watch", until=ahead(s, days=30))
    with pytest.raises(Refused) as why:
        meetings.decide(points(own)[0].pk, {"decision": "watch", "until": ahead(s, days=3000)}, actor=s.actor("secretary"), town=s.town, now=s.now, door="test")
    assert why.value.code == "too_far"
    s.later(days=7)
    second = draw(s)
    assert [p.source_id for p in points(second, "commitment")] == [made], "the promise stands for what it is about"
    s.step("officer1", made or 0, "report_done", {"result": "换过线"})
    close(s, second)
    s.later(days=7)
    assert points(draw(s), "problem"), "what a community watches stays on the subdistrict's agenda"


def test_who_holds_two_chairs_draws_up_for_the_place_that_was_asked(s: Scene) -> None:
    teams.appoint(post=s.posts["desk"], user=s.users["center"], from_at=s.now, now=s.now)
    assert draw(s) != draw(s, at="community")


def test_what_was_asked_of_the_grids_is_on_the_agenda_once(s: Scene) -> None:
    given = {
        "what": "装了报警器的户数", "paper": "中民〔2026〕3 号", "approver": "分管副主任", "source": "county", "by": s.now + timedelta(days=3),
        "topic": "other", "grids": [s.places[g].pk for g in ("grid1", "grid2")], "asks_number": True,
    }  # fmt: skip
    s.start("center", given, loop="errands")
    s.later(hours=1)
    first = draw(s)
    (point,) = points(first, "burden")
    assert point.why == "上次开会以来临时交办 1 件，发给网格 2 份，要填 4 格"
    assert point.url == "/burden"
    decide(s, point, decision="none", words="这是必须的")
    close(s, first)
    s.later(days=7)
    assert points(draw(s), "burden") == [], "nothing new was asked"


def test_what_sleeps_until_its_day_is_named(s: Scene) -> None:
    burst(s)
    first = draw(s)
    (point,) = points(first, "problem")
    decide(s, point, decision="watch", until=ahead(s, days=10))
    close(s, first)
    street = s.town.places[s.places["street"].pk]
    assert [p.about for p in agenda.asleep(street, s.now)] == [point.about]
    s.later(days=11)
    assert agenda.asleep(street, s.now) == []


def test_a_correction_stands_in_the_chain_of_events_too(s: Scene) -> None:
    first = draw(s)
    close(s, first)
    given = {"actor": s.actor("center"), "town": s.town, "now": s.now, "door": "test"}
    meetings.add_erratum(first, "地点应为二网格", **given)
    assert [e.step for e in Event.objects.filter(stream=first).order_by("seq")] == ["draw", "close", "correct"]
    assert meetings.changed_minutes() == []
    Erratum.objects.all().delete()
    assert meetings.changed_minutes() == [f"meetings {first}: 更正有 0 条，经过里有 1 条"]


def test_a_release_names_a_meeting_of_ones_own_that_is_closed(s: Scene) -> None:
    first = draw(s)
    told = {"kind": "digest", "heading": "摘要", "words": "开了会。", "meeting": first}
    with pytest.raises(Refused) as found:
        s.start("center", told, loop="releases")
    assert (found.value.code, found.value.fields) == ("not_a_choice", ("meeting",))
    close(s, first)
    assert s.start("center", told, loop="releases").id
    with pytest.raises(Refused):
        s.start("desk", told, loop="releases")
