"""The journeys at the screen: with scripts off, and by keyboard only."""

from __future__ import annotations

import re
from typing import Any

import pytest

from own_database import WORD

pytestmark = pytest.mark.browser


def submit(page: Any) -> None:
    """Send the form of the page's main part."""
    page.locator("main form[method=post]").last.locator("button").last.click()
    page.wait_for_load_state()


def say(someone: Any, words: str, phone: str = "") -> tuple[str, str]:
    """A resident says it; receipt and word from the slip."""
    someone.go("/say?g=999901001001001")
    page = someone.page
    page.fill("[name=words]", words)
    if phone:
        page.fill("[name=phone]", phone)
    submit(page)
    text = page.locator("main").inner_text()
    receipt = re.search(r"\b([0-9A-Z]{4})[-\s]?([0-9A-Z]{4})\b", text)
    assert receipt, text
    word = page.locator("[data-word]").first.inner_text() if page.locator("[data-word]").count() else ""
    return receipt.group(1) + receipt.group(2), word.strip()


def open_item(someone: Any, receipt: str) -> str:
    """Find an item in the list by receipt; its address."""
    someone.go(f"/matters?q={receipt}")
    href = someone.page.locator("main a[href^='/i/']").first.get_attribute("href")
    assert href
    return str(href)


def step(someone: Any, item: str, name: str, **fields: str) -> None:
    """Take a step through its page."""
    someone.go(f"{item}/do/{name}")
    page = someone.page
    for field, value in fields.items():
        target = page.locator(f"main [name={field}]").first
        kind = target.evaluate("e => e.tagName + ':' + e.type") if page.context.pages else ""
        if kind.startswith("SELECT"):
            target.select_option(label=value)
        elif "radio" in kind or "checkbox" in kind:
            page.locator(f"main [name={field}][value='{value}']").check()
        else:
            target.fill(value)
    submit(page)
    assert "/do/" not in page.url, page.locator("main").inner_text()[:400]


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
