"""What belongs to a meeting is done at the meeting: no other door opens a second one, or promises something in another's place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hawthorn.accounts.actions import make_token
from hawthorn.assessments.actions import meetings as actions
from hawthorn.assessments.models import Erratum, Point
from hawthorn.kernel.errors import Refused
from hawthorn.loops.models import Item
from make import Scene


@pytest.mark.parametrize(("loop", "step"), [("meetings", "draw"), ("commitments", "give")])
def test_the_interface_neither_opens_meetings_nor_gives_commitments(s: Scene, loop: str, step: str) -> None:
    token = make_token(user=s.users["center"], label="测试", now=s.now)
    token = token if isinstance(token, str) else token[0]
    given: dict[str, Any] = {"place": s.places["street"].pk}
    answer = Client(headers={"authorization": f"Bearer {token}"}).post(
        f"/api/v1/{loop}?step={step}", given, content_type="application/json", headers={"idempotency-key": "a1"}
    )
    assert answer.status_code == 409
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("who", "place", "level"), [("center2", "grid1", "subdistrict"), ("desk_village", "grid1", "community"), ("desk", "grid1", "subdistrict")]
)
def test_nobody_promises_something_in_another_place_or_above_their_own(s: Scene, who: str, place: str, level: str) -> None:
    given = {"what": "补井盖", "lead": s.posts["water"].pk, "until": s.now + timedelta(days=3), "place": s.places[place].pk, "level": level}
    with pytest.raises(Refused):
        s.start(who, given, loop="commitments", step="give")
    assert not Item.objects.exists()


def test_an_unknown_place_is_refused(s: Scene) -> None:
    with pytest.raises(Refused):
        s.start("center", {"place": 999999}, loop="meetings", step="draw")


def held(s: Scene) -> int:
    meeting = s.start("center", {"place": s.places["street"].pk}, loop="meetings", step="draw").id
    actions.add_point(meeting, "路灯怎么修", actor=s.actor("center"), town=s.town, now=s.now)
    return meeting


def by(s: Scene) -> dict[str, Any]:
    return {"actor": s.actor("center"), "town": s.town, "now": s.now, "door": "test"}


def test_what_was_brought_up_twice_is_one_point(s: Scene) -> None:
    meeting = held(s)
    actions.add_point(meeting, " 路灯怎么修 ", actor=s.actor("center"), town=s.town, now=s.now)
    assert Point.objects.filter(meeting=meeting, kind="desk").count() == 1


def test_marks_nobody_sees_stay_out_of_minutes(s: Scene) -> None:
    meeting = held(s)
    point = actions.add_point(meeting, "甲\u202e乙\u200b丙\u2066丁", actor=s.actor("center"), town=s.town, now=s.now)
    assert point.about == "甲乙丙丁"
    actions.close(meeting, {}, **by(s))
    assert actions.add_erratum(meeting, "写\u200f错了", **by(s)).words == "写错了"


def test_closing_and_correcting_by_the_same_key_is_done_once(s: Scene) -> None:
    meeting = held(s)
    first = actions.close(meeting, {"offline": "2"}, key="c1", **by(s))
    assert actions.close(meeting, {"offline": "2"}, key="c1", **by(s)).digest == first.digest
    for given, key in (({"offline": "3"}, "c1"), ({"offline": "2"}, "c2")):
        with pytest.raises(Refused):
            actions.close(meeting, given, key=key, **by(s))
    one = actions.add_erratum(meeting, "写错了", key="e1", **by(s))
    assert actions.add_erratum(meeting, "写错了", key="e1", **by(s)).pk == one.pk
    with pytest.raises(Refused, match="key_reused"):
        actions.add_erratum(meeting, "又写错了", key="e1", **by(s))
    assert Erratum.objects.count() == 1
    assert not actions.changed_minutes()


def test_a_digest_is_drafted_once(s: Scene) -> None:
    meeting = held(s)
    with pytest.raises(Refused, match="wrong_stage"):
        actions.draft_digest(meeting, **by(s))
    actions.close(meeting, {}, **by(s))
    made, is_new = actions.draft_digest(meeting, key="d1", **by(s))
    assert is_new
    assert actions.draft_digest(meeting, key="d2", **by(s)) == (made, False)
    assert Item.objects.filter(loop="releases").count() == 1
