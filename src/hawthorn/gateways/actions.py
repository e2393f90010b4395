"""Taking in what other systems send, a line of theirs becoming one matter, never two; and the fate of messages that go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count

from hawthorn.gateways.messages_rows import Ready
from hawthorn.journal.models import Outbox
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system
from hawthorn.matters.models import OutsideNumber

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


def numbers_elsewhere(subdistrict: int, source: str, numbers: Sequence[str]) -> dict[str, int]:
    """How many of these numbers were taken in under other names of a source: the same sheet once more, perhaps."""
    found: dict[str, int] = {}
    for at in range(0, len(numbers), 500):
        rows = OutsideNumber.objects.filter(subdistrict=subdistrict, number__in=numbers[at : at + 500]).exclude(source=source)
        for name, many in rows.values_list("source").annotate(Count("pk")):
            found[name] = found.get(name, 0) + many
    return found


def take_in(rows: Sequence[Ready], *, subdistrict: int, source: str, town: Town, now: datetime) -> list[int]:
    """Make matters of one batch with their numbers, all or none; those taken in meanwhile are left out. Gives ids.

    Raises Refused, WrongType where a row can no longer be taken.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                known = known_numbers(subdistrict, source, [row.number for row in rows])
                fresh = [row for row in rows if row.number not in known]
                answers = loops.start_many(LOOP, [r.given for r in fresh], actor=system("import", town.county), now=now, door=DOOR, step=STEP, town=town)
                OutsideNumber.objects.bulk_create(
                    OutsideNumber(subdistrict=subdistrict, source=source, number=row.number, item_id=answer.id)
                    for row, answer in zip(fresh, answers, strict=True)
                )
                return [answer.id for answer in answers]
        except IntegrityError:  # another import took the same number in the same moment
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def take_in_singly(rows: Sequence[Ready], *, subdistrict: int, source: str, town: Town, now: datetime) -> tuple[list[int], list[tuple[Ready, str]]]:
    """The same row by row, for a batch in which some cannot be taken: ids, and rows with the reason."""
    made: list[int] = []
    left: list[tuple[Ready, str]] = []
    for row in rows:
        try:
            made += take_in([row], subdistrict=subdistrict, source=source, town=town, now=now)
        except Refused as found:
            left.append((row, found.detail))
        except WrongType as found:
            left.append((row, " ".join(found.problems.values())))
    return made, left


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
