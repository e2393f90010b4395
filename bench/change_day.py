"""python -m bench.change_day [--duties 10000] [--kills 3]: the day a plan comes into force with so many open things in what moves.

Seconds of the one transaction on each database that is found; what is found afterwards; then killed at random moments: old or new, never between.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "redrawing")]


@contextmanager
def databases() -> Iterator[list[tuple[str, str]]]:
    """Name and URL of each."""
    from postgres import find_postgres, running_postgres

    if not find_postgres():
        yield [("SQLite", "")]
        return
    with running_postgres(durable=True) as url:
        yield [("SQLite", ""), ("PostgreSQL", url)]


def one(name: str, kills: int, day: Any, own: Any) -> None:
    """A line for the whole switch, and one for those that were killed."""
    with own(day.PREPARE) as env:
        process = day.started(env)
        began = time.monotonic()
        process.stdout.readline()
        span = time.monotonic() - began
        process.communicate()
        found = day.seen(env)
        print(f"| {name} | {day.DUTIES} | {span:.1f} | {'新的，核对无误' if found == day.NEW else found} |", flush=True)
    random, ends = Random(5), {"approved": 0, "in_force": 0}
    for n in range(kills):
        with own(day.PREPARE) as env:
            process = day.started(env)
            time.sleep(span * (n + random.random()) / kills)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            found = day.seen(env)
            if found not in (day.OLD, day.NEW):
                sys.exit(f"{name}: between: {found}")
            ends[found["stage"]] += 1
    print(f"{name}: killed {kills} times: old {ends['approved']}, new {ends['in_force']}, between 0", flush=True)


def main() -> None:
    """Both databases where they are found."""
    parser = argparse.ArgumentParser(prog="bench.change_day")
    parser.add_argument("--duties", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=3)
    args = parser.parse_args()
    os.environ["HAWTHORN_DUTIES"] = str(args.duties)
    import test_change_day as day

    from own_database import own_database, shared_templates

    print("| 数据库 | 要过去的在办事项 | 秒 | 之后 |\n|---|---|---|---|")
    with databases() as found:
        for name, url in found:
            os.environ["HAWTHORN_DATABASE_URL"] = url
            with shared_templates():
                one(name, args.kills, day, own_database)


if __name__ == "__main__":
    main()
