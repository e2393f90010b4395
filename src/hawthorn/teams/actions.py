"""Writes on posts, who holds them and stands in, and the on-call roster. Every one voids the county's cached picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Q

from hawthorn.accounts.models import User
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.teams.models import Holding, Leave, Post, PostKind, RosterNight, StandIn
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place

# code, label, level, what it sees: everything in its place, or only what goes through its hands
KINDS: tuple[tuple[str, str, str, str], ...] = (
    ("party_instructor", _("党建指导员"), "grid", "place"),
    ("grid_head", _("网格长"), "grid", "place"),
    ("grid_officer", _("专职网格员"), "grid", "place"),
    ("part_time", _("兼职网格员"), "grid", "place"),
    ("building_head", _("楼栋长"), "grid", "place"),
    ("community_secretary", _("社区书记"), "community", "place"),
    ("community_desk", _("综合窗口"), "community", "place"),
    ("subdistrict_desk", _("网格中心"), "subdistrict", "place"),
    ("subdistrict_leader", _("分管领导"), "subdistrict", "place"),
    ("on_call", _("值班员"), "subdistrict", "place"),
    ("party_office", _("党建办"), "subdistrict", "place"),
    ("agency", _("单位"), "subdistrict", "hands"),
    ("mediator", _("调解员"), "subdistrict", "hands"),
    ("canteen", _("助餐点"), "subdistrict", "hands"),
    ("day_care", _("日间照料"), "subdistrict", "hands"),
    ("clinic", _("卫生服务站"), "subdistrict", "hands"),
    ("volunteer_coordinator", _("志愿服务联络员"), "subdistrict", "hands"),
    ("county_desk", _("县区中心"), "county", "place"),
    ("county_admin", _("县区管理员"), "county", "hands"),
    ("party_group", _("党小组"), "grid", "hands"),
)


GRID_POSTS = ("party_instructor", "grid_head", "grid_officer")
"""Every grid has these three."""
LEAVES_KEPT = timedelta(days=365)


class PostFacts(TypedDict, total=False):
    """What may change on a post without making it another."""

    name: str
    phone: str
    is_public: bool


def seed_post_kinds(county: Tenant, *, now: datetime) -> int:
    """Give a county the usual kinds of post; what is there already stays as it is. Returns how many were made."""
    known = set(PostKind.objects.filter(county=county).values_list("code", flat=True))
    fresh = [
        PostKind(county=county, code=code, label=label, level=level, scope=scope, sort=sort)
        for sort, (code, label, level, scope) in enumerate(KINDS)
        if code not in known
    ]
    if fresh:
        with transaction.atomic():
            PostKind.objects.bulk_create(fresh)
            tenants.bump(county.pk)
    return len(fresh)


def create_post(*, place: Place, kind: str, name: str, phone: str = "", is_public: bool = False, now: datetime) -> Post:
    """A post of a kind the county knows, in a place of its level that is in force; else ValueError."""
    known = PostKind.objects.filter(county=place.tenant.county_id or place.tenant_id, code=kind).first()
    if known is None or known.level != place.level:
        raise ValueError(f"{kind} {name}: no such kind at level {place.level}")
    if place.valid_to and place.valid_to <= local(now).date():
        raise ValueError(f"{kind} {name}: {place.code} is no longer in force")
    with transaction.atomic():
        post = Post.objects.create(place=place, kind=kind, name=name, phone=phone, is_public=is_public)
        territory.bump(place)
    return post


def change_post(*, post: Post, **facts: Unpack[PostFacts]) -> None:
    """Change what a post is called or how it is reached; kind and place stay."""
    with transaction.atomic():
        Post.objects.filter(pk=post.pk).update(**facts)
        territory.bump(post.place)


def appoint(
    *, post: Post, user: User, from_at: datetime, to_at: datetime | None = None, shows_name: bool = False, by: int | None = None, now: datetime
) -> Holding:
    """Let a user hold a post from that second on. Who holds it already is not appointed twice; only the consent to be named is renewed.

    `by`: the user who decided it. ValueError for a post that was abolished or a span that is empty.
    """
    if post.ended_at and post.ended_at <= now:
        raise ValueError(f"{post.name}: abolished")
    _check_span(from_at, to_at)
    with transaction.atomic():
        holding = Holding.objects.filter(post=post, user=user, to_at=None).first()
        if holding is None:
            holding = Holding.objects.create(post=post, user=user, from_at=from_at, to_at=to_at, shows_name=shows_name, by_id=by)
        elif holding.shows_name != shows_name:
            holding.shows_name = shows_name
            holding.save(update_fields=["shows_name"])
        territory.bump(post.place)
    return holding


def end_holding(*, holding: Holding, to_at: datetime, by: int | None = None, now: datetime) -> None:
    """The holder keeps the post until that second, exclusive. ValueError when it would end before it began."""
    _check_span(holding.from_at, to_at)
    with transaction.atomic():
        Holding.objects.filter(pk=holding.pk).update(to_at=to_at, ended_by=by)
        territory.bump(holding.post.place)


def show_name(*, holding: Holding, shows_name: bool) -> None:
    """Whether the holder agrees to be named in public, from now on."""
    with transaction.atomic():
        Holding.objects.filter(pk=holding.pk).update(shows_name=shows_name)
        territory.bump(holding.post.place)


def cancel_holding(*, holding: Holding, now: datetime) -> None:
    """An appointment that has not begun is taken back. ValueError for one that has."""
    if holding.from_at <= now:
        raise ValueError(f"{holding.pk}: begun")
    with transaction.atomic():
        holding.delete()
        territory.bump(holding.post.place)


def stand_in(
    *, post: Post, user: User, from_at: datetime, to_at: datetime | None = None, leave: Leave | None = None, by: int | None = None, now: datetime
) -> StandIn:
    """Let a user stand in (B角) for a post. The same span twice is once. ValueError for an abolished post or an empty span."""
    if post.ended_at and post.ended_at <= now:
        raise ValueError(f"{post.name}: abolished")
    _check_span(from_at, to_at)
    with transaction.atomic():
        found, made = StandIn.objects.get_or_create(post=post, user=user, from_at=from_at, to_at=to_at, leave=leave, defaults={"by_id": by})
        if made:
            territory.bump(post.place)
    return found


def end_stand_in(*, span: StandIn, to_at: datetime, by: int | None = None, now: datetime) -> None:
    """The stand-in ends at that second, exclusive. ValueError when it would end before it began."""
    _check_span(span.from_at, to_at)
    with transaction.atomic():
        StandIn.objects.filter(pk=span.pk).update(to_at=to_at, ended_by=by)
        territory.bump(span.post.place)


def cancel_stand_in(*, span: StandIn, now: datetime) -> None:
    """A stand-in that has not begun is taken back. ValueError for one that has."""
    if span.from_at <= now:
        raise ValueError(f"{span.pk}: begun")
    with transaction.atomic():
        span.delete()
        territory.bump(span.post.place)


def take_leave(*, user: User, from_at: datetime, to_at: datetime, stand_ins: Mapping[Post, User], by: int | None = None, now: datetime) -> Leave:
    """Somebody is away; who stands in for their posts does so for just as long. Refused `taken` where they are away then already."""
    _check_span(from_at, to_at)
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk=user.pk))
        if Leave.objects.filter(user=user, from_at__lt=to_at, to_at__gt=from_at).exists():
            raise Refused("taken", ["from_on"], _("这几天里已经记了请假。什么也没有改，要改日期请先取消原来的。"))
        leave = Leave.objects.create(user=user, from_at=from_at, to_at=to_at)
        for post, other in stand_ins.items():
            stand_in(post=post, user=other, from_at=from_at, to_at=to_at, leave=leave, by=by, now=now)
    return leave


def end_leave(*, leave: Leave, by: int | None = None, now: datetime) -> None:
    """Back already, or not going: the stand-ins that came of it end with it; what has not begun is as if it had never been entered."""
    with transaction.atomic():
        spans = StandIn.objects.filter(leave=leave).select_related("post__place__tenant")
        for place in {span.post.place for span in spans}:
            territory.bump(place)
        if leave.from_at >= now:
            spans.delete()
            leave.delete()
        else:
            spans.filter(to_at__gt=now).update(to_at=now, ended_by=by)
            Leave.objects.filter(pk=leave.pk, to_at__gt=now).update(to_at=now)


def forget_leaves(*, town: Town, now: datetime) -> int:
    """Leaves that ended a year ago; who stood in stays on record."""
    return Leave.objects.filter(to_at__lt=now - LEAVES_KEPT, user__tenant__in=list(town.tenants)).delete()[0]


def abolish_post(*, post: Post, now: datetime) -> None:
    """The post exists no longer, nor do its holdings and stand-ins. Who hands its open items on is the caller's business."""
    running = Q(post=post, from_at__lt=now) & (Q(to_at=None) | Q(to_at__gt=now))
    with transaction.atomic():
        Post.objects.filter(pk=post.pk, ended_at=None).update(ended_at=now)
        for spans in (Holding.objects, StandIn.objects):
            spans.filter(running).update(to_at=now)
            spans.filter(post=post, from_at__gte=now).delete()
        territory.bump(post.place)


