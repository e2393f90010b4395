"""make test: linters, types, import contracts, the suite on SQLite, on PostgreSQL and in a real browser where they are found.

With HAWTHORN_REQUIRE=1 (CI) a part that is not found is a failure. --soak: the long runs of walks and kills on both databases.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
sys.path.insert(0, str(ROOT / "tests"))
from postgres import find_postgres, running_postgres  # noqa: E402

SOAK = "--soak" in sys.argv
FAILED: list[str] = []
MISSED: list[str] = []


def run(name: str, *command: str, **env: str) -> None:
    """Run one part and say how long it took."""
    began = time.monotonic()
    print(f"── {name}", flush=True)
    code = subprocess.run(command, cwd=ROOT, env=os.environ | env, check=False).returncode
    print(f"── {name}: {'ok' if code == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    if code:
        FAILED.append(name)


def suite(name: str, *more: str, **env: str) -> None:
    """The tests on one database, in a data folder of their own."""
    with tempfile.TemporaryDirectory(prefix="hawthorn-test-") as data:
        workers = os.environ.get("HAWTHORN_TEST_WORKERS", "2")
        run(name, str(BIN / "pytest"), "-n", workers, *more, HAWTHORN_DATA=data, **env)


def main() -> int:
    """All parts; the exit code."""
    os.environ.pop("HAWTHORN_NOW", None)
    long = {"HAWTHORN_WALKS": "500", "HAWTHORN_KILLS": "100", "HAWTHORN_SHEET_KILLS": "8", "HAWTHORN_SHEET_ROWS": "20000"} if SOAK else {}
    only = ["-m", "soak"] if SOAK else ["-m", "not browser"]
    if not SOAK:
        run("ruff", str(BIN / "ruff"), "check", "src", "tests", "bin", "bench")
        run("ruff format", str(BIN / "ruff"), "format", "--check", "--quiet", "src", "tests", "bin", "bench")
        with tempfile.TemporaryDirectory(prefix="hawthorn-types-") as data:
            run("mypy", str(BIN / "mypy"), HAWTHORN_DATA=data)
        run("import contracts", str(BIN / "lint-imports"), "--no-cache")
    suite("SQLite", *only, **long)
    if find_postgres():
        with running_postgres() as url:
            suite("PostgreSQL", *only, HAWTHORN_DATABASE_URL=url, **long)
    else:
        MISSED.append("PostgreSQL（没有找到 initdb、postgres）")
    if shutil.which("chromium") or shutil.which("google-chrome") or os.environ.get("HAWTHORN_CHROMIUM"):
        suite("browser", "-m", "browser and long" if SOAK else "browser and not long")
    else:
        MISSED.append("浏览器（没有找到 chromium）")
    for part in MISSED:
        print(f"没有跑的部分：{part}")
    if MISSED and os.environ.get("HAWTHORN_REQUIRE"):
        FAILED.extend(MISSED)
    print("全部通过" if not FAILED else "没有通过：" + "、".join(FAILED))
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
