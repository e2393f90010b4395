"""Calls that are owed: what they are about, on the page of what they hang on; a press of a resident is looked up once."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from make import Scene

At = Callable[..., Client]


def test_the_page_of_an_item_says_what_a_call_is_about(at: At, s: Scene) -> None:
    drop = s.start("resident", {"words": "老年卡在哪里办？", "unit": s.units["u1"].pk, "phone": "19900001234"}, loop="drops").id
    s.step("officer1", drop, "inform", {"say": "社区一楼窗口"})
    assert "社区一楼窗口" in at("desk").get(f"/i/{drop}").content.decode().split('id="parts-title"')[1]


def test_a_press_asks_once_whether_it_was_taken_before(at: At, s: Scene) -> None:
    client = at()
    given = {"words": "灯坏了", "g": "999901001001001"}
    for _again in range(5):  # from the fifth on the plain question is asked too, but not of a press that was taken
        assert client.post("/say", given | {"key": "r4"}).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.post("/say", given | {"key": "r4"}).status_code == 200
    looks = [q["sql"] for q in asked.captured_queries if q["sql"].startswith("SELECT 1 AS") and "'r4'" in q["sql"]]
    assert len(looks) == 1, looks
