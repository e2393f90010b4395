"""Posts, holders, stand-ins, roster."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hawthorn.accounts.models import User
from hawthorn.teams import actions
from hawthorn.teams.models import Holding, Post, PostKind, RosterNight, StandIn
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def town(bare: None) -> Place:
    host = Tenant.objects.create(code="410803", name="中站区")
    tenant = Tenant.objects.create(code="410803005", name="龙洞街道", county=host)
    actions.seed_post_kinds(host, now=NOW)
    county = territory.create_place(level="county", code="410803", name="中站区", parent=None, tenant=host, now=NOW)
    return territory.create_place(level="subdistrict", code="410803005", name="龙洞街道", parent=county, tenant=tenant, now=NOW)


@pytest.fixture
def post(town: Place) -> Post:
    return actions.create_post(place=town, kind="subdistrict_desk", name="网格中心", phone="2983001", now=NOW)


def user(town: Place, name: str) -> User:
    return User.objects.create(username=name, name=name, tenant=town.tenant)


def revision() -> str:
    return Tenant.objects.get(code="410803").revision


def test_the_kinds_of_post_are_seeded_once(town: Place) -> None:
    county = town.tenant.county
    assert county is not None
    kinds = {kind.code: (kind.level, kind.scope) for kind in PostKind.objects.filter(county=county)}
    assert len(kinds) == 20
    assert kinds["grid_officer"] == kinds["building_head"] == ("grid", "place")
    assert kinds["community_desk"] == ("community", "place")
    assert kinds["agency"] == kinds["volunteer_coordinator"] == ("subdistrict", "hands")
    assert (kinds["county_desk"], kinds["county_admin"]) == (("county", "place"), ("county", "hands"))
    assert actions.seed_post_kinds(county, now=NOW) == 0


def test_a_post_stands_only_in_a_place_of_its_level(town: Place, post: Post) -> None:
    assert (post.kind, post.is_public) == ("subdistrict_desk", False)
    with pytest.raises(ValueError, match="no such kind"):
        actions.create_post(place=town, kind="grid_officer", name="x", now=NOW)
    with pytest.raises(ValueError, match="no such kind"):
        actions.create_post(place=town, kind="emperor", name="x", now=NOW)


def test_every_write_voids_the_cached_picture(town: Place, post: Post) -> None:
    anna = user(town, "anna")
    seen = {revision()}
    holding = actions.appoint(post=post, user=anna, from_at=NOW, now=NOW)
    seen.add(revision())
    actions.end_holding(holding=holding, to_at=LATER, now=NOW)
    seen.add(revision())
    span = actions.stand_in(post=post, user=anna, from_at=NOW, now=NOW)
    seen.add(revision())
    actions.end_stand_in(span=span, to_at=LATER, now=NOW)
    seen.add(revision())
    actions.set_roster(place=town, on=date(2026, 3, 2), users=[anna], now=NOW)
    seen.add(revision())
    actions.change_post(post=post, phone="2983002")
    seen.add(revision())
    assert len(seen) == 7


def test_nobody_is_appointed_twice_and_consent_can_be_renewed(town: Place, post: Post) -> None:
    anna = user(town, "anna")
    first = actions.appoint(post=post, user=anna, from_at=NOW, now=NOW)
    again = actions.appoint(post=post, user=anna, from_at=LATER, shows_name=True, now=NOW)
    assert (again.pk, again.from_at, again.shows_name) == (first.pk, NOW, True)
    assert Holding.objects.count() == 1


def test_an_empty_span_is_refused(town: Place, post: Post) -> None:
    anna = user(town, "anna")
    holding = actions.appoint(post=post, user=anna, from_at=NOW, now=NOW)
    with pytest.raises(ValueError, match="empty span"):
        actions.end_holding(holding=holding, to_at=NOW, now=NOW)
    with pytest.raises(ValueError, match="empty span"):
        actions.stand_in(post=post, user=anna, from_at=LATER, to_at=NOW, now=NOW)


def test_a_stand_in_entered_twice_stands_once(town: Place, post: Post) -> None:
    anna = user(town, "anna")
    for _turn in range(2):
        actions.stand_in(post=post, user=anna, from_at=NOW, to_at=LATER, now=NOW)
    assert StandIn.objects.count() == 1


def test_an_abolished_post_has_nobody_and_takes_nobody(town: Place, post: Post) -> None:
    anna, bert = user(town, "anna"), user(town, "bert")
    actions.appoint(post=post, user=anna, from_at=NOW, now=NOW)
    actions.stand_in(post=post, user=bert, from_at=LATER + timedelta(days=1), now=NOW)
    actions.abolish_post(post=post, now=LATER)
    post.refresh_from_db()
    assert post.ended_at == LATER
    assert Holding.objects.get().to_at == LATER
    assert not StandIn.objects.exists()
    with pytest.raises(ValueError, match="abolished"):
        actions.appoint(post=post, user=bert, from_at=LATER, now=LATER)


def test_the_roster_of_a_night_is_exactly_what_was_set(town: Place) -> None:
    anna, bert = user(town, "anna"), user(town, "bert")
    night = date(2026, 3, 2)
    actions.set_roster(place=town, on=night, users=[anna], now=NOW)
    actions.set_roster(place=town, on=night, users=[anna, bert], now=NOW)
    actions.set_roster(place=town, on=night, users=[bert], now=NOW)
    assert list(RosterNight.objects.values_list("user__username", "on")) == [("bert", night)]
    with pytest.raises(ValueError, match="not a subdistrict"):
        actions.set_roster(place=town.county, on=night, users=[], now=NOW)  # type: ignore[arg-type]
