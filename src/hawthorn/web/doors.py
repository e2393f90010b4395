"""Which pages somebody's posts open: the links of 我的, and on Today what those want who have a place to look after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import DESK, Seat
from hawthorn.loops import queries
from hawthorn.web import maps, redrawing, rounds, team, words
from hawthorn.web.request import Request

Door = tuple[str, str]
SETTING_UP = frozenset({"subdistrict_desk", "county_desk", "county_admin"})
DECIDING = frozenset({"subdistrict_leader", "community_secretary", "party_office"})
# What stands on Today, by what the post is for; everything else is under 我的.
AT_A_DESK = ("desk", "counter", "meeting-now", "alike", "checkpoints", "brief", "board", "map", "approvals", "team", "oncall", "import-messages")
TO_DECIDE = ("meeting-now", "brief", "board", "map", "checkpoints", "approvals", "instructions", "assists", "team")
LISTS = (
    "drops", "commitments", "problems", "releases", "assists", "approvals", "instructions", "tellings", "complaints", "vacancies", "handovers",
    "group_tasks", "set_up_gaps", "errands", "errand_parts",
)  # fmt: skip
TO_SET_UP = ("county", "place-new", "workbook", "team", "categories", "calendar", "complaints")


def doors(request: Request) -> list[Door]:
    """Every page that opens to the asker, as (url name, label)."""
    return [door for _label, many in grouped(request) for door in many]


def grouped(request: Request) -> list[tuple[str, list[Door]]]:
    """The same by what they are for; what would not be there for the asker is left out, and so is a group without pages."""
    kinds = {s.kind for s in request.actor.seats}
    seat = queries.widest(request.actor)
    desk: list[Door] = [("desk", _("派单台")), ("counter", _("窗口查询")), ("alike", _("可能重复的"))] if kinds & set(DESK.values()) else []
    own: list[Door] = [("paste", _("粘贴群消息"))]
    found = [
        (_("办事"), [*desk, *own, *_walks(request, seat), *([("errand-new", _("交办一件"))] if "subdistrict_desk" in kinds else [])]),
        (_("看情况"), _here(seat)),
        (_("一类一类看"), [(name, words.kind_of(name, request)) for name in LISTS if name in LOOPS]),
        (_("人和规矩"), [("team", _("岗位和人")), ("leave", _("请假")), ("party", _("网格党小组")), *_books(kinds), ("password", _("改密码"))]),
    ]
    return [(label, many) for label, many in found if many]


def _walks(request: Request, seat: Seat | None) -> list[Door]:
    """What is done on foot."""
    walk: list[Door] = [("rounds", _("今日排查")), ("checkpoints", _("排查点"))] if rounds.may_open(request) else []
    if seat is not None and seat.scope == "place" and seat.level != "county":
        walk += [("visits", _("入户走访")), ("walks", _("走访、现场办公")), ("campaigns", _("专项排查"))]
    return walk


def _books(kinds: set[str]) -> list[Door]:
    """What is set up once and kept."""
    nights: list[Door] = [("oncall", _("值班表")), ("import-messages", _("导入来件表")), ("results", _("结果回填"))] if "subdistrict_desk" in kinds else []
    grids: list[Door] = [("redrawing", _("网格调整"))] if kinds & set(redrawing.KINDS) else []
    rules: list[Door] = [("routing", _("派单规则"))] if kinds & {"subdistrict_desk", "subdistrict_leader"} else []
    books: list[Door] = [("calendar", _("工作日历")), ("categories", _("类别目录")), ("workbook", _("设置工作簿"))] if kinds & SETTING_UP else []
    books += [("settings", _("街道设置")), ("pack", _("经验包"))] if kinds & {"subdistrict_desk", "county_admin"} else []
    books += [("county", _("各街道")), ("place-new", _("开新街道"))] if kinds & {"county_desk", "county_admin"} else []
    hints: list[Door] = [("hints", _("提示准不准"))] if kinds & {"subdistrict_desk", "subdistrict_leader", "county_admin"} else []
    return [*nights, *grids, *rules, *books, *hints]


def _here(seat: Seat | None) -> list[Door]:
    """Pages about my place, for whom it is theirs to look after."""
    if seat is None or seat.scope != "place":
        return []
    found = [("map", _("网格地图")), ("board", _("看板")), ("brief", _("早报")), ("where", _("说过的话去哪儿了")), ("wall", _("大屏"))]
    if seat.level in ("subdistrict", "community"):
        found.append(("meeting-now", _("周研判")))
    return found + ([("burden", _("减负清单"))] if seat.level != "county" else [])


def panel(request: Request) -> dict[str, Any]:
    """On Today, for those who look after more than one grid: how their place stands, and the pages of their work. One statement."""
    seat = team.team_seat(request)
    if seat is None or seat.level == "grid" or not (seat.scope == "place" or seat.kind == "county_admin"):
        return {}
    here = team.posts_in(request.town, seat)
    vacant = sum(team.is_vacant(request.town, post, request.now) for post in here)
    figures = [{"label": _("空岗"), "number": vacant, "url": f"{reverse('team')}?vacant=1", "kind": "soon" if vacant else ""}]
    if seat.scope == "place":
        number, late = maps.totals(maps.open_counts(request, seat))
        at_county = seat.level == "county"  # a county sees what was raised to it
        figures = [
            {
                "label": _("交到县区的，超时") if at_county else _("超时"),
                "number": late,
                "url": maps.list_url(request, seat, late=True),
                "kind": "late" if late else "",
            },
            {"label": _("交到县区的，在办") if at_county else _("在办"), "number": number, "url": maps.list_url(request, seat), "kind": ""},
            *figures,
        ]
    shown = TO_SET_UP if seat.kind == "county_admin" else AT_A_DESK if seat.kind in DESK.values() else TO_DECIDE
    known = dict(doors(request))
    return {"place": request.town.name_of(seat.place), "figures": figures, "links": [(name, known[name]) for name in shown if name in known]}


def nothing(request: Request, kinds: Sequence[str]) -> dict[str, Any]:
    """What Today says where there is nothing to do, and what comes next for such a post."""
    if not request.actor.seats:
        said = _("您现在没有岗位，看不到事项。该有岗位的，请找网格中心安排；您以前办的事都归岗位，有人接着办。")
        return {"title": _("您现在没有岗位。"), "words": said, "url": reverse("me"), "label": _("我的"), "plain": True}
    if "county_admin" in kinds:
        return {
            "title": _("现在没有归您办的事。"),
            "words": _("开新街道、改岗位和人，从设置工作簿开始。"),
            "url": reverse("workbook"),
            "label": _("设置工作簿"),
        }
    if DECIDING & set(kinds):
        said = _("报上来的请示、督办的答复会出现在这里。")
        return {"title": _("现在没有等您定的。"), "words": said, "url": f"{reverse('matters')}?late=1", "label": _("看超时的"), "plain": True}
    return {"title": _("现在没有要办的。"), "words": _("路上看到什么，随手记下来。"), "url": "/capture", "label": _("随手记")}
