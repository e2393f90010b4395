"""早报: new, done, late, urgent, due and promised, in words one may post; no words of residents."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hawthorn.loops.models import Item
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


def numbers(page: str) -> tuple[int, ...]:
    """Came, ended, open, late, as the brief says them."""
    found = re.search(r"新来 (\d+) 件，办理结束 (\d+) 件；现在在办 (\d+) 件，其中超时 (\d+) 件", page)
    assert found is not None
    return tuple(int(n) for n in found.groups())


def busy(s: Scene) -> None:
    """Something with a split-off part, something that ended, something late, here and in the other subdistrict."""
    whole = s.start("officer1", {"words": "水管爆了又断电", "unit": s.units["u1"].pk, "tier": "urgent"}).id
    s.step("officer1", whole, "accept")
    s.step("officer1", whole, "split", {"parts": ["清垃圾", "修台阶"]})
    s.start("officer1", {"words": "井盖", "unit": s.units["u1"].pk, "result": "好", "say": "好"}, step="report_settled")
    s.start("officer9", {"words": "西街的事", "unit": s.units["u9"].pk})
    s.later(days=1)


def board_ages(page: str) -> tuple[int, int]:
    """Open and late, summed over the table of ages."""
    table, _end, total = page.split('id="age"')[1].split("</table>")[0].partition("合计")
    last = [int(n) for n in re.findall(r">(\d+)<", total)]
    cells = [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', table)]
    assert [sum(cells[::2]), sum(cells[1::2])] == last, "the sum is at the end"
    return last[0], last[1]


def test_the_sums_of_the_ages_lead_to_lists_of_that_length(s: Scene, at: Callable[[str], Client]) -> None:
    busy(s)
    client = at("center")
    for place in ("street", "community", "grid1", "grid2"):
        page = client.get(f"/board?place={s.places[place].pk}").content.decode()
        total = page.split('id="age"')[1].split("</table>")[0].split("合计")[1]
        links = re.findall(r'href="/matters([^"]*)">(\d+)<', total)
        assert len(links) == 2
        for query, number in links:
            assert listed(client, html.unescape(query).lstrip("?")) == int(number), (place, query)
    county = at("county_desk").get("/board").content.decode().split('id="age"')[1].split("</table>")[0]
    assert "href" not in county, "a county reads numbers, not the matters behind them"


def listed(client: Client, query: str) -> int:
    """How many lines a list has."""
    return client.get(f"/matters?{query}").content.decode().count('<td role="cell"><a')


@pytest.mark.parametrize("who", ["center", "desk", "officer1"])
def test_brief_board_and_lists_count_the_same(s: Scene, at: Callable[[str], Client], who: str) -> None:
    busy(s)
    assert Item.objects.filter(loop="matters", parent__isnull=False, open=True).exists()
    client = at(who)
    page = client.get("/brief").content.decode()
    came, ended, opened, late = numbers(page)
    assert (opened, late) == board_ages(client.get("/board").content.decode())
    assert (opened, late) == (listed(client, ""), listed(client, "late=1"))
    urls = re.findall(r'<a href="/matters\?([^"]*(?:came|over)=[^"]*)"', page)
    assert [came, ended] == [listed(client, html.unescape(url)) for url in urls]
    assert came > opened, "something ended too"


def test_a_county_sees_true_sums_and_is_told_what_its_lists_hold(s: Scene, at: Callable[[str], Client]) -> None:
    busy(s)
    own = [numbers(at(who).get("/brief").content.decode()) for who in ("center", "center2")]
    page = at("county_desk").get("/brief").content.decode()
    assert numbers(page) == tuple(map(sum, zip(*own, strict=True)))
    assert "以上是全县区的。下面只列已经交到县区的：在办 0 件，其中超时 0 件" in page
    assert "交到县区的，在办 0 件" in page
    ages = [board_ages(at(who).get("/board").content.decode()) for who in ("center", "center2")]
    assert board_ages(at("county_desk").get("/board").content.decode()) == tuple(map(sum, zip(*ages, strict=True)))
    inside = at("county_desk").get(f"/board?place={s.places['street'].pk}").content.decode()
    assert board_ages(inside) == ages[0]
    assert "只列已经交到县区的" not in at("center").get("/brief").content.decode()


def test_the_brief_takes_the_same_statements_however_much_is_open(s: Scene, at: Callable[[str], Client]) -> None:
    def statements(who: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            at(who).get("/brief")
        return len(captured)

    s.start("officer1", {"words": "一件", "unit": s.units["u1"].pk})
    first = [statements(who) for who in ("center", "county_desk")]
    for n in range(12):
        s.start("officer1", {"words": f"第{n}件", "unit": s.units["u1"].pk, "tier": "urgent"})
    assert [statements(who) for who in ("center", "county_desk")] == first
