"""python -m bench.sheets [--rows 100000] [--kill]: a long sheet from the command line, as xlsx and CSV, on a demo of its own (SQLite unless
HAWTHORN_DATABASE_URL says otherwise): seconds, rows a second, peak memory. --kill: killed half way, begun again, compared with one go.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from openpyxl import Workbook

from hawthorn.config.demo.words import SPOTS, TALK, told

ROOT = Path(__file__).resolve().parent.parent
HEADINGS = ("工单编号", "标题", "诉求内容", "来电时间", "办结期限", "类别", "联系电话", "姓名", "网格编码", "地址", "承办单位", "办理结果", "办结时间", "备注")
GRIDS = """
import django; django.setup()
from hawthorn.territory.models import Place
print(*Place.objects.filter(level="grid", tenant__code="410803005").values_list("code", flat=True))
"""
START = "2026-03-02T10:00:00"
SAME = """
import django; django.setup()
import hashlib
from hawthorn.loops.models import Text
from hawthorn.matters.models import Matter, OutsideNumber
skip = {"item_id", "policy"}
plain = lambda v: v.isoformat(timespec="minutes") if hasattr(v, "hour") else str(v)
lines = {}
rows = OutsideNumber.objects.filter(source="长表")
for number, item, stage, due in rows.values_list("number", "item_id", "item__stage", "item__due_at").iterator():
    lines[item] = [number, stage, plain(due)]
for values in Matter.objects.filter(outside_source="长表").values().iterator():
    lines[values["item_id"]] += [f"{k}={plain(v)}" for k, v in sorted(values.items()) if k not in skip]
for item, field, words in Text.objects.filter(item__in=rows.values("item")).order_by("id").values_list("item_id", "field", "words").iterator():
    lines[item] += [field, words]
print(len(lines), hashlib.sha256("\\n".join(sorted("|".join(one) for one in lines.values())).encode()).hexdigest())
"""


def rows(number: int, grids: Sequence[str], seed: int = 7) -> Iterator[tuple[str, ...]]:
    """Tickets of the demo's own words: no two with the same number, some without a grid, every hundredth wrong."""
    random = Random(seed)
    at = datetime.fromisoformat("2025-12-01T08:00:00")
    for n in range(number):
        _key, said, _done, _say = random.choice(TALK)
        words = " ".join(told(random.choice(TALK)[1], random) for _n in range(random.randint(1, 4)))
        came = at + timedelta(minutes=random.randrange(120_000))
        yield (
            f"R{20250000000 + n}", said[:12], f"{told(said, random)}{words}", "前天" if n % 100 == 99 else came.strftime("%Y-%m-%d %H:%M:%S"),
            (came + timedelta(days=7)).strftime("%Y-%m-%d"), "其他", f"199{random.randrange(10**8):08d}" if n % 2 else "", "王示例", random.choice(grids),
            f"{random.choice(SPOTS)}{n % 90} 号", "街道", "", "", "",
        )  # fmt: skip


def write(path: Path, number: int, grids: Sequence[str]) -> None:
    """The sheet as a file."""
    if path.suffix == ".csv":
        with path.open("w", encoding="gb18030", newline="") as out:
            csv.writer(out).writerows([HEADINGS, *rows(number, grids)])
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet("来件")
    sheet.append(HEADINGS)
    for row in rows(number, grids):
        sheet.append(row)
    book.save(path)


def python(code: str, data: Path) -> str:
    """Run some Python over a data folder."""
    env = os.environ | {"HAWTHORN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "hawthorn.config.settings"}
    return subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def take(path: Path, data: Path, now: str, kill_after: float | None = None) -> tuple[float, float, int]:
    """The command; seconds, seconds of processor, and its peak memory in MB."""
    env = os.environ | {"HAWTHORN_DATA": str(data), "HAWTHORN_NOW": now}
    command = [sys.executable, "-m", "hawthorn.config.cli", "import-messages", str(path), "--tenant", "410803005", "--source", "长表"]
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    if kill_after is not None:
        time.sleep(kill_after)
        process.send_signal(signal.SIGKILL)
    said = process.stdout.read()
    _pid, _status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    if kill_after is None:
        print("   " + said.strip().splitlines()[-2], flush=True)
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def fresh(empty: Path, name: str, folder: Path) -> Path:
    """A copy of the demo."""
    return Path(shutil.copytree(empty, folder / name))


def main() -> int:
    """One go as xlsx and CSV; with --kill also broken off."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--kill", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hawthorn-sheets-") as folder:
        where = Path(folder)
        empty = where / "empty"
        python("from hawthorn.config.cli import main; main(['demo', '--prepare-only'])", empty)
        grids = ["", *python(GRIDS, empty).split()]
        print(f"| {args.rows} rows | file MB | seconds | processor s | rows/s | peak MB |\n|---|---|---|---|---|---|", flush=True)
        for suffix in (".xlsx", ".csv"):
            path = where / f"long{suffix}"
            write(path, args.rows, grids)
            data = fresh(empty, f"whole{suffix}", where)
            seconds, busy, peak = take(path, data, START)
            print(f"| {suffix} | {path.stat().st_size / 1e6:.1f} | {seconds:.0f} | {busy:.0f} | {args.rows / seconds:.0f} | {peak} |", flush=True)
            whole = python(SAME, data)
            if args.kill:
                broken = fresh(empty, f"broken{suffix}", where)
                take(path, broken, START, kill_after=seconds / 2)
                half = python(SAME, broken).split()[0]
                take(path, broken, "2026-03-02T16:00:00")
                print(
                    f"   killed at {half}, begun again: {'the same' if python(SAME, broken) == whole else 'NOT THE SAME'} as in one go ({whole.split()[0]})",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
