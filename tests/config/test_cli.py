"""The command line where there is nothing yet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from own_database import environment


@pytest.mark.parametrize(
    "command",
    [["check"], ["work", "--once"], ["import-messages", "x.csv", "--tenant", "410803005"], ["export-results", "--tenant", "410803005", "--out", "x.xlsx"]],
)
def test_a_command_that_needs_data_says_so_and_makes_none(command: list[str], tmp_path: Path) -> None:
    env = environment(HAWTHORN_DATA=str(tmp_path))
    env.pop("HAWTHORN_DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-m", "hawthorn.config.cli", *command], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "这里还没有数据" in done.stdout
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.sqlite3*"))
