"""减负清单 and 不许做的: what was asked of the grids, and what this product must never do, each with the test that proves it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from hawthorn.assessments import burden
from hawthorn.gateways.models import Export
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.slots import LOOPS
from hawthorn.patrols.rules.errands import SOURCES
from hawthorn.web import capture, words
from hawthorn.web.request import Request, place_seat

# 国办函〔2026〕12号 and 《整治形式主义为基层减负若干规定》 (2024): what is forbidden, how it is kept out here, and the tests that prove it.
FORBIDDEN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        gettext_noop("反复要基层填表、报数"),
        gettext_noop("每张清单、报表、导出都由办事留下的记录得出，没有“填报”这个功能。临时要数先由系统查，查得到的不发给网格；发出去的都记在减负清单上。"),
        (
            "tests/patrols/test_errands.py::test_a_number_the_system_has_is_shown_before_anybody_is_asked",
            "tests/guards/test_addresses.py::test_a_planted_address_is_refused",
        ),
    ),
    (
        gettext_noop("打卡、积分、排名、比在线时长"),
        gettext_noop("数据库里没有这样的列，网址里没有这样的页；谁加上，测试就不过。"),
        (
            "tests/guards/test_fields.py::test_a_planted_column_is_refused",
            "tests/guards/test_fields.py::test_every_column_is_reviewed_and_the_list_names_nothing_that_is_gone",
        ),
    ),
    (
        gettext_noop("强制下载、强制登录"),
        gettext_noop("是网页，不用装；居民说事、查事、看公开都不用账号，没有脚本也能用。"),
        (
            "tests/web/test_pages.py::test_a_page_for_everybody_asks_for_no_account",
            "tests/guards/test_every_page_asks_who.py::test_every_page_asks_who_but_those_on_the_list",
        ),
    ),
    (
        gettext_noop("看点击量、登录次数来考核"),
        gettext_noop("不记谁看了几次、登了几次；只记看全号的理由和导出，那是给居民的交代。"),
        ("tests/guards/test_fields.py::test_a_planted_column_is_refused",),
    ),
    (
        gettext_noop("硬要传照片、视频、轨迹"),
        gettext_noop("照片都可以不附；要照片的类别写一句原因也行；不收视频，不记轨迹，照片里的位置先去掉。"),
        ("tests/files/test_keeping.py::test_position_and_all_else_beside_the_picture_is_gone", "tests/guards/test_fields.py::test_a_planted_column_is_refused"),
    ),
    (
        gettext_noop("拿来做买卖"),
        gettext_noop("没有收款、没有广告、不请求任何外面的地址。"),
        ("tests/guards/test_code.py::test_the_code_keeps_the_guard",),
    ),
)


def place_of(request: Request) -> Any:
    """My subdistrict. Raises NotThere for who has none to look after."""
    number = request.town.places[place_seat(request).place].at("subdistrict")
    if number is None:
        raise NotThere
    return request.town.places[number]


TAKEN = {
    "today": gettext_noop("今日待办"), "team": gettext_noop("岗位和人"), "oncall": gettext_noop("值班表"), "calendar": gettext_noop("工作日历"),
    "map": gettext_noop("网格地图"), "figures": gettext_noop("看板"), "categories": gettext_noop("类别目录"), "checkpoints": gettext_noop("排查点"),
    "round": gettext_noop("今日排查"), "errand-table": gettext_noop("汇总表"), "results": gettext_noop("结果回填"),
}  # fmt: skip
# What the pages for something new ask for besides the one field that is needed; the grid stands there already, the other doors fill in the rest.
ASKED = tuple(name for name in capture.WHERE if name != "grid")
SHOWN = {("matters", "report"): ASKED, ("matters", "report_settled"): ("say", *ASKED), ("drops", "capture"): ASKED}


@require_safe
def burden_page(request: Request) -> HttpResponse:
    """减负清单: the last thirty days."""
    place = place_of(request)
    found = burden.report_of(place, request.town, request.now, SHOWN)
    taken = Export.objects.filter(tenant=place.tenant, at__gte=found.since).order_by().values_list("what").annotate(n=Count("pk"))
    context = {
        "place": place.name, "since": words.moment(found.since, request.now), "photos": found.photos,
        "forms": [{"name": _step(f.loop, f.step), "sent": f.sent, "fields": f.fields} for f in found.forms],
        "errands": [{"source": _(SOURCES.get(e.source, e.source)), "row": e} for e in found.errands],
        "silent": [
            {"title": title, "words": said, "forms": [_fields(f) for f in many]}
            for title, said, many in (
                (_("没有人填的"), _("发了十次以上、一次也没有填过的格子，可以从表上去掉。"), found.unfilled),
                (_("填了没有人看的"), _("可填可不填，填了的九十天没有人打开看过，可以从表上去掉。"), found.unread),
                (_("必填，却没有人看"), _("不填交不了，填了的九十天没有人打开看过。要么有人看，要么不再要求填。"), found.needed),
            )
        ],
        "exports": sorted(((_(LOOPS[what].label if what in LOOPS else TAKEN.get(what, what)), n) for what, n in taken), key=lambda row: -row[1]),
    }  # fmt: skip
    return render(request, "web/burden.html", context)


def _step(loop: str, step: str) -> str:
    return f"{_(LOOPS[loop].label)} · {_(LOOPS[loop].steps[step].label)}"


def _fields(form: burden.Fields) -> dict[str, Any]:
    """A form with the names of some of its fields, as it asks for them."""
    known = LOOPS[form.loop].steps[form.step].needs.model_fields
    return {"name": _step(form.loop, form.step), "fields": [_(str(known[name].title or name)) for name in form.names]}


@require_safe
def prohibitions(request: Request) -> HttpResponse:
    """不许做的: one line each, how it is kept out, and by which tests."""
    rows = [{"what": _(what), "how": _(how), "tests": tests} for what, how, tests in FORBIDDEN]
    return render(request, "web/prohibitions.html", {"rows": rows})
