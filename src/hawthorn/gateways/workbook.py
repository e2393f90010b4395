"""One workbook that sets up a subdistrict: read, plan (dry run), apply in one transaction. The second time there is nothing to do.

Nothing is ever deleted by leaving it out. Empty optional cells leave what is there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from hawthorn.accounts import actions as accounts
from hawthorn.gateways.workbook_known import Known, load
from hawthorn.gateways.workbook_people import plan_people, plan_posts, plan_roster
from hawthorn.gateways.workbook_plan import Change, Draft, Plan, plan_doors, plan_places, plan_units
from hawthorn.gateways.workbook_rows import PEOPLE, ROSTER, Rows, read_workbook
from hawthorn.gateways.workbook_template import template_workbook
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.teams import actions as teams
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory

__all__ = ["Change", "Done", "Plan", "Rows", "apply", "plan", "read_workbook", "template_workbook"]
LOG = logging.getLogger(__name__)


@dataclass
class Done:
    """What an import did: its changes, and the usernames of new accounts, which have no password yet."""

    changes: list[Change] = field(default_factory=list)
    new_usernames: list[str] = field(default_factory=list)


def plan(rows: Rows, tenant: Tenant, *, now: datetime) -> Plan:
    """The dry run: what would be written for a tenant, and every problem with its sheet and cell."""
    return _plan(rows, tenant, now)[0]


def _plan(rows: Rows, tenant: Tenant, now: datetime) -> tuple[Plan, Known]:
    usernames = {row["username"] for sheet in (PEOPLE, ROSTER) for row in rows.of(sheet)}
    known = load(tenant, usernames, local(now).date())
    found = Plan(rows, tenant, now, problems=list(rows.problems))
    draft = Draft(found, known)
    for part in (plan_places, plan_units, plan_doors, plan_posts, plan_people, plan_roster):
        part(draft)
    return found, known


def apply(planned: Plan, *, actor_user_id: int | None, now: datetime) -> Done:
    """Do what was planned, in one transaction, after planning it anew against what is there now. Raises Refused where a problem is left."""
    with transaction.atomic():
        fresh, known = _plan(planned.rows, planned.tenant, now)
        if fresh.problems:
            raise Refused("not_a_choice", detail=_("表里还有 {n} 处问题，没有导入任何内容。").format(n=len(fresh.problems)))
        done, desk = Done(fresh.changes), Desk(fresh.tenant, known, now)
        for change in fresh.changes:
            WRITES[change.do](desk, **change.args)
    done.new_usernames = [change.args["username"] for change in fresh.changes if change.do == "create_user"]
    LOG.info("set-up workbook: tenant %s, user %s, %d changes", fresh.tenant.pk, actor_user_id, len(done.changes))
    return done


@dataclass(frozen=True)
class Desk:
    """Where the writes are done; what they make is put into `known`, where the next ones find it."""

    tenant: Tenant
    known: Known
    now: datetime

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
        teams.appoint(post=post, user=user, from_at=from_at, to_at=to_at, shows_name=shows_name, now=self.now)

    def end_holding(self, key: tuple[str, str, str], username: str, to_at: datetime) -> None:
        """The running holding gets its end."""
        running = next(span for span in self.known.holdings[key, username] if span.to_at is None)
        teams.end_holding(holding=running, to_at=to_at, now=self.now)

    def stand_in(self, key: tuple[str, str, str], username: str, from_at: datetime, to_at: datetime | None) -> None:
        """A stand-in for a post."""
        teams.stand_in(post=self.known.posts[key], user=self.known.users[username], from_at=from_at, to_at=to_at, now=self.now)

    def set_roster(self, on: Any, usernames: list[str]) -> None:
        """Who is on call one night."""
        users = [self.known.users[name] for name in usernames]
        teams.set_roster(place=self.known.places[self.tenant.code], on=on, users=users, now=self.now)


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
}
