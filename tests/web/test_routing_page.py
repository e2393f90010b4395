"""The page of the routing rules: try, save, order, drop; who may; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from hawthorn.categories.models import Rule
from hawthorn.teams import actions as teams
from make import Scene

At = Callable[[str], Client]


def form(s: Scene, **more: Any) -> dict[str, Any]:
    """A rule as it is typed."""
    return {"name": "路灯归供电", "words": "路灯 停电", "post": s.posts["power"].pk, "do": "save", **more}


def test_it_is_tried_first_and_counts_once_it_is_saved(s: Scene, at: At) -> None:
    s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk})
    desk = at("center")
    page = desk.post("/routing", form(s, do="try")).content.decode()
    assert "这条规则会接到 1 件，其中 1 件会换一个岗位受理" in page
    assert 'value="路灯 停电"' in page
    assert not Rule.objects.exists()
    assert "保存好了" in desk.post("/routing", form(s), follow=True).content.decode()
    made = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    assert s.holder(made) == "power"
    assert "规则“路灯归供电”" in desk.get(f"/i/{made}").content.decode()


def test_what_was_typed_wrong_is_said_beside_it_and_stays(s: Scene, at: At) -> None:
    page = at("center").post("/routing", form(s, categories="没有这一类", hour_from="25", hour_to="3", post="")).content.decode()
    for words in ("没有这个名字：没有这一类", "钟点要两个都填", 'value="路灯 停电"', 'value="25"'):
        assert words in page
    page = at("center").post("/routing", form(s, post="")).content.decode()
    assert "这一项要填" in page
    page = at("center").post("/routing", form(s, post=s.posts["agency2"].pk)).content.decode()
    assert "不是可选的岗位" in page
    assert not Rule.objects.exists()


def test_only_the_desk_and_the_leader_of_the_place_have_it(s: Scene, at: At) -> None:
    at("center").post("/routing", form(s))
    rule = Rule.objects.get()
    for who in ("officer1", "desk", "water", "county_desk"):
        assert at(who).get("/routing").status_code == 404, who
    for who in ("center2", "leader2"):
        assert at(who).post("/routing", {"rule": rule.pk, "do": "drop"}).status_code == 404, who
    assert at("leader").get(f"/routing?rule={rule.pk}").status_code == 200
    assert at("leader").post("/routing", {"rule": rule.pk, "do": "drop"}).status_code == 302
    assert not Rule.objects.exists()


def test_a_broken_rule_is_shown_at_the_desk(s: Scene, at: At) -> None:
    at("center").post("/routing", form(s))
    teams.abolish_post(post=s.posts["power"], now=s.now)
    assert "派单规则坏了：路灯归供电" in at("center").get("/desk").content.decode()
    assert "要交给的岗位已经撤了" in at("center").get("/routing").content.decode()
