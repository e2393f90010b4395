"""Errands: only the desk of a street issues one, the system looks first, results compile themselves, and each is counted as a burden."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item
from hawthorn.patrols import errand_queries
from hawthorn.patrols.errand_queries import Burden
from hawthorn.territory.models import Door
from make import Scene
from walking import look, point


def body(s: Scene, **more: Any) -> dict[str, Any]:
    grids = [s.places[g].pk for g in ("grid1", "grid2")]
    return {
        "what": "各网格独居老人安装报警器的户数", "paper": "中民〔2026〕3 号", "approver": "分管副主任", "source": "county", "by": s.now + timedelta(days=3),
        "grids": grids, "topic": "other",
    } | more  # fmt: skip


def issue(s: Scene, who: str = "center", **more: Any) -> Any:
    return s.start(who, body(s, **more), loop="errands")


def parts(errand: int) -> list[Item]:
    return list(Item.objects.filter(parent=errand).order_by("id"))


def test_each_grid_has_its_part_with_its_officer_and_the_last_one_completes_it(s: Scene) -> None:
    errand = issue(s, asks_number=True).id
    assert [s.holder(p.pk) for p in parts(errand)] == ["officer1", "officer2"]
    first, second = parts(errand)
    with pytest.raises(Refused) as found:
        s.step("officer1", first.pk, "give", {"result": "都装了"})
    assert found.value.fields == ("number",)
    s.step("officer1", first.pk, "give", {"result": "都装了", "number": 4})
    assert (s.facts(errand).stage, s.facts(errand).waiting) == ("out", 1)
    s.step("officer2", second.pk, "give", {"result": "差一户", "number": 7})
    assert (s.facts(errand).stage, s.holder(errand)) == ("complete", "center")
    item = Item.objects.get(pk=errand)
    found_ = errand_queries.answers(item, s_detail(s, errand))
    assert [(a.grid, a.number, a.words) for a in found_] == [(s.places["grid1"].pk, 4, "都装了"), (s.places["grid2"].pk, 7, "差一户")]
    s.step("center", errand, "send")
    assert list(problems()) == []


def s_detail(s: Scene, errand: int) -> Any:
    from hawthorn.patrols.models import Errand

    return Errand.objects.get(item=errand)


@pytest.mark.parametrize("step", [("send", {}), ("withdraw", {"reason": "上面不要了"})])
def test_what_is_still_out_is_called_back_with_it(s: Scene, step: tuple[str, dict[str, str]]) -> None:
    errand = issue(s).id
    s.step("officer1", parts(errand)[0].pk, "give", {"result": "好"})
    s.step("center", errand, *step)
    assert [p.stage for p in parts(errand)] == ["given", "called_back"]
    assert not Item.objects.filter(open=True).exists()
    assert list(problems()) == []


@pytest.mark.parametrize("who", ["desk", "leader", "officer1", "water", "county_desk", "center2"])
def test_only_the_desk_of_the_street_issues_one_to_its_grids(s: Scene, who: str) -> None:
    with pytest.raises((Refused, NotThere)):
        issue(s, who)
    assert Item.objects.count() == 0


def test_a_number_the_system_has_is_shown_before_anybody_is_asked(s: Scene) -> None:
    s.start("officer1", {"words": "井盖", "unit": s.units["u1"].pk, "category": s.category("m01002")})
    s.start("officer1", {"words": "路灯", "unit": s.units["u1"].pk})
    wanted = {"topic": "matters", "category": s.category("m01002")}
    before = Item.objects.count()
    with pytest.raises(Refused) as found:
        issue(s, **wanted)
    assert (found.value.fields, Item.objects.count()) == (("why_ask",), before)
    answer = issue(s, **wanted, takes_known=True)
    assert (answer.stage, parts(answer.id)) == ("answered_by_system", [])
    assert s.facts(answer.id).known == sorted([[s.places["grid1"].pk, 1], [s.places["grid2"].pk, 0]])
    asked = issue(s, **wanted, why_ask="要核对现场的数")
    assert (asked.stage, len(parts(asked.id))) == ("out", 2)
    assert list(problems()) == []


def test_a_number_the_system_has_not_cannot_be_taken_from_it(s: Scene) -> None:
    with pytest.raises(Refused) as found:
        issue(s, takes_known=True)
    assert found.value.code == "not_a_choice"


@pytest.mark.parametrize(
    ("topic", "wanted"), [("units", [1, 1]), ("doors", [3, 0]), ("checkpoints", [2, 0]), ("seen", [1, 0]), ("open", [1, 0]), ("matters", [1, 0])]
)
def test_what_the_system_counts(s: Scene, topic: str, wanted: list[int]) -> None:
    Door.objects.bulk_create([Door(unit=s.units["u1"], name=f"1 单元 {n}01") for n in range(3)])
    one = point(s)
    point(s, spot="西门")
    look(s, one)
    s.start("officer1", {"words": "路灯", "unit": s.units["u1"].pk})
    answer = issue(s, topic=topic, takes_known=True)
    assert [n for _grid, n in s.facts(answer.id).known] == wanted


def test_the_burden_is_counted_by_source_and_what_the_system_answered_cost_no_grid(s: Scene) -> None:
    since = s.now
    issue(s, asks_number=True)
    issue(s, source="own", topic="units", takes_known=True)
    issue(s, grids=[s.places["grid1"].pk])
    s.later(days=1)
    tenant = s.places["street"].tenant_id
    assert errand_queries.burden(tenant, since, s.now) == [Burden("county", 2, 3, 5, 0), Burden("own", 1, 0, 0, 1)]
    assert errand_queries.burden(tenant, s.now, s.now + timedelta(days=1)) == []
    assert errand_queries.burden(s.places["street2"].tenant_id, since, s.now) == []


def test_a_date_that_is_past_is_refused(s: Scene) -> None:
    with pytest.raises(Refused) as found:
        issue(s, by=s.now - timedelta(hours=1))
    assert found.value.code == "past"


def test_the_part_is_a_duty_on_today_and_the_other_grid_does_not_see_it(s: Scene) -> None:
    first = parts(issue(s).id)[0]
    assert s.facts(first.pk).due_at == s.now + timedelta(days=3)
    with pytest.raises(NotThere):
        s.step("officer2", first.pk, "give", {"result": "好"})


# ── the pages ──
@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    monkeypatch.setattr(clock, "now", lambda: s.now)

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in


def said(s: Scene, **more: Any) -> dict[str, Any]:
    return {**body(s), "by": "2026-03-06T18:00", "key": "k1"} | more


def test_the_form_shows_what_the_system_has_and_takes_it_in_one_press(s: Scene, at: Callable[[str], Client]) -> None:
    point(s)
    client = at("center")
    shown = client.post("/errands/new", said(s, topic="checkpoints"))
    text = unescape(shown.content.decode())
    assert (shown.status_code, "这个数我们已经有了" in text, "中民〔2026〕3 号" in text) == (409, True, True)
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key is not None
    answer = client.post("/errands/new", said(s, topic="checkpoints", take="1", key=key[1]))
    assert answer.status_code == 302
    table = unescape(client.get(answer.headers["Location"]).content.decode())
    assert "没有问网格" in table
    assert not Item.objects.filter(loop="errand_parts").exists()


def test_the_table_compiles_itself_and_is_taken_away(s: Scene, at: Callable[[str], Client]) -> None:
    client = at("center")
    url = client.post("/errands/new", said(s, asks_number="1")).headers["Location"]
    errand = Item.objects.get(loop="errands").pk
    for who, number in (("officer1", 4), ("officer2", 7)):
        one = Item.objects.get(loop="errand_parts", grid=s.places[f"grid{who[-1]}"].pk)
        s.step(who, one.pk, "give", {"result": "好", "number": number})
    text = unescape(client.get(url).content.decode())
    assert "报上了 2/2 个网格" in text
    assert '<b class="big num">11</b>' in text
    csv = b"".join(client.get(f"/export/errand-table.csv?errand={errand}").streaming_content).decode()  # type: ignore[attr-defined]
    assert [line.split(",")[2] for line in csv.splitlines() if "网格" in line][-2:] == ["4", "7"]
    assert at("officer1").get(url).status_code == 404
    assert at("center2").get(f"/export/errand-table?errand={errand}").status_code == 404
    assert at("desk").get("/errands/new").status_code == 404
