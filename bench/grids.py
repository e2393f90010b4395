"""Redrawing, through `hawthorn judge grids`: deviation, households moved beside the smallest flow, border cost against today's, seconds, printed.

python -m bench.grids FOLDER [--towns town-200-7-7,town-2000-30-7] [--wishes normal,nice,still] [--seed 0]

FOLDER holds <town>.units.csv.gz (unit, households, grid_today) and <town>.joins.csv.gz (a, b, border_cost).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import time
from pathlib import Path

from hawthorn.config.cli import main as hawthorn
from hawthorn.hints.judging import rows_of
from hawthorn.redrawing import flows, graph, judging


def drawn(files: list[str], wish: str, seed: int) -> tuple[dict[str, str], float]:
    """The plan as the command writes it, and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "plan.csv")
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            if hawthorn(["judge", "grids", *files, "--out", out, "--wish", wish, "--seed", str(seed)]):
                sys.exit(said.getvalue())
        took = time.perf_counter() - began
        return {row["unit"]: row["grid"] for row in rows_of(out, ("unit", "grid"))}, took


def main() -> None:
    """Print a line for each town and wish."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--towns", default="")
    parser.add_argument("--wishes", default="normal,nice,still")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    found = sorted(path.name.removesuffix(".units.csv.gz") for path in Path(args.folder).glob("*.units.csv.gz"))
    print("| 镇 | 愿望 | 最大相差 | 换网格的住户（相邻网格间的最小流量） | 边界代价 ÷ 现在 | 不连片 | 秒 |\n|---|---|---|---|---|---|---|")
    for town in args.towns.split(",") if args.towns else found:
        files = [str(Path(args.folder) / f"{town}.{what}.csv.gz") for what in ("units", "joins")]
        ground = judging.ground_from(rows_of(files[0], judging.UNITS), rows_of(files[1], judging.JOINS))
        least, today = flows.flow_share(ground, graph.TOLERANCE), graph.measured(ground, ground.today)
        for wish in args.wishes.split(","):
            plan, took = drawn(files, wish, args.seed)
            now = graph.measured(ground, [ground.grids.index(plan[unit]) for unit in ground.units])
            share = f"{now.moved:.2%}（{least:.2%}）"
            print(f"| {town} | {wish} | {now.deviation:.1%} | {share} | {now.cost / today.cost:.2f} | {now.broken} | {took:.1f} |", flush=True)


if __name__ == "__main__":
    main()
