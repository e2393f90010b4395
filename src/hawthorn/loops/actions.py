"""The only writer of items, events and texts: `start` and `take_step`, for every door and every loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, connection
from django.db.transaction import atomic

from hawthorn.accounts import keys
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import HawthornError, NotThere, Refused, Relock, WrongType
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import queries
from hawthorn.loops.flush import flush
from hawthorn.loops.models import Item, Nudge
from hawthorn.loops.rows import Row, canonical
from hawthorn.loops.town import town_by_id
from hawthorn.loops.work import Work

DEAD_LOCKS = ("40P01", "40001")
LOCKED_AT_ONCE = 500


@dataclass(frozen=True)
class Answer:
    """What a command says: the item as the command left it. `slip`: receipt, word, token of a new asker, said once."""

    id: int
    loop: str
    receipt: str
    stage: str
    version: int
    slip: Mapping[str, str] = field(default_factory=dict)
    replay: bool = False


def start(
    loop: str, given: Mapping[str, Any], *, actor: Actor, now: datetime, door: str, key: str = "", step: str = "", town: Town | None = None, device: str = ""
) -> Answer:
    """Make an item by the loop's creating step (or `step`). Raises Refused, WrongType, NotThere."""
    name = step or LOOPS[loop].create or ""
    if not name or LOOPS[loop].steps[name].sources:
        raise Refused("not_yours")
    asked = fingerprint(loop, 0, name, given) if key else ""

    def once() -> Answer:
        with atomic():
            work = Work(actor, now, door, town or town_by_id(actor.county), key, asked, device)
            row = work.create(loop, name, given, actor)
            flush(work)
            return _answer(row)

    return _run(once, actor, key, asked)


def start_many(loop: str, many: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime, door: str, step: str, town: Town) -> list[Answer]:
    """Make several items in one transaction with one flush: all or none."""
    with atomic():
        work = Work(actor, now, door, town)
        rows = [work.create(loop, step, given, actor) for given in many]
        flush(work)
    return [_answer(row) for row in rows]


def take_step(
    loop: str,
    item: int,
    name: str,
    given: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    door: str,
    key: str = "",
    version: int | None = None,
    town: Town | None = None,
    device: str = "",
) -> Answer:
    """Take one step. Order of refusal: not visible 404, stale, not_yours, wrong_stage, the step's bar, 422, missing."""
    asked = fingerprint(loop, item, name, given) if key else ""
    town = town or town_by_id(actor.county)
    wanted = {(loop, item)}

    def once() -> Answer:
        while True:
            try:
                with atomic():
                    return _attempt()
            except Relock as more:
                if more.wanted <= wanted:
                    raise NotThere from None
                wanted.update(more.wanted)

    def _attempt() -> Answer:
        work = Work(actor, now, door, town, key, asked, device)
        work.lock(wanted)
        row = work.row(loop, item)
        if not queries.sees(row.loop, row.facts, row.item, actor, work.town, now):
            raise NotThere
        if version is not None and version != row.item.version:
            raise Refused("stale")
        work.take(loop, item, name, given, actor)
        flush(work)
        return _answer(row)

    return _run(once, actor, key, asked)


def rehome(moves: Mapping[int, int], *, actor: Actor, now: datetime, door: str, town: Town) -> int:
    """What is open in these units (number → grid) lies in that grid from now on, a system step each, all or none; how many there were.

    Called inside the transaction that moves the units. What is closed stays where it was and goes along when it is opened again.
    """
    with atomic():
        found = list(Item.objects.filter(unit__in=list(moves), open=True).order_by("id").values_list("loop", "id", "unit", "grid"))
        wanted = [(loop, pk, moves[unit]) for loop, pk, unit, grid in found if grid != moves[unit]]
        work = Work(actor, now, door, town)
        for at in range(0, len(wanted), LOCKED_AT_ONCE):
            work.lock((loop, pk) for loop, pk, _grid in wanted[at : at + LOCKED_AT_ONCE])
        for loop, pk, grid in wanted:
            work.take(loop, pk, "rehome", {"grid": grid}, actor)
        flush(work)
    return len(wanted)


def fingerprint(loop: str, item: int, step: str, given: Mapping[str, Any]) -> str:
    """A keyed digest of what was asked, to tell a replay from another command under the same key."""
    return keys.keyed("asked", loop, str(item), step, canonical(given))


def _answer(row: Row) -> Answer:
    return Answer(row.item.pk, row.loop.name, row.item.receipt, row.item.stage, row.item.version, row.slip)


def _run(once: Callable[[], Answer], actor: Actor, key: str, asked: str) -> Answer:
    """Run; a replay is answered with the first answer, a dead-lock or a collision of random receipts tried again."""
    for last in (False, False, True):
        try:
            return once()
        except (Refused, NotThere, WrongType, IntegrityError) as problem:
            if key and (first := answered(actor, key, asked)):
                return first
            if last or not isinstance(problem, IntegrityError):
                raise
        except OperationalError as problem:
            if last or connection.in_atomic_block or getattr(problem.__cause__, "sqlstate", "") not in DEAD_LOCKS:
                raise
    raise HawthornError("unreachable")


def answered(actor: Actor, key: str, asked: str) -> Answer | None:
    """The first answer to this key by this user, or None. Raises Refused("key_reused") for another body."""
    event = Event.objects.filter(user=actor.user, key=key).first()
    if event is None:
        return None
    if event.asked != asked:
        raise Refused("key_reused")
    item = Item.objects.only("loop", "receipt").get(pk=event.stream)
    return Answer(event.stream, item.loop, item.receipt, event.stage, event.seq, replay=True)


def see_nudge(number: int, *, posts: Sequence[int], now: datetime) -> bool:
    """知道了: by somebody in one of the posts that were told; what these posts were told of the same thing until then is known with it.

    False where it is known already. Raises NotThere for what other posts were told.
    """
    mine = Nudge.objects.filter(post__in=list(posts))
    this = mine.filter(pk=number).first()
    if this is None:
        raise NotThere
    return mine.filter(item=this.item_id, pk__lte=number, seen_at__isnull=True).update(seen_at=now) > 0
