"""The category table out to Excel and back in."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from hawthorn.categories import actions, sheets
from hawthorn.categories.models import Category
from hawthorn.tenants.models import Tenant

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def tenant(bare: None) -> Tenant:
    county = Tenant.objects.create(code="410803", name="中站区")
    tenant = Tenant.objects.create(code="410803005", name="龙洞街道", county=county)
    actions.seed_tenant(tenant, "city-mgmt-example", now=NOW)
    return tenant


def book_of(*rows: list[Any], title: str = "事项目录") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def words(data: bytes, tenant: Tenant) -> list[str]:
    plan = sheets.import_categories(data, tenant=tenant, now=NOW, dry_run=True)
    return [str(problem) for problem in plan.problems]


def test_what_is_written_reads_back_without_a_change(tenant: Tenant) -> None:
    plan = sheets.import_categories(sheets.export_categories(tenant), tenant=tenant, now=NOW, dry_run=False)
    assert plan == sheets.Plan()


def test_the_exported_table_holds_every_line(tenant: Tenant) -> None:
    sheet = load_workbook(io.BytesIO(sheets.export_categories(tenant)))["事项目录"]
    assert sheet.max_row == 1 + Category.objects.filter(tenant=tenant).count()
    assert [cell.value for cell in sheet[1]][:3] == ["目录", "编号", "名称"]


def test_words_that_look_like_a_formula_stay_words(tenant: Tenant) -> None:
    Category.objects.filter(tenant=tenant, key="c01001").update(name="=1+1")
    data = sheets.export_categories(tenant)
    cell = next(row[2] for row in load_workbook(io.BytesIO(data))["事项目录"].iter_rows() if row[1].value == "c01001")
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert sheets.import_categories(data, tenant=tenant, now=NOW, dry_run=True) == sheets.Plan()


def test_an_edit_is_planned_then_done_and_the_second_time_nothing_is_left(tenant: Tenant) -> None:
    book = load_workbook(io.BytesIO(sheets.export_categories(tenant)))
    sheet = book["事项目录"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "m01037")
    row[4].value, row[7].value = "急办", "1.5 小时"
    out = io.BytesIO()
    book.save(out)
    plan = sheets.import_categories(out.getvalue(), tenant=tenant, now=NOW, dry_run=True)
    assert [change.words for change in plan.changes] == ["改 m01037 路灯异常：时限档、时限"]
    assert Category.objects.get(tenant=tenant, key="m01037").tier == "livelihood"
    before = Tenant.objects.get(code="410803").revision
    sheets.import_categories(out.getvalue(), tenant=tenant, now=NOW, dry_run=False)
    line = Category.objects.get(tenant=tenant, key="m01037")
    assert (line.tier, line.limits, line.version) == ("urgent", {"promise": ["hours", 1.5]}, 2)
    assert Tenant.objects.get(code="410803").revision != before
    assert sheets.import_categories(out.getvalue(), tenant=tenant, now=NOW, dry_run=False).changes == []


def test_a_new_line_needs_only_catalogue_key_and_name(tenant: Tenant) -> None:
    data = book_of(["编号", "名称", "目录"], ["m901", "压水井", "城市管理"])
    assert sheets.import_categories(data, tenant=tenant, now=NOW, dry_run=False).problems == []
    assert Category.objects.filter(tenant=tenant, key="m901", tier="ordinary", is_public=True).exists()


def test_columns_left_out_leave_their_fields_alone(tenant: Tenant) -> None:
    data = book_of(["目录", "编号", "名称"], ["城市管理", "m06010", "暴露垃圾（改）"])
    sheets.import_categories(data, tenant=tenant, now=NOW, dry_run=False)
    line = Category.objects.get(tenant=tenant, key="m06010")
    assert (line.name, line.limits, line.tier) == ("暴露垃圾（改）", {"promise": ["work_hours", 4]}, "livelihood")
    assert line.advice


def test_problems_carry_their_cell_address_and_nothing_is_written(tenant: Tenant) -> None:
    data = book_of(
        ["目录", "编号", "名称", "时限档", "办结时限", "停用日期"],
        ["城市管理", "m902", "好的一行"],
        ["城市管理", "m902", "重复", None, None, None],
        ["城市管理", "x1", "编号不对", "特急", "三天", "昨天"],
        ["城市管理", "x1", "编号不对"],
        ["自有服务", "s903", None],
        ["自有服务", "s904", "停了", None, None, date(2020, 1, 1)],
    )
    plan = sheets.import_categories(data, tenant=tenant, now=NOW, dry_run=False)
    assert [problem.where for problem in plan.problems] == [
        "「事项目录」第 4 行 D 列",
        "「事项目录」第 4 行 E 列",
        "「事项目录」第 4 行 F 列",
        "「事项目录」第 6 行 C 列",
        "「事项目录」第 3 行 B 列",
        "「事项目录」第 5 行 B 列",
        "「事项目录」第 7 行 F 列",
    ]
    assert "第 2 行重复" in str(plan.problems[4])
    assert not Category.objects.filter(key="m902").exists()


def test_a_table_without_its_headings_or_its_sheet_is_refused(tenant: Tenant) -> None:
    assert words(book_of(["目录", "名称"]), tenant) == ["「事项目录」第 1 行：缺少「编号」这一列"]
    assert words(book_of(["目录"], title="别的"), tenant) == ["「事项目录」：没有这张表"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nonsense", "目录,编号\n".encode("gbk")])
def test_what_is_no_workbook_is_refused_in_words(tenant: Tenant, data: bytes) -> None:
    assert "不是 .xlsx 文件" in words(data, tenant)[0]


def test_an_archive_that_is_no_workbook_is_refused_in_words(tenant: Tenant) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "x")
    assert "打不开" in words(out.getvalue(), tenant)[0]


def test_a_zip_bomb_is_not_unpacked(tenant: Tenant) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 150_000_000)
    assert "展开后太大" in words(out.getvalue(), tenant)[0]


def test_entities_in_the_xml_are_not_expanded(tenant: Tenant) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Types>&a;</Types>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheets.export_categories(tenant))) as good, zipfile.ZipFile(out, "w") as bad:
        for part in good.infolist():
            bad.writestr(part, bomb if part.filename == "xl/workbook.xml" else good.read(part))
    assert "打不开" in words(out.getvalue(), tenant)[0]
