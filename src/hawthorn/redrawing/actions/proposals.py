"""What the optimiser is asked to draw: asked for on a page, drawn by due work, stopped with the best so far. The same seed draws the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.db.transaction import atomic

from hawthorn.redrawing import queries
from hawthorn.redrawing.graph import Impossible
from hawthorn.redrawing.hands import Hands
from hawthorn.redrawing.models import Proposal
from hawthorn.redrawing.optimising import PRICES, draw
from hawthorn.redrawing.reshaping import reshaped
from hawthorn.territory.models import Place

EVERY = 1.0
"""Seconds between two words on how far it is."""


def ask(*, community: Place, seed: int, grids: int = 0, user: int | None, now: datetime) -> None:
    """Three proposals anew, with so many grids (0: as many as today); those of before are forgotten. Nothing where they are being drawn."""
    with atomic():
        Place.objects.select_for_update().get(pk=community.pk)
        mine = Proposal.objects.filter(community=community)
        if mine.filter(state="going", is_stopped=False).exists():
            return
        mine.delete()
        Proposal.objects.bulk_create([Proposal(community=community, wish=wish, seed=seed, grids=grids, by_id=user, at=now) for wish in PRICES])


def stop(*, community: Place) -> None:
    """Enough: what is being drawn ends with the best so far, what was not begun is not drawn."""
    Proposal.objects.filter(community=community, state="going").update(is_stopped=True)


def work_off(proposal: Proposal, *, clock: Callable[[], float] = time.monotonic, hands: Hands | None = None) -> None:
    """Draw one; the result stands beside it, or why there is none."""
    ground = queries.ground(queries.survey(proposal.community_id))
    if ground is None or (proposal.is_stopped and not proposal.share):
        Proposal.objects.filter(pk=proposal.pk).delete()
        return
    told = _Teller(proposal, clock)
    try:
        if proposal.grids not in (0, len(ground.grids)):
            ground = reshaped(ground, proposal.grids, seed=proposal.seed)
        plan = draw(ground, wish=proposal.wish, seed=proposal.seed, tell=told, hands=hands)  # type: ignore[arg-type]
    except Impossible as why:
        Proposal.objects.filter(pk=proposal.pk).update(state="impossible", why=str(why)[:400])
        return
    drawn = {unit: ground.grids[grid] for unit, grid in zip(ground.units, plan, strict=True)}
    Proposal.objects.filter(pk=proposal.pk).update(state="done", share=1.0, drawn=drawn)


class _Teller:
    """Writes how far it is about once a second, and hears whether it is to stop."""

    def __init__(self, proposal: Proposal, clock: Callable[[], float]) -> None:
        self._mine, self._clock, self._said, self._stops = Proposal.objects.filter(pk=proposal.pk), clock, clock(), False

    def __call__(self, share: float) -> bool:
        if not self._stops and self._clock() - self._said >= EVERY:
            self._said = self._clock()
            self._mine.update(share=max(share, 0.001))
            self._stops = not self._mine.filter(is_stopped=False).exists()
        return self._stops
