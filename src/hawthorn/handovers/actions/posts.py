"""Who holds a post, decided on a page: every write asks the one predicate first, and opens the handover that comes of it in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.transaction import atomic

from hawthorn.accounts.models import User
from hawthorn.handovers.actions import handing
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Town
from hawthorn.teams import actions as teams
from hawthorn.teams import rules
from hawthorn.teams.models import Holding, Leave, Post, StandIn

FURTHEST, GRACE = timedelta(days=731), timedelta(minutes=1)


# ── what the steps of a vacancy do ──
def fill(*, post_id: int, user_id: int, by: int | None, now: datetime) -> None:
    """Somebody holds the post from now on."""
    teams.appoint(post=Post.objects.get(pk=post_id), user=User.objects.get(pk=user_id), from_at=now, by=by, now=now)


def abolish(*, post_id: int, now: datetime) -> None:
    """The post ends now."""
    teams.abolish_post(post=Post.objects.get(pk=post_id), now=now)


# ── what a page does ──
def appoint(
    post: int, user: int, *, from_at: datetime | None = None, replaces: bool = False, shows_name: bool = False, actor: Actor, town: Town, now: datetime
) -> None:
    """任命 from that second (None: now). `replaces`: whoever holds it leaves then. Raises NotThere, Refused."""
    with atomic():
        row, person = _post(post, actor, town), _person(user, post, actor, town)
        start = _start(from_at, now)
        running = Holding.objects.filter(post=row).filter(Q(to_at=None) | Q(to_at__gt=start))
        if running.filter(user=person).exists():
            raise Refused("taken", ["user"], _("这个人已经在这个岗位上。什么也没有改。"))
        for holding in running.filter(from_at__lt=start) if replaces else ():
            teams.end_holding(holding=holding, to_at=start, by=actor.user, now=now)
        teams.appoint(post=row, user=person, from_at=start, shows_name=shows_name, by=actor.user, now=now)
        handing.keep_up([post], town=town, now=now, door="page")


def end_holding(holding: int, *, to_at: datetime | None = None, actor: Actor, town: Town, now: datetime) -> None:
    """卸任 at that second (None: now); an appointment that has not begun is taken back. Raises NotThere, Refused."""
    with atomic():
        found = Holding.objects.filter(pk=holding).first()
        if found is None:
            raise NotThere
        row = _post(found.post_id, actor, town)
        found.post = row
        _is_running(found, now)
        end = _end(to_at, now)
        if found.from_at > now and end <= found.from_at:
            teams.cancel_holding(holding=found, now=now)
        elif end <= found.from_at:
            raise Refused("past", ["to_at"])
        else:
            teams.end_holding(holding=found, to_at=end, by=actor.user, now=now)
        handing.keep_up([row.pk], town=town, now=now, door="page")


def show_name(holding: int, *, shows_name: bool, actor: Actor, town: Town, now: datetime) -> None:
    """公开姓名: said or taken back by the holder themself, or entered for them by who decides about the post. Raises NotThere, Refused."""
    found = Holding.objects.filter(pk=holding).select_related("post__place__tenant").first()
    card = town.posts.get(found.post_id) if found is not None else None
    if found is None or card is None:
        raise NotThere
    if found.user_id != actor.user and rules.manager(actor, card, town) is None:
        raise Refused("not_yours", detail=_("公开不公开姓名由本人定。"))
    _is_running(found, now)
    teams.show_name(holding=found, shows_name=shows_name)


def stand_in(post: int, user: int, *, from_at: datetime | None = None, to_at: datetime | None = None, actor: Actor, town: Town, now: datetime) -> None:
    """B角 from–to (None: from now, until it is ended). Raises NotThere, Refused."""
    with atomic():
        row, person = _post(post, actor, town), _person(user, post, actor, town)
        start = _start(from_at, now)
        if to_at is not None and to_at <= start:
            raise Refused("past", ["to_at"], _("结束要在开始以后。什么也没有改。"))
        _free(row, person, start, to_at)
        teams.stand_in(post=row, user=person, from_at=start, to_at=to_at if to_at is None else _end(to_at, now), by=actor.user, now=now)


def end_stand_in(span: int, *, to_at: datetime | None = None, actor: Actor, town: Town, now: datetime) -> None:
    """B角 ends at that second (None: now); one that has not begun is taken back. Raises NotThere, Refused."""
    with atomic():
        found = StandIn.objects.filter(pk=span).first()
        if found is None:
            raise NotThere
        found.post = _post(found.post_id, actor, town)
        _is_running(found, now)
        end = _end(to_at, now)
        if found.from_at > now and end <= found.from_at:
            teams.cancel_stand_in(span=found, now=now)
        elif end <= found.from_at:
            raise Refused("past", ["to_at"])
        else:
            teams.end_stand_in(span=found, to_at=end, by=actor.user, now=now)


# ── leave ──
def take_leave(user: int, *, from_at: datetime, to_at: datetime, stand_ins: Mapping[int, int], actor: Actor, town: Town, now: datetime) -> None:
    """请假 with a B角 (post → user) for as many of the posts as have one. Oneself: colleagues near by. Raises NotThere, Refused."""
    posts = {post.id: post for post in rules.manages(actor, user, town, now)}
    if not posts and user != actor.user:
        raise NotThere
    if to_at <= now or to_at - from_at > FURTHEST:
        raise Refused("past" if to_at <= now else "too_far", ["to_on"])
    wanted = {}
    for post, other in stand_ins.items():
        if post not in posts or not _may_replace(user, other, post, actor, town, now):
            raise Refused("not_a_choice", [f"stand-{post}"])
        wanted[Post.objects.select_related("place__tenant").get(pk=post)] = User.objects.get(pk=other)
    teams.take_leave(user=User.objects.get(pk=user), from_at=max(from_at, now), to_at=to_at, stand_ins=wanted, by=actor.user, now=now)


def _may_replace(user: int, other: int, post: int, actor: Actor, town: Town, now: datetime) -> bool:
    """For one's own leave a colleague near by; for somebody else's whoever could be put there."""
    card = town.posts[post]
    if other == user:
        return False
    return other in rules.colleagues(user, card, town, now) if user == actor.user else rules.may_hold(actor, other, card, town)


def end_leave(leave: int, *, actor: Actor, town: Town, now: datetime) -> None:
    """Back already, or not going after all: by oneself, or by who decides about one of the posts. Raises NotThere."""
    found = Leave.objects.filter(pk=leave, to_at__gt=now).first()
    if found is None or not (found.user_id == actor.user or rules.manages(actor, found.user_id, town, now)):
        raise NotThere
    teams.end_leave(leave=found, by=actor.user, now=now)


# ── what they have in common ──
def _post(post: int, actor: Actor, town: Town) -> Post:
    """The post, locked, where the actor decides about it."""
    card = town.posts.get(post)
    if card is None:
        raise NotThere
    if rules.manager(actor, card, town) is None:
        raise Refused("not_yours", detail=_("这个岗位由谁担任不由您定。由它上面的窗口或者分管领导来定。"))
    list(Post.objects.select_for_update().filter(pk=post))
    return Post.objects.select_related("place__tenant").get(pk=post)


def _person(user: int, post: int, actor: Actor, town: Town) -> User:
    """Somebody of the post's own tenant, never oneself; who is of elsewhere is not among the choices."""
    if user == actor.user:
        raise Refused("not_oneself", ["user"])
    if not rules.may_hold(actor, user, town.posts[post], town):
        raise Refused("not_a_choice", ["user"])
    return User.objects.get(pk=user)


