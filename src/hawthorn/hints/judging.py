"""The computing parts of this room over plain files, so that they can be measured on other cases. No database."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hawthorn.hints import classing, nearness

csv.field_size_limit(10_000_000)
MESSAGE = ("key", "title", "text")
SAID = ("id", "grid", "at", "text")
PAIRS = ("new_id", "open_id", "score", "rank")
GUESSES = ("key", "first", "second", "third", "confidence", "silent")

NOTHING = {
    "few": "至少要有两个类别，每类至少两条，才能学。",
    "empty": "标题和文字都是空的，学不出东西。",
    "rare": f"没有一个字在 {classing.LEAST_MESSAGES} 条以上的话里出现过，学不出东西（只在一两条里的字不学，免得记住一个人的话）。",
    "alike": "各条的话几乎一样（数字不算），分不出类别。",
}


class NotReadable(Exception):
    """A file that cannot be used; the words say which and why, in Chinese."""


def judge_hints(train: str, texts: str, out: str) -> tuple[classing.Model, int]:
    """Learn from one file, guess for another; the model and the number of guesses written."""
    known = [row for row in rows_of(train, (*MESSAGE, "label")) if row["label"]]
    try:
        model = classing.train([_message(row) for row in known], [row["label"] for row in known])
    except classing.NothingToLearn as nothing:
        raise NotReadable(f"{train}：{NOTHING[nothing.why]}") from nothing
    asked = rows_of(texts, MESSAGE)
    write_rows(out, GUESSES, (_guessed(row["key"], classing.guess(model, _message(row))) for row in asked))
    return model, len(asked)


def judge_duplicates(opened: str, new: str, out: str, grids: str = "") -> tuple[int, int]:
    """Rank the open messages near each new one; how many new ones, and how many pairs were written.

    Neighbours (`a,b`, counted both ways) come from `grids`, or else from grids.csv beside the open messages.
    """
    neighbours: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(grids or str(Path(opened).with_name("grids.csv")), ("a", "b")):
        neighbours[row["a"]].add(row["b"])
        neighbours[row["b"]].add(row["a"])
    index = nearness.Index(_said(opened), neighbours)
    asked = _said(new)
    pairs = [(one.id, near.id, f"{near.score:.6f}", rank) for one in asked for rank, near in enumerate(index.near(one), start=1)]
    write_rows(out, PAIRS, pairs)
    return len(asked), len(pairs)


def rows_of(path: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV or CSV.gz in UTF-8. Raises NotReadable where the file is missing, broken or lacks a column."""
    try:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise NotReadable(f"{path}：缺少这几列：{'、'.join(missing)}。")
            return [{name: row[name] or "" for name in columns} for row in reader]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as wrong:
        raise NotReadable(f"{path}：读不了（{wrong}）。") from wrong


def write_rows(path: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV in UTF-8; the folder must be there."""
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(columns)
            writer.writerows(rows)
    except OSError as wrong:
        raise NotReadable(f"{path}：写不了（{wrong}）。") from wrong


def _said(path: str) -> list[nearness.Said]:
    rows = rows_of(path, SAID)
    return [nearness.Said(row["id"], row["grid"], _day(row["at"], f"{path} 第 {line} 行"), row["text"]) for line, row in enumerate(rows, start=2)]


def _day(at: str, where: str) -> float:
    """Days since 1970; a time without zone is taken as it stands."""
    try:
        read = datetime.fromisoformat(at.strip())
    except ValueError as wrong:
        raise NotReadable(f"{where}：时间“{at}”读不懂，要写成 2026-03-01 或 2026-03-01T08:30:00。") from wrong
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() / 86_400


def _message(row: dict[str, str]) -> classing.Message:
    return classing.Message(row["title"], row["text"])


def _guessed(key: str, guess: classing.Guess) -> tuple[Any, ...]:
    names = [name for name, _chance in guess.ranked]
    return (key, *names, *[""] * (3 - len(names)), f"{guess.confidence:.6f}", int(guess.silent))
