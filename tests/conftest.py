"""Fixtures: the scene."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from make import Scene
from own_database import shared_templates
from remembered import scene_again


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Iterator[Any]:  # noqa: ARG001  (the hook's own signature)
    """The process that starts the workers keeps the templates for them."""
    with shared_templates():
        return (yield)


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Each test begins in Chinese, whatever language the page before it was asked in."""
    translation.activate("zh-hans")


@pytest.fixture
def s(db: None) -> Scene:
    """A fresh scene in a transaction that is rolled back."""
    return scene_again()
