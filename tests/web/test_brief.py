"""早报: new, done, late, urgent, due and promised, in words one may post; no words of residents."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from make import Scene


def test_the_brief_says_what_came_what_is_late_and_what_was_promised(s: Scene, at: Callable[[str], Client]) -> None:
    late = s.start("officer1", {"words": "张三家的水管爆了", "unit": s.units["u1"].pk, "tier": "urgent", "phone": "19900001234", "name": "演示某"}).id
    s.step("officer1", late, "accept")
    promised = s.start("officer2", {"words": "路灯", "unit": s.units["u2"].pk, "tier": "livelihood"}).id
    s.step("officer2", promised, "accept")
    s.later(hours=3)
    page = at("center").get("/brief").content.decode()
    for words in ("早报", "新来 2 件", "超时 1 件", "■ 急办（1 件）", "■ 已经超时（1 件）", "1 网格专职网格员"):
        assert words in page, words
    for secret in ("张三", "水管爆", "19900001234", "演示某"):
        assert secret not in page
    assert "08:00 以来，" in page
    assert "新来 0 件" in at("center2").get("/brief").content.decode()
    assert at("water").get("/brief").status_code == 404


def test_the_brief_takes_the_same_statements_however_much_is_open(s: Scene, at: Callable[[str], Client]) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            at("center").get("/brief")
        return len(captured)

    s.start("officer1", {"words": "一件", "unit": s.units["u1"].pk})
    first = statements()
    for n in range(12):
        s.start("officer1", {"words": f"第{n}件", "unit": s.units["u1"].pk, "tier": "urgent"})
    assert statements() == first
