"""网格调整方案: 草案—征求意见—审批—生效. Who drafts it never approves it; a plan whose grids are not whole is not approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import Field

from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, PlaceCard, Seat, World
from hawthorn.matters.rules import who

DRAFTS = ("community_desk", "community_secretary", "subdistrict_desk")
READS = (*DRAFTS, "subdistrict_leader")
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class PlanFacts(Head):
    """`author`: the post that drafted it; `drafter`, `approver`: users; `on`: from which day; `mark`: digest of which unit goes to which grid.

    `moved`: households that change their grid; `deviation`: of the grid farthest from the mean, per mille; `broken`: grids that are not whole.

    `opened`, `closed`: grids there will be, or be no longer.
    """

    author: int | None = None
    drafter: int | None = None
    approver: int | None = None
    on: date | None = None
    mark: str = ""
    moved: int = 0
    moved_units: int = 0
    opened: int = 0
    closed: int = 0
    deviation: int = 0
    broken: int = 0


class Drawn(Needs):
    """What a drawing comes to; counted by the room, never typed."""

    mark: str = Field(max_length=64)
    moved: int = Field(ge=0)
    moved_units: int = Field(ge=0)
    opened: int = Field(0, ge=0)
    closed: int = Field(0, ge=0)
    deviation: int = Field(ge=0)
    broken: int = Field(ge=0)


class Draft(Drawn):
    """Of which community."""

    place: int


class Consult(Needs):
    """Where and how people are asked."""

    words: str = staff(_("在哪里征求意见、到哪天、怎么收"), max_length=500)


class Approve(Needs):
    """From which day, and on what ground."""

    on: date = Field(title=_("从哪天零点起生效"))
    words: str = staff(_("征求到什么意见，怎么采纳的"), max_length=1000)


class Why(Needs):
    """A reason."""

    reason: str = staff(_("为什么"), max_length=300)


def seat_for(actor: Actor, card: PlaceCard, kinds: tuple[str, ...]) -> Seat | None:
    """The asker's seat of these kinds that looks after a community."""
    return next((s for s in actor.seats if s.kind in kinds and card.at(s.level) == s.place), None)


def midnight(on: date) -> datetime:
    """00:00 of that day in the county's time."""
    return datetime.combine(on, time(0), SHANGHAI)


def counted(f: PlanFacts, g: Any) -> PlanFacts:
    """With what the drawing comes to."""
    told = {name: getattr(g, name) for name in Drawn.model_fields}
    return replace(f, **told)


def room(f: Any, a: Actor) -> Seat | None:
    """The page on which plans are drawn, as the post that draws: units and step belong together."""
    return a.seats[0] if a.system == "plans" and a.seats else None


def draft(_f: Any, g: Any, w: World) -> PlanFacts:
    """草案, with the post that drew it."""
    assert w.seat is not None
    card = w.town.places[g.place]
    f = PlanFacts(
        county=card.county, subdistrict=card.subdistrict, community=card.id, kind="plan", title=_("网格调整方案 · {place}").format(place=card.name),
        raised_level="community", author=w.seat.post, drafter=w.user,
    )  # fmt: skip
    return to_draft(counted(f, g), w)


def to_draft(f: PlanFacts, w: World) -> PlanFacts:
    """Back at the post that drew it."""
    holder = f.author if w.town.is_alive(f.author) else w.town.desk("community", f)
    return replace(f, stage="draft", holder=holder, approver=None, on=None, stage_due_at=w.due(f, "plan"))


def redraw(f: PlanFacts, g: Any, w: World) -> PlanFacts:
    """Another drawing is another plan: people are asked anew."""
    return to_draft(replace(counted(f, g), drafter=w.user), w)


def overtake(f: PlanFacts, g: Any, w: World) -> PlanFacts:
    """Another plan came into force: what people were asked, and what was approved, was about other grids than there are now."""
    return to_draft(counted(f, g), w)


def consult(f: PlanFacts, g: Any, w: World) -> PlanFacts:
    """征求意见; then the leader decides."""
    leader = w.town.post("subdistrict_leader", f.subdistrict) or w.town.desk("subdistrict", f)
    return replace(f, stage="consulted", holder=leader, stage_due_at=w.due(f, "plan_consult"))


