"""Opening a sheet of another system: xlsx, csv, csv.gz, in whatever encoding; capped before it is unpacked. Cells come out clean.

A sheet is read row by row, as often as asked, and never held whole unless somebody wants a `Table` of it.
"""

from __future__ import annotations

import csv
import io
import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO

from hawthorn.files import sheets
from hawthorn.files.sheets import NotAWorkbook
from hawthorn.gateways.messages_text import LONGEST_CELL, delimiter_of, encoding_of
from hawthorn.kernel.words import _

GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")
MOST_BYTES, MOST_UNPACKED, MOST_WORDS = 80_000_000, 500_000_000, 100_000_000
MOST_ROWS, MOST_COLUMNS, MOST_EMPTY = 200_000, 256, 5_000
HEAD, SEARCHED, CHUNK = 500, 5, 1 << 20
BLANKS = str.maketrans({"\u3000": " ", "\xa0": " ", "\u200b": None, "\ufeff": None, "\x00": None, "\r": "\n"})
CONTROLS = dict.fromkeys(n for n in range(32) if n not in (9, 10, 13))
NO_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """Headings, and rows with their numbers as a person counts them; cells are clean words, or numbers and dates of a workbook.

    `is_whole`: all rows are here, not only the first. `remark`: what was not read.
    """

    headings: tuple[str, ...]
    rows: list[tuple[int, Cells]] = field(default_factory=list)
    is_whole: bool = True
    remark: str = ""


