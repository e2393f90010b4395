"""交接: whoever leaves a post signs what is open in its hands, the new holder signs for it. Nothing moves: it all belongs to the post.

Who has left is signed for by the post above. Leaver, signer and taker are told apart as users, not posts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from hawthorn.kernel.facts import replace
from hawthorn.kernel.slots import COMMANDS
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, When, maybe, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import RANK, SYSTEM_POST, Actor, PostCard, Seat, Span, Town, World

INNER = Seat(SYSTEM_POST, "system", "", 0)
MOST_THINGS = 30


@dataclass(frozen=True)
class HandoverFacts(Head):
    """`post` changes hands: `leaver` (a user) holds it until `left_at`; `over` is the post above. `giver` and `taker` are the users who signed.

    `is_kept`: false where no handover was needed after all. Frozen at the taker's signature: how many open things, how many of them promised to
    somebody, and `mark`, the digest of which.
    """

    post: int | None = None
    holding: int | None = None
    leaver: int | None = None
    left_at: datetime | None = None
    over: int | None = None
    is_kept: bool = True
    giver: int | None = None
    given_at: datetime | None = None
    taker: int | None = None
    open_items: int = 0
    promises: int = 0
    mark: str = ""


class Open(Needs):
    """Which holding of which post ends, whose and when."""

    post: int
    holding: int
    leaver: int
    left_at: When


class Shift(Needs):
    """It ends at another time."""

    left_at: When


class HandOver(Needs):
    """What the next one must know and gets into their hands. The open things are not typed: the system lists them."""

    notes: str = maybe(_("地方上要留意的（写地方和设备，不写人）"))
    things: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, title=_("交出的钥匙和设备（一行一样，写上几个）"), max_length=MOST_THINGS, json_schema_extra={"x-text": "staff", "x-lines": True}
    )


class TakeOver(Needs):
    """What is missing, if anything is."""

    words: str = maybe(_("对不上的、缺的（没有就不填）"), max_length=500)


# ── who ──
def by_system(f: Any, a: Actor) -> Seat | None:
    """Due work, and whoever's command ended a holding."""
    return INNER if a.system else None


def signs(f: HandoverFacts, a: Actor) -> Seat | None:
    """The leaver in their own post; else the post above."""
    own = next((s for s in a.seats if s.post == f.post and not s.acting and a.user == f.leaver), None)
    return own or next((s for s in a.seats if s.post == f.over), None)


def takes(f: HandoverFacts, a: Actor) -> Seat | None:
    """Somebody in the post itself; of a post that was abolished, the post above."""
    return next((s for s in a.seats if s.post == f.post and not s.acting), None) or next((s for s in a.seats if s.post == f.over), None)


def holders(spans: Mapping[int, list[Span]], post: int | None, at: datetime) -> set[int]:
    """Who holds a post in earnest at that second; stand-ins do not."""
    return {span.user for span in spans.get(post or 0, ()) if span.holds(at)}


def give_bar(f: HandoverFacts, w: World) -> str:
    """While the leaver is in office nobody signs for them."""
    return "" if w.user == f.leaver or f.left_at is None or f.left_at <= w.now else "leaver_signs"


def take_bar(f: HandoverFacts, w: World) -> str:
    """Only what was signed, by who holds the post now, and another person than who left and who signed."""
    if f.giver is None:
        return "not_given"
    if w.user in (f.leaver, f.giver):
        return "two_people"
    is_there = w.user in holders(w.town.holders, f.post, w.now)
    return "" if is_there or not w.town.is_alive(f.post) else "not_holder"


def chain(post: int, town: Town) -> Iterator[int]:
    """A post and those above it, one after the other."""
    at: int | None = post
    seen: set[int] = set()
    while at is not None and at in town.posts and at not in seen:
        seen.add(at)
        yield at
        at = town.above(at)


def hidden(f: HandoverFacts, a: Actor, w: World) -> bool:
    """It is for those in the post, the posts above it, and those who look after its place from above; not for whoever else has the place."""
    post = w.town.posts.get(f.post or 0)
    if a.system or post is None:
        return not a.system
    line = {f.over, f.holder, *chain(post.id, w.town)}
    return not any(s.post in line or _looks_after(s, f, post) for s in a.seats)


def _looks_after(seat: Seat, f: HandoverFacts, post: PostCard) -> bool:
    return seat.scope == "place" and seat.level in RANK and RANK[seat.level] > RANK[post.level] and f.place(seat.level) == seat.place


def over_of(post: PostCard, town: Town) -> int | None:
    """The post above; at the top of the county the administrator and the desk see to each other."""
    beside = (town.post(kind, post.place) for kind in ("county_admin", "county_desk"))
    return town.above(post.id) or next((found for found in beside if found not in (None, post.id)), None)


