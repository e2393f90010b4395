"""Tables that go in and out: the catalogue, the set-up workbook, messages of another system. First a dry run, then the writing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.categories import sheets as catalogue
from hawthorn.gateways import messages as sheets_in
from hawthorn.gateways import workbook
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import Seat
from hawthorn.tenants.models import Tenant
from hawthorn.web.request import Request, seat_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESKS = ("subdistrict_desk", "county_desk", "county_admin")
MOST_BYTES = 10 * 1024 * 1024
SHOWN = 200
TIERS = {"urgent": "急办", "livelihood": "民生急需", "ordinary": "一般", "complex": "复杂"}


def _seat(request: Request) -> Seat:
    seat = seat_of(request, *DESKS)
    if seat is None:
        raise NotThere
    return seat


def _tenant(request: Request) -> Tenant:
    """The tenant of my desk; one import can never touch another."""
    return Tenant.objects.select_related("county").get(pk=request.town.places[_seat(request).place].tenant)


def _upload(request: Request) -> bytes:
    upload = request.FILES.get("sheet")
    if upload is None:
        raise Refused("missing", ["sheet"], _("请先选一个文件。"))
    if (upload.size or 0) > MOST_BYTES:
        raise Refused("too_large", ["sheet"], _("文件太大了，最多 10 MB。"))
    return bytes(upload.read())


def _file(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _sheet_field(**more: Any) -> dict[str, Any]:
    return {"kind": "file", "name": "sheet", "label": _("Excel 文件（.xlsx）"), "required": True, "accept": ".xlsx", **more}


def _is_dry(request: Request) -> bool:
    return request.POST.get("do") != "write"


# ── categories ──
@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: Request) -> HttpResponse:
    """The catalogue as a table; changes by way of Excel, with a dry run first."""
    tenant, plan = _tenant(request), None
    if request.method == "POST":
        plan = catalogue.import_categories(_upload(request), tenant=tenant, now=request.now, dry_run=_is_dry(request))
        if not _is_dry(request) and not plan.problems:
            messages.success(request, _("目录改好了：{n} 行。").format(n=len(plan.changes)))
            return redirect("categories")
    lines = sorted((c for c in request.town.categories.values() if c.tenant == tenant.pk), key=lambda c: (c.catalogue, c.key))
    table = {
        "columns": [_("名称"), _("缓急"), _("公开"), _("说明")],
        "rows": [
            {"cells": [
                {"text": c.name, "small": f"{c.group} · {c.key}"}, {"text": _(TIERS[c.tier]), "label": _("缓急")},
                {"text": _("公开") if c.is_public else _("不公开"), "label": _("公开")},
                {"text": c.elsewhere or c.advice or "—", "label": _("说明")},
            ]}
            for c in lines
        ],
    }  # fmt: skip
    context = {"title": _("类别目录"), "table": table, "export": "categories-xlsx", "field": _sheet_field(), "number": len(lines)} | _planned(plan)
    return render(request, "web/book.html", context, status=409 if plan and plan.problems else 200)


def _planned(plan: Any) -> dict[str, Any]:
    if plan is None:
        return {}
    problems = [{"where": p.where, "words": p.words} for p in plan.problems[:SHOWN]]
    changes = [c.words for c in plan.changes[:SHOWN]]
    return {"planned": True, "problems": problems, "changes": changes, "change_number": len(plan.changes), "problem_number": len(plan.problems)}


@require_safe
def categories_xlsx(request: Request) -> HttpResponse:
    """The whole table as a file."""
    tenant = _tenant(request)
    return _file(catalogue.export_categories(tenant), f"categories-{tenant.code}.xlsx")


# ── the set-up workbook ──
@require_http_methods(["GET", "HEAD", "POST"])
def setup_book(request: Request) -> HttpResponse:
    """Places, units, posts and people from one workbook."""
    tenant, found = _tenant(request), None
    if request.method == "POST":
        found = workbook.plan(workbook.read_workbook(_upload(request)), tenant, now=request.now)
        if not _is_dry(request) and not found.problems:
            done = workbook.apply(found, actor_user_id=request.actor.user, now=request.now)
            words = _("工作簿写好了：{n} 处。").format(n=len(done.changes))
            more = _("新账号 {n} 个，密码请在“岗位和人”里当面重设。").format(n=len(done.new_usernames)) if done.new_usernames else ""
            messages.success(request, words + more)
            return redirect("workbook")
    context = {
        "title": _("设置工作簿"), "words": _("一个 Excel 文件写好地方、楼院、岗位和人。先试读，看清楚再写入；写几遍结果都一样。"), "export": "workbook-xlsx",
        "field": _sheet_field(), "export_label": _("下载样表"),
    } | _planned(found)  # fmt: skip
    return render(request, "web/book.html", context, status=409 if found and found.problems else 200)


@require_safe
def setup_xlsx(request: Request) -> HttpResponse:
    """A filled-in example."""
    _seat(request)
    return _file(workbook.template_workbook(), "setup.xlsx")


# ── messages of another system ──
@require_http_methods(["GET", "HEAD", "POST"])
def messages_sheet(request: Request) -> HttpResponse:
    """来件表: what a dry run finds; good rows are taken in, the others come back as a sheet to be corrected. Twice is once."""
    tenant, report, source = _tenant(request), None, request.POST.get("source", "").strip()[:40]
    if tenant.county_id is None:
        raise NotThere
    if request.method == "POST":
        if not source:
            raise Refused("missing", ["source"], _("请写来自哪个系统，比如“12345”。"))
        report = sheets_in.plan(_upload(request), tenant=tenant, town=request.town, source=source, now=request.now)
        if request.POST.get("do") == "errors":
            return _file(sheets_in.errors_sheet(report), "errors.xlsx")
        if not _is_dry(request):
            report = sheets_in.run(report, tenant=tenant, town=request.town, source=source, now=request.now)
            messages.success(request, _("收进 {new} 件，已经有的 {known} 件没有重复收。").format(new=report.new, known=report.known))
            if not report.errors:
                return redirect("import-messages")
    context = {
        "title": _("导入来件表"),
        "words": _("热线等系统的表（xlsx、csv 都行）。先试读；有问题的行不收，可以下载下来改好再传。"),
        "field": _sheet_field(accept=".xlsx,.csv,.txt,.gz", label=_("来件表")),
        "more": [{"kind": "text", "name": "source", "label": _("来自哪个系统"), "value": source, "required": True, "max_length": 40, "placeholder": "12345"}],
        "report": report,
        "rows": [{"where": e.where, "words": e.words} for e in report.errors[:SHOWN]] if report else [],
    }
    return render(request, "web/messages.html", context, status=409 if report and report.errors and not report.new else 200)
