"""Reads of accounts: whose token that is, which tokens somebody has, who read a contact."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q

from hawthorn.accounts import keys
from hawthorn.accounts.models import Reveal, Tally, Token, User

# What a request needs to know who asks; anything else of these rows is fetched only where it is asked for.
OF_TOKEN = (
    "expires_at", "user__username", "user__name", "user__must_change", "user__tenant__name", "user__tenant__revision",
    "user__tenant__county__name", "user__tenant__county__revision",
)  # fmt: skip


def digest_of(plain: str) -> str:
    """How a token is kept."""
    return hashlib.sha256(plain.encode()).hexdigest()


def token_of(plain: str, now: datetime) -> Token | None:
    """The living token of an active user, with user, tenant and county, in one statement."""
    rows = Token.objects.select_related("user__tenant__county").only(*OF_TOKEN).filter(digest=digest_of(plain), ended_at=None, user__is_active=True)
    found = next(iter(rows), None)
    return found if found is not None and (found.expires_at is None or found.expires_at > now) else None


def tokens_of(user: User, now: datetime) -> list[Token]:
    """Somebody's living tokens, newest first."""
    return list(Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), user=user, ended_at=None).order_by("-id"))


def reveals_of(item: int) -> list[Reveal]:
    """Who read the contacts of an item, newest first."""
    return list(Reveal.objects.filter(item=item).select_related("user").order_by("-id"))


def tally_key(*what: str) -> str:
    """How a count is named in the table: an address or receipt cannot be read back from it."""
    return keys.keyed("tally", *what)


def counted(*what: str, now: datetime) -> int:
    """How many there were within the span, without counting."""
    return Tally.objects.filter(key=tally_key(*what), until_at__gt=now).values_list("number", flat=True).first() or 0


def is_taken(username: str) -> bool:
    """Does somebody sign in by that name."""
    return User.objects.filter(username=username).exists()


def without_password(usernames: set[str]) -> list[User]:
    """Those of the named accounts that nobody can sign in with yet."""
    return [
        user
        for user in User.objects.filter(username__in=usernames, is_active=True).select_related("tenant").order_by("username")
        if not user.has_usable_password()
    ]


def with_password(users: Iterable[int]) -> list[int]:
    """Those of some people who can sign in by now."""
    none = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return list(User.objects.filter(pk__in=list(users), is_active=True).exclude(none).values_list("pk", flat=True))
