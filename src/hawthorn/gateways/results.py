"""结果回填: what became of a source's tickets, written into the sheet the source sends: its columns, in its order, the answer where it wants it.

The contacts of people are not written back, and neither is what was never kept (columns that had no use here): those cells are empty, unless the
source's own sheet is at hand and only filled in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, BinaryIO

from django.db.models import QuerySet

from hawthorn.files.ledgers import Column
from hawthorn.files.sheets import NotAWorkbook
from hawthorn.gateways import messages_sources as sources
from hawthorn.gateways.messages_rows import LABELS, RESULTS, Mapping_
from hawthorn.gateways.messages_sheet import MOST_COLUMNS, Sheet, clean, open_sheets
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.words import _
from hawthorn.loops.models import Text
from hawthorn.matters.models import Matter, OutsideNumber
from hawthorn.tenants.models import Tenant

CHUNK, FARTHEST = 500, 5
HEADINGS: dict[str, str] = {"result": _("办理结果"), "ended_at": _("办结时间"), "status": _("办理状态")}
KEPT_WORDS = ("words", "heading", "outside_kind", "spot")
BY = {"arrived": "item__opened_at", "ended": "item__closed_at"}
WIDTHS = {"words": 50, "result": 40, "heading": 24, "address": 24, "ended_at": 18, "arrived_at": 18, "outside_due_at": 18}
Row = Sequence[Any]


@dataclass(frozen=True)
class Wanted:
    """Which tickets: of a subdistrict and a source; come or ended (`by`) from `since` until before `until`, where these are said."""

    subdistrict: int
    source: str
    since: datetime | None = None
    until: datetime | None = None
    by: str = "arrived"

    def found(self) -> QuerySet[OutsideNumber]:
        """Their numbers."""
        rows = OutsideNumber.objects.filter(subdistrict=self.subdistrict, source=self.source)
        if self.since:
            rows = rows.filter(**{f"{BY[self.by]}__gte": self.since})
        if self.until:
            rows = rows.filter(**{f"{BY[self.by]}__lt": self.until})
        return rows.filter(item__open=False) if self.by == "ended" else rows


@dataclass(frozen=True)
class Form:
    """The sheet of a source: its headings, and which column is what; what the source wants back is added at the end where it has no column."""

    headings: tuple[str, ...]
    columns: Mapping_

    @property
    def as_columns(self) -> list[Column]:
        """For the writer."""
        meant = {n: name for name, n in self.columns.items()}
        return [Column(heading, meant.get(n, ""), width=WIDTHS.get(meant.get(n, ""), 14)) for n, heading in enumerate(self.headings)]


def form_of(tenant: Tenant, source: str) -> Form:
    """As its last sheet was; one of our own where none is known."""
    known = next((one for one in sources.sources_of(tenant) if one.name == source), None)
    if known is None:
        names = [name for name in LABELS if name not in ("phone", "name")]
        return with_results([str(LABELS[name]) for name in names], {name: n for n, name in enumerate(names)})
    return with_results(known.headings, known.columns)


def with_results(headings: Iterable[str], columns: Mapping_) -> Form:
    """A column for each thing the source is told: said, found by its heading, or added at the end."""
    named, meant = list(headings), dict(columns)
    for name in RESULTS:
        if name not in meant:
            free = [n for n, heading in enumerate(named) if heading.strip() == HEADINGS[name] and n not in meant.values()]
            if not free:
                named.append(HEADINGS[name])
            meant[name] = free[0] if free else len(named) - 1
    return Form(tuple(named), meant)


# ── what became of them ──
@dataclass(frozen=True)
class Answer:
    """What became of one ticket."""

    result: str = ""
    ended_at: datetime | None = None
    status: str = ""


def answers_of(matters: Sequence[Matter]) -> dict[int, Answer]:
    """By item; what was merged says what became of the one it was merged into. Statements: two, and one for each step of merging."""
    final = {m.item_id: m for m in matters}
    for _n in range(FARTHEST):
        wanted = {m.merged_into for m in final.values() if m.item.stage == "merged" and m.merged_into}
        if not wanted:
            break
        targets = {m.item_id: m for m in Matter.objects.filter(item__in=wanted).select_related("item")}
        final = {pk: targets.get(m.merged_into or 0, m) if m.item.stage == "merged" else m for pk, m in final.items()}
    told = [m.item_id for m in final.values() if m.answer or not m.item.open]
    said = Text.objects.filter(item__in=told, audience="public", erased_at__isnull=True).order_by("item_id", "seq", "id")
    words = dict(said.values_list("item_id", "words"))
    stages = LOOPS["matters"].stages
    return {
        pk: Answer(words.get(m.item_id, ""), (m.settled_at or m.item.closed_at) if m.item_id in told else None, stages[m.item.stage].label)
        for pk, m in final.items()
    }


def rows_of(wanted: Wanted, form: Form) -> Iterator[Row]:
    """The tickets as rows of the sheet, by their number; a few statements for every piece, nothing held between them."""
    last = ""
    while piece := list(wanted.found().filter(number__gt=last).order_by("number").values_list("number", "item_id")[:CHUNK]):
        last = piece[-1][0]
        ids = [item for _number, item in piece]
        matters = {m.item_id: m for m in Matter.objects.filter(item__in=ids).select_related("item", "item__grid", "category")}
        answers = answers_of(list(matters.values()))
        texts: dict[int, dict[str, str]] = {}
        for item, name, words in Text.objects.filter(item__in=ids, seq=1, field__in=KEPT_WORDS, erased_at__isnull=True).values_list(
            "item_id", "field", "words"
        ):
            texts.setdefault(item, {})[name] = words
        for number, item in piece:
            if item in matters:
                yield _row(form, _known(number, matters[item], texts.get(item, {})), answers[item])


def _known(number: str, m: Matter, texts: dict[str, str]) -> dict[str, Any]:
    """What came with the ticket, as far as it was kept; contacts stay where they are."""
    return {
        "outside_number": number, "words": texts.get("words", ""), "heading": texts.get("heading", ""), "arrived_at": m.arrived_at,
        "outside_due_at": m.outside_due_at, "category": texts.get("outside_kind") or (m.category.name if m.category else ""),
        "grid": m.item.grid.code if m.item.grid else "", "address": texts.get("spot", ""),
    }  # fmt: skip


def _row(form: Form, known: dict[str, Any], answer: Answer) -> Row:
    found = known | vars(answer)
    cells: list[Any] = [None] * len(form.headings)
    for name, n in form.columns.items():
        cells[n] = found.get(name)
    return cells


# ── into the source's own sheet ──
@dataclass
class Filled:
    """A source's own sheet with the answers in it: rows are read and filled as they are written. `known`: how many of its numbers came in."""

    form: Form
    sheet: Sheet
    wanted: Wanted
    rows: int = 0
    known: int = 0

    @property
    def above(self) -> list[Row]:
        """What stands above the headings."""
        return [self._as_it_was(cells) for _number, cells in itertools.takewhile(lambda row: row[0] < self.sheet.top, self.sheet.exact())]

    def read(self) -> Iterator[Row]:
        """Its rows below the headings in its order, every cell as it was but for the answers."""
        self.rows = self.known = 0
        rows = (self._as_it_was(cells) for number, cells in self.sheet.exact() if number > self.sheet.top)
        while piece := list(itertools.islice(rows, CHUNK)):
            yield from self._answered(piece)

    def _as_it_was(self, cells: Row) -> list[Any]:
        return [*(_shown(value) for value in cells), *[None] * (len(self.form.headings) - len(cells))]

    def _answered(self, piece: list[list[Any]]) -> list[list[Any]]:
        place = self.form.columns["outside_number"]
        numbers = [sources.number_in(clean(row[place])) for row in piece]
        items = dict(self.wanted.found().filter(number__in=numbers).values_list("number", "item_id"))
        matters = Matter.objects.filter(item__in=items.values()).select_related("item")
        answers = answers_of(list(matters))
        for row, number in zip(piece, numbers, strict=True):
            if (answer := answers.get(items.get(number, 0))) is not None:
                self.known += 1
                for name, value in vars(answer).items():
                    row[self.form.columns[name]] = value or row[self.form.columns[name]]
        self.rows += sum(any(value is not None for value in row) for row in piece)
        return piece


