"""Settings from the environment, typed and checked once, at start."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Secrets:
    """Keys that live outside the database: Django's, field encryption by key id, the blind index."""

    django: str
    fields: dict[str, str]
    current: str
    blind: str


@dataclass(frozen=True)
class Env:
    """What HAWTHORN_… says."""

    data: Path
    database_url: str
    host: str
    port: int
    secret_file: Path
    debug: bool
    smtp_url: str
    base_url: str
    metrics_token: str


def read_env() -> Env:
    """Read the environment; folders are made when missing. Raises ValueError with the variable's name on nonsense."""
    data = Path(os.environ.get("HAWTHORN_DATA", "data")).resolve()
    port = os.environ.get("HAWTHORN_PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"HAWTHORN_PORT={port}: 要 1 到 65535 的数字")
    return Env(
        data=data,
        database_url=os.environ.get("HAWTHORN_DATABASE_URL", ""),
        host=os.environ.get("HAWTHORN_HOST", "127.0.0.1"),
        port=int(port),
        secret_file=Path(os.environ.get("HAWTHORN_SECRET_FILE", data / "secret.json")),
        debug=os.environ.get("HAWTHORN_DEBUG", "") == "1",
        smtp_url=os.environ.get("HAWTHORN_SMTP_URL", ""),
        base_url=os.environ.get("HAWTHORN_BASE_URL", ""),
        metrics_token=os.environ.get("HAWTHORN_METRICS_TOKEN", ""),
    )


def read_secrets(path: Path) -> Secrets:
    """The keys in `path`; made at random with mode 600 when the file is not there. Two processes starting at once agree."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {"django": secrets.token_urlsafe(48), "fields": {"1": secrets.token_hex(32)}, "current": "1", "blind": secrets.token_hex(32)}
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return Secrets(**json.loads(path.read_text()))


def database(env: Env) -> dict[str, object]:
    """Django's DATABASES entry: PostgreSQL by URL (postgresql://user:word@host:port/name), else SQLite under the data folder."""
    if env.database_url:
        url = urlsplit(env.database_url)
        if url.scheme not in ("postgresql", "postgres"):
            raise ValueError("HAWTHORN_DATABASE_URL: 只认 postgresql://… ；不填就用 SQLite")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path.lstrip("/"),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(url.hostname or ""),
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": False,
        }
    return {
        "ENGINE": "hawthorn.config.sqlite",
        "NAME": str(env.data / "hawthorn.sqlite3"),
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": str(env.data / "test.sqlite3")},
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA mmap_size=33554432;",
        },
    }
