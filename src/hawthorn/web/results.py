"""结果回填: choose a source and a period and take its sheet with the answers away; or bring the source's own sheet and have it filled in."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from typing import IO, Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.files.ledgers import as_xlsx
from hawthorn.files.sheets import NotAWorkbook
from hawthorn.gateways import actions, results
from hawthorn.gateways import messages as sheets_in
from hawthorn.gateways import messages_sources as sources
from hawthorn.gateways.messages_sheet import MOST_BYTES, is_packed, size_of
from hawthorn.gateways.results import Wanted
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.errors import Refused
from hawthorn.tenants.models import Tenant
from hawthorn.web import exports
from hawthorn.web.books import XLSX, turn
from hawthorn.web.imports import ACCEPT, AT_ONCE, county_less
from hawthorn.web.request import Request

BY = {"arrived": "来件时间", "ended": "办结时间"}
SHEET, WHAT = "来件", "results"


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request) -> HttpResponse | FileResponse:
    """How many there are before they are taken; POST: the source's own sheet."""
    tenant = county_less(request)
    if request.method == "POST":
        return _filled(request, tenant)
    wanted = _wanted(request, tenant, request.GET)
    query = {name: request.GET[name] for name in ("source", "since", "until", "by") if request.GET.get(name)}
    context = {
        "title": _("结果回填"), "number": wanted.found().count() if wanted.source else None, "query": urlencode(query), "source": wanted.source,
        "fields": _fields(request, tenant, wanted), "headings": results.form_of(tenant, wanted.source).headings if wanted.source else (),
        "sheet_field": {"kind": "file", "name": "sheet", "label": _("对方的表（xlsx、csv 都行）"), "required": True, "accept": ACCEPT},
        "from_field": _source_field(request, tenant, wanted.source) | {"id": "source-of-sheet"},
    }  # fmt: skip
    return render(request, "web/results.html", context)


@require_safe
def download(request: Request) -> HttpResponse | StreamingHttpResponse:
    """The source's sheet with the answers."""
    tenant = county_less(request)
    wanted = _wanted(request, tenant, request.GET)
    if not wanted.source:
        raise Refused("missing", ["source"], _("请先选来自哪个系统。"))
    form = results.form_of(tenant, wanted.source)
    number = wanted.found().count()
    return exports.sent(
        request, WHAT, "xlsx", number, lambda: as_xlsx(SHEET, form.as_columns, results.rows_of(wanted, form), has_dictionary=False)
    )  # fmt: skip


def _filled(request: Request, tenant: Tenant) -> FileResponse:
    """The sheet that was brought, row by row into a file of its own: what is wrong with it is said before anything is sent."""
    upload = request.FILES.get("sheet")
    wanted = _wanted(request, tenant, request.POST)
    if upload is None or not wanted.source:
        raise Refused("missing", ["sheet", "source"], _("请先选来自哪个系统，再选一个文件。什么都没有改动。"))
    if (upload.size or 0) > MOST_BYTES:
        raise Refused("too_large", ["sheet"], _("文件太大了，最多 {n} MB。没有收下，请分成几个文件再传。").format(n=MOST_BYTES // 1_000_000))
    with ExitStack() as closing:
        out = closing.enter_context(tempfile.TemporaryFile())
        try:
            found = _written(upload.file, tenant, wanted, out)
        except NotAWorkbook as wrong:
            raise Refused("wrong_type", ["sheet"], str(wrong)) from wrong
        if not found.known:
            raise Refused("not_a_choice", ["sheet"], _("这张表里的编号，一个也没有从“{source}”收过。什么都没有填。").format(source=wanted.source))
        exports.note(request, WHAT, "xlsx", found.known)
        out.seek(0)
        closing.pop_all()  # the answer closes it when it is sent
    return FileResponse(out, as_attachment=True, filename=f"results-{local(request.now):%Y%m%d}.xlsx", content_type=XLSX)


def _written(file: Any, tenant: Tenant, wanted: Wanted, out: IO[bytes]) -> results.Filled:
    """The sheet filled in. Raises NotAWorkbook, Refused where another long one is being read."""
    with turn(is_packed(file) or size_of(file) > AT_ONCE):
        found = results.filled(file, tenant, wanted)
        for piece in as_xlsx(SHEET, found.form.as_columns, found.read(), has_dictionary=False, above=found.above):
            out.write(piece)
    return found


def _wanted(request: Request, tenant: Tenant, said: Any) -> Wanted:
    since, until = _day(said.get("since", "")), _day(said.get("until", ""))
    return Wanted(
        sheets_in.subdistrict_of(tenant, request.town), said.get("source", "").strip()[:40], _begin(since) if since else None,
        _begin(until + timedelta(days=1)) if until else None, said.get("by", "") if said.get("by") in BY else "arrived",
    )  # fmt: skip


def _begin(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)


def _day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def _source_field(request: Request, tenant: Tenant, chosen: str) -> dict[str, Any]:
    names = dict.fromkeys([*actions.sources_of(sheets_in.subdistrict_of(tenant, request.town)), *(one.name for one in sources.sources_of(tenant))])
    choices = [{"value": name, "label": name, "on": name == chosen} for name in names]
    return {"kind": "select", "name": "source", "label": _("来自哪个系统"), "choices": choices, "required": True, "no_draft": True}


def _fields(request: Request, tenant: Tenant, wanted: Wanted) -> list[dict[str, Any]]:
    choices = [{"value": code, "label": _(label), "on": wanted.by == code} for code, label in BY.items()]
    return [
        _source_field(request, tenant, wanted.source),
        {"kind": "radio-chips", "name": "by", "label": _("按哪个时间"), "choices": choices, "required": False},
        {"kind": "date", "name": "since", "label": _("从哪一天"), "value": request.GET.get("since", "")},
        {"kind": "date", "name": "until", "label": _("到哪一天（含）"), "value": request.GET.get("until", "")},
    ]
