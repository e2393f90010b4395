"""How each database finds words among documents of tokens: FTS5 on SQLite, a GIN index over the tokens on PostgreSQL."""

# ruff: noqa: S608 (names in these statements are our own; values are parameters)

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.expressions import RawSQL

TABLE = "loops_wording"
FTS = "loops_wording_fts"
TRIGGERS = {
    "ai": ("INSERT", f"INSERT INTO {FTS}(rowid, tokens) VALUES (new.item_id, new.tokens);"),
    "ad": ("DELETE", f"INSERT INTO {FTS}({FTS}, rowid, tokens) VALUES ('delete', old.item_id, old.tokens);"),
    "au": (
        "UPDATE",
        f"INSERT INTO {FTS}({FTS}, rowid, tokens) VALUES ('delete', old.item_id, old.tokens); "
        f"INSERT INTO {FTS}(rowid, tokens) VALUES (new.item_id, new.tokens);",
    ),
}


def made(vendor: str) -> list[str]:
    """The statements that make the index, kept up by the database itself."""
    if vendor == "sqlite":
        table = f"CREATE VIRTUAL TABLE {FTS} USING fts5(tokens, content='{TABLE}', content_rowid='item_id', tokenize='unicode61')"
        return [table, *triggers()]
    return [f"CREATE INDEX loops_wording_tokens ON {TABLE} USING gin (string_to_array(tokens, ' '))"]


def triggers() -> list[str]:
    """SQLite: what keeps the index beside its table."""
    return [f"CREATE TRIGGER {TABLE}_{name} AFTER {verb} ON {TABLE} BEGIN {what} END" for name, (verb, what) in TRIGGERS.items()]


def dropped_triggers() -> list[str]:
    """SQLite: before filling the table at once; then `rebuilt`."""
    return [f"DROP TRIGGER {TABLE}_{name}" for name in TRIGGERS]


def rebuilt() -> list[str]:
    """SQLite: the index anew from its table, and the triggers again."""
    return [f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')", *triggers()]


def matching(vendor: str, scopes: Sequence[str], parts: Sequence[Sequence[str]]) -> RawSQL:
    """Items whose document has all scopes, and each part's tokens one after the other. Tokens hold letters and digits only."""
    if vendor == "sqlite":
        wanted = [f'"{scope}"' for scope in scopes]
        wanted += [f'"{" ".join(part)}"{"*" if is_lone(part[-1]) and len(part) > 1 else ""}' for part in parts]
        return RawSQL(f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s", [" AND ".join(wanted)])  # noqa: S611
    whole = [token for part in parts for token in part if not (is_lone(token) and len(part) > 1)]
    runs = [f"%{run_of(part)}%" for part in parts if len(part) > 1]
    also = "".join(" AND tokens LIKE %s" for _run in runs)
    statement = f"SELECT item_id FROM {TABLE} WHERE string_to_array(tokens, ' ') @> %s::text[]{also}"
    return RawSQL(statement, [[*scopes, *whole], *runs])  # noqa: S611


def run_of(part: Sequence[str]) -> str:
    """A part's tokens as they stand in a document; a lone character at its end may begin a pair there."""
    return f" {' '.join(part)}{'' if is_lone(part[-1]) else ' '}"


def is_lone(token: str) -> bool:
    """A single Chinese character, as it stands at the end of what was asked."""
    return len(token) == 1 and not token.isascii()
