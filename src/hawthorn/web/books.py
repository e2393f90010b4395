"""Tables that go in and out: the catalogue, the set-up workbook. First a dry run, then the writing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.categories import sheets as catalogue
from hawthorn.files.sheets import Problem
from hawthorn.gateways import kept_sheets, workbook
from hawthorn.kernel.errors import SENTENCES, NotThere, Refused
from hawthorn.kernel.world import Seat
from hawthorn.tenants.models import Tenant
from hawthorn.web.request import Request, seat_of
from hawthorn.web.shelf import shelf

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESKS = ("subdistrict_desk", "county_desk", "county_admin")
MOST_BYTES = 10 * 1024 * 1024
SHOWN, SMALL = 200, 20_000
ONE_AT_A_TIME = threading.BoundedSemaphore(1)


def desk_of(request: Request) -> Seat:
    """My seat at a subdistrict or county desk; others do not have these pages."""
    seat = seat_of(request, *DESKS)
    if seat is None:
        raise NotThere
    return seat


def tenant_of(request: Request) -> Tenant:
    """The tenant of my desk; one import can never touch another."""
    return Tenant.objects.select_related("county").get(pk=request.town.places[desk_of(request).place].tenant)


def upload_of(request: Request) -> bytes:
    """The file that came with the form, or the one that a dry run has kept for an hour. Raises Refused missing, too_large."""
    upload = request.FILES.get("sheet")
    if upload is None and (ticket := request.POST.get("ticket", "")):
        data = kept_sheets.read(kept_sheets.name_of(ticket, **_who(request)))
        if data is None:
            raise Refused("missing", ["sheet"], _("试读过的文件只留一小时，已经不在了。什么都没有改动，请再选一次文件。"))
        return data
    if upload is None:
        raise Refused("missing", ["sheet"], _("请先选一个文件。什么都没有改动。"))
    if (upload.size or 0) > MOST_BYTES:
        raise Refused("too_large", ["sheet"], _("文件太大了，最多 10 MB。没有收下，请分成几个文件再传。"))
    return bytes(upload.read())


def forget_upload(request: Request) -> None:
    """What was written is kept no longer."""
    if name := kept_sheets.name_of(request.POST.get("ticket", ""), **_who(request)):
        kept_sheets.forget(name)


def _who(request: Request) -> dict[str, int]:
    return {"user": request.user.pk, "tenant": request.tenant.pk}


@contextmanager
def turn(is_long: bool) -> Iterator[None]:
    """Long sheets are read one at a time in a process, so that the other pages still find a free hand. Raises Refused."""
    if is_long and not ONE_AT_A_TIME.acquire(blocking=False):
        raise Refused("busy", ["sheet"], _("正在读另一张长表。这一张没有收，请稍后再传。"))
    try:
        yield
    finally:
        if is_long:
            ONE_AT_A_TIME.release()


def as_file(body: bytes, name: str) -> HttpResponse:
    """A workbook to be saved."""
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sheet_field(**more: Any) -> dict[str, Any]:
    """The file of a table that comes in."""
    return {"kind": "file", "name": "sheet", "label": _("Excel 文件（.xlsx）"), "required": True, "accept": ".xlsx", **more}


def is_dry(request: Request) -> bool:
    """Is it to be looked through only."""
    return request.POST.get("do") != "write"


# ── categories ──
@require_http_methods(["GET", "HEAD", "POST"])
def categories(request: Request) -> HttpResponse:
    """The catalogue as a table; changes by way of Excel, with a dry run first."""
    tenant, plan, data = tenant_of(request), None, b""
    if request.method == "POST":
        data = upload_of(request)
        with turn(len(data) > SMALL):
            plan = catalogue.import_categories(data, tenant=tenant, now=request.now, dry_run=is_dry(request))
        if not is_dry(request) and not plan.problems:
            forget_upload(request)
            messages.success(request, _("目录改好了：{n} 行。").format(n=len(plan.changes)))
            return redirect("categories")
    policy = request.town.policy(desk_of(request).place)
    context = {"title": _("类别目录"), "export": "categories-xlsx", "field": sheet_field(), "table": True} | shelf(request, tenant.pk, policy)
    context |= planned(plan, request, data)
    return render(request, "web/categories.html", context, status=409 if plan and plan.problems else 200)


def planned(plan: Any, request: Request, data: bytes, again: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """What a dry run found, for book.html.

    Where nothing is wrong and something new the file is kept for an hour, so that it can be written without choosing it once more.
    `again`: what else was chosen (name, value).
    """
    if plan is None:
        return {}
    ticket = "" if plan.problems or not plan.changes else kept_sheets.keep([data], **_who(request), now=request.now)
    problems = [{"where": p.where, "words": p.words} for p in plan.problems[:SHOWN]]
    changes = [getattr(c, "words", c) for c in plan.changes[:SHOWN]]
    return {"planned": True, "problems": problems, "changes": changes, "change_number": len(plan.changes), "problem_number": len(plan.problems),
            "ticket": ticket, "again": again}  # fmt: skip


@require_safe
def categories_xlsx(request: Request) -> HttpResponse:
    """The whole table as a file."""
    tenant = tenant_of(request)
    return as_file(catalogue.export_categories(tenant), f"categories-{tenant.code}.xlsx")


# ── the set-up workbook ──
def not_oneself(found: Any, request: Request) -> None:
    """Nobody puts themself in a post by way of a sheet either: noted as problems of the plan. What changes on a post one has is no such thing."""
    town, me = request.town, request.user.username
    held = [town.posts[seat.post] for seat in request.actor.seats if seat.post in town.posts and not seat.acting]
    own = {(town.places[post.place].code, post.kind, post.name) for post in held}
    for change in found.changes:
        if change.do in ("appoint", "stand_in") and change.args["username"] == me and change.args["key"] not in own:
            found.problems.append(Problem(change.sheet, change.row, "", _(SENTENCES["not_oneself"])))


@require_http_methods(["GET", "HEAD", "POST"])
def setup_book(request: Request) -> HttpResponse:
    """Places, units, posts and people from one workbook."""
    tenant, found, data = tenant_of(request), None, b""
    if request.method == "POST":
        data = upload_of(request)
        with turn(len(data) > SMALL):
            rows = workbook.read_workbook(data)
        found = workbook.plan(rows, tenant, now=request.now)
        not_oneself(found, request)
        if not is_dry(request) and not found.problems:
            done = workbook.apply(found, actor_user_id=request.actor.user, now=request.now)
            forget_upload(request)
            words = _("工作簿写好了：{n} 处。").format(n=len(done.changes))
            more = _("新账号 {n} 个，密码请在“岗位和人”里当面重设。").format(n=len(done.new_usernames)) if done.new_usernames else ""
            messages.success(request, words + more)
            return redirect("workbook")
    context = {
        "title": _("设置工作簿"), "words": _("一个 Excel 文件写好地方、楼院、岗位和人。先试读，看清楚再写入；写几遍结果都一样。"), "export": "workbook-xlsx",
        "field": sheet_field(), "export_label": _("下载样表"),
    } | planned(found, request, data)  # fmt: skip
    return render(request, "web/book.html", context, status=409 if found and found.problems else 200)


@require_safe
def setup_xlsx(request: Request) -> HttpResponse:
    """A filled-in example."""
    desk_of(request)
    return as_file(workbook.template_workbook(), "setup.xlsx")
