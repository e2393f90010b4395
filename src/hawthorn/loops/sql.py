"""What only one database knows, for filling large tables: no secondary indexes meanwhile, COPY or prepared inserts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hawthorn.loops import search_sql


@contextmanager
def bare(connection: Any, tables: Sequence[str]) -> Iterator[None]:
    """Drop what indexes of these tables can be made again, and make them again at the end, however it ends."""
    kept, is_searched = _indexes(connection, tables), search_sql.TABLE in tables
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
            for statement in search_sql.dropped_triggers() if is_searched else ():
                cursor.execute(statement)
        for name, _made in kept:
            cursor.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql" and connection.in_atomic_block:  # no index while keys wait to be looked at
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for _name, made in kept:
                cursor.execute(made)
            if connection.vendor == "sqlite":
                for statement in search_sql.rebuilt() if is_searched else ():
                    cursor.execute(statement)
                cursor.execute("PRAGMA foreign_keys=ON")


def _indexes(connection: Any, tables: Sequence[str]) -> list[tuple[str, str]]:
    """Name and statement of each index that is no constraint."""
    asked = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s ORDER BY name",
        "postgresql": (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = (%s)::regclass) ORDER BY indexname"
        ),
    }[connection.vendor]
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(asked, [table] if connection.vendor == "sqlite" else [table, table])
            found += cursor.fetchall()
    return found


def fill(connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append rows as they are; times are text in UTC. Returns how many."""
    names = ", ".join(f'"{name}"' for name in columns)
    return (_copied if connection.vendor == "postgresql" else _inserted)(connection, table, names, len(columns), rows)


def _copied(connection: Any, table: str, names: str, width: int, rows: Iterable[Sequence[Any]]) -> int:
    number = 0
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)
            number += 1
    return number


def _inserted(connection: Any, table: str, names: str, width: int, rows: Iterable[Sequence[Any]]) -> int:
    number = 0

    def counted() -> Iterator[Sequence[Any]]:
        nonlocal number
        for row in rows:
            number += 1
            yield row

    with connection.cursor():  # that there is a connection
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * width)})'  # noqa: S608 (our own table and column names)
        connection.connection.executemany(statement, counted())
    return number


def analyze(connection: Any) -> None:
    """Let the planner know how large things are by now. SQLite samples (0.1 s at a million items); PostgreSQL also does it by itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("ANALYZE")
