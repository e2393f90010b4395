"""结果回填: the source's own sheet, in its order, with the answers where it wants them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from hawthorn.files.sheets import NotAWorkbook
from hawthorn.gateways import messages_file, results, results_file
from hawthorn.gateways.models import Export
from hawthorn.kernel.errors import Refused
from hawthorn.matters.models import OutsideNumber
from make import Scene
from tables import as_csv

At = Callable[..., Client]
HEADINGS = ["序号", "工单编号", "诉求内容", "联系电话", "承办单位", "处理结果", "办结时间", "工单状态", "网格编码", "来电时间"]


def line(n: int, words: str = "路灯不亮", at: str = "2026-02-27 09:00") -> list[Any]:
    return [n, f"T{n}", words, f"1990000{n:04}", "街道城管", "", "", "", "999901001001001", at]


@pytest.fixture
def sheet(s: Scene, tmp_path: Path) -> Path:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(as_csv([HEADINGS, line(3), line(1), line(2, "=井盖松了", "2026-01-05 10:00"), line(4)]))
    messages_file.import_messages(path, tenant_code="999901001", source="12345", dry_run=False, now=s.now)
    return path


def item(number: str) -> int:
    return OutsideNumber.objects.get(number=number).item_id


def settle(s: Scene, number: str, say: str) -> None:
    s.step("officer1", item(number), "accept")
    s.step("officer1", item(number), "settle", {"result": "换了灯头，王师傅办的", "say": say, "why_no_proof": "天黑"})


def opened(data: bytes) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["来件"]
    return [[c.value for c in row] for row in book.active]


def taken(client: Client, **get: str) -> list[list[Any]]:
    answer = client.get("/import/messages/results.xlsx", {"source": "12345", **get})
    assert answer.status_code == 200
    return opened(b"".join(answer.streaming_content))  # type: ignore[arg-type]


def test_the_sheet_of_the_source_comes_back_with_the_answers(at: At, s: Scene, sheet: Path) -> None:
    settle(s, "T1", "灯已经换好")
    lines = taken(at("center"))
    assert lines[0] == HEADINGS
    assert [row[1] for row in lines[1:]] == ["T1", "T2", "T3", "T4"]
    assert lines[1][2] == "路灯不亮"
    assert lines[1][5:8] == ["灯已经换好", datetime(2026, 3, 2, 10, 0), "待回访"]  # noqa: DTZ001
    assert lines[1][8:] == ["999901001001001", datetime(2026, 2, 27, 9, 0)]  # noqa: DTZ001
    assert lines[2][5:8] == [None, None, "待受理"]
    everything = str(lines)
    assert "1990000" not in everything
    assert "王师傅" not in everything


def test_the_period_is_by_arrival_or_by_end(at: At, s: Scene, sheet: Path) -> None:
    client = at("center")
    assert [row[1] for row in taken(client, since="2026-01-05", until="2026-01-05")[1:]] == ["T2"]
    assert [row[1] for row in taken(client, since="2026-01-06")[1:]] == ["T1", "T3", "T4"]
    s.step("desk", item("T4"), "void", {"say": "去看过，灯是亮的"})
    assert [row[1] for row in taken(client, by="ended", since="2026-03-02")[1:]] == ["T4"]
    page = client.get("/import/messages/results", {"source": "12345", "by": "ended"}).content.decode()
    assert "的有 1 件" in page


def test_a_merged_ticket_has_the_answer_of_the_one_it_became_part_of(at: At, s: Scene, sheet: Path) -> None:
    s.step("officer1", item("T3"), "accept")
    s.step("officer1", item("T1"), "accept")
    s.step("officer1", item("T3"), "merge_into", {"into": item("T1"), "say": "一起办"})
    s.step("officer1", item("T1"), "settle", {"result": "好", "say": "两处的灯都换好", "why_no_proof": "天黑"})
    lines = {row[1]: row for row in taken(at("center"))}
    assert lines["T3"][5] == lines["T1"][5] == "两处的灯都换好"
    assert lines["T3"][7] == lines["T1"][7]


def test_words_are_no_formulas(at: At, s: Scene, sheet: Path) -> None:
    answer = at("center").get("/import/messages/results.xlsx", {"source": "12345"})
    cell = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["C3"]  # type: ignore[arg-type]
    assert (cell.value, cell.data_type) == ("=井盖松了", "s")


def test_the_sources_own_sheet_is_filled_and_nothing_else_in_it_is_touched(at: At, s: Scene, sheet: Path) -> None:
    settle(s, "T1", "灯已经换好")
    theirs = [HEADINGS, line(3), line(1), ["x", "别处的", "=1", "电话", "单位", "已有结果", "", "", "", ""]]
    body = as_csv([["三月工单"], *theirs], "gb18030")
    client = at("center")
    answer = client.post("/import/messages/results", {"source": "12345", "sheet": SimpleUploadedFile("a.csv", body)})
    lines = opened(b"".join(answer.streaming_content))  # type: ignore[arg-type]
    assert lines[0] == ["三月工单", *[None] * 9]
    assert lines.pop(1) == HEADINGS
    assert [row[1] for row in lines[1:]] == ["T3", "T1", "别处的"]
    assert lines[2][:5] == ["1", "T1", "路灯不亮", "19900000001", "街道城管"]
    assert lines[2][5:8] == ["灯已经换好", datetime(2026, 3, 2, 10, 0), "待回访"]  # noqa: DTZ001
    assert lines[3][:6] == ["x", "别处的", "=1", "电话", "单位", "已有结果"]
    assert Export.objects.get().rows == 2
    wrong = client.post("/import/messages/results", {"source": "12345", "sheet": SimpleUploadedFile("a.csv", b"a,b\n1,2")})
    assert wrong.status_code == 422
    unknown = client.post("/import/messages/results", {"source": "12345", "sheet": SimpleUploadedFile("a.csv", as_csv([HEADINGS, line(77)]))})
    assert unknown.status_code == 409
    assert "一个也没有" in unknown.content.decode()


DAYS = "yyyy\\-mm\\-dd"


def book_of(rows: list[list[Any]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def filled(client: Client, body: bytes) -> Any:
    answer = client.post("/import/messages/results", {"source": "12345", "sheet": SimpleUploadedFile("a.xlsx", body)})
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[arg-type]


def shown(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet]


@pytest.mark.parametrize("make", [book_of, as_csv])
def test_cells_beyond_the_headings_stay_and_the_answers_stand_behind_the_longest_row(at: At, s: Scene, sheet: Path, make: Any) -> None:
    lines = shown(filled(at("center"), make([["工单编号", "诉求内容"], ["T1", "路灯"], ["T2", "井盖", "多一格", "", "又多", "还多"]])))
    assert lines[0] == ["工单编号", "诉求内容", None, None, None, None, "办理结果", "办结时间", "办理状态"]
    assert lines[1] == ["T1", "路灯", None, None, None, None, None, None, "待受理"]
    assert lines[2] == ["T2", "井盖", "多一格", None, "又多", "还多", None, None, "待受理"]


def test_a_sheet_too_wide_to_be_given_back_whole_is_refused(at: At, s: Scene, sheet: Path) -> None:
    body = book_of([["工单编号", "诉求内容"], ["T1", *["x"] * 300]])
    answer = at("center").post("/import/messages/results", {"source": "12345", "sheet": SimpleUploadedFile("a.xlsx", body)})
    assert answer.status_code == 422
    assert "超过 256 列" in answer.content.decode()


def test_times_lengths_of_time_and_the_first_days_stay_what_they_are(at: At, s: Scene, sheet: Path) -> None:
    values = [time(10, 30), timedelta(hours=30), datetime(1900, 1, 1), datetime(1900, 2, 28), date(2026, 3, 20), datetime(2026, 3, 1, 9, 5), 1.5, True]  # noqa: DTZ001
    theirs = [["工单编号", "诉求内容", *"甲乙丙丁戊己庚辛"], ["T1", "路灯", *values]]
    client = at("center")
    row = filled(client, book_of(theirs))[2]
    assert [cell.value for cell in row[2:10]] == [*values[:4], datetime(2026, 3, 20), *values[5:7], "TRUE"]  # noqa: DTZ001
    assert [cell.number_format for cell in row[2:8]] == [
        "hh:mm:ss",
        "[h]:mm:ss",
        "yyyy\\-mm\\-dd",
        "yyyy\\-mm\\-dd",
        "yyyy\\-mm\\-dd",
        "yyyy\\-mm\\-dd\\ hh:mm",
    ]
    zero = book_of([["工单编号", "时"], ["T1", 0]])
    one = load_workbook(io.BytesIO(zero))
    one.active["B2"].number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    one.save(out)
    assert filled(client, out.getvalue())["B2"].value == time(0, 0)


def test_titles_blank_rows_failed_formulas_and_blanks_within_words_stay(at: At, s: Scene, sheet: Path) -> None:
    head = ["工单编号", "诉求内容", "备注", "算的"]
    theirs = [["三月工单"], [], head, ["T1", "\t 路灯 ", "#N/A", "=1+1"], [], head, ["T2", "\u3000井盖\u200b", "=x", '="1"&"2"']]
    found = filled(at("center"), book_of(theirs))
    lines = [row[:4] for row in shown(found)]
    assert lines[0] == ["三月工单", None, None, None]
    assert lines[1] == lines[4] == [None] * 4
    assert lines[2] == lines[5] == head
    assert lines[3] == ["T1", "\t 路灯 ", "#N/A", "=1+1"]
    assert lines[6] == ["T2", "\u3000井盖\u200b", "=x", '="1"&"2"']
    assert {cell.data_type for row in (found[4], found[7]) for cell in row[:4]} == {"s"}
    assert (found.freeze_panes, found.auto_filter.ref, found["A3"].font.b) == ("A4", "A3:G7", True)
    assert found["G4"].value == found["G7"].value == "待受理"


def test_columns_for_the_answers_are_added_where_the_sheet_has_none(s: Scene, tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "out.xlsx"
    path.write_bytes(as_csv([["工单编号", "诉求内容"], ["T1", "路灯不亮"]]))
    messages_file.import_messages(path, tenant_code="999901001", source="热线", dry_run=False, now=s.now)
    more: dict[str, Any] = {"tenant_code": "999901001", "since": None, "until": None, "by": "arrived", "now": s.now}
    done = results_file.export_results(out, source="热线", sheet=None, **more)
    assert (done.rows, done.known) == (1, 1)
    assert opened(out.read_bytes()) == [["工单编号", "诉求内容", "办理结果", "办结时间", "办理状态"], ["T1", "路灯不亮", None, None, "待受理"]]
    done = results_file.export_results(out, source="热线", sheet=path, **(more | {"since": date(2026, 3, 1)}))
    assert (done.rows, done.known) == (1, 1)
    assert results_file.export_results(out, source="没有的", sheet=None, **more).rows == 0
    with pytest.raises(NotAWorkbook):
        results_file.export_results(out, source="热线", sheet=_written(tmp_path, b"a,b\n1,2"), **more)
    with pytest.raises(Refused):
        results_file.export_results(out, source="热线", sheet=None, **(more | {"tenant_code": "000000"}))


def _written(folder: Path, data: bytes) -> Path:
    (folder / "x").write_bytes(data)
    return folder / "x"


def test_another_subdistrict_sees_none_of_it(at: At, s: Scene, sheet: Path) -> None:
    assert len(taken(at("center2"))) == 1
    assert "的有 0 件" in at("center2").get("/import/messages/results", {"source": "12345"}).content.decode()
    assert 'value="12345"' not in at("center2").get("/import/messages/results").content.decode()
    for who in ("desk", "officer1", "county_desk"):
        assert at(who).get("/import/messages/results.xlsx", {"source": "12345"}).status_code == 404


def test_statements_grow_with_pieces_not_with_rows(s: Scene, sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = s.places["street"]
    wanted = results.Wanted(place.pk, "12345")
    form = results.form_of(place.tenant, "12345")
    with CaptureQueriesContext(connection) as asked:
        assert len(list(results.rows_of(wanted, form))) == 4
    assert len(asked) <= 6
