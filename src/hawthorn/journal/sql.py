"""SQL that only one database knows: triggers that refuse to change what is appended."""

from __future__ import annotations

from typing import Any

TABLES = ("journal_event", "journal_seal")


def sqlite_triggers() -> list[str]:
    """BEFORE UPDATE and DELETE: abort."""
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END"
        for table in TABLES
        for verb in ("UPDATE", "DELETE")
    ]


def postgresql_triggers() -> list[str]:
    """BEFORE UPDATE, DELETE (each row) and TRUNCATE (statement): raise."""
    made = ["CREATE FUNCTION hawthorn_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$"]
    for table in TABLES:
        made.append(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION hawthorn_append_only()")
        made.append(f"CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION hawthorn_append_only()")
    return made


def triggers(vendor: str) -> list[str]:
    """The statements for a database vendor."""
    return sqlite_triggers() if vendor == "sqlite" else postgresql_triggers()


def lock_events(connection: Any) -> None:
    """Keep writers of events out until the transaction ends. SQLite: BEGIN IMMEDIATE did that already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE journal_event IN SHARE ROW EXCLUSIVE MODE")
