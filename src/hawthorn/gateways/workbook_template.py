"""The set-up workbook as a filled-in example with explanations; places and people in it are fictitious."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from hawthorn.files import sheets
from hawthorn.gateways.workbook_place_rows import CATEGORIES, COUNTY, LEADS, PROVIDERS, TENANT
from hawthorn.gateways.workbook_rows import COLUMNS, DOORS, HELP, HOLDS, PEOPLE, PLACES, POSTS, ROSTER, STANDS_IN, UNITS
from hawthorn.kernel.words import _

INTRODUCTION = (
    _("怎么用这本表"),
    _("1. 里面是一个假想街道的例子。把例子换成自己的内容，表名和第一行的列名不要改，列的先后可以换。"),
    _("2. 上传后先看预演：要新增、修改什么，哪一格有问题，都会列出来；预演不写入任何内容。"),
    _("3. 有一处问题就整本不导入。改好再传。同一本表传两遍，第二遍不会有任何变动。"),
    _("4. 表里没有写的内容不会被删除；不填的格子保持原样。"),
    _("5. 新账号没有密码，由网格长或综合窗口当面设定首次密码，第一次登录必须修改。"),
    _("6. 门牌只写号码，不写住户姓名。人员只写工作人员，姓名公示要本人同意。"),
    _("7. 坐标可以不填；填了就要写坐标系，写错坐标系会偏出几百米到一千多米。"),
    _("8. 开新街道：「街道」表写一行；区县还没有建过，才要填「区县」表。已经建好的街道再传，只看有没有改动。"),
    _("9. 事项目录、时限、工作日历先用系统自带的；「事项目录」表只写要改的和要加的类别。"),
    _("10. 一张表可以整张不要：没有门牌就删掉「门牌」表。以后补上再传一遍。"),
    _("11. 写完以后，还缺什么会列出来，也会作为待办放到网格中心。"),
)
TOWN = "410803990"
COMMUNITY, VILLAGE = TOWN + "498", TOWN + "299"
ONE, TWO, SCHOOL = COMMUNITY + "001", COMMUNITY + "002", COMMUNITY + "003"
OWN = "s990"
EXAMPLE: dict[str, list[list[Any]]] = {
    TENANT: [
        [
            TOWN, _("示例街道"), TOWN[:6], "0391-0000001", _("事事有回音"), _("叶绿"), None, _("街道网格中心"), _("示例路 1 号"),
            _("示例街道办事处"), None, None, None,
            _("小水滴"), _("心愿树"), _("小白和事"), _("邻里钢需会"), _("吾爱武家"), _("山里红"),
        ]
    ],
    COUNTY: [[TOWN[:6], _("示例区"), "0391-0000000", "demo.qian", _("钱示例"), "demo.sun", _("孙示例")]],
    PLACES: [
        [_("社区"), COMMUNITY, _("示例社区"), _("含东区、西区两个生活区"), None, None],
        [_("村"), VILLAGE, _("示例村"), None, None, None],
        [
            _("网格"),
            ONE,
            _("第一网格"),
            _("东区 1 至 6 号楼"),
            "POLYGON ((113.181 35.236, 113.185 35.236, 113.185 35.24, 113.181 35.24, 113.181 35.236))",
            "WGS84",
        ],
        [_("网格"), TWO, _("第二网格"), _("西区 7 至 12 号楼"), None, None],
        [_("专属网格"), SCHOOL, _("示例学校网格"), None, None, None],
    ],
    UNITS: [
        [COMMUNITY, "D01", _("东区1号楼"), ONE, 113.1832, 35.2381, "WGS84", 48, 131, 36, 17, 1],
        [COMMUNITY, "D02", _("东区2号楼"), ONE, 113.1898, 35.2377, "GCJ-02", 48, 126, 41, 12, 1],
        [COMMUNITY, "X07", _("西区7号楼"), TWO, 113.1921, 35.2442, "BD-09", 60, 158, 52, 20, 1.2],
        [VILLAGE, "H01", _("示例村东头"), None, None, None, None, 22, 70, 24, 9, None],
    ],
    DOORS: [
        [COMMUNITY, "D01", _("1单元-101")],
        [COMMUNITY, "D01", _("1单元-102")],
        [COMMUNITY, "X07", "2-301"],
    ],
    POSTS: [
        [TOWN, _("网格中心"), _("街道网格中心"), "0391-0000001", sheets.YES],
        [TOWN, _("值班员"), _("街道值班员"), "0391-0000002", sheets.YES],
        [COMMUNITY, _("综合窗口"), _("示例社区综合窗口"), "0391-0000003", sheets.YES],
        [ONE, _("党建指导员"), _("第一网格党建指导员"), None, sheets.NO],
        [ONE, _("网格长"), _("第一网格网格长"), None, sheets.NO],
        [ONE, _("专职网格员"), _("第一网格专职网格员"), "0391-0000004", sheets.YES],
        [TWO, _("专职网格员"), _("第二网格专职网格员"), None, sheets.NO],
    ],
    PROVIDERS: [
        [_("单位"), _("示例供水站"), "0391-0000005", sheets.NO],
        [_("助餐点"), _("示例老年食堂"), None, sheets.NO],
    ],
    PEOPLE: [
        ["demo.zhang", _("张示例"), None, TOWN, _("网格中心"), None, HOLDS, None, None, sheets.NO],
        ["demo.li", _("李示例"), None, COMMUNITY, _("综合窗口"), None, HOLDS, None, None, sheets.NO],
        ["demo.wang", _("王示例"), None, ONE, _("专职网格员"), None, HOLDS, "2026-03-02", None, sheets.YES],
        ["demo.wang", _("王示例"), None, TWO, _("专职网格员"), _("第二网格专职网格员"), STANDS_IN, "2026-03-02", "2026-12-31", None],
        ["demo.zhao", _("赵示例"), None, TWO, _("专职网格员"), None, HOLDS, None, None, sheets.NO],
        ["demo.zhou", _("周示例"), None, TOWN, _("单位"), None, HOLDS, None, None, sheets.NO],
    ],
    ROSTER: [["2026-03-02", "demo.zhang"], ["2026-03-03", "demo.li"]],
    CATEGORIES: [
        [
            _("自有服务"), OWN, _("家里停水"), _("用水"), _("民生急需"), _("1 个工作小时"), None, _("24 小时"),
            sheets.NO, sheets.NO, sheets.YES, sheets.YES, 100, 7,
            _("先问一下同楼停不停水"), None, None,
        ]
    ],
    LEADS: [
        [None, _("自有服务"), OWN, TOWN, _("单位"), _("示例供水站")],
        [SCHOOL, None, None, COMMUNITY, _("综合窗口"), None],
    ],
}  # fmt: skip


def template_workbook() -> bytes:
    """An .xlsx file that can be imported as it stands into the (fictitious) subdistrict 410803990."""
    book = Workbook()
    _explain(book.active)
    for name, columns in COLUMNS.items():
        sheets.write_table(book.create_sheet(name), columns, EXAMPLE[name])
    return sheets.to_bytes(book)


def _explain(sheet: Any) -> None:
    """The first sheet: how it is used, then every column of every sheet."""
    sheet.title = HELP
    for words in INTRODUCTION:
        sheet.append([words])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    sheet.append([_("表"), _("列"), _("必填"), _("说明")])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for name, columns in COLUMNS.items():
        for column in columns:
            note = column.note or ("、".join(column.choices) if column.choices else "")
            sheet.append([name, column.heading, sheets.YES if column.needed else "", note])
            sheet.cell(sheet.max_row, 4).alignment = Alignment(wrap_text=True)
    for letter, width in (("A", 16), ("B", 18), ("C", 8), ("D", 60)):
        sheet.column_dimensions[letter].width = width
