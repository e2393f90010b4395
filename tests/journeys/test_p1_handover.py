"""P1 交接不丢事: an officer leaves on a Friday, nobody is appointed, a stand-in works, the new one signs on Wednesday.

Every promise made to residents is on the sheet; an actor keeps no right after the end of a holding, to the second, at every door.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from hawthorn.accounts.actions import make_token
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops import tasks as due
from hawthorn.loops.models import Item
from hawthorn.teams.models import Holding, StandIn
from make import Scene

FRIDAY_NOON = datetime(2026, 3, 6, 4, 0, tzinfo=UTC)
FRIDAY_SIX = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Callable[[str], Client]:
    """Somebody at the pages, whose clock is the scene's."""
    settings.FILES_ROOT = tmp_path / "files"
    cache.clear()
    monkeypatch.setattr(clock, "now", lambda: s.now)

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in


def read(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def minutes_pass(s: Scene) -> None:
    """The due work of the next minute."""
    s.later(minutes=1)
    due.run_due(s.now)


def test_a_post_changes_hands_without_loss(s: Scene, at: Callable[[str], Client]) -> None:
    # Before: a resident was promised a lamp and told when; another is to be called; the officer noticed a branch himself.
    s.now = FRIDAY_NOON
    lamp = s.start("resident", {"words": "三单元灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"})
    s.step("officer1", lamp.id, "accept")
    s.step("officer1", lamp.id, "tell", {"say": "下周四电工来换。"})
    branch = s.start("officer1", {"words": "树枝挡路", "unit": s.units["u1"].pk})
    water = s.start("resident", {"words": "井盖松了", "unit": s.units["u1"].pk})
    elsewhere = s.start("resident", {"words": "二号楼的事", "unit": s.units["u2"].pk})
    token = make_token(User.objects.get(pk=s.users["officer1"].pk), "手机", now=s.now)

    # Friday: the community's desk enters that the officer leaves at six.
    post, holding = s.posts["officer1"].pk, Holding.objects.get(post=s.posts["officer1"])
    answer = at("desk").post(f"/team/post/{post}", {"do": "end", "span": holding.pk, "to_at": "2026-03-06T18:00"})
    assert answer.status_code == 302
    sheet = Item.objects.get(loop="handovers")
    assert f"/i/{sheet.pk}" in read(at("officer1").get("/today")), "the officer sees at once that there is something to hand over"

    # The sheet lists every promise, with what was said, and everything else that is open; nothing of other grids.
    page = read(at("officer1").get(f"/handovers/{sheet.pk}"))
    promised = page.split('id="promises"')[1].split('id="others"')[0]
    assert f"/i/{lamp.id}" in promised
    assert "下周四电工来换。" in promised
    assert f"/i/{water.id}" in promised
    assert f"/i/{branch.id}" in page.split('id="others"')[1].split("</section>")[0]
    assert f"/i/{elsewhere.id}" not in page
    form = {"notes": "东门锁要往上提", "things": "钥匙 2 把\n手电 1 个", "key": "k1"}
    assert at("officer1").post(f"/i/{sheet.pk}/do/hand_over", form).status_code == 302

    # To the second: one before six the officer works, at six there is no right left, on a page or by token.
    api = Client(headers={"Authorization": f"Bearer {token}"})
    s.now = FRIDAY_SIX - SECOND
    assert at("officer1").get(f"/i/{lamp.id}").status_code == 200
    assert api.get(f"/api/v1/matters/{lamp.id}").status_code == 200
    assert at("officer1").post(f"/i/{lamp.id}/do/note", {"words": "最后一笔"}).status_code == 302
    s.now = FRIDAY_SIX
    before = Item.objects.get(pk=lamp.id).version
    assert not s.actor("officer1").seats
    assert at("officer1").get(f"/i/{lamp.id}").status_code == 404
    assert at("officer1").get(f"/handovers/{sheet.pk}").status_code == 404
    assert at("officer1").post(f"/i/{lamp.id}/do/note", {"words": "再一笔"}).status_code == 404
    assert at("officer1").post(f"/i/{sheet.pk}/do/hand_over", form | {"key": "k2"}).status_code == 404
    assert api.get(f"/api/v1/matters/{lamp.id}").status_code == 404
    assert api.post(f"/api/v1/matters/{lamp.id}/steps/note", {"words": "x"}, content_type="application/json").status_code == 404
    assert api.get("/api/v1/duties").json()["items"] == []
    assert f"/i/{lamp.id}" not in read(at("officer1").get("/today"))
    assert Item.objects.get(pk=lamp.id).version == before

    # Nobody is appointed: that is a duty of the subdistrict's desk, and meanwhile the grid head answers.
    minutes_pass(s)
    vacancy = Item.objects.get(loop="vacancies", open=True)
    assert s.holder(vacancy.pk) == "center"
    assert f"/i/{vacancy.pk}" in read(at("center").get("/today"))
    assert f"/i/{lamp.id}" in read(at("head1").get("/today"))
    assert "由 1 网格长 代管" in read(at("center").get(f"/team/post/{post}"))

    # The neighbour's officer stands in until Wednesday noon, and works.
    given = {"do": "stand_in", "user": s.users["officer2"].pk, "to_at": "2026-03-11T12:00"}
    assert at("center").post(f"/team/post/{post}", given).status_code == 302
    minutes_pass(s)
    assert Item.objects.get(pk=vacancy.pk).stage == "filled"
    assert f"/i/{water.id}" in read(at("officer2").get("/today"))
    assert at("officer2").post(f"/i/{water.id}/do/accept", {"key": "k3"}).status_code == 302
    s.now = FRIDAY_SIX + timedelta(days=3)
    assert at("officer2").post(f"/i/{water.id}/do/settle", {"result": "拧紧了", "say": "井盖拧紧了。", "key": "k4"}).status_code == 302
    assert s.holder(water.id) != "officer1"
    assert read(at("officer2").get(f"/handovers/{sheet.pk}")).count("要由新任的人来接") == 1

    # Wednesday: the new officer is appointed and signs within the three working days.
    s.now = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
    due.run_due(s.now)
    assert Item.objects.get(pk=sheet.pk).stage == "taking", "Saturday and Sunday do not count"
    assert at("center").post(f"/team/post/{post}", {"do": "appoint", "user": s.users["night"].pk}).status_code == 302
    page = read(at("night").get(f"/handovers/{sheet.pk}"))
    assert "东门锁要往上提" in page
    assert "手电 1 个" in page
    assert f"/i/{lamp.id}" in page
    assert f"/i/{water.id}" not in page, "what was done meanwhile is not handed over"
    assert at("night").post(f"/i/{sheet.pk}/do/take_over", {"key": "k5"}).status_code == 302
    f = s.facts(sheet.pk)
    assert (f.stage, f.open_items, f.promises) == ("done", 2, 1)
    paper = read(at("night").get(f"/handovers/{sheet.pk}/print"))
    assert Item.objects.get(pk=lamp.id).receipt[:4] in paper
    assert "接的人（签字）：night" in paper

    # The stand-in's rights end to the second too; the promise is kept by the new one.
    end = StandIn.objects.get(post=post).to_at
    assert end is not None
    s.now = end - SECOND
    assert at("officer2").get(f"/i/{lamp.id}").status_code == 200
    s.now = end
    assert at("officer2").get(f"/i/{lamp.id}").status_code == 404
    assert at("night").post(f"/i/{lamp.id}/do/settle", {"result": "换好了", "say": "灯换好了。", "key": "k6"}).status_code == 302


def test_who_is_appointed_too_late_finds_the_sheet_with_the_grid_head_and_signs_all_the_same(s: Scene, at: Callable[[str], Client]) -> None:
    s.now = FRIDAY_SIX
    s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk})
    post = s.posts["officer1"].pk
    at("desk").post(f"/team/post/{post}", {"do": "end", "span": Holding.objects.get(post=post).pk})
    sheet = Item.objects.get(loop="handovers")
    s.now = FRIDAY_SIX + timedelta(days=5)
    due.run_due(s.now)
    assert (Item.objects.get(pk=sheet.pk).stage, s.holder(sheet.pk)) == ("late", "head1")
    assert f"/i/{sheet.pk}" in read(at("head1").get("/today"))
    assert at("head1").post(f"/i/{sheet.pk}/do/hand_over", {"notes": "代交", "key": "k1"}).status_code == 302
    s.later(days=10)
    at("desk").post(f"/team/post/{post}", {"do": "appoint", "user": s.users["night"].pk})
    assert at("night").post(f"/i/{sheet.pk}/do/take_over", {"key": "k2"}).status_code == 302
    assert s.facts(sheet.pk).promises == 1
