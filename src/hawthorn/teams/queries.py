"""Reads of who held what, who stands in, and who is away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.teams.models import Holding, Leave, PartyClaim, PartyGroup, StandIn


def holdings(post: int) -> list[Holding]:
    """Everybody who holds, held or will hold a post, the newest first, with their names. One statement."""
    return list(Holding.objects.filter(post=post).select_related("user", "by", "ended_by").order_by("-from_at", "-id"))


def stand_ins(post: int) -> list[StandIn]:
    """The same of its stand-ins. One statement."""
    return list(StandIn.objects.filter(post=post).select_related("user", "by", "ended_by").order_by("-from_at", "-id"))


def leaves(users: Iterable[int], now: datetime) -> list[Leave]:
    """Leaves of these people that are not over, by day. One statement."""
    return list(Leave.objects.filter(user__in=list(users), to_at__gt=now).order_by("from_at", "id"))


def stand_ins_of(leaves: Sequence[Leave]) -> list[StandIn]:
    """The stand-ins that came of these leaves. One statement."""
    return list(StandIn.objects.filter(leave__in=[leave.pk for leave in leaves]).order_by("from_at", "id"))


def holders_in(place: PlaceCard, town: Town, now: datetime) -> set[int]:
    """Who holds a post in a place or below it now."""
    posts = [p.id for p in town.posts.values() if p.until is None and town.places[p.place].at(place.level) == place.id]
    return {span.user for span in chain.from_iterable(town.holders.get(post, ()) for post in posts) if span.holds(now)}


def groups(posts: Iterable[int]) -> dict[int, int | None]:
    """How many belong to each Party group, by its post; None where nobody said. One statement."""
    return dict(PartyGroup.objects.filter(post__in=list(posts)).values_list("post_id", "number"))


def claims(user: int) -> dict[str, PartyClaim]:
    """What somebody said of themselves, by kind. One statement."""
    return {claim.kind: claim for claim in PartyClaim.objects.filter(user=user)}
