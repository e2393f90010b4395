"""A quarter is named by its first day and ends where the next one begins."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from hawthorn.kernel import quarters
from hawthorn.kernel.clock import SHANGHAI


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 12, 31)))
def test_every_day_lies_in_its_quarter_and_the_quarters_follow_each_other(on: date) -> None:
    first = quarters.quarter_of(on)
    assert first <= on < quarters.after(first)
    assert (first.day, first.month % 3) == (1, 1)
    assert quarters.before(quarters.after(first)) == first == quarters.after(quarters.before(first))


def test_a_quarter_runs_from_midnight_to_midnight_in_shanghai() -> None:
    assert quarters.span(date(2026, 12, 31)) == (datetime(2026, 10, 1, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI))
