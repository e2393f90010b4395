"""Several attempts at one drawing side by side, in processes that know no database, step back behind who serves pages, and end with their parent."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import get_context, parent_process
from threading import Thread
from types import TracebackType
from typing import Any

Progress = Callable[[float], bool]
"""Told how far it has come (0–1); gives True to stop with the best so far."""
Attempt = Callable[[Progress], Any]
"""Can be sent to another process: a function of a module, or a `partial` of one."""
MILD, MOST, BREATH = 10, 4, 0.2
"""How far they step back; most of them, and of attempts at once; seconds between two looks at how far they are."""
WORTH = 600
"""Units of a single drawing from which on it is worth it to begin other processes."""


class Hands:
    """So many processes, begun with the first work and kept for the next; with one hand the work is done where it is asked for."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool: ProcessPoolExecutor | None = None
        self._board: tuple[Any, Any] | None = None

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool and self._board:
            self._board[1].value = 1
            self._pool.shutdown(cancel_futures=True)
        self._pool = self._board = None

    def work_off(self, attempts: Sequence[Attempt], tell: Progress) -> list[Any]:
        """What each attempt gives, in their order, at most `MOST` of them."""
        count = len(attempts)
        if self.number < 2:
            return [attempt(_part(tell, n, count)) for n, attempt in enumerate(attempts)]
        pool, (shares, stops) = self._begun()
        stops.value, shares[:] = 0, [0.0] * MOST
        going = [pool.submit(_at_work, n, attempt) for n, attempt in enumerate(attempts)]
        while wait(going, BREATH).not_done:
            if tell(sum(shares) / count):
                stops.value = 1
        return [one.result() for one in going]

    def _begun(self) -> tuple[ProcessPoolExecutor, tuple[Any, Any]]:
        if self._pool is None or self._board is None:
            context = get_context("spawn")
            self._board = context.RawArray("d", MOST), context.RawValue("b", 0)
            self._pool = ProcessPoolExecutor(self.number, context, _begin, self._board)
        return self._pool, self._board


def for_this_machine(units: int = WORTH) -> Hands:
    """As many as it has processors; for one drawing of few units one hand, since to begin others takes longer than it saves."""
    return Hands(min(MOST, os.cpu_count() or 1) if units >= WORTH else 1)


def _part(tell: Progress, n: int, parts: int) -> Progress:
    return lambda share: tell((n + share) / parts)


# ── in the other processes ──
_board: list[Any] = []


def _begin(shares: Any, stops: Any) -> None:
    """Where they say how far they are and hear whether to stop; who is left alone by a parent that was killed ends too."""
    _board[:] = shares, stops
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is heard by who began them
    if hasattr(os, "nice"):
        os.nice(MILD)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent:
        parent.join()
    os._exit(1)


def _at_work(n: int, attempt: Attempt) -> Any:
    shares, stops = _board

    def tell(share: float) -> bool:
        shares[n] = share
        return bool(stops.value)

    given = attempt(tell)
    shares[n] = 1.0
    return given
