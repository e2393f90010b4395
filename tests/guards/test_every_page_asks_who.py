"""Doors are closed by default: an address that answers without account stands on this reviewed list, every other sends to sign-in or answers 401."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "", "say", "what", "what/photo/<str:signed>", "what/<str:receipt>", "g/<str:code>",
    "g/<str:code>/sign-<slug:size>.pdf", "out/<str:token>", "complain", "privacy", "help",
    "news", "news/<str:receipt>", "wall/<str:signed>",
    "healthz", "metrics", "signin", "elder", "sw.js", "manifest.webmanifest", "offline", "api/v1/openapi.json",
}  # fmt: skip
VALUES = {"int": "1"}


def routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every route with its view."""
    for p in get_resolver().url_patterns if patterns is None else patterns:
        route = (before + str(p.pattern)).replace("^", "")
        if isinstance(p, URLResolver):
            yield from routes(p.url_patterns, route)
        elif isinstance(p, URLPattern):
            yield route, p.callback


def doors_left_open(found: list[tuple[str, Any]]) -> list[str]:
    """Routes off the list that are marked as public, or that answer somebody without account."""
    client, wrong = Client(), []
    for route, view in found:
        if route in OPEN:
            continue
        address = "/" + "".join(VALUES.get(part.split(":")[0], "x") if n % 2 else part for n, part in enumerate(route.replace(">", "<").split("<")))
        answer = client.get(address)
        if address.startswith("/api/"):
            is_shut = answer.status_code in (401, 404, 405)
        else:
            is_shut = not getattr(view, "is_public", False) and answer.status_code == 302 and answer["Location"].startswith("/signin")
        if not is_shut:
            wrong.append(route)
    return wrong


def test_every_page_asks_who_but_those_on_the_list(db: None) -> None:
    found = list(routes())
    assert doors_left_open(found) == []
    assert {route for route, _view in found} >= OPEN


def test_a_page_left_open_by_mistake_is_found(db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "guards.planted_urls"
    assert doors_left_open(list(routes())) == ["planted"]
