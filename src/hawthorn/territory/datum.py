"""Datums of points in China: WGS84 (= CGCS2000 here) ↔ GCJ-02 ↔ BD-09, degrees in and out, error below 0.01 m. Pure.

The forward formulas are the publicly known ones of the map shift (GCJ-02) and of Baidu's second shift (BD-09);
the inverses are found by iteration, because the closed approximations err by metres.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from hawthorn.kernel.words import _

AXIS, ECCENTRICITY = 6378245.0, 0.00669342162296594323
BAIDU = math.pi * 3000.0 / 180.0
STILL = 1e-11
CHINA = (72.004, 137.8347, 0.8293, 55.8271)
NAMES: dict[str, str] = {"wgs84": _("WGS84"), "cgcs2000": _("CGCS2000"), "gcj02": _("GCJ-02"), "bd09": _("BD-09")}
ALIASES: dict[str, str] = {
    "wgs84": "wgs84",
    "gps": "wgs84",
    "cgcs2000": "cgcs2000",
    "国家2000": "cgcs2000",
    "2000坐标系": "cgcs2000",
    "gcj02": "gcj02",
    "高德": "gcj02",
    "腾讯": "gcj02",
    "火星坐标": "gcj02",
    "bd09": "bd09",
    "bd09ll": "bd09",
    "百度": "bd09",
}


class Point(NamedTuple):
    """Longitude and latitude in degrees."""

    lon: float
    lat: float


def known(name: str) -> str | None:
    """The datum meant by a name as people write it (“GCJ-02”, “高德”, “百度”); None when it is not one we know."""
    return ALIASES.get(name.strip().lower().replace("-", "").replace("_", "").replace(" ", ""))


def is_swapped(lon: float, lat: float) -> bool:
    """Whether longitude and latitude seem to stand in each other's place: not in China as given, but in China when exchanged."""
    return not in_china(lon, lat) and in_china(lat, lon)


def to_wgs84(lon: float, lat: float, datum: str) -> Point:
    """A point of `datum` (a key of NAMES) as WGS84. Raises ValueError for an unknown datum or degrees out of range."""
    if datum not in NAMES or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"{datum}: {lon}, {lat}")
    if datum == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if datum == "bd09":
        return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
    return Point(lon, lat)


def from_wgs84(lon: float, lat: float, datum: str) -> Point:
    """A WGS84 point in `datum` (a key of NAMES). Raises ValueError for an unknown datum or degrees out of range."""
    if datum not in NAMES or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"{datum}: {lon}, {lat}")
    if datum == "gcj02":
        return wgs84_to_gcj02(lon, lat)
    if datum == "bd09":
        return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
    return Point(lon, lat)


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """WGS84 to GCJ-02; outside China nothing is shifted."""
    if not in_china(lon, lat):
        return Point(lon, lat)
    radians = math.radians(lat)
    root = 1 - ECCENTRICITY * math.sin(radians) ** 2
    north = _north(lon - 105.0, lat - 35.0) * 180.0 / (AXIS * (1 - ECCENTRICITY) / root**1.5 * math.pi)
    east = _east(lon - 105.0, lat - 35.0) * 180.0 / (AXIS / math.sqrt(root) * math.cos(radians) * math.pi)
    return Point(lon + east, lat + north)


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """GCJ-02 to WGS84, by iteration."""
    return _invert(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """GCJ-02 to BD-09."""
    length = math.hypot(lon, lat) + 0.00002 * math.sin(lat * BAIDU)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * BAIDU)
    return Point(length * math.cos(angle) + 0.0065, length * math.sin(angle) + 0.006)


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    """BD-09 to GCJ-02, by iteration."""
    return _invert(gcj02_to_bd09, lon, lat)


def metres(one: Point, other: Point) -> float:
    """Distance in metres on a sphere (error below 0.6 %)."""
    a, b = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * 6371008.8 * math.asin(math.sqrt(half))


def _invert(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """The point that `forward` carries to here. The shift changes slowly, so the error shrinks about 100-fold a round."""
    x, y = lon, lat
    for _round in range(30):
        there = forward(x, y)
        wrong_x, wrong_y = there.lon - lon, there.lat - lat
        x, y = x - wrong_x, y - wrong_y
        if max(abs(wrong_x), abs(wrong_y)) < STILL:
            break
    return Point(x, y)


def in_china(lon: float, lat: float) -> bool:
    """Whether a point lies in the box around China within which maps are shifted."""
    west, east, south, north = CHINA
    return west <= lon <= east and south <= lat <= north


def _waves(x: float, *pairs: tuple[float, float]) -> float:
    """Two thirds of a sum of sines: (height, turns per degree / π)."""
    return sum(height * math.sin(x * turns * math.pi) for height, turns in pairs) * 2.0 / 3.0


def _north(x: float, y: float) -> float:
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return plain + _waves(x, (20.0, 6.0), (20.0, 2.0)) + _waves(y, (20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))


def _east(x: float, y: float) -> float:
    plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return plain + _waves(x, (20.0, 6.0), (20.0, 2.0)) + _waves(x, (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
