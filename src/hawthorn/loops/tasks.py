"""Due work: time-outs, reminders and escalation, the daily seal. Chooses ids, calls actions; safe twice at once, catches up, once only."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.db.transaction import atomic

from hawthorn.accounts import actions as accounts
from hawthorn.files import actions as files
from hawthorn.journal import actions as journal
from hawthorn.journal.models import Lease
from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import DUE_WORK, LOOPS
from hawthorn.kernel.world import Town
from hawthorn.loops import actions, erasure, sql
from hawthorn.loops.models import Item, Nudge
from hawthorn.loops.town import system, town_of
from hawthorn.tenants.models import Tenant

log = logging.getLogger("hawthorn.due")
BATCH = 500
LEASE = timedelta(seconds=90)
OWNER = secrets.token_hex(8)


def run_due(now: datetime, *, again: Callable[[], datetime] | None = None) -> int:
    """All due work of all counties; the number of things done. Does nothing where another process holds the lease."""
    if not take_lease("due", now):
        return 0
    done = 0
    for county in Tenant.objects.filter(county__isnull=True):
        for name, work in DUE_WORK.items():
            county.refresh_from_db(fields=["revision"])
            at = again() if again else now
            try:
                done += work(town=town_of(county), now=at)
            except Exception:
                log.exception("due work %s failed; it is tried again in the next round", name)
            take_lease("due", at)
    Lease.objects.filter(name="due", owner=OWNER).update(last_at=now)
    return done


def take_lease(name: str, now: datetime) -> bool:
    """Take or keep the lease; False where another owner's has not run out."""
    Lease.objects.get_or_create(name=name, defaults={"until": now - LEASE})
    mine = Lease.objects.filter(Q(owner=OWNER) | Q(until__lte=now), name=name)
    return mine.update(owner=OWNER, until=now + LEASE) == 1


def time_outs(*, town: Town, now: datetime) -> int:
    """Waiting stages whose limit passed: the time-out step, taken by the system."""
    done, actor = 0, system("time-out", town.county)
    for loop in LOOPS:
        for step in loop.steps.values():
            if not step.time_out:
                continue
            found = Item.objects.filter(open=True, loop=loop.name, stage__in=step.sources, stage_due_at__lte=now, county__tenant=town.county)
            for item, version in found.order_by("stage_due_at", "id").values_list("id", "version")[:BATCH]:
                try:
                    actions.take_step(loop.name, item, step.name, {}, actor=actor, now=now, door="due", town=town, version=version)
                    done += 1
                except (Refused, NotThere):
                    continue
    return done


def nudges(*, town: Town, now: datetime) -> int:
    """At due − 25 % of the span the holder is reminded; at due the next post up is told; at due + 50 % the one above that."""
    found = Item.objects.filter(open=True, nudge_at__lte=now, county__tenant=town.county).order_by("nudge_at", "id")
    return sum(_nudge(item, town, now) for item in found[:BATCH])


def _nudge(item: Item, town: Town, now: datetime) -> int:
    due, at, done = item.due_at, item.nudge_at, 0
    if due is None or at is None or item.holder_id is None:
        return 0
    told: list[Nudge] = []
    next_at: datetime | None = at
    span = (due - at) * 4 if at < due else _span(item, due)
    while next_at is not None and next_at <= now:
        kind = "soon" if next_at < due else "due" if next_at == due else "late"
        post = _whom(kind, item.holder_id, town)
        if post is not None:
            told.append(Nudge(item=item, post_id=post, kind=kind, due_at=due, at=next_at))
        next_at = due if kind == "soon" else _late_at(item, due, span, town) if kind == "due" else None
    with atomic():
        if Item.objects.filter(pk=item.pk, nudge_at=at, version=item.version).update(nudge_at=next_at) == 1:
            Nudge.objects.bulk_create(told, ignore_conflicts=True)
            done = len(told)
    return done


def _span(item: Item, due: datetime) -> timedelta:
    soon = Nudge.objects.filter(item=item.pk, kind="soon", due_at=due).values_list("at", flat=True).first()
    return (due - soon) * 4 if soon else timedelta()


def _late_at(item: Item, due: datetime, span: timedelta, town: Town) -> datetime:
    calendar = town.policy(item.subdistrict_id or item.county_id).calendar
    return max(due + span / 2, calendar.due(due, Limit("workdays", 1)))


def _whom(kind: str, holder: int, town: Town) -> int | None:
    if kind == "soon" or holder not in town.posts:
        return holder
    up = town.above(holder)
    return up if kind == "due" or up is None else town.above(up) or up


def erasures(*, town: Town, now: datetime) -> int:
    """Contacts whose time is over are emptied; uploads nobody used and old counts are removed."""
    return erasure.erase_expired(now) + files.prune_unused(now) + accounts.drop_tallies(now)


def sizes(*, town: Town, now: datetime) -> int:
    """Once a day on SQLite: what the planner knows of the sizes. Without it a list that grew is read the slow way."""
    if connection.vendor != "sqlite" or not Item.objects.exists():
        return 0
    Lease.objects.get_or_create(name="sizes", defaults={"until": now - LEASE})
    if Lease.objects.filter(name="sizes", until__lte=now).update(until=now + timedelta(days=1)) != 1:
        return 0
    sql.analyze(connection)
    return 1


def seals(*, town: Town, now: datetime) -> int:
    """Today's seal over all events; one for the whole database."""
    return int(journal.seal(now) is not None)
