"""Somebody at a page: the scene's clock, and a client signed in as one of the cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from make import Scene


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Each test has its own counters and its own files."""
    settings.FILES_ROOT = tmp_path / "files"
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """at("officer1"): a client signed in; at(""): nobody. The pages' clock is the scene's."""
    monkeypatch.setattr(clock, "now", lambda: s.now)

    def signed_in(who: str = "") -> Client:
        client = Client()
        if who:
            client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in
