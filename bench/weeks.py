"""What recurs, through `hawthorn judge weeks` and as the product calls it: precision, found, delay, seconds, printed.

python -m bench.weeks WEEKS.py [--seeds 0,1,2,3] [--zurich REPORTS.csv.gz]

WEEKS.py makes and scores counts with planted problems. The reports (date, service_code, lon, lat) are laid on lattices of several
widths; printed is how many signals a week stand out of chance in the last three years, with the counts of the busiest week.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gzip
import importlib.util
import io
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from hawthorn.assessments import recurring
from hawthorn.config.cli import main as hawthorn

WIDTHS, YEARS = (6, 10, 14), 156


def planted(script: str, seeds: list[int]) -> None:
    """Each seed made, listed by the command, scored; the mean at the end."""
    spec = importlib.util.spec_from_file_location("weeks", script)
    assert spec is not None
    assert spec.loader is not None
    weeks: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(weeks)
    told = []
    for seed in seeds:
        counts, true, runs = weeks.make(seed)
        with tempfile.TemporaryDirectory() as folder:
            cube, out = Path(folder, "cube.npz"), Path(folder, "out.csv")
            np.savez_compressed(cube, counts=counts)
            with contextlib.redirect_stdout(io.StringIO()):
                hawthorn(["judge", "weeks", str(cube), "--list", "50", "--out", str(out)])
            said = io.StringIO()
            with contextlib.redirect_stdout(said), out.open(newline="") as rows:
                weeks.score({"true": true, "runs": runs}, list(csv.DictReader(rows)), 50)
        began = time.perf_counter()
        recurring.signals(counts)
        spent = time.perf_counter() - began
        print(f"  seed {seed}: {said.getvalue().strip()}  {spent:.3f} s for one week", flush=True)
        told.append([float(word) for word in said.getvalue().split() if word.replace(".", "").isdigit()][:3])
    precision, found, delay = (statistics.mean(column) for column in zip(*told, strict=True))
    print(f"  mean: precision {precision:.3f}, found {found:.3f}, delay {delay:.2f} weeks")


def grown(path: str) -> None:
    """A real series that grows: how many signals a week stand out."""
    rows = [row for row in csv.DictReader(io.StringIO(gzip.decompress(Path(path).read_bytes()).decode())) if row["lon"] and row["lat"]]
    names = sorted({row["service_code"] for row in rows})
    kinds = [names.index(row["service_code"]) for row in rows]
    days = np.array([date.fromisoformat(row["date"][:10]).toordinal() for row in rows])
    where = np.array([[float(row["lon"]), float(row["lat"])] for row in rows])
    low, high = where.min(0), where.max(0)
    for width in WIDTHS:
        cells = np.minimum(((where - low) / (high - low) * width).astype(int), width - 1)
        counts = np.zeros((width * width, len(names), int((days.max() - days.min()) // 7) + 1), np.int32)
        np.add.at(counts, (cells[:, 0] * width + cells[:, 1], kinds, (days - days.min()) // 7), 1)
        ends = range(counts.shape[2] - YEARS, counts.shape[2])
        found = [[one for one in recurring.signals(counts[:, :, : end + 1]) if not one.is_chance] for end in ends]
        most = max(found, key=len)
        print(f"  {width} × {width}: mean {statistics.mean(map(len, found)):.2f} signals a week, at most {len(most)}: ", end="")
        print("; ".join(f"{names[one.category]} {one.counted} in {one.weeks} weeks, usually {one.usual:.1f}" for one in most), flush=True)


def main(argv: list[str] | None = None) -> int:
    """Planted problems, then the real series where it is given."""
    parser = argparse.ArgumentParser(prog="bench.weeks")
    parser.add_argument("script")
    parser.add_argument("--seeds", default="0,1,2,3")
    parser.add_argument("--zurich", default="")
    args = parser.parse_args(argv)
    planted(args.script, [int(seed) for seed in args.seeds.split(",")])
    if args.zurich:
        grown(args.zurich)
    return 0


if __name__ == "__main__":
    sys.exit(main())
