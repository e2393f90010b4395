"""python -m bench.new_place: a workbook of 10 communities, 70 grids, 3,000 units, 300 posts and 300 people; seconds to look through and to write.

On an empty SQLite database of its own. Then once more, which must change nothing.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

TOWN, COMMUNITIES, GRIDS, UNITS, PEOPLE = "410803005", 10, 70, 3_000, 300
KINDS = (("grid", "专职网格员"), ("grid", "网格长"), ("grid", "党建指导员"), ("community", "综合窗口"), ("community", "社区书记"))


def large() -> bytes:
    """The filled-in example, made as large as a real subdistrict."""
    from hawthorn.gateways.workbook import template_workbook

    book = load_workbook(io.BytesIO(template_workbook()))
    for name in ("社区和网格", "楼院", "门牌", "岗位", "人员", "值班", "谁牵头"):
        book[name].delete_rows(2, book[name].max_row)
    communities = [f"{TOWN}{101 + c}" for c in range(COMMUNITIES)]
    grids = [f"{communities[g % COMMUNITIES]}{g // COMMUNITIES + 1:03d}" for g in range(GRIDS)]
    for n, code in enumerate(communities):
        book["社区和网格"].append(["社区", code, f"第{n + 1}社区", None, None, None])
    for n, code in enumerate(grids):
        book["社区和网格"].append(["网格", code, f"第{n + 1}网格", None, None, None])
    for n in range(UNITS):
        grid = grids[n % GRIDS]
        point = (113.18 + n % 60 * 0.0005, 35.23 + n // 60 * 0.0005)
        book["楼院"].append([grid[:12], f"U{n:04d}", f"{n + 1} 号楼", grid, *point, "GCJ-02", 40, 100, 20, 10, 1])
    _people(book, communities, grids)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _people(book: Any, communities: list[str], grids: list[str]) -> None:
    places = [(TOWN, "网格中心"), *((g, kind) for level, kind in KINDS if level == "grid" for g in grids)]
    places += [(c, kind) for level, kind in KINDS if level == "community" for c in communities]
    for n in range(PEOPLE):
        place, kind = places[n] if n < len(places) else (TOWN, "单位")
        book["岗位"].append([place, kind, f"{n + 1} 号{kind}", None, "否"])
        book["人员"].append([f"wang{n:03d}", f"示例{n}", None, place, kind, f"{n + 1} 号{kind}", "任职", None, None, "否"])


def main() -> int:
    """Seconds of a dry run, of the writing, and of the second time."""
    with tempfile.TemporaryDirectory(prefix="hawthorn-place-") as folder:
        env = os.environ | {"HAWTHORN_DATA": folder, "DJANGO_SETTINGS_MODULE": "hawthorn.config.settings"}
        env.pop("HAWTHORN_DATABASE_URL", None)
        os.environ.update(env)
        import django

        django.setup()
        sheet = Path(folder) / "place.xlsx"
        sheet.write_bytes(large())
        hawthorn = [sys.executable, "-m", "hawthorn.config.cli"]
        subprocess.run([*hawthorn, "manage", "migrate", "-v", "0"], env=env, check=True, stderr=subprocess.DEVNULL)
        paper = ["--passwords", str(Path(folder) / "words.txt")]
        for name, more in (("dry run", ["--dry-run"]), ("writing", []), ("passwords for all", paper), ("once more", [])):
            began = time.monotonic()
            done = subprocess.run([*hawthorn, "new-subdistrict", str(sheet), *more], env=env, capture_output=True, text=True, check=False)
            lines = [line for line in done.stdout.splitlines() if not line.startswith(("将要", "  ·"))]
            print(f"{name}: {time.monotonic() - began:.1f} s, exit {done.returncode}: {' '.join(lines)[-160:]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
