"""`hawthorn demo`: fill an empty database, give accounts random passwords, write demo-accounts.json."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection

from hawthorn.accounts.actions import make_token
from hawthorn.assessments.actions import reading
from hawthorn.config.demo import million
from hawthorn.config.demo.life import Life
from hawthorn.config.demo.town import DemoTown, build
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import tasks
from hawthorn.loops.models import Item, Reporter
from hawthorn.tenants.models import Tenant

NUMBER = 1640
ACCOUNTS = (
    ("grid_officer", "officer1", "wgy1"), ("grid_officer", "officer2", "wgy2"), ("grid_head", "head1", "wgz1"), ("party_instructor", "instructor1", "zdy1"),
    ("community_desk", "desk", "chuangkou"), ("community_desk", "desk_village", "cunwu"), ("community_secretary", "secretary", "shuji"),
    ("subdistrict_desk", "center", "zhongxin"), ("subdistrict_leader", "leader", "lingdao"), ("party_office", "party", "dangjian"), ("agency", "agency0", "danwei1"), ("agency", "agency1", "danwei2"),
    ("county_desk", "county_desk", "quzhongxin"), ("county_admin", "county_admin", "guanli"),
    ("subdistrict_desk", "center2", "zhongxin9"), ("grid_officer", "officer9", "wgy9"),
)  # fmt: skip
COUNTY_ACCOUNTS = (
    ("grid_officer", "officer1", "wgy1"), ("grid_officer", "officer2", "wgy2"), ("grid_head", "head1", "wgz1"), ("party_instructor", "instructor1", "zdy1"),
    ("community_desk", "desk0", "chuangkou0"), ("community_secretary", "secretary0", "shuji0"), ("subdistrict_desk", "center0", "zhongxin0"),
    ("subdistrict_leader", "leader0", "lingdao0"), ("agency", "agency0_0", "danwei0_0"), ("county_desk", "county_desk", "quzhongxin"),
    ("county_admin", "county_admin", "guanli"), ("subdistrict_desk", "center1", "zhongxin1"), ("grid_officer", "officer50", "wgy50"),
)  # fmt: skip


def is_empty() -> bool:
    """Nothing has been set up here yet."""
    return not Tenant.objects.exists()


SIZES = {"small": 300, "year": NUMBER, "million": 1_000_000}


def fill(now: datetime, *, seed: int, say: Callable[[str], None], size: str = "year", number: int = 0) -> Path:
    """A year up to `now` (million: three years of a county); repeatable by seed, passwords and receipts apart.

    `number`: another number of matters. Returns where the accounts stand.
    """
    number = number or SIZES[size]
    if size == "million":
        return _county(now, seed, number, say)
    start = local(now - timedelta(days=365)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(SHANGHAI)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    say("正在准备演示数据：龙洞街道（七个网格）和山楂湾街道（虚构）……")
    t = build(start, Random(seed))
    life = Life(t, now, number, say)
    life.run()
    tasks.run_due(now)
    reading.note_read(_needed_words(), now=now)
    say(f"演示数据准备好了：{Item.objects.filter(loop='matters').count()} 件事项。")
    return write_accounts(t, life.slips, ACCOUNTS, now)


def _needed_words() -> Iterator[str]:
    """What the forms cannot be sent without: in the demo's life somebody read it; nobody has opened a page yet that could say so."""
    for loop in LOOPS:
        for step in loop.steps.values():
            yield from (f"{loop.name}.{step.name}.{name}" for name, info in step.needs.model_fields.items() if info.is_required())


def _county(now: datetime, seed: int, number: int, say: Callable[[str], None]) -> Path:
    t, slips = million.fill(now, seed=seed, number=number, say=say)
    tasks.run_due(now)
    say("  各月数字已定稿")
    return write_accounts(t, slips, COUNTY_ACCOUNTS, now)


def write_accounts(t: DemoTown, slips: Sequence[Mapping[str, str]], accounts: Sequence[tuple[str, str, str]], now: datetime) -> Path:
    """demo-accounts.json in the data folder, mode 600: random passwords and tokens, receipts with their words."""
    rows: list[dict[str, Any]] = []
    for role, post, username in accounts:
        user = t.users[username]
        password = secrets.token_urlsafe(10)
        user.set_password(password)
        user.save(update_fields=["password"])
        token = make_token(user, "演示", now=now)
        rows.append(
            {
                "role": role,
                "post": t.posts[post].name,
                "name": user.name,
                "username": username,
                "password": password,
                "token": token,
                "tenant": user.tenant.name,
            }
        )
    for tenant in Tenant.objects.filter(county__isnull=False).order_by("code"):
        rows.append({"role": "resident", "post": "", "name": "演示居民", "tenant": tenant.name, "receipts": _receipts(slips, tenant)})
    path = Path(settings.ENV.data) / "demo-accounts.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _receipts(slips: Sequence[Mapping[str, str]], tenant: Tenant) -> list[dict[str, str]]:
    by_receipt = {s["receipt"]: s for s in slips}
    found = (
        Reporter.objects.filter(receipt__in=list(by_receipt), item__loop__in=["drops", "matters"], item__subdistrict__tenant=tenant)
        .select_related("item")
        .order_by("-id")
    )
    picked: dict[str, dict[str, str]] = {}
    for reporter in found:
        slip = by_receipt[reporter.receipt]
        picked.setdefault(
            reporter.item.stage,
            {"receipt": reporter.receipt, "word": slip["word"], "token": slip["token"], "phone": slip["phone"], "stage": reporter.item.stage},
        )
    return list(picked.values())
