"""Planted names, phones and addresses: no byte of them in the database file, journal, logs, messages, titles, public pages or foreign answers."""

from __future__ import annotations

import json
import os
from pathlib import Path

from own_database import own_database, run

SECRETS = ("演示密名甲", "19912348765", "秘密里弄七栋八零九", "secret.person@example.com")
PLANT = """
import django; django.setup()
import json
from django.test import Client
from django.apps import apps
from hawthorn.accounts.actions import make_token
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops import actions as loops
from hawthorn.loops.tasks import run_due
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.territory.models import Unit
name, phone, address, mail = SECRETS
user = User.objects.select_related("tenant__county").get(username="desk")
actor = actor_for(user, clock.now()); town = town_by_id(actor.county)
given = {"words": "灯不亮", "unit": Unit.objects.get(code="u1").pk, "name": name, "phone": phone, "address": address, "mail": mail}
m = loops.start("matters", given, actor=actor, now=clock.now(), door="test", town=town, key="planted")
c = loops.start("complaints", {"about": "system", "words": "字小", "name": name, "phone": phone}, actor=actor, now=clock.now(), door="test", town=town)
run_due(clock.now())
tables = {}
for model in apps.get_models():
    for row in model.objects.values():
        tables.setdefault(model._meta.label, []).append({k: bytes(v).hex() if isinstance(v, (bytes, memoryview)) else str(v) for k, v in row.items()})
answers = {}
client = Client()
for path in ("/", "/say", "/what", f"/what/{m.receipt}", "/g/999901001001001", "/complain", "/healthz", "/metrics"):
    answers[path] = client.get(path).content.decode()
for who in ("officer1", "officer2", "water", "clinic", "county_desk", "county_admin", "center2", "officer9", "leader", "head1"):
    someone = User.objects.get(username=who)
    client = Client(); client.force_login(someone, backend="hawthorn.accounts.signin.Door")
    token = make_token(someone, "t", now=clock.now())
    for path in ("/today", "/matters", "/desk", "/map", "/counter", f"/i/{m.id}", f"/i/{c.id}", "/complaints"):
        answers[f"{who} {path}"] = client.get(path).content.decode()
    for path in ("matters", f"matters/{m.id}", f"matters/{m.id}/events", "duties?all=1", "complaints", f"complaints/{c.id}", "choices/matters"):
        answers[f"{who} {path}"] = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}).content.decode()
print(json.dumps({"tables": tables, "answers": answers}, ensure_ascii=False))
"""


def test_contact_fields_leave_no_byte_anywhere() -> None:
    with own_database() as env:
        out = run(PLANT.replace("= SECRETS", f"= {SECRETS!r}"), env | {"PYTHONIOENCODING": "utf-8", "HAWTHORN_DEBUG": "1"})
        found = json.loads(out[out.index('{"tables"') :])
        for secret in SECRETS:
            for place, content in found["answers"].items():
                assert secret not in content, (secret, place)
            for table, rows in found["tables"].items():
                assert secret not in json.dumps(rows, ensure_ascii=False), (secret, table)
            assert secret not in out[: out.index('{"tables"')], "a log line"
        if not os.environ.get("HAWTHORN_DATABASE_URL"):
            raw = b"".join(p.read_bytes() for p in Path(env["HAWTHORN_DATA"]).glob("hawthorn.sqlite3*"))
            assert "灯不亮".encode() in raw, "words stand in texts: the scan reads what it should"
            assert all(secret.encode() not in raw for secret in SECRETS)
        assert any("灯不亮" in content for content in found["answers"].values()), "those who may see it do"
