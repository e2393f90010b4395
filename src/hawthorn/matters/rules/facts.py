"""The facts of a matter, its stages, and its clocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Stage, stages
from hawthorn.kernel.words import _
from hawthorn.kernel.world import ABOVE, RANK, World


@dataclass(frozen=True)
class MatterFacts(Head):
    """What rules know of a matter. Times UTC, amounts of time in seconds of the promise's own unit."""

    tier: str = "ordinary"
    category: int | None = None
    channel: str = ""
    routed_by: str = ""
    route: str = ""
    lead: int | None = None
    dispatcher: int | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)
    arrived_at: datetime | None = None
    promise_at: datetime | None = None
    promise_started_at: datetime | None = None
    promise_left: float | None = None
    paused_at: datetime | None = None
    paused_seconds: float = 0.0
    is_extended: bool = False
    outside_number: str = ""
    outside_source: str = ""
    outside_due_at: datetime | None = None
    reporters: int = 0
    tellable: int = 0
    by_phone: int = 0
    visits: int = 0
    hides_from_grid: bool = False
    open_assists: int = 0
    open_parts: int = 0
    approval: int | None = None
    hand_backs: int = 0
    is_final: bool = False
    parked_count: int = 0
    unsolved_count: int = 0
    reopened_count: int = 0
    tries: int = 0
    answer: str = ""
    handler: int | None = None
    is_self_checked: bool = False
    contact_due_at: datetime | None = None
    contacted_at: datetime | None = None
    settled_at: datetime | None = None
    settled_in_time: bool | None = None
    ended_at: datetime | None = None
    confirmed: str = ""
    rating: int | None = None
    merged_into: int | None = None
    urged_on: date | None = None


STAGES = stages(
    [
        Stage("found", _("待受理"), True, _("已收到"), _("受理级别的岗位"), _("受理时限")),
        Stage("assigned", _("待接单"), True, _("已收到"), _("主办岗位"), _("接单时限")),
        Stage("working", _("正在办"), True, _("正在办"), _("主办岗位"), _("办结时限")),
        Stage("waiting_resident", _("等您补充"), True, _("等您补充"), _("主办岗位"), _("5 天"), waiting=True),
        Stage("waiting_outside", _("等外单位"), True, _("等外单位处理"), _("主办岗位"), _("对方答应的日期，最多 14 天"), waiting=True),
        Stage("parked", _("挂账"), True, _("暂缓，到时再看"), _("主办岗位"), _("复看日期，最多 90 天"), waiting=True),
        Stage("checking", _("待核查"), True, _("正在办"), _("派单的窗口；窗口自己办的由上一级核查"), _("1 个工作日")),
        Stage("answering", _("待回访"), True, _("请您确认"), _("网格员或本级窗口"), _("1 个工作日内首次联系")),
        Stage("closed", _("已办结"), False, _("已办结")),
        Stage("merged", _("合并办理"), False, _("合并办理")),
        Stage("declined", _("不受理"), False, _("不受理")),
        Stage("referred", _("转法定途径"), False, _("转法定途径")),
        Stage("void", _("误报撤销"), False, _("撤销了，不再办")),
    ]
)
OPEN = tuple(s.code for s in STAGES.values() if s.open)
ENDED = tuple(s.code for s in STAGES.values() if not s.open)
WAITING = ("waiting_resident", "waiting_outside", "parked")
UNDONE = ("found", "assigned", "working", *WAITING)
END_OF = {"settled": "closed", "declined": "declined", "referred": "referred"}
PROMISE_COUNTS = ("assigned", "working", "waiting_outside", "found")


def due(f: MatterFacts) -> datetime | None:
    """The earliest of stage limit, promise (where it counts) and outside deadline."""
    promise = f.promise_at if f.stage in PROMISE_COUNTS else None
    outside = f.outside_due_at if f.stage in UNDONE else None
    return min((at for at in (f.stage_due_at, promise, outside) if at is not None), default=None)


def tier_limits(f: MatterFacts, w: World, category: int | None, tier: str) -> Mapping[str, Any]:
    """accept, respond, promise of a tier; a category's own limits go before."""
    card = w.town.categories.get(category or 0)
    return {**w.policy(f).tiers[tier], **(card.limits if card else {})}


def limited(f: MatterFacts, w: World, what: str) -> datetime:
    """Now plus the matter's own accept or respond limit."""
    return w.calendar(f).due(w.now, Limit.parse(f.policy[what]))


