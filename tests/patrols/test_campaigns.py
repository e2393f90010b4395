"""A campaign asks for its points within its days; the alert before rain for those that wait for it; only the desk of the street opens one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hawthorn.kernel import clock
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.patrols import campaign_actions, campaign_queries
from hawthorn.patrols.campaign_queries import Share
from hawthorn.patrols.models import Campaign
from hawthorn.patrols.rules.points import Rule
from make import Scene
from walking import campaign, day_after, due_today, look, point, today

MONTHLY = Rule("monthly", days=(20,))


def test_its_points_are_due_every_day_until_it_is_over_or_ended(s: Scene) -> None:
    one = point(s, rule=MONTHLY, kind="manhole")
    point(s, rule=MONTHLY, kind="gas")
    c = campaign(s)
    for wanted in ([one.row.pk], [one.row.pk], [one.row.pk], []):
        assert due_today(s) == wanted
        if wanted:
            look(s, one)
        day_after(s)
    c = campaign(s)
    assert due_today(s) == [one.row.pk]
    campaign_actions.end(c, actor=s.actor("center"), now=s.now)
    assert due_today(s) == []


def test_once_is_once_within_its_days_and_only_in_its_grids(s: Scene) -> None:
    one, other = point(s, rule=MONTHLY), point(s, "grid2", rule=MONTHLY)
    campaign(s, each="once", grids=(s.places["grid1"].pk,))
    assert (due_today(s), due_today(s, "grid2")) == ([one.row.pk], [])
    day_after(s)
    look(s, one)
    day_after(s)
    assert due_today(s) == []
    assert other


def test_single_points_are_chosen_besides_kinds_and_only_of_the_street(s: Scene) -> None:
    one, _other = point(s, rule=MONTHLY), point(s, spot="西门", rule=MONTHLY)
    strange = point(s, "grid9", "center2")
    campaign(s, kinds=(), chosen=(one.row.pk,))
    assert due_today(s) == [one.row.pk]
    with pytest.raises(WrongType) as found:
        campaign(s, kinds=(), chosen=(one.row.pk, strange.row.pk))
    assert set(found.value.problems) == {"chosen"}


def test_before_rain_asks_for_the_points_that_wait_for_it(s: Scene) -> None:
    one = point(s, kind="slope", rule=Rule("rain"))
    assert due_today(s) == []
    campaign(s, purpose="rain", kinds=())
    assert due_today(s) == [one.row.pk]


def test_coverage_is_of_points_by_grid_within_its_days(s: Scene) -> None:
    one, two, three = point(s, rule=MONTHLY), point(s, rule=MONTHLY, spot="西门"), point(s, "grid2", rule=MONTHLY)
    look(s, two)
    day_after(s)
    c = campaign(s, each="once")
    look(s, one)
    day_after(s, 5)
    look(s, three, "officer2")
    assert campaign_queries.shares(c, today(s)) == [Share(s.places["grid1"].pk, 1, 2), Share(s.places["grid2"].pk, 0, 1)]


def test_the_same_key_opens_it_once(s: Scene) -> None:
    key = uuid4()
    assert campaign(s, key=key).pk == campaign(s, key=key).pk
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize("who", ["desk", "officer1", "leader", "county_desk"])
def test_only_the_desk_of_the_street_opens_one(s: Scene, who: str) -> None:
    with pytest.raises(Refused):
        campaign(s, who)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": ""}, "name"), ({"kinds": ()}, "kinds"), ({"last_on": date(2026, 3, 1)}, "last_on"),
     ({"last_on": date(2027, 3, 1)}, "last_on"), ({"from_on": None}, "from_on")],
)  # fmt: skip
def test_what_makes_no_sense_is_said_at_its_field(s: Scene, more: dict[str, Any], field: str) -> None:
    with pytest.raises(WrongType) as found:
        campaign(s, **more)
    assert set(found.value.problems) == {field}


def test_the_desk_opens_one_at_its_page_and_the_grid_reads_it(s: Scene, at: Callable[[str], Client]) -> None:
    point(s, rule=MONTHLY)
    client, key = at("center"), str(uuid4())
    body = {"name": "汛前排查", "what": "special", "kinds": ["manhole"], "each": "daily", "from_on": "2026-03-02", "last_on": "2026-03-05", "key": key}
    wrong = client.post("/campaigns", body | {"last_on": "2026-02-01"})
    assert (wrong.status_code, 'value="汛前排查"' in wrong.content.decode()) == (422, True)
    assert client.post("/campaigns", body).status_code == 302
    url = f"/campaigns/{Campaign.objects.get().pk}"
    assert "0/1" in at("officer1").get(url).content.decode()
    assert at("officer9").get(url).status_code == 404
    assert at("water").get("/campaigns").status_code == 404
    assert at("officer1").post(url, {}).status_code == 409
    assert client.post(url, {}).status_code == 302
    assert "提前停了" in client.get(url).content.decode()


@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    from hawthorn.accounts.models import User

    monkeypatch.setattr(clock, "now", lambda: s.now)

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in
