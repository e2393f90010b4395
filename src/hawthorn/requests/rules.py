"""意见建议: a complaint lies one level above whom it concerns, and is hidden from them whatever post they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Head, Loop, Needs, Stage, Step, choice, contact, maybe, public, ref, staff, stages, table
from hawthorn.kernel.words import _
from hawthorn.kernel.world import ABOVE, RANK, SYSTEM_POST, Actor, Seat, World

INNER = Seat(SYSTEM_POST, "system", "", 0)
ABOUT = {"grid": _("网格里的人"), "community": _("社区（村）"), "subdistrict": _("街道"), "county": _("县区窗口"), "system": _("这个系统")}


@dataclass(frozen=True)
class ComplaintFacts(Head):
    """`about`: the level concerned, or the system; `concerned`: the place. Counts of askers as in matters."""

    about: str = "system"
    concerned: int | None = None
    reporters: int = 0
    tellable: int = 0
    lodged_count: int = 0


class Lodge(Needs):
    """What somebody complains of or suggests. Anonymous is fine."""

    about: Literal["grid", "community", "subdistrict", "county", "system"] = choice(_("对谁的意见"), ABOUT)
    wish: Literal["complaint", "suggestion"] = choice(_("是意见还是建议"), {"complaint": _("意见"), "suggestion": _("建议")}, default="complaint")
    words: str = staff(_("您想说什么"))
    grid: int | None = ref("grids", _("哪个网格（对网格里的人的意见要选）"), optional=True)
    community: int | None = ref("communities", _("哪个社区（对社区的意见要选）"), optional=True)
    subdistrict: int | None = ref("subdistricts", _("哪个街道"), optional=True)
    name: str = contact(_("称呼"))
    phone: str = Field(default="", title=_("电话（只用于答复）"), max_length=20, pattern=r"^[0-9+\- ]*$", json_schema_extra={"x-contact": True})

    @property
    def has_contact(self) -> bool:
        """Is there any way to tell them besides the receipt."""
        return bool(self.phone)

    mail: Literal[""] = Field(default="", title=_("邮箱"), json_schema_extra={"x-contact": True})
    address: Literal[""] = Field(default="", title=_("住址"), json_schema_extra={"x-contact": True})
    hides_from_grid: Literal[True] = Field(default=True, title=_("不让被提意见的人知道"))
    on_behalf: bool = Field(default=False, title=_("替别人说"))
    consent: bool = Field(default=False, title=_("本人同意留下电话，只用于答复"))

    @property
    def way(self) -> str:
        """How they want to be told."""
        return "phone" if self.phone else "none"


class Reply(Needs):
    """The answer, and how they were told."""

    say: str = public(_("答复"))
    how: Literal["phone", "visit", "receipt"] = choice(_("怎么告诉来话人"), {"phone": _("电话"), "visit": _("上门"), "receipt": _("凭回执查看")})
    words: str = maybe(_("办理情况（内部）"))


class Refer(Needs):
    """To a channel the law provides."""

    channel: Literal["petition", "discipline", "court", "police"] = choice(
        _("转到哪里"), {"petition": _("信访"), "discipline": _("纪检监察"), "court": _("法院"), "police": _("公安")}
    )
    say: str = public(_("对来话人说"))


class Word(Needs):
    """A word with it."""

    words: str = maybe(_("想说的话"))


class Why(Needs):
    """What is not satisfactory."""

    reason: str = staff(_("哪里不满意"))


def anyone(f: Any, a: Actor) -> Seat | None:
    """Any post, and any resident."""
    return next((s for s in a.seats if s.post > 0 or s.kind == "resident"), None)


def holder(f: Any, a: Actor) -> Seat | None:
    """The desk that holds it."""
    return next((s for s in a.seats if s.post == f.holder), None) if f else None


def asker(f: Any, a: Actor) -> Seat | None:
    """Who complained, by word or token."""
    return next((s for s in a.seats if s.kind == "reporter" and s.place == f.id), None) if f else None


def hides(f: ComplaintFacts, a: Actor, w: World) -> bool:
    """Hidden from everybody with a post of their own in the place concerned, at its level or below."""
    if f.concerned is None:
        return False
    return any(not s.acting and s.post and is_concerned(f, s, w) for s in a.seats)


def is_concerned(f: ComplaintFacts, seat: Seat, w: World) -> bool:
    """Does the seat lie in the place concerned."""
    card = w.town.places.get(seat.place)
    if card is None or f.about not in RANK or seat.kind == "county_admin":
        return False  # who answers for the county's desks is not one of them
    return card.at(f.about) == f.concerned and RANK[card.level] <= RANK[f.about]


def people_concerned(f: ComplaintFacts, w: World) -> frozenset[int]:
    """Everybody with a post of their own in the place concerned."""
    if f.concerned is None or f.about not in RANK:
        return frozenset()
    found: set[int] = set()
    for post in w.town.posts.values():
        seat = Seat(post.id, post.kind, post.level, post.place)
        if post.until is None and is_concerned(f, seat, w):
            found |= w.town.own_users(post.id, w.now)
    return frozenset(found)


def held(f: ComplaintFacts, w: World, level: str | None) -> int | None:
    """The desk of `level`, and up until somebody there is not concerned; above the county: its administrator."""
    concerned = people_concerned(f, w)
    while level:
        place = f.place(level)
        post = w.town.desk(level, f) if place else None
        if post is not None and w.town.users(post, w.now) - concerned:
            return post
        level = ABOVE.get(level)
    return w.town.post("county_admin", f.county)


def lodge(_f: Any, g: Any, w: World) -> ComplaintFacts:
    """已收到: one level above the one concerned; about a county desk or the system: the county's administrator."""
    card = {"grid": w.refs.get("grid"), "community": w.refs.get("community"), "subdistrict": w.refs.get("subdistrict")}.get(g.about)
    at = card or _own_place(g, w)
    f = ComplaintFacts(
        county=at.at("county") or at.id, subdistrict=at.at("subdistrict"), community=at.at("community"), grid=at.at("grid"), about=g.about,
        concerned=at.at(g.about) if g.about in RANK else None, kind=g.wish, reporters=1, tellable=int(g.has_contact), stage="lodged", lodged_count=1,
    )  # fmt: skip
    level = ABOVE.get(g.about) if g.about in RANK else None
    f = replace(f, raised_level=level or "county", holder=held(f, w, level))
    about = w.town.name_of(f.concerned) or ABOUT[g.about]
    return replace(f, title=f"{'意见' if g.wish == 'complaint' else '建议'} · {about}", stage_due_at=w.due(f, "complaint_lodged"))


