"""Once per request: a request id, the time, who asks, and what every template shows."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hawthorn.kernel import clock
from hawthorn.kernel.world import Actor
from hawthorn.loops.town import actor_for, town_of
from hawthorn.web.logs import request_id

Next = Callable[[HttpRequest], HttpResponse]
ELDER = "elder"


class RequestId:
    """Every request has an id, in the log and in the answer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the id for the time of the request."""
        request_id.set(secrets.token_hex(6))
        response = self.get_response(request)
        response["X-Request-Id"] = request_id.get()
        return response


class WhoAsks:
    """Puts `now`, `actor` and `town` on the request; pages ask for sign-in unless they are marked public."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Build the actor once; nothing below builds another."""
        request.now = clock.now()
        request.actor, request.town = None, None
        if request.path.startswith("/api/") or request.path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        user = request.user
        if user.is_authenticated:
            request.town = town_of(user.tenant.county or user.tenant)
            request.actor = actor_for(user, request.now)
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Doors are closed by default: sign in first, unlock first, change a first password first."""
        if getattr(view, "is_public", False) or request.path.startswith("/api/"):
            return None
        if request.actor is None:
            return redirect(f"{reverse('signin')}?next={request.get_full_path()}")
        if request.session.get("locked") and not getattr(view, "works_locked", False):
            return redirect(f"{reverse('lock')}?next={request.get_full_path()}")
        return None


def public(view: Any) -> Any:
    """Mark a page as open to everybody."""
    view.is_public = True
    return view


def look(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs on every page."""
    return {}


__all__ = ["Actor", "RequestId", "WhoAsks", "look", "public"]
