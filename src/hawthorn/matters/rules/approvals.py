"""请示: for an extension or parking. Never granted by silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, choice, maybe, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import who

ASKS = {"extension": _("延期"), "park": _("挂账")}


@dataclass(frozen=True)
class ApprovalFacts(Head):
    """What is asked until when, by whom: another person grants."""

    asks: str = ""
    until: datetime | None = None
    lead: int | None = None
    asker: int | None = None
    is_alone: bool = False


class Ask(Needs):
    """What the matter's lead asks."""

    asks: Literal["extension", "park"] = choice(_("申请"), ASKS)
    reason: str = staff(_("为什么"))
    until: When


class Word(Needs):
    """A word with the decision."""

    words: str = maybe(_("说明"))


class Reason(Needs):
    """Why not."""

    reason: str = staff(_("为什么"))


def ask(_f: Any, g: Any, w: World) -> ApprovalFacts:
    """To the desk one level above the lead; the third parking to the subdistrict leader (county: the county desk)."""
    whole = w.refs["parent"]
    f = ApprovalFacts(
        county=whole.county, subdistrict=whole.subdistrict, community=whole.community, grid=whole.grid, unit=whole.unit, kind=g.asks,
        title=whole.title, urgent=whole.urgent, raised_level=whole.raised_level, stage="asked", asks=g.asks, until=g.until, lead=whole.lead, asker=w.user,
    )  # fmt: skip
    post = w.town.above(whole.lead) if whole.lead else None
    while post is not None and w.town.posts[post].level == "grid":
        post = w.town.above(post)
    if g.asks == "park" and whole.parked_count >= 2:
        leader = w.town.post("subdistrict_leader", f.subdistrict)
        post = w.town.desk("county", f) if whole.raised_level == "county" or leader is None else leader
    post, is_alone = who.another(w.town, post or whole.lead, f.asker, w.now)
    f = replace(f, holder=post, is_alone=is_alone)
    limit = w.due(f, "approval")
    running = whole.promise_at is not None and whole.promise_at > w.now
    return replace(f, stage_due_at=min(limit, whole.promise_at) if running else limit)


def decider(f: Any, a: Any) -> Any:
    """The holder, as another person than who asked."""
    seat = who.holder(f, a)
    return seat if seat and (a.user != f.asker or f.is_alone) else None


def parent_of(f: ApprovalFacts, g: Any) -> Sequence[tuple[str, int]]:
    """The matter it is for."""
    return [("matters", f.parent)] if f.parent else []


def granted(do: Any, row: Any, before: Any, g: Any) -> None:
    """The matter's promise moves, or it is parked."""
    do.take("matters", row.facts.parent, "granted", {"asks": row.facts.asks, "until": row.facts.until})


def let_go(do: Any, row: Any, before: Any, g: Any) -> None:
    """The matter no longer waits for it; where the matter itself withdraws it, it knows already."""
    if not do.is_busy(row.facts.parent):
        do.take("matters", row.facts.parent, "approval_ended", {})


def grant_bar(f: ApprovalFacts, w: World) -> str:
    """A date that has passed cannot be granted any more."""
    return "past" if f.until is None or f.until <= w.now else ""


def ends(stage: str) -> Any:
    """To an end of the approval."""
    return lambda f, g, w: replace(f, stage=stage)


STAGES = stages(
    [
        Stage("asked", _("待批复"), True, "", _("主办的上一级窗口"), _("1 个工作日或办结时限，取早的")),
        Stage("granted", _("已同意"), False),
        Stage("refused", _("没有同意"), False),
        Stage("withdrawn", _("已撤回"), False),
    ]
)
A = ("asked",)
STEPS = table(
    [
        Step("ask", _("请示"), (), A, _("主办申请时自动"), who.by_system, ask, Ask),
        Step("grant", _("同意"), A, ("granted",), _("批复的岗位，不能是申请人自己"), decider, ends("granted"), Word, bar=grant_bar, also=parent_of, effect=granted),
        Step("refuse", _("不同意"), A, ("refused",), _("批复的岗位，不能是申请人自己"), decider, ends("refused"), Reason, also=parent_of, effect=let_go),
        Step("withdraw", _("撤回请示"), A, ("withdrawn",), _("申请的主办；事项离开办理时自动"), who.either(who.by_system, who.lead), ends("withdrawn"), also=parent_of, effect=let_go),
    ]
)  # fmt: skip
APPROVALS = Loop("approvals", _("请示"), ApprovalFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
