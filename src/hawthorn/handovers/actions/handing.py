"""Opens handovers for holdings that end, once each; keeps their date that of the holding; keeps the list that was signed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from hawthorn.handovers import queries
from hawthorn.handovers.models import Handed, Handover
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system


def keep_up(posts: Collection[int], *, town: Town, now: datetime, door: str) -> int:
    """A handover for every holding of these posts that ends and has none; the date moved with the holding's, or the item closed where nobody leaves.

    How many were opened or changed. Twice at once is once: the database allows one a holding.
    """
    actor, done = system("handovers", town.county), 0
    for holding in queries.ended(posts, now):
        if queries.stays(holding) or (not town.is_alive(holding.post_id) and not queries.held([holding.post_id])):
            continue
        given = {"post": holding.post_id, "holding": holding.pk, "leaver": holding.user_id, "left_at": holding.to_at}
        before = Handover.objects.filter(holding=holding.pk).count()
        loops.start("handovers", given, actor=actor, now=now, door=door, step="open", town=town, key=f"handover-{holding.pk}-{before}")
        done += 1
    live = Handover.objects.filter(item__open=True, post__in=list(posts)).select_related("holding", "item").order_by("item_id")
    for handover in live:
        step, more = _wanted(handover, town, now)
        if not step:
            continue
        try:
            loops.take_step("handovers", handover.pk, step, more, actor=actor, now=now, door=door, town=town)
            done += 1
        except Refused:
            continue
    return done


def _wanted(handover: Handover, town: Town, now: datetime) -> tuple[str, Mapping[str, object]]:
    """What a running handover needs because the holding changed or the post went: a step of the system, or nothing."""
    holding = handover.holding
    if holding.to_at is None or queries.stays(holding):
        return "unneeded", {}
    if not town.is_alive(handover.post_id) and not queries.held([handover.post_id]):
        return "unneeded", {}
    if holding.to_at != handover.left_at:
        return "shift", {"left_at": holding.to_at}
    item = handover.item
    is_gone = item.stage == "giving" and handover.over_id is not None and item.holder_id != handover.over_id and holding.to_at <= now
    return ("gone", {}) if is_gone else ("", {})


def keep_handed(*, handover: int, held: Mapping[int, bool], now: datetime) -> None:
    """The list as it was signed."""
    Handed.objects.bulk_create([Handed(handover_id=handover, item_id=item, is_promise=is_promise) for item, is_promise in held.items()])
