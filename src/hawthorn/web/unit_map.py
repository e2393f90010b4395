"""The schematic map of units: a circle with the number of its grid for each, a line where two lie beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hawthorn.redrawing.queries import Survey
from hawthorn.web.maps import WIDTH, projected, rings_of


def drawing(
    called: Callable[[int | None], str], found: Survey, grids: Sequence[int], drawn: Mapping[int, int] | None = None, base: Mapping[int, int] | None = None
) -> dict[str, Any]:
    """What _unit_map.html draws: as it is, or `drawn` otherwise than in `base`; `grids` in the order of their numbers.

    Units without a position are left out, and counted.
    """
    mine = found.grids if drawn is None else drawn
    before = mine if base is None else base
    placed = [u for u in found.units if u.lon is not None and u.lat is not None]
    if not placed:
        return {}
    rings = rings_of(grids)
    flat, height = projected([[(u.lon or 0.0, u.lat or 0.0) for u in placed], *rings.values()])
    at = {u.pk: (round(x), round(y)) for u, (x, y) in zip(placed, flat[0], strict=True)}
    circles = [
        {
            "id": u.pk, "x": at[u.pk][0], "y": at[u.pk][1], "number": grids.index(mine[u.pk]) + 1 if mine.get(u.pk) in grids else "—",
            "said": _words(called, mine.get(u.pk), before.get(u.pk), u), "is_moved": mine.get(u.pk) != before.get(u.pk),
        }
        for u in placed
    ]  # fmt: skip
    lines = [
        {"from": at[j.one_id], "to": at[j.other_id], "is_border": mine.get(j.one_id) != mine.get(j.other_id)}
        for j in found.joins if j.one_id in at and j.other_id in at
    ]  # fmt: skip
    areas = [" ".join(f"{x:.1f},{y:.1f}" for x, y in ring) for ring in flat[1:]]
    return {"width": WIDTH, "height": round(height), "areas": areas, "circles": circles, "lines": lines, "missing": len(found.units) - len(placed),
            "is_moved": any(c["is_moved"] for c in circles)}  # fmt: skip


def _words(called: Callable[[int | None], str], now: int | None, was: int | None, unit: Any) -> str:
    grid = called(now) or _("还没有网格")
    if was != now:
        return _("{unit}：从{was}到{grid}，{n} 户").format(unit=unit.name, was=called(was) or "—", grid=grid, n=unit.households)
    return _("{unit}：{grid}，{n} 户").format(unit=unit.name, grid=grid, n=unit.households)
