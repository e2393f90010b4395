"""A served copy of the scene and a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hands import Keyboard, Pointer
from line import line_to
from phones import Phone, ready
from serving import CHROMIUM, FLAGS, Person, Served, serving


@pytest.fixture(scope="session")
def calm() -> Iterator[Served]:
    """Served for files whose tests write seldom and look at nothing but their own."""
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """Served for the tests of one file: how often one address may write within the hour is counted by the server. IS_CALM = True in the file: see there."""
    if getattr(request.module, "IS_CALM", False):
        yield request.getfixturevalue("calm")
        return
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def night() -> Iterator[Served]:
    """Another one, whose clock begins on a Monday at 23:30."""
    with serving(HAWTHORN_NOW="2026-03-02T23:30:00") as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for the session."""
    if not CHROMIUM:
        pytest.skip("没有找到 chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(chromium: Any, served: Served) -> Iterator[Any]:
    """person(width, scripts=True, keys=False, at=None): a fresh screen, used by pointer or by keys, at another server where one is named."""
    contexts = []

    def somebody(width: int = 360, *, scripts: bool = True, keys: bool = False, at: Served | None = None) -> Person:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        return Person(page, (at or served).url, asked, Keyboard(page) if keys else Pointer(page))

    yield somebody
    for context in contexts:
        context.close()


@pytest.fixture
def phone(chromium: Any, served: Served, tmp_path: Path) -> Iterator[Callable[..., tuple[Phone, Person]]]:
    """phone("officer1"): somebody signed in on a phone of their own, ready for a day without network."""
    lines, phones = [], []

    def somebody(who: str, **options: Any) -> tuple[Phone, Person]:
        line = line_to(int(served.url.rsplit(":", 1)[1]))
        lines.append(line)
        found = Phone(chromium.browser_type, line.__enter__(), tmp_path / f"{who}{len(phones)}", {"viewport": {"width": 360, "height": 800}} | options)
        phones.append(found)
        someone = found.on()
        someone.sign_in_by_hand(who)
        ready(someone)
        return found, someone

    yield somebody
    for one in phones:
        one.context.close()
    for line in lines:
        line.__exit__(None, None, None)
