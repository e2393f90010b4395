"""SIGKILL under intake and steps; many at once. On a database of their own, with real commits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from own_database import own_database, run

HAMMER = str(Path(__file__).resolve().parent.parent / "hammer.py")
KILLS = int(os.environ.get("HAWTHORN_KILLS", "5"))
CHECK = """
import django; django.setup()
import json
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item
print(json.dumps({"problems": list(problems())[:5], "versions": dict(Item.objects.values_list("id", "version"))}))
"""


def hammer(env: dict[str, str], seed: int, seconds: float) -> list[dict[str, int]]:
    """Two processes work until they are killed; what they were told was written."""
    both = [
        subprocess.Popen([sys.executable, HAMMER, "work", str(seed * 2 + n)], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for n in range(2)
    ]
    assert both[0].stdout is not None
    first = both[0].stdout.readline()
    time.sleep(seconds)
    for process in both:
        process.send_signal(signal.SIGKILL)
    out, errors = both[0].communicate()
    more, errors2 = both[1].communicate()
    assert not errors, errors[-2000:]
    assert not errors2, errors2[-2000:]
    lines = (first + out).splitlines() + more.splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


@pytest.mark.soak
def test_a_kill_loses_no_acknowledged_write_and_leaves_no_half_step() -> None:
    random = Random(7)
    with own_database() as env:
        told: dict[str, int] = {}
        for n in range(KILLS):
            for line in hammer(env, n, random.uniform(0.3, 1.5)):
                told[str(line["id"])] = max(told.get(str(line["id"]), 0), line["version"])
        found = json.loads(run(CHECK, env))
    assert len(told) >= KILLS
    assert found["problems"] == []
    lost = {item: version for item, version in told.items() if found["versions"].get(item, 0) < version}
    assert lost == {}


def race(name: str) -> Any:
    """Run a race in a process of its own."""
    with own_database() as env:
        done = subprocess.run([sys.executable, HAMMER, "race", name], env=env, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        checked = json.loads(run(CHECK, env))
    assert checked["problems"] == []
    return json.loads(done.stdout), checked["versions"]


def test_of_forty_takers_one_takes_and_thirty_nine_are_told_plainly() -> None:
    found, versions = race("takers")
    codes = sorted(answer.split(":")[0] for answer in found["answers"])
    assert codes.count("ok") == 1
    assert set(codes) - {"ok"} <= {"wrong_stage", "stale"}
    assert len(codes) == 40
    assert versions[str(found["item"])] == 2
    assert all("刷新" in answer for answer in found["answers"] if answer != "ok")


def test_two_devices_sending_the_same_queued_command_make_one_change() -> None:
    found, versions = race("devices")
    for item, answers in found["rounds"]:
        assert answers == ["2", "2"]
        assert versions[str(item)] == 2


def test_a_settle_never_closes_over_an_open_assist_that_races_it() -> None:
    found, _versions = race("settle")
    for one in found["rounds"]:
        assert (one["stage"], one["open_assists"]) in (("checking", 0), ("working", 1)), one
        assert sum("settle" in a or "call_for_help" in a for a in one["answers"]) == 1
