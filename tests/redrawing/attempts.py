"""What other processes are asked to do in tests."""

from __future__ import annotations

import os
import time
from pathlib import Path

from hawthorn.redrawing.hands import Progress


def slow(seconds: float, tell: Progress) -> float:
    began = time.monotonic()
    while (share := (time.monotonic() - began) / seconds) < 1:
        if tell(share):
            return share
        time.sleep(0.01)
    return 1.0


def wrong(_tell: Progress) -> None:
    raise ValueError("7 不是网格")


def says_who(folder: str, n: int, tell: Progress) -> None:
    Path(folder, str(n)).write_text(str(os.getpid()))
    slow(60, tell)
