"""Accepting, dispatching, working, waiting, calling for help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Step
from hawthorn.kernel.words import _
from hawthorn.kernel.world import RANK, World
from hawthorn.matters.rules import needs, who
from hawthorn.matters.rules.facts import UNDONE, MatterFacts, at_least, desk_of, lifted, limited, one_up, paused, promised, resumed, working
from hawthorn.matters.rules.intake import attach, unheard


def accept(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """受理: the holder leads; the promise starts unless it runs."""
    return working(replace(promised(f, w), lead=f.holder, dispatcher=None), w)


def lead_lacks(f: MatterFacts, g: Any, w: World) -> list[str]:
    """What the community need not do is put on it only with a named approver."""
    card, post = w.town.categories.get(f.category or 0), w.refs["lead"]
    pushed = card is not None and not card.in_duty_list and RANK[post.level] <= RANK["community"]
    return ["approved_by"] if pushed and not g.approved_by else []


def dispatch(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """派单、改派: to a lead, who has the respond limit; the promise runs on."""
    assert w.seat is not None
    post = w.refs["lead"]
    if not contains(f, post, w):
        raise Refused("not_a_choice", fields=["lead"])
    f = resumed(f, w) if f.stage in ("waiting_resident", "parked") else f
    f = replace(f, stage="assigned", lead=post.id, holder=post.id, dispatcher=w.seat.post, is_final=f.is_final or f.hand_backs >= 2)
    return replace(f, stage_due_at=limited(f, w, "respond"))


def contains(f: MatterFacts, post: Any, w: World) -> bool:
    """Does the post stand in the matter's subdistrict (in its county where it has none)."""
    card = w.town.places[post.place]
    return f.subdistrict is None or card.at("subdistrict") == f.subdistrict


