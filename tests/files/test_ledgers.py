"""Ledgers: opened by another reader they say what was put in; no words become a formula; they are sent in pieces."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from hawthorn.files import ledgers
from hawthorn.files.ledgers import Column

COLUMNS = (Column("编号", "receipt", "回执编号", "系统"), Column("期限", "due_at", width=20), Column("件数", "number"))
EVIL = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1+2",
    "＠SUM(A1)",
    "\ufeff=1",
    "\u200b=1",
    "\u2060\u00ad+1",
    "\u3000＝1",
    " =1",
    "\U000e0020@x",
]


def xlsx(rows: list[Any], **more: Any) -> Any:
    return load_workbook(io.BytesIO(b"".join(ledgers.as_xlsx("事项", COLUMNS, rows, **more))))


def test_a_workbook_has_its_headings_filters_rows_and_dictionary() -> None:
    at = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    book = xlsx([("A<&>B", at, 3), (True, date(2026, 3, 2), None)])
    assert book.sheetnames == ["事项", "数据字典"]
    sheet = book["事项"]
    assert [[c.value for c in line] for line in sheet] == [
        ["编号", "期限", "件数"], ["A<&>B", datetime(2026, 3, 2, 10, 30), 3], ["是", datetime(2026, 3, 2), None],  # noqa: DTZ001
    ]  # fmt: skip
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet["A1"].font.b) == ("A2", "A1:C3", True)
    assert [[c.value for c in line] for line in book["数据字典"]][:2] == [["列名", "标识", "含义", "来源"], ["编号", "receipt", "回执编号", "系统"]]


@pytest.mark.parametrize("words", EVIL)
def test_no_words_become_a_formula(words: str) -> None:
    cell = xlsx([(words, None, None)])["事项"]["A2"]
    assert (cell.data_type, cell.value.strip(), cell.quotePrefix) == ("s", words.strip(), True)
    line = list(csv.reader(io.StringIO(b"".join(ledgers.as_csv(COLUMNS, [(words, None, None)])).decode("utf-8-sig"), newline="")))[1]
    assert line == [f"'{words}", "", ""]


@pytest.mark.parametrize("words", ["路灯=坏", "3-5 号楼", "\u200b路灯", "（＋1）"])
def test_other_words_are_as_they_were(words: str) -> None:
    line = list(csv.reader(io.StringIO(b"".join(ledgers.as_csv(COLUMNS, [(words, None, None)])).decode("utf-8-sig"), newline="")))[1]
    assert line[0] == words


def test_numbers_stay_numbers_below_zero() -> None:
    assert xlsx([("x", None, -3)])["事项"]["C2"].value == -3
    assert b"".join(ledgers.as_csv(COLUMNS, [("x", None, -3)])).endswith(b"x,,-3\r\n")


def test_a_csv_begins_with_its_mark_and_says_moments_as_people_write_them() -> None:
    data = b"".join(ledgers.as_csv(COLUMNS, [("甲", datetime(2026, 3, 2, 2, 30, tzinfo=UTC), 1)]))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig").splitlines() == ["编号,期限,件数", "甲,2026-03-02 10:30,1"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.none(), st.integers(-(10**9), 10**9)), max_size=8))
def test_whatever_is_put_in_comes_out(rows: list[Any]) -> None:
    found = [tuple(line) for line in xlsx(rows)["事项"].iter_rows(min_row=2, values_only=True)]
    wanted = [(ledgers.NO_XML.sub("", words).replace("\r\n", "\n").replace("\r", "\n") or None, None, n) for words, _none, n in rows]
    assert found == wanted
    lines = list(csv.reader(io.StringIO(b"".join(ledgers.as_csv(COLUMNS, rows)).decode("utf-8-sig"), newline="")))
    assert [line[2] for line in lines[1:]] == [str(n) for _words, _none, n in rows]


def test_a_full_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "MOST_LINES", 4)
    book = xlsx([(str(n), None, n) for n in range(8)])
    assert book.sheetnames == ["事项", "事项 2", "事项 3", "数据字典"]
    assert [book[name].max_row for name in book.sheetnames[:3]] == [4, 4, 3]
    assert [line[2] for name in book.sheetnames[:3] for line in book[name].iter_rows(min_row=2, values_only=True)] == list(range(8))


def test_a_sheet_of_too_many_bytes_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "PIECE", 100)
    monkeypatch.setattr(ledgers, "MOST_PART", 1000)
    book = xlsx([(str(n), None, n) for n in range(60)])
    assert len(book.sheetnames) > 3
    assert [line[2] for name in book.sheetnames[:-1] for line in book[name].iter_rows(min_row=2, values_only=True)] == list(range(60))


def test_rows_are_asked_for_as_they_are_sent() -> None:
    asked = []

    def rows() -> Any:
        for n in range(50_000):
            asked.append(n)
            yield (f"第 {n} 行", None, n)

    for write in (ledgers.as_csv(COLUMNS, rows()), ledgers.as_xlsx("事项", COLUMNS, rows())):
        asked.clear()
        next(write)
        next(write)
        assert len(asked) < 50_000
        write.close()  # type: ignore[attr-defined]


def test_titles_are_such_as_a_workbook_takes() -> None:
    book = load_workbook(io.BytesIO(b"".join(ledgers.as_xlsx("[a]:*?/\\" + "长" * 60, COLUMNS, []))))
    assert book.sheetnames[0] == "a" + "长" * 25