def promised(f: MatterFacts, w: World, *, anew: bool = False) -> MatterFacts:
    """Start the promise unless it runs; `anew` starts another one."""
    if f.promise_started_at is not None and not anew:
        return resumed(f, w)
    at = w.calendar(f).due(w.now, Limit.parse(f.policy["promise"]))
    return replace(f, promise_at=at, promise_started_at=w.now, promise_left=None, paused_at=None, paused_seconds=0.0, is_extended=False)


def paused(f: MatterFacts, w: World) -> MatterFacts:
    """Stop the promise and keep what is left of it, in its own unit."""
    if f.promise_at is None:
        return f
    left = w.calendar(f).left(w.now, f.promise_at, f.policy["promise"][0])
    return replace(f, promise_at=None, promise_left=left, paused_at=w.now)


def resumed(f: MatterFacts, w: World) -> MatterFacts:
    """Let a paused promise run on with what was left."""
    if f.promise_left is None or f.paused_at is None:
        return f
    at = w.calendar(f).after(w.now, f.policy["promise"][0], f.promise_left)
    rest = (w.now - f.paused_at).total_seconds()
    return replace(f, promise_at=at, promise_left=None, paused_at=None, paused_seconds=f.paused_seconds + rest)


def reclocked(f: MatterFacts, w: World) -> MatterFacts:
    """Clocks after another category or tier: the promise from its start plus the pauses; a later granted date stays."""
    if f.stage == "found" and f.promise_started_at is None:
        start = f.arrived_at or w.now
        at = w.calendar(f).due(start, Limit.parse(f.policy["accept"]))
        return replace(f, stage_due_at=at, contact_due_at=at if f.contact_due_at and not f.contacted_at else f.contact_due_at)
    if f.promise_started_at is None:
        return f
    calendar, limit = w.calendar(f), Limit.parse(f.policy["promise"])
    at = calendar.due(f.promise_started_at + timedelta(seconds=f.paused_seconds), limit)
    if f.paused_at is not None:
        return replace(f, promise_left=calendar.left(f.paused_at, at, limit.unit))
    if f.is_extended and f.promise_at is not None:
        at = max(at, f.promise_at)
    return replace(f, promise_at=at)


# ── where it goes ──
def title_of(f: MatterFacts, w: World, unit_name: str = "") -> str:
    """Category and place, never a person's words."""
    card = w.town.categories.get(f.category or 0)
    place = " ".join(x for x in (w.town.name_of(f.grid or f.community or f.subdistrict or f.county), unit_name) if x)
    return f"{card.name if card else _('待定类')} · {place}"[:140]


def desk_of(f: MatterFacts, w: World, level: str | None = None) -> int | None:
    """The desk of a level (of the matter's own where not said; grid level: the community's)."""
    level = level or f.raised_level
    return w.town.desk("community" if level == "grid" else level, f)


def answered(f: MatterFacts, w: World) -> MatterFacts:
    """To the call back, or straight to the end where nobody can be told."""
    if not f.tellable:
        return ended(f, END_OF[f.answer])
    visit = f.visits > 0 or f.by_phone == 0
    officer = w.town.post("grid_officer", f.grid) if visit and not f.hides_from_grid else None
    return replace(f, stage="answering", holder=officer or desk_of(f, w), stage_due_at=w.due(f, "answering"), tries=0)


def ended(f: MatterFacts, stage: str) -> MatterFacts:
    """At an end: nobody's duty any more."""
    return replace(f, stage=stage, holder=None, stage_due_at=None)


def lifted(f: MatterFacts, w: World, level: str) -> MatterFacts:
    """Found again at the desk of `level`, without lead; the promise runs on."""
    f = replace(resumed(f, w), stage="found", raised_level=level, lead=None, holder=desk_of(f, w, level))
    return replace(f, stage_due_at=limited(f, w, "accept"))


def one_up(f: MatterFacts) -> str:
    """The next level; county stays county."""
    return ABOVE.get(f.raised_level, "county")


def at_least(level: str, floor: str) -> str:
    """The higher of two levels."""
    return level if RANK[level] >= RANK[floor] else floor


def working(f: MatterFacts, w: World) -> MatterFacts:
    """In the lead's hands with the promise running."""
    f = resumed(f, w)
    return replace(f, stage="working", holder=f.lead, stage_due_at=f.promise_at)
