"""Who says the same near here: place and days choose, words rank, and no words are kept."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from hawthorn.hints.nearness import BEST, DAYS, LIKELY, MOST_EXACT, RAREST, Index, Said, buckets_of

NEXT = {"1": ["2"], "2": ["1"]}
OTHERS = [Said(f"x{n}", "1", 10.0, f"第{n}栋楼下停车位被占，出不了门") for n in range(20)]
LAMP = "三号楼门口的路灯坏了半个月，晚上老人走路摸黑"


def ids(index: Index, grid: str = "1", day: float = 12.0, text: str = "三号楼门口路灯坏了，老人晚上摸黑走路") -> list[str]:
    return [near.id for near in index.near(Said("new", grid, day, text)) if near.score >= LIKELY]


def test_the_same_thing_in_other_words_is_found() -> None:
    assert ids(Index([*OTHERS, Said("lamp", "1", 11.0, LAMP)], NEXT)) == ["lamp"]


@pytest.mark.parametrize(
    ("grid", "day", "is_found"), [("1", 11.0, True), ("2", 11.0, True), ("3", 11.0, False), ("1", 12 - DAYS - 1, False), ("1", 14.0, False)]
)
def test_only_here_and_next_door_and_lately(grid: str, day: float, is_found: bool) -> None:
    assert (ids(Index([*OTHERS, Said("lamp", grid, day, LAMP)], NEXT)) == ["lamp"]) is is_found


def test_the_own_grid_comes_before_the_neighbour_s() -> None:
    index = Index([*OTHERS, Said("beside", "2", 11.0, LAMP), Said("here", "1", 11.0, LAMP)], NEXT)
    assert [near.id for near in index.near(Said("new", "1", 12.0, LAMP))][:2] == ["here", "beside"]


def test_another_building_is_less_near_than_the_same() -> None:
    index = Index(OTHERS, NEXT)
    assert index.near(Said("new", "1", 11.0, "第7栋楼下停车位被占，出不了门"))[0].id == "x7"


def test_nothing_shared_is_nothing_found() -> None:
    index = Index(OTHERS, NEXT)
    assert [index.near(Said("new", "1", 11.0, words)) for words in ("", "灯", "qqqq")] == [[], [], []]
    assert Index([], {}).near(Said("new", "1", 11.0, LAMP)) == []


def test_scores_lie_between_nought_and_one_and_fall() -> None:
    scores = [near.score for near in Index(OTHERS, NEXT).near(Said("new", "1", 11.0, OTHERS[3].text))]
    assert len(scores) == BEST
    assert scores == sorted(scores, reverse=True)
    assert 0 <= min(scores) <= max(scores) <= 1


def test_many_candidates_are_narrowed_without_losing_the_one() -> None:
    crowd = [Said(f"c{n}", "1", 10.0, f"楼下有人乱停车{n}，车主不听劝，请来看看") for n in range(MOST_EXACT * 2)]
    assert ids(Index([*crowd, Said("lamp", "1", 11.0, LAMP)], NEXT)) == ["lamp"]


def test_short_texts_and_lone_surrogates_do_no_harm() -> None:
    assert len(buckets_of("灯")) == 0
    assert len(buckets_of("\ud800灯坏")) > 0
    assert len(buckets_of("路灯")) < RAREST


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hawthorn.config.cli", "judge", "duplicates", *words], capture_output=True, text=True, check=False)


def files(folder: Path, at: str = "2026-03-01T08:00:00+08:00") -> list[str]:
    said = [("lamp", "g1", "2026-02-20", LAMP), *((one.id, "g1", "2026-02-21 07:00:00", one.text) for one in OTHERS)]
    for name, head, rows in (
        ("open.csv", ["id", "grid", "at", "text"], said),
        ("new.csv", ["id", "grid", "at", "text"], [("n1", "g2", at, "三号楼门口路灯坏了，老人晚上摸黑走路")]),
        ("grids.csv", ["a", "b"], [("g1", "g2")]),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([head, *rows])
    return ["--open", str(folder / "open.csv"), "--new", str(folder / "new.csv"), "--out", str(folder / "out.csv")]


def test_the_command_ranks_over_plain_files_with_neighbours_both_ways(tmp_path: Path) -> None:
    done = run(*files(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"))))
    assert list(rows[0]) == ["new_id", "open_id", "score", "rank"]
    assert (rows[0]["new_id"], rows[0]["open_id"], rows[0]["rank"]) == ("n1", "lamp", "1")
    assert len(rows) <= BEST


def test_neighbours_may_lie_in_another_file(tmp_path: Path) -> None:
    words = files(tmp_path)
    (tmp_path / "grids.csv").rename(tmp_path / "joins.csv")
    assert "grids.csv" in run(*words).stdout
    assert run(*words, "--grids", str(tmp_path / "joins.csv")).returncode == 0


def test_a_time_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    done = run(*files(tmp_path, at="昨天"))
    assert done.returncode == 1
    assert "第 2 行" in done.stdout
    assert "昨天" in done.stdout


def test_a_single_open_message_is_not_near_because_a_word_is_shared() -> None:
    index = Index([Said("lamp", "1", 11.0, LAMP)], NEXT)
    assert index.near(Said("new", "1", 12.0, "三号楼门口有人摆摊卖菜，占了消防通道"))[0].score < LIKELY
    assert index.near(Said("new", "1", 12.0, "三号楼门口的路灯坏了，老人走路摸黑"))[0].score > LIKELY
