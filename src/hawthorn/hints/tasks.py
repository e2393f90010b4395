"""Due work: hints for what waits without category, what people chose, and once a day learning where enough is new."""

from __future__ import annotations

from datetime import datetime, timedelta

from hawthorn.hints import actions, queries
from hawthorn.hints.models import HintModel
from hawthorn.kernel.world import Town
from hawthorn.loops.town import system

A_DAY = timedelta(days=1)
_tried: dict[int, datetime] = {}


def hints(*, town: Town, now: datetime) -> int:
    """Number of hints made and choices noted."""
    actor = system("hints", town.county)
    places = queries.subdistricts(town, town.tenants)
    made = sum(actions.hint(tenant=tenant, subdistrict=place, town=town, actor=actor, now=now) for tenant, place in places.items())
    return made + actions.note_choices(actor=actor, now=now)


def learning(*, town: Town, now: datetime) -> int:
    """Versions trained: at most one tenant a round, each at most once a day."""
    actor = system("hints", town.county)
    for tenant, place in queries.subdistricts(town, town.tenants).items():
        if _is_due(tenant, now):
            _tried[tenant] = now
            return int(actions.learn(tenant=tenant, subdistrict=place, actor=actor, now=now) is not None)
    return 0


def _is_due(tenant: int, now: datetime) -> bool:
    """A day after the last training or attempt of this process."""
    if now < _tried.get(tenant, now - A_DAY) + A_DAY:
        return False
    last = HintModel.objects.filter(tenant=tenant).order_by("-version").values_list("trained_at", flat=True).first()
    return last is None or now >= last + A_DAY
