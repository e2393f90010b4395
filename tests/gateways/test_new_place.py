"""A workbook makes a subdistrict from nothing: every problem at once with its cell, nothing half done, twice is once, no other tenant touched."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from hawthorn.accounts.models import User
from hawthorn.categories.models import Category, Lead, Policy
from hawthorn.gateways import gaps, workbook, workbook_opening
from hawthorn.gateways.rules import GAPS
from hawthorn.handovers.tasks import vacancies
from hawthorn.kernel.errors import Refused
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item, Text
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.teams.models import Holding, Post
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place, Unit
from make import Scene

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOWN = "410803990"
Edit = Callable[[Workbook], None]


def example(edit: Edit = lambda book: None) -> bytes:
    """The filled-in example, with something changed."""
    book = load_workbook(io.BytesIO(workbook.template_workbook()))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet: Any, heading: str) -> int:
    """The number of a column."""
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def put(name: str, row: int, heading: str, value: Any) -> Edit:
    """One cell is other."""

    def edit(book: Workbook) -> None:
        book[name].cell(row, column(book[name], heading)).value = value

    return edit


def planned(data: bytes, now: datetime = NOW, host: str = "") -> workbook_opening.Opening:
    return workbook_opening.plan(workbook.read_workbook(data), now=now, host=host)


def problems(*edits: Edit, host: str = "") -> list[str]:
    def all_of(book: Workbook) -> None:
        for edit in edits:
            edit(book)

    return [str(problem) for problem in planned(example(all_of), host=host).problems]


def opened(data: bytes | None = None, now: datetime = NOW) -> workbook.Done:
    return workbook_opening.apply(planned(data or example(), now), actor_user_id=None)


@pytest.mark.usefixtures("bare")
def test_an_empty_server_gets_county_and_subdistrict_from_the_example() -> None:
    assert problems() == []
    assert not Tenant.objects.exists(), "a dry run writes nothing"
    done = opened()
    county, tenant = Tenant.objects.get(code="410803"), Tenant.objects.get(code=TOWN)
    assert (county.name, county.county, tenant.county, tenant.name, tenant.phone) == ("示例区", None, county, "示例街道", "0391-0000001")
    assert (tenant.settings["accent"], tenant.settings["host"], tenant.words["mediation"]) == ("leaf", "示例街道办事处", "小白和事")
    assert sorted(done.new_usernames) == ["demo.li", "demo.qian", "demo.sun", "demo.wang", "demo.zhang", "demo.zhao", "demo.zhou"]
    assert User.objects.get(username="demo.qian").tenant == county
    assert Place.objects.get(code=TOWN + "498001").subdistrict == Place.objects.get(code=TOWN)
    assert Holding.objects.get(user__username="demo.qian").post.kind == "county_admin"
    lead = Lead.objects.get(tenant=tenant, grid=None)
    assert (lead.category and lead.category.name, lead.post.name) == ("家里停水", "示例供水站")
    assert Lead.objects.get(tenant=tenant, category=None).post.name == "示例社区综合窗口"
    assert Category.objects.filter(tenant=tenant).count() > 100, "what every tenant starts with"
    assert Policy.objects.get(tenant=tenant).preset == "demo"


@pytest.mark.usefixtures("bare")
def test_the_second_run_changes_nothing_even_days_later() -> None:
    opened()
    before = (Tenant.objects.get(code="410803").revision, list(Tenant.objects.order_by("pk").values()), Item.objects.count())
    again = opened(now=NOW + timedelta(hours=30))
    assert (again.changes, again.new_usernames) == ([], [])
    assert (Tenant.objects.get(code="410803").revision, list(Tenant.objects.order_by("pk").values()), Item.objects.count()) == before


@pytest.mark.usefixtures("bare")
def test_every_planted_error_is_listed_at_once_with_sheet_and_cell_and_nothing_is_written() -> None:
    found = problems(
        put("街道", 2, "颜色", "大红"),
        put("社区和网格", 4, "编号", "410803006498001"),
        put("楼院", 2, "坐标系", None),
        put("楼院", 3, "户数", "很多"),
        put("门牌", 2, "门牌", "王家"),
        put("岗位", 3, "岗位", "巡长"),
        put("服务单位", 2, "种类", "分管领导"),
        put("人员", 2, "登录名", "张"),
        put("值班", 2, "日期", "下周"),
        put("事项目录", 2, "办结时限", "尽快"),
        put("谁牵头", 3, "网格编号", None),
    )
    cells = [words.split("：")[0] for words in found]
    for cell in (
        "「街道」第 2 行 F 列", "「社区和网格」第 4 行 B 列", "「楼院」第 2 行 G 列", "「楼院」第 3 行 H 列", "「门牌」第 2 行 C 列", "「岗位」第 3 行 B 列",
        "「服务单位」第 2 行 A 列", "「人员」第 2 行 A 列", "「值班」第 2 行 A 列", "「事项目录」第 2 行 H 列", "「谁牵头」第 3 行 A 列",
    ):  # fmt: skip
        assert cell in cells, found
    assert any("410803006498001 不在这个街道" in words for words in found)
    with pytest.raises(Refused):
        opened(example(put("楼院", 2, "坐标系", None)))
    assert not Tenant.objects.exists()
    assert not User.objects.exists()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("name", "heading"), [("人员", "起"), ("人员", "止"), ("值班", "日期")])
@pytest.mark.parametrize("day", [datetime(9999, 12, 31), "9999-12-31", "0001-01-01"])  # noqa: DTZ001  (as a cell has it)
def test_a_day_without_end_is_a_named_problem(name: str, heading: str, day: Any) -> None:
    assert any(words.startswith(f"「{name}」第 2 行") and "太远了" in words for words in problems(put(name, 2, heading, day)))


@pytest.mark.usefixtures("bare")
def test_problems_elsewhere_are_found_even_where_the_line_of_the_subdistrict_cannot_be_read() -> None:
    found = problems(put("街道", 2, "街道编号", "龙洞"), put("楼院", 3, "网格编号", TOWN + "498009"))
    assert [words.split("：")[0] for words in found if "街道" in words or "楼院" in words] == ["「街道」第 2 行 A 列", "「楼院」第 3 行 D 列"]


@pytest.mark.usefixtures("bare")
def test_a_workbook_without_its_subdistrict_or_its_desk_says_so() -> None:
    def without(name: str) -> Edit:
        return lambda book: book.remove(book[name])

    assert any("「街道」表里要写一行" in words for words in problems(without("街道")))
    assert any("网格中心" in words for words in problems(put("岗位", 2, "岗位", "党建办"), put("人员", 2, "岗位", "党建办")))
    assert any("410803 还没有建" in words for words in problems(without("区县")))


def test_a_code_or_a_name_of_another_tenant_is_a_named_problem(s: Scene) -> None:
    before = list(Tenant.objects.order_by("pk").values())

    def at(code: str, county: str) -> Edit:
        def edit(book: Workbook) -> None:
            for sheet in book:
                for row in sheet.iter_rows(min_row=2):
                    for cell in row:
                        if isinstance(cell.value, str) and cell.value.startswith("410803"):
                            cell.value = cell.value.replace(TOWN, code).replace("410803", county) if len(cell.value) > 6 else county

        return edit

    assert any("不以区县编号" in words for words in problems(put("街道", 2, "区县编号", "999901")))
    assert any("只能开 999902 的街道" in words for words in problems(at("999901001", "999901"), host="999902"))
    assert problems(at("999901003", "999901"), host="999901") == [], "a third subdistrict of a county that is there"
    foreign = problems(at("999901003", "999901"), put("社区和网格", 2, "编号", "999901002498"))
    assert any("999901002498 不在这个街道" in words for words in foreign)
    for name in ("officer9", "赵示例"):
        User.objects.filter(pk=s.users["officer9"].pk).update(username="demo.zhao", name=name)
        found = problems(at("999901003", "999901"))
        assert any("这个登录名已经有人用" in words for words in found), "of the same name or not: people of another subdistrict hold no post here"
        assert not any("officer9" in words for words in found), "nor is it said who they are"
    assert list(Tenant.objects.order_by("pk").values()) == before


def test_a_username_of_another_county_is_a_named_problem(s: Scene) -> None:
    User.objects.filter(pk=s.users["officer1"].pk).update(username="demo.zhao", name="赵示例")
    User.objects.filter(pk=s.users["officer2"].pk).update(username="demo.qian")
    found = problems()
    assert [words for words in found if "已经有人用" in words and words.startswith("「人员」第 6 行 A 列")]
    assert [words for words in found if "已经有人用" in words and words.startswith("「区县」第 2 行 D 列")]


def test_a_county_that_is_there_is_not_changed_by_the_sheet(s: Scene) -> None:
    opened()
    county = Tenant.objects.get(code="410803")
    again = example(put("区县", 2, "区县名称", "别的区"))
    assert planned(again).changes == []
    assert Tenant.objects.get(code="410803").name == county.name


@pytest.mark.usefixtures("bare")
def test_what_is_changed_in_the_workbook_changes_and_only_that() -> None:
    opened()

    def edit(book: Workbook) -> None:
        put("街道", 2, "系统名称", "件件有着落")(book)
        put("街道", 2, "时限方案", "济南市12345市民服务热线条例 第24条")(book)
        put("谁牵头", 2, "岗位名称", None)(book)
        put("谁牵头", 2, "岗位", "网格中心")(book)

    done = opened(example(edit))
    assert [change.do for change in done.changes] == ["change_tenant", "set_policy", "put_lead"]
    tenant = Tenant.objects.get(code=TOWN)
    assert (tenant.brand, tenant.settings["host"]) == ("件件有着落", "示例街道办事处")
    assert Policy.objects.get(tenant=tenant).preset == "jinan-hotline"


@pytest.mark.usefixtures("bare")
def test_what_is_still_missing_becomes_one_duty_each_of_the_desk_and_goes_with_the_lack() -> None:
    opened()
    tenant = Tenant.objects.get(code=TOWN)
    town = town_by_id(tenant.county_id or 0)
    missing = gaps.lacking([tenant], town=town, now=NOW)[tenant.pk]
    assert list(missing) == ["sign_in", "unit_grid", "unit_position", "category_lead", "roster", "limits"]
    assert (missing["unit_grid"], missing["unit_position"], missing["roster"]) == (1, 1, 5)
    open_gaps = Item.objects.filter(loop="set_up_gaps", open=True)
    desk = Post.objects.get(place__code=TOWN, kind="subdistrict_desk")
    assert {(item.kind, item.holder_id) for item in open_gaps} == {(code, desk.pk) for code in missing}
    said = Text.objects.get(item=open_gaps.get(kind="unit_grid")).words
    assert said.startswith("1 个楼院没有归网格")
    assert gaps.renew(town=town, now=NOW) == 0, "once only"
    Unit.objects.filter(lon=None).update(lon=113.18, lat=35.24)
    assert gaps.renew(town=town, now=NOW + timedelta(hours=1)) == 1
    assert open_gaps.all().count() == len(missing) - 1
    Unit.objects.filter(code="H01").update(lon=None)
    assert gaps.renew(town=town, now=NOW + timedelta(hours=2)) == 1, "missing again: asked for again"
    assert vacancies(town=town, now=NOW) > 0


@pytest.mark.usefixtures("bare")
def test_what_the_desk_says_is_not_wanted_here_is_not_asked_for_again() -> None:
    opened()
    tenant = Tenant.objects.get(code=TOWN)
    desk = User.objects.select_related("tenant__county").get(username="demo.zhang")
    gap = Item.objects.get(loop="set_up_gaps", kind="unit_position", open=True)
    loops.take_step("set_up_gaps", gap.pk, "waive", {"reason": "村里不画图"}, actor=actor_for(desk, NOW), now=NOW, door="test")
    assert gaps.renew(town=town_by_id(tenant.county_id or 0), now=NOW + timedelta(days=1)) in (0, 1)
    assert not Item.objects.filter(loop="set_up_gaps", kind="unit_position", open=True).exists()


def test_subdistricts_that_were_not_set_up_from_a_workbook_are_left_alone(s: Scene) -> None:
    assert gaps.renew(town=s.town, now=s.now) == 0
    assert set(gaps.lacking([s.places["street"].tenant], town=s.town, now=s.now)[s.places["street"].tenant_id]) <= set(GAPS)


@pytest.mark.usefixtures("bare")
def test_accounts_have_no_password_until_it_is_asked_for_and_then_only_those_without_one() -> None:
    done = planned(example())
    workbook_opening.apply(done, actor_user_id=None)
    assert not [user for user in User.objects.all() if user.has_usable_password()]
    told: dict[str, str] = {}
    assert workbook_opening.give_passwords(done, lambda user, password: told.update({user.username: password})) == 7
    user = User.objects.get(username="demo.wang")
    assert (user.check_password(told["demo.wang"]), user.must_change) == (True, True)
    assert workbook_opening.give_passwords(done, lambda user, password: pytest.fail("there is one")) == 0
