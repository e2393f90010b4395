"""Clocks of a matter against a plain oracle: start, pause, resume, extend, park, unsolved, reopen, in each unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from hawthorn.kernel.calendar import Limit, WorkingCalendar
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.world import PlaceCard, Places, PolicyCard, Town, World
from hawthorn.matters.rules.facts import MatterFacts, paused, promised, reclocked, resumed

OFF = frozenset(date(2026, 2, d) for d in range(15, 24))
CALENDAR = WorkingCalendar(OFF, frozenset({date(2026, 2, 14), date(2026, 2, 28)}), ((time(8), time(12)), (time(14), time(18))), date(2026, 12, 31))
POLICY = PolicyCard({}, {}, CALENDAR)
TOWN = Town(1, "x", places=Places({1: PlaceCard(1, "county", "1", "县", 1, 1)}), policies={1: POLICY})
UNITS = ("hours", "days", "work_hours", "workdays")
AMOUNT = {"hours": (1, 200), "days": (1, 30), "work_hours": (1, 60), "workdays": (1, 20)}
instants = st.integers(0, 86 * 1440).map(lambda n: datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=n))


def world(now: datetime) -> World:
    """A world with nothing but a clock and a calendar."""
    return World(now, TOWN)


def runs(unit: str, at: datetime) -> bool:
    """The oracle: does this minute count."""
    if unit in ("hours", "days"):
        return True
    day = local(at).date()
    works = day in CALENDAR.work or (day not in CALENDAR.off and day.weekday() < 5)
    if unit == "workdays" or not works:
        return works
    clock = local(at).time()
    return time(8) <= clock < time(12) or time(14) <= clock < time(18)


def minutes(unit: str, start: datetime, end: datetime) -> int:
    """The oracle: minutes of the unit's time between two instants, counted one by one in steps of ten."""
    count, at = 0, start
    while at < end:
        count += 10 if runs(unit, at) else 0
        at += timedelta(minutes=10)
    return count


def begin(unit: str, amount: int, now: datetime) -> MatterFacts:
    """A matter just accepted."""
    f = MatterFacts(county=1, stage="working", policy={"promise": [unit, amount], "accept": ["hours", 1]})
    return promised(f, world(now))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(UNITS), instants)
def test_the_promise_takes_just_its_amount_however_often_it_is_paused(data: st.DataObject, unit: str, start: datetime) -> None:
    start = start.replace(minute=start.minute // 10 * 10)
    amount = data.draw(st.integers(*AMOUNT[unit]).map(lambda n: min(n, 12)))
    f, now, spent = begin(unit, amount, start), start, 0
    total = amount * (60 if "hours" in unit else 1440)
    for _n in range(data.draw(st.integers(0, 3))):
        assert f.promise_at is not None
        gap = timedelta(minutes=10 * data.draw(st.integers(0, 400)))
        if now + gap >= f.promise_at:
            break
        spent += minutes(unit, now, now + gap)
        now += gap
        f = paused(f, world(now))
        assert f.promise_at is None
        now += timedelta(minutes=10 * data.draw(st.integers(0, 2000)))
        f = resumed(f, world(now))
    assert f.promise_at is not None
    assert minutes(unit, now, f.promise_at) + spent == total
    if unit in ("work_hours", "workdays"):
        day = local(f.promise_at)
        assert runs("workdays", f.promise_at), f"due on a rest day: {day}"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(UNITS), instants, st.integers(0, 5000))
def test_a_later_start_is_never_due_earlier(unit: str, start: datetime, later: int) -> None:
    one, two = begin(unit, 5, start), begin(unit, 5, start + timedelta(minutes=later))
    assert one.promise_at is not None
    assert two.promise_at is not None
    assert one.promise_at <= two.promise_at


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(UNITS), st.sampled_from(UNITS), instants)
def test_another_category_recomputes_from_the_start_and_keeps_pauses_and_a_granted_date(unit: str, other: str, start: datetime) -> None:
    f = begin(unit, 9, start)
    now = start + timedelta(hours=1)
    f = resumed(paused(f, world(now)), world(now + timedelta(days=2)))
    f = replace(f, policy={**f.policy, "promise": [other, 6]})
    after = reclocked(f, world(now + timedelta(days=2)))
    assert after.promise_at == CALENDAR.due(start + timedelta(days=2), Limit(other, 6))
    granted = replace(f, promise_at=start + timedelta(days=200), is_extended=True)
    assert reclocked(granted, world(now)).promise_at == start + timedelta(days=200)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(UNITS), instants)
def test_unsolved_and_reopen_begin_a_new_promise(unit: str, start: datetime) -> None:
    f = begin(unit, 3, start)
    now = start + timedelta(days=40)
    again = promised(f, world(now), anew=True)
    assert again.promise_at == CALENDAR.due(now, Limit(unit, 3))
    assert promised(f, world(now)).promise_at == f.promise_at, "without `anew` it runs on"


def test_the_make_up_saturday_before_the_spring_festival_counts() -> None:
    friday = datetime(2026, 2, 13, 17, 0, tzinfo=SHANGHAI)
    f = begin("work_hours", 2, friday)
    assert f.promise_at == datetime(2026, 2, 14, 9, 0, tzinfo=SHANGHAI)
    g = begin("workdays", 1, friday)
    assert g.promise_at == datetime(2026, 2, 14, 17, 0, tzinfo=SHANGHAI)
