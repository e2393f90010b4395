"""Builds data through the same actions the product uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hawthorn.accounts.models import User
from hawthorn.categories import actions as categories
from hawthorn.categories.models import Category
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.loops.queries import get_visible
from hawthorn.loops.town import actor_for, system, town_by_id
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Post
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place, Unit

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 10:00 in Shanghai
START = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class Scene:
    """A county with two subdistricts, its posts and people, and a clock the test moves."""

    county: Tenant
    now: datetime = MONDAY
    users: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    @property
    def town(self) -> Town:
        """The county's picture as it is now."""
        return town_by_id(self.county.pk)

    def actor(self, who: str) -> Actor:
        """Somebody of the cast, with the seats of this second."""
        if who == "system":
            return system("test", self.county.pk)
        if who == "resident":
            from hawthorn.kernel.world import Seat

            place = self.places["street"].pk
            return Actor(None, (Seat(0, "resident", "subdistrict", place),), county=self.county.pk)
        user = User.objects.select_related("tenant__county").get(pk=self.users[who].pk)
        return actor_for(user, self.now)

    def start(self, who: str, given: dict[str, Any], loop: str = "matters", **more: Any) -> loops.Answer:
        """Make an item as somebody."""
        return loops.start(loop, given, actor=self.actor(who), now=self.now, door="test", **more)

    def step(self, who: str, item: int, name: str, given: dict[str, Any] | None = None, **more: Any) -> loops.Answer:
        """Take a step as somebody."""
        loop = Item.objects.only("loop").get(pk=item).loop
        return loops.take_step(loop, item, name, given or {}, actor=self.actor(who), now=self.now, door="test", **more)

    def facts(self, item: int) -> Any:
        """The facts as stored."""
        return get_visible(item, actor=self.actor("system"), town=self.town, now=self.now).facts

    def holder(self, item: int) -> str:
        """Who is answerable, by the cast's word for the post."""
        holder = Item.objects.get(pk=item).holder_id
        return next((name for name, post in self.posts.items() if post.pk == holder), str(holder))

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now

    def child(self, item: int, loop: str) -> int:
        """The newest small loop hanging on an item."""
        found = Item.objects.filter(parent=item, loop=loop).order_by("-id").first()
        assert found is not None
        return found.pk

    def category(self, key: str) -> int:
        """A category of the first subdistrict by key."""
        return Category.objects.get(tenant=self.places["street"].tenant, key=key).pk


def person(scene: Scene, who: str, tenant: Tenant, *posts: str) -> None:
    """A user with posts held since the start."""
    user = User.objects.create(username=who, name=who, tenant=tenant)
    user.set_unusable_password()
    scene.users[who] = user
    for post in posts:
        teams.appoint(post=scene.posts[post], user=user, from_at=START, now=START)


def place(scene: Scene, key: str, level: str, code: str, name: str, parent: str | None, tenant: Tenant) -> None:
    """A place."""
    above = scene.places[parent] if parent else None
    scene.places[key] = territory.create_place(level=level, code=code, name=name, parent=above, tenant=tenant, now=START)


def post(scene: Scene, key: str, place_key: str, kind: str, name: str) -> None:
    """A post."""
    scene.posts[key] = teams.create_post(place=scene.places[place_key], kind=kind, name=name, now=START)


def scene() -> Scene:
    """The cast of all tests: one county, Longdong-like street with a community of two grids and a village, and a second street."""
    county = Tenant.objects.create(code="999901", name="测试县")
    street = Tenant.objects.create(code="999901001", name="东街道", county=county)
    other = Tenant.objects.create(code="999901002", name="西街道", county=county)
    s = Scene(county)
    teams.seed_post_kinds(county, now=START)
    for tenant in (county, street, other):
        categories.seed_tenant(tenant, "demo", now=START)
    place(s, "county", "county", "999901", "测试县", None, county)
    place(s, "street", "subdistrict", "999901001", "东街道", "county", street)
    place(s, "community", "community", "999901001001", "东社区", "street", street)
    place(s, "grid1", "grid", "999901001001001", "一网格", "community", street)
    place(s, "grid2", "grid", "999901001001002", "二网格", "community", street)
    place(s, "village", "community", "999901001201", "东村", "street", street)
    place(s, "grid3", "grid", "999901001201001", "三网格", "village", street)
    place(s, "street2", "subdistrict", "999901002", "西街道", "county", other)
    place(s, "community2", "community", "999901002001", "西社区", "street2", other)
    place(s, "grid9", "grid", "999901002001001", "九网格", "community2", other)
    _posts(s)
    _people(s, county, street, other)
    for key, where, grid in (("u1", "community", "grid1"), ("u2", "community", "grid2"), ("u3", "village", "grid3"), ("u9", "community2", "grid9")):
        s.units[key] = territory.create_unit(community=s.places[where], code=key, name=f"{key} 号楼", households=60, residents=150)
        territory.put_unit_in_grid(unit=s.units[key], grid=s.places[grid], from_on=date(2025, 1, 1))
    s.county.refresh_from_db()
    return s


def _posts(s: Scene) -> None:
    for n, grid in ((1, "grid1"), (2, "grid2"), (3, "grid3"), (9, "grid9")):
        post(s, f"officer{n}", grid, "grid_officer", f"{n} 网格专职网格员")
        post(s, f"head{n}", grid, "grid_head", f"{n} 网格长")
        post(s, f"instructor{n}", grid, "party_instructor", f"{n} 网格党建指导员")
    for key, where in (("", "community"), ("_village", "village"), ("2", "community2")):
        post(s, f"desk{key}", where, "community_desk", f"综合窗口{key}")
        post(s, f"secretary{key}", where, "community_secretary", f"书记{key}")
    for key, where in (("", "street"), ("2", "street2")):
        post(s, f"center{key}", where, "subdistrict_desk", f"网格中心{key}")
        post(s, f"leader{key}", where, "subdistrict_leader", f"分管领导{key}")
        post(s, f"on_call{key}", where, "on_call", f"值班员{key}")
    for key in ("water", "power"):
        post(s, key, "street", "agency", {"water": "供水站", "power": "供电所"}[key])
    post(s, "clinic", "street", "clinic", "卫生服务站")
    post(s, "agency2", "street2", "agency", "西街城管")
    post(s, "county_desk", "county", "county_desk", "县区中心")
    post(s, "county_admin", "county", "county_admin", "县区管理员")


def _people(s: Scene, county: Tenant, street: Tenant, other: Tenant) -> None:
    for n in (1, 2, 3):
        person(s, f"officer{n}", street, f"officer{n}")
        person(s, f"head{n}", street, f"head{n}")
        person(s, f"instructor{n}", street, f"instructor{n}")
    for who in ("desk", "secretary", "desk_village", "secretary_village", "center", "leader", "water", "power", "clinic"):
        person(s, who, street, who)
    person(s, "center_b", street, "center")
    person(s, "night", street)
    for who in ("officer9", "head9", "instructor9", "desk2", "secretary2", "center2", "leader2", "agency2"):
        person(s, who, other, who)
    person(s, "county_desk", county, "county_desk")
    person(s, "county_desk_b", county, "county_desk")
    person(s, "county_admin", county, "county_admin")
