"""网格调整: how even a community's grids are, what is missing, who lies beside whom; only for who looks after the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hawthorn.redrawing.models import Join
from hawthorn.territory import actions as territory
from make import Scene

At = Callable[..., Client]


@pytest.fixture
def laid(s: Scene) -> Scene:
    """Every unit of the scene's first community lies somewhere, in one row, and somebody lives there."""
    mine = [u for u in s.units.values() if u.community_id == s.places["community"].pk]
    for n, unit in enumerate(sorted(mine, key=lambda u: u.code)):
        territory.change_unit(unit=unit, lon=113.1 + n / 1000, lat=35.2, households=40 + 20 * n)
    return s


def address(s: Scene, *more: str) -> str:
    return "/".join(["/redrawing", str(s.places["community"].pk), *(str(s.units[key].pk) for key in more)])


def pairs(s: Scene, *, is_cut: bool = False) -> set[tuple[str, str]]:
    keys = {u.pk: key for key, u in s.units.items()}
    return {(keys[a], keys[b]) for a, b in Join.objects.filter(is_cut=is_cut).values_list("one", "other")}


def test_the_desk_finds_neighbours_by_where_the_units_lie(laid: Scene, at: At) -> None:
    desk = at("desk")
    assert "没有相邻的楼院：" in desk.get(address(laid)).content.decode()
    page = desk.post(address(laid), follow=True).content.decode()
    assert f"按位置找到 {Join.objects.count()} 条接边" in page
    assert ("u1", "u2") in pairs(laid)
    assert "没有相邻的楼院：" not in page
    assert "<circle" in page
    assert "平均" in page


def test_what_is_set_by_hand_stays_when_they_are_found_anew(laid: Scene, at: At) -> None:
    desk = at("desk")
    desk.post(address(laid))
    one, other = laid.units["u1"].pk, laid.units["u2"].pk
    page = desk.post(address(laid, "u1"), {"do": "cut", "other": other}, follow=True).content.decode()
    assert "它们不相邻" in page
    desk.post(address(laid))
    assert ("u1", "u2") in pairs(laid, is_cut=True)
    assert ("u1", "u2") not in pairs(laid)
    page = desk.post(address(laid, "u2"), {"do": "set", "other": one, "cost": "9.0"}, follow=True).content.decode()
    assert "它们相邻" in page
    assert "desk改于" in page
    desk.post(address(laid))
    assert Join.objects.get(one=min(one, other), other=max(one, other)).cost == 9.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"do": "set", "cost": "1.0"}, "请选一个楼院"), ({"do": "set", "other": "u1", "cost": "1.0"}, "请选两个不同的楼院"),
        ({"do": "set", "other": "u2", "cost": "7"}, "请选一种边"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_changes_nothing(laid: Scene, at: At, given: dict[str, Any], said: str) -> None:
    given = given | ({"other": laid.units[given["other"]].pk} if "other" in given else {})
    found = at("desk").post(address(laid, "u1"), given)
    assert found.status_code == 409
    assert said in found.content.decode()
    assert not Join.objects.exists()


def test_what_is_missing_is_named(s: Scene, at: At) -> None:
    territory.create_unit(community=s.places["community"], code="x1", name="新建小区")
    page = at("center").get(address(s)).content.decode()
    for words in ("还没有归网格：新建小区。", "没有户数：", "没有位置："):
        assert words in page


def test_it_is_for_who_looks_after_the_place(laid: Scene, at: At) -> None:
    for who in ("desk", "secretary", "center", "leader"):
        assert at(who).get("/redrawing").status_code == 200, who
        assert at(who).get(address(laid)).status_code == 200, who
    far = next(u for u in laid.units.values() if u.community_id != laid.places["community"].pk)
    assert at("desk").get(f"{address(laid)}/{far.pk}").status_code == 404
    assert at("desk").post(address(laid, "u1"), {"do": "set", "other": far.pk, "cost": "1.0"}).status_code == 404
    for who in ("officer1", "head1", "water", "county_desk", "center2", "desk_village"):
        assert at(who).get(address(laid)).status_code == 404, who
        assert at(who).post(address(laid)).status_code == 404, who
        assert at(who).get(address(laid, "u1")).status_code == 404, who
    assert not Join.objects.exists()


def test_a_community_costs_the_same_however_many_units_it_has(laid: Scene, at: At, django_assert_max_num_queries: Any) -> None:
    desk = at("desk")
    desk.post(address(laid))
    for n in range(40):
        unit = territory.create_unit(community=laid.places["community"], code=f"z{n}", name=f"{n} 号楼", lon=113.1 + n / 1000, lat=35.201, households=30)
        territory.put_unit_in_grid(unit=unit, grid=laid.places["grid1"], from_on=laid.now.date())
    desk.post(address(laid))
    desk.get(address(laid))
    with django_assert_max_num_queries(16):
        desk.get(address(laid))
