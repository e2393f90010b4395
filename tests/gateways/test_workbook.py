"""The set-up workbook: dry run, problems with cells, all or nothing, twice is once."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from hawthorn.accounts.models import User
from hawthorn.gateways import workbook
from hawthorn.gateways.workbook_rows import COLUMNS
from hawthorn.kernel.errors import Refused
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding, Post, RosterNight, StandIn
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory import datum
from hawthorn.territory.models import Door, Place, Unit, UnitGrid

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TOWN = "410803990"
COMMUNITY, GRID, OTHER = TOWN + "498", TOWN + "498001", TOWN + "201"


@pytest.fixture
def tenant(bare: None) -> Tenant:
    host = Tenant.objects.create(code="410803", name="中站区")
    tenant = Tenant.objects.create(code=TOWN, name="龙洞街道", county=host)
    teams.seed_post_kinds(host, now=NOW)
    county = territory.create_place(level="county", code="410803", name="中站区", parent=None, tenant=host, now=NOW)
    territory.create_place(level="subdistrict", code=TOWN, name="龙洞街道", parent=county, tenant=tenant, now=NOW)
    return tenant


def book_of(**tables: list[dict[str, Any]]) -> bytes:
    """A workbook from rows given as heading → value."""
    book = Workbook()
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        headings = [column.heading for column in COLUMNS[name]]
        sheet.append(headings)
        for row in rows:
            assert set(row) <= set(headings)
            sheet.append([row.get(heading) for heading in headings])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(kind: str, code: str, name: str = "某处", **more: Any) -> dict[str, Any]:
    return {"类别": kind, "编号": code, "名称": name, **more}


PLACES = [place("社区", COMMUNITY), place("网格", GRID)]
POST = {"地点编号": GRID, "岗位": "专职网格员", "岗位名称": "一号"}


def person(username: str, name: str = "甲", **more: Any) -> dict[str, Any]:
    return {"登录名": username, "姓名": name, "地点编号": GRID, "岗位": "专职网格员", "身份": "任职", **more}


def planned(tenant: Tenant, data: bytes) -> workbook.Plan:
    return workbook.plan(workbook.read_workbook(data), tenant, now=NOW)


def problems(tenant: Tenant, **tables: list[dict[str, Any]]) -> list[str]:
    return [str(problem) for problem in planned(tenant, book_of(**tables)).problems]


def done(tenant: Tenant, data: bytes, now: datetime = NOW) -> workbook.Done:
    return workbook.apply(workbook.plan(workbook.read_workbook(data), tenant, now=now), actor_user_id=None, now=now)


def test_the_template_can_be_imported_as_it_stands(tenant: Tenant) -> None:
    plan = planned(tenant, workbook.template_workbook())
    assert [str(problem) for problem in plan.problems] == []
    assert not Place.objects.filter(level="community").exists()
    result = workbook.apply(plan, actor_user_id=None, now=NOW)
    assert result.new_usernames == ["demo.zhang", "demo.li", "demo.wang", "demo.zhao", "demo.zhou"]
    assert Place.objects.filter(level="grid").count() == 3
    assert (Unit.objects.count(), Door.objects.count(), Post.objects.count()) == (4, 3, 9)
    assert (Holding.objects.count(), StandIn.objects.count(), RosterNight.objects.count()) == (5, 1, 2)
    assert UnitGrid.objects.filter(to_on=None).count() == 3


def test_the_second_import_changes_nothing_even_days_later(tenant: Tenant) -> None:
    done(tenant, workbook.template_workbook())
    before = Tenant.objects.get(code="410803").revision
    again = done(tenant, workbook.template_workbook(), NOW + timedelta(days=400))
    assert (again.changes, again.new_usernames) == ([], [])
    assert Tenant.objects.get(code="410803").revision == before


def test_the_template_explains_every_column(tenant: Tenant) -> None:
    book = load_workbook(io.BytesIO(workbook.template_workbook()))
    assert book.sheetnames == ["说明", *COLUMNS]
    assert {"街道", "区县", "服务单位", "事项目录", "谁牵头"} < set(COLUMNS)
    explained = {(row[0], row[1]) for row in book["说明"].iter_rows(values_only=True)}
    assert all((name, column.heading) in explained for name, columns in COLUMNS.items() for column in columns)


def test_a_new_account_has_no_password_and_must_choose_one(tenant: Tenant) -> None:
    done(tenant, workbook.template_workbook())
    user = User.objects.get(username="demo.wang")
    assert (user.has_usable_password(), user.must_change, user.tenant, user.name) == (False, True, tenant, "王示例")


def test_points_are_stored_as_wgs84(tenant: Tenant) -> None:
    done(tenant, workbook.template_workbook())
    unit = Unit.objects.get(code="X07")
    assert unit.lon is not None
    assert unit.lat is not None
    assert datum.metres(datum.Point(unit.lon, unit.lat), datum.to_wgs84(113.1921, 35.2442, "bd09")) < 0.02
    assert Place.objects.get(code=COMMUNITY + "001").shape[0] == [113.181, 35.236]


def test_spans_run_from_midnight_to_midnight(tenant: Tenant) -> None:
    done(tenant, workbook.template_workbook())
    span = StandIn.objects.get()
    assert (span.from_at, span.to_at) == (datetime(2026, 3, 1, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC))


def test_changed_cells_change_what_is_there_and_empty_ones_do_not(tenant: Tenant) -> None:
    first = {"社区编号": COMMUNITY, "楼院编号": "U1", "名称": "院", "网格编号": GRID, "经度": 113.18, "纬度": 35.24, "坐标系": "WGS84", "户数": 5}
    done(tenant, book_of(社区和网格=PLACES, 楼院=[first], 岗位=[{**POST, "工作电话": "1"}]))
    second = {"社区编号": COMMUNITY, "楼院编号": "U1", "名称": "东院", "户数": 6}
    result = done(tenant, book_of(楼院=[second], 岗位=[{**POST, "电话可公开": "是"}], 社区和网格=[place("社区", COMMUNITY, "新名")]))
    assert [change.do for change in result.changes] == ["change_place", "change_unit", "change_post"]
    unit = Unit.objects.get(code="U1")
    assert (unit.name, unit.initials, unit.households, unit.lon) == ("东院", "dy", 6, 113.18)
    post = Post.objects.get()
    assert (post.phone, post.is_public) == ("1", True)
    assert Place.objects.get(code=COMMUNITY).name == "新名"


def test_a_holding_is_ended_by_its_last_day(tenant: Tenant) -> None:
    done(tenant, book_of(社区和网格=PLACES, 岗位=[POST], 人员=[person("anna")]))
    ending = book_of(人员=[person("anna", 止="2026-03-05"), person("bert", "乙", 起="2026-03-06")])
    assert [change.do for change in done(tenant, ending).changes] == ["end_holding", "create_user", "appoint"]
    assert Holding.objects.get(user__username="anna").to_at == datetime(2026, 3, 5, 16, tzinfo=UTC)
    assert done(tenant, ending, NOW + timedelta(days=30)).changes == []


def test_the_roster_of_a_night_becomes_what_the_sheet_says(tenant: Tenant) -> None:
    done(tenant, book_of(社区和网格=PLACES, 岗位=[POST], 人员=[person("anna"), person("bert", "乙")], 值班=[{"日期": date(2026, 3, 2), "登录名": "anna"}]))
    done(tenant, book_of(值班=[{"日期": "2026-03-02", "登录名": "bert"}]))
    assert list(RosterNight.objects.values_list("user__username", flat=True)) == ["bert"]


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        ({"经度": 113.1, "纬度": 35.2, "坐标系": "北京54"}, "G", "不认识"),
        ({"经度": 113.1, "纬度": 35.2}, "G", "要写坐标系"),
        ({"经度": 35.2, "纬度": 113.1, "坐标系": "WGS84"}, "F", "-90 到 90"),
        ({"经度": 35.2, "纬度": 80, "坐标系": "WGS84"}, "E", "写反了"),
        ({"经度": 0, "纬度": 0, "坐标系": "WGS84"}, "E", "不在国内"),
        ({"经度": 113.1, "坐标系": "WGS84"}, "F", "一起填"),
        ({"户数": "很多"}, "H", "不是数字"),
        ({"户数": 1.5}, "H", "整数"),
        ({"常住人口": 3, "60岁以上": 4}, "J", "还多"),
        ({"网格编号": TOWN + "498009"}, "D", "没有这个网格"),
        ({"网格编号": TOWN + "201001"}, "D", "不属于这个社区"),
        ({"社区编号": TOWN + "777"}, "A", "没有这个社区"),
        ({"名称": None}, "C", "没有填"),
    ],
)
def test_a_wrong_unit_is_named_by_its_cell(tenant: Tenant, row: dict[str, Any], where: str, words: str) -> None:
    places = [*PLACES, place("村", OTHER), place("网格", OTHER + "001")]
    unit = {"社区编号": COMMUNITY, "楼院编号": "U1", "名称": "院", **row}
    found = problems(tenant, 社区和网格=places, 楼院=[unit])
    assert len(found) == 1
    assert f"「楼院」第 2 行 {where} 列：" in found[0]
    assert words in found[0]


def test_wrong_places_are_named_by_their_cells(tenant: Tenant) -> None:
    found = problems(
        tenant,
        社区和网格=[
            place("网格", TOWN + "498002"),
            place("网格", COMMUNITY),
            place("社区", "410803006498"),
            place("社区", "龙洞"),
            place("区", COMMUNITY),
            place("社区", COMMUNITY, 边界="POLYGON ((1 2"),
            place("社区", OTHER),
            place("社区", OTHER),
        ],
    )
    assert [words.split("：")[0] for words in found] == [
        "「社区和网格」第 5 行 B 列",
        "「社区和网格」第 6 行 A 列",
        "「社区和网格」第 7 行 E 列",
        "「社区和网格」第 3 行 B 列",
        "「社区和网格」第 4 行 B 列",
        "「社区和网格」第 9 行 B 列",
        "「社区和网格」第 2 行 B 列",
    ]


def test_a_grid_that_was_closed_is_not_opened_again_by_an_old_sheet(tenant: Tenant) -> None:
    done(tenant, book_of(社区和网格=PLACES))
    territory.end_grid(grid=Place.objects.get(code=GRID), on=NOW.date())
    later = workbook.plan(workbook.read_workbook(book_of(社区和网格=PLACES)), tenant, now=NOW + timedelta(days=2))
    assert [str(problem).split("：")[0] for problem in later.problems] == ["「社区和网格」第 3 行 B 列"]
    assert "已经撤销" in str(later.problems[0])
    assert Place.objects.filter(code=GRID).count() == 1


def test_wrong_people_and_posts_are_named_by_their_cells(tenant: Tenant) -> None:
    elsewhere = Tenant.objects.create(code="410802", name="解放区")
    User.objects.create(username="stranger", name="丙", tenant=elsewhere)
    User.objects.create(username="outsider", name="戊", tenant=elsewhere)
    User.objects.create(username="known", name="丁", tenant=tenant)
    found = problems(
        tenant,
        社区和网格=PLACES,
        岗位=[POST, {**POST, "岗位名称": "二号"}, {**POST, "岗位": "综合窗口"}, {**POST, "岗位": "皇帝"}, {**POST, "地点编号": TOWN + "498009"}, POST],
        人员=[
            person("anna"),
            person("stranger", "丙", 岗位名称="一号"),
            person("known", "另一个", 岗位名称="一号"),
            person("bert", 岗位名称="三号"),
            person("bert", 岗位名称="一号", 起="2026-03-02", 止="2026-03-01"),
            person("不行"),
            person("carl", 身份="顶班"),
        ],
        值班=[{"日期": "2026-03-02", "登录名": "nobody"}, {"日期": "2026-03-02", "登录名": "outsider"}, {"日期": "明天", "登录名": "anna"}],
    )
    assert sorted(words.split("：")[0] for words in found) == sorted(
        [
            "「岗位」第 4 行 B 列",
            "「岗位」第 5 行 B 列",
            "「岗位」第 6 行 A 列",
            "「岗位」第 7 行 C 列",
            "「人员」第 2 行 F 列",
            "「人员」第 3 行 A 列",
            "「人员」第 4 行 B 列",
            "「人员」第 5 行 F 列",
            "「人员」第 6 行 I 列",
            "「人员」第 7 行 A 列",
            "「人员」第 8 行 G 列",
            "「值班」第 2 行 B 列",
            "「值班」第 3 行 B 列",
            "「值班」第 4 行 A 列",
        ]
    )


def test_a_door_without_a_number_is_refused(tenant: Tenant) -> None:
    unit = {"社区编号": COMMUNITY, "楼院编号": "U1", "名称": "院"}
    found = problems(tenant, 社区和网格=PLACES, 楼院=[unit], 门牌=[{"社区编号": COMMUNITY, "楼院编号": "U1", "门牌": "某某家"}])
    assert found == ["「门牌」第 2 行 C 列：门牌要有号码，不写住户姓名"]


def test_with_one_problem_nothing_is_written(tenant: Tenant) -> None:
    plan = planned(tenant, book_of(社区和网格=[*PLACES, place("社区", "1")]))
    with pytest.raises(Refused, match="not_a_choice"):
        workbook.apply(plan, actor_user_id=None, now=NOW)
    assert not Place.objects.filter(level="community").exists()


def test_a_plan_made_before_something_changed_is_made_anew(tenant: Tenant) -> None:
    plan = planned(tenant, book_of(社区和网格=PLACES, 岗位=[POST], 人员=[person("anna")]))
    User.objects.create(username="anna", name="别人", tenant=tenant)
    with pytest.raises(Refused):
        workbook.apply(plan, actor_user_id=None, now=NOW)
    assert not Post.objects.exists()


def test_what_is_no_workbook_is_a_problem_in_words(tenant: Tenant) -> None:
    assert [str(problem) for problem in planned(tenant, b"hello").problems] == ["「说明」：这不是 .xlsx 文件。请用 Excel 或 WPS 另存为 .xlsx 再试。"]


def test_a_workbook_without_any_known_sheet_is_a_problem(tenant: Tenant) -> None:
    out = io.BytesIO()
    Workbook().save(out)
    assert "没有找到可以导入的表" in str(planned(tenant, out.getvalue()).problems[0])


def test_one_tenant_never_writes_into_another(tenant: Tenant) -> None:
    county = tenant.county
    assert county is not None
    other = Tenant.objects.create(code="410803006", name="月山街道", county=county)
    territory.create_place(level="subdistrict", code="410803006", name="月山街道", parent=Place.objects.get(level="county"), tenant=other, now=NOW)
    done(tenant, book_of(社区和网格=PLACES, 岗位=[POST]))
    plan = planned(other, book_of(岗位=[{**POST, "工作电话": "110"}], 社区和网格=[place("社区", COMMUNITY, "抢来的")]))
    assert len(plan.problems) == 2
    assert plan.changes == []
