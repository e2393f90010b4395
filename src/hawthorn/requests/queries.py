"""Reads of complaints beyond the spine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hawthorn.kernel import clock
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import Actor, World
from hawthorn.loops.models import Item
from hawthorn.loops.rows import facts_of
from hawthorn.loops.town import town_of
from hawthorn.requests.models import Complaint
from hawthorn.tenants.models import Tenant


def unseen() -> list[str]:
    """Open complaints that nobody of the post that holds them may see: a check, one sentence each."""
    found, now, loop = [], clock.now(), LOOPS["complaints"]
    for county in Tenant.objects.filter(county__isnull=True):
        town = town_of(county)
        open_ones = Complaint.objects.filter(item__open=True, item__county__tenant=county).select_related("item")
        for detail in open_ones.iterator(chunk_size=500):
            item: Item = detail.item
            facts = facts_of(loop, item, detail)
            actors = [Actor(user, town.seats(user, now), county=county.pk) for user in town.users(item.holder_id or 0, now)]
            if all(loop.hides(facts, actor, World(now, town)) for actor in actors):
                found.append(f"complaints {item.pk}: 责任岗位上没有人看得见这件意见")
    return found


def owed(items: Sequence[Item]) -> dict[int, datetime | None]:
    """Answers that are owed: to all of them."""
    return {i.pk: i.due_at for i in items}
