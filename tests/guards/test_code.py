"""Guards over the code: small rooms, floors, writes only in actions and the engine, no outside address, one clock."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guards import scans

PLANTED = {
    "too_large": ("web/long.py", '"""Long."""\n' + "x = 1\n" * 401),
    "stray_writes": (
        "web/views_bad.py",
        '"""Bad."""\nfrom hawthorn.loops.models import Item\n\n\ndef view():\n    """Bad."""\n    Item.objects.filter(pk=1).update(stage="x")\n',
    ),
    "outside_addresses": ("web/static/web/bad.css", "@import url('https://fonts.example.com/a.css');\n"),
    "untimed": ("loops/late.py", '"""Bad."""\nfrom datetime import datetime\n\nAT = datetime.now()\n'),
}


@pytest.mark.parametrize("guard", sorted(PLANTED))
def test_the_code_keeps_the_guard(guard: str) -> None:
    assert getattr(scans, guard)() == []


@pytest.mark.parametrize("guard", sorted(PLANTED))
def test_the_guard_fails_on_a_planted_violation(guard: str, tmp_path: Path) -> None:
    name, content = PLANTED[guard]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert len(getattr(scans, guard)(tmp_path)) == 1


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts over a copy of the source."""
    code = "from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--config", str(folder / ".importlinter")],
        cwd=folder, env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("loops/queries.py", "from hawthorn.matters import models as planted  # noqa\n"),
        ("matters/queries.py", "from hawthorn.requests import models as planted  # noqa\n"),
        ("matters/rules/facts.py", "from django.db import models as planted  # noqa\n"),
        ("teams/models.py", "from hawthorn.teams import actions as planted  # noqa\n"),
    ],
)
def test_a_planted_import_breaks_the_floors(name: str, line: str, tmp_path: Path) -> None:
    shutil.copytree(scans.ROOT / "src", tmp_path / "src")
    shutil.copy(scans.ROOT / ".importlinter", tmp_path)
    target = tmp_path / "src" / "hawthorn" / name
    target.write_text(target.read_text(encoding="utf-8") + "\n" + line, encoding="utf-8")
    found = lint(tmp_path)
    assert found.returncode != 0
    assert "BROKEN" in found.stdout, found.stderr
