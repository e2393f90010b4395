"""导入来件表: read a sheet of another system, say which column is what, try, take in. Nothing is chosen or typed twice on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.files import sheets
from hawthorn.gateways import kept_sheets
from hawthorn.gateways import messages as sheets_in
from hawthorn.gateways import messages_jobs as jobs
from hawthorn.gateways import messages_sources as sources
from hawthorn.gateways.messages_rows import LABELS, RESULTS, guess_mapping
from hawthorn.gateways.messages_sheet import HEAD, MOST_BYTES, Table, is_packed, open_sheets, size_of, unpacked
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.tenants.models import Tenant
from hawthorn.web.books import SMALL, as_file, tenant_of, turn
from hawthorn.web.request import Request

SHOWN, PREVIEW, LONG = 200, 3, 60
SAMPLES, SAMPLE = 2, 24
PREFIX, ERRORS = "column-", "-errors"
ACCEPT = ".xlsx,.csv,.txt,.gz"
HELP = {"outside_number": "同一个编号只收一次。", "words": "居民说的话。", "phone": "加密存放，只用来答复。", "grid": "没有的，由网格中心来定。"}


MEANT = LABELS | RESULTS
AT_ONCE = 2_000_000


@dataclass
class Sheet:
    """A kept file on its way: the ticket the page carries, the beginning of its table, and what each column is taken for.

    `is_long`: too long for one request. `is_known`: its columns are as they were said last time.
    """

    name: str
    ticket: str
    table: Table
    chosen: dict[int, str]
    is_long: bool
    is_known: bool

    @property
    def mapping(self) -> dict[str, int]:
        """Column number by what it is."""
        return {name: n for n, name in self.chosen.items()}

    @property
    def doubled(self) -> list[str]:
        """What two columns are taken for."""
        names = list(self.chosen.values())
        return [name for name in MEANT if names.count(name) > 1]


def county_less(request: Request) -> Tenant:
    """The subdistrict sheets are taken in for; a county has none of its own."""
    tenant = tenant_of(request)
    if tenant.county_id is None:
        raise NotThere
    return tenant


@require_http_methods(["GET", "HEAD", "POST"])
def messages_sheet(request: Request) -> HttpResponse:
    """Good rows are taken in, the others come back as a sheet to be corrected. The same sheet twice is once."""
    tenant = county_less(request)
    kept_sheets.sweep(request.now, jobs.needed_names())
    source = request.POST.get("source", "").strip()[:40]
    if request.method != "POST":
        return _page(request, tenant, source)
    if request.POST.get("do") == "errors" and (done := _written_errors(request, tenant)):
        return as_file(done, "errors.xlsx")
    if not source:
        raise Refused("missing", ["source"], _("请写来自哪个系统，比如“12345”。什么都没有收。"))
    try:
        sheet = _opened(request, tenant, source)
    except sheets.NotAWorkbook as wrong:
        return _page(request, tenant, source, wrong=str(wrong))
    if request.POST.get("do") in ("dry", "write", "errors") and not sheet.doubled:
        return _go_long(request, tenant, sheet, source) if sheet.is_long else _go(request, tenant, sheet, source)
    return _page(request, tenant, source, sheet)


def _opened(request: Request, tenant: Tenant, source: str) -> Sheet:
    """The file that came now, or the one kept by an earlier press. Raises Refused, NotAWorkbook."""
    who = {"user": request.user.pk, "tenant": tenant.pk}
    ticket = request.POST.get("ticket", "")
    if "sheet" in request.FILES or not ticket:
        ticket = kept_sheets.keep(_upload(request), **who, now=request.now)
    name = kept_sheets.name_of(ticket, **who)
    with kept_sheets.opened(name) as file:
        if file is None:
            raise Refused("missing", ["sheet"], _("这张表已经不在了：传上来的表只留一小时，收完就删。这一次什么都没有收，请再选一次文件。"))
        is_long = size_of(file) > AT_ONCE
        with turn(is_long):
            found = sources.choose(open_sheets(file), tenant, source)
            table = found[0].table(HEAD if is_long else None) if found else Table(())
    known = sources.known_columns(tenant, source, table.headings)
    return Sheet(name, ticket, table, _chosen(request, table, known), is_long, known is not None)


def _upload(request: Request) -> Any:
    """The file that came with the form, unpacked, in pieces. Raises Refused missing, too_large, NotAWorkbook."""
    upload = request.FILES.get("sheet")
    if upload is None:
        raise Refused("missing", ["sheet"], _("请先选一个文件。什么都没有改动。"))
    if (upload.size or 0) > MOST_BYTES:
        raise Refused("too_large", ["sheet"], _("文件太大了，最多 {n} MB。没有收下，请分成几个文件再传。").format(n=MOST_BYTES // 1_000_000))
    with turn((upload.size or 0) > SMALL and is_packed(upload.file)):  # type: ignore[arg-type]
        file = unpacked(upload.file)  # type: ignore[arg-type]
    file.seek(0)
    return iter(lambda: file.read(jobs.PIECE), b"")


def _chosen(request: Request, table: Table, known: dict[str, int] | None) -> dict[int, str]:
    """As it was chosen on the page; as last time, or guessed, where the page did not ask yet. A column without anything in it is nothing, unless it
    waits for the result."""
    filled = asked_for(table)
    if not any(key.startswith(PREFIX) for key in request.POST):
        guessed = known or guess_mapping([heading if n in filled else "" for n, heading in enumerate(table.headings)])
        return {n: name for name, n in guessed.items()}
    said = {n: request.POST.get(f"{PREFIX}{n}", "") for n in filled}
    return {n: name for n, name in said.items() if name in MEANT}


def with_content(table: Table) -> list[int]:
    """The columns that hold anything below their heading; of a long sheet all that are named, since only its beginning is looked at."""
    if not table.is_whole:
        return [n for n, heading in enumerate(table.headings) if heading]
    return [n for n in range(len(table.headings)) if any(n < len(cells) and cells[n] not in (None, "") for _number, cells in table.rows)]


def asked_for(table: Table) -> list[int]:
    """The columns a person is asked about: those with content, and those that wait for the result."""
    results = {n for name, n in guess_mapping(table.headings).items() if name in RESULTS}
    return sorted(results | set(with_content(table)))


def _go(request: Request, tenant: Tenant, sheet: Sheet, source: str) -> HttpResponse:
    """试导, 导入, or the rows in trouble as a file."""
    place: dict[str, Any] = {"tenant": tenant, "town": request.town, "source": source, "now": request.now}
    # An empty mapping would be guessed anew; a column beyond the sheet says “none”.
    with kept_sheets.opened(sheet.name) as file:
        report = sheets_in.dry_run(file or b"", mapping=sheet.mapping or {"heading": len(sheet.table.headings)}, **place)
    if request.POST["do"] == "errors":
        return as_file(sheets_in.errors_sheet(report), "errors.xlsx")
    is_sure = not report.elsewhere or "anew" in request.POST
    if request.POST["do"] == "write" and is_sure and (report.ready or not report.errors):
        sources.remember(tenant, source, sheet.table.headings, sheet.mapping, request.now)
        report = sheets_in.run(report, **place)
        messages.success(request, _("收进 {new} 件，已经有的 {known} 件没有重复收。").format(new=report.new, known=report.known))
        if report.errors:
            kept_sheets.put(f"{sheet.name}{ERRORS}", [sheets_in.errors_sheet(report)], request.now)
        kept_sheets.forget(sheet.name)
    return _page(request, tenant, source, sheet, report)


def _go_long(request: Request, tenant: Tenant, sheet: Sheet, source: str) -> HttpResponse:
    """A long sheet is worked off by itself; the next page shows how far it is."""
    if words := sheets_in.lacking(sheet.mapping):
        return _page(request, tenant, source, sheet, wrong=" ".join(words))
    is_dry = request.POST["do"] != "write"
    if not is_dry:
        sources.remember(tenant, source, sheet.table.headings, sheet.mapping, request.now)
    with kept_sheets.opened(sheet.name) as file:
        digest = jobs.digest_of(file) if file else ""
    job = jobs.begin(
        tenant=tenant, source=source, user=request.actor.user, name=sheet.name, digest=digest, columns=sheet.mapping, is_dry=is_dry,
        is_anew="anew" in request.POST, now=request.now,
    )  # fmt: skip
    return redirect("import-messages-far", job=job.pk)


def _written_errors(request: Request, tenant: Tenant) -> bytes | None:
    """What an import left over, while its hour lasts."""
    name = kept_sheets.name_of(request.POST.get("ticket", ""), user=request.user.pk, tenant=tenant.pk)
    with kept_sheets.opened(f"{name}{ERRORS}" if name else "") as file:
        return file.read() if file else None


# ── what is shown ──
def _page(request: Request, tenant: Tenant, source: str, sheet: Sheet | None = None, report: Any = None, wrong: str = "") -> HttpResponse:
    is_done = report is not None and not report.is_dry
    context = {
        "title": _("导入来件表"), "source": source, "wrong": wrong, "report": report, "is_done": is_done,
        "field": {"kind": "file", "name": "sheet", "label": _("来件表（xlsx、csv 都行）"), "required": True, "accept": ACCEPT},
        "from_field": {"kind": "text", "name": "source", "label": _("来自哪个系统"), "value": source, "required": True, "max_length": 40},
        "rows": [{"where": e.where, "words": e.words} for e in report.errors[:SHOWN]] if report else [],
        "again": sheets_in.again_words(report.elsewhere) if report and report.is_dry else "",
        "known": [{"name": one.name, "number": len(one.columns)} for one in sources.sources_of(tenant)] if sheet is None else [],
        "under_way": jobs.recent(tenant) if sheet is None else [],
        "errors": len(report.errors) if report else 0, "more": max(0, len(report.errors) - SHOWN) if report else 0,
    }  # fmt: skip
    if sheet is not None:
        context |= {
            "ticket": sheet.ticket,
            "number": len(sheet.table.rows),
            "remark": sheet.table.remark,
            "is_long": sheet.is_long,
            "is_same": sheet.is_known,
        } | ({} if is_done else _asked(sheet))
    context["is_known"] = report is not None and report.is_dry and request.POST.get("do") == "write" and not report.ready
    is_unsure = bool(context["again"]) and request.POST.get("do") == "write"
    is_bad = bool(wrong) or is_unsure or bool(sheet and sheet.doubled) or (report is not None and bool(report.errors) and not report.new)
    return render(request, "web/messages.html", context, status=409 if is_bad else 200)


def _asked(sheet: Sheet) -> dict[str, Any]:
    """Which column is what: those in use first, the others folded; the columns with nothing in them only by name; what is still needed."""
    shown, filled = columns(sheet), asked_for(sheet.table)
    empty = [heading for n, heading in enumerate(sheet.table.headings) if heading and n not in filled]
    return {
        "columns": [c for c in shown if c["is_used"]], "unused": [c for c in shown if not c["is_used"]], "empty": empty,
        "lacking": [_(LABELS[name]) for name in sheets_in.NEEDED if name not in sheet.mapping], "doubled": [_(MEANT[name]) for name in sheet.doubled],
        "preview": preview(sheet), "is_asked": True,
    }  # fmt: skip


def columns(sheet: Sheet) -> list[dict[str, Any]]:
    """Each column that holds something, with a few of its values, and what it is taken for (guessed, or as it was chosen)."""
    taken, found = sheet.chosen, []
    for n in asked_for(sheet.table):
        choices = [{"value": name, "label": _(label), "on": taken.get(n) == name, "must": name in sheets_in.NEEDED} for name, label in MEANT.items()]
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
