"""督办: an instruction is answered to whom instructed; it survives the matter's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, maybe, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import who


@dataclass(frozen=True)
class InstructionFacts(Head):
    """Who instructed, and who must answer."""

    giver: int | None = None
    lead: int | None = None


class Give(Needs):
    """What is instructed, and until when."""

    words: str = staff(_("批示内容"))
    by: When


class Answer(Needs):
    """The answer."""

    words: str = staff(_("办得怎么样"))


class Word(Needs):
    """A word with the approval."""

    words: str = maybe(_("说明"))


class Again(Needs):
    """What is still missing, and until when."""

    words: str = staff(_("还差什么"))
    by: When = Field(title=_("什么时候前"), json_schema_extra={"x-days": 30})


def give(_f: Any, g: Any, w: World) -> InstructionFacts:
    """督办: to the matter's lead, else its holder. The giver is the instructing post of the place."""
    whole = w.refs["parent"]
    giver = w.town.post("subdistrict_leader", whole.subdistrict)
    giver = giver if giver and w.user in w.town.users(giver, w.now) else w.town.desk("county", whole)
    return InstructionFacts(
        county=whole.county, subdistrict=whole.subdistrict, community=whole.community, grid=whole.grid, unit=whole.unit, kind="instruction",
        title=whole.title, urgent=whole.urgent, raised_level=whole.raised_level, stage="given", giver=giver,
        holder=whole.lead or whole.holder, lead=whole.lead or whole.holder, stage_due_at=g.by,
    )  # fmt: skip


def answer(f: InstructionFacts, g: Any, w: World) -> InstructionFacts:
    """答复: back to whom instructed."""
    return replace(f, stage="answered", holder=f.giver, stage_due_at=w.due(f, "instruction_answer"))


def again(f: InstructionFacts, g: Any, w: World) -> InstructionFacts:
    """再办."""
    if g.by <= w.now:
        raise Refused("past", fields=["by"])
    return replace(f, stage="given", holder=f.lead, stage_due_at=g.by)


def seen_by_giver(do: Any, row: Any, before: Any, g: Any) -> None:
    """Who instructed keeps it in sight."""
    if row.facts.giver:
        do.touch(row.facts.giver, row)


STAGES = stages(
    [
        Stage("given", _("待答复"), True, "", _("事项的主办，没有主办就是责任岗位"), _("批示定的日期")),
        Stage("answered", _("待认可"), True, "", _("批示的岗位"), _("2 个工作日")),
        Stage("done", _("已办结"), False),
    ]
)
STEPS = table(
    [
        Step("give", _("督办"), (), ("given",), _("督办时自动"), who.by_system, give, Give, effect=seen_by_giver),
        Step("answer", _("答复"), ("given",), ("answered",), _("事项的主办"), who.holder, answer, Answer),
        Step("approve", _("认可"), ("answered",), ("done",), _("批示的岗位"), who.holder, lambda f, g, w: replace(f, stage="done"), Word),
        Step("again", _("再办"), ("answered",), ("given",), _("批示的岗位"), who.holder, again, Again),
    ]
)
INSTRUCTIONS = Loop("instructions", _("督办"), InstructionFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
