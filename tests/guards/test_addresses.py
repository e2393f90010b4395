"""Every address of the URLconf stands on a reviewed list, and names nothing we never build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guards.test_rights_table import addresses

REVIEWED = Path(__file__).with_name("urls.txt")
FORBIDDEN = re.compile(r"check-?in|punch|rank|score|(?<!check)points?\b|online|track|profile|face|id-?card|health-?file", re.IGNORECASE)


def unreviewed(found: list[str]) -> list[str]:
    """Addresses that are not on the list, or whose words say something we never build."""
    known = set(REVIEWED.read_text(encoding="utf-8").splitlines())
    return [a for a in found if a not in known or FORBIDDEN.search(a)]


def test_every_address_is_reviewed_and_the_list_names_nothing_that_is_gone() -> None:
    assert unreviewed(addresses()) == []
    assert REVIEWED.read_text(encoding="utf-8").splitlines() == addresses()


@pytest.mark.parametrize("planted", ["ranking", "checkin", "officers/<int:user>/track", "new-page"])
def test_a_planted_address_is_refused(planted: str) -> None:
    assert unreviewed([planted]) == [planted]
