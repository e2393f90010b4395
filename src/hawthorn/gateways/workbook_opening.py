"""开一个街道: a workbook makes a tenant from nothing, and its county where that is missing too. Planned without writing, then done in one transaction.

The second run of the same workbook finds everything there and changes nothing. A county that is there is never changed by it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from hawthorn.accounts import actions as accounts
from hawthorn.accounts.queries import is_taken, without_password
from hawthorn.categories import actions as categories
from hawthorn.files.sheets import Problem, Row
from hawthorn.gateways import gaps, workbook
from hawthorn.gateways.workbook_known import before, load
from hawthorn.gateways.workbook_place_rows import COUNTY, TENANT
from hawthorn.gateways.workbook_plan import Change, Plan
from hawthorn.gateways.workbook_rows import PEOPLE, PLACES, POSTS, Rows
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.loops.town import town_by_id
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Post
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Place

DESK, FIRST_LIMITS = "subdistrict_desk", "demo"


@dataclass
class Opening:
    """What a workbook would open: the ground (county, subdistrict) and all that stands on it. With any problem nothing is done."""

    rows: Rows
    now: datetime
    host: str = ""
    code: str = ""
    county: Row | None = None
    tenant: Tenant | None = None
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def row(self) -> Row | None:
        """The line of the subdistrict."""
        return next(iter(self.rows.of(TENANT)), None)


def plan(rows: Rows, *, now: datetime, host: str = "") -> Opening:
    """The dry run. `host`: the only county it may be in; empty: the one the workbook names."""
    found = Opening(rows, now, host, problems=list(rows.problems))
    found.code = found.row["code"] if found.row else _guessed(rows)
    if found.row is None and not any(problem.sheet == TENANT for problem in rows.problems):
        found.problems.append(Problem(TENANT, 0, "", _("「街道」表里要写一行：编号和名称")))
    if found.code:
        tenant, preset = _ground(found), (found.row and found.row.values.get("preset")) or FIRST_LIMITS
        usernames = workbook.usernames(rows)
        inner = Plan(rows, tenant, now)
        workbook.fill(inner, load(tenant, usernames, local(now).date()) if tenant.pk else before(tenant, usernames, preset))
        found.tenant, found.changes, found.problems = tenant, found.changes + inner.changes, found.problems + inner.problems
        _check_desk(found)
    return found


def _guessed(rows: Rows) -> str:
    """Where the line of the subdistrict cannot be read: the one that most places of the workbook lie in, so that their problems are found too."""
    common = Counter(row["code"][:9] for row in rows.of(PLACES)).most_common(1)
    return common[0][0] if common else ""


def _ground(found: Opening) -> Tenant:
    """The tenant of the workbook, as it is or as it would be made in its county."""
    row = found.row
    number = (row and row.values.get("county")) or found.code[:6]
    county = _county(found, row, number)
    tenant = Tenant.objects.select_related("county").filter(code=found.code).first()
    if tenant is not None and tenant.county_id and county is not None and tenant.county_id == county.pk:
        return tenant
    name = row["name"] if row else ""
    if tenant is not None:
        found.problems.append(_at(row, "code", _("街道编号 {code} 已经是别的区县的").format(code=found.code)))
    elif row:
        found.changes.append(Change("create_tenant", {}, _("新建街道 {name}").format(name=name), TENANT, row.number))
    return Tenant(code=found.code, name=name, county=county)


def _county(found: Opening, row: Row | None, number: str) -> Tenant | None:
    """The county that hosts it; None where it is not there (it may be made) or is not the one it may be in (a problem)."""
    column = "county" if row and row.values.get("county") else "code"
    if not found.code.startswith(number):
        found.problems.append(_at(row, column, _("街道编号 {code} 不以区县编号 {county} 开头").format(code=found.code, county=number)))
        return None
    if found.host and number != found.host:
        found.problems.append(_at(row, column, _("这里只能开 {county} 的街道").format(county=found.host)))
        return None
    county = Tenant.objects.filter(code=number, county=None).first()
    if county is None:
        _new_county(found, row, column, number)
    return county


def _new_county(found: Opening, row: Row | None, column: str, number: str) -> None:
    found.county = next((one for one in found.rows.of(COUNTY) if one["code"] == number), None)
    if found.county is None:
        if not any(problem.sheet == COUNTY for problem in found.problems):
            found.problems.append(_at(row, column, _("区县 {county} 还没有建，请在「区县」表里写一行").format(county=number)))
        return
    one, names = found.county, {person["username"]: person["name"] for person in found.rows.of(PEOPLE)}
    found.changes.append(Change("create_county", {}, _("新建区县 {name}").format(name=one["name"]), COUNTY, one.number))
    for column, name in (("admin", "admin_name"), ("desk", "desk_name")):
        username = one.values.get(column)
        if username and is_taken(username):
            found.problems.append(one.problem(column, _("这个登录名已经有人用，请换一个")))
        elif username and not one.values.get(name):
            found.problems.append(one.problem(name, _("写了登录名，就要写姓名")))
        elif username and names.get(username, one[name]) != one[name]:
            found.problems.append(one.problem(name, _("和「人员」表里这个登录名的姓名不一样")))


def _check_desk(found: Opening) -> None:
    """Everything open falls to the desk at last, so there must be one."""
    tenant = found.tenant
    here = any(change.do == "create_post" and change.args["key"][:2] == (found.code, DESK) for change in found.changes)
    known = tenant is not None and tenant.pk and Post.objects.filter(place__tenant=tenant, place__code=found.code, kind=DESK, ended_at=None).exists()
    if not here and not known:
        found.problems.append(Problem(POSTS, 0, "", _("街道要有一个「网格中心」岗位：没有人管的事都归它")))


def _at(row: Row | None, column: str, words: str) -> Problem:
    return row.problem(column, words) if row else Problem(TENANT, 0, "", words)


def apply(planned: Opening, *, actor_user_id: int | None, told: workbook.Told = lambda done, number: None) -> workbook.Done:
    """Do it all, or nothing, after planning it anew. Raises Refused where a problem is left. Afterwards what is still missing is a duty of the desk."""
    now = planned.now
    with transaction.atomic():
        fresh = plan(planned.rows, now=now, host=planned.host)
        if fresh.problems or fresh.tenant is None:
            raise Refused("not_a_choice", detail=_("表里还有 {n} 处问题，没有导入任何内容。").format(n=len(fresh.problems)))
        tenant, made = _lay(fresh, fresh.tenant)
        done = workbook.apply(Plan(fresh.rows, tenant, now), actor_user_id=actor_user_id, now=now, told=told)
        done.changes, done.new_usernames = [c for c in fresh.changes if c.do in GROUND] + done.changes, made + done.new_usernames
        planned.tenant = tenant
        gaps.renew(town=town_by_id(tenant.county_id or tenant.pk), now=now)
    return done


GROUND = ("create_county", "create_tenant")


def _lay(fresh: Opening, tenant: Tenant) -> tuple[Tenant, list[str]]:
    """County and subdistrict are there; the usernames of accounts made for the county."""
    made: list[str] = []
    if tenant.pk:
        return tenant, made
    county, row, now = tenant.county, fresh.row, fresh.now
    if county is None and fresh.county is not None:
        county, made = _make_county(fresh.county, now)
    if county is None or row is None:
        raise Refused("not_a_choice")
    since = {gaps.SINCE: local(now).date().isoformat()}
    tenant = tenants.create_tenant(code=fresh.code, name=row["name"], county=county, is_demo=county.is_demo, settings=since)
    categories.seed_tenant(tenant, row.values.get("preset") or FIRST_LIMITS, now=now)
    above = Place.objects.filter(tenant=county, level="county", valid_to=None).get()
    territory.create_place(level="subdistrict", code=tenant.code, name=tenant.name, parent=above, tenant=tenant, now=now)
    return tenant, made


def _make_county(row: Row, now: datetime) -> tuple[Tenant, list[str]]:
    """The county with its kinds of post, its own limits, its desk and its administrator."""
    county = tenants.create_tenant(code=row["code"], name=row["name"], county=None, phone=row.values.get("phone") or "")
    teams.seed_post_kinds(county, now=now)
    categories.seed_tenant(county, FIRST_LIMITS, now=now)
    place = territory.create_place(level="county", code=county.code, name=county.name, parent=None, tenant=county, now=now)
    made: list[str] = []
    users: dict[str, Any] = {}
    for kind, column, name in (("county_desk", "desk", _("{name}社会治理中心")), ("county_admin", "admin", _("{name}系统管理员"))):
        post = teams.create_post(place=place, kind=kind, name=name.format(name=county.name), phone=county.phone, now=now)
        username = row.values.get(column)
        if username and username not in users:
            users[username] = accounts.create_user(username=username, name=row[f"{column}_name"], tenant=county, now=now)
            made.append(username)
        if username:
            teams.appoint(post=post, user=users[username], from_at=now, now=now)
    return county, made


def give_passwords(planned: Opening, write: Any) -> int:
    """A one-time password for each account of the workbook that has none; `write(user, password)` comes before it holds. How many."""
    names = workbook.usernames(planned.rows) | {row.values[column] for row in planned.rows.of(COUNTY) for column in ("admin", "desk") if row.values.get(column)}
    assert planned.tenant is not None
    county = planned.tenant.county_id or planned.tenant.pk
    found = [user for user in without_password(names) if county in (user.tenant_id, user.tenant.county_id)]
    number = accounts.first_passwords(found, write)
    gaps.renew(town=town_by_id(county), now=planned.now)
    return number
