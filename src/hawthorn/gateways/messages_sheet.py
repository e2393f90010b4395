"""Opening a sheet of another system: xlsx, csv, csv.gz, in whatever encoding; capped before it is unpacked. Cells come out clean."""

from __future__ import annotations

import csv
import io
import zlib
from dataclasses import dataclass, field
from typing import Any

from charset_normalizer import from_bytes

from hawthorn.files import sheets
from hawthorn.files.sheets import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, NotAWorkbook
from hawthorn.kernel.words import _

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
SAMPLE = 64_000
LONGEST_CELL = 200_000
CHINESE = ("utf_8", "gb18030", "gbk", "gb2312", "cp936", "big5", "big5hkscs", "cp950", "utf_16", "utf_16_le", "utf_16_be")
BLANKS = str.maketrans({"\u3000": " ", "\xa0": " ", "\u200b": None, "\ufeff": None, "\x00": None, "\r": "\n"})


@dataclass(frozen=True)
class Table:
    """Headings, and rows with their numbers as a person counts them; cells are clean words, or numbers and dates of a workbook."""

    headings: tuple[str, ...]
    rows: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)


def read_sheet(data: bytes) -> list[Table]:
    """The tables of a file, told by its content. Raises NotAWorkbook with Chinese words."""
    if data.startswith(GZIP):
        data = _unpacked(data)
    if data.startswith(ZIP):
        return [_table(cells) for cells in sheets.open_workbook(data).values() if cells]
    if len(data) > MOST_UNPACKED:
        raise NotAWorkbook(_("文件太大，没有打开。请分成几个文件。"))
    return [_table(_lines(decoded(data)))]


def _unpacked(data: bytes) -> bytes:
    opener = zlib.decompressobj(wbits=31)
    try:
        found = opener.decompress(data, MOST_UNPACKED + 1)
    except zlib.error as wrong:
        raise NotAWorkbook(_("压缩文件打不开，可能没有传完。")) from wrong
    if len(found) > MOST_UNPACKED:
        raise NotAWorkbook(_("文件展开后太大，没有打开。请分成几个文件。"))
    if not opener.eof:
        raise NotAWorkbook(_("压缩文件打不开，可能没有传完。"))
    return found


def decoded(data: bytes) -> str:
    """Words of a text file: its own mark, else UTF-8, else what a guess finds likely, else GB18030. Raises NotAWorkbook."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    for name in ("utf-8", *_guesses(data), "gb18030"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise NotAWorkbook(_("认不出这个文件的文字编码。请用 Excel 或 WPS 另存为 .xlsx 再试。"))


def _guesses(data: bytes) -> list[str]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(data[:SAMPLE].rsplit(b"\n", 1)[0], cp_isolation=list(CHINESE)).best()
        return [best.encoding] if best else []
    return []


def _lines(words: str) -> list[tuple[Any, ...]]:
    """Rows of a text with commas, tabs or semicolons, by whichever its first line has most of."""
    first = words[:SAMPLE].split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    found: list[tuple[Any, ...]] = []
    try:
        for row in csv.reader(io.StringIO(words.replace("\x00", ""), newline=""), delimiter=delimiter):
            found.append(tuple(row[:MOST_COLUMNS]))
            if len(found) > MOST_ROWS + 1:
                raise NotAWorkbook(_("超过 {n} 行。请分成几个文件。").format(n=MOST_ROWS))
    except csv.Error as wrong:
        raise NotAWorkbook(_("第 {n} 行读不出来，可能少了引号。").format(n=len(found) + 1)) from wrong
    return found


def _table(cells: list[tuple[Any, ...]]) -> Table:
    """Headings are the first row with at least two filled cells; a title above them is passed over."""
    rows = [(number, tuple(clean(value) for value in row)) for number, row in enumerate(cells, start=1)]
    rows = [(number, row) for number, row in rows if any(value not in (None, "") for value in row)]
    top = next((n for n, (_number, row) in enumerate(rows[:5]) if sum(value not in (None, "") for value in row) > 1), 0)
    if not rows:
        return Table(())
    return Table(tuple(str(value or "") for value in rows[top][1]), rows[top + 1 :])


def clean(value: Any) -> Any:
    """Words without blanks around, wide blanks, marks and what no database keeps; other values as they are."""
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").translate(BLANKS).encode("utf-8", "ignore").decode().strip()