def filled(file: BinaryIO, tenant: Tenant, wanted: Wanted) -> Filled:
    """Ready to fill in a sheet. Raises NotAWorkbook where it is none, or has no column of numbers."""
    sheet = _sheet_of(file)
    columns = sources.known_columns(tenant, wanted.source, sheet.headings) or sources.guess_mapping(sheet.headings)
    if "outside_number" not in columns:
        raise NotAWorkbook(_("没有找到「{label}」这一列").format(label=LABELS["outside_number"]))
    headings, width = list(sheet.headings), 0
    for number, cells in sheet.exact():
        width = max(width, len(cells))
        if number == sheet.top:
            headings = ["" if value is None else str(value) for value in cells]
    if width > MOST_COLUMNS:
        raise NotAWorkbook(_("这张表超过 {n} 列，没有填。请删掉用不着的列再传。").format(n=MOST_COLUMNS))
    return Filled(with_results([*headings, *[""] * (width - len(headings))], columns), sheet, wanted)


def _shown(value: Any) -> Any:
    """A cell as it looked: a day without its midnight, yes and no as a workbook says them."""
    if isinstance(value, bool):
        return str(value).upper()
    return value.date() if isinstance(value, datetime) and value.time() == time() else value


def _sheet_of(file: BinaryIO) -> Sheet:
    sheets = open_sheets(file)
    if not sheets:
        raise NotAWorkbook(_("这张表是空的。"))
    return next((one for one in sheets if "outside_number" in sources.guess_mapping(one.headings)), sheets[0])
