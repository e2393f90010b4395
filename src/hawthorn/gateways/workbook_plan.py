"""From rows to changes and problems: places, units, doors. People and posts are in workbook_people.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from hawthorn.files.sheets import Problem, Row
from hawthorn.gateways.workbook_known import Known, PostKey, UnitKey
from hawthorn.gateways.workbook_rows import DOORS, PLACES, UNITS, Rows
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.teams.models import PostKind
from hawthorn.tenants.models import Tenant
from hawthorn.territory import datum
from hawthorn.territory.locating import GridLocator

COUNTS = ("households", "residents", "elders", "children", "weight")
DIGITS = 7


@dataclass(frozen=True)
class Change:
    """One write: what to do, with what, and how it is told. `row` 0: drawn from several rows."""

    do: str
    args: dict[str, Any]
    words: str
    sheet: str
    row: int


@dataclass
class Plan:
    """What an import would do and what stands in its way. With any problem nothing is done."""

    rows: Rows
    tenant: Tenant
    now: datetime
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Draft:
    """A plan in the making. `level_of`, `names`, `units`, `posts`, `categories` hold what is there or will be."""

    def __init__(self, plan: Plan, known: Known) -> None:
        self.plan, self.known = plan, known
        self.today = local(plan.now).date()
        self.level_of = {code: place.level for code, place in known.places.items()}
        self.names = {code: place.name for code, place in known.places.items()}
        self.units: set[UnitKey] = set(known.units)
        self.posts = {key for key, post in known.posts.items() if post.ended_at is None}
        self.categories = {pair for pair, line in known.categories.items() if line.ended_on is None}
        self.outlines = {code: place.shape for code, place in known.places.items() if place.level == "grid" and place.shape}
        self._located: tuple[list[str], GridLocator] | None = None
        self._seen: dict[tuple[str, Any], int] = {}

    def wrong(self, row: Row, column: str, words: str) -> None:
        """Note a problem with one cell."""
        self.plan.problems.append(row.problem(column, words))

    def change(self, do: str, row: Row, words: str, **args: Any) -> None:
        """Note a write that comes from one row."""
        self.plan.changes.append(Change(do, args, words, row.sheet, row.number))

    def grid_at(self, community: str, lon: float, lat: float) -> str | None:
        """The grid of a community whose outline covers a point; on a border that with the lower code. Asked after the places are planned."""
        if self._located is None:
            codes = sorted(self.outlines)
            self._located = codes, GridLocator(enumerate(self.outlines[code] for code in codes))
        at = self._located[1].locate(lon, lat)
        return code if at is not None and (code := self._located[0][at]).startswith(community) else None

    def kind(self, key: PostKey) -> PostKind:
        """The kind of a post that is there or will be."""
        return self.known.kinds[key[1]]

    def is_twice(self, row: Row, key: Any, column: str) -> bool:
        """Whether an earlier row of this sheet speaks of the same thing; noted as a problem."""
        earlier = self._seen.setdefault((row.sheet, key), row.number)
        if earlier != row.number:
            self.wrong(row, column, _("和第 {n} 行重复").format(n=earlier))
        return earlier != row.number


def plan_places(draft: Draft) -> None:
    """Communities before their grids, whatever their order in the sheet."""
    for row in sorted(draft.plan.rows.of(PLACES), key=lambda row: len(row["code"])):
        if not draft.is_twice(row, row["code"], "code"):
            _plan_place(draft, row)


def _plan_place(draft: Draft, row: Row) -> None:
    code, is_grid = row["code"], row["kind"] in ("grid", "exclusive")
    above = code[:12] if is_grid else draft.plan.tenant.code
    if not code.startswith(draft.plan.tenant.code):
        return draft.wrong(row, "code", _("{code} 不在这个街道：这里的编号都以 {own} 开头").format(code=code, own=draft.plan.tenant.code))
    if len(code) != (15 if is_grid else 12):
        return draft.wrong(row, "code", _("编号和类别对不上：社区或村 12 位、网格 15 位，都以 {code} 开头").format(code=draft.plan.tenant.code))
    if draft.level_of.get(above) != ("community" if is_grid else "subdistrict"):
        return draft.wrong(row, "code", _("上级 {code} 还没有登记").format(code=above))
    if code in draft.known.closed:
        return draft.wrong(row, "code", _("{code} 已经撤销，编号不再用：请删掉这一行，或者换一个编号").format(code=code))
    shape = _outline(draft, row)
    facts = {"name": row["name"], "is_village": row["kind"] == "village", "is_exclusive": row["kind"] == "exclusive"}
    facts |= {name: value for name, value in (("about", row.values.get("about")), ("shape", shape)) if value}
    place = draft.known.places.get(code)
    draft.level_of[code] = level = "grid" if is_grid else "community"
    draft.names[code] = row["name"]
    if is_grid and shape:
        draft.outlines[code] = shape
    if place is None:
        return draft.change("create_place", row, _("新增 {name}").format(name=row["name"]), level=level, code=code, above=above, facts=facts)
    facts = {name: value for name, value in facts.items() if getattr(place, name) != value}
    if facts:
        draft.change("change_place", row, _("修改 {name}").format(name=place.name), code=code, facts=facts)
    return None


def plan_units(draft: Draft) -> None:
    """Units with their position and counts, and the grid they belong to."""
    for row in draft.plan.rows.of(UNITS):
        key = row["community"], row["code"]
        if draft.is_twice(row, key, "code"):
            continue
        if draft.level_of.get(row["community"]) != "community":
            draft.wrong(row, "community", _("没有这个社区：{code}").format(code=row["community"]))
            continue
        draft.units.add(key)
        position = _position(draft, row)
        _plan_unit(draft, row, key, position)
        _plan_grid_of(draft, row, key, position)


def _plan_unit(draft: Draft, row: Row, key: UnitKey, position: dict[str, float]) -> None:
    facts: dict[str, Any] = {"name": row["name"], **position}
    facts |= {name: row[name] for name in COUNTS if row.values.get(name) is not None}
    if shape := _outline(draft, row):
        facts["shape"] = shape
    if facts.get("elders", 0) > facts.get("residents", facts.get("elders", 0)):
        draft.wrong(row, "elders", _("60 岁以上人数比常住人口还多"))
    unit = draft.known.units.get(key)
    if unit is None:
        return draft.change("create_unit", row, _("新增楼院 {name}").format(name=row["name"]), key=key, facts=facts)
    facts = {name: value for name, value in facts.items() if getattr(unit, name) != value}
    if facts:
        draft.change("change_unit", row, _("修改楼院 {name}").format(name=row["name"]), key=key, facts=facts)
    return None


def _plan_grid_of(draft: Draft, row: Row, key: UnitKey, position: dict[str, float]) -> None:
    """The grid that is named; of a unit that has none yet, the one it lies in."""
    grid = row.values.get("grid")
    if not grid and position and key not in draft.known.grid_of and (there := draft.grid_at(row["community"], position["lon"], position["lat"])):
        words = _("楼院 {name} 按位置归 {grid}").format(name=row["name"], grid=draft.names[there])
        return draft.change("put_unit_in_grid", row, words, key=key, grid=there)
    if not grid or draft.known.grid_of.get(key) == grid:
        return None
    if draft.level_of.get(grid) != "grid":
        return draft.wrong(row, "grid", _("没有这个网格：{code}").format(code=grid))
    if not grid.startswith(row["community"]):
        return draft.wrong(row, "grid", _("网格 {code} 不属于这个社区").format(code=grid))
    moved = key in draft.known.grid_of
    words = _("楼院 {name} 移到 {grid}，没办完的事一起过去") if moved else _("楼院 {name} 归 {grid}")
    return draft.change("put_unit_in_grid", row, words.format(name=row["name"], grid=draft.names[grid]), key=key, grid=grid)


def plan_doors(draft: Draft) -> None:
    """New doors, one change per unit."""
    fresh: dict[UnitKey, list[str]] = {}
    for row in draft.plan.rows.of(DOORS):
        key = row["community"], row["unit"]
        if draft.is_twice(row, (key, row["name"]), "name"):
            continue
        if key not in draft.units:
            draft.wrong(row, "unit", _("没有这个楼院：{code}").format(code=row["unit"]))
        elif row["name"] not in draft.known.doors[key]:
            fresh.setdefault(key, []).append(row["name"])
    for key, names in fresh.items():
        words = _("楼院 {code} 新增 {n} 个门牌").format(code=key[1], n=len(names))
        draft.plan.changes.append(Change("create_doors", {"key": key, "names": names}, words, DOORS, 0))


def _position(draft: Draft, row: Row) -> dict[str, float]:
    """Longitude and latitude in WGS84, rounded to a centimetre; empty where none is given or something is wrong with it."""
    lon, lat = row.values.get("lon"), row.values.get("lat")
    if lon is None and lat is None:
        return _inside(row)
    if lon is None or lat is None:
        draft.wrong(row, "lat" if lat is None else "lon", _("经度和纬度要一起填"))
        return {}
    point = _to_wgs84(draft, row, "lon", lon, lat)
    return {"lon": point[0], "lat": point[1]} if point else {}


def _inside(row: Row) -> dict[str, float]:
    """A position inside the outline, where that alone is given."""
    if (area := row.values.get("shape")) is None or not (name := row.values.get("datum")):
        return {}
    point = area.representative_point()
    lon, lat = (round(degrees, DIGITS) for degrees in datum.to_wgs84(point.x, point.y, name)) if abs(point.x) <= 180 and abs(point.y) <= 90 else (None, None)
    return {"lon": lon, "lat": lat} if lon is not None and lat is not None else {}


def _outline(draft: Draft, row: Row) -> list[Any]:
    """The outline as a ring, or a list of rings, of [lon, lat] in WGS84."""
    area: BaseGeometry | None = row.values.get("shape")
    rings = []
    for part in shapely.get_parts(area) if area is not None else ():
        ring = []
        for lon, lat in shapely.get_coordinates(part.exterior).tolist():
            point = _to_wgs84(draft, row, "shape", lon, lat)
            if point is None:
                return []
            ring.append(point)
        rings.append(ring)
    return rings[0] if len(rings) == 1 else rings


def _to_wgs84(draft: Draft, row: Row, column: str, lon: float, lat: float) -> list[float] | None:
    """[lon, lat] in WGS84; None with a problem noted where the datum is missing or the point cannot be right."""
    name = row.values.get("datum")
    if name is None:
        draft.wrong(row, "datum" if "datum" in row.letters else column, _("填了坐标就要写坐标系"))
    elif datum.is_swapped(lon, lat):
        draft.wrong(row, column, _("经度和纬度好像写反了"))
    elif not datum.in_china(lon, lat):
        draft.wrong(row, column, _("这个位置不在国内，请核对"))
    else:
        return [round(degrees, DIGITS) for degrees in datum.to_wgs84(lon, lat, name)]
    return None
