"""Settling, checking, answering, the other ends, and coming back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Step
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import needs, who
from hawthorn.matters.rules.facts import END_OF, UNDONE, MatterFacts, answered, desk_of, ended, lifted, limited, one_up, promised, working
from hawthorn.matters.rules.handling import undone_bar
from hawthorn.matters.rules.intake import attach, unit_of

TRIES = 3
OUTSIDE = ("outside_number", "outside_source", "outside_due_at")
DONE = ("closed", "declined", "referred")


def settle(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """报结: to the check where it was dispatched, above the grid, or the category asks for it; else to the asker; with nobody to tell it ends as 自办自核."""
    in_time = f.promise_at is None or w.now <= f.promise_at
    f = replace(f, handler=w.user, answer="settled", settled_at=w.now, settled_in_time=in_time, is_self_checked=False)
    card = w.town.categories.get(f.category or 0)
    if f.dispatcher or f.raised_level != "grid" or (card and card.needs_check):
        return check_by_another(f, w)
    return answered(replace(f, is_self_checked=f.tellable == 0), w)


def check_by_another(f: MatterFacts, w: World) -> MatterFacts:
    """To the desk that dispatched it, a desk's own work to the desk above; up until there is another person than the handler."""
    post = f.dispatcher if f.dispatcher and w.town.is_alive(f.dispatcher) else None
    if post is None or post == f.lead:
        card = w.town.posts.get(f.lead or 0)
        is_desk = card is not None and card.kind in who.DESKS
        post = (w.town.above(card.id) or card.id) if card and is_desk else desk_of(f, w)
    post, is_alone = who.another(w.town, post, f.handler, w.now)
    return replace(f, stage="checking", holder=post, stage_due_at=w.due(f, "checking"), is_self_checked=is_alone)


def proof_lacks(f: MatterFacts, g: Any, w: World) -> list[str]:
    """A category may ask for a photo; without one, the reason is enough. Never forced."""
    card = w.town.categories.get(f.category or 0)
    return ["why_no_proof"] if card and card.needs_proof and not g.files and not g.why_no_proof else []


