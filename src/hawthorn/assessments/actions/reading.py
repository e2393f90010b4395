"""That a field was read by somebody, once a day and field: for the burden report. Nobody is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from hawthorn.assessments.models import FieldRead
from hawthorn.kernel.clock import local

_known: dict[str, date] = {}


def note_read(names: Iterable[str], *, now: datetime) -> None:
    """Keep the day each of these fields (`loop.step.field`) was shown on; no statement where this process kept it today already."""
    today = local(now).date()
    fresh = sorted({name for name in names if _known.get(name) != today})
    if not fresh:
        return
    rows = [FieldRead(name=name, on=today) for name in fresh]
    FieldRead.objects.bulk_create(rows, update_conflicts=True, unique_fields=["name"], update_fields=["on"])
    _known.update(dict.fromkeys(fresh, today))
