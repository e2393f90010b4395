"""The day a plan comes into force, killed at random moments: everything is as before or everything is new, never between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from random import Random
from typing import Any

from own_database import own_database, run

DUTIES = int(os.environ.get("HAWTHORN_DUTIES", "300"))
KILLS = int(os.environ.get("HAWTHORN_SWITCH_KILLS", "3"))
PREPARE = f"""
import django; django.setup()
from hawthorn.loops import actions as loops
from hawthorn.redrawing.actions import plans
import make, laid
from hawthorn.accounts.models import User
from hawthorn.teams.models import Post
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place, Unit

s = make.Scene(Tenant.objects.get(code="999901"))
keys = {{"999901001001": "community", "999901001001001": "grid1", "999901001001002": "grid2"}}
s.places = {{key: Place.objects.get(code=code) for code, key in keys.items()}}
s.units = {{key: Unit.objects.get(code=key) for key in ("u1", "u2")}}
s.users = {{u.username: u for u in User.objects.all()}}
laid.lay(s)
by = {{"town": s.town, "now": s.now, "door": "test"}}
given = [{{"words": "灯不亮", "unit": s.units["r5"].pk}} for _n in range({DUTIES})]
loops.start_many("matters", given, actor=s.actor("officer1"), step="report", **by)
plan = plans.draft(s.town.places[s.places["community"].pk], {{s.units["r5"].pk: s.places["grid2"].pk}}, actor=s.actor("desk"), **by)
s.step("desk", plan, "consult", {{"words": "公告栏"}})
s.step("leader", plan, "approve", {{"on": "2026-03-20", "words": "好"}})
"""
SWITCH = """
import django; django.setup()
from datetime import UTC, datetime
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.loops.town import system, town_by_id
from hawthorn.tenants.models import Tenant
county = Tenant.objects.get(code="999901").pk
plan, town = Item.objects.get(loop="plans").pk, town_by_id(county)
print("go", flush=True)
loops.take_step("plans", plan, "come_into_force", {}, actor=system("time-out", county), now=datetime(2026, 3, 19, 16, 0, tzinfo=UTC), door="due", town=town)
print("done", flush=True)
"""
LOOK = """
import django; django.setup()
import json
from django.db.models import Count
from hawthorn.journal.models import Event
from hawthorn.kernel.slots import CHECKS
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item
from hawthorn.territory.models import UnitGrid
matters = Item.objects.filter(loop="matters", open=True)
print(json.dumps({
    "stage": Item.objects.get(loop="plans").stage, "moved": Event.objects.filter(step="rehome").count(),
    "at": {f"{g} {p}": n for g, p, n in matters.values_list("grid__name", "holder__name").annotate(n=Count("id"))},
    "unit": UnitGrid.objects.get(unit__code="r05", to_on=None).grid.name, "problems": [*problems(), *CHECKS["plans"](), *CHECKS["joins"]()][:5],
}))
"""
OLD = {"stage": "approved", "moved": 0, "at": {"一网格 1 网格专职网格员": DUTIES}, "unit": "一网格", "problems": []}
NEW = {"stage": "in_force", "moved": DUTIES, "at": {"二网格 2 网格专职网格员": DUTIES}, "unit": "二网格", "problems": []}


def started(env: dict[str, str]) -> subprocess.Popen[str]:
    """A process that has just begun to bring the plan into force."""
    process = subprocess.Popen([sys.executable, "-c", SWITCH], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    return process


def seen(env: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(LOOK, env))
    return found


def test_a_switch_that_is_killed_leaves_old_or_new_and_is_made_up_for() -> None:
    random, ends = Random(11), list[str]()
    with own_database(PREPARE) as env:
        process = started(env)
        began = time.monotonic()
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        span = time.monotonic() - began
        process.communicate()
        assert seen(env) == NEW
    for n in range(KILLS):
        with own_database(PREPARE) as env:
            process = started(env)
            time.sleep(span * (n + random.random()) / KILLS * 0.9)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            found = seen(env)
            assert found in (OLD, NEW), found
            ends.append(found["stage"])
            if found == OLD:
                assert started(env).communicate()[0] == "done\n"
                assert seen(env) == NEW
    assert "approved" in ends, "at least one was killed before its end"
