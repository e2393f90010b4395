"""Checks of the journal: chains of events, seals over them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hawthorn.journal.models import Event, Seal
from hawthorn.journal.records import digest_of, genesis


def chain_problems(events: Iterable[Event], *, receipt: str, head: str, version: int) -> list[str]:
    """What is wrong with one item's events (oldest first): gaps, changed words, a head that is not the last."""
    found, prev, count = [], genesis(receipt), 0
    for event in events:
        count += 1
        if event.seq != count:
            found.append(f"事件 {event.pk}: 顺序号是 {event.seq}，应当是 {count}")
        if event.prev != prev or digest_of(event) != event.digest:
            found.append(f"事件 {event.pk}: 摘要对不上，内容或前后顺序被改过")
        prev = event.digest
    if prev != head or count != version:
        found.append(f"事项第 {version} 版: 最后一条事件不是记下的那一条")
    return found


def seal_digest(prev: str, ids: str, digests: Iterable[str]) -> str:
    """SHA-256 over the seal before, the list of ids, and the events' digests in id order."""
    hashed = hashlib.sha256(f"{prev}\x1f{ids}".encode())
    for digest in digests:
        hashed.update(digest.encode())
    return hashed.hexdigest()


def seal_problems() -> list[str]:
    """Every seal, from the first: its chain, its events, its number."""
    found, prev, last = [], "", 0
    for seal in Seal.objects.order_by("last", "id"):
        events = Event.objects.filter(pk__gt=last, pk__lte=seal.last).order_by("pk").values_list("pk", "digest")
        rows = list(events.iterator(chunk_size=5000))
        if seal.prev != prev or seal.number != len(rows) or seal.digest != seal_digest(prev, seal.ids, (d for _pk, d in rows)):
            found.append(f"封存 {seal.on}: 与事件对不上")
        prev, last = seal.digest, seal.last
    return found
