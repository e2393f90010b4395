"""Places, units, posts and people of the demo. People are named after herbs: nobody is called so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from hawthorn.accounts.models import User
from hawthorn.categories import actions as categories
from hawthorn.categories.models import Category, Lead
from hawthorn.kernel.clock import local
from hawthorn.redrawing.actions import joins
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Post
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place, Unit

HERBS = [
    "白芷",
    "连翘",
    "半夏",
    "苏叶",
    "茯苓",
    "当归",
    "川贝",
    "杜仲",
    "枸杞",
    "黄芪",
    "丹参",
    "桔梗",
    "远志",
    "白术",
    "知母",
    "麦冬",
    "泽泻",
    "防风",
    "秦艽",
    "升麻",
    "葛根",
    "石斛",
    "玉竹",
    "百合",
    "菊英",
    "薄荷",
    "藿香",
    "佩兰",
    "厚朴",
    "苍术",
    "砂仁",
    "豆蔻",
    "草果",
    "木通",
    "车前",
    "地肤",
    "萹蓄",
    "瞿麦",
    "石韦",
    "海金",
    "茵陈",
    "虎杖",
    "附子",
    "肉桂",
    "干姜",
    "吴萸",
    "丁香",
    "花椒",
    "荜茇",
    "良姜",
]
NUMERALS = "一二三四五六七"
# Seven grids of a schematic sheet, 300 × 210; drawn for the demo, no real border.
SHAPES = (
    ((10, 20), (90, 12), (100, 80), (20, 92)),
    ((90, 12), (180, 16), (176, 78), (100, 80)),
    ((180, 16), (288, 26), (282, 96), (176, 78)),
    ((20, 92), (100, 80), (108, 142), (32, 152)),
    ((100, 80), (176, 78), (184, 138), (108, 142)),
    ((176, 78), (282, 96), (272, 150), (184, 138)),
    ((32, 152), (108, 142), (184, 138), (272, 150), (240, 200), (60, 200)),
)
WEST, NORTH, DEGREES = 113.13, 35.28, 0.00005
AGENCIES = ("市政所", "供电所", "供水站", "物业公司", "综合执法队", "环卫站", "园林站", "消防站")
GROWN = {"grid1": 1.4, "grid5": 0.75}
"""Grids where houses were built or left since they were drawn: so that there is something to redraw."""
OWN_WORDS = {"drop": "小水滴", "wish": "心愿树", "mediation": "小白和事", "council": "邻里钢需会", "programme": "吾爱武家", "volunteers": "山里红"}
"""What the subdistrict calls these things itself."""


@dataclass
class DemoTown:
    """What the life of the demo draws on."""

    county: Tenant
    now: datetime
    random: Random
    places: dict[str, Place] = field(default_factory=dict)
    units: dict[str, list[Unit]] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    names: list[str] = field(default_factory=lambda: list(HERBS))


def ring(points: tuple[tuple[float, float], ...], west: float = WEST) -> list[list[float]]:
    """Sheet points as a ring in degrees."""
    return [[round(west + x * DEGREES, 6), round(NORTH - y * DEGREES, 6)] for x, y in points]


def build(now: datetime, random: Random) -> DemoTown:
    """The county, its two tenants, and everybody in them, as of `now`."""
    county = Tenant.objects.create(code="410803", name="中站区", is_demo=True, phone="0391-000-0000")
    longdong = Tenant.objects.create(
        code="410803005", name="龙洞街道", county=county, is_demo=True, phone="0391-000-0001", words=OWN_WORDS, settings=_told("龙洞街道")
    )
    second = Tenant.objects.create(
        code="410803999", name="山楂湾街道（虚构）", county=county, is_demo=True, phone="0391-000-0009", settings=_told("山楂湾街道")
    )
    t = DemoTown(county, now, random)
    teams.seed_post_kinds(county, now=now)
    for tenant in (county, longdong, second):
        categories.seed_tenant(tenant, "demo", now=now)
    add_place(t, "county", "county", "410803", "中站区", None, county)
    add_place(t, "street", "subdistrict", "410803005", "龙洞街道", "county", longdong)
    add_place(t, "community", "community", "410803005498", "武钢社区", "street", longdong)
    add_place(t, "village", "community", "410803005999", "山里红村（虚构）", "street", longdong, is_village=True)
    add_place(t, "street2", "subdistrict", "410803999", "山楂湾街道（虚构）", "county", second)
    add_place(t, "community2", "community", "410803999001", "果园社区（虚构）", "street2", second)
    for n, shape in enumerate(SHAPES, start=1):
        add_place(t, f"grid{n}", "grid", f"410803005498{n:03d}", f"{NUMERALS[n - 1]}网格", "community", longdong, shape=ring(shape))
    far = WEST + 0.02
    square = ((0, 0), (100, 0), (100, 80), (0, 80))
    add_place(t, "grid8", "grid", "410803005999001", "坡上网格", "village", longdong, shape=ring(square, far))
    for n, name in ((9, "东果园网格"), (10, "西果园网格")):
        moved = tuple((x + 110 * (n - 9), y) for x, y in square)
        add_place(t, f"grid{n}", "grid", f"410803999001{n - 8:03d}", name, "community2", second, shape=ring(moved, far + 0.02))
    _units(t)
    _posts(t)
    _people(t)
    _roster(t)
    _leads(t, longdong)
    return t


def _told(name: str) -> dict[str, str]:
    """Whom to ask about one's data, and where."""
    return {"privacy_contact": f"{name}网格中心", "address": f"{name}办事处（演示）"}


