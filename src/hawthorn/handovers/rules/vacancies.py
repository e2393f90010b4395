"""缺岗: a grid post without holder or stand-in is a duty of the subdistrict desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import SYSTEM_POST, Actor, Seat, World

INNER = Seat(SYSTEM_POST, "system", "", 0)


@dataclass(frozen=True)
class VacancyFacts(Head):
    """Which post; `is_live` while open (one live vacancy a post, refused by the database)."""

    post: int | None = None
    is_live: bool = False


class Open(Needs):
    """The post."""

    post: int


class Fill(Needs):
    """Who takes it."""

    user: int = ref("users", _("由谁担任"))


class Abolish(Needs):
    """Why it is no longer needed."""

    reason: str = staff(_("为什么撤掉这个岗位"))


def by_system(f: Any, a: Actor) -> Seat | None:
    """Due work."""
    return INNER if a.system else None


def holder(f: Any, a: Actor) -> Seat | None:
    """The subdistrict desk that holds it."""
    return next((s for s in a.seats if s.post == f.holder), None) if f else None


def begin(_f: Any, g: Any, w: World) -> VacancyFacts:
    """缺岗: to the subdistrict desk, within the tenant's limit."""
    post = w.town.posts[g.post]
    card = w.town.places[post.place]
    f = VacancyFacts(
        county=card.county, subdistrict=card.at("subdistrict"), community=card.at("community"), grid=card.at("grid"), kind=post.kind,
        title=f"缺岗 · {post.name}", raised_level="subdistrict", post=post.id, is_live=True, stage="open",
    )  # fmt: skip
    return replace(f, holder=w.town.desk("subdistrict", f), stage_due_at=w.due(f, "vacancy"))


def fill(f: VacancyFacts, g: Any, w: World) -> VacancyFacts:
    """补上: a person of this tenant."""
    if f.post is None or not w.town.is_alive(f.post):
        raise Refused("no_way")
    if g.user == w.user:
        raise Refused("not_oneself", ["user"])
    return replace(f, stage="filled", is_live=False)


def appointed(do: Any, row: Any, before: Any, g: Any) -> None:
    """Appoint from now on."""
    do.command("appoint", post_id=row.facts.post, user_id=g.user, by=do.actor.user)


def abolished(do: Any, row: Any, before: Any, g: Any) -> None:
    """End the post."""
    do.command("abolish_post", post_id=row.facts.post)


STAGES = stages(
    [
        Stage("open", _("缺岗"), True, "", _("网格中心"), _("5 个工作日")),
        Stage("filled", _("已补上"), False),
        Stage("abolished", _("已撤岗"), False),
    ]
)
STEPS = table(
    [
        Step("open", _("发现缺岗"), (), ("open",), _("自动"), by_system, begin, Open),
        Step("fill", _("补上"), ("open",), ("filled",), _("网格中心"), holder, fill, Fill, effect=appointed),
        Step("filled", _("已有人担任"), ("open",), ("filled",), _("自动"), by_system, lambda f, g, w: replace(f, stage="filled", is_live=False)),
        Step("gone", _("岗位已经不设了"), ("open",), ("abolished",), _("自动"), by_system, lambda f, g, w: replace(f, stage="abolished", is_live=False)),
        Step("abolish", _("撤岗"), ("open",), ("abolished",), _("网格中心"), holder, lambda f, g, w: replace(f, stage="abolished", is_live=False), Abolish, effect=abolished, rare=True),
    ]
)  # fmt: skip
VACANCIES = Loop("vacancies", _("缺岗"), VacancyFacts, STAGES, STEPS, None, lambda f: f.stage_due_at)
