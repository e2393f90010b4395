"""台账: any list as a workbook or as CSV, written while it is sent: however many rows, the same little memory and no file on the way.

The workbook is a zip of five kinds of small XML parts, which is why it can be sent before it is finished; libraries that write workbooks
gather a whole sheet first. Words are never formulas, neither here nor in the CSV.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from math import isfinite
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import CONTYPES_NS, PKG_REL_NS, REL_NS, SHEET_MAIN_NS

from hawthorn.files.sheets import NO, YES
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _

BOM = b"\xef\xbb\xbf"
MOST_LINES, MOST_PART, LONGEST = 1_048_576, 2_000_000_000, 32_767
PIECE, FAST = 1 << 16, 4
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
UNSEEN = (
    "\\s\x00-\x20\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
FORMULA = re.compile(f"[\t\r\n]|[{UNSEEN}]*[=+\\-@＝＋－＠﹦﹢﹣﹫−]")
"""How words begin that some program takes for a formula: it may turn wide signs into narrow ones, and pass over what is not seen."""
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 — as a workbook counts days, without a zone
DATE, MOMENT, HEADING, WORDS, TIME, SPAN = 1, 2, 3, 4, 5, 6
DAY, MARCH_1900 = 86_400, 61
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Column:
    """One column, and its line in the dictionary: 列名 | 标识 | 含义 | 来源."""

    heading: str
    name: str
    meaning: str = ""
    source: str = ""
    width: int = 14


def plain(value: Any) -> Any:
    """As it stands in a cell: moments in Shanghai without a zone, 是 and 否, words a workbook can hold; numbers and days as they are."""
    if isinstance(value, str):
        return NO_XML.sub("", value)[:LONGEST]
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return local(value).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


DICTIONARY = (Column(_("列名"), "", width=16), Column(_("标识"), "", width=18), Column(_("含义"), "", width=50), Column(_("来源"), "", width=24))


# ── CSV ──
def as_csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with its mark, as Excel and WPS want it; words that look like a formula get an apostrophe."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    yield BOM
    for row in chain([[c.heading for c in columns]], rows):
        write([_harmless(plain(value)) for value in row])
        if out.tell() > PIECE:
            yield _taken(out)
    yield _taken(out)


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _taken(out: io.StringIO) -> bytes:
    found = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return found


# ── workbook ──
class Sink(io.RawIOBase):
    """What was written since it was last asked."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        """Yes; but nobody can go back in it."""
        return True

    def write(self, data: Any) -> int:
        """Keep a piece."""
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        """All of it, and forget it."""
        found = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return found


def as_xlsx(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, has_dictionary: bool = True, above: Sequence[Sequence[Any]] = ()
) -> Iterator[bytes]:
    """Headings that stay in sight, filters, a sheet 数据字典 (unless it is for a system that knows its columns); a full sheet goes on in the next.

    `above`: rows above the headings, as long as these.
    """
    sink, titles = Sink(), list[str]()
    left, more = iter(rows), True
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
        while more:
            titles.append(_title(title, len(titles)))
            with archive.open(f"xl/worksheets/sheet{len(titles)}.xml", "w") as part:
                sheet = _Sheet(columns, above)
                for piece in sheet.written(left):
                    part.write(piece)
                    if sink.size > PIECE:
                        yield sink.take()
                more = sheet.is_full
        if has_dictionary:
            titles.append(_("数据字典"))
            with archive.open(f"xl/worksheets/sheet{len(titles)}.xml", "w") as part:
                for piece in _Sheet(DICTIONARY).written(iter([(c.heading, c.name, c.meaning, c.source) for c in columns])):
                    part.write(piece)
        for name, content in _frame(titles):
            archive.writestr(name, XML + content)
    yield sink.take()


def _title(title: str, before: int) -> str:
    """At most 31 characters and none of those a workbook forbids."""
    said = "".join(c for c in title if c not in "[]:*?/\\'")[:26] or "1"
    return f"{said} {before + 1}" if before else said


class _Sheet:
    """The XML of one sheet, row by row. `is_full`: rows are left over."""

    def __init__(self, columns: Sequence[Column], above: Sequence[Sequence[Any]] = ()) -> None:
        self.columns, self.above, self.is_full = columns, above, False
        self.letters = [get_column_letter(n + 1) for n in range(len(columns))]

    def written(self, rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
        """Pieces of it, to its end."""
        widths = "".join(f'<col min="{n}" max="{n}" width="{c.width}" customWidth="1"/>' for n, c in enumerate(self.columns, start=1))
        top = len(self.above) + 1
        pane = f'<pane ySplit="{top}" topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/>'
        head = (
            f'{XML}<worksheet xmlns="{SHEET_MAIN_NS}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{widths}</cols><sheetData>'
        )
        line = top
        waiting = [head, *(self._row(n, row) for n, row in enumerate(self.above, start=1)), self._row(top, [c.heading for c in self.columns], HEADING)]
        size = held = 0
        for row in rows:
            line += 1
            waiting.append(self._row(line, row))
            held += len(waiting[-1])
            if held > PIECE:
                piece = "".join(waiting).encode()
                size, held, waiting = size + len(piece), 0, []
                yield piece
            if line == MOST_LINES or size > MOST_PART:
                self.is_full = True
                break
        filters = f'<autoFilter ref="A{top}:{self.letters[-1]}{line}"/>'
        yield f"{''.join(waiting)}</sheetData>{filters}</worksheet>".encode()

    def _row(self, line: int, values: Sequence[Any], style: int = 0) -> str:
        filled = [(letter, plain(value)) for letter, value in zip(self.letters, values, strict=True)]
        cells = "".join([_cell(f"{letter}{line}", value, style) for letter, value in filled if value is not None and value != ""])
        return f'<row r="{line}">{cells}</row>'


def _cell(at: str, value: Any, style: int) -> str:
    if isinstance(value, str):
        if FORMULA.match(value):
            style = WORDS
        said = escape(value) if "&" in value or "<" in value or ">" in value else value
        shown = f' s="{style}"' if style else ""
        kept = "" if value == value.strip() else ' xml:space="preserve"'
        return f'<c r="{at}"{shown} t="inlineStr"><is><t{kept}>{said}</t></is></c>'
    if isinstance(value, (date, time, timedelta)):
        number, style = _days(value)
        return f'<c r="{at}" s="{style}"><v>{number:.9f}</v></c>' if number % 1 else f'<c r="{at}" s="{style}"><v>{int(number)}</v></c>'
    return f'<c r="{at}" s="{style}"><v>{value}</v></c>'


def _days(value: date | time | timedelta) -> tuple[float, int]:
    """As a workbook counts: days, with a leap day in 1900 that never was; and how they are shown."""
    if isinstance(value, timedelta):
        return value.total_seconds() / DAY, SPAN
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / DAY, TIME
    is_moment = isinstance(value, datetime)
    days = (value - DAY_ZERO).total_seconds() / DAY if isinstance(value, datetime) else value.toordinal() - DAY_ZERO.toordinal()
    return days - (1 < days < MARCH_1900), MOMENT if is_moment else DATE


def _frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts that hold the sheets together."""
    names = range(1, len(titles) + 1)
    sheets = "".join(f'<sheet name={quoteattr(title)} sheetId="{n}" r:id="r{n}"/>' for n, title in zip(names, titles, strict=True))
    yield "xl/workbook.xml", f'<workbook xmlns="{SHEET_MAIN_NS}" xmlns:r="{REL_NS}"><sheets>{sheets}</sheets></workbook>'
    ties = "".join(f'<Relationship Id="r{n}" Type="{REL_NS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in names)
    ties += f'<Relationship Id="r0" Type="{REL_NS}/styles" Target="styles.xml"/>'
    yield "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PKG_REL_NS}">{ties}</Relationships>'
    yield "xl/styles.xml", _styles()
    book = f'<Relationship Id="r1" Type="{REL_NS}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f'<Relationships xmlns="{PKG_REL_NS}">{book}</Relationships>'
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in names)
    parts += f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    parts += f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
    usual = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    usual += '<Default Extension="xml" ContentType="application/xml"/>'
    yield "[Content_Types].xml", f'<Types xmlns="{CONTYPES_NS}">{usual}{parts}</Types>'


def _styles() -> str:
    """In the order of the numbers above: plain, day, moment, heading, words that look like a formula, time of day, length of time."""
    formats = '<numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    formats += '<numFmt numFmtId="166" formatCode="hh:mm:ss"/><numFmt numFmtId="167" formatCode="[h]:mm:ss"/></numFmts>'
    fonts = '<fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    fills = '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    fills += '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF4"/></patternFill></fill></fills>'
    none = '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    cells = '<xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    cells += '<xf numFmtId="0" fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    cells += '<xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/><xf numFmtId="166" applyNumberFormat="1"/><xf numFmtId="167" applyNumberFormat="1"/>'
    named = '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    return f'<styleSheet xmlns="{SHEET_MAIN_NS}">{formats}{fonts}{fills}{none}<cellXfs count="7">{cells}</cellXfs>{named}</styleSheet>'
