"""Duplicates among 100 k open messages, through `hawthorn judge duplicates`; recall at precision 0.9 and milliseconds, printed.

python -m bench.duplicates MESSAGES.csv.gz [HOT.csv.gz] [--open 100000] [--new 2000] [--seed 1]

Texts are resampled from real messages on a made-up lattice of 500 grids and 90 days: half of the new ones are rewrites of an
open one (7 % with a wrong grid, 10 % with a neighbour's), half are other things on the same subjects.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import random
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from bench.duplicates_words import resample, rewrite
from hawthorn.hints import judging, nearness

WIDE, HIGH = 25, 20
BEGUN = datetime(2026, 1, 1)  # noqa: DTZ001
Row = tuple[str, str, str, str]


def read(path: str) -> list[dict[str, str]]:
    """Rows of a gzipped CSV."""
    return list(csv.DictReader(io.StringIO(gzip.decompress(Path(path).read_bytes()).decode("utf-8"))))


def beside(grid: int) -> list[int]:
    """The up to eight neighbours on the lattice."""
    x, y = grid % WIDE, grid // WIDE
    return [
        (y + down) * WIDE + x + right for right in (-1, 0, 1) for down in (-1, 0, 1)
        if (right or down) and 0 <= x + right < WIDE and 0 <= y + down < HIGH
    ]  # fmt: skip


def at(day: float) -> str:
    """A day of the made-up span as a time."""
    return (BEGUN + timedelta(days=day)).isoformat(timespec="seconds")


def made_up(messages: list[dict[str, str]], opened: int, new: int, seed: int) -> tuple[list[Row], list[Row], dict[str, str]]:
    """Open rows, new rows, and which open one each rewrite repeats."""
    rng = random.Random(seed)
    alike: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in messages:
        alike[row["label"]].append(row)

    def another(grid: int) -> str:
        row = rng.choice(messages)
        return resample(f"{row['title']} {row['text']}", rng.choice(alike[row["label"]])["text"], grid, rng)

    places = [rng.randrange(WIDE * HIGH) for _n in range(opened)]
    days = [rng.uniform(0, 90) for _n in range(opened)]
    rows: list[Row] = [(f"o{n}", str(places[n]), at(days[n]), another(places[n])) for n in range(opened)]
    asked, truth = list[Row](), dict[str, str]()
    for n in range(new):
        if n % 2:
            grid = rng.randrange(WIDE * HIGH)
            asked.append((f"n{n}", str(grid), at(rng.uniform(20, 100)), another(grid)))
            continue
        one, luck = rng.randrange(opened), rng.random()
        grid = rng.randrange(WIDE * HIGH) if luck < 0.07 else rng.choice(beside(places[one])) if luck < 0.17 else places[one]
        asked.append((f"n{n}", str(grid), at(days[one] + rng.uniform(0, 29)), rewrite(rows[one][3], rng)))
        truth[f"n{n}"] = rows[one][0]
    return rows, asked, truth


def recall(pairs: list[tuple[float, bool]], number: int, precision: float = 0.9) -> tuple[float, float]:
    """The largest share of `number` found while the pairs above the score are right so often; and that score."""
    right, best, score = 0, 0, 1.0
    for place, (value, is_right) in enumerate(sorted(pairs, reverse=True), start=1):
        right += is_right
        if right >= precision * place and right > best:
            best, score = right, value
    return best / number, score


def timed(rows: list[Row], asked: list[Row]) -> tuple[float, tuple[float, float]]:
    """Seconds for the index; the middle and the 95th percentile of a question, in milliseconds."""
    neighbours = {str(grid): [str(other) for other in beside(grid)] for grid in range(WIDE * HIGH)}
    said, questions = ([nearness.Said(row[0], row[1], _day(row[2].replace("T", " ")), row[3]) for row in part] for part in (rows, asked))
    begun = time.perf_counter()
    index = nearness.Index(said, neighbours)
    build, spent = time.perf_counter() - begun, []
    for one in questions:
        begun = time.perf_counter()
        index.near(one)
        spent.append((time.perf_counter() - begun) * 1000)
    spent.sort()
    return build, (spent[len(spent) // 2], spent[len(spent) * 95 // 100])


def rewrites(messages: list[dict[str, str]], opened: int, new: int, seed: int) -> None:
    """Print the figures on made-up rewrites."""
    rows, asked, truth = made_up(messages, opened, new, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        judging.write_rows(str(folder / "grids.csv"), ("a", "b"), [(grid, other) for grid in range(WIDE * HIGH) for other in beside(grid)])
        judging.write_rows(str(folder / "open.csv"), judging.SAID, rows)
        judging.write_rows(str(folder / "new.csv"), judging.SAID, asked)
        judging.judge_duplicates(str(folder / "open.csv"), str(folder / "new.csv"), str(folder / "out.csv"))
        found = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text(encoding="utf-8"))))
    pairs = [(float(row["score"]), truth.get(row["new_id"]) == row["open_id"]) for row in found]
    share, score = recall(pairs, len(truth))
    first, _score = recall([pair for pair, row in zip(pairs, found, strict=True) if row["rank"] == "1"], len(truth))
    likely = [is_right for value, is_right in pairs if value >= nearness.LIKELY]
    build, each = timed(rows, asked)
    print(f"seed {seed}: {opened} open, {new} new, {len(truth)} rewrites; index {build:.1f} s; a question p50 {each[0]:.2f} ms, p95 {each[1]:.2f} ms")
    print(f"  recall at precision 0.9: {share:.4f} (score {score:.3f}); first of each alone {first:.4f}")
    print(f"  at the shipped {nearness.LIKELY}: recall {sum(likely) / len(truth):.4f}, precision {sum(likely) / max(len(likely), 1):.4f}")


def hot(path: str) -> None:
    """Print how the `group`s of real messages are found; they have no grid, so all lie in one."""
    rows = read(path)
    group = {str(n): row["group"] for n, row in enumerate(rows)}
    said = [nearness.Said(str(n), "", _day(row["留言时间"]), f"{row['留言主题']} {row['留言详情']}") for n, row in enumerate(rows)]
    day = {one.id: one.day for one in said}
    members = defaultdict(list)
    for one in said:
        members[group[one.id]].append(one)
    again = [one.id for one in said if any(0 <= one.day - other.day <= nearness.DAYS for other in members[group[one.id]] if other is not one)]
    index, near = nearness.Index(said, {}), []
    for one in said:
        ranked = [(other.id, other.score) for other in index.near(one, best=20) if other.id != one.id and day[other.id] <= one.day]
        near += [(one.id, other, score) for other, score in ranked[: nearness.BEST]]
    for least in (nearness.LIKELY, 0.3, 0.4):
        above = [(new, group[new] == group[old]) for new, old, score in near if score >= least]
        found = {new for new, same in above if same}
        print(
            f"hot, score ≥ {least}: {len(found & set(again))} of {len(again)} repeated within 30 days found; "
            f"of {len(above)} pairs {sum(same for _new, same in above)} in one group"
        )


def _day(at: str) -> float:
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M"):
        try:
            return (datetime.strptime(at.strip(), form) - BEGUN).total_seconds() / 86_400  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(at)


def main() -> None:
    """Both measurements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("messages")
    parser.add_argument("hot", nargs="?")
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rewrites(read(args.messages), args.open, args.new, args.seed)
    if args.hot:
        hot(args.hot)


if __name__ == "__main__":
    main()
