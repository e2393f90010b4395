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
from hawthorn.web.request import Request, whole

SHOWN, PREVIEW, LONG = 200, 3, 60
PREFIX, ERRORS = "column-", "-errors"
ACCEPT = ".xlsx,.csv,.txt,.gz"
HELP = {"outside_number": "同一个编号只收一次。", "words": "居民说的话。", "phone": "加密存放，只用来答复。", "grid": "没有的，由网格中心来定。"}


@dataclass
class Sheet:
    """A kept file on its way: the ticket the page carries, its table, and which column is what."""

    name: str
    ticket: str
    data: bytes
    table: Table
    mapping: dict[str, int]


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
    if request.POST.get("do") in ("dry", "write", "errors"):
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
    return Sheet(name, ticket, kept, table, _mapping(request, table))


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


def _mapping(request: Request, table: Table) -> dict[str, int]:
    """As it was chosen on the page; guessed where the page did not ask yet."""
    if not any(key.startswith(PREFIX) for key in request.POST):
        return dict(sheets_in.guess_mapping(table.headings))
    said = {name: request.POST.get(f"{PREFIX}{name}", "") for name in LABELS}
    chosen = {name: whole(word, least=0) for name, word in said.items()}
    return {name: n for name, n in chosen.items() if n is not None and n < len(table.headings)}


def _go(request: Request, tenant: Tenant, sheet: Sheet, source: str) -> HttpResponse:
    """试导, 导入, or the rows in trouble as a file."""
    place: dict[str, Any] = {"tenant": tenant, "town": request.town, "source": source, "now": request.now}
    # An empty mapping would be guessed anew; a column beyond the sheet says “none”.
    report = sheets_in.dry_run(sheet.data, mapping=sheet.mapping or {"heading": len(sheet.table.headings)}, **place)
    if request.POST["do"] == "errors":
        return as_file(sheets_in.errors_sheet(report), "errors.xlsx")
    if request.POST["do"] == "write" and (report.ready or not report.errors):
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
        "errors": len(report.errors) if report else 0, "more": max(0, len(report.errors) - SHOWN) if report else 0,
    }  # fmt: skip
    if sheet is not None:
        context |= {"ticket": sheet.ticket, "columns": [] if is_done else columns(sheet), "preview": preview(sheet), "number": len(sheet.table.rows)}
    is_bad = bool(wrong) or (report is not None and bool(report.errors) and not report.new)
    return render(request, "web/messages.html", context, status=409 if is_bad else 200)


def columns(sheet: Sheet) -> list[dict[str, Any]]:
    """One select for each thing we need to know, with the guess (or what was chosen) in it."""
    found = []
    for name, label in LABELS.items():
        chosen = sheet.mapping.get(name)
        choices = [{"value": n, "label": heading or _("第 {n} 列").format(n=n + 1), "on": n == chosen} for n, heading in enumerate(sheet.table.headings)]
        field = {"kind": "select", "name": f"{PREFIX}{name}", "label": _(label), "choices": choices, "blank": _("表里没有"), "no_draft": True}
        found.append(field | {"required": name in sheets_in.NEEDED, "help": _(HELP[name]) if name in HELP else ""})
    return found


def preview(sheet: Sheet) -> dict[str, Any]:
    """The first rows as they came."""
    rows = [[_cut(cells[n] if n < len(cells) else "") for n in range(len(sheet.table.headings))] for _number, cells in sheet.table.rows[:PREVIEW]]
    return {"headings": sheet.table.headings, "rows": rows}


def _cut(value: Any) -> str:
    said = "" if value is None else sheets.text(value)
    return said if len(said) <= LONG else f"{said[:LONG]}…"
