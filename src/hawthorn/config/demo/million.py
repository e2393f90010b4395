"""`hawthorn demo --size million`: three years of a county, played by several workers in memory, then laid into the database at once."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import connection

from hawthorn.categories.models import Category
from hawthorn.config.demo import county, workers
from hawthorn.config.demo.courses import Plan
from hawthorn.config.demo.town import DemoTown
from hawthorn.kernel.clock import local
from hawthorn.loops import loading
from hawthorn.loops.choices import UnitCard
from hawthorn.loops.town import town_by_id
from hawthorn.territory.models import Unit, UnitGrid

YEARS = 3
Say = Callable[[str], None]


def fill(now: datetime, *, seed: int, number: int, say: Say) -> tuple[DemoTown, list[dict[str, str]]]:
    """`number` matters over three years up to `now`. Returns the town and the slips of the newest askers."""
    began = time.monotonic()
    since = (local(now) - timedelta(days=365 * YEARS)).replace(hour=0, minute=0, second=0, microsecond=0)
    say(
        f"正在准备大县演示数据：{county.SUBDISTRICTS} 个街道、{county.COMMUNITIES} 个社区、{county.GRIDS} 个网格、{number} 件事项（虚构，按公开统计的形状重排）……"
    )
    t = county.build(since, Random(seed))
    say(f"  地点、岗位、人员已建好（{time.monotonic() - began:.0f} 秒）")
    plan = _plan(t, since, now, number, seed)
    of = max(1, min(os.cpu_count() or 1, 8))
    with tempfile.TemporaryDirectory(prefix="spool-", dir=settings.ENV.data) as folder:
        folders = [Path(folder, str(n)) for n in range(of)]
        for one in folders:
            one.mkdir()
        with ProcessPoolExecutor(of, mp_context=multiprocessing.get_context("spawn"), initializer=workers.ready) as pool:
            shares = list(pool.map(workers.share, [plan] * of, range(of), [of] * of, folders))
        say(f"  {number} 件事项按同一张表演算完（{time.monotonic() - began:.0f} 秒）")
        loading.load(folders, until=now, say=say)
    say(f"  写入完成（{time.monotonic() - began:.0f} 秒）")
    return t, [slip for share in shares for slip in share]


def _plan(t: DemoTown, since: datetime, until: datetime, number: int, seed: int) -> Plan:
    grids = dict(UnitGrid.objects.filter(to_on=None).values_list("unit", "grid"))
    units = {u.pk: UnitCard(u.pk, u.name, u.community_id, grids.get(u.pk)) for u in Unit.objects.order_by("pk")}
    grid_units: dict[int, list[int]] = {}
    for unit in units.values():
        grid_units.setdefault(unit.grid or 0, []).append(unit.id)
    keys = {(tenant, key): pk for tenant, key, pk in Category.objects.filter(catalogue="city").values_list("tenant_id", "key", "id")}
    town = town_by_id(t.county.pk)
    connection.close()
    return Plan(town, since, until, number, seed, keys, units, grid_units)
