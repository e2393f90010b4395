"""楼院 of a community out of a file (CSV, GeoJSON, workbook), with a dry run first; neighbours are looked for anew after it."""

from __future__ import annotations

from typing import Any

from django.db.transaction import atomic
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.gateways import units_files, workbook
from hawthorn.gateways.workbook_rows import COLUMNS, UNITS
from hawthorn.kernel.errors import Refused
from hawthorn.redrawing import rules
from hawthorn.redrawing.actions import joins
from hawthorn.territory.datum import NAMES
from hawthorn.territory.models import Place
from hawthorn.web import answering
from hawthorn.web.books import forget_upload, is_dry, planned, sheet_field, upload_of
from hawthorn.web.redrawing import place_of
from hawthorn.web.request import Request

WORDS = "CSV、GeoJSON 或 Excel 的一张表，第一行是列名。一定要有：{needed}；可以有：{others}。先试读，看清楚再写入。"
MOST_UNUSED = 12
AGAIN = "同一个编号再导一次就是修改。"
WHOSE = {"wgs84": "手机定位", "cgcs2000": "国家 2000，测绘资料", "gcj02": "高德、腾讯地图", "bd09": "百度地图"}


@require_http_methods(["GET", "HEAD", "POST"])
def units(request: Request, community: int) -> HttpResponse:
    """Read, look through, write; the same file again changes nothing. For those who draft plans here; others 404."""
    card, found, rows, data = place_of(request, community), None, None, b""
    if rules.seat_for(request.actor, card, rules.DRAFTS) is None:
        raise Refused("not_yours")
    if request.method == "POST":
        place = Place.objects.select_related("tenant__county").get(pk=card.id)
        data = upload_of(request)
        rows = units_files.read(data, community=card.code, datum=_datum(request))
        found = workbook.plan(rows, place.tenant, now=request.now)
        if rows.is_drawn:
            found.problems[:] = map(units_files.of_feature, found.problems)
        if not is_dry(request) and not found.problems:
            with atomic():
                done = workbook.apply(found, actor_user_id=request.actor.user, now=request.now)
                number = joins.find_joins(community=place, now=request.now)
            forget_upload(request)
            said = _("写好了：{n} 处；重新找到 {joins} 条接边，手工改过的没有动。").format(n=len(done.changes), joins=number)
            return answering.done(request, reverse("redrawing-ground", args=[card.id]), said)
    choices = [
        {"value": code, "label": _("{name}（{whose}）").format(name=name, whose=_(WHOSE[code])), "on": request.POST.get("datum", "wgs84") == code}
        for code, name in NAMES.items()
    ]
    context: dict[str, Any] = {
        "title": _("导入楼院 · {place}").format(place=card.name), "words": _words() + _(AGAIN),
        "unused": "、".join(rows.unused[:MOST_UNUSED]) if rows else "",
        "field": sheet_field(label=_("文件（.csv、.geojson、.xlsx）"), accept=".csv,.geojson,.json,.xlsx,.txt"),
        "export": "workbook-xlsx" if _may_book(request) else "",
        "export_label": _("下载样表"),
        "more": [{"kind": "select", "name": "datum", "label": _("坐标系（文件里没写的时候）"), "choices": choices, "required": True}],
    } | planned(found, request, data, [("datum", request.POST.get("datum", ""))])  # fmt: skip
    return render(request, "web/book.html", context, status=409 if found and found.problems else 200)


def _words() -> str:
    """Which columns there are."""
    columns = [c for c in COLUMNS[UNITS] if c.field != "community"]
    needed, others = ("、".join(_(c.heading) for c in columns if c.needed is is_needed) for is_needed in (True, False))
    return _(WORDS).format(needed=needed, others=others)


def _datum(request: Request) -> str:
    """By its name as people write it. Raises Refused for one nobody knows."""
    said = request.POST.get("datum", "")
    if said not in NAMES:
        raise Refused("not_a_choice", ["datum"], _("请选坐标系。什么也没有改。"))
    return NAMES[said]


def _may_book(request: Request) -> bool:
    return any(s.kind in ("subdistrict_desk", "county_desk", "county_admin") for s in request.actor.seats)
