"""Grids are redrawn by keyboard alone, and every page of it is for everybody: nothing for axe to find, nothing wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest
from hands import send, unfold, words_of
from serving import Served
from test_pages_for_everybody import walk

from own_database import run

pytestmark = pytest.mark.browser
LAY = """
import django; django.setup()
import laid, make
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place, Unit
s = make.Scene(Tenant.objects.get(code="999901"))
keys = {"999901001001": "community", "999901001001001": "grid1", "999901001001002": "grid2"}
s.places = {key: Place.objects.get(code=code) for code, key in keys.items()}
s.units = {key: Unit.objects.get(code=key) for key in ("u1", "u2")}
laid.lay(s)
"""
BOX = "main [name=unit]"


def taps_tick(someone: Any) -> None:
    """A finger on the map does what the list does, and takes it back."""
    mark, ticked = someone.page.locator("svg [data-unit]").nth(3), someone.page.locator(f"{BOX}:checked")
    mark.scroll_into_view_if_needed()
    at = mark.bounding_box()
    someone.page.mouse.click(at["x"] + at["width"] / 2 + 9, at["y"] + at["height"] / 2)
    assert ticked.evaluate_all("all => all.map(e => e.value)") == [mark.get_attribute("data-unit")]
    assert someone.page.locator("svg .on").count() == 1
    assert "勾了 1 个楼院" in words_of(someone)
    assert someone.page.locator("[data-quick]").is_visible()
    mark.click()
    assert someone.page.locator("[data-quick]").is_hidden()
    assert ticked.count() == someone.page.locator("svg .on").count() == 0


def test_from_todays_grids_to_a_plan_that_is_asked_for_and_every_page_is_for_everybody(person: Any, served: Served) -> None:
    run(LAY, served.env)
    someone = person(keys=True)
    someone.sign_in("secretary")
    someone.go("/redrawing")
    send(someone, "东社区", "main a[href^='/redrawing/']")
    ground = someone.page.url
    send(someone, "拟调整方案", "main a.btn")
    plans = someone.page.url
    send(someone, "从现在的网格起", "main button[name=from]")
    plan = someone.page.url
    region = someone.page.locator("[role=status][aria-live=polite]").first
    assert "0 个楼院、0 户不一样" in region.inner_text()
    someone.hand.put(BOX, "r5 号楼")
    someone.hand.put("main [name=grid]", "二网格")
    send(someone, "移过去", "main button")
    assert "1 个楼院、30 户不一样" in region.inner_text()
    assert "在 ±10% 以内" in region.inner_text()
    taps_tick(someone)
    someone.page.locator("svg [data-unit]").nth(3).click()
    someone.page.locator("#f-quick").select_option(label="2 二网格")
    with someone.page.expect_navigation():
        someone.page.locator("[data-quick] button").click()
    assert "2 个楼院、60 户不一样" in region.inner_text()
    unfold(someone, "main details:has([name=name])")
    someone.hand.put("main [name=name]", "沿河网格")
    send(someone, "加一个新网格", "main button")
    assert "3 沿河网格" in words_of(someone)
    named = "[...document.querySelectorAll('main input:not([type=hidden]), main select, main button')].filter(e => !(e.labels?.length || e.textContent.trim()))"
    assert someone.page.evaluate(f"{named}.map(e => e.outerHTML)") == []
    addresses = ["/redrawing", *(page.removeprefix(someone.url).split("#")[0] for page in (ground, plans, plan))]
    unit = someone.page.evaluate("document.querySelector('[name=unit]').value")
    addresses += [f"{addresses[1]}/{unit}", f"{addresses[1]}/units", f"{addresses[3]}/sheet"]
    assert walk(someone, addresses, [360, 1280]) == {}
    someone.go(addresses[3])
    send(someone, "征求意见、报批", "main a, main button")
    someone.hand.put("main textarea", "公告栏，到 3 月 15 日")
    send(someone)
    someone.go(addresses[3])
    assert "征求意见、待审批" in words_of(someone)
