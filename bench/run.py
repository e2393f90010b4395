"""python -m bench.run: intake, step, worklist, detail, each beside a floor in the same run, on SQLite and PostgreSQL.

One client sends pairs of requests in turn (floor, ours, floor, ours …), so that a drifting machine drifts under both. The ratio is
median time of the floor ÷ median time of ours: 1 would be as fast as the bare endpoint.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
WISHED = {"intake": 0.35, "step": 0.35, "worklist": 0.4, "detail": None}


class Client:
    """One kept-alive connection with a token."""

    def __init__(self, port: int, token: str) -> None:
        self.connection, self.token = http.client.HTTPConnection("127.0.0.1", port, timeout=60), token

    def ask(self, method: str, path: str, body: Any = None, *, key: bool = False) -> tuple[float, int, Any]:
        """Seconds, status, JSON."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = str(uuid4())
        data = json.dumps(body).encode() if body is not None else None
        began = time.perf_counter()
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        spent = time.perf_counter() - began
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {raw[:300]!r}")
        return spent, answer.status, json.loads(raw)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def served(env: dict[str, str]) -> Iterator[int]:
    """The product's own server with the floor beside it."""
    port = free_port()
    command = [sys.executable, "-c", "from hawthorn.config.cli import main; main(['serve', '--no-work'])"]
    process = subprocess.Popen(command, env=env | {"HAWTHORN_PORT": str(port)}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _n in range(1200):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def pairs(number: int, floor: Callable[[], float], ours: Callable[[], float]) -> tuple[list[float], list[float]]:
    """So many of each, in turn, after a warm-up."""
    for _n in range(max(10, number // 10)):
        floor()
        ours()
    both = [(floor(), ours()) for _n in range(number)]
    return [a for a, _b in both], [b for _a, b in both]


def measure(port: int, accounts: list[dict[str, Any]], number: int) -> dict[str, tuple[list[float], list[float]]]:
    """The four pairs."""
    officer = next(a for a in accounts if a["role"] == "grid_officer")
    desk = next(a for a in accounts if a["role"] == "subdistrict_desk")
    one, two = Client(port, officer["token"]), Client(port, desk["token"])
    words = {"words": "楼前的路灯不亮好几天了，晚上老人出来看不见路。"}
    ready: list[int] = []

    def intake() -> float:
        spent, _status, made = one.ask("POST", "/api/v1/matters", words, key=True)
        ready.append(made["id"])
        return spent

    def step() -> float:
        if not ready:
            intake()
        return one.ask("POST", f"/api/v1/matters/{ready.pop()}/steps/accept", {}, key=True)[0]

    def insert() -> float:
        return one.ask("POST", "/api/floor/rows", words)[0]

    found: dict[str, tuple[list[float], list[float]]] = {}
    found["intake"] = pairs(number, insert, intake)
    while len(ready) < number + number // 10 + 20:
        intake()
    found["step"] = pairs(number, insert, step)
    found["worklist"] = pairs(number, lambda: two.ask("GET", "/api/floor/rows")[0], lambda: two.ask("GET", "/api/v1/matters?open=1&limit=50")[0])
    item = two.ask("GET", "/api/v1/matters?limit=1")[2]["items"][0]["id"]
    found["detail"] = pairs(number, lambda: two.ask("GET", "/api/floor/rows/1")[0], lambda: two.ask("GET", f"/api/v1/matters/{item}")[0])
    return found


def one_database(name: str, url: str, number: int) -> None:
    """Fill a demo, serve it, measure, print the table."""
    with tempfile.TemporaryDirectory(prefix="hawthorn-bench-") as data:
        env = os.environ | {"HAWTHORN_DATA": data, "HAWTHORN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONPATH": str(ROOT)}
        prepare = "from hawthorn.config.cli import main; main(['demo', '--prepare-only']); from bench.floor import make_tables; make_tables(2000)"
        subprocess.run([sys.executable, "-c", prepare], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        accounts = json.loads(Path(data, "demo-accounts.json").read_text(encoding="utf-8"))
        with served(env) as port:
            found = measure(port, accounts, number)
    for what, (floor, ours) in found.items():
        a, b = statistics.median(floor) * 1000, statistics.median(ours) * 1000
        p95 = statistics.quantiles(ours, n=20)[18] * 1000
        wished = f"≥ {WISHED[what]}" if WISHED[what] else "–"
        print(f"| {name} | {what} | {a:.2f} | {b:.2f} | {p95:.2f} | {a / b:.2f} | {wished} |", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Both databases where they are found."""
    from postgres import find_postgres, running_postgres

    parser = argparse.ArgumentParser(prog="hawthorn bench")
    parser.add_argument("--number", type=int, default=400, help="requests of each kind")
    args = parser.parse_args(argv)
    print("| database | what | floor p50 ms | ours p50 ms | ours p95 ms | ratio | wished |\n|---|---|---|---|---|---|---|", flush=True)
    one_database("SQLite", "", args.number)
    if find_postgres():
        with running_postgres(durable=True) as url:
            one_database("PostgreSQL", url, args.number)
    else:
        print("PostgreSQL: not found, left out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
