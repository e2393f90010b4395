"""Once per request: a request id, the time, who asks, and what every template shows."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse

from hawthorn.kernel import clock
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.loops.town import actor_for, town_of
from hawthorn.web import pages, visitors
from hawthorn.web.frame import look
from hawthorn.web.logs import request_id

Next = Callable[[HttpRequest], HttpResponse]
SEEN_EVERY = 30


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
    """Puts `now`, `actor`, `town`, `tenant` on the request; pages ask for sign-in unless they are marked public."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Build the actor once; nothing below builds another."""
        request.now = clock.now()
        request.actor = request.town = request.tenant = request.visitor = request.answer = request.refused = None
        if is_elsewhere(request):
            return self.get_response(request)
        if _has_nul(request):
            return pages.bad_request(request)
        user = request.user
        if user.is_authenticated:
            request.tenant = user.tenant
            request.town = town_of(user.tenant.county or user.tenant)
            request.actor = actor_for(user, request.now)
            _mark_idle(request)
        response = self.get_response(request)
        if user.is_authenticated or getattr(request, "is_private", False):
            response.headers.setdefault("Cache-Control", "no-store, private")
        _say_who(request, response)
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Doors are closed by default: sign in first, unlock first, change a first password first."""
        if is_elsewhere(request) or getattr(view, "is_bare", False):
            return None
        if getattr(view, "is_public", False):
            visitors.welcome(request)
            return None
        if request.actor is None:
            return _send_to("signin", request)
        if getattr(view, "works_locked", False):
            return None
        if request.session.get("locked"):
            return _send_to("lock", request)
        return _send_to("password", request) if request.user.must_change else None

    def process_exception(self, request: Any, problem: Exception) -> HttpResponse | None:
        """Refusals in the page's own words: 404 for what is not to be seen, 409 for what may not be done now."""
        if is_elsewhere(request):
            return None
        if isinstance(problem, NotThere):
            return pages.not_found(request)
        if isinstance(problem, Refused | WrongType):
            return pages.refused(request, problem)
        return None


def _say_who(request: Any, response: HttpResponse) -> None:
    """For the device: who is signed in (0: nobody), is the screen locked, may this page be kept for a day without network."""
    match, user = request.resolver_match, request.user
    response["Hawthorn-Who"] = str(user.pk) if user.is_authenticated else "0"
    if user.is_authenticated and (request.session.get("locked") or user.must_change):
        response["Hawthorn-Locked"] = "1"
    elif match is not None and getattr(match.func, "is_kept", False):
        response["Hawthorn-Keep"] = "first" if getattr(match.func, "is_kept_first", False) else "1"


def _has_nul(request: Any) -> bool:
    """A mark that no page sends and that PostgreSQL keeps nowhere, in the address, a field or a cookie."""
    try:
        fields = [*request.GET.lists(), *request.POST.lists()]
    except UnreadablePostError:
        return True
    words = [request.path, *request.COOKIES.values(), *(w for name, values in fields for w in (name, *values))]
    return any("\x00" in w for w in words)


def is_elsewhere(request: Any) -> bool:
    """The API and the static files answer for themselves."""
    return bool(request.path.startswith(("/api/", "/open311/")) or request.path.startswith(settings.STATIC_URL))


def _send_to(name: str, request: Any) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else request.path
    return redirect(f"{reverse(name)}?{urlencode({'next': back})}")


def _mark_idle(request: Any) -> None:
    """Lock after IDLE_MINUTES without a request; the time is kept in the session, written at most twice a minute."""
    now, seen = int(request.now.timestamp()), request.session.get("seen")
    if seen is not None and now - seen > settings.IDLE_MINUTES * 60:
        request.session["locked"] = True
    if seen is None or abs(now - seen) >= SEEN_EVERY:
        request.session["seen"] = now


def public(view: Any) -> Any:
    """Mark a page as open to everybody."""
    view.is_public = True
    return view


def bare(view: Any) -> Any:
    """Mark an address for machines: open, and nothing is looked up for it."""
    view.is_public = view.is_bare = True
    return view


def kept(view: Any) -> Any:
    """Mark a page whose last good copy the device may keep, sealed for who saw it."""
    view.is_kept = True
    return view


def kept_first(view: Any) -> Any:
    """Mark a kept page that is the same whenever it is opened: the device shows its copy at once and asks the network behind it."""
    view.is_kept = view.is_kept_first = True
    return view


def works_locked(view: Any) -> Any:
    """Mark a page that can be used while the screen is locked or a password must be changed."""
    view.works_locked = True
    return view


__all__ = ["Next", "RequestId", "WhoAsks", "bare", "is_elsewhere", "kept", "kept_first", "look", "public", "works_locked"]
