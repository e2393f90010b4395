"""The writes of a set-up workbook, by name, each through the action of the room it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hawthorn.accounts import actions as accounts
from hawthorn.categories import actions as categories
from hawthorn.categories.models import Category
from hawthorn.gateways.workbook_known import Known, PostKey
from hawthorn.kernel.clock import local
from hawthorn.teams import actions as teams
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory


@dataclass(frozen=True)
class Desk:
    """Where the writes are done; what they make is put into `known`, where the next ones find it. `by`: the user who brought the workbook."""

    tenant: Tenant
    known: Known
    now: datetime
    by: int | None

    def create_place(self, level: str, code: str, above: str, facts: dict[str, Any]) -> None:
        """A community or grid."""
        parent = self.known.places[above]
        self.known.places[code] = territory.create_place(level=level, code=code, parent=parent, tenant=self.tenant, now=self.now, **facts)

    def change_place(self, code: str, facts: Any) -> None:
        """Name, words, outline of a place."""
        territory.change_place(place=self.known.places[code], **facts)

    def create_unit(self, key: tuple[str, str], facts: Any) -> None:
        """A unit of a community."""
        self.known.units[key] = territory.create_unit(community=self.known.places[key[0]], code=key[1], **facts)

    def change_unit(self, key: tuple[str, str], facts: Any) -> None:
        """Name, position, counts of a unit."""
        territory.change_unit(unit=self.known.units[key], **facts)

    def put_unit_in_grid(self, key: tuple[str, str], grid: str) -> None:
        """From today on."""
        territory.put_unit_in_grid(unit=self.known.units[key], grid=self.known.places[grid], from_on=local(self.now).date())

    def create_doors(self, key: tuple[str, str], names: list[str]) -> None:
        """All new doors of one unit."""
        territory.create_doors(unit=self.known.units[key], names=names)

    def create_post(self, key: tuple[str, str, str], facts: Any) -> None:
        """A post in a place."""
        place, kind, name = key
        self.known.posts[key] = teams.create_post(place=self.known.places[place], kind=kind, name=name, now=self.now, **facts)

    def change_post(self, key: tuple[str, str, str], facts: Any) -> None:
        """How a post is reached."""
        teams.change_post(post=self.known.posts[key], **facts)

    def create_user(self, username: str, name: str, email: str) -> None:
        """An account that cannot sign in until somebody gives it a first password."""
        self.known.users[username] = accounts.create_user(username=username, name=name, email=email, tenant=self.tenant, now=self.now)

    def appoint(self, key: tuple[str, str, str], username: str, from_at: datetime, to_at: datetime | None, shows_name: bool) -> None:
        """A holder of a post."""
        post, user = self.known.posts[key], self.known.users[username]
        teams.appoint(post=post, user=user, from_at=from_at, to_at=to_at, shows_name=shows_name, by=self.by, now=self.now)

    def end_holding(self, key: tuple[str, str, str], username: str, to_at: datetime) -> None:
        """The running holding gets its end."""
        running = next(span for span in self.known.holdings[key, username] if span.to_at is None)
        teams.end_holding(holding=running, to_at=to_at, by=self.by, now=self.now)

    def stand_in(self, key: tuple[str, str, str], username: str, from_at: datetime, to_at: datetime | None) -> None:
        """A stand-in for a post."""
        teams.stand_in(post=self.known.posts[key], user=self.known.users[username], from_at=from_at, to_at=to_at, by=self.by, now=self.now)

    def set_roster(self, on: Any, usernames: list[str]) -> None:
        """Who is on call one night."""
        users = [self.known.users[name] for name in usernames]
        teams.set_roster(place=self.known.places[self.tenant.code], on=on, users=users, now=self.now)

    def change_tenant(self, facts: dict[str, Any]) -> None:
        """What the subdistrict is called and set to; its place has the same name."""
        tenants.change_tenant(self.tenant, facts)
        if "name" in facts:
            territory.change_place(place=self.known.places[self.tenant.code], name=facts["name"])

    def set_policy(self, preset: str) -> None:
        """Limits of a preset instead of those there are."""
        categories.put_policy(self.tenant, categories.preset_policy(preset))

    def put_category(self, catalogue: str, key: str, values: dict[str, Any]) -> None:
        """A line of the catalogue."""
        categories.put_category(tenant=self.tenant, catalogue=catalogue, key=key, values=values, now=self.now)
        self.known.categories[catalogue, key] = Category.objects.get(tenant=self.tenant, catalogue=catalogue, key=key)

    def put_lead(self, grid: str | None, category: tuple[str, str] | None, key: PostKey) -> None:
        """Who leads what."""
        place, line = self.known.places[grid] if grid else None, self.known.categories[category] if category else None
        categories.put_lead(tenant=self.tenant, grid=place, category=line, post=self.known.posts[key])


WRITES: dict[str, Callable[..., None]] = {
    "create_place": Desk.create_place,
    "change_place": Desk.change_place,
    "create_unit": Desk.create_unit,
    "change_unit": Desk.change_unit,
    "put_unit_in_grid": Desk.put_unit_in_grid,
    "create_doors": Desk.create_doors,
    "create_post": Desk.create_post,
    "change_post": Desk.change_post,
    "create_user": Desk.create_user,
    "appoint": Desk.appoint,
    "end_holding": Desk.end_holding,
    "stand_in": Desk.stand_in,
    "set_roster": Desk.set_roster,
    "change_tenant": Desk.change_tenant,
    "set_policy": Desk.set_policy,
    "put_category": Desk.put_category,
    "put_lead": Desk.put_lead,
}
