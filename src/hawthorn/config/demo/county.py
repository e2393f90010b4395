"""A whole county for measuring: Longdong and nine fictitious subdistricts, 70 communities, 500 grids, their posts and people."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db.transaction import atomic

from hawthorn.categories import actions as categories
from hawthorn.config.demo.town import AGENCIES, HERBS, NUMERALS, SHAPES, WEST, DemoTown, add_person, add_place, add_post, ring
from hawthorn.kernel.clock import local
from hawthorn.teams import actions as teams
from hawthorn.teams.models import RosterNight
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place

SUBDISTRICTS, COMMUNITIES, GRIDS = 10, 70, 500
UNITS, TOGETHER = 8, 10
FRUITS = ("龙洞", "山楂湾", "杏坡", "石榴岭", "核桃沟", "柿子坪", "枣园", "梨树巷", "桑田", "樱桃河")
SQUARE = ((0, 0), (100, 0), (100, 80), (0, 80))
AGENCY_NUMBER = 6


def build(now: datetime, random: Random) -> DemoTown:
    """The county as of `now`. Keys: street0…9, community0…69, grid1…500; the first seven grids are Longdong's.

    In several transactions: each write counts up the county's revision, and PostgreSQL walks all versions of a row that one transaction made.
    """
    with atomic():
        t = _above_grids(now, random)
    for first in range(1, GRIDS + 1, TOGETHER):
        with atomic():
            for n in range(first, min(first + TOGETHER, GRIDS + 1)):
                _grid(t, n)
    return t


def _above_grids(now: datetime, random: Random) -> DemoTown:
    county = Tenant.objects.create(code="410803", name="中站区", is_demo=True, phone="0391-000-0000")
    t = DemoTown(county, now, random, names=[f"{herb}{n}号" for n in range(1, 60) for herb in HERBS])
    teams.seed_post_kinds(county, now=now)
    categories.seed_tenant(county, "demo", now=now)
    add_place(t, "county", "county", "410803", "中站区", None, county)
    for n, fruit in enumerate(FRUITS):
        _subdistrict(t, n, fruit)
    for n in range(COMMUNITIES):
        _community(t, n)
    add_post(t, "county_desk", "county", "county_desk", "中站区社会治理中心")
    add_post(t, "county_admin", "county", "county_admin", "中站区系统管理员")
    for username, key in (("quzhongxin", "county_desk"), ("quzhongxin2", "county_desk"), ("guanli", "county_admin")):
        add_person(t, username, county, key)
    return t


def _subdistrict(t: DemoTown, n: int, fruit: str) -> None:
    code, name = ("410803005", "龙洞街道") if n == 0 else (f"410803{1000 - n}", f"{fruit}街道（虚构）")
    tenant = Tenant.objects.create(code=code, name=name, county=t.county, is_demo=True, phone=f"0391-000-{n:04d}")
    categories.seed_tenant(tenant, "demo", now=t.now)
    key = f"street{n}"
    add_place(t, key, "subdistrict", code, name, "county", tenant)
    add_post(t, f"center{n}", key, "subdistrict_desk", f"{name}网格中心", f"0391-000-{n:04d}", public=True)
    add_post(t, f"leader{n}", key, "subdistrict_leader", f"{name}分管领导")
    add_post(t, f"on_call{n}", key, "on_call", f"{name}值班员")
    for a, agency in enumerate(AGENCIES[:AGENCY_NUMBER]):
        add_post(t, f"agency{n}_{a}", key, "agency", agency)
        add_person(t, f"danwei{n}_{a}", tenant, f"agency{n}_{a}")
    for username, post in ((f"zhongxin{n}", "center"), (f"zhongxin{n}b", "center"), (f"lingdao{n}", "leader")):
        add_person(t, username, tenant, f"{post}{n}")
    _roster(t, n)


def _roster(t: DemoTown, n: int) -> None:
    """Somebody on call every night of the three years and of the next quarter."""
    first, users = local(t.now).date(), [t.users[name].pk for name in (f"zhongxin{n}", f"zhongxin{n}b", f"lingdao{n}")]
    nights = [RosterNight(place=t.places[f"street{n}"], on=first + timedelta(days=d), user_id=users[d % len(users)]) for d in range(3 * 366 + 90)]
    RosterNight.objects.bulk_create(nights)
    territory.bump(t.places[f"street{n}"])


def _community(t: DemoTown, n: int) -> None:
    street = f"street{n * SUBDISTRICTS // COMMUNITIES}"
    tenant, name = t.places[street].tenant, "武钢社区" if n == 0 else f"第{n}社区（虚构）"
    add_place(t, f"community{n}", "community", f"{t.places[street].code}{498 if n == 0 else 100 + n:03d}", name, street, tenant)
    add_post(t, f"desk{n}", f"community{n}", "community_desk", f"{name}综合窗口", f"0391-001-{n:04d}", public=True)
    add_post(t, f"secretary{n}", f"community{n}", "community_secretary", f"{name}书记")
    for username, post in ((f"chuangkou{n}", "desk"), (f"shuji{n}", "secretary")):
        add_person(t, username, tenant, f"{post}{n}")


def _grid(t: DemoTown, n: int) -> None:
    """Seven grids in most communities, drawn as Longdong's; what is left over goes round as an eighth."""
    c = min((n - 1) // 7, COMMUNITIES - 1) if n <= 7 * COMMUNITIES else (n - 1) % COMMUNITIES
    place, turn = t.places[f"community{c}"], (n - 1) % 7 if n <= 7 * COMMUNITIES else 7
    shape = ring(SHAPES[turn] if turn < 7 else SQUARE, WEST + 0.02 * c + (0.016 if turn == 7 else 0))
    name = f"{(NUMERALS + '八')[turn]}网格"
    add_place(t, f"grid{n}", "grid", f"{place.code}{turn + 1:03d}", name, f"community{c}", place.tenant, shape=shape)
    _units(t, n, place)
    for key, kind, words, phone in (
        ("officer", "grid_officer", "专职网格员", 1),
        ("head", "grid_head", "网格长", 2),
        ("instructor", "party_instructor", "党建指导员", 0),
    ):
        add_post(t, f"{key}{n}", f"grid{n}", kind, f"{name}{words}", f"0391-1{n:03d}-{phone}" if phone else "", public=bool(phone))
    add_person(t, f"wgy{n}", place.tenant, f"officer{n}", shows_name=True)
    add_person(t, f"wgz{n}", place.tenant, f"head{n}")
    if n % 4 == 1:
        add_person(t, f"zdy{n}", place.tenant, f"instructor{n}")
    else:
        first = n - (n - 1) % 4
        same = t.places[f"grid{first}"].tenant_id == place.tenant_id
        teams.appoint(post=t.posts[f"instructor{n}"], user=t.users[f"zdy{first}" if same else f"wgz{n}"], from_at=t.now, now=t.now)


def _units(t: DemoTown, n: int, community: Place) -> None:
    grid = t.places[f"grid{n}"]
    lon, lat = (sum(p[i] for p in grid.shape) / len(grid.shape) for i in (0, 1))
    made = []
    for u in range(1, UNITS + 1):
        households = t.random.randint(24, 60)
        unit = territory.create_unit(
            community=community, code=f"{grid.code[-6:]}-{u:02d}", name=f"示例{grid.name[0]}区 {u} 号楼",
            lon=round(lon + (u - 4) * 0.0004, 6), lat=round(lat, 6), households=households, residents=households * 2 + t.random.randint(0, 20),
            elders=households // 3, children=households // 5,
        )  # fmt: skip
        territory.put_unit_in_grid(unit=unit, grid=grid, from_on=local(t.now).date())
        territory.create_doors(unit=unit, names=[f"{s} 单元 {f}01" for s in (1, 2) for f in (1, 2, 3)])
        made.append(unit)
    t.units[f"grid{n}"] = made
