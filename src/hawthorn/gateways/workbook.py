"""One workbook that sets up a subdistrict: read, plan (dry run), apply in one transaction. The second time there is nothing to do.

Nothing is ever deleted by leaving it out. Empty optional cells leave what is there. A subdistrict that is not there yet: workbook_opening.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from hawthorn.gateways.workbook_known import Known, load
from hawthorn.gateways.workbook_people import plan_people, plan_posts, plan_roster
from hawthorn.gateways.workbook_place import plan_categories, plan_leads, plan_providers, plan_tenant
from hawthorn.gateways.workbook_plan import Change, Draft, Plan, plan_doors, plan_places, plan_units
from hawthorn.gateways.workbook_rows import PEOPLE, ROSTER, Rows, read_workbook
from hawthorn.gateways.workbook_template import template_workbook
from hawthorn.gateways.workbook_writes import WRITES, Desk
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.tenants.models import Tenant

__all__ = ["Change", "Done", "Plan", "Rows", "apply", "fill", "plan", "read_workbook", "template_workbook", "usernames"]
LOG = logging.getLogger(__name__)
PARTS = (plan_tenant, plan_places, plan_units, plan_doors, plan_posts, plan_providers, plan_people, plan_roster, plan_categories, plan_leads)
Told = Callable[[int, int], None]


@dataclass
class Done:
    """What an import did: its changes, and the usernames of new accounts, which have no password yet."""

    changes: list[Change] = field(default_factory=list)
    new_usernames: list[str] = field(default_factory=list)


def plan(rows: Rows, tenant: Tenant, *, now: datetime) -> Plan:
    """The dry run: what would be written for a tenant, and every problem with its sheet and cell."""
    return _plan(rows, tenant, now)[0]


def _plan(rows: Rows, tenant: Tenant, now: datetime) -> tuple[Plan, Known]:
    found, known = Plan(rows, tenant, now, problems=list(rows.problems)), load(tenant, usernames(rows), local(now).date())
    fill(found, known)
    return found, known


def fill(found: Plan, known: Known) -> None:
    """Compare every row with what is known; changes and problems are added to the plan."""
    draft = Draft(found, known)
    for part in PARTS:
        part(draft)


def usernames(rows: Rows) -> set[str]:
    """All accounts that a workbook speaks of."""
    return {row["username"] for sheet in (PEOPLE, ROSTER) for row in rows.of(sheet)}


def apply(planned: Plan, *, actor_user_id: int | None, now: datetime, told: Told = lambda done, number: None) -> Done:
    """Do what was planned, in one transaction, after planning it anew against what is there now; `told` how far it is.

    Raises Refused where a problem is left.
    """
    with transaction.atomic():
        fresh, known = _plan(planned.rows, planned.tenant, now)
        if fresh.problems:
            raise Refused("not_a_choice", detail=_("表里还有 {n} 处问题，没有导入任何内容。").format(n=len(fresh.problems)))
        done, desk = Done(fresh.changes), Desk(fresh.tenant, known, now, actor_user_id)
        for number, change in enumerate(fresh.changes, start=1):
            WRITES[change.do](desk, **change.args)
            told(number, len(fresh.changes))
    done.new_usernames = [change.args["username"] for change in fresh.changes if change.do == "create_user"]
    LOG.info("set-up workbook: tenant %s, user %s, %d changes", fresh.tenant.pk, actor_user_id, len(done.changes))
    return done
