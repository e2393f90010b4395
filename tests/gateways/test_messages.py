"""Sheets of other systems: any encoding, any heading, many ways to write a time; a line becomes one matter, never two."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hawthorn.files import sheets
from hawthorn.gateways import messages, messages_file
from hawthorn.gateways.messages import Report, guess_mapping, read_time
from hawthorn.kernel.errors import Refused
from hawthorn.loops.models import Item, Reporter, Text
from hawthorn.matters.models import Matter, OutsideNumber
from make import Scene
from tables import HEADINGS, ROW, as_csv, as_xlsx, row

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages" / "messages.csv.gz"


def look(s: Scene, data: bytes, source: str = "12345") -> Report:
    return messages.dry_run(data, tenant=s.places["street"].tenant, town=s.town, source=source, now=s.now)


def take(s: Scene, data: bytes, source: str = "12345") -> Report:
    return messages.run(look(s, data, source), tenant=s.places["street"].tenant, town=s.town, source=source, now=s.now)


def test_numbers_known_from_another_source_are_said_and_not_taken_from_the_command_line(s: Scene, tmp_path: Path) -> None:
    take(s, as_csv([HEADINGS, ROW]))
    report = look(s, as_csv([HEADINGS, ROW, row(工单编号="T2")]), source="热线")
    assert report.elsewhere == {"12345": 1}
    assert "“12345”" in messages.again_words(report.elsewhere)
    assert messages.again_words(look(s, as_csv([HEADINGS, row(工单编号="T3")]), source="热线").elsewhere) == ""
    path = tmp_path / "sheet.csv"
    path.write_bytes(as_csv([HEADINGS, ROW]))
    given = {"tenant_code": s.places["street"].code, "source": "热线", "dry_run": False, "now": s.now}
    with pytest.raises(Refused, match="already_here"):
        messages_file.import_messages(path, **given)
    assert Item.objects.count() == 1
    assert messages_file.import_messages(path, anew=True, **given).new == 1


def test_an_address_names_the_building_however_it_is_written(s: Scene) -> None:
    names = (("", None), ("东社区u1号楼 3单元", "grid1"), ("Ｕ1　号楼旁边", "grid1"), ("u11号楼", None), ("u1号楼和u2号楼之间", None))
    rows = [row(工单编号=f"T{n}", 网格编码="", 地址=address) for n, (address, _grid) in enumerate(names)]
    report = take(s, as_csv([HEADINGS, *rows]))
    assert (report.new, report.errors) == (len(names), [])
    found = {number: grid for number, grid in Matter.objects.values_list("outside_number", "item__grid")}
    assert found == {f"T{n}": s.places[grid].pk if grid else None for n, (_address, grid) in enumerate(names)}


def test_a_line_becomes_a_matter_with_number_deadline_place_and_asker(s: Scene) -> None:
    report = take(s, as_csv([HEADINGS, ROW]))
    assert (report.rows, report.new, report.known, report.errors, report.is_dry) == (1, 1, 0, [], False)
    matter = Matter.objects.select_related("item").get()
    item = matter.item
    assert (matter.outside_number, matter.outside_source, matter.channel) == ("T1", "12345", "hotline")
    assert matter.outside_due_at == datetime(2026, 3, 19, 16, 0, tzinfo=UTC)
    assert item.opened_at == matter.arrived_at == datetime(2026, 3, 1, 13, 5, 39, tzinfo=UTC)
    assert (item.grid_id, item.stage, s.holder(item.pk)) == (s.places["grid1"].pk, "found", "officer1")
    assert dict(Text.objects.values_list("field", "words"))["words"] == "路灯不亮"
    assert dict(Text.objects.values_list("field", "words"))["heading"] == "路灯"
    assert Reporter.objects.get().way == "phone"
    assert OutsideNumber.objects.get().item_id == item.pk
    assert "13800001234" not in str(report)
    assert "路灯" not in item.title


def test_a_dry_run_writes_nothing(s: Scene) -> None:
    report = look(s, as_csv([HEADINGS, ROW]))
    assert (report.new, report.is_dry) == (1, True)
    assert not Item.objects.exists()
    assert report.mapping["words"] == "诉求内容"


def test_the_same_sheet_twice_takes_nothing_in_the_second_time(s: Scene) -> None:
    data = as_csv([HEADINGS, ROW, row(工单编号="T2")])
    assert take(s, data).new == 2
    again = take(s, data)
    assert (again.new, again.known) == (0, 2)
    assert take(s, as_csv([HEADINGS, row(工单编号="T3"), ROW])).new == 1
    assert Item.objects.count() == 3
    assert take(s, data, source="信访").new == 2


def test_an_old_dry_run_taken_in_late_makes_no_doubles(s: Scene) -> None:
    data = as_csv([HEADINGS, ROW])
    early = look(s, data)
    take(s, data)
    late = messages.run(early, tenant=s.places["street"].tenant, town=s.town, source="12345", now=s.now)
    assert (late.new, late.known) == (0, 1)
    assert Item.objects.count() == 1


@pytest.mark.parametrize("make", [
    lambda rows: as_csv(rows), lambda rows: as_csv(rows, "utf-8-sig"), lambda rows: as_csv(rows, "gb18030"), lambda rows: as_csv(rows, "utf-16"),
    lambda rows: as_csv(rows, "utf-8", "\t"), lambda rows: as_csv(rows, "gbk", ";"), lambda rows: gzip.compress(as_csv(rows)), as_xlsx,
    lambda rows: as_xlsx([["2026 年 3 月工单汇总"], [], *rows]),
])  # fmt: skip
def test_every_kind_of_file_says_the_same(s: Scene, make: Any) -> None:
    report = take(s, make([HEADINGS, ROW]))
    assert (report.new, report.errors) == (1, [])
    assert Text.objects.get(field="words").words == "路灯不亮"


def test_traditional_and_other_encodings_are_guessed(s: Scene) -> None:
    long = "這個路燈已經很久不亮，請派人來看一下，謝謝。" * 20
    report = take(s, as_csv([["編號", "key", "text"], ["1", "T1", long]], "big5"))
    assert report.errors == []
    assert Text.objects.get(field="words").words == long


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019/1/8 21:05:39", "2019-01-08T13:05:39"), ("2019-11-10 18:59:24", "2019-11-10T10:59:24"), ("2019-01-08T21:05:39", "2019-01-08T13:05:39"),
        ("2019-01-08T21:05:39Z", "2019-01-08T21:05:39"), ("2019-01-08T21:05:39.123+08:00", "2019-01-08T13:05:39"),
        ("2019年1月8日 21时05分39秒", "2019-01-08T13:05:39"),
        ("2019年1月8日21时05分", "2019-01-08T13:05:00"), ("2019年1月8日", "2019-01-07T16:00:00"), ("2019.1.8 21:05", "2019-01-08T13:05:00"),
        ("2019/1/8 下午9:05", "2019-01-08T13:05:00"), ("2019/1/8 上午12:05", "2019-01-07T16:05:00"), ("20190108", "2019-01-07T16:00:00"),
        ("20190108210539", "2019-01-08T13:05:39"), (43473.5, "2019-01-08T04:00:00"), ("43473", "2019-01-07T16:00:00"), (43473, "2019-01-07T16:00:00"),
        (datetime.fromisoformat("2019-01-08T21:05"), "2019-01-08T13:05:00"), (date(2019, 1, 8), "2019-01-07T16:00:00"),
        ("2019-1-8 21\uff1a05", "2019-01-08T13:05:00"),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(written: Any, meant: str) -> None:
    assert read_time(written) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["昨天", "2019-13-01", "2019-02-30", "8/1/2019", "0001-01-01", "9999-01-01", "21:05", "1", 5, "2019-01-08 25:00", "2019-1-8-9"]
)
def test_what_is_no_time_is_not_guessed(written: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        read_time(written)


def test_an_empty_time_lets_the_clock_run_from_the_import(s: Scene) -> None:
    take(s, as_csv([HEADINGS, row(来电时间="", 办结期限="")]))
    item = Item.objects.get()
    assert item.opened_at == s.now
    assert item.stage_due_at is not None
    assert item.stage_due_at > s.now


def test_blanks_marks_and_nul_are_cleaned(s: Scene) -> None:
    data = as_csv([[f"\ufeff{HEADINGS[0]}", *HEADINGS[1:]], row(工单编号="\t\u3000T1\xa0", 诉求内容="\u3000\u3000路\x00灯\xa0不亮\t")])
    take(s, data)
    assert OutsideNumber.objects.get().number == "T1"
    assert Text.objects.get(field="words").words == "路灯 不亮"


def test_rows_that_cannot_be_taken_are_told_by_number_and_reason(s: Scene) -> None:
    rows = [
        HEADINGS, ROW, row(), row(工单编号=""), row(工单编号="T4", 诉求内容=" \u3000"), row(工单编号="T5", 来电时间="前天"),
        row(工单编号="T6", 网格编码="999901002001001"), row(工单编号="T7", 来电时间="2027-01-01"), row(工单编号="x" * 41),
        row(工单编号="T9", 诉求内容="长" * 20_001),
        row(工单编号="T10"),
    ]  # fmt: skip
    report = take(s, as_csv(rows))
    assert (report.rows, report.new) == (10, 2)
    found = {problem.row: problem.words for problem in report.errors}
    assert set(found) == set(range(3, 11))
    assert "第 2 行" in found[3]
    assert "编号" in found[4]
    assert "内容" in found[5]
    assert "时间" in found[6]
    assert "网格编码" in found[7]
    assert "将来" in found[8]
    assert {problem.column for problem in report.errors if problem.row in (4, 5, 6)} == {"A", "C", "D"}
    assert set(OutsideNumber.objects.values_list("number", flat=True)) == {"T1", "T10"}


def test_the_rows_with_problems_come_back_as_a_sheet_that_can_be_sent_again(s: Scene) -> None:
    report = take(s, as_csv([HEADINGS, ROW, row(工单编号="T2", 来电时间="前天"), row(工单编号="=1+1", 诉求内容="")]))
    data = messages.errors_sheet(report)
    (cells,) = sheets.open_workbook(data).values()
    assert cells[0][:3] == ("原来的行", "哪里不对", "工单编号")
    assert [line[0] for line in cells[1:]] == [3, 4]
    assert cells[2][2] == "=1+1"
    again = look(s, data)
    assert (again.rows, again.new, len(again.errors)) == (2, 0, 2)


def test_what_cannot_be_called_is_no_contact(s: Scene) -> None:
    rows = [HEADINGS, *(row(工单编号=f"T{n}", 联系电话=phone) for n, phone in enumerate(["138****1234", "", "无", "12", "0391-1234567"]))]
    report = take(s, as_csv(rows))
    assert (report.new, report.errors) == (5, [])
    assert Reporter.objects.count() == 1


def test_a_category_of_that_exact_name_is_taken_any_other_word_is_kept_beside(s: Scene) -> None:
    from hawthorn.categories.models import Category

    name = (
        Category.objects.get(tenant=s.places["street"].tenant, catalogue="city", key="c01001").name if Category.objects.filter(key="c01001").exists() else None
    )
    name = name or Category.objects.filter(tenant=s.places["street"].tenant, catalogue="city").order_by("key")[0].name
    take(s, as_csv([HEADINGS, row(类别=name), row(工单编号="T2", 类别="没有这一类")]))
    first, second = Matter.objects.order_by("item_id")
    assert first.category is not None
    assert first.category.name == name
    assert first.category.tenant == s.places["street"].tenant
    assert second.category is None
    assert Text.objects.get(field="outside_kind").words == "没有这一类"


def test_rows_without_place_go_to_the_subdistrict_desk(s: Scene) -> None:
    take(s, as_csv([["key", "id", "text"], ["k1", "5", "路灯不亮"]]))
    assert OutsideNumber.objects.get().number == "k1"
    assert s.holder(Item.objects.get().pk) == "center"


def test_headings_are_guessed() -> None:
    assert guess_mapping(["key", "id", "time", "title", "text", "label", "ambiguous"]) == {
        "outside_number": 0, "arrived_at": 2, "heading": 3, "words": 4, "category": 5,
    }  # fmt: skip
    assert guess_mapping(["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级标签"]) == {
        "outside_number": 0, "heading": 2, "arrived_at": 3, "words": 4, "category": 5,
    }  # fmt: skip
    assert guess_mapping(["序号", "12345工单编号", "诉求内容（市民）"]) == {"outside_number": 1, "words": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"x",
        b"\x1f\x8bbroken",
        gzip.compress(b"a,b\n1,2", mtime=0)[:-4],
        b"PK\x03\x04broken",
        bytes(range(256)) * 50,
        as_csv([["甲", "乙"], ["1", "2"]]),
        b'"a,b\n1',
    ],
)
def test_what_is_no_sheet_of_messages_is_told_and_nothing_breaks(s: Scene, data: bytes) -> None:
    report = take(s, data)
    assert report.new == 0
    assert report.errors
    assert all(any("\u4e00" <= c <= "\u9fff" for c in p.words) for p in report.errors)
    assert messages.errors_sheet(report)


def test_a_bomb_is_not_unpacked(s: Scene) -> None:
    report = look(s, gzip.compress(b"\0" * 200_000_000, 1))
    assert "太大" in report.errors[0].words


def test_the_command_reads_a_file_of_an_existing_subdistrict(s: Scene, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(as_csv([HEADINGS, ROW]))
    more: dict[str, Any] = {"source": "12345", "now": s.now}
    assert messages_file.import_messages(path, tenant_code="999901001", dry_run=True, **more).new == 1
    assert messages_file.import_messages(path, tenant_code="999901001", dry_run=False, **more).new == 1
    with pytest.raises(Refused):
        messages_file.import_messages(path, tenant_code="000000", dry_run=False, **more)


def test_statements_grow_with_batches_not_with_rows(s: Scene, django_assert_max_num_queries: Any) -> None:
    data = as_csv([HEADINGS, *(row(工单编号=f"T{n}", 联系电话="") for n in range(150))])
    report, town = look(s, data), s.town
    with django_assert_max_num_queries(40):
        messages.run(report, tenant=s.places["street"].tenant, town=town, source="12345", now=s.now)


@pytest.mark.shared
def test_the_real_messages_come_in_whole_and_once(s: Scene) -> None:
    if not REAL.exists():
        pytest.skip("shared data are not here")
    begun = time.monotonic()
    more: dict[str, Any] = {"tenant_code": "999901001", "source": "12345", "dry_run": False, "now": s.now}
    report = messages_file.import_messages(REAL, **more)
    assert (report.rows, report.new, report.errors) == (5844, 5844, [])
    assert time.monotonic() - begun < 60
    again = messages_file.import_messages(REAL, **more)
    assert (again.new, again.known) == (0, 5844)
    assert not Item.objects.filter(opened_at__gt=s.now + timedelta(seconds=1)).exists()
