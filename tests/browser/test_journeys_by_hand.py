"""The journeys at the screen: with scripts off, and by keyboard only."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from hawthorn.kernel.clock import SHANGHAI
from own_database import WORD

pytestmark = pytest.mark.browser


DIGITS = "零一二三四五六七八九"


def submit(page: Any) -> None:
    """Send the form of the page's main part."""
    with page.expect_navigation():
        page.locator("main form[method=post]").last.locator("button").last.click()


def say(someone: Any, words: str, phone: str = "") -> tuple[str, str]:
    """A resident says it; receipt and word from the slip."""
    someone.go("/say?g=999901001001001")
    page = someone.page
    page.fill("[name=words]", words)
    if phone:
        page.fill("[name=phone]", phone)
    _answer(page)
    submit(page)
    if _answer(page):
        submit(page)
    text = page.locator("main").inner_text()
    receipt = re.search(r"\b([0-9A-Z]{4})[-\s]?([0-9A-Z]{4})\b", text)
    assert receipt, text
    word = page.locator("[data-word]").first.inner_text() if page.locator("[data-word]").count() else ""
    return receipt.group(1) + receipt.group(2), word.strip()


def _answer(page: Any) -> bool:
    """Answer the plain question against abuse, where the page asks it."""
    asked = re.search(r"(.)加(.)是几", page.locator("main").inner_text())
    if asked:
        page.locator("main [name=answer]").fill(str(DIGITS.index(asked.group(1)) + DIGITS.index(asked.group(2))))
    return asked is not None


def open_item(someone: Any, receipt: str) -> str:
    """Find an item in the list by receipt; its address."""
    someone.go(f"/matters?q={receipt}")
    href = someone.page.locator("main a[href^='/i/']").first.get_attribute("href")
    assert href
    return str(href)


def step(someone: Any, item: str, name: str, **fields: str) -> None:
    """Take a step through its page, with a pointer."""
    someone.go(f"{item}/do/{name}")
    page = someone.page
    for field, value in fields.items():
        kind = page.locator(f"main [name={field}]").first.evaluate("e => e.type")
        if kind.startswith("select"):
            page.locator(f"main [name={field}]").select_option(label=value)
        elif kind in ("radio", "checkbox"):
            page.locator("main label", has_text=value).first.click()
        else:
            page.locator(f"main [name={field}]").fill(value)
    submit(page)
    assert "/do/" not in page.url, page.locator("main").inner_text()[:400]


def key_step(someone: Any, item: str, name: str, **fields: str) -> None:
    """The same by keyboard only: Tab, arrows, Space, Enter."""
    someone.go(f"{item}/do/{name}")
    page = someone.page
    for field, value in fields.items():
        tab_to(page, f"e.name === '{field}'")
        kind = page.evaluate("document.activeElement.type")
        if kind == "datetime-local":
            _type_date(page, value)
        elif kind in ("checkbox", "radio") or kind.startswith("select"):
            _pick_by_key(page, kind, value)
        else:
            page.keyboard.type(value)
    tab_to(page, "e.tagName === 'BUTTON' && e.closest('main') !== null && e.closest('form').method === 'post'")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/do/" not in page.url, page.locator("main").inner_text()[:400]


def _type_date(page: Any, value: str) -> None:
    """2026-12-01T10:00 part by part, in the order this browser's own field shows them (month, day, year, hour, minute, AM)."""
    day, clock = value.split("T")
    year, month, date = day.split("-")
    hour, minute = clock.split(":")
    page.keyboard.type(month + date + year)
    page.keyboard.press("ArrowRight")
    page.keyboard.type(hour + minute + "A")
    assert page.evaluate("document.activeElement.value") == value


def _pick_by_key(page: Any, kind: str, value: str) -> None:
    """The choice whose words hold `value`."""
    words = "(e => e.tagName === 'SELECT' ? (e.selectedOptions[0] || {}).text || '' : (e.closest('label') || e.labels[0]).innerText)(document.activeElement)"
    for _n in range(60):
        if value in page.evaluate(words):
            if kind == "checkbox":
                page.keyboard.press("Space")
            if kind == "radio":
                page.keyboard.press("Space")
            return
        page.keyboard.press("Tab" if kind == "checkbox" else "ArrowDown")
    raise AssertionError(f"no choice {value}")


