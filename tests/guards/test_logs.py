"""Log lines carry no secret and cannot be forged."""

from __future__ import annotations

import logging

from hawthorn.web.logs import Line


def line(words: str) -> str:
    """A record as it is written."""
    return Line().format(logging.LogRecord("x", logging.ERROR, "", 0, words, (), None))


def test_addresses_that_open_something_are_not_written() -> None:
    for secret in (
        "/out/CU2QVH9S6MR2VZ9SAMMDBVC8",
        "/what/67XE5292",
        "/what/photo/abc:def",
        "/what/67XE5292?t=TOKENTOKEN",
        "/what/67XE5292?o=TICKETTICKET:1x:yz",
        "/matters?late=1&q=19900001234",
    ):
        assert not any(part in line(f"Internal Server Error: {secret}") for part in ("CU2QVH", "67XE", "abc:def", "TOKENTOKEN", "TICKET", "1990000"))


def test_a_line_break_in_a_message_stays_in_its_line() -> None:
    assert "\n" not in line("a\n2026-01-01 ERROR forged")
