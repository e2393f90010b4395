"""What somebody does at a screen, in two ways: with a pointer, and by keyboard only (Tab, arrows, Space, Enter, typing)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from hawthorn.kernel.clock import SHANGHAI

WAYS: dict[str, dict[str, bool]] = {"without scripts": {"scripts": False}, "by keyboard": {"keys": True}}
GRID = "999901001001001"
SEND = "main form[method=post] button:not([type=button])"
DIGITS = "零一二三四五六七八九"
SOON = (datetime.now(SHANGHAI) + timedelta(days=5)).strftime("%Y-%m-%dT10:00")


def walked(usual: str) -> Any:
    """In which way a journey is walked in every run; in the other way too on `make soak`."""
    return pytest.mark.parametrize("way", [pytest.param(way, marks=() if way == usual else pytest.mark.long) for way in WAYS])


@dataclass
class Pointer:
    """Points at things and clicks them."""

    page: Any

    def press(self, css: str, words: str = "") -> None:
        """A button, a link or a summary, by its selector and some of its words."""
        self.page.locator(css, has_text=words).first.click()

    def put(self, css: str, value: str) -> None:
        """Fill a field; of several choices the one whose words hold `value`."""
        field = self.page.locator(css).first
        kind = field.evaluate("e => e.type")
        if kind.startswith("select"):
            field.select_option(field.locator("option", has_text=value).first.get_attribute("value"))
        elif kind in ("radio", "checkbox"):
            self.page.locator(css).locator("xpath=ancestor::label").filter(has_text=value).first.click()
        else:
            field.fill(value)


@dataclass
class Keyboard:
    """Touches nothing but keys."""

    page: Any

    def press(self, css: str, words: str = "") -> None:
        """Reach it by Tab, then Enter."""
        self.reach(css, words)
        self.page.keyboard.press("Enter")

    def put(self, css: str, value: str) -> None:
        """Reach the field by Tab, then type or choose."""
        self.reach(css)
        kind = self.page.evaluate("document.activeElement.type")
        if kind == "datetime-local":
            self._type_date(value)
        elif kind in ("checkbox", "radio") or kind.startswith("select"):
            self._choose(kind, value)
        else:
            self.page.keyboard.type(value)

    def reach(self, css: str, words: str = "", most: int = 100) -> None:
        """Press Tab until what has the focus fits the selector and holds the words."""
        for _n in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("([css, words]) => document.activeElement.matches(css) && document.activeElement.innerText.includes(words)", [css, words]):
                return
        raise AssertionError(f"not reached by keyboard: {css} {words}")

    def _type_date(self, value: str) -> None:
        """2026-12-01T10:00 part by part, in the order this browser's own field shows them (month, day, year, hour, minute, AM)."""
        day, clock = value.split("T")
        year, month, date = day.split("-")
        hour, minute = clock.split(":")
        self.page.keyboard.type(month + date + year)
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(hour + minute + "A")
        assert self.page.evaluate("document.activeElement.value") == value

    def _choose(self, kind: str, value: str) -> None:
        words = "(e => e.tagName === 'SELECT' ? (e.selectedOptions[0] || {}).text || '' : e.closest('label').innerText)(document.activeElement)"
        for _n in range(60):
            if value in self.page.evaluate(words):
                if kind in ("checkbox", "radio"):
                    self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("Tab" if kind == "checkbox" else "ArrowDown")
        raise AssertionError(f"no choice {value}")


# ── any page ──
def words_of(someone: Any) -> str:
    """What the main part of the page says."""
    return str(someone.page.locator("main").inner_text())


def send(someone: Any, words: str = "", css: str = SEND) -> None:
    """Press a button that sends its form, and wait for what comes."""
    with someone.page.expect_navigation():
        someone.hand.press(css, words)


def unfold(someone: Any, css: str) -> None:
    """Open a part of the page that is folded away, unless it is open."""
    if someone.page.locator(css).first.get_attribute("open") is None:
        someone.hand.press(f"{css} > summary")


def answer_question(someone: Any) -> bool:
    """Answer the plain question against abuse, where the page asks it."""
    asked = re.search(r"(.)加(.)是几", words_of(someone))
    if asked:
        someone.hand.put("main [name=answer]", str(DIGITS.index(asked.group(1)) + DIGITS.index(asked.group(2))))
    return asked is not None


