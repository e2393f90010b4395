"""What stands in the cells of the set-up workbook, and the columns that several of its sheets share."""

from __future__ import annotations

import re
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from hawthorn.files import sheets
from hawthorn.files.sheets import Column
from hawthorn.kernel.words import _
from hawthorn.territory import datum

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,39}")


def digits(*lengths: int) -> Any:
    """A division code of one of these lengths."""

    def read(value: Any) -> str:
        found = sheets.text(value)
        if not (found.isascii() and found.isdigit() and len(found) in lengths):
            raise ValueError(_("「{value}」不对，编号应是 {lengths} 位数字").format(value=found[:20], lengths=_(" 或 ").join(map(str, lengths))))
        return found

    return read


def username(value: Any) -> str:
    """A name to sign in with."""
    found = sheets.text(value)
    if not USERNAME.fullmatch(found):
        raise ValueError(_("登录名要 3 到 40 个字母或数字，可以带 . _ -"))
    return found


def door(value: Any) -> str:
    """A door has a number; a name alone is refused, for people's names do not belong here."""
    found = sheets.words(40)(value)
    if not any(sign.isdigit() for sign in found):
        raise ValueError(_("门牌要有号码，不写住户姓名"))
    return str(found)


def known_datum(value: Any) -> str:
    """A datum by the names people write."""
    found = datum.known(sheets.text(value))
    if found is None:
        raise ValueError(_("坐标系「{value}」不认识，请写：{names}").format(value=sheets.text(value)[:20], names="、".join(datum.NAMES.values())))
    return found


def outline(value: Any) -> BaseGeometry:
    """A polygon without holes, or several, as WKT."""
    try:
        area = shapely.from_wkt(sheets.text(value))
    except shapely.GEOSException:
        area = None
    if area is None or area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty or not area.is_valid:
        raise ValueError(_("边界读不出来，要写成 WKT 的 POLYGON 或 MULTIPOLYGON，不自交"))
    if any(len(part.interiors) for part in shapely.get_parts(area)):
        raise ValueError(_("边界里不能有洞"))
    return area


PLACE_CODE = Column("place", _("地点编号"), digits(6, 9, 12, 15), note=_("区县 6 位、街道 9 位、社区或村 12 位、网格 15 位"), width=18)
COMMUNITY_CODE = Column("community", _("社区编号"), digits(12), note=_("社区或村的 12 位编号"), width=16)
DATUM = Column("datum", _("坐标系"), known_datum, needed=False, note=_("填了坐标就要写：WGS84、CGCS2000、GCJ-02（高德、腾讯）或 BD-09（百度）"), width=10)
POST_KIND = Column("kind", _("岗位"), sheets.words(30), note=_("岗位种类的名称，如 专职网格员、网格长、综合窗口"), width=14)
COUNT = sheets.whole(0, 100_000)
