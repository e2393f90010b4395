"""What recurs: a problem that goes on is on top and says why, what is over leaves the list, chance and growth raise no flood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hawthorn.assessments import recurring
from hawthorn.config.cli import main

PLACES, CATEGORIES, WEEKS = 40, 6, 120


def quiet(seed: int, *, weeks: int = WEEKS, grows: float = 0.0, mean: float = 0.3) -> Any:
    """Counts by chance: categories of different size, a yearly wave, perhaps growth a year."""
    rng = np.random.default_rng(seed)
    at = np.arange(weeks)
    wave = (1 + 0.3 * np.sin(2 * np.pi * at / 52)) * (1 + grows * at / 52)
    size = rng.lognormal(0, 0.5, PLACES)[:, None, None] * (2 * mean / np.arange(1, CATEGORIES + 1))[None, :, None]
    return rng.poisson(size * wave).astype(np.int32)


def listed(counts: Any) -> list[tuple[int, int]]:
    return [(s.place, s.category) for s in recurring.signals(counts) if not s.is_chance]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("since", [1, 2, 4])
def test_a_problem_is_on_top_from_its_first_weeks_on(seed: int, since: int) -> None:
    counts = quiet(seed)
    counts[7, 3, -since:] += 6
    first = recurring.signals(counts)[0]
    assert (first.place, first.category, first.is_chance) == (7, 3, False)
    assert first.counted == counts[7, 3, -first.weeks :].sum()
    assert first.usual < first.counted / 2


@pytest.mark.parametrize("seed", range(6))
def test_what_is_over_leaves_the_list(seed: int) -> None:
    counts = quiet(seed)
    counts[7, 3, -5:-1] += 6
    counts[7, 3, -1] = 0
    assert (7, 3) in listed(counts[:, :, :-1])
    assert (7, 3) not in listed(counts)


@pytest.mark.parametrize(("grows", "mean"), [(0.0, 0.3), (0.5, 0.3), (0.0, 4.0), (0.5, 4.0)])
def test_chance_season_and_growth_raise_no_flood(grows: float, mean: float) -> None:
    counts = quiet(1, weeks=180, grows=grows, mean=mean)
    striking = [len(listed(counts[:, :, :end])) for end in range(120, 181)]
    assert max(striking) <= 5
    assert sum(striking) / len(striking) < 1


def test_a_place_that_always_has_many_is_not_a_problem() -> None:
    counts = quiet(3)
    counts[9, 2] += 8
    assert (9, 2) not in listed(counts)


def test_the_list_of_a_week_knows_nothing_of_later_weeks() -> None:
    counts = quiet(4)
    before = recurring.signals(counts[:, :, :100])
    counts[:, :, 100:] += 9
    assert recurring.signals(counts[:, :, :100]) == before


@pytest.mark.parametrize("weeks", [8, 9, 12, 20, 60])
def test_a_short_past_is_enough_to_begin_with(weeks: int) -> None:
    counts = quiet(5, weeks=weeks)
    counts[7, 3, -1] += 9
    assert recurring.signals(counts)[0][:2] == (7, 3)


@pytest.mark.parametrize("weeks", range(1, 8))
def test_in_the_first_weeks_nothing_is_usual_yet(weeks: int) -> None:
    assert recurring.signals(quiet(5, weeks=weeks)) == []


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 10), (1, 1, 200)])
def test_nothing_is_listed_of_nothing(shape: tuple[int, int, int]) -> None:
    assert recurring.signals(np.zeros(shape, np.int32)) == []


def test_the_list_is_as_long_as_asked_and_the_same_again() -> None:
    counts = quiet(6, mean=3.0)
    assert len(recurring.signals(counts, most=7)) == 7
    assert recurring.signals(counts) == recurring.signals(counts)


# ── the command ──
def judge(cube: Path, out: Path, *more: str) -> int:
    return main(["judge", "weeks", str(cube), "--out", str(out), *more])


def test_the_command_lists_the_last_26_weeks(tmp_path: Path) -> None:
    counts = quiet(7, mean=2.0)
    np.savez_compressed(tmp_path / "cube.npz", counts=counts)
    assert judge(tmp_path / "cube.npz", tmp_path / "out.csv", "--list", "5") == 0
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").split()
    assert lines[0] == "week,grid,category,rank"
    rows = [[int(said) for said in line.split(",")] for line in lines[1:]]
    assert {row[0] for row in rows} == set(range(WEEKS - 26, WEEKS))
    assert {row[3] for row in rows} == {1, 2, 3, 4, 5}


NO_CUBES = [
    b"", b"PK\x03\x04", b"words", {"other": np.zeros((1, 1, 1), int)}, {"counts": np.zeros((2, 2), int)}, {"counts": -np.ones((2, 2, 2), int)},
    {"counts": np.full((2, 2, 2), np.nan)}, {"counts": np.zeros((0, 2, 2), int)}, {"counts": np.array([[["a"]]], dtype=object)},
]  # fmt: skip


@pytest.mark.parametrize("content", NO_CUBES)
def test_a_file_that_is_no_cube_is_told_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any) -> None:
    cube = tmp_path / "cube.npz"
    if isinstance(content, dict):
        np.savez(cube, **content)
    else:
        cube.write_bytes(content)
    assert judge(cube, tmp_path / "out.csv") == 1
    assert "cube.npz" in capsys.readouterr().out
    assert not (tmp_path / "out.csv").exists()
