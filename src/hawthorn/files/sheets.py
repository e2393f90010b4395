"""Reading and writing Excel workbooks: capped before they are unpacked, tables found by their headings, problems with cell addresses.

Knows no room: what a column means is told by a `Column`.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any, BinaryIO, NamedTuple
from xml.parsers.expat import ExpatError

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hawthorn.files.book import open_book
from hawthorn.files.parts import NotAWorkbook as NotAWorkbook
from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.words import UNKEEPABLE, _, is_seen

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 20_000_000, 100_000_000, 500
MOST_ROWS, MOST_COLUMNS = 100_000, 60
FIRST_YEAR, LAST_YEAR = 1900, 2199
YES, NO = _("是"), _("否")
HONEST_UNPACKED, MOST_RATIO = 5_000_000, 300
"""Most workbooks unpack to ten to thirty times their size; the same two thousand words in each of five thousand rows to 260 times."""
DAMAGED = _("这个文件打不开，可能已损坏。请用 Excel 或 WPS 另存为 .xlsx 再试。")
# What is raised when the insides of a file are not what they claim.
BROKEN = (
    ExpatError, zipfile.BadZipFile, zlib.error, ValueError, LookupError, TypeError, AttributeError, OSError, RuntimeError, EOFError
)  # fmt: skip


class Problem(NamedTuple):
    """What is wrong in one cell (or one row, or one sheet: then `column` or `row` is empty)."""

    sheet: str
    row: int
    column: str
    words: str

    @property
    def where(self) -> str:
        """“「楼院」第 3 行 D 列”."""
        row = f"第 {self.row} 行" if self.row else ""
        column = f" {self.column} 列" if self.column else ""
        return f"「{self.sheet}」{row}{column}"

    def __str__(self) -> str:
        return f"{self.where}：{self.words}"


@dataclass(frozen=True)
class Column:
    """One column of a table. `read` turns a filled cell into a value or raises ValueError with Chinese words."""

    field: str
    heading: str
    read: Callable[[Any], Any]
    needed: bool = True
    note: str = ""
    width: int = 14
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row that could be read: its number in the sheet, values by field (None where empty), column letters by field."""

    sheet: str
    number: int
    values: dict[str, Any]
    letters: dict[str, str]

    def __getitem__(self, field: str) -> Any:
        return self.values[field]

    def problem(self, field: str, words: str) -> Problem:
        """Something wrong with one cell of this row."""
        return Problem(self.sheet, self.number, self.letters.get(field, ""), words)


Cells = list[tuple[Any, ...]]


def open_workbook(data: bytes) -> dict[str, Cells]:
    """Sheets by name, each a list of rows of plain values (formulas as last computed). Raises NotAWorkbook."""
    if len(data) > MOST_BYTES:
        raise NotAWorkbook(_("文件太大，最多 20 MB。请分成几个文件。"))
    file = io.BytesIO(data)
    unpacked_size(file, MOST_UNPACKED)
    try:
        book = open_book(file)
        return {title: _cells(title, book.rows(path, MOST_ROWS + 2, MOST_COLUMNS)) for title, path in book.sheets}
    except BROKEN as wrong:
        raise NotAWorkbook(DAMAGED) from wrong


def unpacked_size(file: BinaryIO, most: int, words: int = 0) -> int:
    """Bytes of a workbook's parts by the archive's directory, beyond which reading never goes. Raises NotAWorkbook beyond `most`, for a small file
    that unpacks to very much, and for more than `words` bytes of shared words, which are held in memory."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except BROKEN as wrong:
        raise NotAWorkbook(_("这不是 .xlsx 文件。请用 Excel 或 WPS 另存为 .xlsx 再试。")) from wrong
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith(("sharedstrings.xml", "styles.xml")))
    is_bomb = size > HONEST_UNPACKED and size > MOST_RATIO * packed
    if len(parts) > MOST_PARTS or size > most or (words and shared > words) or is_bomb:
        raise NotAWorkbook(_("文件展开后太大，没有打开。请分成几个文件。"))
    return size


def sheets_of(file: BinaryIO, most: int, words: int, rows: int, columns: int) -> list[Callable[[bool], Iterator[tuple[Any, ...]]]]:
    """For each sheet of an open workbook, what reads its rows one by one, at most so many `rows` and `columns`; told whether exactly (see Book).

    Raises NotAWorkbook; reading may raise what is in BROKEN.
    """
    unpacked_size(file, most, words)
    try:
        book = open_book(file)
    except BROKEN as wrong:
        raise NotAWorkbook(DAMAGED) from wrong

    def reader(path: str) -> Callable[[bool], Iterator[tuple[Any, ...]]]:
        return lambda is_exact: book.rows(path, rows, columns, is_exact=is_exact)

    return [reader(path) for _title, path in book.sheets]


def _cells(title: str, lines: Iterator[tuple[Any, ...]]) -> Cells:
    """Rows up to the last one that holds something. Claimed dimensions are not believed."""
    rows: Cells = []
    filled = 0
    for values in lines:
        rows.append(values)
        if any(value not in (None, "") for value in values):
            filled = len(rows)
    if filled > MOST_ROWS + 1:
        raise NotAWorkbook(_("「{sheet}」超过 {n} 行。请分成几个文件。").format(sheet=title, n=MOST_ROWS))
    return rows[:filled]


def read_table(sheet: str, cells: Cells, columns: Sequence[Column]) -> tuple[list[Row], list[Problem]]:
    """Rows under the headings of row 1, in any order of columns; empty rows are passed over. A heading of ours that stands twice is a problem."""
    heads = defaultdict[str, list[int]](list)
    for n, value in enumerate(cells[0] if cells else ()):
        if value not in (None, ""):
            heads[text(value)].append(n)
    problems = [Problem(sheet, 1, "", _("缺少「{heading}」这一列").format(heading=c.heading)) for c in columns if c.needed and c.heading not in heads]
    for heading in (c.heading for c in columns if len(heads.get(c.heading, ())) > 1):
        letters_of = [get_column_letter(n + 1) for n in heads[heading]]
        said = _("「{heading}」写了不止一列：{letters}，请只留一列").format(heading=heading, letters="、".join(letters_of))
        problems.append(Problem(sheet, 1, letters_of[1], said))
    if problems:
        return [], problems
    headings = {heading: ns[0] for heading, ns in heads.items()}
    letters = {c.field: get_column_letter(headings[c.heading] + 1) for c in columns if c.heading in headings}
    rows: list[Row] = []
    for number, cell_values in enumerate(cells[1:], start=2):
        if all(value is None or str(value).strip() == "" for value in cell_values):
            continue
        row = Row(sheet, number, {}, letters)
        wrong = [found for c in columns if (found := _read_cell(row, c, cell_values, headings)) is not None]
        problems += wrong
        if not wrong:
            rows.append(row)
    return rows, problems


def _read_cell(row: Row, column: Column, cells: tuple[Any, ...], headings: dict[str, int]) -> Problem | None:
    place = headings.get(column.heading)
    value = cells[place] if place is not None and place < len(cells) else None
    row.values[column.field] = None
    if isinstance(value, str) and UNKEEPABLE.search(value):
        return row.problem(column.field, _("里面有存不下的特殊符号，请删掉那几个符号再办。"))
    if value is None or (isinstance(value, str) and not is_seen(value)):
        return row.problem(column.field, _("「{heading}」没有填").format(heading=column.heading)) if column.needed else None
    if isinstance(value, dict | list) or (isinstance(value, float) and not isfinite(value)):
        return row.problem(column.field, _("这里要写文字或者数字"))
    try:
        row.values[column.field] = column.read(value)
    except ValueError as wrong:
        return row.problem(column.field, str(wrong))
    return None


# ── what may stand in a cell ──
def text(value: Any) -> str:
    """Words; whole numbers, into which Excel likes to turn codes, without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def words(most: int) -> Callable[[Any], str]:
    """Words of at most `most` characters."""

    def read(value: Any) -> str:
        found = text(value)
        if len(found) > most:
            raise ValueError(_("太长，最多 {n} 个字").format(n=most))
        return found

    return read


