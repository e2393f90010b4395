"""Every column of every table stands on a reviewed list. This is how forbidden functions and personal fields are kept out.

To add a field: read mission.md's “never build” and the privacy table, then add its line to fields.txt in the same change.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

REVIEWED = Path(__file__).with_name("fields.txt")
FORBIDDEN = re.compile(
    r"check_?in|punch|clock_?in|score|(?<!check)points?$|rank|online|last_seen|track|trajectory|latitude_of|id_?card|id_?number|identity|face|fingerprint|"
    r"health|disease|religion|birth|gender|sex$|ethnic|political|credit|colou?r_of|tag_of|label_of_person|photo_required|video",
    re.IGNORECASE,
)
ALLOWED = {"policy"}


def columns() -> list[str]:
    """`room.Model.field` of all our tables."""
    return sorted(
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("hawthorn.")
        for field in model._meta.concrete_fields
    )


def unreviewed(found: list[str]) -> list[str]:
    """Columns that are not on the list, or whose name says something we never build."""
    known = set(REVIEWED.read_text(encoding="utf-8").split())
    return [c for c in found if c not in known or (FORBIDDEN.search(c.rsplit(".", 1)[1]) and c.rsplit(".", 1)[1] not in ALLOWED)]


def test_every_column_is_reviewed_and_the_list_names_nothing_that_is_gone() -> None:
    assert unreviewed(columns()) == []
    assert sorted(REVIEWED.read_text(encoding="utf-8").split()) == columns()


@pytest.mark.parametrize(
    "planted", ["teams.Holding.check_in_at", "accounts.User.id_number", "matters.Matter.officer_score", "accounts.User.last_seen", "loops.Item.new"]
)
def test_a_planted_column_is_refused(planted: str) -> None:
    assert unreviewed([planted]) == [planted]
