"""Attempts side by side: the same answer by however many hands, progress and stop reach the other processes, and nobody outlives who began them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from attempts import slow, wrong
from test_optimising import town

from hawthorn.redrawing import optimising
from hawthorn.redrawing.hands import Hands

ALONE = """
import sys
sys.path[:0] = {path!r}
from functools import partial
import attempts
from hawthorn.redrawing.hands import Hands
if __name__ == "__main__":
    with Hands(2) as hands:
        hands.work_off([partial(attempts.says_who, {folder!r}, n) for n in range(2)], lambda share: False)
"""


def test_the_same_plan_by_one_hand_and_by_two() -> None:
    ground = town(10, 7, 4, 3)
    with Hands(2) as hands:
        both = [optimising.draw(ground, seed=seed, iterations=8_000, hands=hands) for seed in (1, 2)]
    assert both == [optimising.draw(ground, seed=seed, iterations=8_000) for seed in (1, 2)]


def test_progress_comes_and_a_stop_goes_to_the_others() -> None:
    told = list[float]()

    def tell(share: float) -> bool:
        told.append(share)
        return share > 0.01

    with Hands(2) as hands:
        shares = hands.work_off([partial(slow, 60.0)] * 4, tell)
    assert max(told) > 0.01
    assert all(share < 1 for share in shares)
    assert len(shares) == 4


def test_what_goes_wrong_there_is_told_here() -> None:
    with Hands(2) as hands:
        with pytest.raises(ValueError, match="7 不是网格"):
            hands.work_off([wrong], lambda _share: False)
        assert hands.work_off([partial(slow, 0.01)], lambda _share: False) == [1.0]


def test_who_was_begun_ends_when_the_parent_is_killed(tmp_path: Path) -> None:
    script, files = tmp_path / "alone.py", [tmp_path / "0", tmp_path / "1"]
    script.write_text(ALONE.format(path=sys.path, folder=str(tmp_path)))
    parent = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not all(file.exists() and file.read_text() for file in files) and time.monotonic() < until:
        time.sleep(0.05)
    children = [int(file.read_text()) for file in files]
    assert all(_lives(child) for child in children)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while any(_lives(child) for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(_lives(child) for child in children)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
