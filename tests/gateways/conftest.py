"""Each test of this room has its own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _apart(settings: Any, tmp_path: Path) -> None:
    """Each test has its own files."""
    settings.FILES_ROOT = tmp_path / "files"
