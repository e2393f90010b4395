"""A round walked without network arrives once, with its finding."""

from __future__ import annotations

from typing import Any

import pytest
from hands import send
from phones import all_sent, captured, ready, stored
from serving import Served

from own_database import run

pytestmark = pytest.mark.browser
IS_CALM = True
POINTS = """
import django; django.setup()
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.patrols import actions
from hawthorn.patrols.rules.points import Rule, Wanted
from hawthorn.territory.models import Place
actor = actor_for(User.objects.select_related("tenant__county").get(username="center"), clock.now()); town = town_by_id(actor.county)
grid = Place.objects.get(code="999901001001001").pk
for n in range(4):
    wanted = Wanted(grid, None, f"山路第{n}处", "manhole", "井盖在不在", n + 1, None, Rule("daily"))
    print(actions.add(wanted, actor=actor, town=town, now=clock.now()).row.pk)
"""
LOOKS = "[[l.checkpoint_id, l.result, l.reason] for l in __import__('hawthorn.patrols.models', fromlist=['Look']).Look.objects.order_by('id')]"


def test_a_round_walked_without_network_arrives_once_with_its_finding(phone: Any, served: Served) -> None:
    points = run(POINTS, served.env).split()
    device, officer = phone("officer1")
    officer.go("/rounds")
    ready(officer, "/rounds", *(f"/rounds/{pk}/problem" for pk in points))
    device.lose_network()
    officer.go("/rounds")
    send(officer, css=f"#p-{points[0]} button[value=fine]")
    officer.go("/rounds")
    officer.page.locator(f"#p-{points[1]} summary").click()
    officer.page.locator(f"#p-{points[1]} [name=reason]").select_option("locked")
    send(officer, css=f"#p-{points[1]} button[value=skipped]")
    officer = device.restart()
    officer.go(f"/rounds/{points[2]}/problem")
    officer.page.fill("main [name=words]", "山路的井盖松了")
    send(officer)
    officer.go("/unsent")
    officer.page.locator("#unsent-state", has_text="还有 3 件没送出").wait_for()
    device.find_network("request", "answer")
    all_sent(officer)
    assert stored(served, LOOKS) == [[int(points[0]), "fine", ""], [int(points[1]), "skipped", "locked"], [int(points[2]), "problem", ""]]
    assert captured(served, "山路的井盖") == ["山路的井盖松了"]
