"""What may be said about a campaign, and who opens one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat
from hawthorn.patrols.rules.due import EACH, PURPOSES, RAIN

OVER = {"points": _("排查点"), "doors": _("门户（入户）")}
LONGEST = timedelta(days=92)


@dataclass(frozen=True)
class Opened:
    """A campaign as it is to be; see due.Drive. `over` doors: every door of the grids, seen by visits."""

    name: str
    purpose: str
    over: str
    each: str
    kinds: tuple[str, ...]
    grids: tuple[int, ...]
    from_on: date | None
    last_on: date | None
    chosen: tuple[int, ...] = ()


def faults(wanted: Opened, kinds: Any, today: date) -> dict[str, str]:
    """Field → what is wrong with it; empty where nothing is."""
    wrong: dict[str, str] = {}
    if not wanted.name or len(wanted.name) > 40:
        wrong["name"] = _("请起个名字，40 个字以内。")
    if wanted.purpose not in PURPOSES or wanted.over not in OVER or wanted.each not in EACH:
        wrong["purpose"] = _("请选是哪一种。")
    if wanted.purpose != RAIN and wanted.over == "points" and not wanted.kinds and not wanted.chosen:
        wrong["kinds"] = _("请选要看哪些种类的排查点。")
    if not set(wanted.kinds) <= set(kinds):
        wrong["kinds"] = _("选的种类不对，请重新选。")
    return wrong | _date_faults(wanted.from_on, wanted.last_on, today)


def _date_faults(first: date | None, last: date | None, today: date) -> dict[str, str]:
    if first is None:
        return {"from_on": _("请填从哪天开始。")}
    if last is None or last < first:
        return {"last_on": _("请填到哪天为止，不能早于开始那天。")}
    if last < today:
        return {"last_on": _("日期已经过去。请填以后的日期。")}
    return {"last_on": _("太长了，一次最多三个月。")} if last - first > LONGEST else {}


def opener(actor: Actor) -> Seat | None:
    """Only the desk of a subdistrict opens and ends campaigns."""
    return next((s for s in actor.seats if s.kind == "subdistrict_desk"), None)
