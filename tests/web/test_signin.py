"""Signing in, the idle lock, passwords; and the small pages of a desk."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.loops.models import Item
from hawthorn.web import books
from make import Scene

At = Callable[..., Client]
WORD = "hawthorn-demo-1"


def with_password(s: Scene, who: str, **more: object) -> User:
    user = User.objects.get(pk=s.users[who].pk)
    user.set_password(WORD)
    for name, value in more.items():
        setattr(user, name, value)
    user.save()
    return user


def test_sign_in_goes_on_to_where_one_wanted(at: At, s: Scene) -> None:
    with_password(s, "officer1")
    client = at()
    given = {"username": "officer1", "password": WORD}
    assert client.post("/signin", {**given, "password": "wrong", "next": "/matters"}).status_code == 422
    assert client.post("/signin", {**given, "next": "/matters"})["Location"] == "/matters"
    for evil in ("https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)"):
        assert at().post("/signin", {**given, "next": evil})["Location"] == "/today"
    client.post("/signout")
    assert client.get("/today").status_code == 302


def test_five_wrong_passwords_and_the_door_rests(at: At, s: Scene) -> None:
    with_password(s, "officer1")
    client = at()
    answers = [client.post("/signin", {"username": "officer1", "password": "wrong"}).status_code for _n in range(6)]
    assert answers[-1] == 429
    assert client.post("/signin", {"username": "officer1", "password": WORD}).status_code == 429


def test_a_screen_left_alone_locks_and_opens_with_the_same_password(at: At, s: Scene) -> None:
    with_password(s, "officer1")
    with_password(s, "officer2")
    client = at("officer1")
    assert client.get("/matters?late=1").status_code == 200
    s.later(minutes=29)
    assert client.get("/matters?late=1").status_code == 200
    s.later(minutes=31)
    locked = client.get("/matters?late=1")
    assert locked["Location"] == "/lock?next=%2Fmatters%3Flate%3D1"
    assert "已锁屏" in client.get(locked["Location"]).content.decode()
    assert client.get("/today").status_code == 302
    assert client.post("/lock", {"password": "wrong", "next": "/matters"}).status_code == 422
    assert client.post("/lock", {"password": WORD, "next": "/matters"})["Location"] == "/matters"
    assert client.get("/today").status_code == 200


def test_a_first_password_must_be_changed(at: At, s: Scene) -> None:
    with_password(s, "officer1", must_change=True)
    client = at("officer1")
    assert client.get("/today")["Location"] == "/password?next=%2Ftoday"
    assert client.post("/password", {"old": WORD, "new": "short", "again": "short"}).status_code == 422
    assert client.post("/password", {"old": WORD, "new": "long-enough-77", "again": "other"}).status_code == 422
    assert client.post("/password", {"old": WORD, "new": "long-enough-77", "again": "long-enough-77"})["Location"] == "/today"
    assert client.get("/today").status_code == 200


def test_a_grid_head_resets_the_officers_password_on_the_spot(at: At, s: Scene) -> None:
    page = at("head1").post("/team", {"user": s.users["officer1"].pk}).content.decode()
    once = re.search(r'class="code">([^<]+)<', page)
    assert once is not None
    assert at().post("/signin", {"username": "officer1", "password": once[1]})["Location"] == "/today"
    assert at("head1").post("/team", {"user": s.users["desk"].pk}).status_code == 409
    assert at("officer1").get("/team").status_code == 302  # must change first
    assert at("head1").post("/team", {"user": s.users["officer9"].pk}).status_code in (404, 409)
    assert at("head1").post("/team", {"user": "x"}).status_code == 404


def test_the_elders_mode_of_staff_stays_with_the_account(at: At, s: Scene) -> None:
    at("officer1").post("/elder", {"step": "1", "next": "/today"})
    assert 'class="elder' in at("officer1").get("/today").content.decode()


def test_the_roster_is_kept_by_the_subdistrict(at: At, s: Scene) -> None:
    client = at("center")
    assert client.post("/oncall", {"on": "2026-03-03", "users": [s.users["night"].pk]}).status_code == 302
    assert "night" in client.get("/oncall").content.decode()
    assert client.post("/oncall", {"on": "2026-03-01", "users": []}).status_code == 409
    assert client.post("/oncall", {"on": "2026-03-03", "users": [s.users["officer9"].pk]}).status_code == 409


def test_a_day_off_moves_the_limits_of_this_subdistrict_only(at: At, s: Scene) -> None:
    at("center").post("/calendar", {"on": "2026-03-03", "kind": "off", "name": "停电"})
    from datetime import date

    town = s.town
    assert not town.policy(s.places["street"].pk).calendar.is_workday(date(2026, 3, 3))
    assert town.policy(s.places["street2"].pk).calendar.is_workday(date(2026, 3, 3))
    at("center").post("/calendar", {"on": "2026-03-03", "kind": ""})
    assert s.town.policy(s.places["street"].pk).calendar.is_workday(date(2026, 3, 3))


def test_the_catalogue_goes_out_and_comes_back_unchanged(at: At, s: Scene) -> None:
    client = at("center")
    body = client.get("/categories.xlsx").content
    for do in ("dry", "write"):
        found = client.post("/categories", {"sheet": SimpleUploadedFile("c.xlsx", body), "do": do})
        assert found.status_code in (200, 302)
    assert "没有要写入的" in client.post("/categories", {"sheet": SimpleUploadedFile("c.xlsx", body), "do": "dry"}).content.decode()
    assert client.post("/categories", {"sheet": SimpleUploadedFile("c.xlsx", b"no"), "do": "write"}).status_code == 409
    assert client.post("/categories", {"do": "dry"}).status_code == 409


def test_the_set_up_workbook_is_tried_before_it_is_written(at: At, s: Scene) -> None:
    client = at("center")
    body = client.get("/workbook.xlsx").content
    found = client.post("/workbook", {"sheet": SimpleUploadedFile("w.xlsx", io.BytesIO(body).getvalue()), "do": "dry"})
    assert found.status_code in (200, 409)
    assert "什么都没有写入" in found.content.decode() or "试读通过" in found.content.decode()


def test_while_a_long_sheet_is_read_the_other_tables_wait(at: At, s: Scene) -> None:
    client = at("center")
    body = client.get("/workbook.xlsx").content
    with books.turn(is_long=True):
        for page in ("/workbook", "/categories"):
            found = client.post(page, {"sheet": SimpleUploadedFile("w.xlsx", body + b"\0" * books.SMALL), "do": "dry"})
            assert found.status_code == 409
            assert "请稍后再传" in found.content.decode()


def test_the_counter_reads_out_one_sentence(at: At, s: Scene) -> None:
    s.start("resident", {"words": "灯坏了", "unit": s.units["u1"].pk, "phone": "13800001234"})
    client = at("desk")
    for given in ({"tail": "1234"}, {"place": "u1"}, {"unit": s.units["u1"].pk}):
        page = client.post("/counter", given).content.decode()
        assert "由1 网格专职网格员负责" in page
    assert "没有找到" in client.post("/counter", {"tail": "9999"}).content.decode()


def test_the_desk_lists_what_waits_with_a_link_to_dispatch(at: At, s: Scene) -> None:
    item = s.start("resident", {"words": "灯坏了", "unit": s.units["u1"].pk}).id
    page = at("desk").get("/desk").content.decode()
    assert f"/i/{item}/do/dispatch" in page
    assert "<polygon" in page
    assert "一网格" in at("center").get("/map").content.decode()
    given = {"lead": s.posts["officer2"].pk, "words": "请去看看", "key": "d1", "version": 1}
    assert at("desk").post(f"/i/{item}/do/dispatch", given).status_code == 302
    assert s.holder(item) == "officer2"


def test_a_sheet_of_the_hotline_is_taken_in_once(at: At, s: Scene) -> None:
    client = at("center")
    body = "工单编号,诉求内容\nA1,路灯不亮\nA2,井盖松了\nA2,重复的\n".encode()

    def send(do: str, source: str = "12345") -> HttpResponse:
        return client.post("/import/messages", {"sheet": SimpleUploadedFile("m.csv", body), "source": source, "do": do})

    assert "共 3 行：新的 2" in send("dry").content.decode()
    assert not Item.objects.exists()
    assert send("write").status_code == 200
    assert Item.objects.filter(loop="matters").count() == 2
    assert send("write").status_code in (200, 409)
    assert Item.objects.filter(loop="matters").count() == 2
    assert send("dry", "").status_code == 409
    assert send("errors")["Content-Disposition"] == 'attachment; filename="errors.xlsx"'
    assert at("desk").get("/import/messages").status_code == 404
