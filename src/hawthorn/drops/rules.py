"""来话: captured 已收到, at the grid officer, then the community's desk; passed on to exactly one outcome. Limit 4 work hours at each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from hawthorn.drops.outcomes import OUTCOMES, Passed
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, choice, maybe, public, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat, World
from hawthorn.matters.rules import intake, who
from hawthorn.matters.rules.facts import OPEN as MATTER_OPEN
from hawthorn.matters.rules.needs import TIERS, Decline, Gained, Note, Said, Tier, Urge, Words


@dataclass(frozen=True)
class DropFacts(Head):
    """Counts of askers as in matters; `outcome`: where it went, `became`: the item it went into."""

    channel: str = ""
    reporters: int = 0
    tellable: int = 0
    by_phone: int = 0
    visits: int = 0
    hides_from_grid: bool = False
    outcome: str = ""
    became: int | None = None
    again_count: int = 0
    urged_on: date | None = None


class Capture(Said):
    """随手记、说一件事."""


class ToMatter(Needs):
    """去办: what is known besides the words."""

    category: int | None = ref("categories", _("类别（不知道就不选）"), optional=True)
    tier: Tier | None = choice(_("缓急（不选就按类别）"), TIERS, default=None)


class Join(Needs):
    """和已有的事是同一件."""

    into: int = ref("matters", _("和哪一件是同一件"))


TOLD = {"phone": _("打过电话了"), "visit": _("上门说了"), "met": _("当面说了"), "receipt": _("还没有说，凭回执看")}


class Inform(Needs):
    """直接答复: nothing to handle, an answer is enough."""

    say: str = public(_("答复"))
    how: Literal["phone", "visit", "met", "receipt"] = choice(_("怎么告诉来话人的"), TOLD, default="receipt")


class Elsewhere(Decline):
    """不归这里办: why, and where else."""

    how: Literal["phone", "visit", "met", "receipt"] = choice(_("怎么告诉来话人的"), TOLD, default="receipt")


class HandOn(Needs):
    """转给别的网格或社区窗口."""

    grid: int | None = ref("grids", _("转给哪个网格（不选就转给社区窗口）"), optional=True)
    words: str = maybe(_("为什么转"), max_length=200)


class Why(Needs):
    """What the answer did not answer."""

    reason: str = staff(_("哪里没有说到"))


def holder_at(f: DropFacts, w: World) -> int | None:
    """The officer of the grid, else the community's desk, else the next one up."""
    officer = w.town.post("grid_officer", f.grid) if f.raised_level == "grid" else None
    return officer or w.town.desk("community" if f.raised_level in ("grid", "community") else f.raised_level, f)


def waiting(f: DropFacts, w: World) -> DropFacts:
    """In somebody's hands, for 4 work hours: at the grid first, then at the desk above."""
    stage = "captured" if f.raised_level == "grid" else "raised"
    return replace(f, stage=stage, holder=holder_at(f, w), stage_due_at=w.due(f, "drop"))


def capture(_f: Any, g: Any, w: World) -> DropFacts:
    """已收到."""
    f = intake.asked_by(intake.placed(DropFacts(), g, w), g, w)
    unit = w.refs.get("unit")
    place = " ".join(x for x in (w.town.name_of(f.grid or f.community or f.subdistrict or f.county), unit.name if unit else "") if x)
    is_danger = intake.is_danger(f"{g.words} {g.spot}", f, w.town)
    return waiting(replace(f, channel=g.channel or "other", title=f"来话 · {place}"[:140], urgent=is_danger), w)


def captured(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any] | None:
    """Askers and photos; words of danger do not wait for anybody: they are a matter at once."""
    intake.reported(do, row, before, g)
    if not row.facts.urgent:
        return None
    given = {"words": g.words, "spot": g.spot, "tier": "urgent"}
    return _passed(do, row, OUTCOMES["matter"](do, row, given))


def added(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any] | None:
    """Words and photos that came later."""
    intake.attach("staff")(do, row, before, g)
    return _at_once(do, row, g.words)


