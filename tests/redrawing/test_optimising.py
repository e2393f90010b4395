"""Plans for new grids: each unit once, every grid whole and within ±10 %, the fixed stay, the same seed gives the same plan."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hawthorn.config.cli import main
from hawthorn.redrawing import flows, graph, optimising
from hawthorn.redrawing.graph import Ground, Impossible

SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases" / "grids"


def town(width: int, height: int, columns: int, seed: int = 0, fixed: tuple[str, ...] = ()) -> Ground:
    """A chequered town with grids as bands of columns, the first of which have grown."""
    random = Random(seed)  # noqa: S311
    name = {(x, y): f"{x}-{y}" for x in range(width) for y in range(height)}
    today = {unit: str(1 + x * columns // width) for (x, _y), unit in name.items()}
    weights = {unit: random.randint(8, 20) + (6 if today[unit] == "1" else 0) for unit in name.values()}
    joins = [(unit, name[x + a, y + b], 1.0) for (x, y), unit in name.items() for a, b in ((1, 0), (0, 1)) if (x + a, y + b) in name]
    return graph.ground_of(weights, today, joins, fixed)


def parts_by_library(ground: Ground, plan: list[int]) -> int:
    """How many pieces the grids are in."""
    inside = [(u, v) for u, near in enumerate(ground.beside) for v, _cost in near if plan[u] == plan[v]]
    matrix = coo_matrix((np.ones(len(inside)), tuple(zip(*inside, strict=True)) if inside else ([], [])), (len(plan), len(plan)))
    return int(connected_components(matrix, directed=False)[0])


# ── properties ──
@settings(max_examples=12, deadline=None)
@given(
    width=some.integers(6, 14),
    height=some.integers(4, 9),
    columns=some.integers(2, 5),
    seed=some.integers(0, 99),
    wish=some.sampled_from(["nice", "normal", "still"]),
)
@example(width=14, height=8, columns=3, seed=85, wish="still").via("a grid that stands exactly on its bound")
def test_a_plan_covers_each_unit_once_in_whole_grids_within_their_bounds(width: int, height: int, columns: int, seed: int, wish: optimising.Wish) -> None:
    ground = town(width, height, columns, seed)
    try:
        plan = optimising.draw(ground, wish=wish, seed=seed, iterations=4_000)
    except Impossible as said:
        assert "户" in str(said)
        return
    assert len(plan) == len(ground.units)
    assert set(plan) == set(range(columns))
    assert parts_by_library(ground, plan) == columns
    assert graph.measured(ground, plan).deviation <= graph.TOLERANCE
    assert plan == optimising.draw(ground, wish=wish, seed=seed, iterations=4_000)


@settings(max_examples=40, deadline=None)
@given(seed=some.integers(0, 9999), grids=some.integers(1, 6))
def test_leaving_agrees_with_a_graph_library(seed: int, grids: int) -> None:
    ground = town(7, 6, 1)
    random = Random(seed)  # noqa: S311
    plan = [random.randrange(grids) for _unit in ground.units]
    assert len(graph.parts_of(ground, plan)) == parts_by_library(ground, plan)
    drawing = optimising.Drawing(Ground(ground.units, tuple(map(str, range(grids))), ground.weights, ground.today, ground.beside), plan)
    for u in range(len(plan)):
        alone = [grids if v == u else grid for v, grid in enumerate(plan)]
        assert drawing.may_leave(u) == (parts_by_library(ground, alone) == parts_by_library(ground, plan) + 1)


def test_fixed_units_stay_and_another_seed_is_another_plan() -> None:
    fixed = ("0-0", "3-3", "4-4", "5-2")
    ground = town(12, 8, 4, 3, fixed)
    plans = [optimising.draw(ground, seed=seed, iterations=20_000) for seed in range(4)]
    for plan in plans:
        assert [plan[ground.units.index(unit)] for unit in fixed] == [ground.today[ground.units.index(unit)] for unit in fixed]
    assert len({tuple(plan) for plan in plans}) > 1


def test_still_moves_fewest_and_nice_has_the_cheapest_borders() -> None:
    ground = town(14, 12, 4, 5)
    found = {wish: graph.measured(ground, optimising.draw(ground, wish=wish, iterations=400_000)) for wish in ("nice", "normal", "still")}
    assert found["still"].moved <= found["normal"].moved
    assert found["nice"].cost <= found["normal"].cost
    assert found["still"].moved <= 1.5 * flows.flow_share(ground, graph.TOLERANCE)


def test_it_tells_how_far_it_is_and_stops_with_a_lawful_plan() -> None:
    ground, told = town(12, 8, 4), list[float]()

    def tell(share: float) -> bool:
        told.append(share)
        return len(told) > 3

    plan = optimising.draw(ground, iterations=200_000, tell=tell)
    assert told == sorted(told)
    measured = graph.measured(ground, plan)
    assert (measured.broken, measured.deviation <= graph.TOLERANCE) == (0, True)


@settings(max_examples=60, deadline=None)
@given(seed=some.integers(0, 9999), grids=some.integers(1, 5))
def test_grids_are_called_so_that_most_households_keep_theirs(seed: int, grids: int) -> None:
    random = Random(seed)  # noqa: S311
    ground = town(6, 5, grids, seed, fixed=("5-4",) if seed % 2 else ())
    plan = [random.randrange(grids) for _unit in ground.units]
    for u in ground.fixed:
        plan[u] = ground.today[u]
    named = optimising.named_as_today(ground, plan)
    assert len({pair for pair in zip(plan, named, strict=True)}) == len(set(plan)), "the same grids"
    assert all(named[u] == ground.today[u] for u in ground.fixed)
    others = [[names[grid] for grid in plan] for names in permutations(range(grids))]
    lawful = [other for other in others if all(other[u] == ground.today[u] for u in ground.fixed)]
    assert graph.moved_of(ground, named) == min(graph.moved_of(ground, other) for other in lawful)


@pytest.mark.parametrize("wish", ["nice", "normal", "still"])
def test_where_today_is_even_and_its_borders_the_shortest_nobody_moves(wish: optimising.Wish) -> None:
    even = town(12, 4, 3)
    ground = replace(even, weights=(10,) * len(even.units))
    assert optimising.draw(ground, wish=wish, seed=1, iterations=20_000) == list(ground.today)


# ── what cannot be done is named ──
def row_of(*weights: int, grids: str, gap: int | None = None) -> Ground:
    """Units in a row; no join after `gap`."""
    units = [chr(65 + n) for n in range(len(weights))]
    joins = [(a, b, 1.0) for n, (a, b) in enumerate(zip(units, units[1:], strict=False)) if n != gap]
    return graph.ground_of(dict(zip(units, weights, strict=True)), dict(zip(units, grids, strict=True)), joins)


@pytest.mark.parametrize(("ground", "words"), [
    (row_of(10, 90, 10, 10, grids="1122"), "“B”"),
    (row_of(10, 10, 10, 10, 10, 10, grids="111222", gap=1), "“A”等 2 个楼院和别处不相连"),
    (row_of(10, 10, 10, 10, grids="1212"), "网格“1”现在就不连成一片"),
    (row_of(30, 30, 30, 10, grids="1122"), "最大的楼院是"),
])  # fmt: skip
def test_an_impossible_task_is_named(ground: Ground, words: str) -> None:
    with pytest.raises(Impossible) as said:
        optimising.draw(ground, iterations=2_000)
    assert words in str(said.value)


# ── the command ──
def written(folder: Path, units: str, joins: str) -> list[str]:
    for name, said in (("units.csv", units), ("joins.csv", joins)):
        (folder / name).write_text(said, encoding="utf-8")
    return ["judge", "grids", str(folder / "units.csv"), str(folder / "joins.csv"), "--out", str(folder / "plan.csv"), "--iterations", "3000"]


def test_the_command_writes_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    units = "unit,x_m,households,grid_today\n" + "".join(f"u{n},0,{12 if n < 4 else 8},{1 if n < 6 else 2}\n" for n in range(12))
    joins = "a,b,border_cost\n" + "".join(f"u{n},u{n + 1},1\n" for n in range(11))
    assert main(written(tmp_path, units, joins)) == 0
    with (tmp_path / "plan.csv").open(encoding="utf-8") as lines:
        plan = {row["unit"]: row["grid"] for row in csv.DictReader(lines)}
    assert list(plan) == [f"u{n}" for n in range(12)]
    assert set(plan.values()) == {"1", "2"}
    assert "12 个楼院、2 个网格" in capsys.readouterr().out


@pytest.mark.parametrize(("units", "joins", "words"), [
    ("unit,households,grid_today\na,x,1\n", "a,b,border_cost\n", "第 2 行"),
    ("unit,households,grid_today\na,1,1\na,2,1\n", "a,b,border_cost\n", "写了两次"),
    ("unit,households,grid_today\na,1,\n", "a,b,border_cost\n", "都要填"),
    ("unit,households,grid_today\na,0,1\n", "a,b,border_cost\n", "一户也没有"),
    ("unit,households,grid_today\na,1,1\nb,1,2\n", "a,b,border_cost\na,z,1\n", "“a—z”"),
    ("unit,households,grid_today\na,1,1\nb,1,2\n", "a,b,border_cost\na,b,-1\n", "border_cost"),
    ("unit,households\n", "a,b,border_cost\n", "grid_today"),
])  # fmt: skip
def test_files_that_do_not_fit_are_told_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], units: str, joins: str, words: str) -> None:
    assert main(written(tmp_path, units, joins)) == 1
    assert words in capsys.readouterr().out
    assert not (tmp_path / "plan.csv").exists()


# ── the cases beside the repository ──
NAMES = sorted(path.name.removesuffix(".units.csv.gz") for path in SHARED.glob("town-200-*.units.csv.gz")) or ["none"]


@pytest.mark.shared
@pytest.mark.parametrize("name", NAMES)
def test_the_given_towns_are_drawn_lawfully(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not SHARED.exists():
        pytest.skip("没有 ../shared/cases/grids")
    files = [str(SHARED / f"{name}.{what}.csv.gz") for what in ("units", "joins")]
    assert main(["judge", "grids", *files, "--out", str(tmp_path / "plan.csv"), "--iterations", "60000"]) == 0
    assert "不连片的网格 0 个" in capsys.readouterr().out
