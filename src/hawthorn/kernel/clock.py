"""The one clock. Doors read it once per request and pass `now` down; nothing below reads the time of day itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def _start() -> timedelta:
    """Offset of our clock from the machine's, set by HAWTHORN_NOW (ISO 8601; without zone: Asia/Shanghai)."""
    words = os.environ.get("HAWTHORN_NOW", "").strip()
    if not words:
        return timedelta()
    at = datetime.fromisoformat(words)
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)) - datetime.now(UTC)


OFFSET = _start()


def machine_now() -> datetime:
    """Now in UTC, to the millisecond, moved by HAWTHORN_NOW."""
    at = datetime.now(UTC) + OFFSET
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


now: Callable[[], datetime] = machine_now


def local(at: datetime) -> datetime:
    """The same instant as shown on screen (Asia/Shanghai)."""
    return at.astimezone(SHANGHAI)
