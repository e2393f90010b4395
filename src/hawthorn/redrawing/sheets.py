"""A plan out to Excel and back in: a line for each unit; only the last column is read, problems have cell addresses, all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl import Workbook

from hawthorn.files import sheets
from hawthorn.files.sheets import Column, NotAWorkbook, Problem
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.redrawing.queries import Survey

SHEET = _("网格调整方案")
LONGEST_OFFER = 200
"""Characters of all names together; a longer list of choices is no valid file in Excel."""


@dataclass(frozen=True)
class Read:
    """What a sheet says otherwise than the plan: grid by unit, a sentence each; and what in it cannot be read."""

    moves: dict[int, int] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def names_of(town: Town, found: Survey, opened: Mapping[int, str]) -> dict[str, int]:
    """The grids of a community, and those the plan opens, by what they are called in the sheet; of one name twice, each grid of today has its code
    beside it."""
    cards = sorted((town.places[pk] for pk in set(found.grids.values())), key=lambda p: p.code)
    many = Counter([*(p.name for p in cards), *opened.values()])
    return {p.name if many[p.name] == 1 else f"{p.name}（{p.code}）": p.id for p in cards} | {name: grid for grid, name in opened.items()}


def _columns(names: Mapping[str, int]) -> tuple[Column, ...]:
    offered = tuple(names) if sum(len(n) + 1 for n in names) <= LONGEST_OFFER else ()
    return (
        Column("code", _("楼院编号"), sheets.words(30), width=18),
        Column("name", _("楼院"), sheets.words(60), needed=False, width=24),
        Column("households", _("户数"), sheets.whole(0, 1_000_000), needed=False, width=8),
        Column("was", _("现在的网格"), sheets.words(90), needed=False, width=18),
        Column("grid", _("方案的网格"), sheets.choice(dict(names)), width=18, choices=offered),
    )


def written(town: Town, found: Survey, drawn: Mapping[int, int], opened: Mapping[int, str]) -> bytes:
    """The plan as .xlsx; reading it back in changes nothing. A grid that is no longer there is called as it was: no choice for who reads it in."""
    names = names_of(town, found, opened)
    drawn = {u.pk: drawn.get(u.pk, found.grids[u.pk]) for u in found.units}
    called = {pk: town.name_of(pk) for pk in drawn.values()} | {pk: name for name, pk in names.items()}
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    rows = ([u.code, u.name, u.households, called[found.grids[u.pk]], called[drawn[u.pk]]] for u in found.units)
    sheets.write_table(sheet, _columns(names), rows)
    return sheets.to_bytes(book)


def read(data: bytes, town: Town, found: Survey, drawn: Mapping[int, int], opened: Mapping[int, str]) -> Read:
    """What it changes. Units that are left out stay as they are in the plan; one named twice is a problem."""
    try:
        book = sheets.open_workbook(data)
    except NotAWorkbook as wrong:
        return Read(problems=[Problem(SHEET, 0, "", str(wrong))])
    if SHEET not in book:
        return Read(problems=[Problem(SHEET, 0, "", _("没有这张表"))])
    rows, problems = sheets.read_table(SHEET, book[SHEET], _columns(names_of(town, found, opened)))
    told = Read(problems=problems)
    units, seen = {u.code: u for u in found.units}, dict[str, int]()
    for row in rows:
        unit = units.get(row["code"])
        if unit is None:
            told.problems.append(row.problem("code", _("这个社区没有「{code}」这个楼院").format(code=row["code"])))
        elif row["code"] in seen:
            told.problems.append(row.problem("code", _("「{code}」在第 {n} 行已经写过").format(code=row["code"], n=seen[row["code"]])))
        elif row["grid"] != drawn.get(unit.pk, found.grids[unit.pk]):
            told.moves[unit.pk] = row["grid"]
            was, now = (opened.get(pk) or town.name_of(pk) for pk in (drawn.get(unit.pk, found.grids[unit.pk]), row["grid"]))
            told.changes.append(_("{unit}：从{was}到{grid}，{n} 户").format(unit=unit.name, was=was, grid=now, n=unit.households))
        seen.setdefault(row["code"], row.number)
    return told
