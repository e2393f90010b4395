"""python -m bench.export [--rows 1000000] [--database]: a ledger of so many rows as xlsx and CSV: seconds, size, peak memory above the start.

Without --database the rows are made up and go through the writer alone; with it they are the matters of the database HAWTHORN_DATA (or
HAWTHORN_DATABASE_URL) names, through the page's own query, as the county or subdistrict desk that sees most.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

FORMS = ("csv", "xlsx")


def peak() -> int:
    """Most memory this process ever held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def made_up(number: int) -> Iterator[Sequence[Any]]:
    """Rows as long as those of the list of matters."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    for n in range(number):
        yield (
            f"{n:08d}", "照明设施", f"第 {n} 盏路灯不亮好几天了，晚上老人出来看不见路，请派人来看一看。", n % 9 == 0, "东社区", "一网格", "东社区 3 号楼",
            "正在办", "一网格专职网格员", at + timedelta(minutes=n % 9999), n % 5 == 0, at - timedelta(minutes=n % 9999), None, "12345", f"T{n:012d}", at,
        )  # fmt: skip


def from_the_page() -> tuple[Any, int, Callable[[], Iterator[Any]]]:
    """Columns, number and rows of 事项 as the widest desk takes them."""
    from hawthorn.accounts.models import User
    from hawthorn.kernel import clock
    from hawthorn.kernel.world import RANK
    from hawthorn.loops.town import actor_for, town_of
    from hawthorn.teams.models import Holding
    from hawthorn.web.ledgers import of_loop
    from hawthorn.web.request import Request

    found = []
    for user in User.objects.filter(pk__in=Holding.objects.filter(post__kind__in=["subdistrict_desk", "county_desk"]).values("user")).select_related(
        "tenant__county"
    ):
        request = Request()
        request.user, request.tenant, request.now = user, user.tenant, clock.now()
        request.town = town_of(user.tenant.county or user.tenant)
        request.actor = actor_for(user, request.now)
        request.GET = request.GET.copy()
        request.GET["all"] = "1"
        ledger = of_loop(request, "matters")
        found.append((ledger.number, max((RANK.get(s.level, 0) for s in request.actor.seats), default=0), ledger))
    number, _rank, ledger = max(found, key=lambda one: one[:2])
    return ledger.columns, number, ledger.rows


def one(form: str, rows: int, is_database: bool) -> None:
    """One form, in a process of its own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hawthorn.config.settings")
    import django

    django.setup()
    from hawthorn.files.ledgers import as_csv, as_xlsx
    from hawthorn.web import ledgers

    columns, number, read = ledgers.dictionary(*ledgers.ITEM, *ledgers.OUTSIDE), rows, lambda: made_up(rows)
    if is_database:
        columns, number, read = from_the_page()
    before, began, size = peak(), time.monotonic(), 0
    for piece in as_csv(columns, read()) if form == "csv" else as_xlsx("事项", columns, read()):
        size += len(piece)
    print(f"| {form} | {number} | {time.monotonic() - began:.0f} | {size / 1e6:.0f} | {before} | {peak()} |", flush=True)


def main() -> int:
    """Both forms."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", action="store_true")
    parser.add_argument("--form", choices=FORMS)
    args = parser.parse_args()
    if args.form:
        one(args.form, args.rows, args.database)
        return 0
    print("| form | rows | seconds | MB sent | MB at the start | peak MB |\n|---|---|---|---|---|---|", flush=True)
    for form in FORMS:
        more = ["--database"] if args.database else []
        subprocess.run([sys.executable, "-m", "bench.export", "--form", form, "--rows", str(args.rows), *more], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
