"""Sheets that are not what they say: each gets a plain Chinese sentence or the right matters; nothing is half taken in."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS

from hawthorn.files import book as book_reader
from hawthorn.files import sheets
from hawthorn.gateways import messages_file, messages_sheet
from hawthorn.gateways.messages import Report
from hawthorn.loops.models import Item, Text
from hawthorn.matters.models import Matter, OutsideNumber
from make import Scene
from tables import HEADINGS, ROW, as_csv, as_xlsx, row

SHEET1 = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def _lower(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The same limits at a tenth, so that what goes beyond them is quickly made; what is inside is looked at even where little became much."""
    for name, value in (("MOST_UNPACKED", 60_000_000), ("MOST_WORDS", 10_000_000), ("MOST_ROWS", 8_000)):
        monkeypatch.setattr(messages_sheet, name, value)
    if "a little that becomes much" not in request.node.name:
        monkeypatch.setattr(sheets, "MOST_RATIO", 10_000)
    monkeypatch.setattr(book_reader, "AT_FIRST", 250_000)
    monkeypatch.setattr(book_reader, "MOST_SHARED", 200_000)


def take(s: Scene, tmp_path: Path, data: bytes) -> Report:
    path = tmp_path / "sheet"
    path.write_bytes(data)
    return messages_file.import_messages(path, tenant_code="999901001", source="12345", dry_run=False, now=s.now)


def book(change: Callable[[Any], None]) -> bytes:
    """A workbook with two good rows, changed."""
    one = Workbook()
    for line in (HEADINGS, ROW, row(工单编号="T2")):
        one.active.append(line)
    change(one)
    return sheets.to_bytes(one)


