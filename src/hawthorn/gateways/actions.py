"""Taking in what other systems send, a line of theirs becoming one matter, never two; and the fate of messages that go out."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from hawthorn.gateways.messages_rows import Ready
from hawthorn.gateways.models import Export
from hawthorn.journal.models import Outbox
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system
from hawthorn.matters.models import OutsideNumber
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

LOOP, STEP, DOOR = "matters", "receive", "sheet"
TRIES = 3
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
MOST_SENDINGS = len(WAITS) + 1


def known_numbers(subdistrict: int, source: str, numbers: Sequence[str]) -> set[str]:
    """Which of these numbers have become matters already."""
    known: set[str] = set()
    for at in range(0, len(numbers), 500):
        rows = OutsideNumber.objects.filter(subdistrict=subdistrict, source=source, number__in=numbers[at : at + 500])
        known.update(rows.values_list("number", flat=True))
    return known


def numbers_elsewhere(subdistrict: int, source: str, numbers: Sequence[str]) -> dict[str, str]:
    """Which of these numbers were taken in under another name of a source, and which: the same sheet once more, perhaps."""
    found: dict[str, str] = {}
    others = [name for name in sources_of(subdistrict) if name != source]
    for at in range(0, len(numbers) if others else 0, 500):
        rows = OutsideNumber.objects.filter(subdistrict=subdistrict, source__in=others, number__in=numbers[at : at + 500])
        found.update(rows.values_list("number", "source"))
    return found


def sources_of(subdistrict: int) -> list[str]:
    """The names of its sources, by steps through the index: a statement each, however many numbers there are."""
    found, after = list[str](), ""
    rows = OutsideNumber.objects.filter(subdistrict=subdistrict).order_by("source").values_list("source", flat=True)
    while after := rows.filter(source__gt=after).first() or "":
        found.append(after)
    return found


@dataclass
class Taken:
    """What became of some rows: ids of new matters, how many were there already, those that could not be taken with the reason."""

    ids: list[int] = field(default_factory=list)
    known: int = 0
    left: list[tuple[Ready, str]] = field(default_factory=list)


def take_in(rows: Sequence[Ready], *, subdistrict: int, source: str, town: Town, now: datetime, agreed: Container[str] | None = None) -> Taken:
    """Make matters of one batch with their numbers, all or none; those taken in meanwhile are left out.

    `agreed`: numbers that may be taken though another source has them; None: any. Raises Refused, WrongType where a row can no longer be taken.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _take_in(rows, subdistrict, source, town, now, agreed)
        except IntegrityError:  # two receipts by chance the same
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _take_in(rows: Sequence[Ready], subdistrict: int, source: str, town: Town, now: datetime, agreed: Container[str] | None) -> Taken:
    list(Place.objects.select_for_update(no_key=True).filter(pk=subdistrict))  # one import of a place at a time: nothing comes twice under two names
    numbers = [row.number for row in rows]
    known = known_numbers(subdistrict, source, numbers)
    elsewhere = {} if agreed is None else numbers_elsewhere(subdistrict, source, [n for n in numbers if n not in known and n not in agreed])
    fresh = [row for row in rows if row.number not in known and row.number not in elsewhere]
    answers = loops.start_many(LOOP, [r.given for r in fresh], actor=system("import", town.county), now=now, door=DOOR, step=STEP, town=town)
    OutsideNumber.objects.bulk_create(
        OutsideNumber(subdistrict=subdistrict, source=source, number=row.number, item_id=answer.id) for row, answer in zip(fresh, answers, strict=True)
    )
    left = [(row, _("这个编号刚从“{name}”收过，没有再收").format(name=elsewhere[row.number])) for row in rows if row.number in elsewhere]
    return Taken([answer.id for answer in answers], sum(n in known for n in numbers), left)


def take_in_singly(rows: Sequence[Ready], **place: Any) -> Taken:
    """The same row by row, for a batch in which some cannot be taken."""
    done = Taken()
    for row in rows:
        try:
            one = take_in([row], **place)
        except Refused as found:
            one = Taken(left=[(row, found.detail)])
        except WrongType as found:
            one = Taken(left=[(row, " ".join(found.problems.values()))])
        done = Taken(done.ids + one.ids, done.known + one.known, done.left + one.left)
    return done


def take(rows: Sequence[Ready], **place: Any) -> Taken:
    """A batch whole, or row by row where some of it cannot be taken."""
    try:
        return take_in(rows, **place)
    except (Refused, WrongType):
        return take_in_singly(rows, **place)


# ── lists that are taken away ──
def note_export(*, tenant: Tenant, user: int | None, post: int | None, what: str, filters: str = "", form: str = "xlsx", rows: int, now: datetime) -> Export:
    """Keep who took which list, and how much of it."""
    return Export.objects.create(tenant=tenant, user=user, post=post or None, what=what, filters=filters[:300], form=form, rows=rows, at=now)


# ── messages that go out ──
def claim(row: Outbox, now: datetime) -> bool:
    """Take a message for one try; it comes up again by itself where the process dies meanwhile. False where another took it."""
    wait = WAITS[min(row.tries, len(WAITS) - 1)]
    mine = Outbox.objects.filter(pk=row.pk, tries=row.tries, sent_at=None, dead_at=None).update(tries=row.tries + 1, next_at=now + wait)
    row.tries += 1
    return bool(mine)


def sent(row: Outbox, now: datetime) -> None:
    """It went out."""
    Outbox.objects.filter(pk=row.pk).update(sent_at=now, problem="")


def not_sent(row: Outbox, found: Exception, now: datetime) -> None:
    """It did not; after the last try it is dead. Only the kind of error and the server's code are kept, never an address."""
    words = " ".join(str(part) for part in (type(found).__name__, getattr(found, "smtp_code", None) or getattr(found, "errno", None)) if part)
    dead = {"dead_at": now} if row.tries >= MOST_SENDINGS else {}
    Outbox.objects.filter(pk=row.pk).update(problem=words[:200], **dead)


def give_up(row: Outbox, why: str, now: datetime) -> None:
    """There is nobody to send it to."""
    Outbox.objects.filter(pk=row.pk).update(problem=why, dead_at=now)
