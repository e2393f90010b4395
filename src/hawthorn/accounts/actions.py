"""Writes on accounts: people, passwords, tokens."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from axes.utils import reset as unlock
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from hawthorn.accounts import keys
from hawthorn.accounts.models import SavedView, Tally, Token, User
from hawthorn.accounts.queries import counted, digest_of, tally_key
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import RANK, Actor, Town
from hawthorn.tenants.models import Tenant

DESKS = frozenset({"community_desk", "subdistrict_desk", "county_desk"})
RESETTERS = DESKS | {"grid_head"}
LETTERS_OF_A_PASSWORD = 12
WEAK: dict[str, str] = {
    "password_too_short": _("密码太短，至少要 {min_length} 个字符。"),
    "password_too_common": _("这个密码太常见，容易被猜到，请换一个。"),
    "password_entirely_numeric": _("密码不能全是数字。"),
}
TOKEN_MARK = "hw_"  # noqa: S105 (tells a token from other words; secret scanners look for it)


def create_user(*, username: str, name: str, tenant: Tenant, now: datetime, email: str = "") -> User:
    """An account that cannot sign in until somebody gives it a first password. Raises Refused `taken` for a name in use."""
    if User.objects.filter(username=username).exists():
        raise Refused("taken", fields=["username"], detail=_("这个登录名已经有人用，请换一个。"))
    user = User(username=username, name=name, email=email, tenant=tenant, must_change=True)
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def set_password(user: User, password: str, *, now: datetime) -> None:
    """The user's own new password. Raises Refused `weak_password` with all that is wrong with it."""
    try:
        validate_password(password, user)
    except ValidationError as found:
        wrong = [WEAK.get(error.code or "", str(error.message)).format(**(error.params or {})) for error in found.error_list]
        raise Refused("weak_password", fields=["password"], detail=" ".join(wrong)) from None
    if user.username and user.username.lower() in password.lower():
        raise Refused("weak_password", fields=["password"], detail=_("密码里不能有登录名，请换一个。"))
    user.set_password(password)
    user.must_change = False
    user.save(update_fields=["password", "must_change"])


def reset_password(user: User, *, by: Actor, town: Town, now: datetime) -> str:
    """A password to be read out once and changed at the next sign-in; ends the user's sessions, tokens and lock-out.

    Only by a grid head or desk above every post of the user (county posts and people without post: the county's administrator);
    else Refused `not_yours`.
    """
    if not may_reset(user, by, town, now):
        raise Refused("not_yours")
    with transaction.atomic():
        password = _one_time_password(user)
        Token.objects.filter(user=user, ended_at=None).update(ended_at=now)
        unlock(username=user.username)
    return password


def first_passwords(users: Sequence[User], write: Callable[[User, str], None]) -> int:
    """A password to be used once for each of these accounts that has none; `write` gets it before it holds. How many.

    Making one digest takes a good part of a second by design, so several are made at once.
    """
    fresh = [user for user in users if not user.has_usable_password()]
    once = [_one_time() for _user in fresh]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for user, password, digest in zip(fresh, once, pool.map(make_password, once), strict=True):
            write(user, password)
            User.objects.filter(pk=user.pk, password=user.password).update(password=digest, must_change=True)
    return len(fresh)


def _one_time() -> str:
    code = keys.letters(LETTERS_OF_A_PASSWORD)
    return "-".join(code[n : n + 4] for n in range(0, LETTERS_OF_A_PASSWORD, 4))


def _one_time_password(user: User) -> str:
    password = _one_time()
    user.set_password(password)
    user.must_change = True
    user.save(update_fields=["password", "must_change"])
    return password


def may_reset(user: User, by: Actor, town: Town, now: datetime) -> bool:
    """Is every post of the user below one that the actor holds and that may do this. Never one's own."""
    if by.user is None or by.user == user.pk or user.tenant_id not in town.tenants:
        return False
    own = {s.post: s.kind for s in by.seats if not s.acting}
    if "county_admin" in own.values():
        return True
    posts = [s.post for s in town.seats(user.pk, now) if not s.acting and s.kind != "on_call"]
    if posts:
        return all(any(own.get(up) in RESETTERS for up in _above(post, town)) for post in posts)
    return any(own[post] in DESKS and _is_over_tenant(post, user, town) for post in own)


def _above(post: int, town: Town) -> list[int]:
    """Posts that stand above it in earnest: a leader or secretary whose work falls to the desk when vacant is not below that desk."""
    card, chain = town.posts[post], list[int]()
    at = town.above(post)
    while at is not None and at not in chain:
        chain.append(at)
        at = town.above(at)
    if card.scope == "place" and card.level != "grid":
        return [up for up in chain if RANK[town.posts[up].level] > RANK[card.level]]
    return chain


def _is_over_tenant(post: int, user: User, town: Town) -> bool:
    """A person without post belongs to the desks of their subdistrict, or of the county."""
    card = town.posts[post]
    return card.kind == "county_desk" or (card.kind == "subdistrict_desk" and town.places[card.place].tenant == user.tenant_id)


def set_elder(user: User, step: int) -> None:
    """How a signed-in person wants to read: large or not."""
    if user.elder_mode != bool(step):
        User.objects.filter(pk=user.pk).update(elder_mode=bool(step))


def make_token(user: User, label: str, *, now: datetime, days: int | None = None) -> str:
    """A new bearer token, said once; only its digest is kept."""
    plain = TOKEN_MARK + secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=days) if days else None
    Token.objects.create(user=user, digest=digest_of(plain), label=label.strip()[:40], made_at=now, expires_at=expires_at)
    return plain


def end_token(token: int, *, user: User, now: datetime) -> bool:
    """End one of the user's own tokens; whether it was alive."""
    return Token.objects.filter(pk=token, user=user, ended_at=None).update(ended_at=now) > 0


def count(*what: str, now: datetime, span: timedelta) -> int:
    """Count one more of something, shared by all processes; how many there were within the span that began with the first."""
    key = tally_key(*what)
    if not Tally.objects.filter(key=key, until_at__gt=now).update(number=F("number") + 1):
        first = Tally(key=key, number=1, until_at=now + span)
        Tally.objects.bulk_create([first], update_conflicts=True, unique_fields=["key"], update_fields=["number", "until_at"])
    return counted(*what, now=now)


def drop_tallies(now: datetime) -> int:
    """Remove counts whose span is over."""
    return Tally.objects.filter(until_at__lte=now).delete()[0]


def emptied(now: datetime) -> dict[str, object]:
    """What a contact holds once it was erased: nothing of the person."""
    return {"cipher": b"", "blind": "", "blind_tail": "", "basis": "erased", "erased_at": now}


MOST_VIEWS = 20


def save_view(user: int, *, loop: str, name: str, query: str) -> SavedView:
    """A list with its filters under a name; the same name again is changed. Raises Refused `missing`, `too_many`."""
    words = " ".join(name.split())[:20]
    if not words:
        raise Refused("missing", ["name"])
    own = SavedView.objects.filter(user=user)
    if own.count() >= MOST_VIEWS and not own.filter(loop=loop, name=words).exists():
        raise Refused("too_many", ["name"], _("常用筛选最多存 20 个，请先删掉不用的。"))
    return SavedView.objects.update_or_create(user_id=user, loop=loop, name=words, defaults={"query": query[:200]})[0]


def drop_view(user: int, view: int) -> bool:
    """Whether there was such a view of the user's own."""
    return SavedView.objects.filter(user=user, pk=view).delete()[0] > 0
