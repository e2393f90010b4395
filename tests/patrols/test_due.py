"""What is due on a day, against a plain oracle that lives through every day in turn and remembers what is still owed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorn.kernel.calendar import WorkingCalendar
from hawthorn.patrols.rules.due import DAILY, FESTIVAL, MONTHLY, RAIN, RULES, SPECIAL, WEEKLY, WORKDAYS, Drive, Due, Line, Spot, coverage, due_points

DAY = timedelta(days=1)
FIRST = date(2023, 12, 25)  # over a leap day, month ends and the turn of two years
SPAN = 460
OFF = frozenset(date.fromisoformat(x) for x in ("2024-01-01", "2024-02-09", "2024-02-10", "2024-02-12", "2024-04-04", "2024-04-05", "2024-10-01", "2024-10-02"))
WORK = frozenset(date.fromisoformat(x) for x in ("2024-02-04", "2024-02-18", "2024-04-07", "2024-09-29"))
CALENDAR = WorkingCalendar(OFF, WORK)

days = st.integers(0, SPAN - 1).map(lambda n: FIRST + n * DAY)
some_months = st.one_of(st.just(()), st.lists(st.integers(1, 12), min_size=1, max_size=5, unique=True).map(tuple))


@st.composite
def lines(draw: st.DrawFn, point: int) -> tuple[Line, ...]:
    """One to three lines of rule after each other, the last without end."""
    starts = sorted(draw(st.lists(st.integers(0, SPAN - 1), min_size=1, max_size=3, unique=True)))
    found = []
    for n, start in enumerate(starts):
        until = FIRST + starts[n + 1] * DAY if n + 1 < len(starts) else None
        found.append(
            Line(
                point, draw(st.sampled_from(sorted(RULES))), FIRST + start * DAY, until,
                weekdays=tuple(draw(st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True))),
                days=tuple(draw(st.lists(st.integers(1, 31), min_size=1, max_size=3, unique=True))),
                months=draw(some_months), ahead=draw(st.integers(0, 5)),
            )
        )  # fmt: skip
    return tuple(found)


@st.composite
def spots(draw: st.DrawFn) -> Spot:
    point = draw(st.integers(1, 2))
    ends = draw(st.one_of(st.none(), days))
    return Spot(point, draw(st.sampled_from(["manhole", "slope"])), draw(st.integers(1, 2)), draw(lines(point)), ends)


@st.composite
def drives(draw: st.DrawFn) -> Drive:
    begin = draw(days)
    return Drive(
        draw(st.integers(1, 3)), "排查", begin, begin + draw(st.integers(0, 40)) * DAY, purpose=draw(st.sampled_from([SPECIAL, RAIN])),
        each=draw(st.sampled_from([DAILY, "once"])), kinds=draw(st.sampled_from([(), ("manhole",), ("slope",)])),
        points=draw(st.sampled_from([(), (1,), (2,)])), grids=draw(st.sampled_from([(), (1,), (2,)])),
    )  # fmt: skip


# ── the oracle ──
@dataclass
class Owing:
    """What is owed at one point, day after day."""

    spot: Spot
    rule: date | None = None
    line: Line | None = None
    once: dict[int, bool] = field(default_factory=dict)

    def at_dawn(self, on: date, campaigns: list[Drive]) -> tuple[date | None, list[Drive]]:
        """Since when it is owed by its rule, and the campaigns that ask for it; as somebody would note it in a diary."""
        line = None
        for one in self.spot.lines:
            if one.from_on <= on and not (one.until and on >= one.until):
                line = one
        if line is None or (self.spot.until and on >= self.spot.until):
            self.rule = self.line = None
            return None, []
        if line is not self.line:
            self.rule, self.line = None, line
        if line.months and on.month not in line.months:
            self.rule = None
        elif line.rule in (WEEKLY, MONTHLY):
            if is_due_day(line, on):
                self.rule = on
        else:
            self.rule = on if is_due_day(line, on) else None
        return self.rule, [drive for n, drive in enumerate(campaigns) if self.is_asked(n, drive, on)]

    def is_asked(self, n: int, drive: Drive, on: date) -> bool:
        """Does a campaign ask for it today."""
        if not drive.from_on <= on <= drive.last_on:
            return False
        if drive.grids and self.spot.grid not in drive.grids:
            return False
        assert self.line is not None
        if drive.purpose == RAIN:
            is_meant = self.line.rule == RAIN and (not self.line.months or on.month in self.line.months)
        else:
            is_meant = self.spot.kind in drive.kinds or self.spot.id in drive.points
        return is_meant and not (drive.each == "once" and self.once.get(n, False))

    def at_night(self, on: date, campaigns: list[Drive], is_seen: bool) -> None:
        """What was seen is owed no more."""
        for n, drive in enumerate(campaigns):
            if is_seen and on >= drive.from_on:
                self.once[n] = True
        if is_seen:
            self.rule = None


def is_due_day(line: Line, on: date) -> bool:
    if line.rule == DAILY:
        return True
    if line.rule == WORKDAYS:
        return on in WORK or (on.weekday() < 5 and on not in OFF)
    if line.rule == WEEKLY:
        return on.weekday() in line.weekdays
    if line.rule == MONTHLY:
        is_last = (on + DAY).month != on.month
        return on.day in line.days or (is_last and any(day > on.day for day in line.days))
    if line.rule == FESTIVAL:
        return on in OFF or any(on + n * DAY in OFF for n in range(1, line.ahead + 1))
    return False


@given(spots(), st.lists(drives(), max_size=3, unique_by=lambda d: d.id), st.sets(days, max_size=40))
def test_every_day_has_due_what_somebody_with_a_diary_would_have(spot: Spot, campaigns: list[Drive], seen: set[date]) -> None:
    owing = Owing(spot)
    for n in range(SPAN):
        on = FIRST + n * DAY
        since, asking = owing.at_dawn(on, campaigns)
        before = [day for day in seen if day < on]
        found = due_points([spot], CALENDAR, campaigns, on, {spot.id: max(before)} if before else {})
        wanted = [d.from_on if d.each == "once" else on for d in asking] + ([since] if since else [])
        assert found == ([Due(spot.id, min(wanted), tuple(d.id for d in asking))] if wanted else []), on
        owing.at_night(on, campaigns, on in seen)


# ── said once more, by hand ──
def spot(rule: str, begin: str = "2024-01-01", until: str | None = None, **more: object) -> Spot:
    line = Line(1, rule, date.fromisoformat(begin), date.fromisoformat(until) if until else None, **more)  # type: ignore[arg-type]
    return Spot(1, "manhole", 1, (line,))


def is_due(one: Spot, on: str, seen: str = "", campaigns: tuple[Drive, ...] = ()) -> bool:
    return bool(due_points([one], CALENDAR, campaigns, date.fromisoformat(on), {1: date.fromisoformat(seen)} if seen else {}))


@pytest.mark.parametrize(("on", "said"), [("2024-02-29", True), ("2024-02-28", False), ("2024-04-30", True), ("2024-05-31", True), ("2023-02-28", True)])
def test_the_31st_is_the_last_day_of_a_shorter_month(on: str, said: bool) -> None:
    point = spot(MONTHLY, "2023-01-01", days=(31,))
    day_before = (date.fromisoformat(on) - DAY).isoformat()
    assert is_due(point, on, seen=day_before) is said


def test_a_weekly_point_not_seen_waits_until_its_next_day() -> None:
    point = spot(WEEKLY, weekdays=(2,))
    assert is_due(point, "2024-03-06")
    assert is_due(point, "2024-03-09")
    assert not is_due(point, "2024-03-09", seen="2024-03-07")
    assert due_points([point], CALENDAR, (), date(2024, 3, 13), {})[0].since == date(2024, 3, 13)


def test_a_make_up_working_saturday_is_a_working_day_and_a_holiday_is_none() -> None:
    assert is_due(spot(WORKDAYS), "2024-02-18")
    assert not is_due(spot(WORKDAYS), "2024-04-04")


def test_before_rain_is_due_only_while_the_alert_is_on() -> None:
    alert = Drive(1, "强降雨", date(2024, 7, 1), date(2024, 7, 3), purpose=RAIN)
    point = spot(RAIN, months=(5, 6, 7))
    assert [is_due(point, f"2024-07-0{n}", campaigns=(alert,)) for n in (1, 3, 4)] == [True, True, False]
    assert not is_due(spot(DAILY, months=(1,)), "2024-07-01", campaigns=(alert,))


def test_what_was_owed_in_the_last_month_of_a_season_is_not_owed_after_it() -> None:
    point = spot(MONTHLY, days=(30,), months=(4,))
    assert is_due(point, "2024-04-30")
    assert not is_due(point, "2024-05-01")


def test_coverage_counts_points_seen_within_seven_days_today_among_them() -> None:
    kept = [Spot(n, "manhole", 1, spot(DAILY).lines) for n in (1, 2, 3)] + [Spot(4, "manhole", 1, spot(DAILY).lines, date(2024, 3, 1))]
    seen = {1: date(2024, 3, 10), 2: date(2024, 3, 4), 3: date(2024, 3, 3), 4: date(2024, 3, 10)}
    assert coverage(kept, date(2024, 3, 10), seen) == (2, 3)