def passed(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """核查通过."""
    return answered(f, w)


def failed(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """核查不通过: back to the lead; the promise went on all the time."""
    return back(replace(f, answer="", settled_at=None, settled_in_time=None), w)


def back(f: MatterFacts, w: World) -> MatterFacts:
    """To the lead where there still is one, else found at the desk of the level."""
    if w.town.is_alive(f.lead):
        return working(f, w)
    return lifted(f, w, f.raised_level)


def end(f: MatterFacts, confirmed: str, **more: Any) -> MatterFacts:
    """The end that belongs to the answer."""
    return replace(ended(f, END_OF[f.answer]), confirmed=confirmed, **more)


def solved(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """已解决, by the asker's own word."""
    return end(f, "solved", rating=g.rating)


def solved_bar(f: MatterFacts, w: World) -> str:
    """Only a matter answered with a result can be solved."""
    return "" if f.answer == "settled" else "not_settled_answer"


def agrees(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """认可答复."""
    return end(f, "agreed", rating=g.rating)


def unsolved(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """未解决: reworked with a new clock; without lead, or from the second time on, one level up."""
    count = f.unsolved_count + 1
    f = replace(promised(f, w, anew=True), unsolved_count=count, answer="", settled_at=None, settled_in_time=None, tries=0, is_final=False)
    if count == 1 and w.town.is_alive(f.lead):
        return working(f, w)
    return replace(lifted(f, w, one_up(f)), dispatcher=None)


def not_reached(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """未联系上: the next working day; on the third the end by the answer, the words stay under the receipt."""
    tries = f.tries + 1
    if tries >= TRIES:
        return end(f, "not_reached", tries=tries)
    return replace(f, tries=tries, stage_due_at=w.due(f, "answering"))


def decline(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """不受理: the asker is told why and where else; a matter of another system goes back to its sender."""
    return answered(replace(f, answer="declined", handler=w.user), w)


def refer(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """转法定途径."""
    return answered(replace(f, answer="referred", handler=w.user), w)


def void(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """误报撤销; one of several askers only leaves."""
    if w.seat and w.seat.kind == "reporter" and f.reporters > 1:
        return replace(f, reporters=f.reporters - 1)
    return ended(f, "void")


def voided(do: Any, row: Any, before: Any, g: Any) -> dict[str, Any] | None:
    """Take the leaving asker off and count who is left."""
    if row.facts.stage == "void" or do.actor.reporter is None:
        return None
    counts: dict[str, Any] = do.asker_leaves(row, do.actor.reporter)
    return counts


def unmerge(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """撤回合并: found again at the desk."""
    return replace(lifted(f, w, f.raised_level), merged_into=None, dispatcher=None)


def unmerge_bar(f: MatterFacts, w: World) -> str:
    """Within a day; parts are looked after in the whole."""
    if f.parent:
        return "is_part"
    until = w.calendar(f).due(f.ended_at, w.policy(f).limit("unmerge_within")) if f.ended_at else w.now
    return "" if w.now <= until else "too_late"


def unmerged(do: Any, row: Any, before: Any, g: Any) -> None:
    """The askers come back."""
    leaving = {name: getattr(before, name) for name in ("reporters", "tellable", "by_phone", "visits")}
    into = before.merged_into
    while into is not None:  # what it was merged into may have been merged further since
        own = outside_of([do.born(into), *({n: getattr(one, n) for n in OUTSIDE} for one in do.merged_in(into, row.item.pk))])
        into = do.take("matters", into, "lost", leaving | own | {"hides_from_grid": do.is_hidden(into, row.item.pk)}).facts.merged_into
    do.unlink(row, before.merged_into)
    for telling in do.open_children(row, "tellings"):
        do.take("tellings", telling, "unneeded", {})
    if before.reporters:
        do.return_askers(row)


def outside_of(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of a matter and those merged into it: the first outside number with its source, and the earliest outside deadline."""
    number, source = next(((f["outside_number"], f["outside_source"]) for f in facts if f.get("outside_number")), ("", ""))
    deadlines = [datetime.fromisoformat(at) if isinstance(at, str) else at for f in facts if (at := f.get("outside_due_at"))]
    return {"outside_number": number, "outside_source": source, "outside_due_at": min(deadlines, default=None)}


def unmerge_also(f: MatterFacts, g: Any) -> Sequence[tuple[str, int]]:
    """The matter it was merged into."""
    return [("matters", f.merged_into)] if f.merged_into else []


def reopen(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """重开: new clock, place looked up anew; without a living lead found at the desk of the level."""
    unit = w.refs.get("unit")
    if unit is not None and unit.grid and unit.grid != f.grid:
        grid = w.town.places[unit.grid]
        f = replace(f, grid=grid.id, community=grid.community, subdistrict=grid.subdistrict)
        f = replace(f, lead=f.lead if w.town.is_alive(f.lead) and w.town.posts[f.lead or 0].level != "grid" else None)
    f = replace(
        f,
        reopened_count=f.reopened_count + 1,
        answer="",
        confirmed="",
        rating=None,
        settled_at=None,
        settled_in_time=None,
        ended_at=None,
        is_final=False,
        tries=0,
    )
    f = promised(f, w, anew=True)
    if w.town.is_alive(f.lead):
        return working(f, w)
    return replace(f, stage="found", lead=None, holder=desk_of(f, w), stage_due_at=limited(f, w, "accept"))


def reopen_bar(f: MatterFacts, w: World) -> str:
    """The asker has fourteen days; parts are reopened in the whole."""
    if f.parent:
        return "is_part"
    if w.seat and w.seat.kind == "reporter" and f.ended_at:
        within: Limit = w.policy(f).limit("reopen_within")
        return "" if w.now <= f.ended_at + timedelta(seconds=within.seconds) else "too_late"
    return ""


ANSWERING, CHECKING = ("answering",), ("checking",)
AFTER = ("closed", "declined", "referred")
SOLE = who.either(who.desks, who.reporter)
STEPS = [
    Step("settle", _("报结"), ("working",), ("checking", "answering", "closed"), _("主办"), who.lead, settle, needs.Settle, bar=undone_bar, lacks=proof_lacks, effect=attach("public")),
    Step("pass", _("核查通过"), CHECKING, ("answering", "closed"), _("核查岗位，不能是办理人自己"), who.checker, passed, needs.Check),
    Step("fail", _("核查不通过"), CHECKING, ("working", "found"), _("核查岗位，不能是办理人自己"), who.checker, failed, needs.Fail),
    Step("solved", _("已解决"), ANSWERING, ("closed",), _("责任岗位、窗口、来话人"), who.at_counter, solved, needs.Solved, bar=solved_bar),
    Step("agrees", _("认可答复"), ANSWERING, AFTER, _("责任岗位、窗口、来话人"), who.at_counter, agrees, needs.Solved),
    Step("unsolved", _("未解决"), ANSWERING, ("working", "found"), _("责任岗位、窗口、来话人"), who.at_counter, unsolved, needs.Unsolved),
    Step("not_reached", _("未联系上"), ANSWERING, ("answering", *AFTER), _("责任岗位"), who.holder, not_reached, needs.Tried),
    Step("decline", _("不受理"), ("found",), ("answering", "declined"), _("窗口"), who.desks, decline, needs.Decline, bar=undone_bar, rare=True),
    Step("refer", _("转法定途径"), ("found", "working"), ("answering", "referred"), _("窗口"), who.desks, refer, needs.Refer, bar=undone_bar, rare=True),
    Step("void", _("误报撤销"), UNDONE, ("void", *UNDONE), _("窗口；唯一的来话人"), SOLE, void, needs.Reason, bar=undone_bar, effect=voided, rare=True),
    Step("unmerge", _("撤回合并"), ("merged",), ("found",), _("窗口，一天以内"), who.desks, unmerge, bar=unmerge_bar, also=unmerge_also, effect=unmerged),
    Step("reopen", _("重开"), ("closed", "declined", "referred", "void"), ("working", "found"), _("来话人 14 天内；窗口"), SOLE, reopen, needs.Reopen, bar=reopen_bar, looks=unit_of),
]  # fmt: skip