def asked_again(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any] | None:
    """What the answer did not answer: nobody is called with the old one any more."""
    for telling in do.open_children(row, "tellings"):
        do.take("tellings", telling, "unneeded", {})
    return _at_once(do, row, g.reason)


def _at_once(do: Any, row: Any, later: str) -> dict[str, Any] | None:
    """Danger among later words: a matter at once, with all that was said; else nothing."""
    if not intake.is_danger(later, row.facts, do.town):
        return None
    words, spot = do.words_of(row)
    return _passed(do, row, OUTCOMES["matter"](do, row, {"words": f"{words}\n{later}", "spot": spot, "tier": "urgent"}))


def _passed(do: Any, row: Any, into: Passed) -> dict[str, Any]:
    do.link(row, into.row, "became")
    do.move_askers(row, into.row)
    do.move_files(row, into.row)
    return {"stage": "passed", "outcome": into.outcome, "became": into.row.item.pk, "holder": None, "due_at": None, "stage_due_at": None}


def to_matter(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any]:
    """记成事项: with its words, photos and askers; accepted at once where it comes back to the grid post that passed it on."""
    words, spot = do.words_of(row)
    into = OUTCOMES["matter"](do, row, {"words": words, "spot": spot, "category": g.category, "tier": g.tier})
    made = into.row.facts
    if made.raised_level == "grid" and any(s.post == made.holder and s.level == "grid" for s in do.actor.seats):
        do.take("matters", into.row.item.pk, "accept", {}, do.actor)
    return _passed(do, row, into)


def join_also(f: DropFacts, g: Any) -> list[tuple[str, int]]:
    """The matter it joins is locked with it."""
    return [("matters", g.into)]


def join(f: DropFacts, g: Any, w: World) -> DropFacts:
    """Into an open matter only."""
    if w.refs["into"].stage not in MATTER_OPEN:
        raise Refused("closed_target", ["into"])
    return gone(f, g, w, "joined")


def joined(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any]:
    """One more voice on a matter: its askers, its words as a note, its photos."""
    words, spot = do.words_of(row)
    counts = {name: getattr(before, name) for name in ("reporters", "tellable", "by_phone", "visits", "hides_from_grid")}
    into = do.take("matters", g.into, "gained", counts)
    do.take("matters", g.into, "note", {"words": f"{words}（{spot}）" if spot else words}, do.actor)
    return _passed(do, row, Passed("joined", into))


def gone(f: DropFacts, g: Any, w: World, outcome: str = "matter") -> DropFacts:
    """Passed on: as a matter of its own, or as one more voice on one."""
    return replace(f, stage="passed", outcome=outcome)


def told(f: DropFacts, outcome: str) -> DropFacts:
    """Answered by words: nobody's duty any more."""
    return replace(f, stage="answered" if outcome == "information" else "declined", outcome=outcome)


def owed(do: Any, row: Any, before: Any, g: Any) -> None:
    """Who left a way to be told and was not told yet is owed a call."""
    by_mail = before.tellable - before.by_phone - before.visits
    if by_mail > 0:
        do.tell(row, "ended")
    if g.how == "receipt" and before.by_phone + before.visits > 0:
        do.create("tellings", "owe", {}, parent=row)


def hand_on(f: DropFacts, g: Any, w: World) -> DropFacts:
    """转给: to another grid's officer, or up to the desk; the limit begins anew, the asker is not asked again."""
    grid = w.refs.get("grid")
    if grid is None:
        return waiting(replace(f, raised_level="community" if f.community else "subdistrict"), w)
    if grid.id == f.grid and f.raised_level == "grid":
        raise Refused("not_a_choice", ["grid"])
    levels: dict[str, Any] = {level: grid.at(level) for level in ("subdistrict", "community", "grid")}
    unit = f.unit if grid.id == f.grid else None
    return waiting(replace(f, **levels, unit=unit, raised_level="grid", title=f"来话 · {grid.name}"), w)


