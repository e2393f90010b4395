"""减负清单: what was asked of the grids in a span: forms and fields, photos, ad-hoc requests, lists taken away; and fields nobody read. Reads only.

Counts are of forms and fields, never of persons.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from hawthorn.assessments.models import FieldRead
from hawthorn.files.models import Attachment
from hawthorn.journal.models import Event
from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import Step, marks
from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.loops.models import Item
from hawthorn.patrols import errand_queries
from hawthorn.patrols.errand_queries import Burden

SPAN, SILENT, MOST, OFTEN = 30, 90, 12, 10
AT_ONCE = 2000
Key = tuple[str, str]
Shown = Mapping[Key, Collection[str]]


@dataclass(frozen=True)
class Form:
    """One kind of form that grid posts sent: how often, how many fields were filled in altogether."""

    loop: str
    step: str
    sent: int
    fields: int


@dataclass(frozen=True)
class Fields:
    """Some fields of one form, in its order."""

    loop: str
    step: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Since `since`: forms, most fields first; photos; errands by source; and by form, fields that only make it longer.

    `unread`: may be left blank, is filled in, and was read by nobody for 90 days; `needed`: the same of what the form cannot be sent without;
    `unfilled`: may be left blank and always is.
    """

    since: datetime
    forms: Sequence[Form]
    photos: int
    errands: Sequence[Burden]
    unread: Sequence[Fields]
    needed: Sequence[Fields]
    unfilled: Sequence[Fields]


def report_of(place: PlaceCard, town: Town, now: datetime, shown: Shown) -> Report:
    """Of a subdistrict. `shown`: the fields that the pages for something new ask for, by form. Four statements, however many events."""
    since = now - timedelta(days=SPAN)
    posts = [p.id for p in town.posts.values() if p.level == "grid" and town.places[p.place].at("subdistrict") == place.id]
    sent: Counter[Key] = Counter()
    filled: dict[Key, Counter[str]] = {}
    for loop, step, body in _sent(posts, since, now):
        if loop not in LOOPS or step not in LOOPS[loop].steps:
            continue
        told = json.loads(body)
        known = marks(LOOPS[loop].steps[step].needs)
        sent[loop, step] += 1
        filled.setdefault((loop, step), Counter()).update(n for n in (*told.get("texts", {}), *told.get("given", {})) if n in known)
    forms = [Form(*key, n, filled[key].total()) for key, n in sent.items()]
    unread = sorted(_unread(filled, now))
    return Report(
        since, sorted(forms, key=lambda f: (-f.fields, -f.sent, f.step))[:MOST], _photos(posts, since, now), errand_queries.burden(place.tenant, since, now),
        _grouped(key for key in unread if not _is_needed(*key)), _grouped(key for key in unread if _is_needed(*key)),
        _grouped(_unfilled(sent, filled, shown)),
    )  # fmt: skip


def _sent(posts: Sequence[int], since: datetime, now: datetime) -> Iterator[tuple[str, str, str]]:
    """Loop, step and body of what these posts sent, a few at a time: a month of a county is never in memory as a whole."""
    loop = Item.objects.filter(pk=OuterRef("stream")).values("loop")
    events = Event.objects.filter(post__in=posts, at__gte=since, at__lte=now).annotate(loop=Subquery(loop)).exclude(loop=None)
    return events.order_by().values_list("loop", "step", "body").iterator(chunk_size=AT_ONCE)


def _photos(posts: Sequence[int], since: datetime, now: datetime) -> int:
    """Photos of whoever acted as one of these posts on the same thing."""
    mine = Event.objects.filter(stream=OuterRef("item"), user=OuterRef("user_id"), post__in=posts, at__gte=since, at__lte=now)
    return Attachment.objects.filter(Exists(mine), at__gte=since, at__lte=now, user__isnull=False, mime__startswith="image/").count()


def _grouped(found: Iterator[tuple[str, str, str]]) -> list[Fields]:
    """By form; the fields in the order of the form."""
    many = []
    for (loop, step), keys in groupby(found, key=lambda key: key[:2]):
        names = {name for _loop, _step, name in keys}
        many.append(Fields(loop, step, tuple(n for n in marks(LOOPS[loop].steps[step].needs) if n in names)))
    return many


def _is_needed(loop: str, step: str, name: str) -> bool:
    """Can the form not be sent without it, always or in some cases."""
    needs = LOOPS[loop].steps[step].needs
    return needs.model_fields[name].is_required() or "x-sometimes" in marks(needs)[name]


def _unread(filled: Mapping[Key, Counter[str]], now: datetime) -> Iterator[tuple[str, str, str]]:
    """Words for staff that were written down and that nobody but machines looked at within 90 days; what is said to askers they read by their receipt."""
    fresh = set(FieldRead.objects.filter(on__gt=local(now).date() - timedelta(days=SILENT)).values_list("name", flat=True))
    for (loop, step), names in filled.items():
        known = marks(LOOPS[loop].steps[step].needs)
        yield from ((loop, step, n) for n in names if known[n].get("x-text") == "staff" and f"{loop}.{step}.{n}" not in fresh)


def _unfilled(sent: Counter[Key], filled: Mapping[Key, Counter[str]], shown: Shown) -> Iterator[tuple[str, str, str]]:
    """Fields of forms that were sent ten times or more, that may be left blank and always were: they only make the form longer."""
    for key, n in sorted(sent.items()):
        step = LOOPS[key[0]].steps[key[1]]
        if n >= OFTEN:
            yield from (
                (*key, name) for name, extra in marks(step.needs).items() if _may_stay_blank(step, name, extra, shown.get(key)) and not filled[key][name]
            )


def _may_stay_blank(step: Step, name: str, extra: Mapping[str, Any], shown: Collection[str] | None) -> bool:
    """Does the form ask for it, and can be sent without it. A tick or a choice that stands at its usual value is not blank; photos are counted elsewhere."""
    if "自动" in step.who or (name not in shown if shown is not None else not step.sources):
        return False
    info = step.needs.model_fields[name]
    if info.is_required() or "x-sometimes" in extra or "x-contact" in extra or extra.get("x-ref") == "files":
        return False
    return info.get_default(call_default_factory=True) in ("", None, [])
