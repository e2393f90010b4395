"""The list of a desk: saved filters of one's own, phone tails by POST only, empty lists that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hawthorn.accounts.actions import MOST_VIEWS
from hawthorn.accounts.models import SavedView
from hawthorn.assessments import queries
from hawthorn.assessments.rules import figures as rules
from hawthorn.matters.models import Matter
from life import lived
from make import Scene

At = Callable[[str], Client]


def test_filters_are_saved_under_a_name_without_what_was_searched_for(s: Scene, at: At) -> None:
    desk = at("desk")
    grid = s.places["grid2"].pk
    desk.post("/views/matters", {"name": " 二网格 超时 ", "query": f"late=1&grid={grid}&q=张三&evil=1"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("二网格 超时", f"grid={grid}&late=1")
    page = desk.get(f"/matters?grid={grid}&late=1").content.decode()
    assert f'href="/matters?grid={grid}&amp;late=1" aria-current="true">二网格 超时' in page
    assert "二网格 超时" not in at("center").get("/matters").content.decode(), "it is nobody else's"
    desk.post("/views/matters", {"name": "二网格 超时", "query": "urgent=1"})
    assert SavedView.objects.get().query == "urgent=1"


def test_a_view_needs_a_name_a_list_and_an_owner(s: Scene, at: At) -> None:
    desk = at("desk")
    assert "没有存" in desk.post("/views/matters", {"name": " ", "query": ""}, follow=True).content.decode()
    assert desk.post("/views/nothing", {"name": "一"}).status_code == 404
    for n in range(MOST_VIEWS + 1):
        page = desk.post("/views/matters", {"name": f"第{n}个", "query": ""}, follow=True)
    assert "最多存 20 个" in page.content.decode()
    view = SavedView.objects.order_by("id").first()
    assert view is not None
    assert at("center").post(f"/views/matters/{view.pk}/drop").status_code == 404
    assert desk.post(f"/views/matters/{view.pk}/drop").status_code == 302
    assert SavedView.objects.count() == MOST_VIEWS - 1


def test_four_digits_lead_to_the_counter_and_stand_in_no_new_address(s: Scene, at: At) -> None:
    s.start("desk", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"})
    page = at("desk").get("/matters?q=1234").content.decode()
    assert "按手机后四位 1234 查" in page
    assert "灯不亮" not in page
    assert "按手机后四位" not in at("officer1").get("/matters?q=1234").content.decode()


def test_an_empty_list_says_what_to_do(s: Scene, at: At) -> None:
    desk = at("desk")
    assert "现在没有在办的" in desk.get("/matters").content.decode()
    assert "请至少写两个字来找" in desk.get("/matters?q=灯").content.decode()
    assert "换一个筛选" in desk.get("/matters?urgent=1").content.decode()


def test_a_search_looks_among_all_and_can_be_kept_to_what_is_open(s: Scene, at: At) -> None:
    s.start("officer1", {"words": "路灯早就修好了", "unit": s.units["u1"].pk, "result": "好", "say": "好"}, step="report_settled")
    s.start("officer1", {"words": "路灯还没有修", "unit": s.units["u1"].pk})
    page = at("desk").get("/matters?q=路灯").content.decode()
    assert "早就修好" in page
    assert "还没有修" in page
    assert "q=%E8%B7%AF%E7%81%AF" in page
    page = at("desk").get("/matters?q=路灯&open=1").content.decode()
    assert "早就修好" not in page
    assert "还没有修" in page


@pytest.mark.parametrize("name", [*rules.COUNTS, *rules.SUMS])
def test_the_list_of_a_figure_says_how_many_and_which(s: Scene, at: At, name: str) -> None:
    lived(s)
    number = rules.count(queries.counts(s.town.places[s.places["street"].pk], date(2026, 3, 1), s.now)[0][()], name)
    page = at("center").get(f"/matters?all=1&of={name}&month=2026-03").content.decode()
    assert f"共 {number} 件。" in page
    assert "定了稿" not in page, "the month is still running"
    assert f"2026-03 {rules.label(name)}</a>" in page
    assert rules.label(name)


def test_the_list_of_a_closed_month_says_that_it_is_of_now(s: Scene, at: At) -> None:
    lived(s)
    s.now = rules.span(date(2026, 4, 1))[0]
    page = at("center").get("/matters?all=1&of=found&month=2026-03").content.decode()
    assert "共 4 件。名单是现在的样子" in page
    assert "共 " not in at("center").get("/matters?all=1").content.decode()


def test_open_and_all_leave_the_list_of_a_figure(s: Scene, at: At) -> None:
    lived(s)
    page = at("center").get("/matters?all=1&of=settled&month=2026-03").content.decode()
    assert '<a href="/matters">在办</a>' in page
    assert '<a href="?all=1">全部</a>' in page, "it is not what is shown now"
    page = at("center").get("/matters?all=1&came=2026-03-01").content.decode()
    assert "共 4 件。" in page
    assert '<a href="?all=1">全部</a>' in page


def held_by_water(s: Scene, words: str = "水管漏了") -> int:
    """A matter that the water station has."""
    made = s.start("officer1", {"words": words, "unit": s.units["u1"].pk}).id
    s.step("officer1", made, "call_up", {"tried": "看过", "asks": "派人"})
    s.step("desk", made, "dispatch", {"lead": s.posts["water"].pk})
    return made


def test_the_name_of_a_post_leads_to_what_it_holds(s: Scene, at: At) -> None:
    held_by_water(s)
    post = s.posts["water"].pk
    page = at("center").get("/matters?q=供水").content.decode()
    assert f'<a href="?holder={post}">负责的是 供水站：在办 1 件</a>' in page
    page = at("center").get(f"/matters?holder={post}").content.decode()
    assert "水管漏了" in page
    assert "负责的是 供水站</a>" in page
    assert f'<a href="?holder={s.posts["agency2"].pk}">' not in at("center").get("/matters?q=西街城管").content.decode(), "another subdistrict's post"
    assert "西街城管：在办 0 件" in at("county_desk").get("/matters?q=西街城管").content.decode()
    assert "水管漏了" not in at("center2").get(f"/matters?holder={post}").content.decode()
    assert "负责的是" not in at("center").get("/matters?q=路灯").content.decode()


def test_posts_are_counted_in_one_statement(s: Scene, at: At) -> None:
    def statements(said: str) -> int:
        client = at("center")
        client.get("/matters?q=路灯")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/matters?q={said}")
        return len(captured)

    first = statements("供水站")
    for n in range(3):
        held_by_water(s, f"第{n}件")
    assert statements("供水站") == first
    assert statements("没有这个岗位") == first - 1, "posts are looked up in the picture of the town"


@pytest.mark.parametrize("said", ["19900001234", "199 0000 1234", "+86 199-0000-1234", "03911234567"])
def test_a_whole_phone_number_is_sent_to_the_counter_and_kept_nowhere(s: Scene, at: At, said: str) -> None:
    s.start("desk", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"})
    for who in ("desk", "officer1"):
        page = at(who).get("/matters", {"q": said, "late": "1"}).content.decode()
        assert "电话不在这里查" in page
        assert "19900001234" not in page
        assert "0000" not in page
        assert "123456" not in page
        assert ('name="tail"' in page) == (who == "desk")


def test_the_number_of_another_system_is_found_even_where_it_looks_like_a_phone(s: Scene, at: At) -> None:
    made = s.start("desk", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    Matter.objects.filter(item=made).update(outside_number="13900001234")
    assert "灯不亮" in at("center").get("/matters?q=13900001234").content.decode()


def test_what_is_no_filter_is_not_saved(s: Scene, at: At) -> None:
    desk = at("desk")
    for n, query in enumerate(("kind=%00", "seat=99999", "stage=x&late=maybe", "month=9999-12&of=__class__", "grid=²&community=0")):
        desk.post("/views/matters", {"name": str(n), "query": query})
    assert set(SavedView.objects.values_list("query", flat=True)) == {""}
    good = f"all=1&grid=none&kind=lamp&month=2026-02&of=found&seat={s.posts['desk'].pk}&stage=closed"
    desk.post("/views/matters", {"name": "好", "query": good})
    view = SavedView.objects.get(name="好")
    assert view.query == good
    assert desk.get(f"/matters?{view.query}").status_code == 200


@pytest.mark.parametrize("month", ["9999-12", "0001-01"])
@pytest.mark.parametrize("page", ["/matters", "/complaints", "/export/matters", "/export/matters.csv", "/export/complaints.csv"])
def test_a_month_in_no_calendar_is_no_filter(s: Scene, at: At, page: str, month: str) -> None:
    assert at("center").get(page, {"of": "found", "month": month}).status_code == 200


@pytest.mark.parametrize("after", ["0002-01-01T00:00:00+23:59_5", "9998-12-31T23:59:59-23:59_5"])
def test_a_page_in_no_calendar_is_the_first(s: Scene, at: At, after: str) -> None:
    s.start("officer1", {"words": "路灯还没有修", "unit": s.units["u1"].pk})
    page = at("center").get("/matters", {"after": after})
    assert page.status_code == 200
    assert "本页 1 件" in page.content.decode()
