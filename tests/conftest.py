"""Fixtures: the scene."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from make import Scene
from own_database import shared_templates
from remembered import build, clear, scene_again


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Iterator[Any]:  # noqa: ARG001  (the hook's own signature)
    """The process that starts the workers keeps the templates for them."""
    with shared_templates():
        return (yield)


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Each test begins in Chinese, whatever language the page before it was asked in."""
    translation.activate("zh-hans")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:  # the database there is, and the scene in it
    """The scene stands in the database of each worker; a test that wants none of it asks for `bare`."""
    with django_db_blocker.unblock():
        build()


@pytest.fixture
def bare(db: None) -> None:
    """A database without the scene, as on the first day of a server."""
    clear()


@pytest.fixture
def s(db: None) -> Scene:
    """The scene, in a transaction that is rolled back."""
    return scene_again()
