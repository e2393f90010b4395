"""一个岗位、请假、交接 on pages: who may, what is said, and how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from hawthorn.loops.models import Item
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding, Leave, StandIn
from make import Scene

At = Callable[..., Client]


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:1500]
    return unescape(answer.content.decode())


def address(s: Scene, post: str = "officer1") -> str:
    return f"/team/post/{s.posts[post].pk}"


def test_a_post_says_who_holds_it_and_what_is_in_its_hands(s: Scene, at: At) -> None:
    s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk})
    shown = page(at("desk").get(address(s)))
    assert "officer1" in shown
    assert f"/matters?holder={s.posts['officer1'].pk}" in shown
    assert "任命" in shown
    read_only = page(at("head1").get(address(s)))
    assert 'name="do"' not in read_only
    assert "由谁担任由上一级定。" in read_only
    assert address(s) in page(at("desk").get(f"/team?at={s.places['grid1'].pk}"))


@pytest.mark.parametrize("who", ["officer2", "desk_village", "water", "center2", "officer9"])
def test_a_post_of_elsewhere_is_not_there(s: Scene, at: At, who: str) -> None:
    assert at(who).get(address(s)).status_code == 404
    assert at(who).post(address(s), {"do": "appoint", "user": s.users["night"].pk}).status_code == 404


def test_who_may_not_appoint_is_told_who_may(s: Scene, at: At) -> None:
    assert "由它上面的窗口或者分管领导来定" in page(at("head1").post(address(s), {"do": "appoint", "user": s.users["night"].pk}), 409)
    assert not Holding.objects.filter(user=s.users["night"]).exists()


def test_appointing_with_consent_in_place_of_somebody(s: Scene, at: At) -> None:
    form = page(at("desk").get(address(s)))
    assert f'value="{s.users["officer9"].pk}"' not in form.split('id="f-appoint-user"')[1].split("</select>")[0]
    given = {"do": "appoint", "user": s.users["night"].pk, "replaces": "1", "shows_name": "1"}
    told = page(at("desk").post(address(s), given, follow=True))
    assert "任命好了" in told
    assert "公开姓名" in told
    assert "desk定的" in told
    assert "什么时候结束是desk定的" in told
    left = page(at("officer1").get("/today"))
    assert "您现在没有岗位" in left
    assert '<p class="small">待办 0 件。' in left
    sheet = Item.objects.get(loop="handovers").pk
    assert "还没有签，等 1 网格长 签" in page(at("desk").get(f"/handovers/{sheet}")), "who has left is signed for by the post above"
    assert "交接 · 1 网格专职网格员" in told
    assert Holding.objects.get(user=s.users["night"]).shows_name
    assert Holding.objects.get(user=s.users["officer1"]).to_at == s.now


def test_what_was_typed_stays_where_it_is_refused(s: Scene, at: At) -> None:
    told = page(at("desk").post(address(s), {"do": "appoint", "user": s.users["night"].pk, "from_at": "2026-01-01T08:00"}), 409)
    assert "开始的日期已经过去" in told
    assert 'value="2026-01-01T08:00"' in told
    assert f'value="{s.users["night"].pk}" selected' in told
    assert "有错：" in told
    assert at("desk").post(address(s), {"do": "appoint", "user": s.users["night"].pk, "from_at": "昨天"}).status_code == 422
    assert at("desk").post(address(s), {"do": "appoint"}).status_code == 409
    assert at("desk").post(address(s), {"do": "appoint", "user": s.users["officer9"].pk}).status_code == 409
    assert at("desk").post(address(s), {"do": "dance"}).status_code == 404
    foreign = Holding.objects.get(post=s.posts["officer2"])
    assert at("desk").post(address(s), {"do": "end", "span": foreign.pk}).status_code == 404


def test_a_stand_in_from_to_and_ended_early(s: Scene, at: At) -> None:
    given = {"do": "stand_in", "user": s.users["officer2"].pk, "from_at": "2026-03-03T08:00", "to_at": "2026-03-05T18:00"}
    told = page(at("desk").post(address(s), given, follow=True))
    assert "定好了，还没开始" in told
    s.later(days=2)
    span = StandIn.objects.get()
    told = page(at("desk").post(address(s), {"do": "end_stand_in", "span": span.pk, "to_at": "2026-03-04T09:00"}), 409)
    assert "日期已经过去" in told
    at("desk").post(address(s), {"do": "end_stand_in", "span": span.pk})
    span.refresh_from_db()
    assert span.to_at == s.now


def test_leave_brings_a_stand_in_and_everybody_near_sees_it(s: Scene, at: At) -> None:
    post = s.posts["officer1"].pk
    shown = page(at("officer1").get("/leave"))
    assert f'name="stand-{post}"' in shown
    assert f'value="{s.users["officer3"].pk}"' not in shown, "only colleagues near by"
    given = {"do": "add", "who": s.users["officer1"].pk, "from_on": "2026-03-04", "to_on": "2026-03-05", f"stand-{post}": s.users["officer2"].pk}
    told = page(at("officer1").post("/leave", given, follow=True))
    assert "3月4日 – 3月5日" in told
    assert "1 网格专职网格员：officer2" in told
    for who, sees in (("desk", True), ("head1", True), ("officer2", False), ("desk_village", False), ("center2", False)):
        assert ("3月4日 – 3月5日" in page(at(who).get("/leave"))) is sees, who
    s.later(days=2)
    assert f"/i/{s.start('resident', {'words': '灯', 'unit': s.units['u1'].pk}).id}" in page(at("officer2").get("/today"))
    assert at("officer2").post("/leave", {"do": "cancel", "leave": Leave.objects.get().pk}).status_code == 404
    at("desk").post("/leave", {"do": "cancel", "leave": Leave.objects.get().pk})
    assert StandIn.objects.get().to_at == s.now
    assert "现在不在" not in page(at("desk").get("/leave"))


@pytest.mark.parametrize(("first", "last"), [("2026-03-04", "9999-12-31"), ("9999-12-31", "9999-12-31"), ("2026-03-04", "2028-03-30")])
def test_a_leave_for_ever_is_refused_where_it_was_typed(s: Scene, at: At, first: str, last: str) -> None:
    told = page(at("officer1").post("/leave", {"who": s.users["officer1"].pk, "from_on": first, "to_on": last}), 409)
    assert "日期太远" in told
    assert f'value="{last}"' in told
    assert not Leave.objects.exists()


def test_a_leave_of_somebody_else_only_where_i_decide(s: Scene, at: At) -> None:
    assert at("desk").get(f"/leave?who={s.users['officer1'].pk}").status_code == 200
    for who in ("officer1", "head1", "center"):
        assert at("desk_village").get(f"/leave?who={s.users[who].pk}").status_code == 404
    given = {"do": "add", "who": s.users["officer1"].pk, "from_on": "2026-03-04", "to_on": "2026-03-03"}
    told = page(at("desk").post("/leave", given), 409)
    assert "2026-03-04" in told
    assert at("head1").post("/leave", given | {"to_on": "2026-03-05"}).status_code == 404
    assert page(at("desk").post("/leave", given | {"to_on": ""}), 409).count("请填这一项") >= 1
    assert not Leave.objects.exists()


def test_no_word_about_why_is_kept(s: Scene) -> None:
    assert {f.name for f in Leave._meta.get_fields()} == {"id", "user", "from_at", "to_at"}


def test_pages_take_few_statements_however_much_there_is(s: Scene, at: At, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        s.start("resident", {"words": f"第 {n} 件", "unit": s.units["u1"].pk})
        s.start("officer1", {"words": f"自己看到 {n}", "unit": s.units["u1"].pk})
    teams.end_holding(holding=Holding.objects.get(post=s.posts["officer1"]), to_at=s.now + timedelta(hours=1), now=s.now)
    from hawthorn.handovers.tasks import handovers

    handovers(town=s.town, now=s.now)
    sheet = Item.objects.get(loop="handovers").pk
    for n in range(4):
        teams.take_leave(
            user=s.users["officer2"],
            from_at=s.now + timedelta(days=n),
            to_at=s.now + timedelta(days=n + 1),
            stand_ins={s.posts["officer2"]: s.users["head2"]},
            now=s.now,
        )
    client, signed_in = at("desk"), 2
    for path in (address(s), "/leave", f"/handovers/{sheet}", f"/handovers/{sheet}/print", "/handovers"):
        client.get(path)
        with django_assert_max_num_queries(signed_in + 9):
            assert client.get(path).status_code == 200


def test_consent_to_be_named_is_taken_back_as_easily_as_given(s: Scene, at: At) -> None:
    span = Holding.objects.get(post=s.posts["officer1"]).pk
    assert at("officer1").post(address(s), {"do": "name", "span": span}).status_code == 302
    assert Holding.objects.get(pk=span).shows_name
    assert "不公开姓名了" in page(at("officer1").get(address(s)))
    assert "公开不公开姓名由本人定" in page(at("head1").post(address(s), {"do": "unname", "span": span}), 409)
    at("officer1").post(address(s), {"do": "unname", "span": span})
    assert not Holding.objects.get(pk=span).shows_name


def test_what_was_written_for_the_next_one_stands_in_the_form_again(s: Scene, at: At) -> None:
    teams.end_holding(holding=Holding.objects.get(post=s.posts["officer1"]), to_at=s.now, now=s.now)
    from hawthorn.handovers.tasks import handovers

    handovers(town=s.town, now=s.now)
    step = f"/i/{Item.objects.get(loop='handovers').pk}/do/hand_over"
    at("head1").post(step, {"notes": "东门锁要往上提", "things": "钥匙 2 把", "key": "k1"})
    again = page(at("head1").get(step))
    assert "东门锁要往上提</textarea>" in again
    assert "钥匙 2 把</textarea>" in again
    teams.appoint(post=s.posts["officer1"], user=s.users["night"], from_at=s.now, now=s.now)
    s.later(days=40)
    teams.end_holding(holding=Holding.objects.get(user=s.users["night"]), to_at=s.now, now=s.now)
    handovers(town=s.town, now=s.now)
    later = page(at("head1").get(f"/i/{Item.objects.filter(loop='handovers').latest('id').pk}/do/hand_over"))
    assert "东门锁要往上提</textarea>" in later, "what stands about a place goes on from one to the next"
    assert "钥匙 2 把</textarea>" not in later
