"""Where danger is spoken of, the numbers to call stand on the page, as long as it is open."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from make import Scene

At = Callable[..., Client]


def test_words_of_danger_bring_the_numbers_to_call(at: At, s: Scene) -> None:
    given = {"unit": s.units["u1"].pk, "words": "三楼有煤气味，像是漏气"}
    drop, matter = s.start("resident", given, loop="drops").id, s.start("officer1", {"unit": s.units["u1"].pk, "words": "楼道着火了"}).id
    plain = s.start("officer1", {"unit": s.units["u1"].pk, "words": "灯不亮"}).id
    for number in (s.facts(drop).became, matter):
        page = at("officer1").get(f"/i/{number}").content.decode()
        assert [f"tel:{n}" in page for n in ("119", "110", "120")] == [True] * 3
    assert "tel:119" not in at("officer1").get(f"/i/{plain}").content.decode()


def test_words_that_come_later_bring_them_too_and_what_is_over_does_not(at: At, s: Scene) -> None:
    item = s.start("officer1", {"unit": s.units["u1"].pk, "words": "灯不亮"}).id
    s.step("officer1", item, "note", {"words": "电线冒烟，着火了"})
    assert "tel:119" in at("officer1").get(f"/i/{item}").content.decode()
    s.step("officer1", item, "accept")
    s.step("officer1", item, "settle", {"result": "好", "say": "好", "why_no_proof": "天黑"})
    assert "tel:119" not in at("officer1").get(f"/i/{item}").content.decode()
