"""The journeys at the screen: with scripts off, and by keyboard only (each in one of the two ways in every run, in both on `make soak`)."""

from __future__ import annotations

from typing import Any

import pytest
from hands import SOON, WAYS, child, look, open_item, say, send, stage, step, words_of

pytestmark = pytest.mark.browser


DONE = {"result": "办好了", "say": "已经办好"}
UP = ("officer1", "", "call_up", {"tried": "去看过", "asks": "请帮忙"})
# ruff: noqa: E501 (the table of journeys)
# name → (phone of the asker, moves: who, which child (its words) or "", step, fields), stage label at the end
JOURNEYS: dict[str, tuple[str, list[tuple[str, str, str, dict[str, str]]], str]] = {
    "a small matter that never leaves the grid": (
        "19900001111",
        [("officer1", "", "accept", {}), ("officer1", "", "contact", {"how": "电话"}), ("officer1", "", "settle", DONE), ("desk", "", "solved", {})],
        "已办结",
    ),
    "a big one with two units, not solved, reworked": (
        "19900001112",
        [
            UP, ("desk", "", "accept", {}), ("desk", "", "call_for_help", {"agencies": "供水站", "what": "请到现场"}),
            ("water", "协办", "assist_accept", {"by": SOON}), ("water", "协办", "assist_done", {"words": "接好了"}), ("desk", "", "settle", DONE),
            ("center", "", "pass", {}), ("desk", "", "unsolved", {"reason": "夜里又漏"}), ("desk", "", "settle", DONE), ("center", "", "pass", {}),
            ("desk", "", "solved", {}),
        ],
        "已办结",
    ),
    "a refused assist decided by the party instructor": (
        "",
        [
            UP, ("desk", "", "accept", {}), ("desk", "", "call_for_help", {"agencies": "供水站", "what": "请到现场"}),
            ("water", "协办", "assist_refuse", {"reason": "不归我们", "who_could": "供电所"}), ("instructor1", "协办", "call_again", {"agency": "供电所"}),
            ("power", "协办", "assist_accept", {"by": SOON}), ("power", "协办", "assist_done", {"words": "好了"}), ("desk", "", "settle", DONE), ("center", "", "pass", {}),
        ],
        "已办结",
    ),
    "a wrong addressee handed back twice": (
        "",
        [
            UP, ("desk", "", "dispatch", {"lead": "供水站"}), ("water", "", "hand_back", {"belongs_to": "供电所", "reason": "不是水井"}),
            ("desk", "", "dispatch", {"lead": "供电所"}), ("power", "", "hand_back", {"belongs_to": "物业", "reason": "不是电井"}),
            ("center", "", "dispatch", {"lead": "供水站"}), ("water", "", "take_up", {}), ("water", "", "settle", DONE), ("center_b", "", "pass", {}),
        ],
        "已办结",
    ),
    "one who is told it is not for us": (
        "19900001113",
        [("desk", "", "decline", {"say": "合同的事", "elsewhere": "拨 12348"}), ("desk", "", "agrees", {})],
        "不受理",
    ),
    "one who is told where the law sends it": (
        "19900001114",
        [("desk", "", "refer", {"channel": "法院", "say": "请到法院立案"}), ("desk", "", "agrees", {})],
        "转法定途径",
    ),
    "a false alarm, told by a call": ("19900001115", [("desk", "", "void", {"say": "看过，没有"}), ("desk", "回话", "told", {})], "误报撤销"),
    "parked with approval and resumed": (
        "",
        [
            ("officer1", "", "accept", {}), ("officer1", "", "ask_park", {"reason": "等配件", "until": SOON}), ("desk", "请示", "grant", {}),
            ("officer1", "", "resume", {}), ("officer1", "", "settle", DONE),
        ],
        "已办结",
    ),
    "a leader instructs and is answered": (
        "",
        [
            ("officer1", "", "accept", {}), ("leader", "", "instruct", {"words": "请说明", "by": SOON}), ("officer1", "督办", "answer", {"words": "在办"}),
            ("leader", "督办", "approve", {}), ("officer1", "", "settle", DONE),
        ],
        "已办结",
    ),
}  # fmt: skip


BOTH = [(name, way, (n + m) % 2) for n, name in enumerate(JOURNEYS) for m, way in enumerate(WAYS)]


@pytest.mark.parametrize(("name", "way"), [pytest.param(name, way, marks=pytest.mark.long if is_long else ()) for name, way, is_long in BOTH])
def test_each_journey_goes_to_its_end(person: Any, name: str, way: str) -> None:
    phone, moves, end = JOURNEYS[name]
    receipt, _word = say(person(**WAYS[way]), name, phone)
    people: dict[str, Any] = {}
    item = ""
    for who, small, verb, fields in moves:
        if who not in people:
            people[who] = person(**WAYS[way])
            people[who].sign_in(who)
        item = item or open_item(people["officer1" if "officer1" in people else who], receipt)
        step(people[who], child(people[who], item, small) if small else item, verb, **fields)
    assert end in stage(people[moves[-1][0]], item)


@pytest.mark.parametrize("scripts", [False, True])
def test_a_small_matter_from_say_to_solved(person: Any, scripts: bool) -> None:
    resident, officer, desk = (person(scripts=scripts) for _n in range(3))
    receipt, _word = say(resident, "二楼的灯不亮", "19900004321")
    officer.sign_in("officer1")
    item = open_item(officer, receipt)
    step(officer, item, "accept")
    step(officer, item, "settle", result="换了灯泡", say="灯已经换好")
    desk.sign_in("desk")
    step(desk, item, "solved")
    text = look(resident, receipt, tail="4321")
    assert "灯已经换好" in text
    assert "已办结" in text


@pytest.mark.parametrize("scripts", [False, True])
def test_a_refused_form_keeps_every_word(person: Any, scripts: bool) -> None:
    officer = person(360, scripts=scripts)
    officer.sign_in("officer1")
    officer.go("/matters")
    item = officer.page.locator("main a[href^='/i/']").first.get_attribute("href")
    officer.go(f"{item}/do/call_up")
    officer.page.fill("[name=tried]", "已经试过两次")
    officer.page.evaluate("document.querySelectorAll('[required]').forEach(e => e.removeAttribute('required'))") if scripts else None
    form = officer.page.locator("main form[method=post]").last
    form.evaluate("f => f.noValidate = true")
    form.locator("button").last.click()
    officer.page.wait_for_load_state()
    assert officer.page.locator("[name=tried]").input_value() == "已经试过两次"
    assert officer.page.locator("[aria-invalid=true]").count() >= 1


def test_an_officer_signs_in_reports_and_settles_by_keyboard_only(person: Any) -> None:
    someone = person(1280, keys=True)
    someone.sign_in("officer1")
    send(someone, css="a[href='/capture']")
    someone.hand.put("[name=words]", "键盘上报的一件事")
    send(someone, "上报")
    assert "记下了：上报。" in words_of(someone)
    item = open_item(someone, someone.page.locator("main .head .num").first.inner_text())
    step(someone, item, "accept")
    step(someone, item, "settle", **DONE)
    assert "已办结" in stage(someone, item)


def test_a_resident_says_it_by_keyboard_only_in_elders_mode(person: Any) -> None:
    someone = person(keys=True)
    someone.go("/say")
    send(someone, "长辈版", "form[action$='/elder'] button")
    assert "elder" in (someone.page.locator("html").get_attribute("class") or "")
    receipt, word = say(someone, "台阶坏了")
    assert "elder" in (someone.page.locator("html").get_attribute("class") or "")
    assert "已收到" in look(someone, receipt, word=word)
