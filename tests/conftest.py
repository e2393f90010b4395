"""Fixtures: the scene."""

from __future__ import annotations

import pytest

from make import Scene, scene


@pytest.fixture
def s(db: None) -> Scene:
    """A fresh scene in a transaction that is rolled back."""
    return scene()
