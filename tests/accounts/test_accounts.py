"""Accounts: made without password, first passwords handed out by who stands above, tokens kept as digests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hawthorn.accounts import actions, queries
from hawthorn.accounts.models import Token, User
from hawthorn.kernel.errors import Refused
from hawthorn.teams import actions as teams
from make import Scene

GOOD = "qing-shan-lv-shui-88"


def user(s: Scene, who: str) -> User:
    return User.objects.select_related("tenant").get(pk=s.users[who].pk)


def reset(s: Scene, who: str, by: str) -> str:
    return actions.reset_password(user(s, who), by=s.actor(by), town=s.town, now=s.now)


def test_a_new_account_cannot_sign_in_yet(s: Scene) -> None:
    made = actions.create_user(username="new", name="新来的", tenant=s.places["street"].tenant, now=s.now)
    assert not made.has_usable_password()
    assert made.must_change
    with pytest.raises(Refused) as found:
        actions.create_user(username="new", name="x", tenant=s.county, now=s.now)
    assert (found.value.code, found.value.fields) == ("taken", ("username",))


@pytest.mark.parametrize("bad", ["", "short", "1234567890123", "password123", "officer1-is-me", "qwertyuiop"])
def test_weak_passwords_are_refused_in_chinese(s: Scene, bad: str) -> None:
    who = user(s, "officer1")
    before = who.password
    with pytest.raises(Refused) as found:
        actions.set_password(who, bad, now=s.now)
    assert found.value.code == "weak_password"
    assert any("\u4e00" <= c <= "\u9fff" for c in found.value.detail)
    assert "{" not in found.value.detail
    assert user(s, "officer1").password == before


def test_ones_own_new_password_ends_the_duty_to_change(s: Scene) -> None:
    once = reset(s, "officer1", "head1")
    assert user(s, "officer1").check_password(once)
    assert user(s, "officer1").must_change
    actions.set_password(user(s, "officer1"), GOOD, now=s.now)
    assert user(s, "officer1").check_password(GOOD)
    assert not user(s, "officer1").must_change


def test_a_first_password_can_be_read_aloud_and_is_never_the_same(s: Scene) -> None:
    one, two = reset(s, "officer1", "head1"), reset(s, "officer1", "head1")
    assert one != two
    assert [len(part) for part in one.split("-")] == [4, 4, 4]
    assert not set(one) & set("01IOL")


@pytest.mark.parametrize(
    ("who", "by"),
    [("officer1", "head1"), ("officer1", "desk"), ("officer1", "center"), ("officer1", "county_desk"), ("instructor1", "desk"), ("desk", "center"),
     ("leader", "county_desk"), ("water", "center"), ("center", "county_desk"), ("county_desk", "county_admin"), ("night", "center"), ("night", "county_admin")],  # noqa: E501
)  # fmt: skip
def test_who_stands_above_may_reset(s: Scene, who: str, by: str) -> None:
    assert user(s, who).check_password("") is False
    assert user(s, who) is not None
    once = reset(s, who, by)
    assert user(s, who).check_password(once)


@pytest.mark.parametrize(
    ("who", "by"),
    [("officer1", "officer1"), ("head1", "officer1"), ("head1", "head1"), ("instructor1", "head1"), ("officer2", "head1"), ("officer1", "instructor1"),
     ("officer9", "center"), ("officer1", "center2"), ("center", "desk"), ("desk", "leader"), ("leader", "center"), ("secretary", "desk"), ("county_desk", "center"), ("county_desk", "county_desk_b"),  # noqa: E501
     ("officer1", "water"), ("officer1", "system"), ("officer1", "resident"), ("night", "desk"), ("night", "center2"), ("county_admin", "county_desk"),
     ("officer1", "night")],
)  # fmt: skip
def test_nobody_else_may(s: Scene, who: str, by: str) -> None:
    with pytest.raises(Refused) as found:
        reset(s, who, by)
    assert found.value.code == "not_yours"


def test_who_holds_a_higher_post_besides_is_reset_from_above_that_one(s: Scene) -> None:
    teams.appoint(post=s.posts["secretary"], user=s.users["officer1"], from_at=s.now - timedelta(days=1), now=s.now)
    with pytest.raises(Refused):
        reset(s, "officer1", "head1")
    with pytest.raises(Refused):
        reset(s, "officer1", "desk")
    assert reset(s, "officer1", "center")


def test_a_reset_ends_tokens_and_sessions(s: Scene) -> None:
    plain = actions.make_token(user(s, "officer1"), "x", now=s.now)
    before = user(s, "officer1").get_session_auth_hash()
    reset(s, "officer1", "head1")
    assert queries.token_of(plain, s.now) is None
    assert user(s, "officer1").get_session_auth_hash() != before


def test_a_token_is_found_in_one_statement_with_tenant_and_county(s: Scene, django_assert_num_queries: object) -> None:
    plain = actions.make_token(user(s, "officer1"), "  手机 " + "x" * 80, now=s.now)
    with django_assert_num_queries(1):
        token = queries.token_of(plain, s.now)
        assert token is not None
        assert token.user.tenant.county is not None
        assert token.user.tenant.county.pk == s.county.pk
    assert len(token.label) == 40
    assert [t.pk for t in queries.tokens_of(user(s, "officer1"), s.now)] == [token.pk]
    assert not actions.end_token(token.pk, user=user(s, "officer2"), now=s.now)
    assert actions.end_token(token.pk, user=user(s, "officer1"), now=s.now)
    assert not actions.end_token(token.pk, user=user(s, "officer1"), now=s.now)
    assert queries.token_of(plain, s.now) is None
    assert queries.tokens_of(user(s, "officer1"), s.now) == []
    assert Token.objects.get().ended_at == s.now
