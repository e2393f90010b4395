"""Families played elsewhere, kept in files by table, and laid into the database in one go: events in the order of their times, with daily seals."""

from __future__ import annotations

import marshal
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO

import django
from django.core.management.color import no_style
from django.db import connection
from django.db.models import DateField, DateTimeField, JSONField
from django.db.transaction import atomic

from hawthorn.accounts.models import Contact
from hawthorn.journal import actions as journal
from hawthorn.journal.models import Event, Seal
from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.slots import DETAILS
from hawthorn.loops import sql
from hawthorn.loops.models import Item, Link, Reporter, Text, Touch, Wording
from hawthorn.loops.rows import cache, canonical

TOGETHER = 2000
NUMBERED_BY_DATABASE = (Text, Touch, Link, Event)
Say = Callable[[str], None]


def tables() -> list[Any]:
    """What families consist of, in an order in which each names only those before it."""
    return [Item, *DETAILS, Contact, Reporter, Text, Touch, Link, Wording]


@cache
def _columns(model: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], tuple[tuple[int, Callable[[Any], Any]], ...]]:
    own = [f for f in model._meta.concrete_fields if not (f.primary_key and model in NUMBERED_BY_DATABASE)]
    said = tuple((n, as_kept) for n, f in enumerate(own) if (as_kept := _as_kept(f)) is not None)
    return tuple(f.column for f in own), attrgetter(*(f.attname for f in own)), said


def _as_kept(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, DateTimeField):
        return _time
    if isinstance(field, DateField):
        return str
    return canonical if isinstance(field, JSONField) else None


def _time(at: datetime) -> str:
    return str(at.astimezone(UTC).replace(tzinfo=None))


def _kept(thing: Any) -> tuple[Any, ...]:
    _names, get, said = _columns(type(thing))
    row = list(get(thing))
    for n, as_kept in said:
        if row[n] is not None:
            row[n] = as_kept(row[n])
    return tuple(row)


class Spool:
    """Rows by table in files of one folder; events by month."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._files: dict[str, BinaryIO] = {}
        self._open = ExitStack()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_wrong: object) -> None:
        for name in list(self._rows):
            self._write(name)
        self._open.close()

    def put(self, thing: Any) -> None:
        """Keep one object of a family, or (model, row in the order of its columns)."""
        if type(thing) is tuple:
            name, row = thing[0].__name__, thing[1]
        else:
            name, row = f"event.{thing.at:%Y-%m}" if type(thing) is Event else type(thing).__name__, _kept(thing)
        kept = self._rows.setdefault(name, [])
        kept.append(row)
        if len(kept) >= TOGETHER:
            self._write(name)

    def _write(self, name: str) -> None:
        if name not in self._files:
            self._files[name] = self._open.enter_context((self.folder / name).open("wb"))
        marshal.dump(self._rows[name], self._files[name])
        self._rows[name] = []


def _read(folders: Sequence[Path], name: str) -> Iterator[tuple[Any, ...]]:
    for folder in folders:
        if (path := folder / name).exists():
            with path.open("rb") as file:
                while True:
                    try:
                        yield from marshal.load(file)  # noqa: S302 (our own file of this run)
                    except EOFError:
                        break


def load(folders: Sequence[Path], *, until: datetime, say: Say) -> None:
    """Lay all spools into the database: items and what hangs on them, then events and seals. The tables must have been empty of what is in them.

    Where two may write at once (PostgreSQL, outside a transaction), events go in beside the rest, from a second process.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup) as beside:
            told = beside.submit(events_beside, str(connection.settings_dict["NAME"]), folders, until)
            _rows(folders, say)
            say(told.result())
    else:
        _rows(folders, say)
        say(_events(folders, until))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*tables(), Event, Seal]):
            cursor.execute(statement)
    sql.analyze(connection)


def events_beside(database: str, folders: Sequence[Path], until: datetime) -> str:
    """The same as `_events`, in a process of its own."""
    connection.settings_dict["NAME"] = database
    return _events(folders, until)


def _rows(folders: Sequence[Path], say: Say) -> None:
    with sql.bare(connection, [m._meta.db_table for m in tables()]):
        for model in tables():
            with atomic():
                number = sql.fill(connection, model._meta.db_table, _columns(model)[0], _read(folders, model.__name__))
            say(f"  写入 {model._meta.db_table}：{number} 行")
        say("  正在建索引……")


def _events(folders: Sequence[Path], until: datetime) -> str:
    """In the order of their times, with a seal a day; says how many."""
    with sql.bare(connection, [Event._meta.db_table]):
        return _in_order(folders, until)


def _in_order(folders: Sequence[Path], until: datetime) -> str:
    names, _get, _said = _columns(Event)
    stream, seq, at, digest = (names.index(n) for n in ("stream", "seq", "at", "digest"))
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    before = Seal.objects.order_by("-last", "-id").first()
    waiting: list[tuple[Any, ...]] = []
    for month in sorted({path.name for folder in folders for path in folder.glob("event.*")}):
        rows = sorted(_read(folders, month), key=lambda row: (row[at], row[stream], row[seq]))
        rows = [(last + n, *row) for n, row in enumerate(rows, start=1)]
        last += len(rows)
        waiting += [(row[0], row[at + 1], row[digest + 1]) for row in rows]
        with atomic():
            sql.fill(connection, Event._meta.db_table, ("id", *names), rows)
            before, waiting = _seals(waiting, before, until)
    return f"  写入 {Event._meta.db_table}：到第 {last} 条"


def _seals(events: list[tuple[Any, ...]], before: Seal | None, until: datetime) -> tuple[Seal | None, list[tuple[Any, ...]]]:
    """A seal for each full day of these events; the newest day waits for what the next month brings."""
    made: list[Seal] = []
    days = [(on, list(rows)) for on, rows in groupby(events, key=lambda row: _day(row[1]))]
    for on, rows in days[:-1]:
        at = min(datetime.combine(on + timedelta(days=1), datetime.min.time(), SHANGHAI), until)
        before = journal.sealed_as([(row[0], row[2]) for row in rows], on=on, at=at, before=before)
        made.append(before)
    journal.keep(made)
    return before, days[-1][1] if days else []


def _day(at: str) -> date:
    return (datetime.fromisoformat(at).replace(tzinfo=UTC)).astimezone(SHANGHAI).date()