def open_grid_posts(*, place: Place, now: datetime) -> None:
    """The three posts of a new grid, held by nobody yet."""
    labels = dict(PostKind.objects.filter(county=place.tenant.county_id or place.tenant_id).values_list("code", "label"))
    with transaction.atomic():
        Post.objects.bulk_create([Post(place=place, kind=kind, name=f"{place.name}{labels.get(kind, kind)}") for kind in GRID_POSTS])
        territory.bump(place)


def carry_posts(*, from_place: int, to_place: int, now: datetime) -> None:
    """Who holds a post or stands in for it at one place does so from now on for the post of the same kind at the other, as long as agreed there.

    Phone and consent to be named go along.
    """
    running, there = Q(to_at=None) | Q(to_at__gt=now), {post.kind: post for post in Post.objects.filter(place=to_place, ended_at=None)}
    with transaction.atomic():
        for old in Post.objects.filter(place=from_place, ended_at=None, kind__in=list(there)).order_by("id"):
            new = there[old.kind]
            Post.objects.filter(pk=new.pk).update(phone=old.phone, is_public=old.is_public)
            for span in Holding.objects.filter(running, post=old):
                Holding.objects.create(
                    post=new, user_id=span.user_id, from_at=max(span.from_at, now), to_at=span.to_at, shows_name=span.shows_name, by_id=span.by_id
                )
            for deputy in StandIn.objects.filter(running, post=old):
                StandIn.objects.create(post=new, user_id=deputy.user_id, from_at=max(deputy.from_at, now), to_at=deputy.to_at, by_id=deputy.by_id)


def abolish_posts(*, place: Place, now: datetime) -> None:
    """All posts of a place that is no longer; their holdings end."""
    for post in Post.objects.filter(place=place, ended_at=None).select_related("place__tenant"):
        abolish_post(post=post, now=now)


def set_roster(*, place: Place, on: date, users: Iterable[User], now: datetime) -> None:
    """Exactly these users are on call for a subdistrict that night (all of a rest day). ValueError for another level."""
    if place.level != "subdistrict":
        raise ValueError(f"{place.code}: not a subdistrict")
    wanted = {user.pk for user in users}
    with transaction.atomic():
        night = RosterNight.objects.filter(place=place, on=on)
        known = set(night.values_list("user_id", flat=True))
        if wanted == known:
            return
        night.exclude(user_id__in=wanted).delete()
        RosterNight.objects.bulk_create([RosterNight(place=place, on=on, user_id=user) for user in sorted(wanted - known)])
        territory.bump(place)


def _check_span(from_at: datetime, to_at: datetime | None) -> None:
    if to_at is not None and to_at <= from_at:
        raise ValueError(f"empty span: {from_at} – {to_at}")
