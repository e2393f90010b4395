"""Taking in what other systems send: a line of theirs becomes one matter, never two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from hawthorn.gateways.messages_rows import Ready
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.world import Town
from hawthorn.loops import actions as loops
from hawthorn.loops.town import system
from hawthorn.matters.models import OutsideNumber

LOOP, STEP, DOOR = "matters", "receive", "sheet"
TRIES = 3


def known_numbers(subdistrict: int, source: str, numbers: Sequence[str]) -> set[str]:
    """Which of these numbers have become matters already."""
    known: set[str] = set()
    for at in range(0, len(numbers), 500):
        rows = OutsideNumber.objects.filter(subdistrict=subdistrict, source=source, number__in=numbers[at : at + 500])
        known.update(rows.values_list("number", flat=True))
    return known


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
