"""发布: nothing public without three named people: 拟稿—审核（含保密审查）—发布. Only the answer to a person who asked is exempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, choice, maybe, public, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat, World
from hawthorn.matters.rules import who

WHATS = {"digest": _("研判摘要"), "figures": _("数字"), "notice": _("通知"), "decision": _("决定")}
DRAFTS = ("subdistrict_desk", "community_desk", "community_secretary")
REVIEWS = ("party_office", "community_secretary", "subdistrict_desk", "subdistrict_leader")
PUBLISHES = ("subdistrict_leader", "subdistrict_desk")


@dataclass(frozen=True)
class ReleaseFacts(Head):
    """The three: users. `author`: the post that drafted it."""

    author: int | None = None
    drafter: int | None = None
    reviewer: int | None = None
    publisher: int | None = None
    meeting: int | None = None


class Draft(Needs):
    """拟稿."""

    kind: Literal["digest", "figures", "notice", "decision"] = choice(_("公开什么"), WHATS)
    heading: str = public(_("标题"), max_length=60)
    words: str = public(_("正文"), max_length=5000)
    meeting: int | None = ref("closed_meetings", _("哪一次研判会的（不是就不选）"), optional=True)


class Revise(Needs):
    """改稿."""

    heading: str = public(_("标题"), max_length=60)
    words: str = public(_("正文"), max_length=5000)


class Review(Needs):
    """审核通过: both looked at."""

    is_fit: bool = Field(default=False, title=_("内容、数字看过，没有个人信息"))
    is_not_secret: bool = Field(default=False, title=_("保密审查过，不涉及国家秘密、工作秘密"))
    words: str = maybe(_("审核意见"), max_length=300)


class Why(Needs):
    """A reason."""

    reason: str = staff(_("为什么"), max_length=300)


def drafts(f: Any, a: Actor) -> Seat | None:
    """A desk, or the secretary; what is drafted already, the post that drafted it."""
    return next((s for s in a.seats if s.kind in DRAFTS and (f is None or s.post == f.author)), None)


def first_other(f: ReleaseFacts, kinds: Sequence[str], but: set[int | None], w: World) -> int | None:
    """The first post of these kinds, from the place upwards, with somebody who has had no hand in it yet."""
    for level in ("community", "subdistrict", "county"):
        for kind in (*kinds, *(("county_desk",) if level == "county" else ())):
            post = w.town.post(kind, f.place(level)) if f.place(level) else None
            if post is not None and w.town.users(post, w.now) - but:
                return post
    return None


def draft(_f: Any, g: Any, w: World) -> ReleaseFacts:
    """To be reviewed by somebody else."""
    assert w.seat is not None
    card = w.town.places[w.seat.place]
    levels: dict[str, Any] = {level: card.at(level) for level in ("county", "subdistrict", "community")}
    f = ReleaseFacts(
        **levels, raised_level=card.level, kind=g.kind, title=f"{WHATS[g.kind]} · {card.name}", author=w.seat.post, drafter=w.user, meeting=g.meeting
    )
    return to_review(f, w)


def to_review(f: ReleaseFacts, w: World) -> ReleaseFacts:
    """待审核."""
    return replace(f, stage="drafted", holder=first_other(f, REVIEWS, {f.drafter}, w), stage_due_at=w.due(f, "release"))


def revise(f: ReleaseFacts, g: Any, w: World) -> ReleaseFacts:
    """Whoever changes it is its drafter; it is reviewed anew."""
    return to_review(replace(f, drafter=w.user, reviewer=None), w)


def review(f: ReleaseFacts, g: Any, w: World) -> ReleaseFacts:
    """待发布, by a third person."""
    f = replace(f, stage="reviewed", reviewer=w.user)
    return replace(f, holder=first_other(f, PUBLISHES, {f.drafter, w.user}, w), stage_due_at=w.due(f, "release"))


def unlooked(f: ReleaseFacts, g: Any, w: World) -> list[str]:
    """Both looks, or none."""
    return [name for name in ("is_fit", "is_not_secret") if not getattr(g, name)]


def send_back(f: ReleaseFacts, g: Any, w: World) -> ReleaseFacts:
    """退回改."""
    return replace(f, stage="returned", reviewer=None, holder=f.author, stage_due_at=w.due(f, "release"))


def new_hand(f: ReleaseFacts, w: World) -> str:
    """Not a hand that was in it before."""
    return "three_hands" if w.user in (f.drafter, f.reviewer) else ""


def own_words(f: ReleaseFacts, w: World) -> str:
    """Who wrote it changes it; another one drafts anew, so that nobody reviews words of their own."""
    return "" if w.user == f.drafter else "not_yours"


def withdraws(f: Any, a: Actor) -> Seat | None:
    """Desk or leader of the subdistrict."""
    return who.of_kind("subdistrict_leader", "subdistrict_desk")(f, a)


def publish(f: ReleaseFacts, g: Any, w: World) -> ReleaseFacts:
    """发布: the third hand."""
    return replace(f, stage="published", publisher=w.user)


def to(stage: str) -> Any:
    """To that stage, nothing else."""
    return lambda f, g, w: replace(f, stage=stage)


STAGES = stages(
    [
        Stage("drafted", _("待审核"), True, "", _("另一位审核的人"), _("2 个工作日")),
        Stage("returned", _("退回修改"), True, "", _("拟稿的岗位"), _("2 个工作日")),
        Stage("reviewed", _("待发布"), True, "", _("第三个人：分管领导"), _("2 个工作日")),
        Stage("published", _("已发布"), False),
        Stage("withdrawn", _("已撤下"), False),
        Stage("cancelled", _("不发布了"), False),
    ]
)
WAITS, LEAVES = ("drafted", "reviewed"), ("drafted", "returned", "reviewed")
STEPS = table(
    [
        Step("draft", _("拟稿"), (), ("drafted",), _("窗口、书记"), drafts, draft, Draft),
        Step("review", _("审核通过"), ("drafted",), ("reviewed",), _("不是拟稿人的审核岗位"), who.holder, review, Review, bar=new_hand, lacks=unlooked),
        Step("send_back", _("退回修改"), WAITS, ("returned",), _("审核、发布的岗位"), who.holder, send_back, Why, bar=new_hand),
        Step("revise", _("改稿"), ("drafted", "returned"), ("drafted",), _("拟稿的岗位"), drafts, revise, Revise, bar=own_words),
        Step("publish", _("发布"), ("reviewed",), ("published",), _("不是拟稿、审核的第三个人"), who.holder, publish, bar=new_hand),
        Step("cancel", _("不发布了"), LEAVES, ("cancelled",), _("拟稿的岗位"), drafts, to("cancelled"), Why, rare=True),
        Step("withdraw", _("撤下"), ("published",), ("withdrawn",), _("网格中心、分管领导"), withdraws, to("withdrawn"), Why),
    ]
)
RELEASES = Loop("releases", _("发布"), ReleaseFacts, STAGES, STEPS, "draft", lambda f: f.stage_due_at)
