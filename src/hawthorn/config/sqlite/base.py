"""The gate: a thread lock, then `flock` on a side file. SQLite's own busy handler sleeps and is unfair; this queue is not.

Taken at BEGIN IMMEDIATE, given back at COMMIT, ROLLBACK or close. The kernel drops the flock when a process dies.
"""

from __future__ import annotations

import fcntl
import os
from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base

_threads: dict[str, Lock] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite with one writer at a time, in the order they came."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate: int | None = None
        self._gate_lock: Lock | None = None

    def _enter_gate(self) -> None:
        name = str(self.settings_dict["NAME"])
        if self._gate is not None or ":memory:" in name or "mode=memory" in name:
            return
        lock = _threads.setdefault(name, Lock())
        lock.acquire()
        try:
            handle = os.open(f"{name}.gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except BaseException:
            lock.release()
            raise
        self._gate, self._gate_lock = handle, lock

    def _leave_gate(self) -> None:
        if self._gate is not None and self._gate_lock is not None:
            os.close(self._gate)
            self._gate = None
            self._gate_lock.release()

    def _start_transaction_under_autocommit(self) -> None:
        self._enter_gate()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_gate()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            if self.connection is None or not self.connection.in_transaction:
                self._leave_gate()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_gate()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave_gate()
