"""Redrawing, through `hawthorn judge grids`: deviation, households moved beside the smallest flow, border cost against today's, seconds, printed.

python -m bench.grids FOLDER [--towns town-200-7-7,town-2000-30-7] [--wishes normal,nice,still] [--seed 0]
python -m bench.grids FOLDER --county 70 [--wishes normal]
python -m bench.grids --areas NODES.csv.gz EDGES.csv.gz [--county-code 143] [--grids 7]

FOLDER holds <town>.units.csv.gz (unit, households, grid_today) and <town>.joins.csv.gz (a, b, border_cost). --county: the towns of 200 units in turn,
each with another seed, until there are so many communities: the seconds of a whole county. --areas: real census areas as units (id, pop; a, b,
shared_perim), in grids that a first drawing evened out by area instead of people; a dear border is a long one.
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
from hawthorn.redrawing import flows, graph, hands, judging, optimising, reshaping


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


def whole_county(folder: Path, communities: int, wishes: list[str]) -> None:
    """So many communities of 200 units, one after the other, as due work does it."""
    names = sorted(path.name.removesuffix(".units.csv.gz") for path in folder.glob("town-200-*.units.csv.gz"))
    grounds = []
    for name in names:
        files = [str(folder / f"{name}.{what}.csv.gz") for what in ("units", "joins")]
        grounds.append(judging.ground_from(rows_of(files[0], judging.UNITS), rows_of(files[1], judging.JOINS)))
    for wish in wishes:
        began, worst, broken = time.perf_counter(), 0.0, 0
        with hands.for_this_machine() as many:
            for n in range(communities):
                ground = grounds[n % len(grounds)]
                found = graph.measured(ground, optimising.draw(ground, wish=wish, seed=n // len(grounds), hands=many))  # type: ignore[arg-type]
                worst, broken = max(worst, found.deviation), broken + found.broken
        print(f"{communities} communities of 200 units, {wish}: {time.perf_counter() - began:.0f} s, deviation ≤ {worst:.1%}, broken {broken}", flush=True)


def real_areas(nodes: str, edges: str, county: str, grids: int, wishes: list[str], seed: int) -> None:
    """Census areas: today's grids are even in land, the plan in people."""
    rows = [row for row in rows_of(nodes, ("id", "county", "pop", "land_m2")) if not county or row["county"] == county]
    names = {row["id"] for row in rows}
    joins = [(r["a"], r["b"], float(r["shared_perim"]) * 100) for r in rows_of(edges, ("a", "b", "shared_perim")) if {r["a"], r["b"]} <= names]
    whole = graph.ground_of({r["id"]: max(1, int(r["land_m2"]) // 10_000) for r in rows}, dict.fromkeys(names, "1"), joins)
    part = max(graph.parts_of(whole, whole.today), key=len)
    kept = {whole.units[u] for u in part}
    inside = [(a, b, cost) for a, b, cost in joins if {a, b} <= kept]
    weights = {r["id"]: max(1, int(r["land_m2"]) // 10_000) for r in rows if r["id"] in kept}
    began = reshaping.reshaped(graph.ground_of(weights, dict.fromkeys(weights, "1"), inside), grids, seed=seed)
    today = {unit: began.grids[grid] for unit, grid in zip(began.units, began.first, strict=True)}
    ground = graph.ground_of({r["id"]: int(r["pop"]) for r in rows if r["id"] in kept}, today, inside)
    first = graph.measured(ground, ground.today)
    print(f"{len(ground.units)} areas, {grids} grids; today {first.deviation:.0%} from even; left out {len(names) - len(kept)} that hang on nothing")
    for wish in wishes:
        start = time.perf_counter()
        try:
            now = graph.measured(ground, optimising.draw(ground, wish=wish, seed=seed))  # type: ignore[arg-type]
        except graph.Impossible as why:
            print(f"{wish}: {why}")
            continue
        took, least = time.perf_counter() - start, flows.flow_share(ground, graph.TOLERANCE)
        said = f"deviation {now.deviation:.1%}, moved {now.moved:.2%} (flow {least:.2%}), border {now.cost / first.cost:.2f}, broken {now.broken}, {took:.1f} s"
        print(f"{wish}: {said}", flush=True)


def main() -> None:
    """Print a line for each town and wish."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--county", type=int, default=0)
    parser.add_argument("--areas", nargs=2, metavar=("NODES", "EDGES"))
    parser.add_argument("--county-code", default="143")
    parser.add_argument("--grids", type=int, default=7)
    parser.add_argument("--towns", default="")
    parser.add_argument("--wishes", default="normal,nice,still")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    wishes = args.wishes.split(",")
    if args.areas:
        return real_areas(*args.areas, args.county_code, args.grids, wishes, args.seed)
    if not args.folder:
        parser.error("FOLDER or --areas")
    if args.county:
        return whole_county(Path(args.folder), args.county, wishes)
    found = sorted(path.name.removesuffix(".units.csv.gz") for path in Path(args.folder).glob("*.units.csv.gz"))
    print("| 镇 | 愿望 | 最大相差 | 换网格的住户（相邻网格间的最小流量） | 边界代价 ÷ 现在 | 不连片 | 秒 |\n|---|---|---|---|---|---|---|")
    for town in args.towns.split(",") if args.towns else found:
        files = [str(Path(args.folder) / f"{town}.{what}.csv.gz") for what in ("units", "joins")]
        ground = judging.ground_from(rows_of(files[0], judging.UNITS), rows_of(files[1], judging.JOINS))
        least, today = flows.flow_share(ground, graph.TOLERANCE), graph.measured(ground, ground.today)
        for wish in wishes:
            plan, took = drawn(files, wish, args.seed)
            now = graph.measured(ground, [ground.grids.index(plan[unit]) for unit in ground.units])
            share = f"{now.moved:.2%}（{least:.2%}）"
            print(f"| {town} | {wish} | {now.deviation:.1%} | {share} | {now.cost / today.cost:.2f} | {now.broken} | {took:.1f} |", flush=True)
    return None


if __name__ == "__main__":
    main()