def _own_place(g: Any, w: World) -> Any:
    named = w.refs.get("grid") or w.refs.get("community") or w.refs.get("subdistrict")
    if named is not None:
        return named
    if w.seat is not None and w.seat.place:
        return w.town.places[w.seat.place]
    return next(p for p in w.town.places.values() if p.level == "county")


def lodge_lacks(f: Any, g: Any, w: World) -> list[str]:
    """Whom it concerns must be said, unless the page or the seat tells."""
    at = _own_place(g, w)
    return [g.about] if g.about in ("grid", "community", "subdistrict") and at.at(g.about) is None else []


def unsatisfied(f: ComplaintFacts, g: Any, w: World) -> ComplaintFacts:
    """不满意: lodged one level up, once."""
    level = ABOVE.get(f.raised_level)
    after = replace(f, raised_level=level or "county", lodged_count=f.lodged_count + 1)
    post = held(after, w, level) if level else w.town.post("county_admin", f.county)
    if post is None:
        raise Refused("no_way")
    return replace(after, stage="lodged", holder=post, stage_due_at=w.due(f, "complaint_lodged"))


def once_bar(f: ComplaintFacts, w: World) -> str:
    """One level up, once."""
    return "once_only" if f.lodged_count > 1 else ""


def keep_asker(do: Any, row: Any, before: Any, g: Any) -> None:
    """A receipt for everybody, contact sealed."""
    do.add_asker(row, g)


STAGES = stages(
    [
        Stage("lodged", _("已收到"), True, _("已收到"), _("被提意见的上一级窗口；县区窗口和系统由县区管理员"), _("1 个工作日")),
        Stage("handling", _("正在办"), True, _("正在办"), _("同上"), _("7 天")),
        Stage("answered", _("已答复"), False, _("已答复")),
        Stage("referred", _("已转出"), False, _("已转出")),
        Stage("withdrawn", _("已撤回"), False, _("已撤回")),
    ]
)
BOTH = ("lodged", "handling")
STEPS = table(
    [
        Step("lodge", _("提意见"), (), ("lodged",), _("任何人"), anyone, lodge, Lodge, lacks=lodge_lacks, effect=keep_asker),
        Step("take_up", _("接办"), ("lodged",), ("handling",), _("责任岗位"), holder, lambda f, g, w: replace(f, stage="handling", stage_due_at=w.due(f, "complaint_handling"))),
        Step("answer", _("答复"), ("handling",), ("answered",), _("责任岗位"), holder, lambda f, g, w: replace(f, stage="answered"), Reply),
        Step("refer", _("转出"), BOTH, ("referred",), _("责任岗位"), holder, lambda f, g, w: replace(f, stage="referred"), Refer),
        Step("withdraw", _("撤回"), BOTH, ("withdrawn",), _("来话人"), asker, lambda f, g, w: replace(f, stage="withdrawn"), Word),
        Step("unsatisfied", _("不满意"), ("answered",), ("lodged",), _("来话人，一次"), asker, unsatisfied, Why, bar=once_bar),
    ]
)  # fmt: skip
COMPLAINTS = Loop("complaints", _("意见建议"), ComplaintFacts, STAGES, STEPS, "lodge", lambda f: f.stage_due_at, seen_by="hands", hides=hides)
