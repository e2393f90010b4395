"""网格地图: what is counted is what the list behind each number shows; only what is overdue is marked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from hawthorn.web import maps
from make import Scene, person

At = Callable[..., Client]


def report(s: Scene, who: str, **where: Any) -> int:
    return s.start(who, {"words": "灯坏了", **where}).id


def busy(s: Scene) -> None:
    """Grid one: overdue in two stages and one closed. Grid two: one that is not overdue. No grid: one overdue."""
    grid1, grid2 = {"grid": s.places["grid1"].pk}, {"grid": s.places["grid2"].pk}
    report(s, "officer1", **grid1)
    taken = report(s, "officer1", **grid1)
    s.step("officer1", taken, "accept")
    ended = report(s, "officer1", **grid1)
    s.step("desk", ended, "void", {"say": "没有这件事"})
    report(s, "resident", subdistrict=s.places["street"].pk)
    s.later(days=40)
    report(s, "officer2", **grid2)


def rows_of(page: str) -> dict[str, list[tuple[int, str]]]:
    """The numbers of the table with their links, by grid."""
    found = {}
    for name, rest in re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', page):
        cells = re.findall(r'<td class="num">(?:<a class="tap" href="([^"]+)">)?(?:<span class="tag late">)?(\d+)', rest)
        found[name] = [(int(number), unescape(url)) for url, number in cells]
    return found


def listed(client: Client, url: str) -> int:
    """How many items a list shows."""
    return len(set(re.findall(r'href="/i/(\d+)"', client.get(url).content.decode().split("<main")[1])))


def test_each_number_is_that_of_the_list_behind_it(at: At, s: Scene) -> None:
    busy(s)
    client = at("center")
    rows = rows_of(client.get("/map").content.decode())
    numbers = {name: [number for number, _url in cells] for name, cells in rows.items()}
    assert numbers == {"一网格": [2, 2], "二网格": [1, 0], "三网格": [0, 0], "还没有定网格": [1, 1], "合计": [4, 3]}
    for name, cells in rows.items():
        for number, url in cells:
            if url:
                assert listed(client, url) == number, (name, url)
    assert all(url for cells in rows.values() for number, url in cells if number)


def test_only_where_something_is_overdue_there_is_a_mark(at: At, s: Scene) -> None:
    busy(s)
    page = at("center").get("/map").content.decode()
    assert re.findall(r'class="overdue"[^>]*>([^<]+)<', page) == ["超时 2"]
    assert 'aria-label="一网格：在办 2，超时 2"' in page
    assert 'aria-label="二网格：在办 1"' in page
    assert "不论办到哪一步" in page


def test_without_anything_overdue_nothing_is_marked(at: At, s: Scene) -> None:
    report(s, "officer1", grid=s.places["grid1"].pk)
    page = at("center").get("/map").content.decode()
    assert 'class="overdue"' not in page
    assert "有过了期限的" not in page


def test_the_map_of_a_desk_leads_to_the_list_of_that_desk(at: At, s: Scene) -> None:
    """Where another post of mine shows more, the link says as which post the number was counted."""
    person(s, "both", s.places["street"].tenant, "desk", "leader2")
    busy(s)
    client = at("both")
    page = client.get("/desk").content.decode()
    url = unescape(re.findall(r'<a href="([^"]+)" aria-label="一网格', page)[0])
    assert f"seat={s.posts['desk'].pk}" in url
    assert listed(client, url) == 2


@pytest.mark.parametrize(("most", "said"), [(0, ["0"]), (1, ["0", "1"]), (2, ["0", "1", "2"]), (4, ["0", "1", "2", "3–4"]), (9, ["0", "1–3", "4–6", "7–9"])])
def test_the_legend_names_every_number_once(most: int, said: list[str]) -> None:
    assert [row["label"] for row in maps.legend(most)] == said
    assert [row["shade"] for row in maps.legend(most)] == sorted({maps.shade(n, most) for n in range(most + 1)})


def test_places_far_apart_are_drawn_near_each_other_and_keep_their_order() -> None:
    def box(x: float, y: float) -> maps.Ring:
        return [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]

    found = maps.closed_up({1: box(0, 0), 2: box(1, 0), 3: box(9, 5)})
    assert found[1] == box(0, 0)
    assert found[2] == box(1, 0)
    (left, top), (right, _top) = found[3][0], found[3][1]
    assert 2 < left < 2.5
    assert 1 < top < 1.5
    assert right - left == pytest.approx(1)


def test_nothing_is_overdue_before_its_time(at: At, s: Scene) -> None:
    item = report(s, "officer1", grid=s.places["grid1"].pk)
    due = s.facts(item).stage_due_at
    s.now = due - timedelta(minutes=1)
    assert rows_of(at("center").get("/map").content.decode())["合计"][1][0] == 0
    s.now = due + timedelta(minutes=1)
    assert rows_of(at("center").get("/map").content.decode())["合计"][1][0] == 1
