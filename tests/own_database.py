"""A database of a test's own, with the scene committed: copied from a template made once. For tests that need real commits."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

HERE = Path(__file__).resolve().parent
MAKE = "import django; django.setup(); from django.core.management import call_command as c; c('migrate', verbosity=0); import make; make.scene()"
WORD = "梅园-7日-长密码"
_templates: dict[str, str] = {}


@atexit.register
def _clear() -> None:
    """The templates go with the process that made them."""
    for name in ("sqlite", "data"):
        if name in _templates:
            shutil.rmtree(_templates[name], ignore_errors=True)


def environment(**more: str) -> dict[str, str]:
    """For a Python of our own that is not pytest."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": "hawthorn.config.settings", "PYTHONPATH": f"{HERE}:{HERE.parent / 'src'}:{HERE.parent}"} | more


def run(code: str, env: dict[str, str]) -> str:
    """Run some Python to its end; its output."""
    done = subprocess.run([sys.executable, "-c", code], env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _psql(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _sibling(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """The environment of a fresh copy; SQLite: a folder; PostgreSQL: a database made from the template."""
    url = os.environ.get("HAWTHORN_DATABASE_URL", "")
    folder = Path(mkdtemp(prefix="hawthorn-own-"))
    try:
        if url:
            yield from _postgresql(url, folder)
        else:
            yield from _sqlite(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(folder: Path) -> Iterator[dict[str, str]]:
    if "sqlite" not in _templates:
        _templates["sqlite"] = mkdtemp(prefix="hawthorn-template-")
        run(MAKE, environment(HAWTHORN_DATA=_templates["sqlite"]))
    shutil.copytree(_templates["sqlite"], folder, dirs_exist_ok=True)
    yield environment(HAWTHORN_DATA=str(folder))


def _postgresql(url: str, folder: Path) -> Iterator[dict[str, str]]:
    if "postgresql" not in _templates:
        name = f"template_{uuid4().hex[:12]}"
        _psql(url, f'CREATE DATABASE "{name}"')
        _templates["postgresql"], _templates["data"] = name, mkdtemp(prefix="hawthorn-template-")
        run(MAKE, environment(HAWTHORN_DATABASE_URL=_sibling(url, name), HAWTHORN_DATA=_templates["data"]))
    shutil.copytree(_templates["data"], folder, dirs_exist_ok=True)
    name = f"own_{uuid4().hex[:12]}"
    _psql(url, f'CREATE DATABASE "{name}" TEMPLATE "{_templates["postgresql"]}"')
    yield environment(HAWTHORN_DATABASE_URL=_sibling(url, name), HAWTHORN_DATA=str(folder))
    _psql(url, f'DROP DATABASE "{name}" WITH (FORCE)')
