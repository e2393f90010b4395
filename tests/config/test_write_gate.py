"""The write gate of SQLite: a holder that is killed, one that takes long, many at once, and nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connection

from own_database import own_database, run

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has writers of its own; the gate is for SQLite")

START = "import django; django.setup(); import sys, time; from django.db.transaction import atomic; from hawthorn.tenants.models import Tenant; "
HOLD = START + (
    "c = Tenant.objects.first()\n"
    "with atomic():\n"
    "    Tenant.objects.filter(pk=c.pk).update(phone='held')\n"
    "    print('held', flush=True)\n"
    "    time.sleep({seconds})\n"
)
COUNT = START + (
    "waits = []\n"
    "for n in range({number}):\n"
    "    began = time.perf_counter()\n"
    "    with atomic():\n"
    "        c = Tenant.objects.get(code='999901')\n"
    "        c.settings = {{**c.settings, 'n': c.settings.get('n', 0) + 1}}\n"
    "        c.save(update_fields=['settings'])\n"
    "    waits.append(time.perf_counter() - began)\n"
    "import json; print(json.dumps([max(waits), time.time()]))\n"
)


def _begin(code: str, env: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)


def _held(env: dict[str, str], seconds: float) -> subprocess.Popen[str]:
    """A process in the middle of a write."""
    process = _begin(HOLD.format(seconds=seconds), env)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "held"
    return process


def _number(env: dict[str, str]) -> Any:
    return json.loads(run(START + "import json; print(json.dumps([Tenant.objects.get(code='999901').settings, Tenant.objects.first().phone]))", env))


def test_a_holder_that_is_killed_leaves_the_gate_open_and_nothing_half_written() -> None:
    with own_database() as env:
        process = _held(env, 60)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)
        began = time.monotonic()
        run(COUNT.format(number=1), env)
        assert time.monotonic() - began < 15, "the start of a Python, not the 20 seconds a busy database waits"
        settings, phone = _number(env)
        assert settings["n"] == 1
        assert phone != "held"


def test_who_waits_behind_a_long_write_gets_their_turn_and_loses_nothing() -> None:
    with own_database() as env:
        process = _held(env, 3)
        done = json.loads(run(COUNT.format(number=1), env))
        process.communicate(timeout=10)
        assert process.returncode == 0
        settings, phone = _number(env)
        assert settings["n"] == 1
        assert phone == "held"
        assert done[0] < 20


def test_many_writers_at_once_all_finish_and_no_write_is_lost() -> None:
    with own_database() as env:
        many = [_begin(COUNT.format(number=25), env) for _n in range(6)]
        told = [json.loads(process.communicate(timeout=120)[0]) for process in many]
        assert all(process.returncode == 0 for process in many)
        assert _number(env)[0]["n"] == 6 * 25
        assert max(wait for wait, _at in told) < 20, "nobody was left behind until the database gave up"


def test_a_reader_does_not_wait_for_a_writer() -> None:
    with own_database() as env:
        process = _held(env, 8)
        run(START + "print(Tenant.objects.count())", env)
        assert process.poll() is None, "the write was still going on when the reader had its answer"
        process.kill()
        process.communicate(timeout=10)
