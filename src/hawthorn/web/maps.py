"""The schematic map: shapes of the grids drawn to scale, boxes where a grid has no shape; numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import PlaceCard, Seat
from hawthorn.loops import queries
from hawthorn.territory.models import Place
from hawthorn.web.request import Request

WIDTH, MOST_HIGH, EDGE = 360, 420, 8
BOX, BOXES = (84, 60), 4
Ring = list[tuple[float, float]]


@require_safe
def town_map(request: Request) -> HttpResponse:
    """网格地图: how much is open in each grid of my place."""
    seat = queries.widest(request.actor)
    if seat is None or seat.scope != "place":
        raise NotThere
    counts = open_counts(request, seat)
    total = sum(n for n, _late in counts.values())
    context = {
        "map": drawing(request, seat, counts),
        "total": total,
        "late": sum(late for _n, late in counts.values()),
        "place": request.town.name_of(seat.place),
    }
    return render(request, "web/map.html", context)


def open_counts(request: Request, seat: Seat) -> dict[int | None, tuple[int, int]]:
    """Open matters by grid: how many, how many late. One statement."""
    found = queries.listed("matters", seat, request.now).filter(open=True).values("grid")
    rows = found.annotate(n=Count("id"), late=Count("id", filter=Q(due_at__lt=request.now))).order_by()
    return {r["grid"]: (r["n"], r["late"]) for r in rows}


def drawing(request: Request, seat: Seat, counts: Mapping[int | None, tuple[int, int]], *, name: str = "grids") -> dict[str, Any]:
    """What _map.html draws, for the grids of a seat's place."""
    grids = sorted((p for p in request.town.places.values() if p.level == "grid" and p.at(seat.level) == seat.place), key=lambda p: p.code)
    found = {p: _shape(p, counts.get(p.id, (0, 0)), counts) for p in grids}
    width, height = place_shapes({p: found[p] for p in grids}, rings_of(p.id for p in grids))
    legend = [(0, _("没有")), (1, _("较少")), (2, _("较多")), (4, _("有超时"))]
    return {
        "id": name, "title": _("各网格在办事项"), "width": width, "height": height, "unit": _("在办事项"), "shapes": list(found.values()),
        "legend": [{"shade": shade, "label": label} for shade, label in legend],
    }  # fmt: skip


def _shape(place: PlaceCard, own: tuple[int, int], counts: Mapping[int | None, tuple[int, int]]) -> dict[str, Any]:
    number, late = own
    most = max((n for n, _late in counts.values()), default=0)
    shade = 4 if late else 0 if not number else 2 if number * 2 > most else 1
    said = _("超时 {n} 件").format(n=late) if late else ""
    return {"name": place.name, "number": number, "shade": shade, "words": said, "url": f"/matters?grid={place.id}"}


def rings_of(ids: Iterable[int]) -> dict[int, Ring]:
    """The outer ring of each place that has one, one statement. A shape is a ring, or a list of rings, of [lon, lat]."""
    found: dict[int, Ring] = {}
    for pk, shape in Place.objects.filter(pk__in=list(ids)).values_list("pk", "shape"):
        ring = shape[0] if shape and isinstance(shape[0][0], list | tuple) else shape
        if len(ring) >= 3:
            found[pk] = [(float(x), float(y)) for x, y, *_more in ring]
    return found


def place_shapes(shapes: Mapping[PlaceCard, dict[str, Any]], rings: Mapping[int, Ring]) -> tuple[int, int]:
    """Give every shape its points and the middle for its words; gives the size of the drawing."""
    drawn = {p.id: rings[p.id] for p in shapes if p.id in rings}
    height: float = EDGE
    if drawn:
        projected, height = _project(drawn)
        for p, shape in shapes.items():
            if p.id in projected:
                _put(shape, projected[p.id])
    boxed = [shape for p, shape in shapes.items() if p.id not in drawn]
    for n, shape in enumerate(boxed):
        x, y = EDGE + n % BOXES * (BOX[0] + 3), height + n // BOXES * (BOX[1] + 3)
        _put(shape, [(x, y), (x + BOX[0], y), (x + BOX[0], y + BOX[1]), (x, y + BOX[1])])
    if boxed:
        height += math.ceil(len(boxed) / BOXES) * (BOX[1] + 3) + EDGE
    return WIDTH, round(height)


def _project(rings: Mapping[int, Ring]) -> tuple[dict[int, Ring], float]:
    """Degrees to the drawing, north up, one scale for both directions."""
    lons, lats = [x for r in rings.values() for x, _y in r], [y for r in rings.values() for _x, y in r]
    squeeze = math.cos(math.radians((min(lats) + max(lats)) / 2))
    wide, high = max((max(lons) - min(lons)) * squeeze, 1e-9), max(max(lats) - min(lats), 1e-9)
    scale = min((WIDTH - 2 * EDGE) / wide, (MOST_HIGH - 2 * EDGE) / high)
    left = (WIDTH - wide * scale) / 2
    found = {pk: [(left + (x - min(lons)) * squeeze * scale, EDGE + (max(lats) - y) * scale) for x, y in ring] for pk, ring in rings.items()}
    return found, high * scale + 2 * EDGE


def _put(shape: dict[str, Any], ring: Ring) -> None:
    shape["points"] = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring)
    shape["x"], shape["y"] = (round(v) for v in middle(ring))


def middle(ring: Ring) -> tuple[float, float]:
    """The centre of a ring's area; of its corners where it has none."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    if abs(area) < 1e-9:
        return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)
    return x / (3 * area), y / (3 * area)
