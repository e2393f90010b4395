"""高频问题: what recurs at a place becomes a problem that gathers its matters; closed by a decision; open again if it comes back within 60 days.

One of them a month is 每月一题, the stubborn one that the subdistrict takes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, choice, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import who

COMES_BACK = timedelta(days=60)
SOURCES = {"same_place": _("同一处 30 天 3 件"), "signal": _("比往常多")}


@dataclass(frozen=True)
class ProblemFacts(Head):
    """`kind`: category by key; `unit` or `grid`: where. `month`: of which month it is the one stubborn problem of the place `chosen_in` (2026-11)."""

    source: str = ""
    why: str = ""
    found_on: date | None = None
    ended_on: date | None = None
    came_back: int = 0
    month: str = ""
    chosen_in: int | None = None


class Find(Needs):
    """Where and what, and how it was noticed. `why`: numbers of things, in one sentence."""

    place: int
    unit: int | None = None
    category: int | None = ref("categories", _("类别"), optional=True)
    source: Literal["same_place", "signal"] = choice(_("怎么发现的"), SOURCES)
    why: str = Field(title=_("依据"), max_length=160)


class Watch(Needs):
    """继续看."""

    until: When = Field(title=_("看到什么时候"), json_schema_extra={"x-days": 60})


class End(Needs):
    """可以了，不再盯."""

    reason: str = staff(_("为什么可以了"), max_length=300)


class Back(Needs):
    """It came back."""

    why: str = Field(title=_("依据"), max_length=160)


def find(_f: Any, g: Any, w: World) -> ProblemFacts:
    """At the subdistrict desk until the next but one meeting."""
    card, unit = w.town.places[g.place], w.refs.get("known_unit")
    levels: dict[str, Any] = {level: card.at(level) for level in ("county", "subdistrict", "community", "grid")}
    category = w.refs.get("category")
    name = category.name if category else _("多种事项")
    where = " ".join(x for x in (card.name, unit.name if unit else "") if x)
    f = ProblemFacts(
        **levels, unit=g.unit, title=f"{name} · {where}"[:140], kind=category.key if category else "", raised_level="subdistrict", stage="open",
        source=g.source, why=g.why, found_on=local(w.now).date(),
    )  # fmt: skip
    return held(f, w)


def held(f: ProblemFacts, w: World) -> ProblemFacts:
    """In the desk's hands, to be looked at again within the tenant's limit."""
    return replace(f, holder=w.town.desk("subdistrict", f), stage_due_at=w.due(f, "problem"))


def watch(f: ProblemFacts, g: Any, w: World) -> ProblemFacts:
    """Looked at again on that day."""
    if g.until <= w.now:
        raise Refused("past", ["until"])
    return replace(f, stage_due_at=g.until)


def end(f: ProblemFacts, g: Any, w: World) -> ProblemFacts:
    """Over, by a decision."""
    return replace(f, stage="closed", ended_on=local(w.now).date())


def retake(f: ProblemFacts, g: Any, w: World) -> ProblemFacts:
    """The same meeting decided otherwise: as if it had never been ended."""
    return held(replace(f, stage="open", ended_on=None), w)


def back(f: ProblemFacts, g: Any, w: World) -> ProblemFacts:
    """又来了: open again, with what is known now."""
    return held(replace(f, stage="open", why=g.why, ended_on=None, came_back=f.came_back + 1), w)


def back_bar(f: ProblemFacts, w: World) -> str:
    """Within 60 days; later it is a new one."""
    return "" if f.ended_on and local(w.now).date() - f.ended_on <= COMES_BACK else "too_late"


def of_month(f: ProblemFacts, g: Any, w: World) -> ProblemFacts:
    """每月一题: of the running month, one in a subdistrict."""
    if w.refs.get("chosen"):
        raise Refused("month_taken")
    return replace(f, month=month_of(w.now), chosen_in=f.subdistrict)


def unchosen(f: ProblemFacts, g: Any, w: World) -> ProblemFacts:
    """Another one will be this month's."""
    return replace(f, month="", chosen_in=None)


def month_of(now: datetime) -> str:
    """2026-11."""
    return f"{local(now):%Y-%m}"


def is_chosen(f: ProblemFacts, w: World) -> str:
    """Only what is this month's can be let go; what was an earlier month's stays so."""
    return "" if f.month == month_of(w.now) else "wrong_stage"


def look_at_chosen(f: Any, g: Any) -> dict[str, Any]:
    """What the place has chosen for this month."""
    return {"chosen": ("problem_of_month", f.subdistrict)}


def look_at_unit(f: Any, g: Any) -> dict[str, Any]:
    """The unit by its number."""
    return {"known_unit": ("units", g.unit)}


STAGES = stages(
    [
        Stage("open", _("盯着"), True, "", _("街道窗口"), _("下次看的日期")),
        Stage("closed", _("可以了，不再盯"), False),
    ]
)
BOTH = who.of_kind("subdistrict_desk", "subdistrict_leader")
CHAIR, MEETS = _("网格中心、分管领导"), _("研判会上定了自动")
STEPS = table(
    [
        Step("find", _("发现"), (), ("open",), _("拟议程时自动"), who.by_system, find, Find, looks=look_at_unit),
        Step("watch", _("继续看"), ("open",), ("open",), MEETS, who.by_system, watch, Watch),
        Step("close", _("可以了，不再盯"), ("open",), ("closed",), MEETS, who.by_system, end, End),
        Step("retake", _("会上改了决定，接着盯"), ("closed",), ("open",), MEETS, who.by_system, retake),
        Step("come_back", _("又来了"), ("closed",), ("open",), _("60 天内又多起来时自动"), who.by_system, back, Back, bar=back_bar),
        Step("choose", _("定为每月一题"), ("open",), ("open",), CHAIR, BOTH, of_month, rare=True, looks=look_at_chosen),
        Step("unchoose", _("不作每月一题，换别的"), ("open", "closed"), ("open", "closed"), CHAIR, BOTH, unchosen, rare=True, bar=is_chosen),
    ]
)
PROBLEMS = Loop("problems", _("高频问题"), ProblemFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
