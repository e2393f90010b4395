"""岗位和人: narrowed by link, grouped by place, passwords only where they are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding
from make import Scene

At = Callable[..., Client]


def people(page: str) -> set[str]:
    """Who is named in the lists."""
    return set(re.findall(r"<span>(\w+)(?: <span class=\"tag\">[^<]*</span>)?</span>", page.split("<main")[1]))


def vacate(s: Scene, post: str) -> None:
    for holding in Holding.objects.filter(post=s.posts[post]):
        teams.end_holding(holding=holding, to_at=s.now, now=s.now)


STREET = {"center", "center_b", "leader", "water", "power", "clinic"}
COMMUNITY = {"desk", "secretary", "officer1", "head1", "instructor1", "officer2", "head2", "instructor2"}
VILLAGE = {"desk_village", "secretary_village", "officer3", "head3", "instructor3"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", STREET | COMMUNITY | VILLAGE),
        ("at={community}", COMMUNITY),
        ("at={village}", VILLAGE),
        ("at={grid2}", {"officer2", "head2", "instructor2"}),
        ("at={street}", STREET | COMMUNITY | VILLAGE),
        ("kind=grid_head", {"head1", "head2", "head3"}),
        ("kind=grid_head&at={community}", {"head1", "head2"}),
        ("q=officer3", {"officer3"}),
        ("q=卫生", {"clinic"}),
        ("vacant=1", set()),
    ],
)
def test_the_posts_narrow_by_link(at: At, s: Scene, query: str, shown: set[str]) -> None:
    places = {name: place.pk for name, place in s.places.items()}
    assert people(at("center").get(f"/team?{query.format(**places)}").content.decode()) == shown


@pytest.mark.parametrize("where", ["street2", "grid9", "county"])
def test_a_place_that_is_not_mine_is_not_there(at: At, s: Scene, where: str) -> None:
    assert at("center").get(f"/team?at={s.places[where].pk}").status_code == 404
    assert at("head1").get(f"/team?at={s.places['grid2'].pk}").status_code == 404


def test_the_vacant_ones_are_as_many_as_the_link_says(at: At, s: Scene) -> None:
    assert "空岗 0" in at("center").get("/team").content.decode()
    vacate(s, "officer2")
    vacate(s, "water")
    page = at("center").get("/team").content.decode()
    assert "空岗 2" in page
    page = at("center").get("/team?vacant=1").content.decode()
    assert page.count('<span class="tag late">空岗</span>') == 2
    assert "由 2 网格长 代管" in page
    assert people(page) == set()
    page = at("center").get(f"/team?at={s.places['community'].pk}").content.decode()
    assert "空岗 1" in page


def test_grids_stand_in_a_table_with_a_kind_of_post_to_a_column(at: At, s: Scene) -> None:
    page = at("center").get("/team").content.decode()
    table = page.split('id="g-' + str(s.places["community"].pk))[1].split("<table")[1].split("</table>")[0]
    assert re.findall(r'columnheader">([^<]+)<', table) == ["网格", "党建指导员", "网格长", "专职网格员"]
    first = table.split("<tbody")[1].split("</tr>")[0]
    assert [people(f"<main{cell}") for cell in first.split("<td")[2:]] == [{"instructor1"}, {"head1"}, {"officer1"}]


def test_passwords_are_reset_only_where_that_is_asked_for(at: At, s: Scene) -> None:
    assert 'name="user"' not in at("center").get("/team").content.decode()
    page = at("center").get("/team?reset=1").content.decode()
    may = {int(n) for n in re.findall(r'name="user" value="(\d+)"', page)}
    assert s.users["officer1"].pk in may
    assert s.users["center"].pk not in may  # never one's own
    page = at("officer1").get("/team?reset=1").content.decode()
    assert 'name="user"' not in page
    assert "给人重设密码" not in page


def test_an_administrator_sees_the_posts_of_the_county_a_subdistrict_at_a_time(at: At, s: Scene) -> None:
    client = at("county_admin")
    page = client.get("/team").content.decode()
    assert people(page) == {"county_desk", "county_desk_b", "county_admin"}
    assert f"?at={s.places['street2'].pk}" in page
    page = client.get(f"/team?at={s.places['street2'].pk}&reset=1").content.decode()
    assert "officer9" in people(page)
    assert f'value="{s.users["officer9"].pk}"' in page
    assert people(client.get("/team?q=officer").content.decode()) == {"officer1", "officer2", "officer3", "officer9"}


def test_an_agency_sees_its_own_post(at: At, s: Scene) -> None:
    assert people(at("water").get("/team").content.decode()) == {"water"}
