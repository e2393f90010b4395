"""P3 网格党小组: every grid's group by its head's name and a count; members by their own claim; what is asked of it is done or is the instructor's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops import tasks as due
from hawthorn.loops.models import Item
from hawthorn.teams.models import PartyClaim, Post
from make import Scene

At = Callable[..., Client]


@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> At:
    settings.FILES_ROOT = tmp_path / "files"
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: s.now)

    def signed_in(who: str = "") -> Client:
        client = Client()
        if who:
            client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in


def read(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def asked(s: Scene, at: At, who: str, what: str, key: str) -> Item:
    until = (s.now + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    form = {"do": "ask", "grid": s.places["grid1"].pk, "what": what, "until": until, "key": key}
    assert at(who).post("/party", form).status_code == 302
    return Item.objects.filter(loop="group_tasks").latest("id")


def test_a_group_from_its_head_to_what_it_did(s: Scene, at: At) -> None:
    grid = s.places["grid1"]
    team = f"/team/grid/{grid.pk}"

    # The instructor sets up the group and says how many; the desk appoints its head, who agrees to be named.
    assert "还没有设党小组" in read(at("officer1").get(team))
    assert at("instructor1").post(team, {"do": "group"}).status_code == 302
    assert at("instructor1").post(team, {"do": "number", "number": "12"}).status_code == 302
    post = Post.objects.get(kind="party_group")
    assert at("desk").post(f"/team/post/{post.pk}", {"do": "appoint", "user": s.users["night"].pk, "shows_name": "1"}).status_code == 302
    shown = read(at("officer1").get(team))
    assert "night" in shown
    assert "12" in shown.split('id="group"')[1]

    # A party member of the waterworks lives there and says so: nobody else sees it, on no page.
    assert at("water").post("/party", {"do": "claim", "group": post.pk, "kind": "home"}).status_code == 302
    assert "一网格党小组" in read(at("water").get("/party"))
    for who, page, part in (
        ("instructor1", team, "<main"), ("desk", team, "<main"), ("desk", f"/team/post/{post.pk}", 'id="now"'), ("instructor1", "/party", "<main"),
        ("night", "/me", "<main"), ("center", f"/team?at={grid.pk}", "<main"),
    ):  # fmt: skip
        assert "water" not in read(at(who).get(page)).split(part)[1].split("</section>")[0], (who, page)

    # The grid head asks for something; the member takes it and says in one sentence that it is done.
    first = asked(s, at, "head1", "帮三楼老人搬柜子", "k1")
    assert f"/i/{first.pk}" in read(at("water").get("/today"))
    assert "water" not in read(at("instructor1").get(f"/i/{first.pk}")).split("<main")[1]
    assert at("power").get(f"/i/{first.pk}").status_code == 404
    assert at("water").post(f"/i/{first.pk}/do/take", {"key": "k2"}).status_code == 302
    assert at("water").post(f"/i/{first.pk}/do/report_done", {"result": "搬好了", "key": "k3"}).status_code == 302
    assert "water" not in read(at("instructor1").get(f"/i/{first.pk}")).split("<main")[1]

    # What nobody takes within three working days is the instructor's.
    second = asked(s, at, "desk", "清理楼道", "k4")
    s.later(days=6)
    due.run_due(s.now)
    assert s.holder(second.pk) == "instructor1"
    assert f"/i/{second.pk}" in read(at("instructor1").get("/today"))
    assert at("instructor1").post(f"/i/{second.pk}/do/take", {"key": "k5"}).status_code == 302

    # Residents read the head and the number; what was done only where it is no small number.
    public = read(at().get(f"/g/{grid.code}"))
    assert "night" in public
    assert "党员 12 人" in public
    assert "件事" not in public.split("网格党小组")[1].split("</section>")[0]
    for n in range(5):
        item = asked(s, at, "head1", f"第 {n} 件", f"a{n}")
        at("night").post(f"/i/{item.pk}/do/take", {"key": f"b{n}"})
        at("night").post(f"/i/{item.pk}/do/report_done", {"result": "好了", "key": f"c{n}"})
    assert "做好 6 件事" in read(at().get(f"/g/{grid.code}"))

    # Taken back, the claim is gone, and with it every right that came of it.
    assert at("water").post("/party", {"do": "withdraw", "kind": "home"}).status_code == 302
    assert not PartyClaim.objects.exists()
    assert at("water").get(f"/i/{second.pk}").status_code == 404


def test_the_pages_hold_no_roll_no_dues_no_meeting_no_vote_and_no_emblem(s: Scene, at: At) -> None:
    at("desk").post(f"/team/grid/{s.places['grid1'].pk}", {"do": "group"})
    grid = s.places["grid1"]
    pages = "".join(read(at("instructor1").get(path)) for path in ("/party", f"/team/grid/{grid.pk}", "/group_tasks", f"/g/{grid.code}"))
    for word in ("党费", "花名册", "考勤", "投票", "表决", "积分", "排名", "打卡", "☭"):
        assert word not in pages.replace("不记名单、会议和党费", "")
