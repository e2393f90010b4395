"""Every page at 360 and 1,280 px and in elders' mode: axe finds nothing, nothing scrolls sideways, first load ≤ 100 kB, no outside address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PUBLIC = ("/", "/say", "/what", "/g/999901001001001", "/complain", "/privacy", "/help", "/signin", "/offline", "/news")
STAFF = {
    "officer1": (
        "/today",
        "/capture",
        "/paste",
        "/matters",
        "/map",
        "/me",
        "/counter",
        "/complaints",
        "/board",
        "/rounds",
        "/rounds/rest",
        "/rounds/print",
        "/visits",
        "/visits/plan",
        "/visits/card",
        "/unsent",
        "/drops",
        "/where",
        "/burden",
        "/prohibitions",
    ),
    "center": (
        "/today",
        "/desk",
        "/matters",
        "/map",
        "/team",
        "/team?reset=1&vacant=1",
        "/oncall",
        "/calendar",
        "/categories",
        "/workbook",
        "/import/messages",
        "/import/messages/results",
        "/import/messages/results?source=12345",
        "/export/matters?late=1",
        "/export/today",
        "/vacancies",
        "/board",
        "/brief",
        "/routing",
        "/alike",
        "/hints",
        "/where",
        "/meeting",
        "/wall",
        "/burden",
        "/commitments",
        "/export/figures",
        "/checkpoints",
        "/campaigns",
        "/errands",
        "/errands/new",
        "/visits",
        "/walks",
        "/checkpoints/new?kind=gas",
        "/matters?q=%E8%B7%AF%E7%81%AF",
        "/leave",
        "/handovers",
        "/team/post/1",
        "/team/grid/4",
    ),
    "desk": ("/desk", "/counter", "/team", "/alike", "/board", "/leave", "/party", "/team/post/2"),
    "leader": ("/today", "/map", "/team", "/walks", "/checkpoints", "/routing"),
    "county_desk": ("/board", "/brief"),
    "county_admin": ("/today", "/complaints", "/categories", "/team"),
}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
    "reporter": "v1",
}
MODES = [(360, False), (1280, False), (360, True)]
LOADS = [([360, 1280], False), ([360], True)]  # one opening of a page is looked at in both widths


def findings(page: Any) -> list[str]:
    """What axe says is wrong (WCAG 2.2 A and AA), in one line each. On a screen as tall as the page: the bottom bar covers nothing."""
    from axe_playwright_python.sync_playwright import Axe

    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": int(page.evaluate("document.documentElement.scrollHeight")) + 200})
    page.evaluate(Axe().axe_script)
    found = page.evaluate("(options) => axe.run(options).then((found) => found.violations.map((v) => [v.id, v.nodes[0].html, v.nodes.length]))", RULES)
    page.set_viewport_size(size)
    return [f"{rule}: {html[:150]} ({number})" for rule, html, number in found]


def sideways(page: Any) -> int:
    """Pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def elder(someone: Any, step: int = 1) -> None:
    """Switch elders' mode to a step (0 is off), by its own button."""
    button = someone.page.locator(f"form[action$='/elder'] button[value='{step}']").first
    if button.count():
        button.click()
        someone.page.wait_for_load_state()


def walk(someone: Any, paths: Sequence[str], widths: Sequence[int]) -> dict[str, list[str]]:
    """Open every page; what is wrong with each at each width. Nothing but the product's own address was asked for."""
    problems = {}
    for path in paths:
        answer = someone.go(path)
        assert answer.status == 200, path
        for width in widths:
            someone.page.set_viewport_size({"width": width, "height": 800})
            if found := findings(someone.page):
                problems[f"{path} {width}"] = found
            if (over := sideways(someone.page)) > 0:
                problems[f"{path} {width} sideways"] = [str(over)]
    assert {u.split("/")[2] for u in someone.asked if u.startswith("http")} == {someone.url.split("/")[2]}
    return problems


@pytest.mark.parametrize(("widths", "is_elder"), LOADS)
def test_public_pages_are_for_everybody(person: Any, widths: list[int], is_elder: bool) -> None:
    someone = person()
    someone.go("/")
    if is_elder:
        elder(someone)
    someone.go("/news")
    one = someone.page.locator("main a[href^='/news/']").first.get_attribute("href")
    assert walk(someone, [*PUBLIC, one], widths) == {}


