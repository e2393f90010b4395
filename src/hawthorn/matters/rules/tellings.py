"""回话: somebody is owed a call after an end that has no call back of its own (merged, void, ended by time)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, maybe, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import World
from hawthorn.matters.rules import who
from hawthorn.matters.rules.facts import desk_of

TRIES = 3


@dataclass(frozen=True)
class TellingFacts(Head):
    """How often it was tried."""

    tries: int = 0


class Told(Needs):
    """What they said."""

    words: str = maybe(_("居民说了什么"))


def owe(_f: Any, g: Any, w: World) -> TellingFacts:
    """The desk of the matter's level calls within the limit of a first try."""
    whole = w.refs["parent"]
    f = TellingFacts(
        county=whole.county, subdistrict=whole.subdistrict, community=whole.community, grid=whole.grid, unit=whole.unit, kind="telling",
        title=whole.title, raised_level=whole.raised_level, stage="owed", holder=desk_of(whole, w),
    )  # fmt: skip
    return replace(f, stage_due_at=w.due(f, "answering"))


def not_reached(f: TellingFacts, g: Any, w: World) -> TellingFacts:
    """Three tries; the public words stay under the receipt."""
    tries = f.tries + 1
    if tries >= TRIES:
        return replace(f, stage="not_reached", tries=tries)
    return replace(f, tries=tries, stage_due_at=w.due(f, "answering"))


STAGES = stages(
    [
        Stage("owed", _("待回话"), True, "", _("本级窗口"), _("1 个工作日")),
        Stage("told", _("已告诉"), False),
        Stage("not_reached", _("没有联系上"), False),
        Stage("unneeded", _("不用回话了"), False),
    ]
)
STEPS = table(
    [
        Step("owe", _("要回话"), (), ("owed",), _("合并、撤销时自动"), who.by_system, owe),
        Step("told", _("已告诉"), ("owed",), ("told",), _("责任岗位"), who.holder, lambda f, g, w: replace(f, stage="told"), Told),
        Step(
            "unneeded",
            _("不用回话了"),
            ("owed",),
            ("unneeded",),
            _("撤回合并、答复要重来、没有人可告诉时自动"),
            who.by_system,
            lambda f, g, w: replace(f, stage="unneeded"),
        ),
        Step("missed", _("没有联系上"), ("owed",), ("owed", "not_reached"), _("责任岗位"), who.holder, not_reached, Told),
    ]
)
TELLINGS = Loop("tellings", _("回话"), TellingFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
