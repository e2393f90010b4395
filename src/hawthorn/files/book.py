"""A workbook, row by row, with as little of it in memory as one row and the words its sheets share."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, BinaryIO

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

from hawthorn.files.parts import NotAWorkbook, by_name, tags, told, too_much
from hawthorn.kernel.words import _

LONGEST, MOST_SHARED = 200_000, 2_000_000
AT_FIRST, FOR_CELL, FOR_WORDS = 2_500_000, 8, 100
"""How many tags and attributes are honest: so many for headings filled to the edge of the sheet, and so many for every cell that is read (or shared words)."""
CHINESE_DAYS = frozenset({*range(27, 37), *range(50, 59)})
"""Formats of days and times a Chinese Excel knows by number alone."""
DIGITS = "0123456789"
Cells = tuple[Any, ...]


@dataclass
class Book:
    """An open workbook: its sheets by title, and what their cells refer to. `lines` were read so far, `heard` is the last reading of each sheet."""

    archive: zipfile.ZipFile
    sheets: list[tuple[str, str]]
    shared: Shared
    days: frozenset[int]
    spans: frozenset[int]
    epoch: datetime
    lines: int = 0
    heard: dict[str, _Rows] = field(default_factory=dict)

    def rows(self, path: str, most: int, columns: int, *, is_exact: bool = False) -> Iterator[Cells]:
        """At most so many rows of a sheet and so many columns, formulas as last computed; rows left out in the file are empty ones.

        `is_exact`: a formula that was never computed gives its own words. Raises NotAWorkbook, and what a broken part raises.
        """
        hears, last = _Rows(self, columns, is_exact, sum(one.tags for at, one in self.heard.items() if at != path)), 0
        self.heard[path] = hears
        for _piece in told(self.archive, path, hears):
            for number, cells in hears.ready:
                while last + 1 < min(number, most + 1):
                    last += 1
                    yield ()
                if last >= most:
                    return
                last += 1
                yield cells
            hears.ready.clear()


def open_book(file: BinaryIO) -> Book:
    """Raises NotAWorkbook, and what a broken file raises."""
    archive = zipfile.ZipFile(file)
    names = frozenset(archive.namelist())
    path = next((target for kind, target in _ties(archive, "", names).values() if kind == "officeDocument"), "xl/workbook.xml")
    ties = _ties(archive, path, names)
    titles, epoch = list[tuple[str, str]](), CALENDAR_WINDOWS_1900
    for tag, said in tags(archive, path):
        kind, target = ties.get(said.get("id", ""), ("", "")) if tag == "sheet" else ("", "")
        if kind == "worksheet" and target in names and all(target != one for _title, one in titles):
            titles.append((said.get("name", ""), target))
        elif tag == "workbookPr" and said.get("date1904") in ("1", "true"):
            epoch = CALENDAR_MAC_1904
    known = {kind: target for kind, target in ties.values() if target in names}
    days, spans = _formats(archive, known["styles"]) if "styles" in known else (frozenset[int](), frozenset[int]())
    return Book(archive, titles, Shared(archive, known.get("sharedStrings", "")), days, spans, epoch)


def _ties(archive: zipfile.ZipFile, path: str, names: frozenset[str]) -> dict[str, tuple[str, str]]:
    """What a part refers to: kind and path by number."""
    folder, name = posixpath.split(path)
    ties = posixpath.join(folder, "_rels", f"{name}.rels")
    if ties not in names:
        return {}
    found = dict[str, tuple[str, str]]()
    for tag, said in tags(archive, ties):
        if tag == "Relationship" and len(found) <= len(names):
            target = posixpath.normpath(posixpath.join("/", folder, said.get("Target", "")))
            found[said.get("Id", "")] = (said.get("Type", "").rpartition("/")[2], target.lstrip("/"))
    return found


def _formats(archive: zipfile.ZipFile, path: str) -> tuple[frozenset[int], frozenset[int]]:
    """Which styles show a day or a time, and which of these a length of time."""
    own, place, number = dict[int, str](), "", 0
    days, spans = set[int](), set[int]()
    for tag, said in tags(archive, path):
        if tag == "numFmt":
            own[int(said.get("numFmtId", 0))] = said.get("formatCode", "")[:255]
        elif tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            place = tag
        elif tag == "xf" and place == "cellXfs":
            code = int(said.get("numFmtId", 0))
            shape = own.get(code) or BUILTIN_FORMATS.get(code, "General")
            if _is_day(shape) or (code in CHINESE_DAYS and code not in own):
                days.add(number)
            if _is_span(shape):
                spans.add(number)
            number += 1
    return frozenset(days), frozenset(spans)


_is_day: Callable[[str], bool] = lru_cache(2000)(is_date_format)
_is_span: Callable[[str], bool] = lru_cache(2000)(is_timedelta_format)


class Shared:
    """The words the sheets share, by number; read as far as they are asked for, which for the beginning of a sheet is not far."""

    def __init__(self, archive: zipfile.ZipFile, path: str) -> None:
        self.is_over, self._found, self._now = False, list[str](), list[str]()
        self._held = self._tags = self._aside = 0
        self._is_word = False
        self._begins = by_name(si=self._begin_words, t=self._begin_text, rPh=self._begin_aside)
        self._ends = by_name(si=self._end_words, t=self._end_text, rPh=self._end_aside)
        self._more = told(archive, path, self) if path else iter(())

    def __getitem__(self, number: int) -> str:
        while number >= len(self._found):
            if next(self._more, self) is self:
                raise IndexError(number)
        if number < 0:
            raise IndexError(number)
        return self._found[number]

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """A tag."""
        self._tags += 1 + len(attributes)
        if self._tags > AT_FIRST + FOR_WORDS * len(self._found) or len(self._found) > MOST_SHARED:
            raise too_much()
        if do := self._begins.get(name):
            do()

    def end(self, name: str) -> None:
        """Its end."""
        if do := self._ends.get(name):
            do()

    def words(self, said: str) -> None:
        """Kept inside a text, unless it says how to pronounce what is there."""
        if self._is_word:
            self._held += len(said)
            if self._held > LONGEST:
                raise too_long()
            self._now.append(said)

    def _begin_words(self) -> None:
        self._now, self._held = [], 0

    def _end_words(self) -> None:
        self._found.append("".join(self._now).replace("x005F_", ""))
        self._now = []

    def _begin_text(self) -> None:
        self._is_word = not self._aside

    def _end_text(self) -> None:
        self._is_word = False

    def _begin_aside(self) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
        self._aside -= 1


def too_long() -> NotAWorkbook:
    """What to say of a cell without end."""
    return NotAWorkbook(_("有一格里超过 {n} 个字，没有打开。").format(n=LONGEST))


class _Rows:
    """The rows of a sheet as they are heard: those in `ready` are whole."""

    def __init__(self, book: Book, columns: int, is_exact: bool, before: int) -> None:
        self.tags, self._before = 0, before
        self.book, self.columns, self.is_exact, self.is_over = book, columns, is_exact, False
        self.ready: list[tuple[int, Cells]] = []
        self._number = self._place = self._held = self._aside = 0
        self._cells: list[Any] | None = None
        self._is_inside = False
        self._kind, self._style = "n", 0
        self._value, self._formula = list[str](), list[str]()
        self._into: list[str] | None = None
        self._begins = by_name(row=self._begin_row, c=self._begin_cell, v=self._begin_value, t=self._begin_text, f=self._begin_formula, rPh=self._begin_aside)
        self._ends = by_name(row=self._end_row, c=self._end_cell, v=self._quiet, t=self._quiet, f=self._quiet, rPh=self._end_aside, sheetData=self._over)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """A tag."""
        self.tags += 1 + len(attributes)
        if self._before + self.tags > AT_FIRST + FOR_CELL * self.columns * self.book.lines:
            raise too_much()
        if do := self._begins.get(name):
            do(attributes)

    def end(self, name: str) -> None:
        """Its end."""
        if do := self._ends.get(name):
            do()

    def words(self, said: str) -> None:
        """Kept inside a value, a text or a formula."""
        if self._into is not None:
            self._held += len(said)
            if self._held > LONGEST:
                raise too_long()
            self._into.append(said)

    def _begin_row(self, said: dict[str, str]) -> None:
        self.book.lines += 1
        self._number = int(said["r"]) if "r" in said else self._number + 1
        self._cells, self._place = [], 0

    def _end_row(self) -> None:
        if self._cells is not None:
            self.ready.append((self._number, tuple(self._cells)))
        self._cells = None

    def _begin_cell(self, said: dict[str, str]) -> None:
        self._place = _column(said["r"].rstrip(DIGITS)) if "r" in said else self._place + 1
        self._is_inside = self._cells is not None and self._place <= self.columns
        if not self._is_inside:
            return
        self._kind, self._style = said.get("t", "n"), int(said.get("s", 0))
        self._value, self._formula, self._held, self._into = [], [], 0, None

    def _end_cell(self) -> None:
        if not self._is_inside or self._cells is None:
            return
        if (value := self._read()) is not None:
            if len(self._cells) < self._place:
                self._cells += [None] * (self._place - len(self._cells))
            self._cells[self._place - 1] = value
        self._is_inside, self._into = False, None

    def _begin_value(self, _said: dict[str, str]) -> None:
        self._into = self._value if self._is_inside else None

    def _begin_text(self, _said: dict[str, str]) -> None:
        self._into = self._value if self._is_inside and not self._aside else None

    def _begin_formula(self, _said: dict[str, str]) -> None:
        self._into = self._formula if self._is_inside and self.is_exact else None

    def _begin_aside(self, _said: dict[str, str]) -> None:
        self._aside += 1

    def _end_aside(self) -> None:
        self._aside -= 1

    def _quiet(self) -> None:
        self._into = None

    def _over(self) -> None:
        self.is_over = True

    def _read(self) -> Any:
        """What a cell holds."""
        said = "".join(self._value)
        if not said:
            return f"={''.join(self._formula)}" if self._formula else None
        read = READ.get(self._kind)
        return read(said, self._style, self.book) if read else said


@cache
def _column(letters: str) -> int:
    """A column's number. Raises ValueError."""
    return int(column_index_from_string(letters))


def _number(said: str, style: int, book: Book) -> Any:
    """A number, or the day, time or length of time it stands for; a number where it stands for none."""
    found = float(said) if "." in said or "e" in said.lower() else int(said)
    if style in book.days:
        try:
            return from_excel(found, book.epoch, timedelta=style in book.spans)
        except (OverflowError, ValueError):
            return found
    return found


READ: dict[str, Callable[[str, int, Book], Any]] = {
    "n": _number,
    "s": lambda said, _style, book: book.shared[int(said)],
    "b": lambda said, _style, _book: bool(int(said)),
    "d": lambda said, _style, _book: from_ISO8601(said),
}
