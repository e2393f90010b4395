"""Writes on joins: found from where the units lie, set and cut by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.words import _
from hawthorn.redrawing import queries
from hawthorn.redrawing.adjacency import joined
from hawthorn.redrawing.models import COSTS, Join
from hawthorn.territory.models import Place, Unit


def find_joins(*, community: Place, now: datetime) -> int:
    """Look anew for what lies beside each other; what somebody set or cut by hand stays. How many there are now that were found."""
    with transaction.atomic():
        Place.objects.select_for_update().get(pk=community.pk)
        units = [u for u in queries.survey(community.pk).units if queries.is_placed(u)]
        by_hand = {(j.one_id, j.other_id) for j in Join.objects.filter(one__community=community, by__isnull=False)}
        pairs = {(min(p), max(p)) for p in ((units[a].pk, units[b].pk) for a, b in joined([queries.spot(u) for u in units]))} - by_hand
        Join.objects.filter(one__community=community, by=None).delete()
        Join.objects.bulk_create([Join(one_id=a, other_id=b, at=now) for a, b in sorted(pairs)])
        return len(pairs)


def set_join(*, community: Place, one: int, other: int, cost: float, user: int | None, now: datetime) -> Join:
    """Two units of this community lie beside each other, and a border there costs this. Raises NotThere, Refused."""
    if cost not in {price for price, _words in COSTS}:
        raise Refused("wrong_type", fields=["cost"], detail=_("请选一种边。"))
    return _put(community, one, other, user=user, now=now, cost=cost, is_cut=False)


def cut_join(*, community: Place, one: int, other: int, user: int | None, now: datetime) -> Join:
    """They do not, whatever is found later. Raises NotThere, Refused."""
    return _put(community, one, other, user=user, now=now, cost=1.0, is_cut=True)


def _put(community: Place, one: int, other: int, *, user: int | None, now: datetime, cost: float, is_cut: bool) -> Join:
    if one == other:
        raise Refused("wrong_type", fields=["other"], detail=_("请选两个不同的楼院。"))
    with transaction.atomic():
        Place.objects.select_for_update().get(pk=community.pk)
        if Unit.objects.filter(pk__in=(one, other), community=community, ended_on=None).count() != 2:
            raise NotThere
        values = {"cost": cost, "is_cut": is_cut, "by_id": user, "at": now}
        return Join.objects.update_or_create(one_id=min(one, other), other_id=max(one, other), defaults=values)[0]
