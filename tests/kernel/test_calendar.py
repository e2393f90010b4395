"""The working calendar against a plain oracle that walks minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hawthorn.kernel.calendar import SECONDS, Limit, WorkingCalendar
from hawthorn.kernel.clock import SHANGHAI


def days(first: str, last: str) -> set[date]:
    a, b = date.fromisoformat(first), date.fromisoformat(last)
    return {a + timedelta(days=n) for n in range((b - a).days + 1)}


OFF = frozenset(days("2026-01-01", "2026-01-03") | days("2026-02-15", "2026-02-23") | days("2026-09-25", "2026-09-27") | days("2026-10-01", "2026-10-07"))
WORK = frozenset(date.fromisoformat(x) for x in ("2026-01-04", "2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"))
CALENDAR = WorkingCalendar(OFF, WORK, ends_on=date(2026, 12, 31))
ORIGIN = datetime(2025, 12, 25, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
WORKING = ("work_hours", "workdays")


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=SHANGHAI)


def works(day: date) -> bool:
    return day in WORK or (day.weekday() < 5 and day not in OFF)


def runs(minute: int, unit: str) -> bool:
    """Whether the minute that begins here (minutes since ORIGIN) is running time."""
    day = (ORIGIN + timedelta(days=minute // 1440)).date()
    hour = minute % 1440 // 60
    return works(day) and (unit == "workdays" or 8 <= hour < 12 or 14 <= hour < 18)


def oracle_due(minute: int, unit: str, amount: int) -> int:
    """Walk until `amount` minutes have run; midnight before a rest day and an idle start move on to the next running minute."""
    walked = 0
    while walked < amount:
        walked += runs(minute, unit)
        minute += 1
    if unit == "work_hours" and runs(minute - 1, unit):
        return minute
    while not runs(minute, unit):
        minute += 1
    return minute


starts = st.integers(0, 100 * 1440)
instants = st.integers(0, 350 * 86_400_000_000).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n))
units = st.sampled_from(sorted(SECONDS))
working = st.sampled_from(WORKING)


def limits(largest: float = 400.0) -> st.SearchStrategy[float]:
    return st.one_of(st.integers(0, int(largest)).map(float), st.floats(0, largest, allow_nan=False))


@given(starts, working, st.integers(0, 4000))
def test_working_units_agree_with_the_oracle(start: int, unit: str, amount: int) -> None:
    got = CALENDAR.after(ORIGIN + start * MINUTE, unit, amount * 60.0)
    assert got == ORIGIN + oracle_due(start, unit, amount) * MINUTE
    assert got.tzinfo is UTC


@given(starts, working, st.integers(0, 20 * 1440))
def test_what_is_left_agrees_with_the_oracle(start: int, unit: str, span: int) -> None:
    counted = sum(runs(minute, unit) for minute in range(start, start + span))
    assert CALENDAR.left(ORIGIN + start * MINUTE, ORIGIN + (start + span) * MINUTE, unit) == counted * 60.0


@given(instants, st.sampled_from(["hours", "days"]), limits())
def test_plain_units_are_plain_time(start: datetime, unit: str, amount: float) -> None:
    assert abs(CALENDAR.due(start, Limit(unit, amount)) - start - timedelta(seconds=amount * SECONDS[unit])) <= timedelta(microseconds=1)


@given(instants, units, limits(60))
def test_what_is_left_at_the_start_leads_to_the_same_due_time(start: datetime, unit: str, amount: float) -> None:
    due = CALENDAR.due(start, Limit(unit, amount))
    assert CALENDAR.after(start, unit, CALENDAR.left(start, due, unit)) == due


@given(instants, units, limits(60), st.floats(0, 1))
def test_the_remaining_amount_survives_a_pause(start: datetime, unit: str, amount: float, share: float) -> None:
    due = CALENDAR.due(start, Limit(unit, amount))
    paused = start + (due - start) * share
    left = CALENDAR.left(paused, due, unit)
    assert left >= 0
    assert CALENDAR.after(paused, unit, left) == due


@given(instants, instants, working, limits(60), st.floats(0, 1))
def test_a_pause_of_any_length_keeps_the_remaining_amount(start: datetime, resumed: datetime, unit: str, amount: float, share: float) -> None:
    due = CALENDAR.due(start, Limit(unit, amount))
    left = CALENDAR.left(start + (due - start) * share, due, unit)
    assume(left > 0)
    assert CALENDAR.left(resumed, CALENDAR.after(resumed, unit, left), unit) == pytest.approx(left, abs=1e-6)


@given(instants, units, st.floats(-1e6, -0.001))
def test_a_passed_due_time_counts_in_plain_seconds(now: datetime, unit: str, seconds: float) -> None:
    due = CALENDAR.after(now, unit, seconds)
    assert due == now + timedelta(microseconds=round(seconds * 1e6))
    assert CALENDAR.left(now, due, unit) == pytest.approx(seconds, abs=1e-6)


@given(instants, st.timedeltas(timedelta(0), timedelta(days=30)), units, limits(60))
def test_due_times_are_monotone_in_the_start(start: datetime, later: timedelta, unit: str, amount: float) -> None:
    assert CALENDAR.due(start, Limit(unit, amount)) <= CALENDAR.due(start + later, Limit(unit, amount))


@given(instants, units, limits(60), limits(60))
def test_due_times_are_monotone_in_the_amount(start: datetime, unit: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert start <= CALENDAR.due(start, Limit(unit, less)) <= CALENDAR.due(start, Limit(unit, more))


@given(instants, working, limits(60))
def test_nothing_in_working_units_is_due_on_a_rest_day(start: datetime, unit: str, amount: float) -> None:
    due = CALENDAR.due(start, Limit(unit, amount)).astimezone(SHANGHAI)
    assert works(due.date())
    assert unit == "workdays" or time(8) <= due.time() <= time(12) or time(14) <= due.time() <= time(18)


@pytest.mark.parametrize(
    ("start", "unit", "amount", "due"),
    [
        ("2026-02-13 17:00", "work_hours", 2, "2026-02-14 09:00"),
        ("2026-02-13 10:00", "workdays", 1, "2026-02-14 10:00"),
        ("2026-02-13 10:00", "workdays", 2, "2026-02-24 10:00"),
        ("2026-02-14 00:00", "workdays", 1, "2026-02-24 00:00"),
        ("2026-02-14 17:00", "work_hours", 1, "2026-02-14 18:00"),
        ("2026-02-14 18:00", "work_hours", 0, "2026-02-14 18:00"),
        ("2026-02-14 18:01", "work_hours", 0, "2026-02-24 08:00"),
        ("2026-02-15 09:00", "work_hours", 4, "2026-02-24 12:00"),
        ("2026-03-02 11:00", "work_hours", 1, "2026-03-02 12:00"),
        ("2026-03-02 11:00", "work_hours", 1.5, "2026-03-02 14:30"),
        ("2026-03-06 00:00", "workdays", 1, "2026-03-09 00:00"),
        ("2026-03-05 00:00", "workdays", 1, "2026-03-06 00:00"),
        ("2026-03-07 13:00", "workdays", 0, "2026-03-09 00:00"),
        ("2026-03-07 13:00", "days", 7, "2026-03-14 13:00"),
        ("2026-03-07 13:00", "hours", 0.5, "2026-03-07 13:30"),
    ],
)
def test_a_due_time_known_by_hand_holds(start: str, unit: str, amount: float, due: str) -> None:
    assert CALENDAR.due(at(start), Limit(unit, amount)) == at(due)


def test_the_make_up_saturday_2026_02_14_is_worked() -> None:
    assert CALENDAR.is_workday(date(2026, 2, 14))
    assert not CALENDAR.is_workday(date(2026, 2, 15))
    assert not CALENDAR.is_workday(date(2026, 2, 21))
    assert not CALENDAR.is_duty_time(at("2026-02-14 09:00"))


@pytest.mark.parametrize(
    ("words", "on_call"),
    [("2026-03-02 07:59", True), ("2026-03-02 08:00", False), ("2026-03-02 17:59", False), ("2026-03-02 18:00", True), ("2026-03-07 12:00", True)],
)
def test_the_on_call_post_answers_at_night_and_on_rest_days(words: str, on_call: bool) -> None:
    assert CALENDAR.is_duty_time(at(words)) is on_call


def test_the_end_of_the_table_is_noticed_sixty_days_before() -> None:
    assert not CALENDAR.ends_soon(date(2026, 10, 31))
    assert CALENDAR.ends_soon(date(2026, 11, 1))
    assert WorkingCalendar().ends_soon(date(2026, 3, 2))


@pytest.mark.parametrize(
    ("stored", "label"),
    [
        (["work_hours", 4], "4 个工作小时"),
        (["days", 7], "7 天"),
        (["hours", 2], "2 小时"),
        (["hours", 0.5], "30 分钟"),
        (["workdays", 2], "2 个工作日"),
        (["workdays", 0.5], "0.5 个工作日"),
    ],
)
def test_a_limit_reads_writes_and_names_itself(stored: list[object], label: str) -> None:
    limit = Limit.parse(stored)
    assert limit.label() == label
    assert limit.to_json() == stored


@pytest.mark.parametrize(
    "stored", [["weeks", 1], ["days", -1], ["days", True], ["days", "1"], ["days"], "days", None, ["days", float("nan")], ["days", float("inf")]]
)
def test_what_is_not_a_limit_is_refused(stored: object) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit.parse(stored)


def test_a_timetable_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="timetable"):
        WorkingCalendar(timetable=((time(14), time(18)), (time(8), time(12))))
    with pytest.raises(ValueError, match="timetable"):
        WorkingCalendar(timetable=())
    with pytest.raises(ValueError, match="both"):
        WorkingCalendar(off=frozenset({date(2026, 1, 1)}), work=frozenset({date(2026, 1, 1)}))


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="unit"):
        CALENDAR.after(ORIGIN, "weeks", 1)
    with pytest.raises(ValueError, match="unit"):
        CALENDAR.left(ORIGIN, ORIGIN, "weeks")
