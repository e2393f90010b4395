"""A community whose units lie somewhere: two grids in a row, six units each, the first with half as many households again as the second."""

from __future__ import annotations

from datetime import date

from hawthorn.redrawing.actions import joins
from hawthorn.territory import actions as territory
from make import Scene

ROW = 12


def lay(s: Scene) -> dict[int, int]:
    """Lay them out and find who lies beside whom; households by unit. Unit n of the row is `s.units["r<n>"]`; u1 and u2 are its ends."""
    community = s.places["community"]
    s.units["r0"], s.units["r11"] = s.units["u1"], s.units["u2"]
    for n in range(1, ROW - 1):
        unit = territory.create_unit(community=community, code=f"r{n:02}", name=f"r{n} 号楼")
        s.units[f"r{n}"] = unit
        territory.put_unit_in_grid(unit=unit, grid=s.places["grid1" if n < ROW // 2 else "grid2"], from_on=date(2025, 1, 1))
    weights = {}
    for n in range(ROW):
        unit = s.units[f"r{n}"]
        weights[unit.pk] = 30 if n < ROW // 2 else 20
        territory.change_unit(unit=unit, lon=113.1 + n / 1000, lat=35.2, households=weights[unit.pk])
    joins.find_joins(community=community, now=s.now)
    s.county.refresh_from_db()
    return weights
