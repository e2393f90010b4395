"""A quarter of door visits without a name: doors are counted, plans hold for their quarter, a walk names what it brought back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.kernel import clock, quarters
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops.models import Item, Text
from hawthorn.matters.models import Matter
from hawthorn.patrols import visit_actions, visit_queries
from hawthorn.patrols.campaign_queries import Share
from hawthorn.patrols.models import Visit, VisitPlan, Walk, WalkMatter
from hawthorn.teams import actions as teams
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Door
from make import Scene
from walking import campaign, day_after, today

FIRST = date(2026, 1, 1)


def doors(s: Scene, unit: str = "u1", number: int = 4) -> list[Door]:
    territory.create_doors(unit=s.units[unit], names=[f"1 单元 {n}01" for n in range(1, number + 1)])
    return list(Door.objects.filter(unit=s.units[unit]).order_by("id"))


def visit(s: Scene, door: Door, result: str = "done", who: str = "officer1", *, key: object = None, card: bool = False) -> Visit:
    return visit_actions.visit(door.pk, result, card_left=card, key=key or uuid4(), actor=s.actor(who), town=s.town, now=s.now)  # type: ignore[arg-type]


def covered(s: Scene, quarter: date = FIRST) -> tuple[int, int]:
    return visit_queries.coverage(s.places["grid1"].pk, quarter)


def test_coverage_is_of_doors_and_a_door_counts_once_a_quarter(s: Scene) -> None:
    a, b, c, _d = doors(s)
    visit(s, a)
    visit(s, b, "nobody")
    visit(s, c, "later")
    assert covered(s) == (1, 4)
    day_after(s)
    visit(s, a)
    visit(s, b)
    assert covered(s) == (2, 4)
    day_after(s, 31)
    assert (today(s) >= date(2026, 4, 1), covered(s, date(2026, 4, 1))) == (True, (0, 4))
    grids = [s.places["grid1"].pk, s.places["grid2"].pk]
    assert visit_queries.shares(grids, FIRST) == [Share(s.places["grid1"].pk, 2, 4), Share(s.places["grid2"].pk, 0, 0)]


@pytest.mark.parametrize(
    ("on", "first"), [(date(2024, 2, 29), date(2024, 1, 1)), (date(2026, 3, 31), date(2026, 1, 1)), (date(2026, 12, 31), date(2026, 10, 1))]
)
def test_a_quarter_begins_in_january_april_july_october(on: date, first: date) -> None:
    assert quarters.quarter_of(on) == first
    assert quarters.before(quarters.after(first)) == first
    assert quarters.after(first).month in (1, 4, 7, 10)


def test_a_plan_names_the_units_of_its_quarter_and_without_one_all_count(s: Scene) -> None:
    doors(s)
    more = territory.create_unit(community=s.places["community"], code="u8", name="u8 号楼", households=2, residents=2)
    territory.put_unit_in_grid(unit=more, grid=s.places["grid1"], from_on=FIRST)
    territory.create_doors(unit=more, names=["101", "102"])
    card = s.town.places[s.places["grid1"].pk]
    assert covered(s) == (0, 6)
    visit_actions.plan(card, FIRST, [more.pk], actor=s.actor("officer1"), now=s.now)
    assert (covered(s), covered(s, date(2026, 4, 1))) == ((0, 2), (0, 6))
    visit_actions.plan(card, FIRST, [more.pk, s.units["u1"].pk], actor=s.actor("desk"), now=s.now)
    assert (covered(s), VisitPlan.objects.count()) == ((0, 6), 0)
    with pytest.raises(Refused):
        visit_actions.plan(card, date(2025, 10, 1), [], actor=s.actor("officer1"), now=s.now)
    with pytest.raises(Refused):
        visit_actions.plan(card, FIRST, [s.units["u2"].pk], actor=s.actor("officer1"), now=s.now)


def test_the_same_press_again_is_one_visit(s: Scene) -> None:
    one, other = doors(s, number=2)
    key = uuid4()
    assert visit(s, one, key=key).pk == visit(s, one, key=key).pk == visit(s, one).pk
    with pytest.raises(Refused) as found:
        visit(s, other, key=key)
    assert found.value.code == "key_reused"
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(("who", "problem"), [("officer2", NotThere), ("desk", Refused), ("center", Refused), ("water", NotThere), ("officer9", NotThere)])
def test_only_the_posts_of_the_grid_visit(s: Scene, who: str, problem: type[Exception]) -> None:
    one = doors(s, number=1)[0]
    with pytest.raises(problem):
        visit(s, one, who=who)
    assert Visit.objects.count() == 0


def test_no_name_and_no_number_can_be_stored_by_a_visit(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column is a number, a date, or one of a short list of words that the database itself checks; a key is a number."""
    for model in (Visit, VisitPlan):
        texts = [f for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField | models.JSONField | models.FileField)]
        assert [f.name for f in texts] == (["result"] if model is Visit else [])
    assert {c.name for c in Visit._meta.constraints} >= {"visit_result"}
    one = doors(s, number=1)[0]
    monkeypatch.setattr(clock, "now", lambda: s.now)
    client = signed_in("officer1")
    said = {"result": "张三 13812345678", "key": "张三 13812345678", "name": "张三", "phone": "13812345678", "words": "张三", "card": "张三"}
    for wrong in (said, said | {"result": "done"}, said | {"key": str(uuid4())}):
        answer = client.post("/visits/mark", {"door": one.pk, **wrong, "file": SimpleUploadedFile("a.txt", b"x")})
        assert answer.status_code == 409
    assert client.post("/visits/mark", {"door": one.pk, **said, "result": "done", "key": str(uuid4())}).status_code == 302
    kept = str(list(Visit.objects.values()))
    assert "张三" not in kept
    assert "138123" not in kept
    assert (Text.objects.count(), Item.objects.count()) == (0, 0)


