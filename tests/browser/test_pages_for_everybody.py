"""Every page at 360 and 1,280 px and in elders' mode: axe finds nothing, nothing scrolls sideways, first load ≤ 100 kB, no outside address."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser
PUBLIC = ("/", "/say", "/what", "/g/999901001001001", "/complain", "/privacy", "/help", "/signin")
STAFF = {
    "officer1": ("/today", "/capture", "/paste", "/matters", "/map", "/me", "/counter", "/complaints"),
    "center": ("/today", "/desk", "/matters", "/team", "/oncall", "/calendar", "/categories", "/workbook", "/import/messages", "/vacancies"),
    "desk": ("/desk", "/counter", "/team"),
    "county_admin": ("/today", "/complaints", "/categories"),
}
MODES = [(360, False), (1280, False), (360, True)]


def findings(page: Any) -> list[str]:
    """What axe says is wrong (WCAG 2.2 A and AA), in one line each. On a screen as tall as the page: the bottom bar covers nothing."""
    from axe_playwright_python.sync_playwright import Axe

    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": int(page.evaluate("document.documentElement.scrollHeight")) + 200})
    options = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
    found = Axe().run(page, options=options).response["violations"]
    page.set_viewport_size(size)
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]} ({len(v['nodes'])})" for v in found]


def sideways(page: Any) -> int:
    """Pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def elder(someone: Any, step: int = 1) -> None:
    """Switch elders' mode to a step (0 is off), by its own button."""
    button = someone.page.locator(f"form[action$='/elder'] button[value='{step}']").first
    if button.count():
        button.click()
        someone.page.wait_for_load_state()


@pytest.mark.parametrize(("width", "is_elder"), MODES)
def test_public_pages_are_for_everybody(person: Any, width: int, is_elder: bool) -> None:
    someone = person(width)
    problems = {}
    someone.go("/")
    if is_elder:
        elder(someone)
    for path in PUBLIC:
        answer = someone.go(path)
        assert answer.status == 200, path
        if found := findings(someone.page):
            problems[path] = found
        if (over := sideways(someone.page)) > 0:
            problems[f"{path} sideways"] = [str(over)]
    assert problems == {}
    assert {u.split("/")[2] for u in someone.asked if u.startswith("http")} == {someone.url.split("/")[2]}


@pytest.mark.parametrize(("width", "is_elder"), MODES)
@pytest.mark.parametrize("who", sorted(STAFF))
def test_staff_pages_are_for_everybody(person: Any, who: str, width: int, is_elder: bool) -> None:
    someone = person(width)
    someone.sign_in(who)
    if is_elder:
        elder(someone)
    problems: dict[str, list[str]] = {}
    paths = list(STAFF[who])
    if who == "officer1":
        someone.go("/matters")
        first = someone.page.locator("a[href^='/i/']").first.get_attribute("href")
        paths += [first, f"{first}/do/accept", f"{first}/do/call_up", f"{first}/do/note", f"{first}/do/classify"]
    for path in paths:
        answer = someone.go(path)
        assert answer.status == 200, path
        if found := findings(someone.page):
            problems[path] = found
        if (over := sideways(someone.page)) > 0:
            problems[f"{path} sideways"] = [str(over)]
    if is_elder:
        elder(someone, 0)
    assert problems == {}
    assert {u.split("/")[2] for u in someone.asked if u.startswith("http")} == {someone.url.split("/")[2]}


@pytest.mark.parametrize("path", ["/", "/say", "/signin", "/what"])
def test_the_first_load_is_at_most_100_kilobytes(person: Any, path: str) -> None:
    someone = person(360)
    sizes: list[int] = []
    someone.page.on("response", lambda r: sizes.append(r.request.sizes()["responseBodySize"] + r.request.sizes()["responseHeadersSize"]))
    someone.go(path)
    someone.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= 100_000


def test_staff_first_load_is_at_most_100_kilobytes(person: Any) -> None:
    someone = person(360)
    someone.sign_in("officer1")
    fresh = person(360)
    fresh.page.context.add_cookies(someone.page.context.cookies())
    sizes: list[int] = []
    fresh.page.on("response", lambda r: sizes.append(r.request.sizes()["responseBodySize"] + r.request.sizes()["responseHeadersSize"]))
    fresh.go("/today")
    fresh.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= 100_000
