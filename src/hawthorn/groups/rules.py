"""党小组任务: asked of a grid's Party group, open to its head and to those who claimed to belong to it; what nobody takes is the party instructor's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import SYSTEM_POST, Actor, Seat, World

INNER = Seat(SYSTEM_POST, "system", "", 0)
ASKS = ("party_instructor", "grid_head", "community_desk", "community_secretary")
FURTHEST = timedelta(days=90)


@dataclass(frozen=True)
class TaskFacts(Head):
    """`group`: the post of the Party group; `asked_by`: the post that asked; `taker`: the user who took it; `until`: when it is to be done; `about`: a matter."""

    group: int | None = None
    asked_by: int | None = None
    taker: int | None = None
    until: datetime | None = None
    about: int | None = None


class Ask(Needs):
    """What, where, until when."""

    grid: int = ref("group_grids", _("哪个网格的党小组"))
    what: str = staff(_("做什么"), max_length=300)
    until: When = Field(title=_("什么时候前"), json_schema_extra={"x-days": 90})
    about: int | None = ref("task_matters", _("为哪件事项（没有就不选）"), optional=True)


class Done(Needs):
    """One sentence."""

    result: str = staff(_("做了什么（一句话）"), max_length=300)


class Why(Needs):
    """A reason."""

    reason: str = staff(_("为什么"), max_length=300)


# ── who ──
def by_system(f: Any, a: Actor) -> Seat | None:
    """Due work."""
    return INNER if a.system else None


def asks(f: Any, a: Actor) -> Seat | None:
    """Instructor and head of the grid, desk and secretary of its community; the post that asked is one of these."""
    return next((s for s in a.seats if s.kind in ASKS and (f is None or f.place(s.level) == s.place)), None)


def member(f: TaskFacts, a: Actor) -> Seat | None:
    """The group's head, or somebody who claimed to belong to it; the instructor for what nobody took."""
    own = next((s for s in a.seats if s.post == f.group and not s.acting), None)
    return own or next((s for s in a.seats if f.stage == "lying" and s.post == f.holder), None)


def taker(f: TaskFacts, a: Actor) -> Seat | None:
    """Who took it, as long as they have a place in it."""
    if f.taker is None or a.user != f.taker:
        return None
    return next((s for s in a.seats if s.post in (f.group, f.holder)), None)


def taker_or_asker(f: TaskFacts, a: Actor) -> Seat | None:
    """Who took it, or those who ask."""
    return taker(f, a) or asks(f, a)


# ── changes ──
def ask(_f: Any, g: Any, w: World) -> TaskFacts:
    """待认领: to the group of the grid, for as long as the tenant lets it lie, never longer than until it is to be done."""
    assert w.seat is not None
    card = w.town.places[g.grid]
    group = w.town.post("party_group", card.id)
    if card.at(w.seat.level) != w.seat.place:
        raise Refused("not_a_choice", ["grid"])
    if group is None:
        raise Refused("no_group", ["grid"])
    if not w.now < g.until <= w.now + FURTHEST:
        raise Refused("past" if g.until <= w.now else "too_far", ["until"])
    f = TaskFacts(
        county=card.county, subdistrict=card.subdistrict, community=card.community, grid=card.id, kind="group_task",
        title=_("党小组任务 · {place}").format(place=card.name)[:140], raised_level="grid", stage="open", holder=group, group=group, asked_by=w.seat.post,
        until=g.until, about=g.about,
    )  # fmt: skip
    return replace(f, stage_due_at=min(g.until, w.due(f, "group_task")))


def take(f: TaskFacts, g: Any, w: World) -> TaskFacts:
    """认领: until it is to be done; what was late already has the time it would have had to lie."""
    is_late = f.until is None or f.until <= w.now
    holder = f.holder if w.seat is not None and w.seat.post == f.holder else f.group
    return replace(f, stage="taken", taker=w.user, holder=holder, stage_due_at=w.due(f, "group_task") if is_late else f.until)


def give_back(f: TaskFacts, g: Any, w: World) -> TaskFacts:
    """换人: open again."""
    return replace(f, stage="open", taker=None, holder=f.group, stage_due_at=w.due(f, "group_task"))


def lapse(f: TaskFacts, g: Any, w: World) -> TaskFacts:
    """没人认领: to the party instructor; where there is none, to whoever acts for the group."""
    return replace(f, stage="lying", holder=w.town.above(f.group) if f.group else f.holder, stage_due_at=w.due(f, "group_task"))


def to(stage: str) -> Any:
    """To that stage, nothing else."""
    return lambda f, g, w: replace(f, stage=stage)


def told(do: Any, row: Any, before: Any, g: Any) -> None:
    """The group hears of it at once."""
    do.nudge(row, row.facts.group, "told")


OPEN: Sequence[str] = ("open", "taken", "lying")
STAGES = stages(
    [
        Stage("open", _("待认领"), True, "", _("党小组"), _("3 个工作日"), waiting=True),
        Stage("taken", _("在做"), True, "", _("党小组"), _("说好的日期")),
        Stage("lying", _("没人认领"), True, "", _("党建指导员"), _("3 个工作日")),
        Stage("done", _("做好了"), False),
        Stage("dropped", _("不做了"), False),
    ]
)
STEPS = table(
    [
        Step("ask", _("请党小组做一件事"), (), ("open",), _("党建指导员、网格长、社区窗口和书记"), asks, ask, Ask, effect=told),
        Step("take", _("我来做"), ("open", "lying"), ("taken",), _("党小组组长、认领了党小组的党员；没人认领的由党建指导员"), member, take),
        Step("report_done", _("做好了"), ("taken",), ("done",), _("认领的人"), taker, to("done"), Done),
        Step("give_back", _("换人来做"), ("taken",), ("open",), _("认领的人、请做的岗位"), taker_or_asker, give_back, Why, rare=True),
        Step("drop", _("不做了"), tuple(OPEN), ("dropped",), _("请做的岗位"), asks, to("dropped"), Why, rare=True),
        Step("lapse", _("没人认领"), ("open",), ("lying",), _("到期自动"), by_system, lapse, time_out=True),
    ]
)
GROUP_TASKS = Loop("group_tasks", _("党小组任务"), TaskFacts, STAGES, STEPS, "ask", lambda f: f.stage_due_at)