# ── changes ──
def begin(_f: Any, g: Any, w: World) -> HandoverFacts:
    """待交: with whoever signs, until three working days after the end."""
    post = w.town.posts[g.post]
    card, over = w.town.places[post.place], over_of(post, w.town)
    above = w.town.posts[over].level if over is not None else post.level
    f = HandoverFacts(
        county=card.county, subdistrict=card.at("subdistrict"), community=card.at("community"), grid=card.at("grid"), kind=post.kind,
        title=_("交接 · {post}").format(post=post.name)[:140], raised_level=above, post=post.id, holding=g.holding, leaver=g.leaver, left_at=g.left_at,
        over=over, stage="giving",
    )  # fmt: skip
    return replace(f, holder=next_to_sign(f, w), stage_due_at=limit(f, w))


def next_to_sign(f: HandoverFacts, w: World) -> int | None:
    """The post itself while the leaver is in office, and once it was given; in between the post above, which signs for who has left."""
    return f.over if f.over is not None and f.giver is None and f.left_at is not None and f.left_at <= w.now else f.post


def limit(f: HandoverFacts, w: World) -> datetime:
    """The tenant's limit from the end of the holding, or from now where that is over."""
    return w.calendar(f).due(max(w.now, f.left_at or w.now), w.policy(f).limit("handover"))


def shift(f: HandoverFacts, g: Any, w: World) -> HandoverFacts:
    """With the post again, counted from the new end."""
    f = replace(f, left_at=g.left_at, stage="taking" if f.giver else "giving")
    return replace(f, holder=next_to_sign(f, w), stage_due_at=limit(f, w))


def gone(f: HandoverFacts, g: Any, w: World) -> HandoverFacts:
    """The leaver is out of office and has not signed."""
    return replace(f, holder=next_to_sign(f, w))


def hand_over(f: HandoverFacts, g: Any, w: World) -> HandoverFacts:
    """交: once more until it is taken. The limit runs on."""
    f = replace(f, giver=w.user, given_at=w.now)
    return f if f.stage == "late" else replace(f, stage="taking", holder=next_to_sign(f, w))


def lapse(f: HandoverFacts, g: Any, w: World) -> HandoverFacts:
    """过期: to the post above."""
    return replace(f, stage="late", holder=f.over or f.post, stage_due_at=w.due(f, "handover"))


def take_over(f: HandoverFacts, g: Any, w: World) -> HandoverFacts:
    """接: the end."""
    return replace(f, stage="done", taker=w.user)


def mark_of(held: Mapping[int, bool]) -> str:
    """The digest of what was open (item → is it promised to somebody)."""
    body = json.dumps({str(item): is_promise for item, is_promise in held.items()}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def signed(do: Any, row: Any, before: Any, g: Any) -> Mapping[str, Any]:
    """What is in the post's hands at this moment is frozen, so that it can be shown later what was handed over."""
    held: dict[int, bool] = COMMANDS["in_hands"](post=row.facts.post, now=do.now)
    do.command("keep_handed", handover=row.item.pk, held=held)
    return {"open_items": len(held), "promises": sum(held.values()), "mark": mark_of(held)}


STAGES = stages(
    [
        Stage("giving", _("待交"), True, "", _("离任的本人；已经离任的，上一级岗位"), _("离任后 3 个工作日"), waiting=True),
        Stage("taking", _("待接"), True, "", _("要交接的岗位"), _("离任后 3 个工作日"), waiting=True),
        Stage("late", _("过期没交接"), True, "", _("上一级岗位"), _("3 个工作日")),
        Stage("done", _("已交接"), False),
        Stage("void", _("不用交接了"), False),
    ]
)
LIVE = ("giving", "taking", "late")
STEPS = table(
    [
        Step("open", _("要交接"), (), ("giving",), _("任职结束时自动"), by_system, begin, Open),
        Step("hand_over", _("我来交"), LIVE, ("taking", "late"), _("离任的本人；已经离任的由上一级岗位代交"), signs, hand_over, HandOver, bar=give_bar),
        Step("take_over", _("我来接"), ("taking", "late"), ("done",), _("新任的本人"), takes, take_over, TakeOver, bar=take_bar, effect=signed),
        Step("lapse", _("过期没交接"), ("giving", "taking"), ("late",), _("到期自动"), by_system, lapse, time_out=True),
        Step("gone", _("人已离任，由上一级代交"), ("giving",), ("giving",), _("离任时自动"), by_system, gone),
        Step("shift", _("离任时间改了"), LIVE, ("giving", "taking"), _("改任职时自动"), by_system, shift, Shift),
        Step(
            "unneeded",
            _("不用交接了"),
            LIVE,
            ("void",),
            _("没有离任、撤岗又没有在办的时自动"),
            by_system,
            lambda f, g, w: replace(f, stage="void", is_kept=False),
        ),
    ]
)
HANDOVERS = Loop("handovers", _("交接"), HandoverFacts, STAGES, STEPS, None, lambda f: f.stage_due_at, hides=hidden)
