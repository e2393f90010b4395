"""What of this room may be named in a command: a meeting whose minutes are frozen; and what a place chose for this month."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from hawthorn.assessments.models import Problem
from hawthorn.assessments.rules import problems
from hawthorn.assessments.rules.meetings import CHAIRS
from hawthorn.kernel.slots import Asking
from hawthorn.loops.models import Item

MOST = 60


class ClosedMeetings:
    """Frozen ones of the places whose chair the asker has, the newest first."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Number and title. One statement."""
        found = self._mine(asking).filter(title__contains=asking.words).order_by("-id")
        return list(found.values_list("pk", "title")[:MOST])

    def row(self, asking: Asking, value: int) -> Any:
        """The meeting, or None."""
        return self._mine(asking).filter(pk=value).first()

    def _mine(self, asking: Asking) -> QuerySet[Item]:
        where = Q(pk__in=())
        for seat in asking.actor.seats:
            if seat.kind in CHAIRS.get(seat.level, ()):
                where |= Q(raised_level=seat.level, **{seat.level: seat.place})
        return Item.objects.filter(where, loop="meetings", open=False)


class OfMonth:
    """每月一题 of a subdistrict in the running month: looked at by the rule, not chosen."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Not for choosing."""
        return []

    def row(self, asking: Asking, value: int) -> Any:
        """The problem that the place `value` has chosen, or None."""
        return Problem.objects.filter(chosen_in=value, month=problems.month_of(asking.now)).first()
