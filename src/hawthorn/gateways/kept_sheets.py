"""A sheet somebody is importing: kept for an hour under a random name, opened by a signed ticket of the same person and tenant."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core import signing

SALT = "hawthorn.imports"
KEEP_SECONDS = 3600
NAME = re.compile(r"[0-9a-f]{32}")


def _folder() -> Path:
    return Path(settings.FILES_ROOT) / "imports"


def keep(pieces: Iterable[bytes], *, user: int, tenant: int, now: datetime) -> str:
    """Put a file away as it comes; gives the ticket."""
    name = secrets.token_hex(16)
    put(name, pieces, now)
    return signing.dumps([name, user, tenant], salt=SALT)


def put(name: str, pieces: Iterable[bytes], now: datetime) -> None:
    """Write whole or not at all, readable by the service only; its hour begins now."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _folder() / f".{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in pieces:
                out.write(piece)
        os.utime(draft, (now.timestamp(), now.timestamp()))
        draft.replace(_folder() / name)
    finally:
        draft.unlink(missing_ok=True)


def touch(name: str, now: datetime) -> None:
    """Its hour begins anew, where it is still there."""
    if (path := _folder() / name).is_file():
        os.utime(path, (now.timestamp(), now.timestamp()))


def name_of(ticket: str, *, user: int, tenant: int) -> str:
    """The name behind a ticket; nothing where it is another's, older than an hour, or forged."""
    try:
        name, who, where = signing.loads(ticket, salt=SALT, max_age=KEEP_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(name) if (who, where) == (user, tenant) and NAME.fullmatch(str(name)) else ""


def read(name: str, more: str = "") -> bytes | None:
    """The bytes, or None where they are gone."""
    path = _folder() / f"{name}{more}"
    return path.read_bytes() if name and path.is_file() else None


@contextmanager
def opened(name: str) -> Iterator[BinaryIO | None]:
    """The file, open, or None where it is gone."""
    path = _folder() / name
    if not name or not path.is_file():
        yield None
        return
    with path.open("rb") as file:
        yield file


def forget(name: str) -> None:
    """Away with it."""
    (_folder() / name).unlink(missing_ok=True)


def sweep(now: datetime, needed: Container[str] = ()) -> int:
    """Away with all that is older than an hour and not `needed`; how many."""
    before = now.timestamp() - KEEP_SECONDS
    old = [path for path in _folder().glob("*") if path.is_file() and path.name not in needed and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
