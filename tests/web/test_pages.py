"""Every page answers those it is for, and nobody else."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from make import Scene

At = Callable[..., Client]
STAFF = [
    "today",
    "capture",
    "paste",
    "me",
    "matters",
    "assists",
    "complaints",
    "vacancies",
    "tellings",
    "approvals",
    "instructions",
    "map",
    "team",
    "password",
    "counter",
]
DESK = ["desk", "oncall", "calendar", "categories", "workbook", "categories.xlsx", "workbook.xlsx", "import/messages"]
PUBLIC = ["", "say", "what", "complain", "privacy", "help", "signin", "healthz", "metrics"]
STATIC = Path(__file__).resolve().parents[2] / "src" / "hawthorn" / "web" / "static" / "web"


def matter(s: Scene, who: str = "resident", **more: object) -> int:
    return s.start(who, {"words": "三单元二楼灯坏了一个多星期", "unit": s.units["u1"].pk, **more}).id


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_for_everybody_asks_for_no_account(at: At, path: str) -> None:
    assert at().get(f"/{path}").status_code == 200


@pytest.mark.parametrize("path", [*STAFF, *DESK, "i/1", "i/1/do/accept", "files/1"])
def test_a_page_of_staff_asks_for_sign_in(at: At, path: str) -> None:
    found = at().get(f"/{path}")
    assert found.status_code == 302
    assert found["Location"].startswith("/signin?next=%2F")


@pytest.mark.parametrize("path", STAFF)
def test_pages_of_staff_answer_a_grid_officer(at: At, s: Scene, path: str) -> None:
    matter(s)
    assert at("officer1").get(f"/{path}").status_code == 200


@pytest.mark.parametrize("path", [*STAFF, *DESK])
def test_pages_of_a_desk_answer_the_subdistrict(at: At, s: Scene, path: str) -> None:
    matter(s)
    assert at("center").get(f"/{path}").status_code == 200


@pytest.mark.parametrize("path", DESK)
def test_pages_of_a_desk_are_not_there_for_a_grid_officer(at: At, path: str) -> None:
    assert at("officer1").get(f"/{path}").status_code == 404


@pytest.mark.parametrize(("who", "path"), [("officer1", "today"), ("center", "desk"), ("", "say"), ("", "")])
def test_the_first_load_is_small(at: At, s: Scene, who: str, path: str) -> None:
    for _n in range(12):
        matter(s)
    page = at(who).get(f"/{path}").content
    shared = sum(len(gzip.compress(f.read_bytes())) for f in [*STATIC.glob("*.css"), *STATIC.glob("js/*.js")])
    assert len(gzip.compress(page)) + shared <= 100_000


def test_an_item_is_read_by_those_of_its_place_and_hidden_from_others(at: At, s: Scene) -> None:
    item = matter(s)
    for who in ("officer1", "head1", "desk", "center"):
        assert at(who).get(f"/i/{item}").status_code == 200
    for who in ("officer2", "desk_village", "center2", "water"):
        assert at(who).get(f"/i/{item}").status_code == 404
    assert at("officer1").get("/i/999999").status_code == 404


def test_an_item_tells_who_has_it_until_when_and_what_can_be_done(at: At, s: Scene) -> None:
    item = matter(s)
    page = at("officer1").get(f"/i/{item}").content.decode()
    assert "现在由 1 网格专职网格员（officer1） 负责" in page
    assert "受理" in page
    assert "今天 16:00 前" in page or "还有" in page
    assert f'action="/i/{item}/do/accept"' in page


def test_the_story_says_what_was_chosen_besides_words(at: At, s: Scene) -> None:
    made = s.start("officer1", {"words": "水管爆了", "unit": s.units["u1"].pk}).id
    s.step("officer1", made, "call_up", {"tried": "看过", "asks": "请帮"})
    s.step("desk", made, "accept")
    s.step("desk", made, "call_for_help", {"agencies": [s.posts["water"].pk, s.posts["power"].pk], "what": "来", "by": s.now + timedelta(days=1)})
    s.step("desk", made, "tell", {"whom": "119", "say": "请来看看"})
    for page in (f"/i/{made}", f"/i/{made}/print"):
        told = at("desk").get(page).content.decode()
        names = "、".join(s.town.posts[s.posts[who].pk].name for who in ("water", "power"))
        assert f"请哪些单位协办：{names} · 什么时候前：" in told
        assert "告诉谁：119" in told


def test_one_press_takes_a_step_without_questions(at: At, s: Scene) -> None:
    item = matter(s)
    found = at("officer1").post(f"/i/{item}/do/accept", {"key": "k1", "version": 1})
    assert found["Location"] == f"/i/{item}"
    assert s.facts(item).stage == "working"


def test_the_same_press_twice_is_one_step(at: At, s: Scene) -> None:
    item = matter(s)
    client = at("officer1")
    for _again in range(2):
        assert client.post(f"/i/{item}/do/accept", {"key": "k1", "version": 1})["Location"] == f"/i/{item}"


def test_a_step_that_is_not_yours_says_who_can(at: At, s: Scene) -> None:
    item = matter(s)
    found = at("officer1").get(f"/i/{item}/do/dispatch")
    assert found.status_code == 409
    assert "这一步由窗口来办" in found.content.decode()
    assert at("officer1").get(f"/i/{item}/do/nonsense").status_code == 404
    assert at("officer1").get(f"/i/{item}/do/no_answer").status_code == 404


def test_a_refused_form_comes_back_with_everything_typed(at: At, s: Scene) -> None:
    item = matter(s)
    s.step("officer1", item, "accept")
    found = at("officer1").post(f"/i/{item}/do/settle", {"result": "换了灯泡", "key": "k2", "version": 2})
    page = found.content.decode()
    assert found.status_code == 409
    assert "换了灯泡" in page
    assert "请填这一项" in page
    assert 'href="#f-say"' in page


def test_somebody_else_was_faster_and_the_words_are_still_there(at: At, s: Scene) -> None:
    item = matter(s)
    s.step("officer1", item, "accept")
    s.step("head1", item, "note", {"words": "看过了"})
    found = at("officer1").post(f"/i/{item}/do/settle", {"result": "换了灯泡", "say": "修好了", "key": "k2", "version": 2})
    page = found.content.decode()
    assert found.status_code == 409
    assert "别人刚刚改过这件事" in page
    assert "换了灯泡" in page
    assert 'name="version" value="3"' in page
    assert at("officer1").post(f"/i/{item}/do/note", {"words": "又看了一次", "key": "k3", "version": 1}).status_code == 302


@pytest.mark.parametrize("name", ["dispatch", "decline", "refer", "classify", "relocate", "void", "merge_into", "note", "tell", "follow", "call_up"])
def test_the_forms_of_steps_are_drawn(at: At, s: Scene, name: str) -> None:
    item = s.start("desk", {"words": "路口树枝挡红绿灯", "community": s.places["community"].pk}).id
    assert at("desk").get(f"/i/{item}/do/{name}").status_code == 200


@pytest.mark.parametrize("name", ["settle", "ask_resident", "wait_outside", "split", "call_for_help", "ask_extension", "ask_park", "hand_back", "contact"])
def test_the_forms_of_work_are_drawn(at: At, s: Scene, name: str) -> None:
    item = s.start("desk", {"words": "路口树枝挡红绿灯", "community": s.places["community"].pk, "phone": "13800001234"}).id
    s.step("desk", item, "accept")
    assert at("desk").get(f"/i/{item}/do/{name}").status_code == 200
