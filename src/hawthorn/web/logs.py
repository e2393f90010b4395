"""One line a record: time, level, request id, message. Never a person's data; line breaks cannot be smuggled in."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar

SECRET = re.compile(r"/(out|what/photo|what)/[^\s?]+|(?<=[?&])[toq]=[^\s&]+")
request_id: ContextVar[str] = ContextVar("request_id", default="-")


class Line(logging.Formatter):
    """Plain lines; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        record.msg, record.args = SECRET.sub(r"/\1/…", record.getMessage()), ()
        words = record.getMessage().encode("unicode_escape").decode("ascii") if not record.getMessage().isprintable() else record.getMessage()
        place = f"{record.exc_info[0].__name__} " if record.exc_info and record.exc_info[0] else ""
        return f"{self.formatTime(record)} {record.levelname} {request_id.get()} {record.name} {place}{words}"
