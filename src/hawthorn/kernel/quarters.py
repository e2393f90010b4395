"""Quarters of a year, each named by its first day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from hawthorn.kernel.clock import SHANGHAI


def quarter_of(on: date) -> date:
    """The first day of its quarter."""
    return date(on.year, (on.month - 1) // 3 * 3 + 1, 1)


def before(quarter: date) -> date:
    """The first day of the quarter before."""
    return quarter_of(quarter - timedelta(days=1))


def after(quarter: date) -> date:
    """The first day of the next quarter."""
    return quarter_of(quarter + timedelta(days=100))


def span(on: date) -> tuple[datetime, datetime]:
    """First and past-the-last moment of the quarter a day lies in, Asia/Shanghai."""
    first = quarter_of(on)
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(after(first), time(), SHANGHAI)
