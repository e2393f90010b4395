"""临时交办: only the desk of a street issues one; the system looks first whether it has the number already; one part for each grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import SOMETIMES, Head, Loop, Needs, Stage, Step, When, choice, maybe, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat, World
from hawthorn.matters.rules import who

SOURCES = {"own": _("街道自己"), "county": _("区（县）里"), "city": _("市里"), "province": _("省里以上"), "other": _("别的单位")}
TOPICS = {
    "matters": _("一段时间来的事项"), "open": _("在办的事项"), "units": _("楼院"), "doors": _("门户"), "checkpoints": _("排查点"),
    "seen": _("7 天内看过的排查点"), "other": _("别的，系统里没有"),
}  # fmt: skip
Topic = Literal["matters", "open", "units", "doors", "checkpoints", "seen", "other"]


@dataclass(frozen=True)
class ErrandFacts(Head):
    """`waiting`: parts not in yet. `known`: grid and number pairs as the system had them, `known_at` when it looked."""

    source: str = "own"
    topic: str = "other"
    asks_number: bool = False
    by: datetime | None = None
    parts: int = 0
    waiting: int = 0
    known: list[list[int]] = field(default_factory=list)
    known_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """What the system had when it looked: a number for each grid."""

    numbers: Mapping[int, int]


class Issue(Needs):
    """What is asked, by whom, on what paper, approved by whom, until when; and what the system had."""

    what: str = staff(_("要什么"), max_length=500)
    paper: str = staff(_("来文（名称、文号）"), max_length=200)
    approver: str = staff(_("批准人"), max_length=60)
    source: Literal["own", "county", "city", "province", "other"] = choice(_("谁要的"), SOURCES)
    by: When = Field(title=_("什么时候前"), json_schema_extra={"x-days": 60})
    grids: list[int] = Field(title=_("哪些网格"), min_length=1, json_schema_extra={"x-ref": "grids", "x-choices": "/api/v1/choices/grids"})
    topic: Topic = choice(_("要的数是什么"), TOPICS)
    category: int | None = ref("categories", _("哪一类事项"), optional=True)
    since: When | None = Field(default=None, title=_("从什么时候"))
    until: When | None = Field(default=None, title=_("到什么时候"))
    asks_number: bool = Field(default=False, title=_("每个网格要报一个数"))
    takes_known: bool = Field(default=False, title=_("就用系统已有的数，不再问网格"))
    why_ask: str = maybe(_("系统已经有数，为什么还要问网格"), max_length=200, **SOMETIMES)


class Word(Needs):
    """A word with it."""

    words: str = maybe(_("说明"))


class Why(Needs):
    """Why it is no longer wanted."""

    reason: str = staff(_("为什么不要了"), max_length=200)


class Ask(Needs):
    """One grid's part of an errand."""

    errand: int
    grid: int
    what: str = staff(_("要什么"), max_length=500)
    by: When
    topic: Topic = "other"
    asks_number: bool = False


class Give(Needs):
    """What the grid answers."""

    number: int | None = Field(default=None, title=_("数"), ge=0, le=10_000_000, json_schema_extra=SOMETIMES)
    result: str = staff(_("怎么样"), max_length=500)


@dataclass(frozen=True)
class PartFacts(Head):
    """One grid's part of an errand: its answer is the words and, where one is asked for, a number."""

    asks_number: bool = False
    number: int | None = None


# ── who ──
def desk(f: Any, a: Actor) -> Seat | None:
    """The desk of the subdistrict."""
    return next((s for s in a.seats if s.kind == "subdistrict_desk" and (f is None or f.subdistrict == s.place)), None)


# ── the errand ──
def look_first(f: Any, g: Issue) -> Mapping[str, Any]:
    """What the system has on it, before anybody is asked."""
    return {"known": ("known_figures", g)}


def issue_lacks(f: Any, g: Issue, w: World) -> Sequence[str]:
    """Where the number is there already, it is taken, or it is said why the grids are asked again."""
    is_known = w.refs.get("known") is not None
    if g.takes_known and not is_known:
        raise Refused("not_a_choice", ["takes_known"], _("系统里没有这个数，请去掉“就用系统已有的数”，交给网格。"))
    return ["why_ask"] if is_known and not g.takes_known and not g.why_ask else []


def issue(_f: Any, g: Issue, w: World) -> ErrandFacts:
    """交办: to the grids; or answered by the system itself, and no grid is asked."""
    assert w.seat is not None
    if g.by <= w.now:
        raise Refused("past", fields=["by"])
    street = w.town.places[w.seat.place]
    places = list(w.refs["grids"])
    if any(p.at("subdistrict") != street.id for p in places):
        raise Refused("not_a_choice", fields=["grids"])
    known: Known | None = w.refs.get("known")
    f = ErrandFacts(
        county=street.at("county") or 0, subdistrict=street.id, kind=g.topic, title=f"临时交办 · {street.name}", raised_level="subdistrict",
        source=g.source, topic=g.topic, asks_number=g.asks_number, by=g.by, holder=w.seat.post, stage_due_at=g.by,
        known=sorted([grid, number] for grid, number in known.numbers.items()) if known else [], known_at=w.now if known else None,
    )  # fmt: skip
    if g.takes_known:
        return replace(f, stage="answered_by_system")
    number = len({p.id for p in places})
    return replace(f, stage="out", parts=number, waiting=number)


