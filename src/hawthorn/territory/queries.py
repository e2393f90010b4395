"""Reads on places that are needed in more than one room."""

from __future__ import annotations

from collections import Counter

from django.db.models import F

from hawthorn.territory.models import UnitGrid


def heirs_of(grid: int) -> list[int]:
    """The grids in which the units of a grid that ended lie now, most households first; empty where none ended. One statement."""
    shares: Counter[int] = Counter()
    left = UnitGrid.objects.filter(grid=grid, to_on=F("grid__valid_to")).values("unit")
    for now, households in UnitGrid.objects.filter(unit__in=left, to_on=None, unit__ended_on=None).values_list("grid", "unit__households"):
        shares[now] += households + 1
    return sorted((g for g in shares if g != grid), key=lambda g: (-shares[g], g))
