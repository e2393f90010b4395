"""Which checkpoints are due on a day, computed from their rules; no row is made ahead and no worker is needed. Pure.

Weekly and monthly ones that were not seen stay due (补看) until they are seen or their next due day comes, within the months and
the dates of their rule. Daily ones, those of working days, before rain and at festivals are of their own day and never pile up.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hawthorn.kernel.calendar import WorkingCalendar
from hawthorn.kernel.words import _

DAY = timedelta(days=1)
LATE = timedelta(days=2)
DAILY, WORKDAYS, WEEKLY, MONTHLY, RAIN, FESTIVAL = "daily", "workdays", "weekly", "monthly", "rain", "festival"
RULES = {
    DAILY: _("每天"), WORKDAYS: _("工作日"), WEEKLY: _("每周几天"), MONTHLY: _("每月几号"), RAIN: _("下雨前（街道开了才看）"), FESTIVAL: _("节假日和节前"),
}  # fmt: skip
EACH = {DAILY: _("每天看一次"), "once": _("期间看一次")}
SPECIAL = "special"
PURPOSES = {SPECIAL: _("专项排查"), RAIN: _("下雨前")}
MONTHS = tuple(range(1, 13))


@dataclass(frozen=True)
class Line:
    """A checkpoint's rule from a day on, `until` exclusive. `ahead`: days before a festival; empty `months`: the whole year."""

    point: int
    rule: str
    from_on: date
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    ahead: int = 0

    def holds(self, on: date) -> bool:
        """Is it in force that day, and does it count in that month."""
        return self.from_on <= on and (self.until is None or on < self.until) and (not self.months or on.month in self.months)


@dataclass(frozen=True)
class Spot:
    """A checkpoint as the rules see it: what it is, where, and its lines of rule."""

    id: int
    kind: str
    grid: int
    lines: tuple[Line, ...] = ()
    until: date | None = None

    def line(self, on: date) -> Line | None:
        """The rule in force on that day, whatever the month."""
        return next((one for one in self.lines if one.from_on <= on and (one.until is None or on < one.until)), None)

    def stands(self, on: date) -> bool:
        """Is the checkpoint kept on that day."""
        return self.line(on) is not None and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Drive:
    """A campaign: over kinds or chosen points in some grids (none: all), or the alert before rain; `last_on` inclusive."""

    id: int
    name: str
    from_on: date
    last_on: date
    purpose: str = SPECIAL
    each: str = DAILY
    kinds: tuple[str, ...] = ()
    points: tuple[int, ...] = ()
    grids: tuple[int, ...] = ()

    def holds(self, on: date) -> bool:
        """Is it on that day."""
        return self.from_on <= on <= self.last_on

    def covers(self, spot: Spot, on: date) -> bool:
        """Does it ask for this point; before rain only for those whose rule says so, in their months."""
        if self.grids and spot.grid not in self.grids:
            return False
        if self.purpose == RAIN:
            line = spot.line(on)
            return line is not None and line.rule == RAIN and line.holds(on)
        return spot.kind in self.kinds or spot.id in self.points


@dataclass(frozen=True)
class Due:
    """A point that is due: since when (before the day itself: 补看), and by which campaigns, if by any."""

    point: int
    since: date
    campaigns: tuple[int, ...] = field(default=())


def due_points(spots: Iterable[Spot], calendar: WorkingCalendar, campaigns: Sequence[Drive], on: date, seen: Mapping[int, date]) -> list[Due]:
    """Everything due on `on`, in the order given. `seen`: the last day before `on` on which a point was seen (skipped is not seen)."""
    running = [drive for drive in campaigns if drive.holds(on)]
    found = [due_point(spot, calendar, running, on, seen.get(spot.id)) for spot in spots]
    return [due for due in found if due is not None]


def due_point(spot: Spot, calendar: WorkingCalendar, running: Sequence[Drive], on: date, seen: date | None) -> Due | None:
    """One point on one day, or None where nothing asks for it."""
    if not spot.stands(on):
        return None
    line = spot.line(on)
    last = last_due(line, calendar, on) if line is not None else None
    by_rule = last if last is not None and (seen is None or seen < last) else None
    asking = [d for d in running if d.covers(spot, on) and (d.each != "once" or seen is None or seen < d.from_on)]
    if by_rule is None and not asking:
        return None
    begun = [d.from_on if d.each == "once" else on for d in asking]
    return Due(spot.id, min([by_rule, *begun] if by_rule is not None else begun), tuple(d.id for d in asking))


def last_due(line: Line, calendar: WorkingCalendar, on: date) -> date | None:
    """The due day that `on` belongs to: itself, or for weekly and monthly rules an earlier one whose time is not over."""
    if not line.holds(on):
        return None
    if line.rule == WEEKLY:
        found = next((day for n in range(7) if (day := on - n * DAY).weekday() in line.weekdays), None)
    elif line.rule == MONTHLY:
        found = _last_of_month(line.days, on)
    else:
        found = on if _is_due_day(line, calendar, on) else None
    return found if found is not None and line.holds(found) else None


def _is_due_day(line: Line, calendar: WorkingCalendar, on: date) -> bool:
    if line.rule == WORKDAYS:
        return calendar.is_workday(on)
    if line.rule == FESTIVAL:
        return any(on + n * DAY in calendar.off for n in range(line.ahead + 1))
    return line.rule == DAILY


def _last_of_month(days: Collection[int], on: date) -> date | None:
    """The latest due day up to `on`, in its month or the one before; a day the month has not is its last."""
    before = on.replace(day=1) - DAY
    for last in (on, before):
        length = monthrange(last.year, last.month)[1]
        past = [day for day in (min(day, length) for day in days) if day <= last.day]
        if past:
            return last.replace(day=max(past))
    return None


def coverage(spots: Iterable[Spot], on: date, seen: Mapping[int, date], days: int = 7) -> tuple[int, int]:
    """How many of the points kept on `on` were seen within so many days, today among them; and how many there are."""
    kept = [spot for spot in spots if spot.stands(on)]
    since = on - (days - 1) * DAY
    return sum(1 for spot in kept if spot.id in seen and seen[spot.id] >= since), len(kept)


def day_meant(on: date | None, today: date) -> date:
    """The day a press counts for: that of the page it was pressed on where it was sent late for want of a network, at most two days; else today."""
    return on if on is not None and timedelta() < today - on <= LATE else today
