"""What belongs to a meeting is done at the meeting: no other door opens a second one, or promises something in another's place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hawthorn.accounts.actions import make_token
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