@dataclass
class Sheet:
    """One sheet of an open file. `lines` begins anew each time it is called. `gap`: below this row nothing was read, so many rows were empty."""

    lines: Callable[[bool], Iterator[Cells]]
    gap: int = 0

    @cached_property
    def _found(self) -> tuple[int, tuple[str, ...]]:
        """The number and words of the headings: the first row with at least two filled cells; a title above them is passed over."""
        first = list(itertools.islice(self._filled(), SEARCHED))
        number, cells = next((row for row in first if sum(v not in (None, "") for v in row[1]) > 1), first[0] if first else (0, ()))
        return number, tuple("" if v is None else str(v) for v in cells)

    @property
    def headings(self) -> tuple[str, ...]:
        """What the columns are called; none where the sheet is empty."""
        return self._found[1][:MOST_COLUMNS]

    @property
    def top(self) -> int:
        """The row of the headings."""
        return self._found[0]

    def exact(self) -> Iterator[tuple[int, Cells]]:
        """All rows to the last that holds anything, with what is above the headings and between the rows, every cell as it was: for somebody who gives
        the sheet back. Raises NotAWorkbook."""
        last = 0
        for n, cells in enumerate(self.lines(True), start=1):
            if n > MOST_ROWS + SEARCHED:
                raise NotAWorkbook(_("超过 {n} 行。请分成几个文件。").format(n=MOST_ROWS))
            width = max((place for place, value in enumerate(cells, start=1) if value not in (None, "")), default=0)
            if width:
                yield from ((between, ()) for between in range(last + 1, n))
                last = n
                yield n, cells[:width]

    @property
    def remark(self) -> str:
        """What was not read, in words; known once the rows have been."""
        wide = _("这张表的列太多，只读了前 {n} 列，后面的没有读。").format(n=MOST_COLUMNS) if len(self._found[1]) > MOST_COLUMNS else ""
        deep = _("第 {n} 行以下连着 {many} 行是空的，再往下没有读。").format(n=self.gap, many=MOST_EMPTY) if self.gap else ""
        return wide + deep

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Rows below the headings; empty ones and headings said once more are passed over. Raises NotAWorkbook."""
        top, headings = self._found
        for number, cells in self._filled():
            if number > top and tuple("" if v is None else str(v) for v in cells) != headings:
                yield number, cells[:MOST_COLUMNS]

    def table(self, most: int | None = None) -> Table:
        """The rows in memory: all, or so many. Raises NotAWorkbook."""
        found = list(self.rows() if most is None else itertools.islice(self.rows(), most + 1))
        return Table(self.headings, found[:most], most is None or len(found) <= most, self.remark)

    def _filled(self) -> Iterator[tuple[int, Cells]]:
        last = 0
        for n, cells in enumerate(self.lines(False), start=1):
            if n > MOST_ROWS + SEARCHED:
                raise NotAWorkbook(_("超过 {n} 行。请分成几个文件。").format(n=MOST_ROWS))
            if n - last > MOST_EMPTY:
                self.gap = last
                return
            found = _trimmed(cells)
            if found:
                last = n
                yield n, found


def open_sheets(file: BinaryIO) -> list[Sheet]:
    """The sheets of a file that hold anything, told by its content; the file stays open while they are read. Raises NotAWorkbook."""
    file.seek(0)
    mark = file.read(8)
    if mark.startswith(GZIP):
        return open_sheets(_unpacked(file))
    if mark.startswith(ZIP):
        found = [Sheet(_guarded(lines)) for lines in sheets.sheets_of(file, MOST_UNPACKED, MOST_WORDS, MOST_ROWS + SEARCHED + 1, MOST_COLUMNS + 1)]
        return [sheet for sheet in found if sheet.headings]
    if mark == OLE:
        raise NotAWorkbook(_locked_or_old(file))
    if file.seek(0, io.SEEK_END) > MOST_UNPACKED:
        raise NotAWorkbook(_("文件太大，没有打开。请分成几个文件。"))
    encoding = encoding_of(file)
    sheet = Sheet(lambda _is_exact: _lines(file, encoding, delimiter_of(file, encoding)))
    if sheet.headings and sheet.headings[0].lower().startswith(("<html", "<!doctype", "<table", "<?xml", "<meta")):
        raise NotAWorkbook(_("这是网页格式的表，只是名字像 Excel。请用 Excel 或 WPS 打开，另存为 .xlsx 再试。"))
    return [sheet] if sheet.headings else []


def read_sheet(data: bytes) -> list[Table]:
    """The tables of a file, whole. Raises NotAWorkbook with Chinese words."""
    return [sheet.table() for sheet in open_sheets(io.BytesIO(data))]


def size_of(file: BinaryIO) -> int:
    """How many bytes it is once unpacked, as far as its own directory says. Raises NotAWorkbook where that is too much."""
    file.seek(0)
    if file.read(4) == ZIP:
        return sheets.unpacked_size(file, MOST_UNPACKED)
    return file.seek(0, io.SEEK_END)


def is_packed(file: BinaryIO) -> bool:
    """Is it a .gz."""
    file.seek(0)
    return file.read(2) == GZIP


def unpacked(file: BinaryIO) -> BinaryIO:
    """The file itself, or what a .gz holds, in memory. Raises NotAWorkbook."""
    return _unpacked(file) if is_packed(file) else file


def _locked_or_old(file: BinaryIO) -> str:
    file.seek(0)
    if LOCKED in file.read(MOST_BYTES):
        return _("这张表加了密码，打不开。请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 再试。")
    return _("这是旧格式的表（.xls）。请用 Excel 或 WPS 打开，另存为 .xlsx 再试；只改名字不行。")


def _unpacked(file: BinaryIO) -> io.BytesIO:
    file.seek(0)
    opener, out, size = zlib.decompressobj(wbits=31), io.BytesIO(), 0
    most = MOST_UNPACKED // 4
    try:
        while not opener.eof and (piece := file.read(CHUNK)):
            while piece and size <= most:
                size += out.write(opener.decompress(piece, CHUNK))
                piece = opener.unconsumed_tail
            if size > most:
                raise NotAWorkbook(_("文件展开后太大，没有打开。请分成几个文件。"))
    except zlib.error as wrong:
        raise NotAWorkbook(_("压缩文件打不开，可能没有传完。")) from wrong
    if not opener.eof:
        raise NotAWorkbook(_("压缩文件打不开，可能没有传完。"))
    out.seek(0)
    if out.read(2) == GZIP:
        raise NotAWorkbook(_("这个文件压缩了不止一层，没有打开。请解开以后再传。"))
    out.seek(0)
    return out


def _trimmed(cells: Cells) -> Cells:
    """Clean cells up to the last that holds something."""
    if cells.count(None) == len(cells):
        return ()
    found = list(cells)
    while found and found[-1] is None:
        found.pop()
    found = [clean(value) for value in found]
    while found and found[-1] in (None, ""):
        found.pop()
    return tuple(found)


def _guarded(lines: Callable[[bool], Iterator[Cells]]) -> Callable[[bool], Iterator[Cells]]:
    """What breaks while a workbook is being read, said in words."""

    def read(is_exact: bool) -> Iterator[Cells]:
        try:
            yield from lines(is_exact)
        except sheets.BROKEN as wrong:
            raise NotAWorkbook(sheets.DAMAGED) from wrong

    return read


def _lines(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Cells]:
    """Rows of a text. Raises NotAWorkbook, also where it ends inside quotes: then what follows them was swallowed, or is missing."""
    csv.field_size_limit(LONGEST_CELL)
    file.seek(0)
    words = io.TextIOWrapper(file, encoding, errors="strict", newline="")
    read: list[str] = []
    number = 0

    def heard() -> Iterator[str]:
        for line in words:
            read.append(line)
            yield line

    try:
        for row in csv.reader(heard(), delimiter=delimiter):
            number += 1
            last = read[:]
            read.clear()
            yield tuple(row[: MOST_COLUMNS + 1])
        if number and _is_open(last, delimiter):
            raise NotAWorkbook(_("第 {n} 行的引号没有合上，后面的读不出来。文件可能没有传完。").format(n=number))
    except (csv.Error, UnicodeDecodeError) as wrong:
        raise NotAWorkbook(_("第 {n} 行读不出来，可能少了引号。").format(n=number + 1)) from wrong
    finally:
        words.detach()


def _is_open(lines: list[str], delimiter: str) -> bool:
    """Does a row end inside quotes."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as found:
        return "end of data" in str(found)
    return False


def clean(value: Any) -> Any:
    """Words without blanks around, wide blanks, marks and what no database keeps; a failed formula is nothing; other values as they are."""
    if not isinstance(value, str):
        return value
    found = value.replace("\r\n", "\n").translate(BLANKS).translate(CONTROLS).encode("utf-8", "ignore").decode().strip()
    return None if found in NO_VALUES else found