def whole_bar(f: PlanFacts, w: World) -> str:
    """Every grid in one piece, and somebody moves."""
    if f.broken:
        return "grid_in_pieces"
    return "" if f.moved_units else "nothing_moves"


def approve_bar(f: PlanFacts, w: World) -> str:
    """By another person, and only a whole one."""
    return "own_plan" if w.user == f.drafter else whole_bar(f, w)


def approve(f: PlanFacts, g: Any, w: World) -> PlanFacts:
    """审批: it waits for its day."""
    today = local(w.now).date()
    if not today < g.on <= today + FURTHEST:
        raise Refused("past" if g.on <= today else "too_far", ["on"], _("生效日期要在明天以后、一年以内。什么也没有改。"))
    return replace(f, stage="approved", approver=w.user, on=g.on, holder=w.town.desk("subdistrict", f), stage_due_at=midnight(g.on))


def send_back(f: PlanFacts, g: Any, w: World) -> PlanFacts:
    """退回改."""
    return to_draft(f, w)


def approver_of(f: Any, a: Actor) -> Seat | None:
    """The leader; where none is appointed, whoever holds it for them."""
    return who.of_kind("subdistrict_leader")(f, a) or who.holder(f, a)


def drawers(f: Any, a: Actor) -> Seat | None:
    """Desks and secretary of the place, and who decides."""
    return who.of_kind(*READS)(f, a)


def to(stage: str) -> Any:
    """To that stage, nothing else."""
    return lambda f, g, w: replace(f, stage=stage)


STAGES = stages(
    [
        Stage("draft", _("草案"), True, "", _("拟方案的岗位"), _("10 个工作日")),
        Stage("consulted", _("征求意见、待审批"), True, "", _("分管领导"), _("15 天")),
        Stage("approved", _("已批准，等生效"), True, "", _("网格中心"), _("生效那天零点"), waiting=True),
        Stage("in_force", _("已生效"), False),
        Stage("superseded", _("已被新方案取代"), False),
        Stage("withdrawn", _("撤回了"), False),
    ]
)
BEFORE = ("draft", "consulted", "approved")


def standing(do: Any, row: Any, before: Any, g: Any) -> None:
    """Nobody is asked about, and nobody approves, what could not come into force: the room looks at the grids there are now."""
    do.command("plan_stands", plan=row.item.pk, town=do.town)


def switched(do: Any, row: Any, before: Any, g: Any) -> None:
    """The day it comes into force: the room moves the units and all that hangs on them, in this transaction."""
    do.command("switch_grids", plan=row.item.pk, town=do.town)


STEPS = table(
    [
        Step("draft", _("拟方案"), (), ("draft",), _("窗口、书记（在方案页上）"), room, draft, Draft),
        Step("redraw", _("改方案"), ("draft", "consulted"), ("draft",), _("窗口、书记（在方案页上）"), room, redraw, Drawn),
        Step(
            "consult", _("征求意见、报批"), ("draft",), ("consulted",), _("窗口、书记"), who.of_kind(*DRAFTS), consult, Consult, bar=whole_bar, effect=standing
        ),
        Step(
            "approve",
            _("批准"),
            ("consulted",),
            ("approved",),
            _("分管领导（不是拟方案的人）"),
            approver_of,
            approve,
            Approve,
            bar=approve_bar,
            effect=standing,
        ),
        Step("send_back", _("退回修改"), ("consulted", "approved"), ("draft",), _("分管领导"), approver_of, send_back, Why, rare=True),
        Step("withdraw", _("撤回"), BEFORE, ("withdrawn",), _("窗口、书记、分管领导"), drawers, to("withdrawn"), Why, rare=True),
        Step("come_into_force", _("生效"), ("approved",), ("in_force",), _("到期自动"), who.by_system, to("in_force"), effect=switched, time_out=True),
        Step("overtake", _("网格变了，退回草案重看"), BEFORE, ("draft",), _("别的方案生效时自动"), who.by_system, overtake, Drawn),
        Step("supersede", _("被取代"), ("in_force",), ("superseded",), _("新方案生效时自动"), who.by_system, to("superseded")),
    ]
)
PLANS = Loop("plans", _("网格调整方案"), PlanFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