def asked(do: Any, row: Any, before: Any, g: Issue) -> None:
    """A part for each grid, where they are asked: in the same transaction, once the errand has its number."""
    if row.facts.stage == "out":
        do.command("ask_grids", work=do, errand=row.item, given=g)


def part_in(f: ErrandFacts, g: Any, w: World) -> ErrandFacts:
    """One part less to wait for; the last one makes it complete."""
    f = replace(f, waiting=f.waiting - 1)
    return f if f.waiting else replace(f, stage="complete", holder=w.town.post("subdistrict_desk", f.subdistrict))


def over(stage: str) -> Any:
    """To an end; parts still out are called back."""
    return lambda f, g, w: replace(f, stage=stage, waiting=0)


def call_back(do: Any, row: Any, before: Any, g: Any) -> None:
    """What is still with grids ends with it."""
    for part in do.open_children(row, "errand_parts"):
        do.take("errand_parts", part, "called_back", {})


# ── a part ──
def ask(_f: Any, g: Ask, w: World) -> PartFacts:
    """交给一个网格: held by its officer, else the next post that is there."""
    place = w.town.places[g.grid]
    f = PartFacts(
        county=place.county, subdistrict=place.subdistrict, community=place.community, grid=place.id, kind=g.topic, title=f"临时交办 · {place.name}",
        raised_level="grid", parent=g.errand, asks_number=g.asks_number, stage="asked", stage_due_at=g.by,
    )  # fmt: skip
    post = next((p for kind in ("grid_officer", "grid_head", "party_instructor") if (p := w.town.post(kind, place.id)) is not None), None)
    return replace(f, holder=post or w.town.desk("community", f))


def give_lacks(f: PartFacts, g: Give, w: World) -> Sequence[str]:
    """The number, where one is asked for."""
    return ["number"] if f.asks_number and g.number is None else []


def give(f: PartFacts, g: Give, w: World) -> PartFacts:
    """报上."""
    return replace(f, stage="given", number=g.number)


def parent_of(f: PartFacts, g: Any) -> Sequence[tuple[str, int]]:
    """The errand it is a part of."""
    return [("errands", f.parent)] if f.parent else []


def tell_errand(do: Any, row: Any, before: Any, g: Any) -> None:
    """The errand waits for one part less."""
    do.take("errands", row.facts.parent, "part_in", {})


STAGES = stages(
    [
        Stage("out", _("网格在报"), True, "", _("网格中心"), _("交办定的日期")),
        Stage("complete", _("报齐了"), True, "", _("网格中心"), _("交办定的日期")),
        Stage("sent", _("汇总报出"), False),
        Stage("answered_by_system", _("系统已有，没问网格"), False),
        Stage("withdrawn", _("不要了"), False),
    ]
)
OUT = ("out", "complete")
STEPS = table(
    [
        Step("issue", _("临时交办"), (), ("out", "answered_by_system"), _("街道网格中心"), desk, issue, Issue, lacks=issue_lacks, looks=look_first, effect=asked),
        Step("part_in", _("一个网格报上了"), ("out",), OUT, _("网格报上时自动"), who.by_system, part_in),
        Step("send", _("汇总报出"), OUT, ("sent",), _("网格中心"), desk, over("sent"), Word, effect=call_back),
        Step("withdraw", _("不要了"), OUT, ("withdrawn",), _("网格中心"), desk, over("withdrawn"), Why, effect=call_back, rare=True),
    ]
)  # fmt: skip
ERRANDS = Loop("errands", _("临时交办"), ErrandFacts, STAGES, STEPS, "issue", lambda f: f.stage_due_at)

PART_STAGES = stages(
    [
        Stage("asked", _("待报"), True, "", _("专职网格员"), _("交办定的日期")),
        Stage("given", _("报上了"), False),
        Stage("called_back", _("不用报了"), False),
    ]
)
PART_STEPS = table(
    [
        Step("ask", _("交给网格"), (), ("asked",), _("交办时自动"), who.by_system, ask, Ask),
        Step("give", _("报上"), ("asked",), ("given",), _("责任岗位"), who.holder, give, Give, lacks=give_lacks, also=parent_of, effect=tell_errand),
        Step("called_back", _("不用报了"), ("asked",), ("called_back",), _("交办结束时自动"), who.by_system, lambda f, g, w: replace(f, stage="called_back")),
    ]
)  # fmt: skip
ERRAND_PARTS = Loop("errand_parts", _("交办到网格"), PartFacts, PART_STAGES, PART_STEPS, None, lambda f: f.stage_due_at)
