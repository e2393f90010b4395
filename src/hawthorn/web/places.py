"""开新街道: one workbook makes a subdistrict of the county; a dry run first. For a subdistrict that is there: the set-up workbook (books)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.gateways import gaps, workbook, workbook_opening
from hawthorn.kernel.errors import Refused
from hawthorn.loops.town import town_by_id
from hawthorn.tenants.models import Tenant
from hawthorn.web.books import SMALL, forget_upload, is_dry, not_oneself, planned, sheet_field, turn, upload_of
from hawthorn.web.request import Request
from hawthorn.web.whose import county_of


@require_http_methods(["GET", "HEAD", "POST"])
def new_place(request: Request) -> HttpResponse:
    """Look a workbook through, or write it; then what is still missing."""
    county, found, data = county_of(request), None, b""
    if request.method == "POST":
        data = upload_of(request)
        with turn(len(data) > SMALL):
            found = workbook_opening.plan(workbook.read_workbook(data), now=request.now, host=county.code)
            not_oneself(found, request)
            if not is_dry(request) and not found.problems:
                _write(request, county, found)
                forget_upload(request)
                return redirect("county")
    context = {
        "title": _("开新街道"), "words": _("一个 Excel 文件写好街道、地方、楼院、岗位和人。先试读，看清楚再写入；写几遍结果都一样。别的街道碰不到。"),
        "export": "workbook-xlsx", "field": sheet_field(), "export_label": _("下载样表"),
    }  # fmt: skip
    status = 409 if found and found.problems else 200
    return render(request, "web/book.html", context | planned(found, request, data), status=status)


def _write(request: Request, county: Tenant, found: Any) -> None:
    done = workbook_opening.apply(found, actor_user_id=request.actor.user)
    if found.tenant is None:
        raise Refused("not_there")
    missing = gaps.lacking([found.tenant], town=town_by_id(county.pk), now=request.now)[found.tenant.pk]
    messages.success(request, _("{name}写好了：{n} 处。新账号 {new} 个，密码请在“岗位和人”里当面设定。").format(
        name=found.tenant.name, n=len(done.changes), new=len(done.new_usernames),
    ))  # fmt: skip
    if missing:
        messages.warning(request, "\n".join([_("还缺（也已作为待办放到它的网格中心）："), *gaps.words(missing)]))
