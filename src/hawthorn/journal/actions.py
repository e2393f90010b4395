"""The daily seal."""

from __future__ import annotations

from datetime import datetime

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
        prev, ids = before.digest if before else "", ranges([pk for pk, _digest in rows])
        return Seal.objects.create(
            on=on, at=now, first=rows[0][0], last=rows[-1][0], number=len(rows), ids=ids, prev=prev, digest=seal_digest(prev, ids, (d for _pk, d in rows))
        )


def ranges(ids: list[int]) -> str:
    """`1-5,7` for 1,2,3,4,5,7."""
    parts: list[list[int]] = []
    for pk in ids:
        if parts and parts[-1][1] == pk - 1:
            parts[-1][1] = pk
        else:
            parts.append([pk, pk])
    return ",".join(f"{a}-{b}" if a != b else str(a) for a, b in parts)