@pytest.mark.parametrize(("widths", "is_elder"), LOADS)
@pytest.mark.parametrize("who", sorted(STAFF))
def test_staff_pages_are_for_everybody(person: Any, who: str, widths: list[int], is_elder: bool) -> None:
    someone = person()
    someone.sign_in(who)
    if is_elder:
        elder(someone)
    paths = list(STAFF[who])
    if who == "officer1":
        someone.go("/matters")
        first = someone.page.locator("a[href^='/i/']").first.get_attribute("href")
        paths += [first, f"{first}/do/accept", f"{first}/do/call_up", f"{first}/do/note", f"{first}/do/classify"]
        someone.go("/drops")
        drop = someone.page.locator("main a[href^='/i/']").first.get_attribute("href")
        paths += [drop, f"{drop}/do/to_matter", f"{drop}/do/inform"]
    if who == "center":
        someone.go("/meeting")
        paths += [link.get_attribute("href") for link in someone.page.locator("main a[href^='/meeting/']").all()]
        paths.append(f"{paths[-2]}/1")
        someone.go("/wall")
        paths.append(someone.page.locator("main a[href^='/wall/']").first.get_attribute("href"))
    problems = walk(someone, paths, widths)
    if is_elder:
        elder(someone, 0)
    assert problems == {}


def first_load(someone: Any, path: str) -> int:
    """Bytes that came over the wire, heads and bodies, until the page was at rest."""
    done: list[Any] = []
    someone.page.on("requestfinished", lambda request: done.append(request))
    someone.go(path)
    someone.page.wait_for_load_state("networkidle")
    sizes = [request.sizes() for request in done]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


@pytest.mark.parametrize("path", ["/", "/say", "/signin", "/what"])
def test_the_first_load_is_at_most_100_kilobytes(person: Any, path: str) -> None:
    someone = person(360)
    assert 0 < first_load(someone, path) <= 100_000


def test_staff_first_load_is_at_most_100_kilobytes(person: Any) -> None:
    someone = person(360)
    someone.sign_in("officer1")
    fresh = person(360)
    fresh.page.context.add_cookies(someone.page.context.cookies())
    assert 0 < first_load(fresh, "/today") <= 100_000


MARK_ON_WORDS = """() => [...document.querySelectorAll(".chip input:checked + span")].map((span) => {
  const box = span.parentElement.getBoundingClientRect();
  const mark = getComputedStyle(span, "::before");
  const px = (name) => parseFloat(mark[name]);
  const left = box.right - px("right") - px("width"), right = box.right - px("right");
  const top = box.top + px("top"), bottom = top + px("height");
  const words = document.createRange();
  words.selectNodeContents(span);
  return [...words.getClientRects()].some((r) => r.left < right - 2 && r.right > left + 2 && r.top < bottom - 2 && r.bottom > top + 2);
})"""


@pytest.mark.parametrize(("width", "is_elder"), MODES)
def test_the_mark_of_a_chosen_chip_never_lies_on_its_words(person: Any, width: int, is_elder: bool) -> None:
    someone = person(width)
    someone.sign_in("center")
    if is_elder:
        elder(someone)
    someone.go("/calendar")
    for chip in someone.page.locator(".chip").all():
        chip.click()
        assert someone.page.evaluate(MARK_ON_WORDS) == [False], chip.inner_text()
    if is_elder:
        elder(someone, 0)


@pytest.mark.parametrize("is_elder", [False, True])
def test_a_desk_on_a_phone_goes_to_dispatch_and_counter_in_one_press(person: Any, is_elder: bool) -> None:
    someone = person(360)
    someone.sign_in("desk")
    if is_elder:
        elder(someone)
    for path in ("/desk", "/counter"):
        someone.go("/today")
        someone.page.locator(f"header a[href='{path}']").click()
        someone.page.wait_for_url(f"**{path}")
    if is_elder:
        elder(someone, 0)


def test_columns_of_a_sheet_are_asked_for_in_a_way_that_everybody_can_answer(person: Any) -> None:
    someone = person(360)
    someone.sign_in("center")
    someone.go("/import/messages")
    body = "序号,工单编号,诉求内容,备注\n1,A1,路灯不亮,\n".encode()
    someone.page.set_input_files("[name=sheet]", {"name": "m.csv", "mimeType": "text/csv", "buffer": body})
    someone.page.fill("[name=source]", "12345")
    someone.page.click("button[value=read]")
    someone.page.locator("details", has_text="没有用上的").locator("summary").click()
    assert someone.page.get_by_label("序号").is_visible()
    assert findings(someone.page) == []
    assert sideways(someone.page) <= 0
