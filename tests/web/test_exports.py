"""导出: the list as its page shows it to this asker, in pieces; who took it is kept."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from hawthorn.gateways.models import Export
from hawthorn.loops.models import Item
from hawthorn.web import exports, ledgers
from make import Scene

At = Callable[..., Client]
PAGES = {
    "matters": "/matters", "assists": "/assists", "complaints": "/complaints", "today": "/today", "team": "/team", "oncall": "/oncall",
    "calendar": "/calendar", "map": "/map", "categories": "/categories",
}  # fmt: skip


def told(client: Client, what: str, **get: str) -> list[list[str]]:
    """The CSV's lines."""
    answer = client.get(f"/export/{what}.csv", get)
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def book(client: Client, what: str, **get: str) -> Any:
    answer = client.get(f"/export/{what}.xlsx", get)
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]


def receipts(lines: list[list[str]]) -> set[str]:
    return {line[0].replace("-", "") for line in lines[1:]}


def things(s: Scene) -> dict[str, str]:
    """A matter in each of three grids and one in the second tenant; receipts by grid."""
    made = {}
    for n in (1, 2, 3, 9):
        made[f"grid{n}"] = s.start(f"officer{n}" if n != 9 else "officer9", {"words": f"{n} 网格的路灯不亮", "unit": s.units[f"u{n}"].pk}).receipt
    return made


def test_an_export_holds_what_the_list_of_its_asker_holds(at: At, s: Scene) -> None:
    made = things(s)
    sees = {"officer1": {"grid1"}, "desk": {"grid1", "grid2"}, "center": {"grid1", "grid2", "grid3"}, "center2": {"grid9"}, "water": set()}
    for who, grids in sees.items():
        client = at(who)
        assert receipts(told(client, "matters")) == {made[g] for g in grids}, who
        page = client.get("/matters").content.decode()
        assert {code for code in made.values() if f"{code[:4]}-{code[4:]}" in page} == {made[g] for g in grids}
        assert f"一共 {len(grids)} 行" in client.get("/export/matters").content.decode()


def test_filters_are_those_of_the_list(at: At, s: Scene) -> None:
    made = things(s)
    s.step("officer1", Item.objects.get(receipt=made["grid1"]).pk, "accept")
    client = at("center")
    grid2 = str(s.places["grid2"].pk)
    assert receipts(told(client, "matters", stage="working")) == {made["grid1"]}
    assert receipts(told(client, "matters", grid=grid2)) == {made["grid2"]}
    page = client.get("/matters", {"grid": grid2, "stage": "found"}).content.decode()
    address = re.search(r'href="(/export/matters\?[^"]*form=csv)"', page)
    assert address is not None
    page = client.get(address[1].replace("&amp;", "&")).content.decode()
    assert "一共 1 行" in page
    address = re.search(r'href="(/export/matters\.csv\?[^"]*)"', page)
    assert address is not None
    assert receipts(list(csv.reader(io.StringIO(b"".join(client.get(address[1].replace("&amp;", "&")).streaming_content).decode("utf-8-sig"))))) == {
        made["grid2"]
    }  # type: ignore[arg-type]


def test_a_seat_that_is_not_mine_has_no_export(at: At, s: Scene) -> None:
    assert at("officer1").get("/export/matters.csv", {"seat": str(s.posts["center"].pk)}).status_code == 404


def test_a_complaint_is_neither_told_nor_counted_to_the_one_it_is_about(at: At, s: Scene) -> None:
    s.start("resident", {"about": "grid", "grid": s.places["grid1"].pk, "words": "态度"}, loop="complaints")
    assert len(told(at("desk"), "complaints")) == 2
    for who in ("officer1", "head1", "center2"):
        assert len(told(at(who), "complaints")) == 1
        assert "一共 0 行" in at(who).get("/export/complaints").content.decode()


@pytest.mark.parametrize("what", PAGES)
def test_every_list_has_its_export_in_both_forms_with_a_dictionary(at: At, s: Scene, what: str) -> None:
    things(s)
    client = at("officer1" if what == "today" else "center")
    page = client.get(PAGES[what]).content.decode()
    assert f'href="/export/{what}?' in page
    assert "导出 xlsx" in page
    assert "导出 CSV" in page
    lines, one = told(client, what), book(client, what)
    sheet = one.worksheets[0]
    assert lines[0] == [c.value for c in sheet[1]]
    assert len(lines) == sheet.max_row
    assert (sheet.freeze_panes, sheet.auto_filter.ref is not None) == ("A2", True)
    assert [c.value for c in one["数据字典"][1]] == ["列名", "标识", "含义", "来源"]
    assert [row[0].value for row in one["数据字典"].iter_rows(min_row=2)] == lines[0]
    assert all(row[1].value and row[3].value for row in one["数据字典"].iter_rows(min_row=2))
    said = client.get(f"/export/{what}").content.decode()
    assert f"一共 {len(lines) - 1} 行" in said


