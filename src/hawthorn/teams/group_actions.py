"""Writes on Party groups: setting one up, how many belong to it, and what somebody says of themselves."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hawthorn.accounts.models import User
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Town
from hawthorn.teams import actions, rules
from hawthorn.teams.models import PartyClaim, PartyGroup, Post
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place

MOST = 999


def set_up(grid: int, *, actor: Actor, town: Town, now: datetime) -> PartyGroup:
    """The group of a grid: a post there; once. Raises Refused for who does not look after it."""
    if not rules.may_keep_group(actor, grid, town):
        raise Refused("not_yours", detail=_("党小组由党建指导员、社区的窗口和书记来设。"))
    place = Place.objects.select_related("tenant").get(pk=grid)
    with transaction.atomic():
        list(Place.objects.select_for_update().filter(pk=grid))
        post = Post.objects.filter(place=place, kind="party_group", ended_at=None).first()
        post = post or actions.create_post(place=place, kind="party_group", name=f"{place.name}党小组"[:60], now=now)
        return PartyGroup.objects.get_or_create(post=post)[0]


def set_number(post: int, number: int | None, *, actor: Actor, town: Town) -> None:
    """How many belong to the group; None where that is not known. Raises NotThere, Refused."""
    card = town.posts.get(post)
    if card is None or card.kind != "party_group":
        raise NotThere
    if not rules.may_keep_group(actor, card.place, town):
        raise Refused("not_yours", detail=_("党小组的人数由党建指导员、社区的窗口和书记来填。"))
    if number is not None and number > MOST:
        raise Refused("too_many", ["number"], _("人数太多了，请检查。"))
    PartyGroup.objects.update_or_create(post_id=post, defaults={"number": number})


def claim(post: int, kind: str, *, actor: Actor, town: Town, now: datetime) -> None:
    """党员认领: by the person themself; another grid takes the place of the one before. Raises NotThere, Refused."""
    card = town.posts.get(post)
    if actor.user is None or card is None or card.kind != "party_group" or card.until is not None or not rules.may_claim(actor.user, card, town):
        raise NotThere
    if kind not in PartyClaim.KINDS:
        raise Refused("not_a_choice", ["kind"])
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk=actor.user))
        group = PartyGroup.objects.get_or_create(post_id=post)[0]
        PartyClaim.objects.filter(user=actor.user, kind=kind).exclude(group=group).delete()
        PartyClaim.objects.get_or_create(user_id=actor.user, kind=kind, defaults={"group": group, "since": now})
        territory.bump(Place.objects.select_related("tenant").get(pk=card.place))


def withdraw(kind: str, *, actor: Actor, town: Town) -> bool:
    """撤回: nothing of it is kept. Whether there was one."""
    with transaction.atomic():
        found = PartyClaim.objects.filter(user=actor.user, kind=kind).select_related("group__post__place__tenant").first()
        if found is None:
            return False
        place = found.group.post.place
        found.delete()
        territory.bump(place)
    return True
