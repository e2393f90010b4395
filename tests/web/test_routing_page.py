"""The page of the routing rules: try, save, order, drop; who may; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hawthorn.categories.models import Lead, Rule
from hawthorn.teams import actions as teams
from hawthorn.tenants.actions import bump
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


@pytest.mark.parametrize("hour", ["²", "5" * 5000, "-1", "1.5"])
def test_an_hour_that_is_no_hour_is_said_and_the_form_stays(s: Scene, at: At, hour: str) -> None:
    answer = at("center").post("/routing", form(s, hour_from=hour, hour_to="7"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "钟点要两个都填" in page
    assert 'value="路灯 停电"' in page
    assert not Rule.objects.exists()


def test_a_rule_without_condition_warns_and_wants_a_tick(s: Scene, at: At) -> None:
    page = at("center").post("/routing", form(s, words="", do="try")).content.decode()
    assert "没有写条件：所有来件都会走这一条" in page
    assert 'name="sure"' in page
    page = at("center").post("/routing", form(s, words="")).content.decode()
    assert "还没有保存：没有写条件" in page
    assert 'name="sure"' in page
    assert 'value="路灯归供电"' in page
    assert not Rule.objects.exists()
    assert "保存好了" in at("center").post("/routing", form(s, words="", sure="1"), follow=True).content.decode()
    assert "没有写条件" not in at("center").post("/routing", form(s, name="另一条", do="try")).content.decode()


def test_the_table_it_speaks_of_is_on_the_page_and_linked(s: Scene, at: At) -> None:
    page = at("center").get("/routing").content.decode()
    assert page.count('href="#table"') == 2
    assert 'id="table"' in page
    assert "现在是空的" in page
    Lead.objects.create(tenant=s.places["street"].tenant, grid=s.places["grid1"], category_id=s.category("m01037"), post=s.posts["water"])
    bump(s.county.pk)
    page = at("center").get("/routing").content.decode()
    assert "现在是空的" not in page
    assert '<td role="cell" data-label="交给">供水站</td>' in page
    assert '<td role="cell" data-label="交给">供水站</td>' not in at("center2").get("/routing").content.decode(), "it is another subdistrict's"


def test_how_it_was_routed_is_a_sentence(s: Scene, at: At) -> None:
    at("center").post("/routing", form(s))
    made = s.start("officer1", {"words": "树枝断了", "unit": s.units["u1"].pk}).id
    page = at("center").get(f"/i/{made}").content.decode()
    assert "先看了网格和类别的对应表、规则“路灯归供电”，都不符合，派给网格的岗位。" in page
    lamp = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    assert "先看了网格和类别的对应表，不符合，按规则“路灯归供电”派的。" in at("center").get(f"/i/{lamp}").content.decode()