def _free(post: Post, user: User, start: datetime, end: datetime | None) -> None:
    """Nobody stands in for themselves, nor twice at once."""
    for spans in (Holding.objects, StandIn.objects):
        found = spans.filter(post=post, user=user).filter(Q(to_at=None) | Q(to_at__gt=start))
        if (found.filter(from_at__lt=end) if end else found).exists():
            raise Refused("taken", ["user"], _("这个人那时已经在这个岗位上。什么也没有改。"))


def _is_running(span: Holding | StandIn, now: datetime) -> None:
    if span.to_at is not None and span.to_at <= now:
        raise Refused("too_late", detail=_("这一段已经结束了。什么也没有改。"))


def _start(said: datetime | None, now: datetime) -> datetime:
    """From now, or a time of today or later. Raises Refused."""
    if said is None:
        return now
    if said < local(now).replace(hour=0, minute=0, second=0, microsecond=0):
        raise Refused("past", ["from_at"], _("开始的日期已经过去。请填今天或以后的。"))
    return _not_far(said, "from_at", now)


def _end(said: datetime | None, now: datetime) -> datetime:
    """Now, or later; the minute that is running means now. Raises Refused."""
    if said is None or timedelta() <= now - said < GRACE:
        return now
    if said < now:
        raise Refused("past", ["to_at"])
    return _not_far(said, "to_at", now)


def _not_far(said: datetime, name: str, now: datetime) -> datetime:
    if said - now > FURTHEST:
        raise Refused("too_far", [name])
    return said
