"""Columns of the sheets that make a tenant: the subdistrict itself, its county where that is new, who serves, who leads what."""

from __future__ import annotations

from hawthorn.categories import seeds
from hawthorn.categories import sheets as catalogue
from hawthorn.files import sheets
from hawthorn.files.sheets import Column
from hawthorn.gateways.workbook_cells import PLACE_CODE, POST_KIND, digits, username
from hawthorn.kernel.words import _
from hawthorn.tenants.settings import ACCENTS, SETTINGS, WORDS

TENANT, COUNTY, PROVIDERS, LEADS, CATEGORIES = _("街道"), _("区县"), _("服务单位"), _("谁牵头"), catalogue.SHEET
WORD = "word_"
PRESETS: dict[str, str] = {chosen["name"]: code for code, chosen in seeds.presets().items()}
COLOURS: dict[str, str] = {label: code for code, label in ACCENTS.items()}

TENANT_COLUMNS = (
    Column("code", _("街道编号"), digits(9), note=_("9 位，以区县编号开头"), width=12),
    Column("name", _("街道名称"), sheets.words(60), width=18),
    Column("county", _("区县编号"), digits(6), needed=False, note=_("6 位；不填就是街道编号的前 6 位"), width=10),
    Column("phone", _("窗口电话"), sheets.words(30), needed=False, note=_("每个公开页面都显示"), width=16),
    Column("brand", _("系统名称"), sheets.words(40), needed=False, note=_("显示在每页左上角；不填是“事事有回音”"), width=16),
    Column("accent", _("颜色"), sheets.choice(COLOURS), needed=False, choices=tuple(COLOURS), width=10),
    Column("preset", _("时限方案"), sheets.choice(PRESETS), needed=False, choices=tuple(PRESETS), note=_("不填先用演示时限，开通前要换成本地规定的"), width=22),
    *(Column(code, label, sheets.words(most), needed=False, width=18) for code, (label, most) in SETTINGS.items()),
    *(
        Column(WORD + code, _("本地叫法：{word}").format(word=label), sheets.words(20), needed=False, note=_("本地有自己的名字就填"), width=16)
        for code, label in WORDS.items()
    ),
)
COUNTY_COLUMNS = (
    Column("code", _("区县编号"), digits(6), note=_("区县还没有建过才看这张表；建过的不会改动"), width=10),
    Column("name", _("区县名称"), sheets.words(60), width=18),
    Column("phone", _("电话"), sheets.words(30), needed=False, width=16),
    Column("admin", _("管理员登录名"), username, width=16),
    Column("admin_name", _("管理员姓名"), sheets.words(40)),
    Column("desk", _("区县中心登录名"), username, needed=False, width=16),
    Column("desk_name", _("区县中心姓名"), sheets.words(40), needed=False),
)
PROVIDER_COLUMNS = (
    Column("kind", _("种类"), sheets.words(30), note=_("单位、助餐点、日间照料、卫生服务站、调解员、志愿服务联络员"), width=14),
    Column("name", _("单位名称"), sheets.words(60), note=_("如 供水站、老年食堂；人在「人员」表里写"), width=24),
    Column("phone", _("工作电话"), sheets.words(30), needed=False, width=16),
    Column("is_public", _("电话可公开"), sheets.yes_no, needed=False, choices=(sheets.YES, sheets.NO), width=10),
)
LEAD_COLUMNS = (
    Column("grid", _("网格编号"), digits(15), needed=False, note=_("不填就是所有网格"), width=18),
    Column("catalogue", _("目录"), sheets.choice(catalogue.CATALOGUES), needed=False, choices=tuple(catalogue.CATALOGUES)),
    Column("key", _("类别编号"), sheets.words(12), needed=False, note=_("事项目录里的编号；不填就是所有类别"), width=12),
    PLACE_CODE,
    POST_KIND,
    Column("post", _("岗位名称"), sheets.words(60), needed=False, note=_("同一地点同种岗位只有一个时可以不填"), width=24),
)
