"""The daily seal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.db.transaction import atomic

from hawthorn.journal.models import Event, Seal
from hawthorn.journal.queries import seal_digest
from hawthorn.journal.sql import lock_events
from hawthorn.kernel.clock import local


def seal(now: datetime) -> Seal | None:
    """Seal all events since the last seal, once a local day; None where today's stands or nothing is new.

    The table is locked against writers first: a later id may commit before an earlier one.
    """
    on = local(now).date()
    if Seal.objects.filter(on=on).exists():
        return None
    with atomic():
        lock_events(connection)
        if Seal.objects.filter(on=on).exists():
            return None
        before = Seal.objects.order_by("-last", "-id").first()
        rows = list(Event.objects.filter(pk__gt=before.last if before else 0).order_by("pk").values_list("pk", "digest"))
        if not rows:
            return None
        sealed = sealed_as(rows, on=on, at=now, before=before)
        sealed.save(force_insert=True)
        return sealed


def sealed_as(rows: Sequence[tuple[int, str]], *, on: date, at: datetime, before: Seal | None) -> Seal:
    """The seal, not yet saved, over events given as (id, digest) in id order, chained to the seal before."""
    prev, ids = before.digest if before else "", ranges([pk for pk, _digest in rows])
    digest = seal_digest(prev, ids, (d for _pk, d in rows))
    return Seal(on=on, at=at, first=rows[0][0], last=rows[-1][0], number=len(rows), ids=ids, prev=prev, digest=digest)


def keep(seals: Sequence[Seal]) -> None:
    """Write seals made by `sealed_as`, oldest first."""
    Seal.objects.bulk_create(seals)


def ranges(ids: list[int]) -> str:
    """`1-5,7` for 1,2,3,4,5,7."""
    parts: list[list[int]] = []
    for pk in ids:
        if parts and parts[-1][1] == pk - 1:
            parts[-1][1] = pk
        else:
            parts.append([pk, pk])
    return ",".join(f"{a}-{b}" if a != b else str(a) for a, b in parts)
