"""The whole category table out to Excel and back in: dry run, problems with cell addresses, all or nothing, twice is once.

An optional column that is left out leaves its field alone; an empty cell empties it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from openpyxl import Workbook

from hawthorn.categories import actions
from hawthorn.categories.models import Category
from hawthorn.files import sheets
from hawthorn.files.sheets import Column, NotAWorkbook, Problem, Row
from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.tenants.models import Tenant

SHEET = _("事项目录")
CATALOGUES: dict[str, str] = {label: code for code, label in Category.CATALOGUES}
TIERS: dict[str, str] = {_("急办"): "urgent", _("民生急需"): "livelihood", _("一般"): "ordinary", _("复杂"): "complex"}
KEYS = {"city": re.compile(r"[cm](\d{5}|9\d\d)"), "dispute": re.compile(r"d(\d\d|\d{4}|9\d\d)"), "service": re.compile(r"s9\d\d")}
LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*个?\s*(分钟|小时|天|工作小时|工作日)")
LIMIT_UNITS = {"分钟": "hours", "小时": "hours", "天": "days", "工作小时": "work_hours", "工作日": "workdays"}
LIMITS = ("accept", "respond", "promise")


def limit(value: Any) -> Limit:
    """A limit as it is written on pages: “4 个工作小时”, “30 分钟”. Raises ValueError with Chinese words."""
    found = LIMIT.fullmatch(sheets.text(value))
    if not found:
        raise ValueError(_("「{value}」不是时限，请写成「4 个工作小时」「7 天」「30 分钟」这样").format(value=sheets.text(value)[:20]))
    amount = float(found[1])
    return Limit(LIMIT_UNITS[found[2]], amount / 60 if found[2] == "分钟" else amount)


COLUMNS = (
    Column("catalogue", _("目录"), sheets.choice(CATALOGUES), choices=tuple(CATALOGUES)),
    Column("key", _("编号"), sheets.words(12)),
    Column("name", _("名称"), sheets.words(60), width=28),
    Column("group", _("分组"), sheets.words(60), needed=False, width=18),
    Column("tier", _("时限档"), sheets.choice(TIERS), needed=False, choices=tuple(TIERS)),
    Column("accept", _("受理时限"), limit, needed=False),
    Column("respond", _("接单时限"), limit, needed=False),
    Column("promise", _("办结时限"), limit, needed=False),
    Column("needs_proof", _("要凭证"), sheets.yes_no, needed=False, width=8, choices=(sheets.YES, sheets.NO)),
    Column("needs_check", _("要核查"), sheets.yes_no, needed=False, width=8, choices=(sheets.YES, sheets.NO)),
    Column("is_public", _("可公开"), sheets.yes_no, needed=False, width=8, choices=(sheets.YES, sheets.NO)),
    Column("in_duty_list", _("在社区职责清单内"), sheets.yes_no, needed=False, width=10, choices=(sheets.YES, sheets.NO)),
    Column("duplicate_metres", _("重复判断半径（米）"), sheets.whole(0, 10_000), needed=False),
    Column("duplicate_days", _("重复判断天数"), sheets.whole(0, 365), needed=False),
    Column("advice", _("填写前的提示"), sheets.words(300), needed=False, width=40),
    Column("elsewhere", _("不归这里，请找"), sheets.words(200), needed=False, width=40),
    Column("ended_on", _("停用日期"), sheets.day, needed=False),
)
DEFAULTS = {field.name: field.get_default() for field in Category._meta.concrete_fields}
HEADINGS = {column.field: column.heading for column in COLUMNS}


@dataclass(frozen=True)
class Change:
    """One line of the catalogue that becomes new or other, and the row of the sheet. `values` are all fields to write."""

    catalogue: str
    key: str
    values: dict[str, Any]
    words: str
    row: int = 0


@dataclass
class Plan:
    """What an import would do, and what stands in its way. With a problem nothing is done."""

    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def export_categories(tenant: Tenant) -> bytes:
    """The whole table of a tenant as .xlsx; reading it back in changes nothing."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    lines = Category.objects.filter(tenant=tenant).order_by("catalogue", "key")
    sheets.write_table(sheet, COLUMNS, ([_cell(line, column.field) for column in COLUMNS] for line in lines))
    return sheets.to_bytes(book)


