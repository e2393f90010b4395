"""Events as records: how one is digested, and the chain's beginning."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from hawthorn.journal.models import Event
from hawthorn.kernel.facts import new_row

RULES_VERSION = 1


def genesis(receipt: str) -> str:
    """The `prev` of an item's first event; bound to its receipt, so that chains cannot be swapped."""
    return hashlib.sha256(f"hawthorn:{receipt}".encode()).hexdigest()


def digest_of(event: Event) -> str:
    """SHA-256 over everything the event says, and over the digest before it."""
    parts = (
        event.prev,
        event.seq,
        event.step,
        event.stage,
        event.user,
        event.post,
        event.door,
        event.at.astimezone(UTC).isoformat(),
        event.rules_version,
        event.body,
    )
    return hashlib.sha256("\x1f".join(str(p) for p in parts).encode()).hexdigest()


def record(*, seq: int, step: str, stage: str, user: int | None, post: int | None, door: str, device: str, at: datetime, body: str, prev: str) -> Event:
    """An event not yet saved, without its stream (the item may not have a number yet)."""
    event = new_row(Event)
    event.seq, event.step, event.stage, event.user, event.post, event.door, event.device = seq, step, stage, user, post, door, device
    event.at, event.rules_version, event.body, event.prev = at, RULES_VERSION, body, prev
    event.digest = digest_of(event)
    return event
