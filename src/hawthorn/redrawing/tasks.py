"""Due work: draw what was asked for, the oldest first, for about so long a round; fetch what stayed behind when units moved."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system
from hawthorn.redrawing import hands, queries
from hawthorn.redrawing.actions import proposals
from hawthorn.redrawing.models import Proposal

SECONDS = 30


def draw_proposals(*, town: Town, now: datetime) -> int:
    """Those of this county; how many were drawn. One that was killed is drawn again from its seed."""
    began, done = time.monotonic(), 0
    with hands.for_this_machine() as many:
        while time.monotonic() - began < SECONDS:
            proposal = Proposal.objects.filter(state="going", community__county__tenant=town.county).order_by("id").first()
            if proposal is None:
                break
            proposals.work_off(proposal, hands=many)
            done += 1
    return done


FRESH = timedelta(minutes=10)
_looked: dict[int, tuple[str, datetime]] = {}


def catch_up(*, town: Town, now: datetime) -> int:
    """Open items that a press beside the switch left in the old grid pass over; how many. Looked at for ten minutes after every change of the town."""
    revision, since = _looked.get(town.county, ("", now))
    if revision != town.revision:
        _looked[town.county] = town.revision, now
    elif not timedelta(0) <= now - since < FRESH:
        return 0
    county = next((p.id for p in town.places.values() if p.level == "county"), 0)
    moves, heirs = queries.misplaced(county)
    if not moves and not heirs:
        return 0
    return loops.rehome(moves, heirs, actor=system("plans", town.county), now=now, door="due", town=town)
