"""Reading workbooks: nothing a file claims about itself is believed."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from hawthorn.files import sheets
from hawthorn.files.sheets import Column, NotAWorkbook

COLUMNS = (Column("code", "编号", sheets.words(12)), Column("size", "数量", sheets.whole(0, 9), needed=False))


def book_of(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return sheets.to_bytes(book)


def with_part(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for part in good.infolist():
            content = good.read(part)
            assert part.filename != name or old in content
            changed.writestr(part.filename, content.replace(old, new) if part.filename == name else content)
    return out.getvalue()


def test_rows_are_read_under_their_headings_in_any_order() -> None:
    cells = sheets.open_workbook(book_of(["数量", " 编号 ", "别的"], [3, 410803005498, "x"], [None, None, " "], [None, "乙"]))["Sheet"]
    rows, problems = sheets.read_table("表", cells, COLUMNS)
    assert problems == []
    assert [(row.number, row.values) for row in rows] == [(2, {"code": "410803005498", "size": 3}), (4, {"code": "乙", "size": None})]


def test_a_claimed_size_is_not_believed() -> None:
    data = with_part(book_of(["编号"], ["甲"]), "xl/worksheets/sheet1.xml", b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    assert len(sheets.open_workbook(data)["Sheet"]) == 2


def test_a_cell_far_away_does_not_blow_up_memory() -> None:
    data = with_part(book_of(["编号"], ["甲"]), "xl/worksheets/sheet1.xml", b'r="2"', b'r="1048576"')
    data = with_part(data, "xl/worksheets/sheet1.xml", b'r="A2"', b'r="XFD1048576"')
    cells = sheets.open_workbook(data)["Sheet"]
    assert len(cells) == 1
    assert len(cells[0]) <= sheets.MOST_COLUMNS


def test_too_many_rows_are_refused_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert len(sheets.open_workbook(book_of(["编号"], [1], [2], [3]))["Sheet"]) == 4
    with pytest.raises(NotAWorkbook, match="超过 3 行"):
        sheets.open_workbook(book_of(["编号"], [1], [2], [3], [4]))


def test_a_file_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_BYTES", 10)
    with pytest.raises(NotAWorkbook, match="文件太大"):
        sheets.open_workbook(book_of(["编号"]))


@pytest.mark.parametrize("value", [datetime(2026, 3, 2), date(2026, 3, 2), "2026-03-02", "2026/3/2", " 2026年3月2日 "])  # noqa: DTZ001 (Excel's dates have no zone)
def test_a_day_is_read_however_it_is_written(value: object) -> None:
    assert sheets.day(value) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (sheets.day, "2026-02-30"),
        (sheets.day, 46083),
        (sheets.number(0, 9), "abc"),
        (sheets.number(0, 9), "nan"),
        (sheets.number(0, 9), True),
        (sheets.whole(0, 9), 1.5),
        (sheets.whole(0, 9), 10),
        (sheets.words(2), "三个字"),
        (sheets.yes_no, "也许"),
    ],
)
def test_what_does_not_fit_is_refused_in_chinese(read: Any, value: object) -> None:
    with pytest.raises(ValueError, match="[一-龥]"):
        read(value)
