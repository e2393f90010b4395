"""Class of a message by five stratified folds, through `hawthorn judge hints` as anybody would run it; the figures are printed.

python -m bench.hints MESSAGES.csv.gz      (columns key,title,text,label,ambiguous; or the path in HAWTHORN_MESSAGES)
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from hawthorn.hints import classing, judging

NAMES = ("macro-F1", "top-3", "surest 80 %", "spoken right", "spoken of all", "train s", "ms each")


def write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> str:
    """These columns of the rows as a CSV; its path."""
    judging.write_rows(str(path), columns, ([row[name] for name in columns] for row in rows))
    return str(path)


def fold(train: list[dict[str, str]], held: list[dict[str, str]], folder: Path) -> list[float]:
    """The figures of one fold."""
    columns, out = ["key", "title", "text"], folder / "out.csv"
    paths = write(folder / "train.csv", [*columns, "label"], train), write(folder / "held.csv", columns, held)
    begun = time.perf_counter()
    model, _number = judging.judge_hints(*paths, str(out))
    whole = time.perf_counter() - begun
    begun = time.perf_counter()
    for row in held[:300]:
        classing.guess(model, classing.Message(row["title"], row["text"]))
    each = (time.perf_counter() - begun) / 300
    guesses = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    truth = [row["label"] for row in held]
    right = np.array([guess["first"] == label for guess, label in zip(guesses, truth, strict=True)])
    top = np.mean([label in (guess["first"], guess["second"], guess["third"]) for guess, label in zip(guesses, truth, strict=True)])
    surest = np.argsort([-float(guess["confidence"]) for guess in guesses], kind="stable")[: round(0.8 * len(held))]
    spoken = np.array([guess["silent"] == "0" for guess in guesses])
    return [
        float(f1_score(truth, [guess["first"] for guess in guesses], average="macro")), float(top), float(right[surest].mean()),
        float(right[spoken].mean()), float(spoken.mean()), whole - each * len(held), each * 1000,
    ]  # fmt: skip


def main() -> None:
    """Print a line per fold, then mean ± sd."""
    path = sys.argv[1] if len(sys.argv) > 1 else os.environ["HAWTHORN_MESSAGES"]
    rows = [row for row in csv.DictReader(io.StringIO(gzip.decompress(Path(path).read_bytes()).decode("utf-8"))) if row["ambiguous"] != "True"]
    labels = [row["label"] for row in rows]
    print("fold", *NAMES, sep="\t")
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (train, held) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(labels, labels)):
            figures.append(fold([rows[n] for n in train], [rows[n] for n in held], Path(folder)))
            print(number, *(f"{value:.4f}" for value in figures[-1]), sep="\t", flush=True)
    print("mean±sd", *(f"{statistics.mean(column):.4f}±{statistics.pstdev(column):.4f}" for column in zip(*figures, strict=True)), sep="\t")


if __name__ == "__main__":
    main()
