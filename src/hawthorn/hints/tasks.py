"""Due work: hints for what waits without category, what people chose, and once a day learning where enough is new."""

from __future__ import annotations

from datetime import datetime, timedelta

from hawthorn.hints import actions, queries
from hawthorn.hints.models import HintModel
from hawthorn.kernel.world import Town
from hawthorn.loops.town import system

A_DAY = timedelta(days=1)
_looked: dict[int, datetime] = {}


def hints(*, town: Town, now: datetime) -> int:
    """Number of hints made and choices noted; once a week the likeness from which is asked."""
    actor = system("hints", town.county)
    places = queries.subdistricts(town, town.tenants)
    actions.move_thresholds(places, now=now)
    made = sum(actions.hint(tenant=tenant, subdistrict=place, town=town, actor=actor, now=now) for tenant, place in places.items())
    return made + actions.note_choices(actor=actor, now=now)


def learning(*, town: Town, now: datetime) -> int:
    """Versions trained: at most one tenant a round, each at most once a day."""
    actor = system("hints", town.county)
    for tenant, place in queries.subdistricts(town, town.tenants).items():
        if _is_due(tenant, place, now):
            return int(actions.learn(tenant=tenant, subdistrict=place, actor=actor, now=now) is not None)
    return 0


def _is_due(tenant: int, subdistrict: int, now: datetime) -> bool:
    """A day after the last training, where enough has been confirmed since; this process looks once a day."""
    last = HintModel.objects.filter(tenant=tenant).defer("arrays", "words").order_by("-version").first()
    if now < max(_looked.get(tenant, now - A_DAY), last.trained_at if last else now - A_DAY) + A_DAY:
        return False
    _looked[tenant] = now
    return last is None or actions.is_enough_new(last, subdistrict)
