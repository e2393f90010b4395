"""What every command of the terminal needs: lines for a person, the settings, and whether there is data to work on."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path


def say(words: str) -> None:
    """One line for the person at the terminal, at once."""
    print(words, flush=True)


def django_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hawthorn.config.settings")
    import django

    django.setup()


def _has_data() -> bool:
    """Is there a database that was set up? A command that only looks makes none."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite" and not Path(str(settings.DATABASES["default"]["NAME"])).exists():
        return False
    with connection.cursor() as cursor:
        return "tenants_tenant" in connection.introspection.table_names(cursor)


def needs_data(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Wrap a command that works on what is there; without a database it says so plainly and ends with 2."""

    @wraps(run)
    def checked(args: argparse.Namespace) -> int:
        django_up()
        if _has_data():
            return run(args)
        from django.conf import settings

        say(f"这里还没有数据（{settings.ENV.data}）。先运行 hawthorn demo 或 hawthorn serve，或者用 HAWTHORN_DATA 指明数据在哪里。")
        return 2

    return checked


def every(seconds: float, words: Callable[..., str]) -> Callable[..., None]:
    """Says how far something long is, at most once in so many seconds."""
    last = [time.monotonic()]

    def told(*args: object) -> None:
        if time.monotonic() - last[0] >= seconds:
            last[0] = time.monotonic()
            say(words(*args))

    return told
