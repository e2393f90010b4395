"""Due work: draw what was asked for, the oldest first, for about so long a round."""

from __future__ import annotations

import time
from datetime import datetime

from hawthorn.kernel.world import Town
from hawthorn.redrawing.actions import proposals
from hawthorn.redrawing.models import Proposal

SECONDS = 30


def draw_proposals(*, town: Town, now: datetime) -> int:
    """Those of this county; how many were drawn. One that was killed is drawn again from its seed."""
    began, done = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        proposal = Proposal.objects.filter(state="going", community__county__tenant=town.county).order_by("id").first()
        if proposal is None:
            break
        proposals.work_off(proposal)
        done += 1
    return done
