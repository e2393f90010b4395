"""The board: few statements, one's own place only, numbers that lead to their lists, corrections in the open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hawthorn.assessments import digest, tasks
from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.rules import figures as rules
from hawthorn.matters.models import Matter
from life import lived
from make import Scene

At = Callable[[str], Client]


@pytest.mark.parametrize("who", ["officer1", "desk", "center", "leader", "county_desk"])
def test_the_board_of_a_place_takes_few_statements(s: Scene, at: At, who: str) -> None:
    lived(s)
    client = at(who)
    client.get("/board")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/board").status_code == 200
    assert len(captured) <= 12, [q["sql"][:90] for q in captured]


def test_the_board_is_of_ones_own_place_only(s: Scene, at: At) -> None:
    lived(s)
    other, own = s.places["street2"].pk, s.places["grid1"].pk
    for who, place, status in (
        ("center", other, 404),
        ("center", own, 200),
        ("officer1", own, 200),
        ("officer1", s.places["street"].pk, 404),
        ("water", own, 404),
    ):
        assert at(who).get(f"/board?place={place}").status_code == status, (who, place)
    assert at("county_desk").get(f"/board?place={other}").status_code == 200


def test_the_numbers_of_the_board_are_links_to_lists_of_that_length(s: Scene, at: At) -> None:
    lived(s)
    client = at("center")
    page = client.get("/board").content.decode()
    assert "of=handed_back&amp;month=2026-03" in page
    listed = client.get("/matters?all=1&of=handed_back&month=2026-03").content.decode()
    assert "水管漏" in listed
    assert "井盖松了" not in listed
    assert "of=" not in at("county_desk").get("/board").content.decode(), "a county reads numbers, not the matters behind them"


def test_a_correction_by_page_says_who_and_why(s: Scene, at: At) -> None:
    lived(s)
    s.now = rules.span(date(2026, 4, 1))[0] + timedelta(hours=9)
    tasks.close_months(town=s.town, now=s.now)
    form = {"place": s.places["street"].pk, "month": "2026-03", "reason": "漏算了一件"}
    client = at("center")
    assert client.post("/board/correct", {**form, "reason": ""}, follow=True).content.decode().count("没有更正") == 1
    assert "漏算了一件" in client.post("/board/correct", form, follow=True).content.decode()
    assert at("officer1").post("/board/correct", form).status_code == 404
    assert at("desk").post("/board/correct", form).status_code == 404


def test_public_figures_need_five(s: Scene, at: At) -> None:
    for n in range(5):
        s.start("officer1", {"words": f"第{n}件", "unit": s.units["u1"].pk, "result": "好", "say": "好了"}, step="report_settled")
    one = s.start("officer1", {"words": "灯", "unit": s.units["u1"].pk, "phone": "19900000001"}).id
    s.step("officer1", one, "accept")
    s.step("officer1", one, "settle", {"result": "好", "say": "好了"})
    s.step("desk", one, "solved", {"rating": 5})
    s.now = rules.span(date(2026, 4, 1))[0] + timedelta(hours=9)
    tasks.close_months(town=s.town, now=s.now)
    said = digest.of_numbers(numbers_of(s.town.places[s.places["street"].pk], date(2026, 3, 1), s.town, s.now))
    assert "按时办结 100%（6/6）" in said
    assert "解决率：件数太少，不公开" in said
    assert "1/1" not in said
    assert "6/6" not in at("").get("/?in=999901001").content.decode(), "nothing is public by itself"


def test_a_public_share_needs_five_above_the_line_too(s: Scene, at: At) -> None:
    made = [s.start("officer1", {"words": f"第{n}件", "unit": s.units["u1"].pk, "result": "好", "say": "好了"}, step="report_settled").id for n in range(6)]
    Matter.objects.filter(item__in=made[1:]).update(settled_in_time=False)
    s.now = rules.span(date(2026, 4, 1))[0] + timedelta(hours=9)
    tasks.close_months(town=s.town, now=s.now)
    said = digest.of_numbers(numbers_of(s.town.places[s.places["street"].pk], date(2026, 3, 1), s.town, s.now))
    assert "1/6" not in said
    assert "17%" not in said
    assert "按时办结：件数太少，不公开" in said


def test_a_category_nobody_knows_is_not_printed(s: Scene, at: At) -> None:
    for path in ("/board?kind=zzz", "/matters?kind=zzz"):
        page = at("center").get(path).content.decode()
        assert "目录里没有的类别" in page
        assert ">zzz" not in page
        assert "· zzz" not in page


def test_a_page_that_is_not_for_a_post_says_so(s: Scene, at: At) -> None:
    page = at("county_admin").get("/board").content.decode()
    assert "这一页不归您的岗位看" in page
    assert "抄错" not in page
    page = at("officer1").get("/i/999999").content.decode()
    assert "抄错了一位" in page
    assert "这一页不归" not in page
    assert "抄错了一位" in at("officer1").get("/no-such-page").content.decode()


def test_the_help_has_the_pages_of_a_desk(at: At) -> None:
    page = at("").get("/help").content.decode()
    for words in ("看板：", "早报：", "派单规则：", "导入来件表：", "按 j、k"):
        assert words in page


def test_a_corrected_month_shows_what_changed_and_the_old_numbers(s: Scene, at: At) -> None:
    made = lived(s)
    s.now = rules.span(date(2026, 4, 1))[0] + timedelta(hours=9)
    tasks.close_months(town=s.town, now=s.now)
    client, closed = at("center"), "/board?month=2026-03"
    assert "更正过" not in client.get(closed).content.decode()
    s.step("desk", made["own"], "reopen", {"reason": "又松了"})
    client.post("/board/correct", {"place": s.places["street"].pk, "month": "2026-03", "reason": "井盖一件重办"})
    for who in ("center", "county_desk"):
        page = at(who).get(closed).content.decode()
        for words in ("更正过", "网格中心（center）", "井盖一件重办", "办结 3 → 2", "看原来的数字", "名单是现在的样子"):
            assert words in page, (who, words)
    inside = at("center").get(f"{closed}&place={s.places['grid2'].pk}").content.decode()
    assert "数字没有变" in inside, "the correction was of another grid"
    assert "更正过" not in at("center2").get(closed).content.decode()


def test_ages_are_of_now_and_stand_only_with_the_running_month(s: Scene, at: At) -> None:
    lived(s)
    assert 'id="age"' in at("center").get("/board").content.decode()
    s.now = rules.span(date(2026, 4, 1))[0] + timedelta(hours=9)
    assert 'id="age"' not in at("center").get("/board?month=2026-03").content.decode()
    assert 'id="age"' in at("center").get("/board?month=2026-04").content.decode()
