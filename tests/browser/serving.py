"""The product served with the scene in it, and somebody at a screen."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hands import Keyboard, Pointer, send

from own_database import WORD, own_database, run

CHROMIUM = os.environ.get("HAWTHORN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PREPARE = f"""
import django; django.setup()
from django.contrib.auth.hashers import make_password
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops import actions as loops
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.territory.models import Unit
User.objects.update(password=make_password({WORD!r}))
user = User.objects.select_related("tenant__county").get(username="officer1")
actor = actor_for(user, clock.now()); town = town_by_id(actor.county)
unit = Unit.objects.get(code="u1").pk
for words in ("路灯不亮", "井盖松动", "树枝挡路"):
    loops.start("matters", dict(words=words, unit=unit, phone="19900001234"), actor=actor, now=clock.now(), door="test", town=town)
from hawthorn.assessments.actions import meetings
who = {{name: actor_for(User.objects.select_related("tenant__county").get(username=name), clock.now()) for name in ("center", "center_b", "leader")}}
street = next(p for p in town.places.values() if p.level == "subdistrict" and p.tenant == user.tenant_id)
given = dict(actor=who["center"], town=town, now=clock.now())
for n in range(2):
    made = meetings.draw_up(street, door="test", **given)
    meetings.add_point(made, "集市放在哪里", **given)
    if not n:
        meetings.close(made, {{}}, door="test", **given)
loops.start("drops", dict(words="老年卡在哪里办", unit=unit, phone="19900001234"), actor=actor, now=clock.now(), door="test", town=town)
news = loops.start("releases", dict(kind="notice", heading="停水通知", words="明天上午停水。"), door="test", **given).id
for name, step, told in (("center_b", "review", dict(is_fit=True, is_not_secret=True)), ("leader", "publish", {{}})):
    loops.take_step("releases", news, step, told, actor=who[name], now=clock.now(), door="test", town=town)
"""


SESSIONS: dict[tuple[str, str, type], list[Any]] = {}


@dataclass
class Served:
    """Where the product answers."""

    url: str
    env: dict[str, str]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(**more: str) -> Iterator[Served]:
    """The scene, some matters, passwords, and the product's own server, in an environment of its own."""
    with own_database("" if more else PREPARE) as env:
        port = free_port()
        env = env | {"HAWTHORN_PORT": str(port)} | more
        if more:
            run(PREPARE, env)
        command = [sys.executable, "-c", "from hawthorn.config.cli import main; main(['serve', '--no-work'])"]
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _n in range(300):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        yield Served(f"http://127.0.0.1:{port}", env)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


@dataclass
class Person:
    """Somebody at a screen, with a hand for it; remembers every request that left it."""

    page: Any
    url: str
    asked: list[str]
    hand: Pointer | Keyboard

    def go(self, path: str) -> Any:
        """Open a page of the product."""
        return self.page.goto(self.url + path)

    def sign_in(self, who: str) -> None:
        """By name and password, with one's own hand; on the next screens at the same server the session is there already."""
        known = SESSIONS.get((self.url, who, type(self.hand)))
        if known:
            self.page.context.add_cookies(known)
            self.go("/today")
            if self.page.url.endswith("/today"):
                return
        self.sign_in_by_hand(who)
        SESSIONS[self.url, who, type(self.hand)] = [c for c in self.page.context.cookies() if c["name"] == "hawthorn"]

    def sign_in_by_hand(self, who: str) -> None:
        """By name and password."""
        self.go("/signin")
        self.hand.put("[name=username]", who)
        self.hand.put("[name=password]", WORD)
        send(self)
        self.page.wait_for_url("**/today")