def send_off(someone: Any) -> tuple[str, str]:
    """Send a resident's form, answering the question even where it is asked only now; receipt and word from the slip."""
    answer_question(someone)
    send(someone)
    if answer_question(someone):
        send(someone)
    return slip(someone)


def slip(someone: Any) -> tuple[str, str]:
    """Receipt and word, as they stand on the slip."""
    codes = [code.strip() for code in someone.page.locator("main .code").all_inner_texts()]
    assert len(codes) == 2, words_of(someone)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", codes[0])
    return codes[0].replace("-", ""), codes[1]


# ── residents ──
def say(someone: Any, words: str, phone: str = "", *, grid: str = GRID, unit: str = "") -> tuple[str, str]:
    """A resident says it at the grid's own page; receipt and word."""
    someone.go(f"/say?g={grid}")
    someone.hand.put("main [name=words]", words)
    if unit:
        someone.hand.put("main [name=unit]", unit)
    if phone:
        someone.hand.put("main [name=phone]", phone)
    return send_off(someone)


def look(someone: Any, receipt: str, **by: str) -> str:
    """办到哪一步, by the word (word=) or the phone's last four digits (tail=); what the page says."""
    someone.go("/what")
    for field, value in {"receipt": receipt, **by}.items():
        someone.hand.put(f"main [name={field}]", value)
    send(someone)
    return words_of(someone)


def act(someone: Any, name: str, **fields: str) -> str:
    """What the asker may do, on the page of their receipt; what the page then says."""
    own = f"main details:has([name=do][value={name}])"
    unfold(someone, own)
    for field, value in fields.items():
        someone.hand.put(f"{own} [name={field}]", value)
    send(someone, css=f"{own} button")
    return words_of(someone)


# ── staff ──
def open_item(someone: Any, receipt: str, loop: str = "matters") -> str:
    """Find an item in its list by receipt; its address. What a resident said and nobody has sorted yet is passed on first, by hand."""
    someone.go(f"/{loop}?q={receipt}")
    if loop == "matters" and not someone.page.locator("main a[href^='/i/']").count():
        someone.go(f"/drops?q={receipt}")
        drop = _link(someone, "main a[href^='/i/']")
        step(someone, drop, "to_matter")
        someone.go(drop)
        return _link(someone, "main section a.tap[href^='/i/']")
    return _link(someone, "main a[href^='/i/']")


def child(someone: Any, item: str, words: str) -> str:
    """The address of a small loop hanging on an item, by what its line says."""
    someone.go(item)
    return _link(someone, "main ul.duties a[href^='/i/']", words)


def duty(someone: Any, words: str) -> str:
    """The address of a duty on Today, by its words."""
    someone.go("/today")
    return _link(someone, "main ul.ticks .what a[href^='/i/']", words)


def _link(someone: Any, css: str, words: str = "") -> str:
    found = someone.page.locator(css, has_text=words)
    assert found.count(), f"no link {words}: {words_of(someone)}"
    return str(found.first.get_attribute("href"))


def look_up(someone: Any, **by: str) -> list[str]:
    """At the counter, by door (place=) or the phone's last four digits (tail=): the sentences to read out."""
    someone.go("/counter")
    for field, value in by.items():
        someone.hand.put(f"main [name={field}]", value)
    send(someone)
    return [str(words) for words in someone.page.locator("main .said").all_inner_texts()]


def step(someone: Any, item: str, name: str, **fields: str) -> None:
    """Take a step through its page; what was passed on to oneself is accepted already."""
    if name == "accept" and "正在办" in stage(someone, item):
        return
    someone.go(f"{item}/do/{name}")
    for field, value in fields.items():
        someone.hand.put(f"main [name={field}]", value)
    send(someone)
    assert "/do/" not in someone.page.url or someone.page.locator("main [data-saved]").count(), words_of(someone)[:400]


def stage(someone: Any, item: str) -> str:
    """The stage that the item's page shows."""
    someone.go(item)
    return str(someone.page.locator("main .head .tag.level").first.inner_text())


def holder(someone: Any, item: str) -> str:
    """Who has it now and until when, as the item's page says it."""
    someone.go(item)
    return str(someone.page.locator("main ol.story li.now").inner_text())
