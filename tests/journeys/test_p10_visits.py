"""P10 入户走访: a quarter of doors without a name; what is heard at a door is a matter that the visit brought."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter
from hawthorn.patrols.models import Visit
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Door
from make import Scene
from walking import day_after


def signed_in() -> Client:
    """The officer on a new day: an idle screen locks."""
    client = Client()
    client.force_login(User.objects.get(username="officer1"), backend="hawthorn.accounts.signin.Door")
    return client


def test_a_quarter_of_visits_is_counted_by_door_and_stores_no_name(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    unit = s.units["u1"]
    territory.create_doors(unit=unit, names=[f"{n} 单元 {f}01" for n in (1, 2) for f in (1, 2, 3)])
    doors = list(Door.objects.filter(unit=unit).order_by("id"))
    for n, door in enumerate(doors[:5]):
        client = signed_in()
        said = {"door": door.pk, "result": "nobody" if n == 4 else "done", "card": "1", "key": str(uuid4())}
        assert client.post("/visits/mark", said).status_code == 302
        day_after(s)
    client = signed_in()
    assert Visit.objects.count() == 5
    page = unescape(client.get(f"/visits?unit={unit.pk}").content.decode())
    assert '走访过的门户 <b class="num">4/6</b>' in page
    link = f"/capture?unit={unit.pk}&spot={'1+单元+101'}&channel=visit"
    assert client.get(link).status_code == 200
    noted = {"words": "老人说楼道灯不亮", "unit": unit.pk, "spot": "1 单元 101", "channel": "visit", "key": str(uuid4()), "do": "report"}
    assert client.post("/capture", noted).status_code == 302
    assert Matter.objects.get().channel == "visit"
    assert Item.objects.get(loop="matters").unit_id == unit.pk
    assert {type(v).__name__ for row in Visit.objects.values() for v in row.values()} <= {"int", "date", "datetime", "str", "bool", "UUID"}
    assert {row["result"] for row in Visit.objects.values("result")} == {"done", "nobody"}
