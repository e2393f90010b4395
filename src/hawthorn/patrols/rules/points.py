"""What may be said about a checkpoint, and who may: see it, look at it, change it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat
from hawthorn.patrols.rules.due import FESTIVAL, MONTHLY, RULES, WEEKLY

FINE, PROBLEM, SKIPPED = "fine", "problem", "skipped"
RESULTS = {FINE: _("正常"), PROBLEM: _("有问题"), SKIPPED: _("没看成")}
REASONS = {
    "locked": _("门锁着"),
    "nobody": _("没有人在"),
    "blocked": _("路不通"),
    "weather": _("天气不行"),
    "gone": _("已经没有这个点"),
    "later": _("改天再看"),
}
DESKS = {"community_desk": "community", "subdistrict_desk": "subdistrict"}
FAR_AHEAD, MOST_WORDS, LAST_NUMBER = 15, 400, 9999


@dataclass(frozen=True)
class Rule:
    """How often, as a desk sets it; see due.Line."""

    rule: str = "daily"
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    ahead: int = 0

    def tidy(self) -> Rule:
        """Without what this rule does not use, and in order: two that mean the same are the same."""
        months = tuple(sorted(set(self.months)))
        return Rule(
            self.rule,
            tuple(sorted(set(self.weekdays))) if self.rule == WEEKLY else (),
            tuple(sorted(set(self.days))) if self.rule == MONTHLY else (),
            () if len(months) == 12 else months,
            self.ahead if self.rule == FESTIVAL else 0,
        )


@dataclass(frozen=True)
class Wanted:
    """A checkpoint as it is to be: place, what it is, what to look at, its number on the way, who keeps it, how often."""

    grid: int | None
    unit: int | None
    spot: str
    kind: str
    items: str
    sort: int
    keeper: int | None
    rule: Rule


def faults(wanted: Wanted, kinds: Any) -> dict[str, str]:
    """Field → what is wrong with it; empty where nothing is."""
    r, wrong = wanted.rule, dict[str, str]()
    if wanted.grid is None:
        wrong["grid"] = _("请选网格。")
    if wanted.kind not in kinds:
        wrong["kind"] = _("请选一种排查点。")
    if not wanted.spot and wanted.unit is None:
        wrong["spot"] = _("请写位置，或者选楼院。")
    if len(wanted.items) > MOST_WORDS:
        wrong["items"] = _("写得太长了，请缩短。")
    if not 0 <= wanted.sort <= LAST_NUMBER:
        wrong["sort"] = _("请填 0 到 9999 的数。")
    return wrong | _rule_faults(r)


def _rule_faults(r: Rule) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if r.rule not in RULES:
        wrong["rule"] = _("请选多久看一次。")
    if r.rule == WEEKLY and (not r.weekdays or not set(r.weekdays) <= set(range(7))):
        wrong["weekdays"] = _("每周看的，请选星期几。")
    if r.rule == MONTHLY and (not r.days or not set(r.days) <= set(range(1, 32))):
        wrong["days"] = _("每月看的，请写几号，从 1 到 31，用空格隔开。")
    if not set(r.months) <= set(range(1, 13)):
        wrong["months"] = _("月份不对，请重新选。")
    if not 0 <= r.ahead <= FAR_AHEAD:
        wrong["ahead"] = _("节前天数请填 0 到 15。")
    return wrong


# ── who ──
def seat_sees(seat: Seat, place: Any, keeper: int | None) -> bool:
    """A post of that grid, community or subdistrict, or the post that keeps the point; a county reads no checkpoints."""
    if keeper is not None and seat.post == keeper:
        return True
    return seat.scope == "place" and seat.level != "county" and place.at(seat.level) == seat.place


def looker(actor: Actor, grid: int, keeper: int | None) -> Seat | None:
    """As whom one may look: the keeper's post where one is set, else a post of the grid."""
    if keeper is not None:
        return next((s for s in actor.seats if s.post == keeper), None)
    return next((s for s in actor.seats if s.post and s.level == "grid" and s.place == grid), None)


def editor(actor: Actor, place: Any) -> Seat | None:
    """As whom one may add, change and end points of a grid: the desk of its community or of its subdistrict."""
    return next((s for s in actor.seats if s.kind in DESKS and place.at(DESKS[s.kind]) == s.place), None)