def test_what_stands_in_a_place_with_no_export_is_not_there(at: At, s: Scene) -> None:
    assert at("officer1").get("/export/oncall").status_code == 404
    assert at("officer1").get("/export/categories.csv").status_code == 404
    assert at("water").get("/export/map.csv").status_code == 404
    assert at("center").get("/export/users.csv").status_code == 404
    assert at().get("/export/matters.csv").status_code == 302


def test_words_of_residents_are_no_formulas_and_their_numbers_are_not_there(at: At, s: Scene) -> None:
    s.start("resident", {"words": "=HYPERLINK(1) 路灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234", "name": "王示例"})
    lines = told(at("center"), "matters")
    assert [c for c in lines[1] if c.startswith("'=")] == ["'=HYPERLINK(1) 路灯不亮"]
    sheet = book(at("center"), "matters").worksheets[0]
    cell = next(c for c in sheet[2] if "HYPERLINK" in str(c.value))
    assert cell.data_type == "s"
    both = f"{lines}{[c.value for c in sheet[2]]}"
    assert "19900001234" not in both
    assert "王示例" not in both


def test_who_took_what_is_kept(at: At, s: Scene) -> None:
    things(s)
    told(at("center"), "matters", stage="found")
    one = Export.objects.get()
    assert (one.what, one.form, one.rows, one.filters, one.user) == ("matters", "csv", 3, "stage=found", s.users["center"].pk)
    at("center").get("/export/matters")
    at("officer1").get("/export/oncall.csv")
    assert Export.objects.count() == 1


def test_of_a_search_only_is_kept_that_there_was_one(at: At, s: Scene) -> None:
    things(s)
    told(at("center"), "matters", stage="found", q="张三丰")
    assert Export.objects.get().filters == "stage=found&q=1"


def test_statements_grow_with_pieces_not_with_rows(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "CHUNK", 10)
    client, number = at("center"), []
    told(client, "matters")  # the session's own statements
    for _n in range(2):
        for n in range(9):
            s.start("officer1", {"words": f"第 {n} 件", "unit": s.units["u1"].pk})
        with CaptureQueriesContext(connection) as asked:
            assert len(told(client, "matters")) == Item.objects.filter(loop="matters").count() + 1
        number.append(len(asked))
    assert number[0] < 30
    assert number[1] - number[0] == 3  # one piece more: items, words, numbers of other systems


def test_rows_that_come_and_go_meanwhile_are_told_once(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "CHUNK", 2)
    monkeypatch.setattr("hawthorn.files.ledgers.PIECE", 10)
    made = [s.start("officer1", {"words": f"第 {n} 件", "unit": s.units["u1"].pk}) for n in range(6)]
    pieces = iter(at("center").get("/export/matters.csv").streaming_content)  # type: ignore[arg-type]
    first = [next(pieces), next(pieces), next(pieces)]
    s.start("officer1", {"words": "新的", "unit": s.units["u1"].pk})
    data = b"".join([*first, *pieces]).decode("utf-8-sig")
    assert all(data.count(f"{m.receipt[:4]}-{m.receipt[4:]}") == 1 for m in made)


def test_long_exports_go_one_at_a_time_and_the_next_begins_when_one_is_broken_off(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "LONG", 1)
    things(s)
    first = at("center").get("/export/matters.csv")
    busy = at("center").get("/export/matters.csv")
    assert busy.status_code == 409
    assert "过一会儿" in busy.content.decode()
    assert len(told(at("officer1"), "matters")) == 2  # a short one is not kept waiting
    next(iter(first.streaming_content))  # type: ignore[arg-type]
    for close in first._resource_closers:  # type: ignore[attr-defined]
        close()
    assert len(told(at("center"), "matters")) == 4


def test_times_and_overdue_are_said_as_of_now(at: At, s: Scene) -> None:
    things(s)
    s.later(days=30)
    lines = told(at("center"), "matters")
    late = lines[0].index("已超时")
    assert {line[late] for line in lines[1:]} == {"是"}
    opened = lines[0].index("来的时间")
    assert {line[opened] for line in lines[1:]} == {"2026-03-02 10:00"}


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_a_list_goes_on_paper_with_the_rows_of_its_page(at: At, s: Scene, form: str) -> None:
    s.start("officer1", {"words": "三单元路灯不亮", "unit": s.units["u1"].pk})
    s.start("officer9", {"words": "西街的事", "unit": s.units["u9"].pk})
    answer = at("center").get(f"/export/matters.{form}")
    assert answer.status_code == 200
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages) if form == "pdf" else cells_of(answer.content)
    assert "三单元路灯不亮" in text.replace("\n", "")
    assert "西街的事" not in text
    assert Export.objects.get().form == form
    assert at("officer1").get(f"/export/round.{form}").status_code == 200


def cells_of(made: bytes) -> str:
    return "".join(cell.text for table in Document(io.BytesIO(made)).tables for row in table.rows for cell in row.cells)
