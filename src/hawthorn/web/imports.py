"""导入来件表: read a sheet of another system, say which column is what, try, take in. Nothing is chosen or typed twice on the way."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from openpyxl import load_workbook

from hawthorn.files import sheets
from hawthorn.gateways import messages as sheets_in
from hawthorn.gateways.messages_rows import LABELS
from hawthorn.gateways.messages_sheet import Table
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.tenants.models import Tenant
from hawthorn.web import kept_sheets
from hawthorn.web.books import as_file, tenant_of, upload_of
from hawthorn.web.request import Request

SHOWN, PREVIEW, LONG = 200, 3, 60
SAMPLES, SAMPLE = 2, 24
PREFIX, ERRORS = "column-", "-errors"
ACCEPT = ".xlsx,.csv,.txt,.gz"
HELP = {"outside_number": "同一个编号只收一次。", "words": "居民说的话。", "phone": "加密存放，只用来答复。", "grid": "没有的，由网格中心来定。"}


@dataclass
class Sheet:
    """A kept file on its way: the ticket the page carries, its table, and what each column is taken for."""

    name: str
    ticket: str
    data: bytes
    table: Table
    chosen: dict[int, str]

    @property
    def mapping(self) -> dict[str, int]:
        """Column number by what it is."""
        return {name: n for n, name in self.chosen.items()}

    @property
    def doubled(self) -> list[str]:
        """What two columns are taken for."""
        names = list(self.chosen.values())
        return [name for name in LABELS if names.count(name) > 1]


@require_http_methods(["GET", "HEAD", "POST"])
def messages_sheet(request: Request) -> HttpResponse:
    """Good rows are taken in, the others come back as a sheet to be corrected. The same sheet twice is once."""
    tenant = tenant_of(request)
    if tenant.county_id is None:
        raise NotThere
    kept_sheets.sweep(request.now)
    source = request.POST.get("source", "").strip()[:40]
    if request.method != "POST":
        return _page(request, source)
    if request.POST.get("do") == "errors" and (done := _written_errors(request, tenant)):
        return as_file(done, "errors.xlsx")
    if not source:
        raise Refused("missing", ["source"], _("请写来自哪个系统，比如“12345”。什么都没有收。"))
    try:
        sheet = _opened(request, tenant)
    except sheets.NotAWorkbook as wrong:
        return _page(request, source, wrong=str(wrong))
    if request.POST.get("do") in ("dry", "write", "errors") and not sheet.doubled:
        return _go(request, tenant, sheet, source)
    return _page(request, source, sheet)


def _opened(request: Request, tenant: Tenant) -> Sheet:
    """The file that came now, or the one kept by an earlier press. Raises Refused, NotAWorkbook."""
    who = {"user": request.user.pk, "tenant": tenant.pk}
    ticket = request.POST.get("ticket", "")
    if "sheet" in request.FILES or not ticket:
        data = _chosen_first(upload_of(request))
        ticket = kept_sheets.keep(data, **who, now=request.now)
    name = kept_sheets.name_of(ticket, **who)
    kept = kept_sheets.read(name)
    if kept is None:
        raise Refused("missing", ["sheet"], _("这张表已经不在了：传上来的表只留一小时，收完就删。这一次什么都没有收，请再选一次文件。"))
    tables = sheets_in.read_sheet(kept)
    table = tables[0] if tables else Table(())
    return Sheet(name, ticket, kept, table, _chosen(request, table))


def _chosen_first(data: bytes) -> bytes:
    """Of a workbook with several sheets the one that reads as messages comes first, as it does where columns are guessed."""
    tables = sheets_in.read_sheet(data)
    at = next((n for n, t in enumerate(tables) if set(sheets_in.NEEDED) <= set(sheets_in.guess_mapping(t.headings))), 0)
    if at == 0:
        return data
    title = [name for name, cells in sheets.open_workbook(data).items() if cells][at]
    book = load_workbook(io.BytesIO(data), data_only=True)
    book.move_sheet(title, -book.sheetnames.index(title))
    return sheets.to_bytes(book)


def _chosen(request: Request, table: Table) -> dict[int, str]:
    """As it was chosen on the page; guessed where the page did not ask yet. A column without anything in it is nothing."""
    filled = with_content(table)
    if not any(key.startswith(PREFIX) for key in request.POST):
        guessed = sheets_in.guess_mapping([heading if n in filled else "" for n, heading in enumerate(table.headings)])
        return {n: name for name, n in guessed.items()}
    said = {n: request.POST.get(f"{PREFIX}{n}", "") for n in filled}
    return {n: name for n, name in said.items() if name in LABELS}


def with_content(table: Table) -> list[int]:
    """The columns that hold anything below their heading."""
    return [n for n in range(len(table.headings)) if any(n < len(cells) and cells[n] not in (None, "") for _number, cells in table.rows)]


def _go(request: Request, tenant: Tenant, sheet: Sheet, source: str) -> HttpResponse:
    """试导, 导入, or the rows in trouble as a file."""
    place: dict[str, Any] = {"tenant": tenant, "town": request.town, "source": source, "now": request.now}
    # An empty mapping would be guessed anew; a column beyond the sheet says “none”.
    report = sheets_in.dry_run(sheet.data, mapping=sheet.mapping or {"heading": len(sheet.table.headings)}, **place)
    if request.POST["do"] == "errors":
        return as_file(sheets_in.errors_sheet(report), "errors.xlsx")
    is_sure = not report.elsewhere or "anew" in request.POST
    if request.POST["do"] == "write" and is_sure and (report.ready or not report.errors):
        report = sheets_in.run(report, **place)
        messages.success(request, _("收进 {new} 件，已经有的 {known} 件没有重复收。").format(new=report.new, known=report.known))
        if report.errors:
            kept_sheets.put(f"{sheet.name}{ERRORS}", sheets_in.errors_sheet(report), request.now)
        kept_sheets.forget(sheet.name)
    return _page(request, source, sheet, report)


def _written_errors(request: Request, tenant: Tenant) -> bytes | None:
    """What an import left over, while its hour lasts."""
    return kept_sheets.read(kept_sheets.name_of(request.POST.get("ticket", ""), user=request.user.pk, tenant=tenant.pk), ERRORS)


# ── what is shown ──
def _page(request: Request, source: str, sheet: Sheet | None = None, report: Any = None, wrong: str = "") -> HttpResponse:
    is_done = report is not None and not report.is_dry
    context = {
        "title": _("导入来件表"), "source": source, "wrong": wrong, "report": report, "is_done": is_done,
        "field": {"kind": "file", "name": "sheet", "label": _("来件表（xlsx、csv 都行）"), "required": True, "accept": ACCEPT},
        "from_field": {"kind": "text", "name": "source", "label": _("来自哪个系统"), "value": source, "required": True, "max_length": 40},
        "rows": [{"where": e.where, "words": e.words} for e in report.errors[:SHOWN]] if report else [],
        "again": sheets_in.again_words(report) if report and report.is_dry else "",
        "errors": len(report.errors) if report else 0, "more": max(0, len(report.errors) - SHOWN) if report else 0,
    }  # fmt: skip
    if sheet is not None:
        context |= {"ticket": sheet.ticket, "number": len(sheet.table.rows)} | ({} if is_done else _asked(sheet))
    context["is_known"] = report is not None and report.is_dry and request.POST.get("do") == "write" and not report.ready
    is_unsure = bool(context["again"]) and request.POST.get("do") == "write"
    is_bad = bool(wrong) or is_unsure or bool(sheet and sheet.doubled) or (report is not None and bool(report.errors) and not report.new)
    return render(request, "web/messages.html", context, status=409 if is_bad else 200)


def _asked(sheet: Sheet) -> dict[str, Any]:
    """Which column is what: those in use first, the others folded; the columns with nothing in them only by name; what is still needed."""
    shown, filled = columns(sheet), with_content(sheet.table)
    empty = [heading for n, heading in enumerate(sheet.table.headings) if heading and n not in filled]
    return {
        "columns": [c for c in shown if c["is_used"]], "unused": [c for c in shown if not c["is_used"]], "empty": empty,
        "lacking": [_(LABELS[name]) for name in sheets_in.NEEDED if name not in sheet.mapping], "doubled": [_(LABELS[name]) for name in sheet.doubled],
        "preview": preview(sheet), "is_asked": True,
    }  # fmt: skip


def columns(sheet: Sheet) -> list[dict[str, Any]]:
    """Each column that holds something, with a few of its values, and what it is taken for (guessed, or as it was chosen)."""
    taken, found = sheet.chosen, []
    for n in with_content(sheet.table):
        choices = [{"value": name, "label": _(label), "on": taken.get(n) == name, "must": name in sheets_in.NEEDED} for name, label in LABELS.items()]
        found.append(
            {
                "name": f"{PREFIX}{n}", "heading": _heading(sheet.table, n), "samples": _samples(sheet.table, n), "choices": choices,
                "is_used": n in taken, "help": _(HELP[taken[n]]) if taken.get(n) in HELP else "",
            }
        )  # fmt: skip
    return found


def _heading(table: Table, n: int) -> str:
    return table.headings[n] or _("第 {n} 列").format(n=n + 1)


def _samples(table: Table, n: int) -> list[str]:
    """The first few different values of a column."""
    found: dict[str, None] = {}
    for _number, cells in table.rows:
        if n < len(cells) and cells[n] not in (None, ""):
            found[_cut(cells[n], SAMPLE)] = None
        if len(found) == SAMPLES:
            break
    return list(found)


def preview(sheet: Sheet) -> dict[str, Any]:
    """The first rows as they came, without the empty columns."""
    shown = with_content(sheet.table)
    rows = [[_cut(cells[n] if n < len(cells) else "") for n in shown] for _number, cells in sheet.table.rows[:PREVIEW]]
    return {"headings": [_heading(sheet.table, n) for n in shown], "rows": rows}


def _cut(value: Any, most: int = LONG) -> str:
    said = "" if value is None else sheets.text(value)
    return said if len(said) <= most else f"{said[:most]}…"
