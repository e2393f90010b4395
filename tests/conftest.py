"""Fixtures: the scene."""

from __future__ import annotations

import pytest
from django.utils import translation

from make import Scene
from remembered import scene_again


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Each test begins in Chinese, whatever language the page before it was asked in."""
    translation.activate("zh-hans")


@pytest.fixture
def s(db: None) -> Scene:
    """A fresh scene in a transaction that is rolled back."""
    return scene_again()