def add_place(t: DemoTown, key: str, level: str, code: str, name: str, parent: str | None, tenant: Tenant, **more: object) -> None:
    """A place under `key`."""
    above = t.places[parent] if parent else None
    t.places[key] = territory.create_place(level=level, code=code, name=name, parent=above, tenant=tenant, now=t.now, **more)  # type: ignore[arg-type]


def _units(t: DemoTown) -> None:
    for key, grid in list(t.places.items()):
        if grid.level != "grid":
            continue
        lon, lat = (sum(p[i] for p in grid.shape) / len(grid.shape) for i in (0, 1))
        made = []
        village = key == "grid8"
        for n in range(1, 7 if not village else 4):
            name = f"{grid.name[:-2]}组 {n} 排" if village else f"示例{grid.name[:-2]}区 {n} 号楼"
            households = round(t.random.randint(24, 60) * GROWN.get(key, 1))
            community = t.places["village"] if village else t.places["community2"] if key in ("grid9", "grid10") else t.places["community"]
            unit = territory.create_unit(
                community=community, code=f"{grid.code[-6:]}-{n:02d}", name=name, lon=round(lon + (n % 3 - 1) * 0.0008, 6), lat=round(lat + (n // 4 - 0.5) * 0.0006, 6),
                households=households, residents=households * 2 + t.random.randint(0, 20), elders=households // 3, children=households // 5,
            )  # fmt: skip
            territory.put_unit_in_grid(unit=unit, grid=grid, from_on=local(t.now).date())
            territory.create_doors(unit=unit, names=[f"{s} 单元 {f}0{d}" for s in (1, 2) for f in (1, 2, 3) for d in (1, 2)])
            made.append(unit)
        t.units[key] = made
    for place in list(t.places.values()):
        if place.level == "community":
            joins.find_joins(community=place, now=t.now)


def add_post(t: DemoTown, key: str, place: str, kind: str, name: str, phone: str = "", *, public: bool = False) -> None:
    """A post under `key`."""
    t.posts[key] = teams.create_post(place=t.places[place], kind=kind, name=name, phone=phone, is_public=public, now=t.now)


def _posts(t: DemoTown) -> None:
    for n in range(1, 11):
        name, phone = t.places[f"grid{n}"].name, f"0391-000-1{n:02d}"
        add_post(t, f"officer{n}", f"grid{n}", "grid_officer", f"{name}专职网格员", f"{phone}1", public=True)
        add_post(t, f"head{n}", f"grid{n}", "grid_head", f"{name}网格长", f"{phone}2", public=True)
        add_post(t, f"instructor{n}", f"grid{n}", "party_instructor", f"{name}党建指导员")
    for key, place, phone in (("", "community", "0391-000-2001"), ("_village", "village", "0391-000-2002"), ("2", "community2", "0391-000-2009")):
        name = t.places[place].name
        add_post(t, f"desk{key}", place, "community_desk", f"{name}综合窗口", phone, public=True)
        add_post(t, f"secretary{key}", place, "community_secretary", f"{name}书记")
    for key, place, phone in (("", "street", "0391-000-0001"), ("2", "street2", "0391-000-0009")):
        name = t.places[place].name
        add_post(t, f"center{key}", place, "subdistrict_desk", f"{name}网格中心", phone, public=True)
        add_post(t, f"leader{key}", place, "subdistrict_leader", f"{name}分管领导")
        add_post(t, f"on_call{key}", place, "on_call", f"{name}值班员")
        add_post(t, f"party{key}", place, "party_office", f"{name}党建办")
    for n, name in enumerate(AGENCIES):
        add_post(t, f"agency{n}", "street", "agency", name)
    add_post(t, "agency20", "street2", "agency", "果园物业（虚构）")
    add_post(t, "county_desk", "county", "county_desk", "中站区社会治理中心")
    add_post(t, "county_admin", "county", "county_admin", "中站区系统管理员")


def add_person(t: DemoTown, username: str, tenant: Tenant, *posts: str, shows_name: bool = False) -> None:
    """Somebody named after the next herb, in these posts."""
    user = User(username=username, name=t.names.pop(0), tenant=tenant)
    user.set_unusable_password()
    user.save()
    t.users[username] = user
    for key in posts:
        teams.appoint(post=t.posts[key], user=user, from_at=t.now, shows_name=shows_name, now=t.now)


def _people(t: DemoTown) -> None:
    street, second = t.places["street"].tenant, t.places["street2"].tenant
    for n in range(1, 11):
        tenant = second if n > 8 else street
        add_person(t, f"wgy{n}", tenant, f"officer{n}", shows_name=True)
        add_person(t, f"wgz{n}", tenant, f"head{n}", shows_name=True)
    for n in range(1, 8, 2):
        posts = [f"instructor{m}" for m in (n, n + 1) if m <= 8 and m != 7]
        if posts:
            add_person(t, f"zdy{n}", street, *posts)
    add_person(t, "zdy9", second, "instructor9", "instructor10")
    _staff(t, street, second)


def _staff(t: DemoTown, street: Tenant, second: Tenant) -> None:
    for username, key in (("chuangkou", "desk"), ("cunwu", "desk_village"), ("shuji", "secretary"), ("cunshuji", "secretary_village")):
        add_person(t, username, street, key)
    for username in ("zhongxin", "zhongxin2"):
        add_person(t, username, street, "center")
    add_person(t, "lingdao", street, "leader")
    add_person(t, "dangjian", street, "party")
    for n in range(len(AGENCIES)):
        add_person(t, f"danwei{n + 1}", street, f"agency{n}")
    for username, keys in (("guoyuan", ("desk2", "secretary2")), ("zhongxin9", ("center2",)), ("lingdao9", ("leader2", "party2")), ("wuye9", ("agency20",))):
        add_person(t, username, second, *keys)
    for username, key in (("quzhongxin", "county_desk"), ("quzhongxin2", "county_desk"), ("guanli", "county_admin")):
        add_person(t, username, t.county, key)


def _roster(t: DemoTown) -> None:
    first = local(t.now).date()
    pool = {"street": ["zhongxin", "zhongxin2", "dangjian", "lingdao"], "street2": ["zhongxin9", "lingdao9"]}
    for key, names in pool.items():
        for n in range(400):
            teams.set_roster(place=t.places[key], on=first + timedelta(days=n), users=[t.users[names[n % len(names)]]], now=t.now)


def _leads(t: DemoTown, tenant: Tenant) -> None:
    for name, agency in (("路灯", 0), ("行道树", 6), ("暴露垃圾", 5)):
        category = Category.objects.filter(tenant=tenant, catalogue="city", name__contains=name).order_by("key").first()
        if category is not None:
            Lead.objects.get_or_create(tenant=tenant, grid=t.places["grid7"], category=category, defaults={"post": t.posts["desk"]})
        _ = agency
