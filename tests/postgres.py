"""A PostgreSQL of the tests' own: system binaries, a throw-away cluster on a Unix socket, ended with the run."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_postgres() -> str | None:
    """The folder with initdb and postgres, or None."""
    places = [os.environ.get("HAWTHORN_PG_BIN", ""), *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        places.append(str(Path(found).parent))
    return next((p for p in places if p and Path(p, "initdb").exists() and Path(p, "postgres").exists()), None)


@contextmanager
def running_postgres(*, durable: bool = False, more: str = "") -> Iterator[str]:
    """A URL of a running server; as user nobody where we are root, since PostgreSQL refuses root. `durable`: fsync as in earnest; `more`: further options."""
    where = find_postgres()
    assert where is not None
    folder = Path(tempfile.mkdtemp(prefix="hawthorn-pg-"))
    folder.chmod(0o777)
    user = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(
        [f"{where}/initdb", "-D", str(folder / "db"), "-U", "hawthorn", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], check=True, cwd="/", **user, **quiet
    )
    port = str(20000 + os.getpid() % 20000)
    fsync = "on" if durable else "off"
    options = f"-k {folder} -p {port} -h 127.0.0.1 -c fsync={fsync} -c max_connections=200 -c deadlock_timeout=200ms {more}"
    subprocess.run([f"{where}/pg_ctl", "-D", str(folder / "db"), "-w", "-o", options, "start"], check=True, cwd="/", **user, **quiet)
    try:
        yield f"postgresql://hawthorn@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([f"{where}/pg_ctl", "-D", str(folder / "db"), "-m", "immediate", "stop"], check=False, cwd="/", **user, **quiet)
        shutil.rmtree(folder, ignore_errors=True)
