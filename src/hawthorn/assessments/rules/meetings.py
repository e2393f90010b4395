"""周研判: one agenda, a decision on every point of it, minutes that are frozen; what was not reached moves on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import Field

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, choice, maybe, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import who

CHAIRS = {"subdistrict": ("subdistrict_desk", "subdistrict_leader"), "community": ("community_desk", "community_secretary")}
KINDS = {
    "commitment": _("上次议定的"), "overdue": _("超时"), "handed_back": _("退回两次以上"), "reopened": _("重办的"), "parked": _("挂账到期要看的"),
    "problem": _("高频问题"), "desk": _("会上提出的"), "vacancy": _("缺岗"), "instruction": _("批示没有答复"), 
    "drop": _("来话没有分"), "checkpoint": _("排查点三次有问题"),
    "burden": _("给网格加了什么"),
}  # fmt: skip
DECISIONS = {
    "commit": _("定下来办"),
    "watch": _("继续看"),
    "none": _("这次不办"),
    "over": _("可以了，不再盯"),
    "done": _("已办好"),
    "moved": _("没有议到，下次再议"),
}

MADE = ("commit", "watch", "none", "over")


@dataclass(frozen=True)
class MeetingFacts(Head):
    """`on`: the day; `digest`: of the minutes once they are frozen; `offline`: how many things were talked over elsewhere 线下会商."""

    on: date | None = None
    offline: int = 0
    digest: str = ""


class Draw(Needs):
    """The place; the day is today."""

    place: int


class Close(Needs):
    """定稿: the digest of the minutes; how much was talked over elsewhere, as a number only."""

    offline: int = Field(default=0, ge=0, le=999, title=_("线下会商（涉及个人或不能上网的）几件"))
    digest: str = Field(max_length=64)


class Correct(Needs):
    """更正: what in the minutes is wrong, and what it should say."""

    words: str = staff(_("哪里不对，应该是什么"), max_length=500)


class Decide(Needs):
    """One point: what is decided, and at most two things more."""

    decision: Literal["commit", "watch", "none", "over"] = choice(_("怎么定"), {k: DECISIONS[k] for k in MADE})
    words: str = maybe(_("做什么，或者为什么"), max_length=300)
    lead: int | None = ref("leads", _("谁牵头"), optional=True)
    until: When | None = Field(default=None, title=_("什么时候前"), json_schema_extra={"x-days": 90})


def decide_lacks(g: Any) -> list[str]:
    """办: what, who, until when. 看: until when. 不办、可以了: why."""
    wanted = {"commit": ("words", "lead", "until"), "watch": ("until",), "none": ("words",), "over": ("words",)}[g.decision]
    return [name for name in wanted if not getattr(g, name)]


def choices_for(kind: str) -> tuple[str, ...]:
    """What can be decided on a point of that kind: only of what recurs can be said that it is over."""
    return MADE if kind == "problem" else MADE[:-1]


def chair(f: Any, a: Any) -> Any:
    """Desk or head of the place."""
    return next((s for s in a.seats if s.kind in CHAIRS.get(s.level, ()) and (f is None or (f.place(s.level) == s.place and f.raised_level == s.level))), None)


def draw(_f: Any, g: Any, w: World) -> MeetingFacts:
    """议程拟好: at the desk of the place until the next working day's end."""
    card = w.town.places.get(g.place)
    if card is None:
        raise Refused("not_a_choice", ["place"])
    if w.seat is not None and w.seat.post and w.seat.place != card.id:
        raise Refused("not_yours")
    levels: dict[str, Any] = {level: card.at(level) for level in ("county", "subdistrict", "community", "grid")}
    on = local(w.now).date()
    f = MeetingFacts(**levels, title=_("周研判 · {place} · {on}").format(place=card.name, on=on.isoformat()), raised_level=card.level, stage="drawn", on=on)
    return replace(f, holder=w.town.desk(card.level, f), stage_due_at=w.due(f, "meeting"))


def frozen(f: MeetingFacts, g: Any, w: World) -> MeetingFacts:
    """定稿: the digest of the minutes stands among the facts, and so in the chain of events."""
    return replace(f, stage="closed", offline=g.offline, digest=g.digest)


CHAIR, BOTH = _("街道、社区的窗口和负责人"), who.either(who.by_system, chair)
STAGES = stages(
    [
        Stage("drawn", _("议程已拟好"), True, "", _("本级窗口"), _("1 个工作日内开完、定稿")),
        Stage("closed", _("纪要已定稿"), False),
    ]
)
STEPS = table(
    [
        Step("draw", _("拟议程"), (), ("drawn",), CHAIR, BOTH, draw, Draw),
        Step("close", _("纪要定稿"), ("drawn",), ("closed",), _("纪要定稿时自动"), who.by_system, frozen, Close),
        Step("correct", _("更正纪要"), ("closed",), ("closed",), _("记更正时自动"), who.by_system, lambda f, g, w: f, Correct),
    ]
)
MEETINGS = Loop("meetings", _("周研判"), MeetingFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
