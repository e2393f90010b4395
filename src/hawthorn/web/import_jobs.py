"""How far a long sheet is: a page that loads itself anew until it is done. Nothing of it is lost when the page is closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.files import sheets
from hawthorn.gateways import kept_sheets
from hawthorn.gateways import messages as sheets_in
from hawthorn.gateways import messages_jobs as jobs
from hawthorn.gateways.messages_sheet import size_of
from hawthorn.gateways.models import OPEN_STATES, SheetImport, SheetProblem
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.web.books import as_file, turn
from hawthorn.web.imports import AT_ONCE, county_less
from hawthorn.web.request import Request

SECONDS, SHOWN, STILL = 3, 30, timedelta(minutes=3)
SAID = {
    "checking": "正在看这张表", "asked": "试导结果（还没有收）", "taking": "正在收", "done": "导入好了", "failed": "没有收成", "stopped": "停下来了",
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def far(request: Request, job: int) -> HttpResponse:
    """Of the own subdistrict only. 导入 after a look, 停下, the rows in trouble as a file."""
    found = SheetImport.objects.filter(pk=job, tenant=county_less(request)).exclude(name="").first()
    if found is None:
        raise NotThere
    if request.method == "POST":
        return _do(request, found)
    response = render(request, "web/messages_far.html", _context(found, request.now))
    if found.state in OPEN_STATES:
        response["Refresh"] = str(SECONDS)
    return response


def _do(request: Request, job: SheetImport) -> HttpResponse:
    do = request.POST.get("do")
    if do == "errors":
        return _errors(job)
    if do == "write":
        if job.elsewhere and "anew" not in request.POST:
            raise Refused("already_here", ["anew"], sheets_in.again_words(job.elsewhere) + _("还没有导入。"))
        jobs.go_on(job, is_anew="anew" in request.POST)
    elif do == "stop":
        jobs.stop(job, request.now)
    return redirect("import-messages-far", job=job.pk)


def _errors(job: SheetImport) -> HttpResponse:
    with kept_sheets.opened(job.name) as file:
        if file is None:
            raise Refused("missing", ["sheet"], _("这张表已经不在了：传上来的表只留一小时。请再传一次，试导以后下载。"))
        try:
            with turn(size_of(file) > AT_ONCE):
                return as_file(jobs.errors_of(job, file), "errors.xlsx")
        except sheets.NotAWorkbook as wrong:
            raise Refused("missing", ["sheet"], str(wrong)) from wrong


def _context(job: SheetImport, now: datetime) -> dict[str, Any]:
    problems = SheetProblem.objects.filter(sheet=job)
    number = problems.count()
    rows = [{"where": _where(p), "words": p.words} for p in problems.order_by("row", "id")[:SHOWN]]
    return {
        "title": _("导入来件表"), "job": job, "said": _(SAID[job.state]), "is_going": job.state in OPEN_STATES, "rows": rows,
        "more": max(0, number - SHOWN), "again": sheets_in.again_words(job.elsewhere) if job.state == "asked" else "", "seconds": SECONDS,
        "may_write": job.state == "asked" and job.new > 0, "is_dealt": job.state in ("done", "stopped"),
        "is_still": job.state in OPEN_STATES and (job.until or job.made_at) < now - STILL,
    }  # fmt: skip


def _where(problem: SheetProblem) -> str:
    return str(sheets.Problem(sheets_in.SHEET, problem.row, problem.column, "").where)
