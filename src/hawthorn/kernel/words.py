"""Marks words for translation in pure code; pages and API translate them when they are shown."""

from __future__ import annotations

import re
from unicodedata import category

UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps: NUL (PostgreSQL) and half characters; JSON, GeoJSON and CSV can hold them."""


def _(words: str) -> str:
    """Mark `words` (Chinese, the message id) for the catalogue; returns them unchanged."""
    return words


def is_seen(words: str) -> bool:
    """Is there a sign in it that somebody could read: more than spaces, marks of direction and of no width."""
    return any(category(c)[0] not in "CZ" for c in words)
