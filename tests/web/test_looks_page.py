"""The press of a round, as it comes from the page or from a phone's queue."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from hawthorn.patrols.models import Look
from make import Scene
from walking import point


@pytest.mark.parametrize("result", ["problem", "zz", "", None])
def test_a_look_without_a_known_result_is_not_taken_for_fine(s: Scene, at: Callable[[str], Client], result: str | None) -> None:
    found = point(s)
    given = {"checkpoint": found.row.pk, "key": str(uuid4())} | ({} if result is None else {"result": result})
    assert at("officer1").post("/rounds/look", given).status_code == 409
    assert not Look.objects.exists()
