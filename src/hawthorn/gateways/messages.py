"""Sheets of hotline tickets and messages: read, look at (dry run), take in. The same sheet twice takes nothing in the second time.

Good rows are taken in; rows with problems come back as a sheet that can be corrected and sent again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from hawthorn.files import sheets
from hawthorn.files.sheets import Column, NotAWorkbook, Problem
from hawthorn.gateways import actions
from hawthorn.gateways.messages_rows import LABELS, Mapping_, Reader, Ready, guess_mapping, read_time
from hawthorn.gateways.messages_sheet import Table, read_sheet
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.loops.town import town_of
from hawthorn.tenants.models import Tenant

__all__ = ["Report", "dry_run", "errors_sheet", "guess_mapping", "import_messages", "plan", "read_sheet", "read_time", "run"]
LOG = logging.getLogger(__name__)
BATCH, LONGEST_SOURCE = 200, 40
SHEET = _("来件")
NEEDED = ("outside_number", "words")


@dataclass
class Report:
    """What a sheet holds, and what became (or would become) of it. `errors` by row, with Chinese reasons; `elsewhere`: how many of the new
    numbers came before under another name of the source."""

    rows: int = 0
    new: int = 0
    known: int = 0
    errors: list[Problem] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    is_dry: bool = True
    mapping: dict[str, str] = field(default_factory=dict)
    table: Table = field(default_factory=lambda: Table(()), repr=False)
    ready: list[Ready] = field(default_factory=list, repr=False)
    letters: dict[str, str] = field(default_factory=dict, repr=False)

    def wrong(self, row: int, name: str, words: str) -> None:
        """Note what is wrong with one cell, or with the file (row 0)."""
        label = LABELS.get(name, "")
        self.errors.append(Problem(SHEET, row, self.letters.get(name, ""), f"{label}：{words}" if label else words))


def plan(data: bytes, *, tenant: Tenant, town: Town, source: str, now: datetime, mapping: Mapping_ | None = None) -> Report:
    """What would be taken in. `mapping`: column number by field, guessed where not said."""
    report = Report()
    try:
        tables = read_sheet(data)
    except NotAWorkbook as wrong:
        report.wrong(0, "", str(wrong))
        return report
    guessed = [(table, mapping or guess_mapping(table.headings)) for table in tables]
    table, chosen = next(((t, m) for t, m in guessed if all(name in m for name in NEEDED)), guessed[0] if guessed else (Table(()), {}))
    report.table, report.rows = table, len(table.rows)
    report.mapping = {name: table.headings[n] for name, n in chosen.items() if n < len(table.headings)}
    report.letters = {name: get_column_letter(n + 1) for name, n in chosen.items()}
    for name in NEEDED:
        if name not in chosen:
            report.wrong(0, "", _("没有找到「{label}」这一列").format(label=LABELS[name]))
    if not report.errors:
        _read_rows(report, _reader(chosen, tenant, town, source, now))
    return report


dry_run = plan


def _reader(mapping: Mapping_, tenant: Tenant, town: Town, source: str, now: datetime) -> Reader:
    own = [p for p in town.places.values() if p.tenant == tenant.pk]
    places = {p.code: (p.level, p.id) for p in own if p.level in ("grid", "community")}
    mine = [c for c in town.categories.values() if c.tenant == tenant.pk]
    categories = {c.name: c.id for c in reversed(mine)}
    return Reader(mapping, town, subdistrict_of(tenant, town), source, now, LOOPS["matters"].steps["receive"], places, categories)


def subdistrict_of(tenant: Tenant, town: Town) -> int:
    """The place of a tenant. Raises Refused where none is set up yet."""
    found = next((p.id for p in town.places.values() if p.tenant == tenant.pk and p.level == "subdistrict"), None)
    if found is None:
        raise Refused("not_a_choice", fields=["tenant"], detail=_("这个街道还没有建好，请先导入建库表。"))
    return found


def _read_rows(report: Report, reader: Reader) -> None:
    seen: dict[str, int] = {}
    for row, cells in report.table.rows:
        number = reader.number(cells)
        given, wrong = reader.read(cells)
        if number and number in seen:
            wrong = {"outside_number": _("和第 {n} 行的编号相同").format(n=seen[number])}
        elif number:
            seen[number] = row
        for name, words in wrong.items():
            report.wrong(row, name, words)
        if not wrong:
            report.ready.append(Ready(row, number, given))
    known = actions.known_numbers(reader.subdistrict, reader.source, [r.number for r in report.ready])
    report.known = sum(r.number in known for r in report.ready)
    report.ready = [r for r in report.ready if r.number not in known]
    report.new = len(report.ready)
    report.elsewhere = actions.numbers_elsewhere(reader.subdistrict, reader.source, [r.number for r in report.ready])


def run(report: Report, *, tenant: Tenant, town: Town, source: str, now: datetime) -> Report:
    """Take in what a dry run found ready, in batches; each is there whole or not at all, so a broken run is simply begun again."""
    done = replace(report, new=0, errors=list(report.errors), is_dry=False)
    place: dict[str, Any] = {"subdistrict": subdistrict_of(tenant, town), "source": source, "town": town, "now": now}
    for batch in _batches(report.ready):
        left: list[tuple[Ready, str]] = []
        try:
            made = actions.take_in(batch, **place)
        except (Refused, WrongType):
            made, left = actions.take_in_singly(batch, **place)
        for row, words in left:
            done.wrong(row.row, "", words)
        done.new += len(made)
        done.known += len(batch) - len(made) - len(left)
    LOG.info("messages: tenant %s, %d rows, %d new, %d known, %d errors", tenant.pk, done.rows, done.new, done.known, len(done.errors))
    return done


def _batches(rows: list[Ready]) -> Iterator[list[Ready]]:
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]


def errors_sheet(report: Report) -> bytes:
    """The rows with problems as they came, with the reason in front, to be corrected and sent again."""
    reasons: dict[int, list[str]] = {}
    for problem in report.errors:
        reasons.setdefault(problem.row, []).append(problem.words)
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    columns = [
        Column("row", _("原来的行"), str, width=8),
        Column("why", _("哪里不对"), str, width=40),
        *(Column(h, h, str, width=20) for h in report.table.headings),
    ]
    rows: list[list[Any]] = [[None, words] for words in reasons.get(0, [])]
    rows += [[number, " ".join(reasons[number]), *cells] for number, cells in report.table.rows if number in reasons]
    sheets.write_table(sheet, columns, rows)
    return sheets.to_bytes(book)


def again_words(report: Report) -> str:
    """What to say where the numbers were taken in before under another name; nothing where they were not."""
    if not report.elsewhere:
        return ""
    names = "、".join(f"“{name}”" for name in report.elsewhere)
    return _("有 {n} 个编号，以前从{names}收过。要是同一批来件，请把来源写成原来的名字，就不会重复收。").format(n=sum(report.elsewhere.values()), names=names)


def import_messages(path: Path | str, *, tenant_code: str, source: str, dry_run: bool, now: datetime, anew: bool = False) -> Report:
    """A sheet into a subdistrict, from the command line; numbers known from another source only with `anew`.

    Raises Refused for an unknown subdistrict or known numbers, OSError for a file that cannot be read.
    """
    source = source.strip()[:LONGEST_SOURCE]
    if not source:
        raise Refused("missing", fields=["source"], detail=_("请写来自哪个系统。"))
    tenant = Tenant.objects.select_related("county").filter(code=tenant_code).first()
    if tenant is None:
        raise Refused("not_a_choice", fields=["tenant"], detail=_("没有这个街道：{code}").format(code=tenant_code))
    town = town_of(tenant.county or tenant)
    report = plan(Path(path).read_bytes(), tenant=tenant, town=town, source=source, now=now)
    if not dry_run and not anew and (words := again_words(report)):
        raise Refused("already_here", fields=["source"], detail=words + _("确实是另一批的，加上 --anew 再导入。"))
    return report if dry_run else run(report, tenant=tenant, town=town, source=source, now=now)