def with_part(data: bytes, name: str, content: bytes, **claims: int) -> bytes:
    """The same archive with one part replaced, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for part in good.infolist():
            if part.filename != name:
                changed.writestr(part.filename, good.read(part))
        changed.writestr(name, content)
    return out.getvalue()


def part_of(data: bytes, name: str = SHEET1) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def lying_bomb() -> bytes:
    """A part that inflates to much and claims to be small."""
    data = with_part(as_xlsx([HEADINGS, ROW]), SHEET1, b"\0" * 30_000_000)
    real = struct.pack("<I", 30_000_000)
    assert real in data
    return data.replace(real, struct.pack("<I", 1000))


def many_empty() -> bytes:
    """A million formatted rows with nothing in them below two good ones."""
    good = part_of(as_xlsx([HEADINGS, ROW, row(工单编号="T2")]))
    empty = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (n, n, n) for n in range(4, 20_000))
    return with_part(as_xlsx([HEADINGS, ROW]), SHEET1, good.replace(b"</sheetData>", empty + b"</sheetData>"))


def merged(one: Any) -> None:
    one.active.insert_rows(1)
    one.active["A1"] = "三月工单"
    one.active.merge_cells("A1:J1")
    one.active.merge_cells("B3:B4")


def formulas(one: Any) -> None:
    one.active["C2"] = '="路灯"&"不亮"'


RIGHT: dict[str, tuple[Callable[[], bytes], int]] = {
    "UTF-16 with its mark": (lambda: as_csv([HEADINGS, ROW], "utf-16"), 1),
    "UTF-16 without": (lambda: as_csv([HEADINGS, *(row(工单编号=f"T{n}") for n in range(30))], "utf-16-le"), 30),
    "UTF-16 big endian": (lambda: as_csv([HEADINGS, ROW], "utf-16-be"), 1),
    "GB18030": (lambda: as_csv([HEADINGS, row(诉求内容="㐀𠀀路灯不亮")], "gb18030"), 1),
    "quoted newlines": (lambda: as_csv([HEADINGS, row(诉求内容='路灯\n不亮，"很黑"\r\n快来')]), 1),
    "control characters and NUL": (lambda: as_csv([HEADINGS, row(诉求内容="路\x01灯\x00不\x1f亮\x7f")]), 1),
    "seventy columns": (lambda: as_csv([[*(f"列{n}" for n in range(60)), *HEADINGS], [*range(60), *ROW]]), 1),
    "empty rows": (lambda: as_csv([[], HEADINGS, [], [""] * 10, ROW, [], row(工单编号="T2"), []]), 2),
    "headings said once more": (lambda: as_csv([HEADINGS, ROW, HEADINGS, row(工单编号="T2")]), 2),
    "a column twice": (lambda: as_csv([[*HEADINGS, "诉求内容"], [*ROW, "别的"]]), 1),
    "a title in merged cells": (lambda: book(merged), 2),
    "millions of empty formatted rows": (many_empty, 2),
    "a workbook in a gzip": (lambda: gzip.compress(as_xlsx([HEADINGS, ROW])), 1),
    "a claimed size": (lambda: as_xlsx([HEADINGS, ROW]).replace(b"", b""), 1),
    "numbers as numbers": (lambda: as_xlsx([HEADINGS, row(工单编号=20250301000123)]), 1),
    "dates as dates": (lambda: as_xlsx([HEADINGS, row(来电时间=datetime(2026, 3, 1, 21, 5), 办结期限=46101)]), 1),  # noqa: DTZ001
    "a hundred thousand merges": (lambda: within(b"</sheetData>", b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 100_000 + b"</mergeCells>"), 2),
    "rows to the edge of the sheet": (
        lambda: within(b"</sheetData>", FULL * 4 + b"</sheetData>"),
        2,
    ),
    "words said in pieces": (lambda: within("<t>路灯不亮</t>".encode(), IN_PIECES.encode()), 2),
    "formulas in words": (lambda: as_csv([HEADINGS, row(诉求内容="=HYPERLINK(1)", 标题="@x")]), 1),
}
WRONG: dict[str, tuple[Callable[[], bytes], str]] = {
    "a zip bomb": (lambda: with_part(as_xlsx([HEADINGS, ROW]), SHEET1, b"\0" * 70_000_000), "展开后太大"),
    "a bomb of shared words": (lambda: with_part(as_xlsx([HEADINGS, ROW]), "xl/sharedStrings.xml", b" " * 12_000_000), "展开后太大"),
    "a bomb that lies": (lying_bomb, "损坏"),
    "a gzip bomb": (lambda: gzip.compress(b"\0" * 20_000_000, 1), "展开后太大"),
    "a gzip in pieces": (lambda: gzip.compress(as_csv([HEADINGS, ROW]), mtime=0)[:-9], "没有传完"),
    "thousands of parts": (lambda: many_parts(), "展开后太大"),
    "an old workbook renamed": (lambda: OLE + b"\0" * 5000, "旧格式"),
    "a password": (lambda: OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500, "加了密码"),
    "a page named xls": (lambda: "<html><body><table><tr><td>工单编号</td><td>内容</td></tr></table>".encode(), "网页格式"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, ""),
    "no headings": (lambda: as_csv([ROW, row(工单编号="T2")]), "没有找到「编号」"),
    "headings only": (lambda: as_csv([HEADINGS]), "一行也没有"),
    "nothing": (lambda: b"", "空的"),
    "an empty workbook": (lambda: as_xlsx([]), "空的"),
    "an open quote": (lambda: as_csv([HEADINGS, ROW]) + b'T2,"', "引号"),
    "a huge cell": (lambda: as_csv([HEADINGS, ROW]) + b"T2,," + b"x" * 300_000, "引号"),
    "a workbook cut off": (lambda: as_xlsx([HEADINGS, *([ROW] * 50)])[:-200], "xlsx"),
    "a part that is no XML": (lambda: with_part(as_xlsx([HEADINGS, ROW]), SHEET1, b"<worksheet><sheetData><row"), "损坏"),
    "entities": (lambda: with_part(as_xlsx([HEADINGS, ROW]), SHEET1, ENTITIES), "损坏"),
    "both encodings in one": (lambda: as_csv([HEADINGS, ROW], "utf-8-sig") + as_csv([row(工单编号="T2")], "gb18030"), "编码"),
    "a row of a million cells": (lambda: within(b"</sheetData>", b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData>"), "多得不正常"),
    "a cell of a million runs": (lambda: within(b"</sheetData>", INLINE % (b"<r><t>a</t></r>" * 1_000_000)), "多得不正常"),
    "a cell without end": (lambda: within(b"</sheetData>", INLINE % (b"<t>" + b"x" * 300_000 + b"</t>")), "超过 200000 个字"),
    "a tag without end": (lambda: within(b"<sheetData>", b'<cols a="' + b"x" * 400_000 + b'"/><sheetData>'), "多得不正常"),
    "a million names": (lambda: within(b"</sheets>", b"</sheets>" + b'<definedName name=""/>' * 600_000, BOOK), "多得不正常"),
    "a million styles": (lambda: within(b"</cellXfs>", b'<xf a="" b=""/>' * 600_000 + b"</cellXfs>", "xl/styles.xml"), "多得不正常"),
    "millions of shared words": (lambda: shared(b"<si/>" * 1_900_000), "多得不正常"),
    "a little that becomes much": (lambda: with_part(as_xlsx([HEADINGS, ROW]), "xl/media/a.xml", b" " * 25_000_000), "展开后太大"),
    "a gzip in a gzip": (lambda: gzip.compress(gzip.compress(as_csv([HEADINGS, ROW]))), "不止一层"),
    "a gzip in a thousand": (lambda: nested(1_100), "不止一层"),
    "too many rows": (lambda: as_csv([["工单编号", "诉求内容"], *([f"T{n}", "x"] for n in range(8_010))]), "超过 8000 行"),
}
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
)


IN_PIECES = "<r><t>路</t></r><rPh sb='0' eb='1'><t>lù</t></rPh><r><t>灯不亮</t></r>"
FULL = b"<row>%b</row>" % (b'<c s="1"/>' * 16_384)
INLINE = b'<row><c t="inlineStr"><is>%b</is></c></row></sheetData>'
BOOK = "xl/workbook.xml"


def within(old: bytes, new: bytes, part: str = SHEET1) -> bytes:
    """A workbook with something put into one of its parts."""
    good = as_xlsx([HEADINGS, ROW, row(工单编号="T2")])
    assert old in part_of(good, part)
    return with_part(good, part, part_of(good, part).replace(old, new))


def shared(entries: bytes) -> bytes:
    """A workbook with shared words under an odd name, of which a cell wants one far behind."""
    good = within(b"</sheetData>", b'<row><c t="s"><v>99999999</v></c></row></sheetData>')
    ties = part_of(good, "xl/_rels/workbook.xml.rels")
    tie = f'<Relationship Id="q" Type="{REL_NS}/sharedStrings" Target="w.xml"/></Relationships>'.encode()
    good = with_part(good, "xl/_rels/workbook.xml.rels", ties.replace(b"</Relationships>", tie))
    return with_part(good, "xl/w.xml", b'<sst xmlns="%b">%b</sst>' % (SHEET_MAIN_NS.encode(), entries))


def nested(layers: int) -> bytes:
    """A text in so many layers of gzip."""
    data = as_csv([HEADINGS, ROW])
    for _n in range(layers):
        data = gzip.compress(data, 1)
    return data


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(1000):
            archive.writestr(f"xl/{n}.xml", b"")
    return out.getvalue()


@pytest.mark.parametrize("name", RIGHT)
def test_what_can_be_read_is_read_right(s: Scene, tmp_path: Path, name: str) -> None:
    make, number = RIGHT[name]
    report = take(s, tmp_path, make())
    assert (report.new, report.errors) == (number, [])
    assert Item.objects.count() == number
    assert all("路" in words for words in Text.objects.filter(field="words").exclude(words__startswith="=").values_list("words", flat=True))


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_told_in_chinese_and_takes_nothing_in(s: Scene, tmp_path: Path, name: str) -> None:
    make, words = WRONG[name]
    data = make()
    report = take(s, tmp_path, data)
    assert report.new == 0
    assert not Item.objects.exists()
    assert words in report.errors[0].words
    assert any("\u4e00" <= c <= "\u9fff" for c in report.errors[0].words)


def test_formulas_are_read_as_last_computed_and_never_computed_is_empty(s: Scene, tmp_path: Path) -> None:
    raw = book(formulas)
    report = take(s, tmp_path, raw)  # openpyxl writes no computed value
    assert [(p.row, p.words) for p in report.errors] == [(2, "内容：没有填")]
    kept = (
        part_of(raw).replace(b"<v></v>", "<v>路灯不亮</v>".encode()).replace(b"<v />", "<v>路灯不亮</v>".encode()).replace(b"<v/>", "<v>路灯不亮</v>".encode())
    )
    kept = kept.replace(b'<c r="C2"', b'<c t="str" r="C2"') if b't="str"' not in kept else kept
    assert take(s, tmp_path, with_part(raw, SHEET1, kept)).new == 1
    assert Text.objects.filter(field="words", words="路灯不亮").count() == 2


def test_rows_below_thousands_of_empty_ones_are_said_not_to_be_read(s: Scene, tmp_path: Path) -> None:
    report = take(s, tmp_path, as_csv([HEADINGS, ROW, *([[]] * 6000), row(工单编号="T2")]))
    assert (report.new, report.errors) == (1, [])
    assert "第 2 行以下连着 5000 行是空的" in report.remark


def test_failed_formulas_are_nothing(s: Scene, tmp_path: Path) -> None:
    report = take(s, tmp_path, as_xlsx([HEADINGS, row(工单编号="#N/A"), row(工单编号="#REF!"), row(来电时间="#VALUE!")]))
    assert (report.new, [p.words for p in report.errors]) == (1, ["编号：没有填"] * 2)


def test_merged_rows_are_told_by_row(s: Scene, tmp_path: Path) -> None:
    def change(one: Any) -> None:
        one.active.merge_cells("A2:A3")

    report = take(s, tmp_path, book(change))
    assert (report.new, [(p.row, p.words) for p in report.errors]) == (1, [(3, "编号：没有填")])


def test_dates_of_every_kind_are_the_same_moment(s: Scene, tmp_path: Path) -> None:
    said = ["2026-03-01 21:05", "2026/3/1 21:05", "2026年3月1日 21时05分", 46082.878472222, "46082.878472222", datetime(2026, 3, 1, 21, 5)]  # noqa: DTZ001
    assert take(s, tmp_path, as_xlsx([HEADINGS, *(row(工单编号=f"T{n}", 来电时间=at) for n, at in enumerate(said))])).new == len(said)
    assert len(set(Matter.objects.values_list("arrived_at", flat=True))) == 1


def test_no_change_of_a_few_bytes_brings_anything_but_words_or_matters(s: Scene, tmp_path: Path) -> None:
    """Two hundred broken files of each kind, by seed."""
    for kind, whole in (("xlsx", as_xlsx([HEADINGS, *(row(工单编号=f"T{n}") for n in range(5))])), ("csv", as_csv([HEADINGS, ROW], "gb18030"))):
        random = Random(kind)
        for n in range(100):
            data = bytearray(whole)
            for _n in range(random.randint(1, 20)):
                data[random.randrange(len(data))] = random.randrange(256)
            report = take(s, tmp_path, bytes(data[: random.randrange(len(data))] if n % 3 == 0 else data))
            assert report.new or report.known or report.errors, (kind, n)
    assert OutsideNumber.objects.count() == Item.objects.count()


def test_a_bad_checksum_is_found_before_anything_is_taken_in(s: Scene, tmp_path: Path) -> None:
    """Rows read well until the very end of the part; then its checksum is wrong."""
    raw = as_xlsx([HEADINGS, *(row(工单编号=f"T{n}") for n in range(500))])
    check = struct.pack("<I", zlib.crc32(part_of(raw)))
    assert raw.count(check) >= 1
    report = take(s, tmp_path, raw.replace(check, b"\1\2\3\4"))
    assert (report.new, Item.objects.count()) == (0, 0)
    assert "损坏" in report.errors[0].words