def child(someone: Any, item: str, words: str) -> str:
    """The address of a small loop hanging on an item, by what its line says."""
    someone.go(item)
    href = someone.page.locator("main ul.duties a[href^='/i/']", has_text=words).first.get_attribute("href")
    assert href
    return str(href)


SOON = (datetime.now(SHANGHAI) + timedelta(days=5)).strftime("%Y-%m-%dT10:00")
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


@pytest.mark.parametrize("way", ["without scripts", "by keyboard"])
@pytest.mark.parametrize("name", list(JOURNEYS))
def test_each_journey_goes_to_its_end(person: Any, name: str, way: str) -> None:
    phone, moves, end = JOURNEYS[name]
    scripts = way == "by keyboard"
    act = key_step if scripts else step
    receipt, _word = say(person(360, scripts=scripts), name, phone)
    people: dict[str, Any] = {}
    item = ""
    for who, small, verb, fields in moves:
        if who not in people:
            people[who] = person(360, scripts=scripts)
            people[who].sign_in(who)
        item = item or open_item(people["officer1" if "officer1" in people else who], receipt)
        act(people[who], child(people[who], item, small) if small else item, verb, **fields)
    last = people[moves[-1][0]]
    last.go(item)
    assert end in last.page.locator("main .tag.level").first.inner_text()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_small_matter_from_say_to_solved(person: Any, scripts: bool) -> None:
    resident, officer, desk = (person(360, scripts=scripts) for _n in range(3))
    receipt, _word = say(resident, "二楼的灯不亮", "19900004321")
    officer.sign_in("officer1")
    item = open_item(officer, receipt)
    step(officer, item, "accept")
    step(officer, item, "settle", result="换了灯泡", say="灯已经换好")
    desk.sign_in("desk")
    step(desk, item, "solved")
    resident.go(f"/what/{receipt}")
    resident.page.fill("[name=tail]", "4321")
    submit(resident.page)
    text = resident.page.locator("main").inner_text()
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


def tab_to(page: Any, test: str, most: int = 80) -> None:
    """Press Tab until the focused element fulfils a test."""
    for _n in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const e = document.activeElement; return !!e && ({test}); }})()"):
            return
    raise AssertionError(f"not reached by keyboard: {test}")


def test_an_officer_signs_in_reports_and_settles_by_keyboard_only(person: Any) -> None:
    someone = person(1280)
    someone.go("/signin")
    page = someone.page
    tab_to(page, "e.name === 'username'")
    page.keyboard.type("officer1")
    tab_to(page, "e.name === 'password'")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    tab_to(page, "e.tagName === 'A' && e.getAttribute('href') === '/capture'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/capture")
    tab_to(page, "e.name === 'words'")
    page.keyboard.type("键盘上报的一件事")
    tab_to(page, "e.tagName === 'BUTTON' && e.textContent.includes('上报')")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "/capture" not in page.url or page.locator("text=已收到").count() or page.locator("a[href^='/i/']").count()


def test_a_resident_says_it_by_keyboard_only_in_elders_mode(person: Any) -> None:
    someone = person(360)
    someone.go("/say?g=999901001001001")
    page = someone.page
    tab_to(page, "e.tagName === 'BUTTON' && e.closest('form[action$=\"/elder\"]') !== null")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "elder" in (page.locator("html").get_attribute("class") or "")
    someone.go("/say?g=999901001001001")
    tab_to(page, "e.name === 'words'")
    page.keyboard.type("台阶坏了")
    tab_to(page, "e.tagName === 'BUTTON' && e.closest('main') !== null && e.closest('form[action$=\"/elder\"]') === null")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert re.search(r"[0-9A-Z]{4}[-\s]?[0-9A-Z]{4}", page.locator("main").inner_text())