def escalate(f: DropFacts, g: Any, w: World) -> DropFacts:
    """过了 4 个工作小时: to the community's desk."""
    return waiting(replace(f, raised_level="community" if f.community else "subdistrict"), w)


def again(f: DropFacts, g: Any, w: World) -> DropFacts:
    """没有说到: once, to the desk."""
    return escalate(replace(f, again_count=f.again_count + 1, outcome=""), g, w)


def again_bar(f: DropFacts, w: World) -> str:
    """Once."""
    return "once_only" if f.again_count else ""


def holder_or_desk(f: Any, a: Actor) -> Seat | None:
    """Who holds it, or a desk above."""
    return who.holder(f, a) or who.desks(f, a)


OPEN = ("captured", "raised")
STAGES = stages(
    [
        Stage("captured", _("来话待处理"), True, _("已收到"), _("网格员"), _("4 个工作小时")),
        Stage("raised", _("来话待处理（窗口）"), True, _("已收到"), _("社区窗口，没有社区的由街道窗口"), _("4 个工作小时")),
        Stage("passed", _("已转去办"), False, _("已转去办")),
        Stage("answered", _("已答复"), False, _("已答复")),
        Stage("declined", _("不归这里办"), False, _("不归这里办")),
        Stage("withdrawn", _("已撤回"), False, _("已撤回")),
    ]
)
HANDLES, ASKS, ANY = _("责任岗位、窗口"), _("来话人"), tuple(STAGES)


def same(f: DropFacts, g: Any, w: World) -> DropFacts:
    """Only the record."""
    return f


STEPS = table(
    [
        Step("capture", _("记下"), (), (*OPEN, "passed"), _("任何岗位；居民"), who.either(who.any_seat, who.resident), capture, Capture, effect=captured),
        Step("to_matter", _("去办（记成事项）"), OPEN, ("passed",), HANDLES, holder_or_desk, gone, ToMatter, effect=to_matter),
        Step("join", _("和已有的一件是同一件"), OPEN, ("passed",), HANDLES, holder_or_desk, join, Join, also=join_also, effect=joined, rare=True),
        Step("inform", _("直接答复"), OPEN, ("answered",), HANDLES, holder_or_desk, lambda f, g, w: told(f, "information"), Inform, effect=owed),
        Step("decline", _("不归这里办"), OPEN, ("declined",), HANDLES, holder_or_desk, lambda f, g, w: told(f, "declined"), Elsewhere, effect=owed, rare=True),
        Step("hand_on", _("转给别的网格或窗口"), OPEN, OPEN, HANDLES, holder_or_desk, hand_on, HandOn, rare=True),
        Step("escalate", _("过了时限，转社区窗口"), ("captured",), ("raised",), _("到时限自动"), who.by_system, escalate, time_out=True),
        Step("note", _("记一笔"), OPEN, OPEN, _("看得到这件事的岗位"), who.any_seat, same, Note, effect=intake.attach("staff"), plain=True),
        Step("add_words", _("补充"), OPEN, (*OPEN, "passed"), _("来话人；代来话人的岗位"), who.for_asker, intake.unheard, Words, effect=added, plain=True, rare=True),
        Step("urge", _("催办"), OPEN, OPEN, _("本级以上窗口；来话人每天一次"), who.either(who.desks, who.reporter), intake.urge, Urge, bar=intake.urge_bar, effect=intake.urged, plain=True, rare=True),
        Step("withdraw", _("撤回"), OPEN, ("withdrawn",), ASKS, who.reporter, lambda f, g, w: replace(f, stage="withdrawn"), Urge),
        Step("again", _("没有说到，再看一次"), ("answered", "declined"), ("raised", "passed"), _("来话人，一次"), who.reporter, again, Why, bar=again_bar, effect=asked_again),
        Step("contact_gone", _("联系方式已删除"), ANY, ANY, _("来话人要求删除时自动"), who.by_system, intake.contact_gone, Gained),
    ]
)  # fmt: skip
DROPS = Loop("drops", _("来话"), DropFacts, STAGES, STEPS, "capture", lambda f: f.stage_due_at)
