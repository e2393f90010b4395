"""What the exports of the pages about a place hold: posts and people, nights, days off, counts of grids, the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.rules import figures
from hawthorn.kernel.calendar import ON_CALL_UNTIL
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere
from hawthorn.web import days, maps, shelf, team, words
from hawthorn.web.books import desk_of, tenant_of
from hawthorn.web.ledgers import SYSTEM, Cells, Ledger, dictionary
from hawthorn.web.request import Request, place_in, place_seat

POSTS = (
    ("地方", "place", "岗位在哪里", "建点工作簿", 18), ("岗位", "post", "岗位的名称", "建点工作簿", 26), ("种类", "kind", "岗位的种类", "建点工作簿", 16),
    ("电话", "phone", "岗位的电话，不是个人的", "建点工作簿", 16), ("任职的人", "holders", "现在任职的人", "建点工作簿", 22),
    ("B角", "stand_ins", "现在的 B 角", "建点工作簿", 18), ("空岗", "is_vacant", "没有人任职，也没有 B 角", SYSTEM, 8),
)  # fmt: skip
NIGHTS = (
    ("日期", "on", "从这一天晚上六点（休息日从早上八点）到第二天早上八点", "值班表", 14), ("星期", "week", "", SYSTEM, 8),
    ("休息日", "is_rest", "放假或者周末", "工作日历", 8), ("值班的人", "people", "空的由网格中心接", "值班表", 30),
)  # fmt: skip
DAYS = (("日期", "on", "", "工作日历", 14), ("星期", "week", "", SYSTEM, 8), ("这一天", "kind", "放假，或者调休上班；没有写的照周一到周五", "工作日历", 16))
COUNTS = (
    ("社区（村）", "community", "", "地点", 18), ("网格", "grid", "空的是还没有定网格的", "地点", 18), ("在办", "open", "没有办完的件数", SYSTEM, 10),
    ("超时", "late", "在办里过了期限的件数", SYSTEM, 10),
)  # fmt: skip

FIGURES = (
    ("数字", "figure", "看板上的名称", "看板", 16), ("其中", "top", "分子", "看板", 10), ("总数", "bottom", "分母；空的不是占比", "看板", 10),
    ("占比", "percent", "百分之几，取整", "看板", 10), ("怎么算", "meaning", "", "看板", 60),
)  # fmt: skip


def held(request: Request, title: str, lines: tuple[Any, ...], rows: Sequence[Cells], page: str) -> Ledger:
    """A list that is short enough to be there whole."""
    query = request.GET.urlencode()
    return Ledger(title, dictionary(*lines), len(rows), lambda: iter(rows), reverse(page) + (f"?{query}" if query else ""))


def of_team(request: Request) -> Ledger:
    """岗位和人, as filtered, however many."""
    seat = team.team_seat(request)
    if seat is None:
        raise NotThere
    kinds = team.kinds_of(request)
    found = []
    for post in team.found_posts(request, seat):
        line = team.line(request, post)
        named = [[p["name"] for p in line["people"] if bool(p["note"]) == is_second] for is_second in (False, True)]
        label = _(kinds[post.kind].label) if post.kind in kinds else post.kind
        found.append((line["place"], post.name, label, post.phone, "、".join(named[0]), "、".join(named[1]), team.is_vacant(request.town, post, request.now)))
    return held(request, _("岗位和人"), POSTS, found, "team")


def of_oncall(request: Request) -> Ledger:
    """值班表: the weeks the page shows."""
    seat, first = days.roster_from(request)
    calendar = request.town.policy(seat.place).calendar
    found = []
    for on in days.shown(first):
        found.append((on, words.week(on), days.begins(on, calendar) == ON_CALL_UNTIL, "、".join(days.names(request, seat.place, on))))
    return held(request, _("值班表"), NIGHTS, found, "oncall")


def of_calendar(request: Request) -> Ledger:
    """工作日历."""
    known = request.town.policy(days.calendar_seat(request).place).calendar
    marked: list[tuple[date, str]] = sorted([(d, "off") for d in known.off] + [(d, "work") for d in known.work])
    return held(request, _("工作日历"), DAYS, [(on, words.week(on), _(days.DAYS[kind])) for on, kind in marked], "calendar")


def of_map(request: Request) -> Ledger:
    """网格地图: what the table beside it counts."""
    seat = place_seat(request)
    counts, town = maps.open_counts(request, seat), request.town
    grids: Iterable[Any] = [*maps.grids_of(request, seat), None]
    found = [(town.name_of(g.community) if g else "", g.name if g else "", *counts.get(g.id if g else None, (0, 0))) for g in grids]
    return held(request, _("网格地图"), COUNTS, found, "map")


def of_categories(request: Request) -> Ledger:
    """类别目录, as filtered on its page; to change it, take the workbook there."""
    tenant = tenant_of(request)
    cards = shelf.found(request, tenant.pk)
    policy = request.town.policy(desk_of(request).place)
    lines = (
        ("目录", "catalogue", "", "事项目录", 12), ("编号", "key", "", "事项目录", 12), ("名称", "name", "", "事项目录", 28),
        ("分组", "group", "", "事项目录", 18),
        ("受理时限", "accept", "", "事项目录", 14), ("接单时限", "respond", "", "事项目录", 14), ("办结时限", "promise", "", "事项目录", 14),
    )  # fmt: skip
    rows = [(_(shelf.CATALOGUES.get(c.catalogue, c.catalogue)), c.key, c.name, c.group, *shelf.limits_in_words(c, policy)) for c in cards]
    return held(request, _("类别目录"), lines, rows, "categories")


def of_figures(request: Request) -> Ledger:
    """The figures of the board, of my place or one in it and of a month: what, of what, how much."""
    _seat, card = place_in(request, request.GET.get("place", ""))
    month = figures.month_of(request.GET.get("month", "")) or figures.first_of(local(request.now).date())
    found = numbers_of(card, month, request.town, request.now)
    plain: list[Cells] = [[_("来件"), found.found, None, None, ""], [_("办结"), found.settled, None, None, ""]]
    rows = [*plain, *([_(s.figure.label), s.top, s.bottom, s.percent, _(s.figure.meaning)] for s in found.shares)]
    return held(request, _("数字 · {place} · {month}").format(place=card.name, month=f"{month:%Y-%m}"), FIGURES, rows, "board")
