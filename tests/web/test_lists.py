"""The list of a desk: saved filters of one's own, phone tails by POST only, empty lists that say what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from hawthorn.accounts.actions import MOST_VIEWS
from hawthorn.accounts.models import SavedView
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
