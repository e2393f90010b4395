"""Whatever a page offers to somebody is there for them; leaders and the administrator find their work on Today."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from make import Scene

At = Callable[..., Client]
CAST = ("officer1", "head1", "instructor1", "desk", "secretary", "center", "leader", "water", "county_desk", "county_admin")


def links(page: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'<a [^>]*href="(/[^"]*)"', page)]


def panel(page: str) -> str:
    return page.split('aria-labelledby="panel"')[1].split("</section>")[0] if 'aria-labelledby="panel"' in page else ""


@pytest.mark.parametrize("who", CAST)
def test_every_link_of_today_and_of_mine_leads_somewhere(at: At, s: Scene, who: str) -> None:
    client = at(who)
    for path in ("/today", "/me"):
        for url in set(links(client.get(path).content.decode())):
            assert client.get(url).status_code == 200, url


@pytest.mark.parametrize(
    ("who", "there", "not_there"),
    [
        ("leader", {"/map", "/approvals", "/instructions", "/team", "/team?vacant=1", "/matters", "/matters?late=1"}, {"/workbook", "/desk"}),
        ("secretary", {"/map", "/approvals", "/matters?late=1"}, {"/desk", "/oncall"}),
        ("county_admin", {"/workbook", "/team", "/categories", "/calendar", "/team?vacant=1"}, {"/map", "/import/messages", "/oncall", "/matters?late=1"}),
        ("center", {"/desk", "/counter", "/map", "/oncall", "/import/messages"}, {"/workbook"}),
    ],
)
def test_today_has_what_a_post_is_for(at: At, s: Scene, who: str, there: set[str], not_there: set[str]) -> None:
    found = set(links(panel(at(who).get("/today").content.decode())))
    assert there <= found
    assert not (not_there & found)


@pytest.mark.parametrize("who", ["officer1", "head1", "water"])
def test_those_of_a_grid_have_their_list_and_nothing_else(at: At, s: Scene, who: str) -> None:
    assert panel(at(who).get("/today").content.decode()) == ""


def test_the_figures_of_a_leader_are_those_of_the_lists(at: At, s: Scene) -> None:
    for n in range(3):
        s.start("officer1", {"words": f"第 {n} 件", "grid": s.places["grid1"].pk})
    s.later(days=40)
    s.start("officer2", {"words": "新来的", "grid": s.places["grid2"].pk})
    client = at("leader")
    shown = dict(re.findall(r'href="([^"]+)"><span class="big num">(\d+)', panel(client.get("/today").content.decode())))
    assert shown == {"/matters?late=1": "3", "/matters": "4", "/team?vacant=1": "0"}
    for url in ("/matters?late=1", "/matters"):
        page = client.get(url).content.decode().split("<main")[1]
        assert len(set(re.findall(r'href="/i/(\d+)"', page))) == int(shown[url])


@pytest.mark.parametrize(("who", "said"), [("leader", "现在没有等您定的"), ("county_admin", "现在没有归您办的事"), ("officer1", "路上看到什么")])
def test_an_empty_today_says_what_comes_next_for_such_a_post(at: At, s: Scene, who: str, said: str) -> None:
    assert said in at(who).get("/today").content.decode()


def test_desks_reach_their_pages_on_a_phone_too(at: At, s: Scene) -> None:
    top = at("desk").get("/today").content.decode().split("<header")[1].split("</header>")[0]
    assert re.search(r'<a href="/desk"', top)
    assert re.search(r'<a href="/counter"', top)
    top = at("officer1").get("/today").content.decode().split("<header")[1].split("</header>")[0]
    assert "/desk" not in top


def test_at_the_counter_what_is_open_comes_first_and_the_rest_is_folded(at: At, s: Scene) -> None:
    for _n in range(2):
        ended = s.start("officer1", {"words": "灯坏了", "unit": s.units["u1"].pk}).id
        s.step("desk", ended, "void", {"say": "没有这件事"})
    going = s.start("officer1", {"words": "井盖松了", "unit": s.units["u1"].pk}).id
    page = at("desk").post("/counter", {"unit": s.units["u1"].pk}).content.decode()
    first, _summary, rest = page.partition("以前办完的 2 件")
    assert f"/i/{going}" in first
    assert f"/i/{ended}" not in first
    assert f"/i/{ended}" in rest
    assert "<details>" in first


def test_home_names_who_serves_a_grid_and_where_to_call(at: At, s: Scene) -> None:
    tenant = s.places["street"].tenant
    tenant.phone = "0391-000-0001"
    tenant.save()
    page = at().get("/").content.decode()
    assert 'href="tel:0391-000-0001"' in page.split("<main")[1].split("</main>")[0]
    assert "一网格" in page
    assert "1 网格专职网格员" in page


def test_what_the_place_calls_a_drop_itself_stands_wherever_drops_are_named(at: At, s: Scene) -> None:
    from hawthorn.tenants import actions as tenants

    tenants.change_tenant(s.places["street"].tenant, {"words": {"drop": "小水滴"}})
    s.start("resident", {"words": "楼道灯不亮", "unit": s.units["u1"].pk}, loop="drops")
    for who, path in (("officer1", "/today"), ("desk", "/me"), ("desk", "/drops"), ("desk", "/export/drops")):
        assert "小水滴" in at(who).get(path).content.decode(), path
    other = at("center2").get("/drops").content.decode()
    assert "小水滴" not in other
    assert "<h1>来话" in other
