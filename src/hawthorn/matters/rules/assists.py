"""协办: a called agency is a small loop of its own, with its own duty and limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, maybe, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import RANK, World
from hawthorn.matters.rules import who


@dataclass(frozen=True)
class AssistFacts(Head):
    """`asker`: the post that leads the matter; it may release the agency."""

    agency: int | None = None
    lead: int | None = None
    by: datetime | None = None


class Call(Needs):
    """Who is called for what."""

    agency: int = ref("agencies", _("单位"))
    what: str = staff(_("请做什么"))
    by: When | None = Field(default=None, title=_("什么时候前"))


class Accept(Needs):
    """The agency's own date."""

    by: When = Field(title=_("我们什么时候前办好"), json_schema_extra={"x-days": 60})
    words: str = maybe(_("说明"))


class Done(Needs):
    """What was done."""

    words: str = staff(_("办得怎么样"))


class Refuse(Needs):
    """Why not, and who could."""

    reason: str = staff(_("为什么不能办"))
    who_could: str = staff(_("谁能办"), max_length=200)


class Again(Needs):
    """The same or another agency."""

    agency: int = ref("agencies", _("单位"))
    words: str = maybe(_("交代"))


class Release(Needs):
    """Why it is no longer needed."""

    reason: str = staff(_("为什么解除"))


def call(_f: Any, g: Any, w: World) -> AssistFacts:
    """呼叫: the agency holds it, to answer within the tenant's limit or the date given."""
    whole = w.refs["parent"]
    agency = w.refs["agency"]
    f = AssistFacts(
        county=whole.county, subdistrict=whole.subdistrict, community=whole.community, grid=whole.grid, unit=whole.unit, kind="assist",
        title=whole.title, urgent=whole.urgent, raised_level=whole.raised_level, stage="called", holder=agency.id, agency=agency.id,
        lead=whole.lead, by=g.by,
    )  # fmt: skip
    limit = w.due(f, "assist")
    return replace(f, stage_due_at=min(limit, g.by) if g.by else limit)


def accepted(f: AssistFacts, g: Any, w: World) -> AssistFacts:
    """接协办: their own date."""
    if g.by <= w.now:
        raise Refused("past", fields=["by"])
    return replace(f, stage="accepted", by=g.by, stage_due_at=g.by)


def refused(f: AssistFacts, g: Any, w: World) -> AssistFacts:
    """推辞: decided by the party instructor of the grid up to community level, else by the subdistrict leader."""
    low = RANK[f.raised_level] <= RANK["community"]
    post = w.town.post("party_instructor", f.grid) if low else None
    post = post or w.town.post("subdistrict_leader", f.subdistrict) or w.town.desk("subdistrict", f)
    return replace(f, stage="refused", holder=post, stage_due_at=w.due(f, "assist_refused"))


def called_again(f: AssistFacts, g: Any, w: World) -> AssistFacts:
    """再呼叫."""
    agency = w.refs["agency"]
    return replace(f, stage="called", holder=agency.id, agency=agency.id, by=None, stage_due_at=w.due(f, "assist"))


def touch_parent(do: Any, row: Any, before: Any, g: Any) -> None:
    """The newly called agency sees the matter."""
    do.touch(g.agency, do.row("matters", row.facts.parent))


def parent_of(f: AssistFacts, g: Any) -> Sequence[tuple[str, int]]:
    """The matter it hangs on."""
    return [("matters", f.parent)] if f.parent else []


def ends(stage: str) -> Any:
    """To an end of the assist."""
    return lambda f, g, w: replace(f, stage=stage)


def tell_parent(do: Any, row: Any, before: Any, g: Any) -> None:
    """The matter counts one open assist less."""
    do.take("matters", row.facts.parent, "assist_ended", {})


STAGES = stages(
    [
        Stage("called", _("已呼叫"), True, "", _("被呼叫的单位"), _("协办答复时限")),
        Stage("accepted", _("已接协办"), True, "", _("被呼叫的单位"), _("单位答应的日期")),
        Stage("refused", _("推辞待定"), True, "", _("党建指导员；街道级以上由分管领导定"), _("1 个工作日")),
        Stage("done", _("协办完成"), False),
        Stage("released", _("已解除"), False),
    ]
)
STEPS = table(
    [
        Step("call", _("呼叫协办"), (), ("called",), _("主办呼叫时自动"), who.by_system, call, Call),
        Step("assist_accept", _("接协办"), ("called",), ("accepted",), _("被呼叫的单位"), who.holder, accepted, Accept),
        Step("assist_done", _("协办完成"), ("accepted",), ("done",), _("被呼叫的单位"), who.holder, ends("done"), Done, also=parent_of, effect=tell_parent),
        Step("assist_refuse", _("推辞"), ("called",), ("refused",), _("被呼叫的单位"), who.holder, refused, Refuse, rare=True),
        Step("call_again", _("再呼叫"), ("refused",), ("called",), _("决定的岗位"), who.holder, called_again, Again, also=parent_of, effect=touch_parent),
        Step("release", _("解除协办"), ("called", "accepted"), ("released",), _("主办、窗口"), who.either(who.lead, who.desks), ends("released"), Release, also=parent_of, effect=tell_parent, rare=True),
        Step("release_refused", _("不再协办"), ("refused",), ("released",), _("决定的岗位"), who.holder, ends("released"), Release, also=parent_of, effect=tell_parent),
    ]
)  # fmt: skip
ASSISTS = Loop("assists", _("协办"), AssistFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
