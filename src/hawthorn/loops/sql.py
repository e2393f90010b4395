"""What only one database knows, for filling large tables: no secondary indexes meanwhile, COPY or prepared inserts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hawthorn.loops import search_sql


@contextmanager
def bare(connection: Any, tables: Sequence[str]) -> Iterator[None]:
    """Drop what indexes (and foreign keys) of these tables can be made again, and make them again at the end, however it ends."""
    indexes, keys = _indexes(connection, tables), _foreign_keys(connection, tables)
    is_searched = connection.vendor == "sqlite" and search_sql.TABLE in tables
    _run(connection, ["PRAGMA foreign_keys=OFF"] if connection.vendor == "sqlite" else [])
    _run(connection, search_sql.dropped_triggers() if is_searched else [])
    _run(connection, [f'DROP INDEX "{name}"' for name, _made in indexes])
    _run(connection, [f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for table, name, _made in keys])
    try:
        yield
    finally:
        if connection.vendor == "postgresql" and connection.in_atomic_block:  # no index while keys wait to be looked at
            _run(connection, ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"])
        _run(connection, [made for _name, made in indexes])
        _run(connection, [f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {made}' for table, name, made in keys])
        _run(connection, search_sql.rebuilt() if is_searched else [])
        _run(connection, ["PRAGMA foreign_keys=ON"] if connection.vendor == "sqlite" else [])


def _run(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _foreign_keys(connection: Any, tables: Sequence[str]) -> list[tuple[str, str, str]]:
    """Table, name and definition of each foreign key where they can be taken off and looked at together again; row by row takes three times as long."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return []
    asked = (
        "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s) ORDER BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [list(tables)])
        return [(str(table), str(name), str(made)) for table, name, made in cursor.fetchall()]


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
