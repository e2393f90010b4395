"""Sheets of hotline tickets and messages: read, look at (dry run), take in. The same sheet twice takes nothing in the second time.

Good rows are taken in; rows with problems come back as a sheet that can be corrected and sent again. Sheets too long for one request: messages_jobs.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from hawthorn.files import sheets
from hawthorn.files.sheets import NotAWorkbook, Problem
from hawthorn.gateways import actions
from hawthorn.gateways.addresses import Addresses
from hawthorn.gateways.messages_rows import LABELS, Going, Mapping_, Reader, Ready, guess_mapping, read_time
from hawthorn.gateways.messages_sheet import Table, open_sheets, read_sheet
from hawthorn.gateways.messages_sources import NEEDED, choose
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Unit

__all__ = ["NEEDED", "Report", "dry_run", "errors_sheet", "guess_mapping", "plan", "read_sheet", "read_time", "run"]
LOG = logging.getLogger(__name__)
BATCH, LONGEST_SOURCE = 200, 40
SHEET = _("来件")
NO_ROWS = _("列名下面一行也没有，没有可以收的。")


@dataclass
class Report:
    """What a sheet holds, and what became (or would become) of it. `errors` by row, with Chinese reasons; `elsewhere`: how many of the new
    numbers came before under another name of the source; `agreed`: those numbers; `remark`: what else is to be known."""

    rows: int = 0
    new: int = 0
    known: int = 0
    errors: list[Problem] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set, repr=False)
    is_dry: bool = True
    remark: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    table: Table = field(default_factory=lambda: Table(()), repr=False)
    ready: list[Ready] = field(default_factory=list, repr=False)
    letters: dict[str, str] = field(default_factory=dict, repr=False)

    def wrong(self, row: int, name: str, words: str) -> None:
        """Note what is wrong with one cell, or with the file (row 0)."""
        self.errors.append(problem(row, name, words, self.letters))


def problem(row: int, name: str, words: str, letters: Mapping[str, str]) -> Problem:
    """What is wrong with the cell of a row that holds `name`."""
    label = LABELS.get(name, "")
    return Problem(SHEET, row, letters.get(name, ""), f"{label}：{words}" if label else words)


def letters_of(columns: Mapping_) -> dict[str, str]:
    """The letters of columns, as a person finds them."""
    return {name: get_column_letter(n + 1) for name, n in columns.items()}


def lacking(columns: Mapping_) -> list[str]:
    """What stops a sheet from being read as messages, in words."""
    return [_("没有找到「{label}」这一列").format(label=LABELS[name]) for name in NEEDED if name not in columns]


def plan(data: bytes | BinaryIO, *, tenant: Tenant, town: Town, source: str, now: datetime, mapping: Mapping_ | None = None) -> Report:
    """What would be taken in. `mapping`: column number by field, as kept for the source or guessed where not said."""
    report = Report()
    try:
        found = choose(open_sheets(io.BytesIO(data) if isinstance(data, bytes) else data), tenant, source)
        if found is not None:
            report.table = found[0].table()
    except NotAWorkbook as wrong:
        report.wrong(0, "", str(wrong))
        return report
    columns = (mapping or found[1]) if found else {}
    report.rows, report.remark = len(report.table.rows), report.table.remark
    report.mapping = {name: report.table.headings[n] for name, n in columns.items() if n < len(report.table.headings)}
    report.letters = letters_of(columns)
    for words in lacking(columns):
        report.wrong(0, "", words)
    if not report.errors and not report.rows:
        report.wrong(0, "", NO_ROWS)
    if not report.errors:
        _read_rows(report, reader_of(columns, tenant, town, source, now))
    return report


dry_run = plan


def reader_of(columns: Mapping_, tenant: Tenant, town: Town, source: str, now: datetime) -> Reader:
    """Reads the rows of a sheet with these columns for one subdistrict."""
    own = [p for p in town.places.values() if p.tenant == tenant.pk]
    places = {p.code: (p.level, p.id) for p in own if p.level in ("grid", "community")}
    mine = [c for c in town.categories.values() if c.tenant == tenant.pk]
    categories = {c.name: c.id for c in reversed(mine)}
    units = Unit.objects.filter(community__in=[p.id for p in own if p.level == "community"], ended_on=None).values_list("name", "id")
    named = [(name, "unit", pk) for name, pk in units] + [(p.name, p.level, p.id) for p in own if p.level in ("grid", "community")]
    known = Addresses(named)
    return Reader(columns, town, subdistrict_of(tenant, town), source, now, LOOPS["matters"].steps["receive"], places, categories, known)


def subdistrict_of(tenant: Tenant, town: Town) -> int:
    """The place of a tenant. Raises Refused where none is set up yet."""
    found = next((p.id for p in town.places.values() if p.tenant == tenant.pk and p.level == "subdistrict"), None)
    if found is None:
        raise Refused("not_a_choice", fields=["tenant"], detail=_("这个街道还没有建好，请先导入建库表。"))
    return found


def _read_rows(report: Report, reader: Reader) -> None:
    going = Going(reader)
    for row, cells in report.table.rows:
        ready, wrong = going.take(row, cells)
        for name, words in wrong.items():
            report.wrong(row, name, words)
        if ready is not None:
            report.ready.append(ready)
    known = actions.known_numbers(reader.subdistrict, reader.source, [r.number for r in report.ready])
    report.known = len(known)
    report.ready = [r for r in report.ready if r.number not in known]
    report.new = len(report.ready)
    elsewhere = actions.numbers_elsewhere(reader.subdistrict, reader.source, [r.number for r in report.ready])
    report.agreed, report.elsewhere = set(elsewhere), counted(elsewhere.values())


def counted(names: Iterable[str]) -> dict[str, int]:
    """How often each."""
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def run(report: Report, *, tenant: Tenant, town: Town, source: str, now: datetime) -> Report:
    """Take in what a dry run found ready, in batches; each is there whole or not at all, so a broken run is simply begun again.

    Numbers the dry run told of as known elsewhere are agreed to; those that came there since are not taken.
    """
    done = replace(report, new=0, errors=list(report.errors), is_dry=False)
    place: dict[str, Any] = {"subdistrict": subdistrict_of(tenant, town), "source": source, "town": town, "now": now, "agreed": report.agreed}
    for batch in _batches(report.ready):
        taken = actions.take(batch, **place)
        for row, words in taken.left:
            done.wrong(row.row, "", words)
        done.new += len(taken.ids)
        done.known += taken.known
    LOG.info("messages: tenant %s, %d rows, %d new, %d known, %d errors", tenant.pk, done.rows, done.new, done.known, len(done.errors))
    return done


def _batches(rows: list[Ready]) -> Iterator[list[Ready]]:
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]


def errors_sheet(report: Report) -> bytes:
    """The rows with problems as they came, with the reason in front, to be corrected and sent again."""
    reasons: dict[int, list[str]] = {}
    for one in report.errors:
        reasons.setdefault(one.row, []).append(one.words)
    return errors_book(report.table.headings, report.table.rows, reasons)


def errors_book(headings: Sequence[str], rows: Iterable[tuple[int, tuple[Any, ...]]], reasons: Mapping[int, Sequence[str]]) -> bytes:
    """The same of headings, rows and reasons by row (0: of the file). Written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for letter, width in (("A", 8), ("B", 40)):
        sheet.column_dimensions[letter].width = width
    sheet.append(sheets.plain_row(sheet, [_("原来的行"), _("哪里不对"), *headings]))
    for words in reasons.get(0, ()):
        sheet.append(sheets.plain_row(sheet, [None, words]))
    for number, cells in rows:
        if number in reasons:
            sheet.append(sheets.plain_row(sheet, [number, " ".join(reasons[number]), *cells]))
    return sheets.to_bytes(book)


def again_words(elsewhere: Mapping[str, int]) -> str:
    """What to say where the numbers were taken in before under another name; nothing where they were not."""
    if not elsewhere:
        return ""
    names = "、".join(f"“{name}”" for name in elsewhere)
    return _("有 {n} 个编号，以前从{names}收过。要是同一批来件，请把来源写成原来的名字，就不会重复收。").format(n=sum(elsewhere.values()), names=names)
