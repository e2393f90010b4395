"""What the issuing of an errand does besides: a part for each grid, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hawthorn.kernel.world import Actor
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.patrols.rules.errands import Issue


def ask_grids(*, now: datetime, work: Any, errand: Item, given: Issue) -> None:
    """One open part for each grid the errand asks; `work` is the command it was issued by."""
    actor = Actor(work.actor.user, (), system="errand", county=work.actor.county)
    many = [
        {"errand": errand.pk, "grid": grid, "what": given.what, "by": given.by, "topic": given.topic, "asks_number": given.asks_number}
        for grid in dict.fromkeys(given.grids)
    ]
    loops.start_many("errand_parts", many, actor=actor, now=now, door=work.door, step="ask", town=work.town)
