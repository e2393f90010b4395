"""A process of a test's own: `hammer.py work SEED` makes matters and steps until killed; `hammer.py race NAME` races threads;
`hammer.py sheet FILE` takes a sheet in and says every batch.

Each acknowledged write is one line on standard output, written after the command returned.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import timedelta
from random import Random
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from hawthorn.accounts.models import User  # noqa: E402
from hawthorn.gateways import messages, messages_file  # noqa: E402
from hawthorn.kernel import clock  # noqa: E402
from hawthorn.kernel.errors import Refused  # noqa: E402
from hawthorn.kernel.world import Actor  # noqa: E402
from hawthorn.loops import actions as loops  # noqa: E402
from hawthorn.loops.models import Item  # noqa: E402
from hawthorn.loops.town import actor_for, town_by_id  # noqa: E402
from hawthorn.matters.models import Matter  # noqa: E402
from hawthorn.teams.models import Post  # noqa: E402
from hawthorn.tenants.models import Tenant  # noqa: E402
from hawthorn.territory.models import Unit  # noqa: E402


def who(name: str) -> Actor:
    """Somebody of the scene."""
    return actor_for(User.objects.select_related("tenant__county").get(username=name), clock.now())


def ack(**what: Any) -> None:
    """Say that a write was acknowledged."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def work(seed: int) -> None:
    """Intake, steps, calls for help, merges, without end."""
    random = Random(seed)
    officer, desk, water = who("officer1"), who("desk"), who("water")
    town = town_by_id(officer.county)
    unit, agency = Unit.objects.get(code="u1").pk, Post.objects.get(name="供水站").pk
    before = 0
    while True:
        common: dict[str, Any] = {"now": clock.now(), "door": "test", "town": town}
        m = loops.start("matters", {"words": "灯不亮", "unit": unit, "phone": "19900001234"}, actor=officer, key=f"{seed}-{random.random()}", **common)
        ack(id=m.id, version=m.version)
        for actor, step, given in (
            (officer, "call_up", {"tried": "看过", "asks": "请帮"}),
            (desk, "accept", {}),
            (desk, "call_for_help", {"agencies": [agency], "what": "来"}),
        ):
            a = loops.take_step("matters", m.id, step, given, actor=actor, key=f"{seed}-{random.random()}", **common)
            ack(id=a.id, version=a.version)
        assist = Item.objects.get(parent=m.id, loop="assists").pk
        for step, given in (("assist_accept", {"by": clock.now() + timedelta(days=1)}), ("assist_done", {"words": "好"})):
            a = loops.take_step("assists", assist, step, given, actor=water, **common)
            ack(id=a.id, version=a.version)
        if before and random.random() < 0.5:
            a = loops.take_step("matters", m.id, "merge_into", {"into": before, "say": "一起办"}, actor=desk, **common)
            ack(id=a.id, version=a.version)
        else:
            before = m.id


def together(number: int, job: Any) -> list[str]:
    """Run `job(n)` in so many threads at once; what each answered: ok, or the code it was refused with."""
    gate, answers = threading.Barrier(number), [""] * number

    def run(n: int) -> None:
        gate.wait()
        try:
            answers[n] = job(n) or "ok"
        except Refused as found:
            answers[n] = f"{found.code}:{found.detail}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def fresh(officer: Actor, town: Any) -> int:
    """A new matter of grid one."""
    unit = Unit.objects.get(code="u1").pk
    return loops.start("matters", {"words": "灯不亮", "unit": unit}, actor=officer, now=clock.now(), door="test", town=town).id


def race_takers() -> dict[str, Any]:
    """Forty take the same step."""
    officer = who("officer1")
    town = town_by_id(officer.county)
    m = fresh(officer, town)
    answers = together(
        40, lambda n: loops.take_step("matters", m, "accept", {}, actor=officer, now=clock.now(), door="test", town=town, key=f"taker-{n}").receipt and ""
    )
    return {"item": m, "answers": answers}


def race_devices() -> dict[str, Any]:
    """Two devices send the same queued command, ten times over."""
    officer = who("officer1")
    town = town_by_id(officer.county)
    rounds = []
    for r in range(10):
        m = fresh(officer, town)
        rounds.append(
            (
                m,
                together(
                    2,
                    lambda n, m=m, r=r: str(
                        loops.take_step("matters", m, "note", {"words": "记"}, actor=officer, now=clock.now(), door="test", town=town, key=f"dev-{r}").version
                    ),
                ),
            )
        )
    return {"rounds": rounds}


def race_settle() -> dict[str, Any]:
    """A settle races a call for help, twenty times over."""
    desk = who("desk")
    officer = who("officer1")
    town = town_by_id(desk.county)
    agency = Post.objects.get(name="供水站").pk
    rounds = []
    for _r in range(20):
        m = fresh(officer, town)
        common: dict[str, Any] = {"now": clock.now(), "door": "test", "town": town}
        loops.take_step("matters", m, "call_up", {"tried": "x", "asks": "y"}, actor=officer, **common)
        loops.take_step("matters", m, "accept", {}, actor=desk, **common)
        jobs = (("settle", {"result": "好", "say": "好"}), ("call_for_help", {"agencies": [agency], "what": "来"}))

        def job(n: int, m: int = m, jobs: Any = jobs, common: Any = common) -> str:
            loops.take_step("matters", m, jobs[n][0], jobs[n][1], actor=desk, **common)
            return jobs[n][0]

        answers = together(2, job)
        matter = Matter.objects.select_related("item").get(item=m)
        rounds.append({"answers": answers, "stage": matter.item.stage, "open_assists": matter.open_assists})
    return {"rounds": rounds}


def sheet(path: str) -> None:
    """Take a sheet in, from the command line's own door."""
    report = messages_file.import_messages(
        path, tenant_code="999901001", source="12345", dry_run=False, now=clock.now(), told=lambda job: print(job.state, job.done, flush=True)
    )
    print("done", Item.objects.count(), len(report.errors), flush=True)


def race_sheets() -> dict[str, Any]:
    """The same sheet under two names of a source, looked through before either is taken in."""
    tenant = Tenant.objects.get(code="999901001")
    town = town_by_id(tenant.county_id or 0)
    lines = "".join(f"T{n},路灯不亮\n" for n in range(40))
    data = f"工单编号,诉求内容\n{lines}".encode()
    plans = [messages.plan(data, tenant=tenant, town=town, source=name, now=clock.now()) for name in ("12345", "热线")]
    new = [0, 0]

    def job(n: int) -> str:
        new[n] = messages.run(plans[n], tenant=tenant, town=town, source=("12345", "热线")[n], now=clock.now()).new
        return ""

    together(2, job)
    return {"new": new, "items": Item.objects.count()}


RACES = {"takers": race_takers, "devices": race_devices, "settle": race_settle, "sheets": race_sheets}
if __name__ == "__main__":
    if sys.argv[1] == "race":
        print(json.dumps(RACES[sys.argv[2]](), ensure_ascii=False))
    else:
        work(int(sys.argv[2])) if sys.argv[1] == "work" else sheet(sys.argv[2])
