"""建点未完: what a new subdistrict still lacks is a duty of its desk, closed by due work once it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, choice, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import SYSTEM_POST, Actor, Seat, World

INNER = Seat(SYSTEM_POST, "system", "", 0)
TIME = Limit("workdays", 10)

GAPS: dict[str, tuple[str, str]] = {
    "sign_in": (_("网格中心没有人能登录"), _("请县区管理员在「岗位和人」里给网格中心的人设定首次密码。")),
    "unit_grid": (_("楼院没有归网格"), _("{n} 个楼院没有归网格。在设置工作簿的「楼院」表里填网格编号。")),
    "unit_households": (_("楼院没有户数"), _("{n} 个楼院没有户数。在设置工作簿的「楼院」表里填。")),
    "unit_position": (_("楼院没有位置"), _("{n} 个楼院没有位置。在设置工作簿的「楼院」表里填经纬度和坐标系。")),
    "category_lead": (_("类别没有写谁牵头"), _("{n} 个类别没有写谁牵头，先由网格员受理。在设置工作簿的「谁牵头」表或派单规则里写。")),
    "roster": (_("没有排值班"), _("今后七天有 {n} 天没有排值班。在「值班表」里排。")),
    "privacy": (_("没有个人信息联系人"), _("隐私说明上要写找谁、打什么电话。在「街道设置」里填联系人和电话。")),
    "limits": (_("时限还是演示用的"), _("时限方案还是演示用的，不出自任何文件。在设置工作簿的「街道」表里换成本地规定的。")),
}
"""What may be missing: how it is called, and what to do about it. `n`: how many."""


@dataclass(frozen=True)
class GapFacts(Head):
    """What is missing; `is_live` while open (one live item for each thing missing in a subdistrict, refused by the database)."""

    area: int | None = None
    lacking: str = ""
    is_live: bool = False


class Found(Needs):
    """Where, what, and what to do about it."""

    place: int
    lacking: Literal["sign_in", "unit_grid", "unit_households", "unit_position", "category_lead", "roster", "privacy", "limits"] = choice(
        _("还缺什么"), {code: label for code, (label, _advice) in GAPS.items()}
    )
    what: str = staff(_("怎么补"), max_length=300)


class Waive(Needs):
    """Why it is not wanted here."""

    reason: str = staff(_("为什么这里不需要"))


def by_system(f: Any, a: Actor) -> Seat | None:
    """Due work."""
    return INNER if a.system else None


def holder(f: Any, a: Actor) -> Seat | None:
    """The subdistrict desk that holds it."""
    return next((s for s in a.seats if s.post == f.holder), None) if f else None


def begin(_f: Any, g: Any, w: World) -> GapFacts:
    """发现还缺: to the subdistrict desk."""
    card = w.town.places[g.place]
    f = GapFacts(
        county=card.county, subdistrict=card.id, kind=g.lacking, title=f"{_('建点还缺')} · {GAPS[g.lacking][0]}", raised_level="subdistrict",
        area=card.id, lacking=g.lacking, is_live=True, stage="open",
    )  # fmt: skip
    return replace(f, holder=w.town.desk("subdistrict", f), stage_due_at=w.calendar(f).due(w.now, TIME))


STAGES = stages(
    [
        Stage("open", _("还缺"), True, "", _("网格中心"), _("10 个工作日")),
        Stage("done", _("已补齐"), False),
        Stage("waived", _("这里不需要"), False),
    ]
)
STEPS = table(
    [
        Step("found", _("发现还缺"), (), ("open",), _("自动"), by_system, begin, Found),
        Step("done", _("已经补齐"), ("open",), ("done",), _("自动"), by_system, lambda f, g, w: replace(f, stage="done", is_live=False)),
        Step("waive", _("这里不需要"), ("open",), ("waived",), _("网格中心"), holder, lambda f, g, w: replace(f, stage="waived", is_live=False), Waive, rare=True),
    ]
)  # fmt: skip
SET_UP_GAPS = Loop("set_up_gaps", _("建点还缺"), GapFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
