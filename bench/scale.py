"""python -m bench.scale: the desk at county size. The same requests in turn to a small and a large county, then eight clients at once.

--data FOLDER keeps the databases (SQLite) between runs; without it they are made anew. PostgreSQL is made anew each time.
Figures are of whole requests over HTTP, with the client on the same cores.
"""

from __future__ import annotations

import argparse
import http.client
import http.cookiejar
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.run import ROOT, Client, served

SMALL, LARGE = 10_000, 1_000_000
MIX = (("worklist", 60), ("detail", 25), ("step", 10), ("intake", 5))
SEARCHES = {"search < 1 %": ("老水塔 路灯", "豆腐坊 井盖", "泵房 垃圾", "涵洞 积水"), "search, frequent": ("路灯", "门口", "垃圾")}
PAGES = {"board": "/board", "board of last month": "/board?last", "map": "/map"}
Ask = Callable[[], float]


class Page:
    """A signed-in browser that keeps its cookies."""

    def __init__(self, port: int, account: dict[str, Any]) -> None:
        self.base, self.jar = f"http://127.0.0.1:{port}", http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.open(f"{self.base}/signin").read()
        token = next(c.value for c in self.jar if c.name == "csrftoken")
        form = {"username": account["username"], "password": account["password"], "csrfmiddlewaretoken": token}
        request = urllib.request.Request(f"{self.base}/signin", urlencode(form).encode(), {"Referer": f"{self.base}/signin"})
        self.opener.open(request).read()

    def ask(self, path: str) -> float:
        """Seconds for one page."""
        began = time.perf_counter()
        self.opener.open(f"{self.base}{path}").read()
        return time.perf_counter() - began


class County:
    """One server and those who ask it."""

    def __init__(self, port: int, data: Path) -> None:
        accounts = json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))
        by_role = {a["role"]: a for a in reversed(accounts) if "username" in a}
        self.port, self.officer, self.desk = port, by_role["grid_officer"], by_role["subdistrict_desk"]
        self.one, self.two, self.page = Client(port, self.officer["token"]), Client(port, self.desk["token"]), Page(port, self.desk)
        self.ready: list[int] = []
        self.seen = [row["id"] for row in self.two.ask("GET", "/api/v1/matters?limit=200")[2]["items"]]
        self.turn, self.rows = 0, 50

    def asks(self) -> dict[str, Ask]:
        """What is measured, by name."""
        found: dict[str, Ask] = {"worklist": self.worklist, "detail": self.detail, "intake": self.intake, "step": self.step}
        for name, many in SEARCHES.items():
            found[name] = lambda many=many: self.search(many)
        last = time.strftime("/board?month=%Y-%m", time.localtime(time.time() - 86400 * int(time.strftime("%d"))))
        for name, path in PAGES.items():
            found[name] = lambda path=path: self.page.ask(last if path.endswith("?last") else path)
        return found

    def worklist(self) -> float:
        """Open matters by due date, as many as the small county has too (at most fifty), so that the pages are of one length."""
        return self.two.ask("GET", f"/api/v1/matters?open=1&limit={self.rows}")[0]

    def detail(self) -> float:
        """One matter."""
        self.turn += 1
        return self.two.ask("GET", f"/api/v1/matters/{self.seen[self.turn % len(self.seen)]}")[0]

    def intake(self) -> float:
        """A new matter."""
        spent, _status, made = self.one.ask("POST", "/api/v1/matters", {"words": "楼前的路灯不亮好几天了，晚上老人出来看不见路。"}, key=True)
        self.ready.append(made["id"])
        return spent

    def step(self) -> float:
        """Accept one of them."""
        if not self.ready:
            self.intake()
        return self.one.ask("POST", f"/api/v1/matters/{self.ready.pop()}/steps/accept", {}, key=True)[0]

    def search(self, many: tuple[str, ...]) -> float:
        """A search by words, each in turn."""
        self.turn += 1
        return self.two.ask("GET", f"/api/v1/matters?limit=50&q={quote(many[self.turn % len(many)])}")[0]


