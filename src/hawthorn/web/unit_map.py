"""The schematic map of units: a circle with the number of its grid for each, a line where two lie beside each other."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hawthorn.kernel.world import Town
from hawthorn.redrawing.queries import Survey
from hawthorn.web.maps import WIDTH, projected, rings_of


def drawing(town: Town, found: Survey) -> dict[str, Any]:
    """What _unit_map.html draws. Units without a position are left out, and counted."""
    grids = sorted(set(found.grids.values()), key=lambda pk: town.places[pk].code)
    placed = [u for u in found.units if u.lon is not None and u.lat is not None]
    if not placed:
        return {}
    rings = rings_of(grids)
    flat, height = projected([[(u.lon or 0.0, u.lat or 0.0) for u in placed], *rings.values()])
    at = {u.pk: (round(x), round(y)) for u, (x, y) in zip(placed, flat[0], strict=True)}
    circles = [
        {"x": at[u.pk][0], "y": at[u.pk][1], "number": grids.index(found.grids[u.pk]) + 1 if u.pk in found.grids else "—", "said": _words(town, found, u)}
        for u in placed
    ]
    lines = [
        {"from": at[j.one_id], "to": at[j.other_id], "is_border": found.grids.get(j.one_id) != found.grids.get(j.other_id)}
        for j in found.joins if j.one_id in at and j.other_id in at
    ]  # fmt: skip
    areas = [" ".join(f"{x:.1f},{y:.1f}" for x, y in ring) for ring in flat[1:]]
    return {"width": WIDTH, "height": round(height), "areas": areas, "circles": circles, "lines": lines, "missing": len(found.units) - len(placed)}


def _words(town: Town, found: Survey, unit: Any) -> str:
    grid = town.name_of(found.grids.get(unit.pk)) or _("还没有网格")
    return _("{unit}：{grid}，{n} 户").format(unit=unit.name, grid=grid, n=unit.households)
