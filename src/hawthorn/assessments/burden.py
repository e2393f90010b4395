"""减负清单: what was asked of the grids in a span: forms and fields, photos, ad-hoc requests, lists taken away; and fields nobody read. Reads only.

Counts are of forms and fields, never of persons.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hawthorn.assessments.models import FieldRead
from hawthorn.files.models import Attachment
from hawthorn.journal.models import Event
from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import marks
from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.loops.models import Item
from hawthorn.patrols import errand_queries
from hawthorn.patrols.errand_queries import Burden

SPAN, SILENT, MOST = 30, 90, 12


@dataclass(frozen=True)
class Form:
    """One kind of form that grid posts sent: how often, how many fields were filled in altogether."""

    loop: str
    step: str
    sent: int
    fields: int


@dataclass(frozen=True)
class Report:
    """Since `since`: forms, most fields first; photos; errands by source; `unread`: (loop, step, field) filled in but read by nobody for 90 days."""

    since: datetime
    forms: Sequence[Form]
    photos: int
    errands: Sequence[Burden]
    unread: Sequence[tuple[str, str, str]]
    unfilled: Sequence[tuple[str, str, str]]


def report_of(place: PlaceCard, town: Town, now: datetime) -> Report:
    """Of a subdistrict. Six statements."""
    since = now - timedelta(days=SPAN)
    grid_posts = [p.id for p in town.posts.values() if p.level == "grid" and town.places[p.place].at("subdistrict") == place.id]
    sent: Counter[tuple[str, str]] = Counter()
    filled: Counter[tuple[str, str, str]] = Counter()
    loops: dict[int, str] = {}
    events = Event.objects.filter(post__in=grid_posts, at__gte=since, at__lte=now).values_list("stream", "step", "body")
    rows = list(events.iterator(chunk_size=2000))
    streams = {stream for stream, _step, _body in rows}
    loops = (
        dict(Item.objects.filter(subdistrict=place.id, opened_at__gte=since - timedelta(days=365)).values_list("pk", "loop").iterator(chunk_size=5000))
        if streams
        else {}
    )
    for stream, step, body in rows:
        loop = loops.get(stream)
        if loop is None or loop not in LOOPS or step not in LOOPS[loop].steps:
            continue
        told = json.loads(body)
        names = [n for n in (*told.get("texts", {}), *told.get("given", {})) if n in LOOPS[loop].steps[step].needs.model_fields]
        sent[loop, step] += 1
        filled.update((loop, step, name) for name in names)
    forms = [Form(loop, step, n, sum(m for key, m in filled.items() if key[:2] == (loop, step))) for (loop, step), n in sent.items()]
    photos = Attachment.objects.filter(item__in=streams, at__gte=since, user__isnull=False, mime__startswith="image/").count() if streams else 0
    return Report(
        since, sorted(forms, key=lambda f: (-f.fields, -f.sent, f.step))[:MOST], photos, errand_queries.burden(place.tenant, since, now),
        _unread(filled, now), _unfilled(sent, filled),
    )  # fmt: skip


def _unread(filled: Counter[tuple[str, str, str]], now: datetime) -> list[tuple[str, str, str]]:
    """Words that were written down and that nobody but machines looked at within 90 days."""
    fresh = set(FieldRead.objects.filter(on__gt=local(now).date() - timedelta(days=SILENT)).values_list("name", flat=True))
    return sorted(key for key in filled if "x-text" in marks(LOOPS[key[0]].steps[key[1]].needs)[key[2]] and ".".join(key) not in fresh)


def _unfilled(sent: Counter[tuple[str, str]], filled: Counter[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Fields of forms that were sent ten times or more and that nobody filled in: they only make the form longer."""
    return sorted(
        (loop, step, name)
        for (loop, step), n in sent.items()
        if n >= 10
        for name, extra in marks(LOOPS[loop].steps[step].needs).items()
        if "x-contact" not in extra and not filled[loop, step, name]
    )
