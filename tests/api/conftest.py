"""Callers of the JSON door, by the cast's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from calling import Caller
from hawthorn.accounts.actions import make_token
from hawthorn.kernel import clock
from make import Scene


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counts of other tests do not matter here; the folder of static files may not have been made yet."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    cache.clear()


@pytest.fixture
def call(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Caller]:
    """A caller by the cast's word; "" is nobody."""

    def now() -> datetime:
        return s.now

    monkeypatch.setattr(clock, "now", now)
    tokens: dict[str, str] = {}

    def caller(who: str) -> Caller:
        if who and who not in tokens:
            tokens[who] = make_token(s.users[who], "test", now=s.now)
        return Caller(tokens.get(who, ""))

    return caller
