"""Who asks at the JSON door: a bearer token, one statement, and not too fast."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.security.base import AuthBase

from hawthorn.accounts import queries as accounts
from hawthorn.kernel.errors import Refused
from hawthorn.loops.town import actor_for, town_of

A_MINUTE = 60_000


class Bearer(AuthBase):
    """Puts `actor` and `town` on the request; None (401) without a living token."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        """The actor. Raises Refused slow_down."""
        asks: Any = request
        kind, _space, plain = asks.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not plain.strip():
            return None
        token = accounts.token_of(plain.strip(), asks.now)
        if token is None:
            return None
        _not_too_fast(token.pk, int(asks.now.timestamp()) // 60)
        user = token.user
        asks.town = town_of(user.tenant.county or user.tenant)
        asks.actor = actor_for(user, asks.now)
        asks.api_user = user
        return asks.actor


def _not_too_fast(token: int, minute: int) -> None:
    """Count requests of one token within a minute, in this process."""
    key = f"api:{token}:{minute}"
    most = getattr(settings, "HAWTHORN_API_A_MINUTE", A_MINUTE)
    if cache.get_or_set(key, 0, 120) is not None and cache.incr(key) > most:
        raise Refused("slow_down")
