"""The figures: what each counts, of what, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.words import _

FIRST_YEAR, LAST_YEAR = 1990, 2100
FEW = 5
"""Fewer than this are not shown publicly."""
OPENED = {
    "found": _("发现（来件）"),
    "found_first": _("网格先发现的"),
    "contact_due": _("该联系来话人的"),
    "contacted": _("按时联系的"),
}
ENDED = {
    "ended": _("办理结束"),
    "settled": _("办结"),
    "in_grid": _("网格里办结"),
    "in_community": _("社区里办结"),
    "in_subdistrict": _("街道办结"),
    "in_time": _("按时办结"),
    "handed_back": _("被退回过"),
    "reopened": _("重办过"),
    "called": _("有效回访"),
    "solved": _("说解决了"),
    "rated": _("有效评价"),
    "satisfied": _("评 4 分、5 分"),
}
COUNTS = OPENED | ENDED


@dataclass(frozen=True)
class Figure:
    """A share: `top` of `bottom`, both names of counts. `meaning` says it in a sentence, as the definition beside the number."""

    code: str
    label: str
    top: str
    bottom: str
    meaning: str
    is_public: bool = False


FIGURES = (
    Figure("found_first", _("主动发现"), "found_first", "found", _("这个月来件里，巡查、走访先发现、没有人来反映的占多少。")),
    Figure("in_grid", _("小事不出网格"), "in_grid", "settled", _("这个月办结的里，一直在网格里办的占多少。和“重办”一起看，不作为指标。")),
    Figure("in_community", _("大事不出社区（村）"), "in_village", "settled", _("这个月办结的里，没有交到街道以上的占多少。和“重办”一起看，不作为指标。")),
    Figure("reopened", _("重办"), "reopened", "settled", _("这个月办结的里，来话人说没解决或者重开过的占多少。")),
    Figure("in_time", _("按时办结"), "in_time", "settled", _("这个月办结的里，在办结时限以内报结的占多少。"), True),
    Figure("handed_back", _("退回"), "handed_back", "ended", _("这个月结束的里，被主办退回过的占多少。多了就要改派单规则。")),
    Figure("contacted", _("响应率"), "contacted", "contact_due", _("这个月来件里留了联系方式、受理时限已到的，按时联系了来话人的占多少。"), True),
    Figure("solved", _("解决率"), "solved", "called", _("这个月结束、联系上来话人的里，本人说解决了的占多少。"), True),
    Figure("satisfied", _("满意率"), "satisfied", "rated", _("这个月结束、来话人评了分的里，评 4 分、5 分的占多少。"), True),
)
SUMS: Mapping[str, tuple[str, ...]] = {"in_village": ("in_grid", "in_community")}
"""Counts that are sums of counts."""


def parts(name: str) -> tuple[str, ...]:
    """The counts a count consists of."""
    return SUMS.get(name, (name,))


def count(counts: Mapping[str, int], name: str) -> int:
    """A count by name, sums too."""
    return sum(counts.get(part, 0) for part in parts(name))


def is_known(name: str) -> bool:
    """Is that a count a list can be asked for."""
    return name in COUNTS or name in SUMS


def label(name: str) -> str:
    """What a count is called, a sum by the figure it stands in; to be translated."""
    return COUNTS.get(name) or next((f.label for f in FIGURES if f.top == name), "")


def percent(top: int, bottom: int) -> int | None:
    """A whole percentage, never 100 or 0 unless it is all or none; None of nothing."""
    if not bottom:
        return None
    return 100 if top == bottom else 0 if not top else min(99, max(1, round(100 * top / bottom)))


def first_of(on: date) -> date:
    """The first day of its month."""
    return on.replace(day=1)


def after(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def before(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def span(month: date) -> tuple[datetime, datetime]:
    """Its first instant and that of the next one, local midnights."""
    return datetime.combine(month, time(), SHANGHAI), datetime.combine(after(month), time(), SHANGHAI)


def month_of(words: str) -> date | None:
    """2026-11 as a month, None for anything else: also for years so far away that a month beside them, or another zone, is in no calendar."""
    try:
        found = datetime.strptime(words, "%Y-%m").date() if len(words) == 7 else None  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None