def take_up(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """接单: the lead begins; the promise starts unless it runs."""
    return working(promised(f, w), w)


def hand_back(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """退回: to the desk that dispatched it; the second time to the subdistrict desk, whose word is final."""
    count = f.hand_backs + 1
    if count >= 2:
        level = at_least(f.raised_level, "subdistrict")
        after = lifted(f, w, level)
    else:
        back = f.dispatcher if f.dispatcher and w.town.is_alive(f.dispatcher) else desk_of(f, w)
        after = replace(lifted(f, w, f.raised_level), holder=back)
    return replace(after, hand_backs=count, dispatcher=None)


def handed_back(do: Any, row: Any, before: Any, g: Any) -> None:
    """The party instructor is told of a matter handed back twice."""
    if row.facts.hand_backs == 2:
        do.nudge(row, do.town.post("party_instructor", row.facts.grid), "told")


def call_up(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """呼叫上级: found again one level up; the promise runs on."""
    return replace(lifted(f, w, one_up(f)), dispatcher=None, is_final=False)


def ask_resident(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """请居民补充: the promise pauses."""
    return replace(paused(f, w), stage="waiting_resident", holder=f.lead, stage_due_at=w.due(f, "waiting_resident"))


def within(g_at: Any, w: World, f: MatterFacts, stage: str, name: str) -> None:
    """A date that must lie ahead, and not further than the tenant allows."""
    if g_at <= w.now:
        raise Refused("past", fields=[name])
    last = local(w.due(f, stage)).date()
    if local(g_at).date() > last:
        raise Refused("too_far", fields=[name])


def wait_outside(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """等外单位: until the date they promised; our promise runs on."""
    within(g.promised_at, w, f, "waiting_outside_max", "promised_at")
    return replace(f, stage="waiting_outside", holder=f.lead, stage_due_at=g.promised_at)


def make_link(do: Any, row: Any, before: Any, g: Any) -> None:
    """A one-time link for them, where that is how they were asked."""
    if g.how == "link":
        do.one_time_link(row, g.whom, g.promised_at)


def back_to_work(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """Working again with what was left of the promise."""
    return working(f, w)


def resident_answers(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """Working again; who hides from the grid is not heard there. Raises Refused."""
    return working(unheard(f, g, w), w)


def ask_bar(f: MatterFacts, w: World) -> str:
    """One approval at a time."""
    return "approval_open" if f.approval else ""


def extension_bar(f: MatterFacts, w: World) -> str:
    """No extension once the promise is broken."""
    return ask_bar(f, w) or ("promise_passed" if f.promise_at is None or w.now > f.promise_at else "")


def asked(kind: str) -> Any:
    """申请延期、申请挂账: an Approval of its own."""

    def effect(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any]:
        child = do.create("approvals", "ask", {"asks": kind, "reason": g.reason, "until": g.until}, parent=row, at_once=True)
        return {"approval": child.item.pk}

    return effect


def ask(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """The request itself changes nothing yet."""
    within(g.until, w, f, "parked_max", "until")
    return f


def granted(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """An approval came: the promise moves, or the matter is parked until its review date."""
    f = replace(f, approval=None)
    if g.asks == "extension":
        return working(replace(f, promise_at=max(g.until, f.promise_at or g.until), is_extended=True), w)
    return replace(paused(f, w), stage="parked", holder=f.lead, stage_due_at=g.until, parked_count=f.parked_count + 1)


def call_for_help(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """呼叫协办: one Assist for each agency."""
    if g.by is not None and g.by <= w.now:
        raise Refused("past", fields=["by"])
    return replace(f, open_assists=f.open_assists + len(set(g.agencies)))


def helped(do: Any, row: Any, before: Any, g: Any) -> None:
    """The Assists; each agency sees the matter too. None is called twice while it helps."""
    if before.open_assists and do.helpers(row, "assists") & set(g.agencies):
        raise Refused("helping", fields=["agencies"])
    for agency in dict.fromkeys(g.agencies):
        do.create("assists", "call", {"agency": agency, "what": g.what, "by": g.by}, parent=row)
        do.touch(agency, row)


def split(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """拆分: so many open parts."""
    return replace(f, open_parts=f.open_parts + len(g.parts))


def parted(do: Any, row: Any, before: Any, g: Any) -> None:
    """The parts, each a matter of its own."""
    for words in g.parts:
        child = do.create("matters", "part", {"words": words}, parent=row)
        do.link(row, child, "split")


def part_bar(f: MatterFacts, w: World) -> str:
    """One level of parts only."""
    return "is_part" if f.parent else ""


def asks_bar(f: MatterFacts, w: World) -> str:
    """Somebody must be there to ask."""
    return "" if f.reporters else "nobody_to_ask"


def merge_into(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """合并办理: ends here, lives on in the other."""
    into = w.refs["into"]
    if into.id == f.id or into.parent == f.id:
        raise Refused("itself", fields=["into"])
    if into.stage not in OPEN_STAGES:
        raise Refused("closed_target", fields=["into"])
    return replace(f, stage="merged", merged_into=into.id)


def merged(do: Any, row: Any, before: Any, g: Any) -> None:
    """Askers, outside number and deadline move along."""
    f = row.facts
    keys = ("reporters", "tellable", "by_phone", "visits", "hides_from_grid", "outside_number", "outside_source", "outside_due_at")
    target = do.take("matters", g.into, "gained", {k: getattr(f, k) for k in keys})
    do.link(row, target, "merged")
    if f.reporters:
        do.move_askers(row, target)


def undone_bar(f: MatterFacts, w: World) -> str:
    """No end while an assist or part is open."""
    return "assist_open" if f.open_assists else "part_open" if f.open_parts else ""


def into_also(f: MatterFacts, g: Any) -> Sequence[tuple[str, int]]:
    """The target is locked too."""
    return [("matters", g.into)]


def final_bar(f: MatterFacts, w: World) -> str:
    """What the subdistrict desk has decided cannot be handed back."""
    return "final" if f.is_final else ""


def top_bar(f: MatterFacts, w: World) -> str:
    """Nobody above the county."""
    return "at_top" if f.raised_level == "county" else ""


OPEN_STAGES = (*UNDONE, "checking", "answering")
RUNNING = ("assigned", "working", "waiting_resident", "waiting_outside", "parked")
W = ("working",)
STEPS = [
    Step("accept", _("受理"), ("found",), W, _("责任岗位"), who.holder, accept),
    Step("dispatch", _("派单"), ("found",), ("assigned",), _("窗口"), who.desks, dispatch, needs.Lead, lacks=lead_lacks),
    Step("reassign", _("改派"), RUNNING, ("assigned",), _("窗口"), who.desks, dispatch, needs.Lead, lacks=lead_lacks, rare=True),
    Step("take_up", _("接单"), ("assigned",), W, _("主办"), who.lead, take_up),
    Step("hand_back", _("退回"), ("assigned", "working"), ("found",), _("主办"), who.lead, hand_back, needs.HandBack, bar=final_bar, effect=handed_back, rare=True),
    Step("call_up", _("呼叫上级"), ("found", "working"), ("found",), _("责任岗位、主办"), who.either(who.holder, who.lead), call_up, needs.CallUp, bar=top_bar),
    Step("merge_into", _("合并办理"), UNDONE, ("merged",), _("窗口、主办"), who.either(who.desks, who.lead), merge_into, needs.Merge, bar=undone_bar, also=into_also, effect=merged, rare=True),
    Step("split", _("拆分"), W, W, _("窗口、主办"), who.either(who.desks, who.lead), split, needs.Split, bar=part_bar, effect=parted, rare=True),
    Step("ask_resident", _("请居民补充"), W, ("waiting_resident",), _("主办"), who.lead, ask_resident, needs.Question, bar=asks_bar),
    Step("resident_answers", _("居民答复"), ("waiting_resident",), W, _("来话人；代来话人的岗位"), who.for_asker, resident_answers, needs.Words, effect=attach("staff")),
    Step("no_answer", _("居民没有答复"), ("waiting_resident",), W, _("到期自动"), who.by_system, back_to_work, time_out=True),
    Step("wait_outside", _("等外单位"), W, ("waiting_outside",), _("主办"), who.lead, wait_outside, needs.WaitOutside, effect=make_link, rare=True),
    Step("outside_answers", _("外单位答复"), ("waiting_outside",), W, _("拿一次性链接的人、主办"), who.either(who.outsider, who.lead), back_to_work, needs.Words, effect=attach("staff")),
    Step("overdue_outside", _("外单位逾期"), ("waiting_outside",), W, _("到期自动"), who.by_system, back_to_work, time_out=True),
    Step("ask_extension", _("申请延期"), W, W, _("主办"), who.lead, ask, needs.AskUntil, bar=extension_bar, effect=asked("extension"), rare=True),
    Step("ask_park", _("申请挂账"), W, W, _("主办"), who.lead, ask, needs.AskUntil, bar=ask_bar, effect=asked("park"), rare=True),
    Step("granted", _("请示同意"), W, ("working", "parked"), _("批准时自动"), who.by_system, granted, needs.Granted),
    Step("resume", _("恢复办理"), ("parked",), W, _("主办、窗口"), who.either(who.lead, who.desks), back_to_work),
    Step("review_due", _("到期复看"), ("parked",), W, _("到期自动"), who.by_system, back_to_work, time_out=True),
    Step("call_for_help", _("呼叫协办"), W, W, _("社区以上的主办、窗口"), who.either(who.lead_above_grid, who.desks), call_for_help, needs.Help, effect=helped),
]  # fmt: skip
