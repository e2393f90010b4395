"""The set-up workbook as sheets and columns, and reading it cell by cell. Knows nothing of what is in the database."""

from __future__ import annotations

from dataclasses import dataclass, field

from hawthorn.categories import sheets as catalogue
from hawthorn.files import sheets
from hawthorn.files.sheets import Column, NotAWorkbook, Problem, Row
from hawthorn.gateways.workbook_cells import COMMUNITY_CODE, COUNT, DATUM, PLACE_CODE, POST_KIND, digits, door, outline, username
from hawthorn.gateways.workbook_place_rows import (
    CATEGORIES,
    COUNTY,
    COUNTY_COLUMNS,
    LEAD_COLUMNS,
    LEADS,
    PROVIDER_COLUMNS,
    PROVIDERS,
    TENANT,
    TENANT_COLUMNS,
)  # fmt: skip
from hawthorn.kernel.words import _

HELP, PLACES, UNITS, DOORS, POSTS, PEOPLE, ROSTER = _("说明"), _("社区和网格"), _("楼院"), _("门牌"), _("岗位"), _("人员"), _("值班")
PLACE_KINDS: dict[str, str] = {_("社区"): "community", _("村"): "village", _("网格"): "grid", _("专属网格"): "exclusive"}
HOLDS, STANDS_IN = _("任职"), _("B角")
ROLES: dict[str, str] = {HOLDS: "holding", STANDS_IN: "stand_in"}

COLUMNS: dict[str, tuple[Column, ...]] = {
    TENANT: TENANT_COLUMNS,
    COUNTY: COUNTY_COLUMNS,
    PLACES: (
        Column("kind", _("类别"), sheets.choice(PLACE_KINDS), choices=tuple(PLACE_KINDS), width=10),
        Column("code", _("编号"), digits(12, 15), note=_("社区 12 位，以街道编号开头；网格 15 位 = 社区编号 + 3 位顺序号"), width=18),
        Column("name", _("名称"), sheets.words(60), width=22),
        Column("about", _("说明"), sheets.words(300), needed=False, note=_("管什么、范围到哪，公开显示"), width=30),
        Column("shape", _("边界"), outline, needed=False, note=_("WKT，可以不填"), width=30),
        DATUM,
    ),
    UNITS: (
        COMMUNITY_CODE,
        Column("code", _("楼院编号"), sheets.words(30), note=_("在社区内不重复")),
        Column("name", _("名称"), sheets.words(60), width=22),
        Column("grid", _("网格编号"), digits(15), needed=False, width=18),
        Column("lon", _("经度"), sheets.number(-180, 180), needed=False, width=12),
        Column("lat", _("纬度"), sheets.number(-90, 90), needed=False, width=12),
        DATUM,
        Column("households", _("户数"), COUNT, needed=False, width=8),
        Column("residents", _("常住人口"), COUNT, needed=False, width=10),
        Column("elders", _("60岁以上"), COUNT, needed=False, width=10),
        Column("children", _("儿童"), COUNT, needed=False, width=8),
        Column("weight", _("工作量权重"), sheets.number(0, 1000), needed=False, note=_("一般为 1"), width=10),
        Column("shape", _("边界"), outline, needed=False, note=_("WKT，可以不填；画了就按边界找相邻的楼院"), width=30),
    ),
    DOORS: (
        COMMUNITY_CODE,
        Column("unit", _("楼院编号"), sheets.words(30)),
        Column("name", _("门牌"), door, note=_("如 1单元-101；不写住户姓名")),
    ),
    POSTS: (
        PLACE_CODE,
        POST_KIND,
        Column("name", _("岗位名称"), sheets.words(60), note=_("如 第一网格专职网格员"), width=24),
        Column("phone", _("工作电话"), sheets.words(30), needed=False, width=16),
        Column("is_public", _("电话可公开"), sheets.yes_no, needed=False, choices=(sheets.YES, sheets.NO), width=10),
    ),
    PROVIDERS: PROVIDER_COLUMNS,
    PEOPLE: (
        Column("username", _("登录名"), username),
        Column("name", _("姓名"), sheets.words(40)),
        Column("email", _("邮箱"), sheets.words(200), needed=False, note=_("单位邮箱，可以不填"), width=20),
        PLACE_CODE,
        POST_KIND,
        Column("post", _("岗位名称"), sheets.words(60), needed=False, note=_("同一地点同种岗位只有一个时可以不填"), width=24),
        Column("role", _("身份"), sheets.choice(ROLES), choices=tuple(ROLES), width=8),
        Column("from_on", _("起"), sheets.day, needed=False, note=_("从这一天 0 点起；不填就从今天起"), width=12),
        Column("to_on", _("止"), sheets.day, needed=False, note=_("到这一天为止（含当天）；不填就没有期限"), width=12),
        Column("shows_name", _("同意公示姓名"), sheets.yes_no, needed=False, choices=(sheets.YES, sheets.NO), width=10),
    ),
    ROSTER: (
        Column("on", _("日期"), sheets.day, note=_("当天 18:00 到第二天 8:00；休息日从当天 8:00 起"), width=12),
        Column("username", _("登录名"), username),
    ),
    CATEGORIES: catalogue.COLUMNS,
    LEADS: LEAD_COLUMNS,
}


@dataclass
class Rows:
    """What could be read, by sheet, and what could not. A sheet that is missing is empty. `unused`: columns of a file of units that are none of ours.

    `is_drawn`: each row was a feature of GeoJSON.
    """

    by_sheet: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    is_drawn: bool = False

    def of(self, sheet: str) -> list[Row]:
        """The readable rows of one sheet."""
        return self.by_sheet.get(sheet, [])


def read_workbook(data: bytes) -> Rows:
    """Read the bytes of an .xlsx file; what is wrong becomes a problem, never an exception."""
    try:
        book = sheets.open_workbook(data)
    except NotAWorkbook as wrong:
        return Rows(problems=[Problem(HELP, 0, "", str(wrong))])
    rows = Rows()
    for name, columns in COLUMNS.items():
        if name in book:
            rows.by_sheet[name], problems = sheets.read_table(name, book[name], columns)
            rows.problems += problems
    if not rows.by_sheet:
        rows.problems.append(Problem(PLACES, 0, "", _("没有找到可以导入的表。请用模板：{names}").format(names="、".join(COLUMNS))))
    return rows
