"""Limits and the working calendar: four units of time, when something is due, and what is left of it. Pure.

Days are local (Asia/Shanghai, no summer time); instants go in aware and come out in UTC. Inside, times are whole microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.words import _

SECONDS: dict[str, int] = {"hours": 3600, "days": 86400, "work_hours": 3600, "workdays": 86400}
UNITS = tuple(SECONDS)
LABELS: dict[str, str] = {
    "minutes": _("{n} 分钟"),
    "hours": _("{n} 小时"),
    "days": _("{n} 天"),
    "work_hours": _("{n} 个工作小时"),
    "workdays": _("{n} 个工作日"),
}
DAY = 86_400_000_000
TIMETABLE = ((time(8), time(12)), (time(14), time(18)))
ON_CALL_UNTIL, ON_CALL_FROM = time(8), time(18)


@dataclass(frozen=True)
class Limit:
    """An amount of one unit: hours and days run always, work_hours and workdays only on the tenant's working days."""

    unit: str
    amount: float

    def __post_init__(self) -> None:
        if self.unit not in SECONDS or isinstance(self.amount, bool) or not 0 <= self.amount < math.inf:
            raise ValueError(f"not a limit: {self.unit!r} {self.amount!r}")

    @classmethod
    def parse(cls, stored: Any) -> Limit:
        """Read `[unit, amount]` as kept in the policy. Raises ValueError on anything else."""
        if not isinstance(stored, list | tuple) or len(stored) != 2 or not isinstance(stored[1], int | float):
            raise ValueError(f"not a limit: {stored!r}")
        return cls(stored[0], stored[1])

    def to_json(self) -> list[Any]:
        """`[unit, amount]`, whole amounts as integers."""
        return [self.unit, int(self.amount) if self.amount == int(self.amount) else self.amount]

    @property
    def seconds(self) -> float:
        """The amount in seconds of its own unit's running time."""
        return self.amount * SECONDS[self.unit]

    def label(self) -> str:
        """In words: “4 个工作小时”, “30 分钟”."""
        minutes = self.amount * 60
        if self.unit == "hours" and 0 < self.amount < 1 and minutes == int(minutes):
            return LABELS["minutes"].format(n=int(minutes))
        return LABELS[self.unit].format(n=f"{self.amount:g}")


@dataclass(frozen=True)
class WorkingCalendar:
    """Mon–Fri, except days off and make-up working days (调休). `ends_on`: last day the table knows; after it plain Mon–Fri."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    timetable: tuple[tuple[time, time], ...] = TIMETABLE
    ends_on: date | None = None

    def __post_init__(self) -> None:
        edges = [edge for span in self.timetable for edge in span]
        if not edges or any(a > b for a, b in pairwise(edges)) or any(a >= b for a, b in self.timetable):
            raise ValueError(f"timetable out of order: {self.timetable!r}")
        if self.off & self.work:
            raise ValueError(f"both off and working: {sorted(self.off & self.work)}")

    @cached_property
    def _off(self) -> frozenset[int]:
        return frozenset(day.toordinal() for day in self.off)

    @cached_property
    def _work(self) -> frozenset[int]:
        return frozenset(day.toordinal() for day in self.work)

    @cached_property
    def _spans(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Running time within a working day, per unit, in microseconds since local midnight."""
        return {"work_hours": tuple((_since_midnight(a), _since_midnight(b)) for a, b in self.timetable), "workdays": ((0, DAY),)}

    def _is_workday(self, day: int) -> bool:
        """By ordinal; ordinal % 7 is 1 on Monday."""
        return day in self._work or (0 < day % 7 < 6 and day not in self._off)

    def is_workday(self, day: date) -> bool:
        """Whether this local day is worked."""
        return self._is_workday(day.toordinal())

    def due(self, start: datetime, limit: Limit) -> datetime:
        """The instant (UTC) at which `limit` has run out since `start`; never on a rest day for the working units."""
        return self.after(start, limit.unit, limit.seconds)

    def after(self, now: datetime, unit: str, seconds: float) -> datetime:
        """The instant (UTC) once `seconds` of this unit have run from `now`; a negative amount is plain clock time back."""
        if seconds < 0 or unit not in self._spans:
            return now.astimezone(UTC) + timedelta(microseconds=_micro(unit, seconds))
        rest = _micro(unit, seconds)
        for day, begin, end in self._running(now, unit):
            last = end - begin
            # An instant at the end of office hours is still that day; midnight already belongs to the day it begins.
            if rest < last or (rest == last and end < DAY):
                return _instant(day, begin + rest)
            rest -= last
        raise AssertionError("running time has no end")

    def left(self, now: datetime, due: datetime, unit: str) -> float:
        """Seconds of this unit's running time between `now` and `due`; when due has passed, plain seconds, negative."""
        if due <= now or unit not in self._spans:
            _micro(unit, 0)
            return (due - now) / timedelta(seconds=1)
        total, (last_day, until) = 0, _local(due)
        for day, begin, end in self._running(now, unit):
            if (day, begin) >= (last_day, until):
                break
            total += (min(end, until) if day == last_day else end) - begin
        return total / 1_000_000

    def _running(self, now: datetime, unit: str) -> Iterator[tuple[int, int, int]]:
        """Running time from `now` on, without end: (day, from, to), the first cut at `now` (an empty one at its very end counts)."""
        spans = self._spans[unit]
        day, start = _local(now)
        if self._is_workday(day):
            yield from ((day, max(begin, start), end) for begin, end in spans if end >= start)
        while True:
            day += 1
            if self._is_workday(day):
                for begin, end in spans:
                    yield day, begin, end

    def ends_soon(self, today: date, days: int = 60) -> bool:
        """Whether the table ends within so many days (or there is none): someone has to enter the next year."""
        return self.ends_on is None or (self.ends_on - today).days <= days

    def is_duty_time(self, at: datetime) -> bool:
        """Whether the on-call post answers: from 18:00 until 08:00, and all of a rest day."""
        local = at.astimezone(SHANGHAI)
        return not (self.is_workday(local.date()) and ON_CALL_UNTIL <= local.time() < ON_CALL_FROM)


def _micro(unit: str, seconds: float) -> int:
    if unit not in SECONDS:
        raise ValueError(f"not a unit: {unit!r}")
    return round(seconds * 1_000_000)


def _since_midnight(at: time) -> int:
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _local(at: datetime) -> tuple[int, int]:
    local = at.astimezone(SHANGHAI)
    return local.toordinal(), _since_midnight(local.time())


def _instant(day: int, micro: int) -> datetime:
    midnight = datetime.combine(date.fromordinal(day), time(), SHANGHAI)
    return (midnight + timedelta(microseconds=micro)).astimezone(UTC)
