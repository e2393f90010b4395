"""议定事项: who does what until when; it comes back at every meeting until it is done or the meeting lets it go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, choice, maybe, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import RANK, World
from hawthorn.matters.rules import who


@dataclass(frozen=True)
class CommitmentFacts(Head):
    """Who promised; at which meeting; for which problem; how often the date was moved."""

    lead: int | None = None
    meeting: int | None = None
    problem: int | None = None
    moved_count: int = 0


class Give(Needs):
    """What was decided, who does it, until when. `about`: what it is about, by category and place."""

    what: str = staff(_("做什么"))
    lead: int = ref("leads", _("谁牵头"))
    until: When = Field(title=_("什么时候前"), json_schema_extra={"x-days": 30})
    about: str = maybe(_("关于什么"), max_length=120)
    place: int
    level: Literal["community", "subdistrict"] = choice(_("哪一级的会"), {"community": _("社区（村）"), "subdistrict": _("街道")}, default="subdistrict")
    meeting: int | None = None
    problem: int | None = None


class Done(Needs):
    """办好了: what came of it."""

    result: str = staff(_("办得怎么样"))


class Move(Needs):
    """改期, by a meeting."""

    until: When = Field(title=_("改到什么时候"), json_schema_extra={"x-days": 30})
    reason: str = maybe(_("为什么"), max_length=300)
    lead: int | None = ref("leads", _("换谁牵头（不选就不换）"), optional=True)


class Drop(Needs):
    """不再办, by a meeting."""

    reason: str = staff(_("为什么不再办"), max_length=300)


class Note(Needs):
    """记一笔."""

    words: str = staff(_("记什么"))


def give(_f: Any, g: Any, w: World) -> CommitmentFacts:
    """In the lead's hands until the day that was set."""
    if g.until <= w.now:
        raise Refused("past", ["until"])
    card = w.town.places.get(g.place)
    if card is None:
        raise Refused("not_a_choice", ["place"])
    if w.seat is not None and w.seat.post and (card.at(w.seat.level) != w.seat.place or RANK[w.seat.level] < RANK[g.level]):
        raise Refused("not_yours")
    levels: dict[str, Any] = {level: card.at(level) for level in ("county", "subdistrict", "community", "grid")}
    return CommitmentFacts(
        **levels, title=f"{g.about or card.name}"[:140], raised_level=g.level, kind="commitment", stage="promised", lead=g.lead, holder=g.lead,
        stage_due_at=g.until, meeting=g.meeting, problem=g.problem,
    )  # fmt: skip


def move(f: CommitmentFacts, g: Any, w: World) -> CommitmentFacts:
    """A later day; it is counted."""
    if g.until <= w.now:
        raise Refused("past", ["until"])
    lead = g.lead or f.lead
    return replace(f, stage_due_at=g.until, moved_count=f.moved_count + 1, lead=lead, holder=lead)


def retake(f: CommitmentFacts, g: Any, w: World) -> CommitmentFacts:
    """The same meeting decided otherwise: in the lead's hands again; the new day follows at once."""
    return replace(f, stage="promised", holder=f.lead, stage_due_at=w.due(f, "meeting"))


def stage(code: str) -> Any:
    """To that stage, nothing else."""
    return lambda f, g, w: replace(f, stage=code)


def chairs(f: Any, a: Any) -> Any:
    """The desk or leader of the place it was decided in."""
    kinds = ("subdistrict_desk", "subdistrict_leader", "community_desk", "community_secretary")
    return next((s for s in a.seats if s.kind in kinds and (f is None or (f.place(s.level) == s.place and RANK[s.level] >= RANK[f.raised_level]))), None)


def known(do: Any, row: Any, before: Any, g: Any) -> None:
    """Whoever leads is told at once."""
    do.nudge(row, row.facts.holder, "told")


STAGES = stages(
    [
        Stage("promised", _("在办"), True, "", _("牵头的岗位"), _("议定的日期")),
        Stage("done", _("办好了"), False),
        Stage("dropped", _("不再办"), False),
    ]
)
STEPS = table(
    [
        Step("give", _("议定"), (), ("promised",), _("研判会"), who.either(who.by_system, chairs), give, Give, effect=known),
        Step("report_done", _("办好了"), ("promised",), ("done",), _("牵头的岗位"), who.holder, stage("done"), Done),
        Step("note", _("记一笔"), ("promised",), ("promised",), _("看得到的岗位"), who.any_seat, stage("promised"), Note, plain=True),
        Step("move", _("改期"), ("promised",), ("promised",), _("研判会"), who.either(who.by_system, chairs), move, Move, rare=True),
        Step("retake", _("会上改了决定，接着办"), ("dropped",), ("promised",), _("研判会"), who.by_system, retake),
        Step("drop", _("不再办"), ("promised",), ("dropped",), _("研判会"), who.either(who.by_system, chairs), stage("dropped"), Drop, rare=True),
    ]
)  # fmt: skip
COMMITMENTS = Loop("commitments", _("议定事项"), CommitmentFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
