"""The table of matters and its small loops. What holds for every step stands here: approvals end with the work, parts tell their whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Loop, Step, marks, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import ending, handling, intake
from hawthorn.matters.rules.approvals import APPROVALS
from hawthorn.matters.rules.assists import ASSISTS
from hawthorn.matters.rules.facts import ENDED, STAGES, MatterFacts, due
from hawthorn.matters.rules.instructions import INSTRUCTIONS
from hawthorn.matters.rules.tellings import TELLINGS


def normal(before: MatterFacts | None, after: MatterFacts, w: World) -> MatterFacts:
    """An approval lasts as long as the work; the stage limit of the work is the promise; an end has its time."""
    if before is not None and before.stage == "working" and after.stage != "working" and after.approval:
        after = replace(after, approval=None)
    if after.stage == "working":
        after = replace(after, stage_due_at=after.promise_at)
    if after.stage in ENDED and after.ended_at is None:
        after = replace(after, ended_at=w.now)
    if after.stage not in ENDED and after.ended_at is not None:
        after = replace(after, ended_at=None)
    return after


def also(step: Step, f: MatterFacts) -> Sequence[tuple[str, int]]:
    """The open approval where the step may leave the work; the whole where it may end a part."""
    found: list[tuple[str, int]] = []
    if step.targets == step.sources and step.name != "relocate":
        return found
    if f.approval and step.name not in ("granted", "approval_ended") and set(step.targets) - {"working"} and "working" in step.sources:
        found.append(("approvals", f.approval))
    if f.parent and set(step.targets) & set(ENDED):
        found.append(("matters", f.parent))
    return found


def aftermath(do: Any, row: Any, step: Step, before: MatterFacts | None, after: MatterFacts, g: Any) -> None:
    """Withdraw the approval, tell the whole, tell the askers."""
    if before is not None and before.approval and before.stage == "working" and after.stage != "working" and step.name != "granted":
        do.take("approvals", before.approval, "withdraw", {})
    has_ended = after.stage in ENDED and (before is None or before.stage not in ENDED)
    if has_ended and after.parent:
        do.take("matters", after.parent, "part_ended", {})
    says = any(extra.get("x-text") == "public" and getattr(g, name) for name, extra in marks(step.needs).items())
    by_mail = after.tellable - after.by_phone - after.visits
    if by_mail > 0 and (says or has_ended or step.name == "accept"):
        do.tell(row, "ended" if has_ended else "progress")
    is_owed = after.stage == "merged" or (after.stage == "void" and not (do.actor.reporter is not None and after.reporters <= 1))
    if has_ended and is_owed and after.by_phone + after.visits > 0:
        do.create("tellings", "owe", {}, parent=row)


MATTERS = Loop(
    "matters", _("事项"), MatterFacts, STAGES, table([*intake.STEPS, *handling.STEPS, *ending.STEPS]), "report", due,
    normal=normal, also=also, aftermath=aftermath,
)  # fmt: skip
LOOPS = (MATTERS, ASSISTS, APPROVALS, INSTRUCTIONS, TELLINGS)
