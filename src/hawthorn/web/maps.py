"""The schematic map: shapes of the grids drawn to scale, boxes where a grid has no shape; numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.kernel.world import PlaceCard, Seat
from hawthorn.loops import queries
from hawthorn.territory.models import Place
from hawthorn.web.request import Request, place_seat
from hawthorn.web.views import NO_GRID

WIDTH, MOST_HIGH, EDGE = 360, 420, 8
BOX, BOXES = (84, 66), 4
SHADES, STRIP = 3, 0.08
COUNTED = {"county": "只数已经交到县区的事项，各街道自己在办的不在内。", "": "数字是在办的事项，不论办到哪一步；“超时”是其中过了期限的。"}
Counts = Mapping[int | None, tuple[int, int]]
Ring = list[tuple[float, float]]


@require_safe
def town_map(request: Request) -> HttpResponse:
    """网格地图: how much is open and how much of it overdue in each grid of my place; behind each number the list it counts."""
    seat = place_seat(request)
    counts = open_counts(request, seat)
    number, late = totals(counts)
    context = {
        "map": drawing(request, seat, counts) | {"is_listed": True}, "place": request.town.name_of(seat.place),
        "total": number, "late": late, "groups": _groups(request, seat, counts), "elsewhere": _row(request, seat, None, counts),
        "all_url": list_url(request, seat), "late_url": list_url(request, seat, late=True),
    }  # fmt: skip
    return render(request, "web/map.html", context)


def open_counts(request: Request, seat: Seat) -> Counts:
    """Open matters by grid: how many, and of how many the due time has passed, whatever their stage. The rule of the list (`late`). One statement."""
    found = queries.listed("matters", seat, request.now).filter(open=True).values("grid")
    rows = found.annotate(n=Count("id"), late=Count("id", filter=Q(due_at__lt=request.now))).order_by()
    return {r["grid"]: (r["n"], r["late"]) for r in rows}


def totals(counts: Counts) -> tuple[int, int]:
    """Open and overdue of all grids together, and of what has no grid yet."""
    return sum(n for n, _late in counts.values()), sum(late for _n, late in counts.values())


def list_url(request: Request, seat: Seat, grid: int | None = 0, *, late: bool = False, **more: Any) -> str:
    """The list that a number counts: of one grid, of what has no grid (None), of all (0); `more`: other filters of it."""
    wanted = {"grid": NO_GRID if grid is None else grid or "", "late": 1 if late else "", "seat": "" if seat == queries.widest(request.actor) else seat.post}
    query = urlencode({name: value for name, value in (wanted | more).items() if value})
    return f"{reverse('matters')}?{query}" if query else reverse("matters")


def grids_of(request: Request, seat: Seat) -> list[PlaceCard]:
    """The grids of a seat's place, by code."""
    return sorted((p for p in request.town.places.values() if p.level == "grid" and p.at(seat.level) == seat.place), key=lambda p: p.code)


def _row(request: Request, seat: Seat, grid: PlaceCard | None, counts: Counts) -> dict[str, Any]:
    """One line of the table: a grid, or what has no grid yet."""
    pk = grid.id if grid else None
    number, late = counts.get(pk, (0, 0))
    return {
        "name": grid.name if grid else _("还没有定网格"), "number": number, "late": late,
        "url": list_url(request, seat, pk), "late_url": list_url(request, seat, pk, late=True),
    }  # fmt: skip


def _groups(request: Request, seat: Seat, counts: Counts) -> list[dict[str, Any]]:
    """The grids under their communities."""
    found: dict[int | None, list[dict[str, Any]]] = {}
    for grid in grids_of(request, seat):
        found.setdefault(grid.community, []).append(_row(request, seat, grid, counts))
    return [{"name": request.town.name_of(community), "rows": rows} for community, rows in found.items()]


# ── the drawing ──
def drawing(request: Request, seat: Seat, counts: Counts, *, name: str = "grids") -> dict[str, Any]:
    """What _map.html draws, for the grids of a seat's place: shade by what is open, a mark only where something is overdue."""
    grids = grids_of(request, seat)
    most = max((counts.get(p.id, (0, 0))[0] for p in grids), default=0)
    shapes = {p: _shape(request, seat, p, counts, most) for p in grids}
    width, height = place_shapes(shapes, rings_of(p.id for p in grids))
    return {
        "id": name, "title": _("各网格在办事项"), "width": width, "height": height, "unit": _("在办"), "shapes": list(shapes.values()), "legend": legend(most),
        "counted": _(COUNTED.get(seat.level, COUNTED[""])), "has_late": any(shape["late"] for shape in shapes.values()),
    }  # fmt: skip


def _shape(request: Request, seat: Seat, place: PlaceCard, counts: Counts, most: int) -> dict[str, Any]:
    row = _row(request, seat, place, counts)
    said = _("超时 {n}").format(n=row["late"]) if row["late"] else ""
    return row | {"shade": shade(row["number"], most), "words": said}


def shade(number: int, most: int) -> int:
    """0 for nothing, else 1 to 3 by thirds of the most."""
    return -(-number * min(SHADES, most) // most) if number else 0


def legend(most: int) -> list[dict[str, Any]]:
    """Which numbers each shade stands for."""
    found: dict[int, list[int]] = {}
    for number in range(most + 1):
        found.setdefault(shade(number, most), []).append(number)
    return [{"shade": n, "label": f"{of[0]}–{of[-1]}" if len(of) > 1 else str(of[0])} for n, of in found.items()]


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
    lats = [y for r in rings.values() for _x, y in r]
    squeeze = math.cos(math.radians((min(lats) + max(lats)) / 2))
    flat = closed_up({pk: [(x * squeeze, -y) for x, y in ring] for pk, ring in rings.items()})
    xs, ys = [x for r in flat.values() for x, _y in r], [y for r in flat.values() for _x, y in r]
    west, north = min(xs), min(ys)
    wide, high = max(max(xs) - west, 1e-9), max(max(ys) - north, 1e-9)
    scale = min((WIDTH - 2 * EDGE) / wide, (MOST_HIGH - 2 * EDGE) / high)
    left = (WIDTH - wide * scale) / 2
    found = {pk: [(left + (x - west) * scale, EDGE + (y - north) * scale) for x, y in ring] for pk, ring in flat.items()}
    return found, high * scale + 2 * EDGE


def projected(parts: Sequence[Ring]) -> tuple[list[Ring], float]:
    """Parts that keep their places to each other, in the drawing; and its height."""
    found, height = _project({0: [point for part in parts for point in part]})
    points = iter(found[0])
    return [[next(points) for _point in part] for part in parts], height


def closed_up(rings: Mapping[int, Ring]) -> dict[int, Ring]:
    """Places far apart are drawn near each other, so that all can be large: a wide strip across the sheet with nothing in it is made narrow."""
    found = dict(rings)
    for axis in (0, 1):
        spans = sorted((min(p[axis] for p in ring), max(p[axis] for p in ring), pk) for pk, ring in found.items())
        filled, reach = 0.0, spans[0][0]
        for low, high, _pk in spans:
            filled, reach = filled + max(0.0, high - max(low, reach)), max(high, reach)
        shift, reach = 0.0, spans[0][0]
        for low, high, pk in spans:
            shift, reach = shift + max(0.0, low - reach - filled * STRIP), max(high, reach)
            found[pk] = [(x - shift, y) if axis == 0 else (x, y - shift) for x, y in found[pk]]
    return found


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