def signed_in(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who), backend="hawthorn.accounts.signin.Door")
    return client


def test_the_pages_show_the_units_the_doors_and_a_way_to_note_something_there(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    one = doors(s)[0]
    visit(s, one, card=True)
    client, unit = signed_in("officer1"), s.units["u1"].pk
    shown = client.get(f"/visits?unit={unit}").content.decode()
    assert "1/4" in shown
    assert "留了联系卡" in shown
    assert "channel=visit" in shown
    noted = client.get(f"/capture?unit={unit}&spot=1+单元+101&channel=visit").content.decode()
    assert 'value="1 单元 101"' in noted
    assert '<input type="hidden" name="channel" value="visit">' in noted
    assert client.post("/capture", {"words": "灯不亮", "unit": unit, "channel": "visit", "key": "k"}).status_code == 302
    assert Matter.objects.get().channel == "visit"
    assert "1/4" in signed_in("center").get("/visits").content.decode()
    teams.appoint(post=s.posts["officer1"], user=s.users["officer1"], from_at=s.now, shows_name=True, now=s.now)
    card = client.get("/visits/card").content.decode()
    assert "扫码" in card
    assert s.town.names[s.users["officer1"].pk] in card.split("</h2>", 1)[1], "who agreed to be named stands on the card"
    assert client.get(f"/visits?grid={s.places['grid2'].pk}").status_code == 404
    assert signed_in("water").get("/visits").status_code == 404


@pytest.mark.parametrize("quarter", ["2026-13", "x", "2026-", "99999-1", "0001-01", "2026-99999999999999999999"])
def test_a_quarter_nobody_can_read_is_the_running_one(s: Scene, monkeypatch: pytest.MonkeyPatch, quarter: str) -> None:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    assert "2026年第1季度" in signed_in("officer1").get(f"/visits?quarter={quarter}").content.decode()


def test_a_campaign_over_doors_counts_those_visited_within_its_days(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    a, b = doors(s, number=2)
    visit(s, a)
    day_after(s)
    c = campaign(s, over="doors", kinds=(), grids=(s.places["grid1"].pk,))
    visit(s, b)
    assert '<p class="big num">1/2</p>' in signed_in("center").get(f"/campaigns/{c.pk}").content.decode()


# ── walks ──
def test_a_leader_opens_a_walk_and_what_it_brings_back_is_a_matter_it_names(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    client, key = signed_in("leader"), str(uuid4())
    body = {"grid": s.places["grid1"].pk, "on": "2026-03-02", "key": key}
    url = client.post("/walks", body).headers["Location"]
    assert client.post("/walks", body).headers["Location"] == url
    said = {"words": "路灯不亮", "unit": s.units["u1"].pk, "key": str(uuid4())}
    for _n in range(2):
        assert client.post(url, said).status_code == 302
    matter = WalkMatter.objects.get().matter
    assert (Matter.objects.get(item=matter.pk).channel, matter.grid_id) == ("visit", s.places["grid1"].pk)
    assert "带回 1 件" in client.get("/walks").content.decode()
    assert signed_in("secretary").post(url, said | {"key": str(uuid4())}).status_code == 409
    assert client.post(url, {"words": "", "key": str(uuid4())}).status_code == 409
    assert signed_in("officer2").get(url).status_code == 404


@pytest.mark.parametrize("who", ["officer1", "water", "desk_village", "leader2", "county_desk"])
def test_who_is_no_leader_or_cadre_of_the_place_opens_none(s: Scene, who: str) -> None:
    with pytest.raises((Refused, NotThere)):
        visit_actions.open_walk(s.places["grid1"].pk, today(s), key=uuid4(), actor=s.actor(who), town=s.town, now=s.now)
    assert Walk.objects.count() == 0


def test_walks_are_listed_by_day_and_place_and_count_nobody(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    for who in ("leader", "secretary"):
        visit_actions.open_walk(s.places["grid1"].pk, today(s), key=uuid4(), actor=s.actor(who), town=s.town, now=s.now)
    shown = signed_in("center").get("/walks").content.decode()
    assert not any(s.posts[who].name in shown for who in ("leader", "secretary"))
    with pytest.raises(Refused):
        visit_actions.open_walk(s.places["grid1"].pk, today(s) + timedelta(days=30), key=uuid4(), actor=s.actor("leader"), town=s.town, now=s.now)