def prepared(data: Path, url: str, number: int) -> float:
    """Fill a database where it is empty; seconds it took, 0 where it was there."""
    data.mkdir(parents=True, exist_ok=True)
    if (data / "demo-accounts.json").exists():
        return 0.0
    env = os.environ | {"HAWTHORN_DATA": str(data), "HAWTHORN_DATABASE_URL": url}
    command = [sys.executable, "-c", "from hawthorn.config.cli import main; import sys; sys.exit(main(sys.argv[1:]))"]
    began = time.monotonic()
    subprocess.run([*command, "demo", "--prepare-only", "--size", "million", "--number", str(number)], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


@contextmanager
def county(data: Path, url: str) -> Iterator[County]:
    """A served county."""
    env = os.environ | {"HAWTHORN_DATA": str(data), "HAWTHORN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONPATH": str(ROOT)}
    with served(env) as port:
        yield County(port, data)


def paired(database: str, small: County, large: County, number: int) -> None:
    """Each request to one and the other in turn; medians and their ratio."""
    few, many = small.asks(), large.asks()
    for name, ask in many.items():
        for _n in range(max(5, number // 10)):
            few[name]()
            ask()
        both = [(few[name](), ask()) for _n in range(number)]
        a, b = ([pair[n] * 1000 for pair in both] for n in (0, 1))
        ratio = statistics.median(b) / statistics.median(a)
        p95 = statistics.quantiles(b, n=20)[18]
        print(f"| {database} | {name} | {statistics.median(a):.1f} | {statistics.median(b):.1f} | {p95:.1f} | {ratio:.2f} |", flush=True)


def crowd(database: str, large: County, seconds: float, clients: int = 8) -> None:
    """So many clients at once on the mix, for so long."""
    spent: list[float] = []
    until = time.monotonic() + seconds

    def one(seed: int) -> None:
        mine, chance = County.__new__(County), random.Random(seed)
        mine.__dict__ = large.__dict__ | {"ready": [], "turn": seed * 17}
        mine.one, mine.two = Client(large.port, large.officer["token"]), Client(large.port, large.desk["token"])
        asks = {"worklist": mine.worklist, "detail": mine.detail, "step": mine.step, "intake": mine.intake}
        names, weights = zip(*MIX, strict=True)
        while time.monotonic() < until:
            spent.append(asks[chance.choices(names, weights)[0]]())

    threads = [threading.Thread(target=one, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p99 = statistics.quantiles(spent, n=100)[98] * 1000
    print(f"{database}: {clients} clients, {len(spent) / seconds:.0f} requests/s, p50 {statistics.median(spent) * 1000:.1f} ms, p99 {p99:.1f} ms", flush=True)


def one_database(name: str, urls: tuple[str, str], data: Path, number: int, sizes: tuple[int, int]) -> None:
    """Prepare both, measure, print."""
    folders = tuple(data / f"{name.lower()}-{size}" for size in sizes)
    for folder, url, size in zip(folders, urls, sizes, strict=True):
        if took := prepared(folder, url, size):
            print(f"{name}: {size} matters made in {took:.0f} s", flush=True)
    print("| database | what | small p50 ms | large p50 ms | large p95 ms | ratio |\n|---|---|---|---|---|---|", flush=True)
    with county(folders[0], urls[0]) as small, county(folders[1], urls[1]) as large:
        small.rows = large.rows = max(1, len(small.two.ask("GET", "/api/v1/matters?open=1&limit=50")[2]["items"]))
        paired(name, small, large, number)
        large.rows = 50
        crowd(name, large, 20)


def main(argv: list[str] | None = None) -> int:
    """Both databases where they are found."""
    sys.path.insert(0, str(ROOT / "tests"))
    from postgres import find_postgres, running_postgres

    parser = argparse.ArgumentParser(prog="bench.scale")
    parser.add_argument("--number", type=int, default=200, help="requests of each kind")
    parser.add_argument("--data", type=Path, default=None, help="where the databases are kept")
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], default=None)
    parser.add_argument("--small", type=int, default=SMALL)
    parser.add_argument("--large", type=int, default=LARGE)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="hawthorn-scale-") as made:
        data = args.data or Path(made)
        sizes = (args.small, args.large)
        if args.only != "PostgreSQL":
            one_database("SQLite", ("", ""), data, args.number, sizes)
        if args.only != "SQLite" and find_postgres():
            with running_postgres(durable=True, more="-c shared_buffers=1GB -c max_wal_size=4GB -c maintenance_work_mem=512MB") as url:
                base = url.rsplit("/", 1)[0]
                for size in sizes:
                    make_database(url, f"county{size}")
                one_database("PostgreSQL", (f"{base}/county{sizes[0]}", f"{base}/county{sizes[1]}"), data, args.number, sizes)
    return 0


def make_database(url: str, name: str) -> None:
    """An empty database beside the first."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')


if __name__ == "__main__":
    sys.exit(main())