def number(least: float, most: float) -> Callable[[Any], float]:
    """A number from `least` to `most`."""

    def read(value: Any) -> float:
        try:
            found = float(text(value).replace("_", "?"))
        except ValueError:
            raise ValueError(_("「{value}」不是数字").format(value=text(value)[:20])) from None
        if isinstance(value, bool | datetime) or not least <= found <= most:
            raise ValueError(_("要在 {least:g} 到 {most:g} 之间").format(least=least, most=most))
        return found

    return read


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A whole number from `least` to `most`."""

    def read(value: Any) -> int:
        found = number(least, most)(value)
        if not found.is_integer():
            raise ValueError(_("要填整数"))
        return int(found)

    return read


def choice(options: dict[str, Any]) -> Callable[[Any], Any]:
    """One of the words that are keys of `options`; gives what stands for it."""

    def read(value: Any) -> Any:
        if text(value) not in options:
            raise ValueError(_("「{value}」不认识，只能填：{options}").format(value=text(value)[:20], options="、".join(options)))
        return options[text(value)]

    return read


yes_no = choice({YES: True, NO: False})


def day(value: Any) -> date:
    """A date cell, or “2026-03-02”, “2026/3/2”."""
    if isinstance(value, datetime):
        return _near(value.date())
    if isinstance(value, date):
        return _near(value)
    for shape in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"):
        try:
            found = datetime.strptime(text(value), shape).replace(tzinfo=SHANGHAI).date()
        except ValueError:
            continue
        return _near(found)
    raise ValueError(_("「{value}」不是日期，请写成 2026-03-02").format(value=text(value)[:20]))


def _near(found: date) -> date:
    """A day one can count from; 9999-12-31 for “without end” is none."""
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(_("{day} 太远了，要在 {first} 到 {last} 年之间").format(day=found, first=FIRST_YEAR, last=LAST_YEAR))
    return found


# ── writing ──
def write_table(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Headings with notes and choices, then the rows; words are never taken for formulas."""
    for n, column in enumerate(columns, start=1):
        cell = sheet.cell(1, n, column.heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF4")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(n)].width = column.width
        if column.choices:
            _offer(sheet, get_column_letter(n), column.choices)
    for row, values in enumerate(rows, start=2):
        for n, value in enumerate(values, start=1):
            put(sheet.cell(row, n), value)
    sheet.freeze_panes = "A2"


def put(cell: Any, value: Any) -> None:
    """Write one value; booleans as 是 / 否, words as words even where they begin with “=”."""
    if isinstance(value, bool):
        value = YES if value else NO
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.value = value
    if isinstance(value, str) and isinstance(cell, Cell):
        cell.data_type = "s"
        cell.number_format = "@"


def plain_row(sheet: Any, values: Iterable[Any]) -> list[Any]:
    """Values for a row of a write-only sheet; words are never taken for formulas."""
    found: list[Any] = []
    for value in values:
        cell = WriteOnlyCell(sheet)
        put(cell, value)
        found.append(cell)
    return found


def _offer(sheet: Worksheet, letter: str, choices: tuple[str, ...]) -> None:
    rule = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
    rule.add(f"{letter}2:{letter}5000")
    sheet.add_data_validation(rule)


def to_bytes(book: Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