def _cell(line: Category, name: str) -> Any:
    if name in LIMITS:
        return Limit.parse(line.limits[name]).label() if name in line.limits else None
    value = getattr(line, name)
    labels = {"catalogue": CATALOGUES, "tier": TIERS}.get(name)
    return next(label for label, code in labels.items() if code == value) if labels else value


def import_categories(data: bytes, *, tenant: Tenant, now: datetime, dry_run: bool) -> Plan:
    """Read a table back in. With `dry_run`, or where there is any problem, nothing is written."""
    with transaction.atomic():
        plan = _plan(data, tenant, local(now).date())
        if not plan.problems and not dry_run:
            for change in plan.changes:
                actions.put_category(tenant=tenant, catalogue=change.catalogue, key=change.key, values=change.values, now=now)
    return plan


def _plan(data: bytes, tenant: Tenant, today: date) -> Plan:
    try:
        book = sheets.open_workbook(data)
    except NotAWorkbook as wrong:
        return Plan(problems=[Problem(SHEET, 0, "", str(wrong))])
    if SHEET not in book:
        return Plan(problems=[Problem(SHEET, 0, "", _("没有这张表"))])
    rows, problems = sheets.read_table(SHEET, book[SHEET], COLUMNS)
    plan = plan_rows(rows, lines_of(tenant), today)
    plan.problems[:0] = problems
    return plan


def lines_of(tenant: Tenant) -> dict[tuple[str, str], Category]:
    """A tenant's lines by catalogue and key."""
    return {(line.catalogue, line.key): line for line in Category.objects.filter(tenant=tenant)}


def plan_rows(rows: list[Row], known: dict[tuple[str, str], Category], today: date) -> Plan:
    """What readable rows would change in the lines that are there."""
    plan, seen = Plan(), dict[tuple[str, str], int]()
    for row in rows:
        code = row["catalogue"], row["key"]
        if wrong_cell := _check(row, known.get(code), seen.get(code), today):
            plan.problems.append(wrong_cell)
        elif change := _change(row, known.get(code)):
            plan.changes.append(change)
        seen.setdefault(code, row.number)
    return plan


def _check(row: Row, line: Category | None, earlier: int | None, today: date) -> Problem | None:
    """What forbids this row though each cell could be read."""
    if not KEYS[row["catalogue"]].fullmatch(row["key"]):
        return row.problem("key", _("「{key}」不是这个目录的编号").format(key=row["key"]))
    if earlier:
        return row.problem("key", _("和第 {n} 行重复").format(n=earlier))
    ended_on = row.values.get("ended_on")
    if ended_on and ended_on < today and (line is None or line.ended_on != ended_on):
        return row.problem("ended_on", _("停用日期已经过去"))
    return None


def _change(row: Row, line: Category | None) -> Change | None:
    before = line or Category(catalogue=row["catalogue"], key=row["key"])
    values = {name: _value(row, name) for name in row.letters if name not in ("catalogue", "key", *LIMITS)}
    limits = {name: before.limits[name] for name in LIMITS if name in before.limits and name not in row.letters}
    limits |= {name: row[name].to_json() for name in LIMITS if row.values.get(name) is not None}
    values["limits"] = limits
    different = [name for name, value in values.items() if getattr(before, name) != value]
    if line and not different:
        return None
    verb = _("改") if line else _("新增")
    what = "、".join(HEADINGS.get(name, _("时限")) for name in different) if line else ""
    return Change(row["catalogue"], row["key"], values, f"{verb} {row['key']} {row['name']}" + (f"：{what}" if what else ""), row.number)


def _value(row: Row, name: str) -> Any:
    """The cell's value; an empty one gives the field's default."""
    value = row[name]
    return DEFAULTS[name] if value is None else value
