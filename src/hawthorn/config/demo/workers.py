"""What a worker process of the large demo runs. Nothing of Django is imported before `ready`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def ready() -> None:
    """Set up before anything of the plan is read."""
    import gc

    import django

    django.setup()
    gc.set_threshold(100_000, 50, 50)


def share(plan: Any, part: int, of: int, folder: Path) -> list[dict[str, str]]:
    """Play every `of`-th family from `part` on into files of `folder`; gives the newest slips."""
    from hawthorn.config.demo.courses import played
    from hawthorn.loops.loading import Spool

    parent = os.getppid()

    def say(done: int) -> None:
        if os.getppid() != parent:  # whoever asked for it is gone
            raise SystemExit(1)
        if part == 0 and done % 20_000 == 0:
            print(f"  已演算约 {done * of} / {plan.number} 件", flush=True)

    with Spool(folder) as spool:
        return played(plan, part, of, spool.put, say)
