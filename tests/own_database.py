"""A database of a test's own, with the scene committed: copied from a template made once a run. For tests that need real commits."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

HERE = Path(__file__).resolve().parent
MAKE = "import django; django.setup(); from django.core.management import call_command as c; c('migrate', verbosity=0); import make; make.scene()"
WORD = "梅园-7日-长密码"
SHARED = "HAWTHORN_TEST_SHARED"


def environment(**more: str) -> dict[str, str]:
    """For a Python of our own that is not pytest."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": "hawthorn.config.settings", "PYTHONPATH": f"{HERE}:{HERE.parent / 'src'}:{HERE.parent}"} | more


def run(code: str, env: dict[str, str]) -> str:
    """Run some Python to its end; its output."""
    done = subprocess.run([sys.executable, "-c", code], env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def shared_templates() -> Iterator[None]:
    """The folder all workers of one run find the templates in; they go when the process that made it ends."""
    if SHARED in os.environ:
        yield
        return
    folder = Path(mkdtemp(prefix="hawthorn-template-"))
    os.environ[SHARED] = str(folder)
    try:
        yield
    finally:
        if url := os.environ.get("HAWTHORN_DATABASE_URL", ""):
            for done in folder.glob("*.done"):
                _psql(url, f'DROP DATABASE IF EXISTS "{_database(folder, done.stem)}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[SHARED]


@contextmanager
def own_database(prepare: str = "") -> Iterator[dict[str, str]]:
    """The environment of a fresh copy of the scene, and of what some Python made of it; SQLite: a folder; PostgreSQL: a database made from the template."""
    folder = Path(mkdtemp(prefix="hawthorn-own-"))
    name = f"own_{uuid4().hex[:12]}"
    try:
        yield _copy(_template(prepare), folder, name)
    finally:
        if url := os.environ.get("HAWTHORN_DATABASE_URL", ""):
            _drop(url, name)
        shutil.rmtree(folder, ignore_errors=True)


def _template(prepare: str) -> str:
    """Name of the template; the first worker to ask makes it, the others wait."""
    name = sha256(prepare.encode()).hexdigest()[:12] if prepare else "scene"
    shared = Path(os.environ[SHARED])
    source = _template("") if prepare else ""
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / f"{name}.done").exists():
            shutil.rmtree(shared / name, ignore_errors=True)
            run(prepare or MAKE, _copy(source, shared / name, _database(shared, name)))
            (shared / f"{name}.done").touch()
    return name


def _copy(source: str, folder: Path, name: str) -> dict[str, str]:
    """A copy of a template, or of nothing at all."""
    shared, url = Path(os.environ[SHARED]), os.environ.get("HAWTHORN_DATABASE_URL", "")
    if source:
        shutil.copytree(shared / source, folder, dirs_exist_ok=True)
    else:
        folder.mkdir(exist_ok=True)
    if not url:
        return environment(HAWTHORN_DATA=str(folder))
    _psql(url, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{_database(shared, source)}"' if source else ""))
    return environment(HAWTHORN_DATABASE_URL=_sibling(url, name), HAWTHORN_DATA=str(folder))


def _database(shared: Path, name: str) -> str:
    return f"template_{shared.name[-8:]}_{name}"


def _psql(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _drop(url: str, name: str) -> None:
    """Also where a session whose client was killed takes longer to end than FORCE waits for it (5 s). Raises ObjectInUse after a minute."""
    from psycopg.errors import ObjectInUse

    until = time.monotonic() + 60
    while True:
        try:
            return _psql(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except ObjectInUse:
            if time.monotonic() > until:
                raise


def _sibling(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))
