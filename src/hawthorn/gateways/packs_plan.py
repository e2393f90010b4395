"""A pack beside a tenant: what is new, what would change from what to what, what is only here; and taking over what was ticked, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from hawthorn.categories import actions as categories
from hawthorn.categories.models import CalendarDay, Category, Lead, Policy, Rule
from hawthorn.gateways import messages_sources
from hawthorn.gateways.models import SheetSource
from hawthorn.gateways.packs_shape import Pack, To
from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.teams.models import Post
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.tenants.settings import ACCENTS, WORDS, accent

SECTIONS: dict[str, str] = {
    "categories": _("事项目录"), "limits": _("时限和危险词"), "calendar": _("工作日历"), "rules": _("派单规则"), "leads": _("谁牵头"), "sources": _("来表的列"),
    "look": _("名称和叫法"),
}  # fmt: skip
LIMITS: dict[str, str] = {"tiers": _("分档时限"), "stages": _("环节时限"), "timetable": _("工作时间"), "danger_words": _("危险词"), "source": _("出处")}
LONG = 80


@dataclass(frozen=True)
class Change:
    """One thing that would be new or other. `code` names it on the page and for ticking; `before` empty: new."""

    code: str
    section: str
    label: str
    before: str
    after: str
    args: dict[str, Any]

    @property
    def words(self) -> str:
        """In one line."""
        told = _("从「{before}」改成「{after}」").format(before=self.before, after=self.after) if self.before else self.after
        return f"{_(SECTIONS[self.section])}：{self.label}" + (f"：{told}" if told else "")


@dataclass
class Compared:
    """What taking a pack over would do; what is only here stays; what cannot be taken over, and why."""

    changes: list[Change] = field(default_factory=list)
    only_here: list[str] = field(default_factory=list)
    cannot: list[str] = field(default_factory=list)


def compare(pack: Pack, tenant: Tenant, *, now: datetime) -> Compared:
    """The difference, nothing written."""
    found = Compared()
    for part in (_categories, _limits, _calendar, _rules, _leads, _sources, _look):
        for change in part(pack, tenant, found):
            if not _is_past(change, now):
                found.changes.append(change)
    return found


def _is_past(change: Change, now: datetime) -> bool:
    """A category that ended before today cannot be ended here in the past."""
    ended_on = change.args.get("values", {}).get("ended_on") if change.section == "categories" else None
    return bool(ended_on and ended_on < local(now).date())


def take_over(pack: Pack, tenant: Tenant, *, only: Collection[str] | None, user: int | None, now: datetime) -> list[Change]:
    """Do what differs, all of it or what is named in `only`; in one transaction, compared anew. What was done."""
    with transaction.atomic():
        done = [change for change in compare(pack, tenant, now=now).changes if only is None or change.code in only]
        for change in done:
            WRITES[change.section](tenant, change, user, now)
    return done


# ── comparing ──
def _categories(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    known = {f"{line.catalogue}/{line.key}": line for line in Category.objects.filter(tenant=tenant)}
    for code, line in pack.categories.items():
        values = line.model_dump()
        before = known.get(code)
        different = [name for name in values if before is None or getattr(before, name) != values[name]]
        if before is not None and different:
            was, will = "；".join(_shown(getattr(before, name)) for name in different), "；".join(_shown(values[name]) for name in different)
            yield Change(f"categories:{code}", "categories", f"{code} {line.name}", was[:LONG] or _("空"), will[:LONG], {"values": values})
        elif before is None:
            yield Change(f"categories:{code}", "categories", f"{code} {line.name}", "", "", {"values": values})
    if pack.categories:
        found.only_here += [f"{code} {line.name}" for code, line in known.items() if code not in pack.categories and line.ended_on is None]


def _limits(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    policy = Policy.objects.filter(tenant=tenant).first()
    if pack.limits is None or policy is None:
        return
    for name, label in LIMITS.items():
        before, after = getattr(policy, name), pack.limits.model_dump(mode="json")[name]
        if name in ("tiers", "stages"):
            after = _merged(before, after)
        if after and before != after:
            values = {name: after} | ({"preset": pack.limits.preset} if name == "tiers" else {})
            yield Change(f"limits:{name}", "limits", _(label), _shown(_less(before, after))[:LONG], _shown(_less(after, before))[:LONG], {"values": values})


def _merged(before: Any, after: Any) -> Any:
    """What is here, with what comes; a limit that only this place has stays."""
    return {**before, **{key: _merged(before.get(key, {}), value) if isinstance(value, dict) else value for key, value in after.items()}}


def _less(one: Any, other: Any) -> Any:
    """The part of one that is not so in the other."""
    if isinstance(one, dict):
        return {key: _less(value, other.get(key)) for key, value in one.items() if not isinstance(other, dict) or other.get(key) != value}
    if isinstance(one, list) and isinstance(other, list) and one and isinstance(one[0], str) and len(one) != 2:
        return [value for value in one if value not in other]
    return one


def _calendar(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    known = {day.on: day for day in CalendarDay.objects.filter(tenant=tenant)}
    for on, day in pack.calendar.items():
        before = known.get(on)
        if before is None or (before.kind, before.name) != (day.kind, day.name):
            was = f"{KINDS[before.kind]} {before.name}" if before else ""
            yield Change(f"calendar:{on}", "calendar", f"{on}", was, f"{KINDS[day.kind]} {day.name}", {"on": on, "kind": day.kind, "name": day.name})


KINDS: dict[str, str] = {"off": _("放假"), "work": _("上班")}


def _rules(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    known = {rule.name: rule for rule in Rule.objects.filter(tenant=tenant).select_related("post")}
    for rule in pack.rules:
        post = _post(rule.to, tenant)
        if post is None:
            found.cannot.append(_("派单规则「{name}」：这里没有唯一的「{post}」，请自己定交给谁").format(name=rule.name, post=rule.to.name or rule.to.kind))
            continue
        values = rule.model_dump(exclude={"to"}) | {"post_id": post.pk}
        before = known.get(rule.name)
        if before is None or any(getattr(before, name) != value for name, value in values.items()):
            was = _("交给 {post}").format(post=before.post.name) if before else ""
            args = {"values": values, "rule": before.pk if before else None}
            yield Change(f"rules:{rule.name}", "rules", rule.name, was, _("交给 {post}").format(post=post.name), args)
    if pack.rules:
        found.only_here += [_("派单规则「{name}」").format(name=name) for name in known if name not in {rule.name for rule in pack.rules}]


def _post(to: To, tenant: Tenant) -> Post | None:
    """The one living post of that kind here (of the subdistrict, or of its county); an agency by its name. None where there is none, or several."""
    here = Post.objects.filter(kind=to.kind, place__level=to.level, ended_at=None)
    here = here.filter(place__tenant=tenant.county_id if to.level == "county" else tenant.pk)
    found = list((here.filter(name=to.name) if to.name else here)[:2])
    return found[0] if len(found) == 1 else None


def _leads(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    lines = {f"{line.catalogue}/{line.key}": line for line in Category.objects.filter(tenant=tenant)}
    known = {lead.category_id: lead.post for lead in Lead.objects.filter(tenant=tenant, grid=None).select_related("post")}
    for code, to in pack.leads.items():
        post = _post(to, tenant)
        if post is None or (code not in lines and code not in pack.categories):
            found.cannot.append(_("谁牵头 {code}：这里没有唯一的「{post}」，请自己定").format(code=code, post=to.name or to.kind))
            continue
        before = known.get(lines[code].pk) if code in lines else None
        if before != post:
            yield Change(f"leads:{code}", "leads", code, before.name if before else "", post.name, {"code": code, "post": post})


def _sources(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    known = {source.name: source for source in SheetSource.objects.filter(tenant=tenant)}
    for name, source in pack.sources.items():
        before = known.get(name)
        if before is None or (before.headings, before.columns) != (source.headings, source.columns):
            was = "、".join(map(str, before.headings))[:LONG] if before else ""
            yield Change(f"sources:{name}", "sources", name, was, "、".join(source.headings)[:LONG], {"name": name, "source": source})


def _look(pack: Pack, tenant: Tenant, found: Compared) -> Iterator[Change]:
    if pack.brand and pack.brand != tenant.brand:
        yield Change("look:brand", "look", _("系统名称"), tenant.brand, pack.brand, {"facts": {"brand": pack.brand}})
    if pack.accent and pack.accent != accent(tenant.settings):
        args = {"facts": {"settings": {"accent": pack.accent}}}
        yield Change("look:accent", "look", _("颜色"), _(ACCENTS[accent(tenant.settings)]), _(ACCENTS[pack.accent]), args)
    for code, words in pack.words.items():
        before = str(tenant.words.get(code, ""))
        if before != words:
            yield Change(f"look:{code}", "look", _(WORDS[code]), before, words, {"facts": {"words": {code: words}}})


def _shown(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dict):
        return "，".join(f"{key} {_shown(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        try:
            return Limit.parse(value).label()
        except (ValueError, KeyError):
            return "、".join(_shown(one) for one in value)
    return "" if value is None else str(value)


# ── taking over ──
def _write_category(tenant: Tenant, change: Change, user: int | None, now: datetime) -> None:
    catalogue, _slash, key = change.code.partition(":")[2].partition("/")
    categories.put_category(tenant=tenant, catalogue=catalogue, key=key, values=change.args["values"], now=now)


def _write_lead(tenant: Tenant, change: Change, user: int | None, now: datetime) -> None:
    catalogue, _slash, key = change.args["code"].partition("/")
    line = Category.objects.filter(tenant=tenant, catalogue=catalogue, key=key).first()
    if line is not None:  # its category was not ticked
        categories.put_lead(tenant=tenant, grid=None, category=line, post=change.args["post"])


def _write_source(tenant: Tenant, change: Change, user: int | None, now: datetime) -> None:
    source = change.args["source"]
    messages_sources.remember(tenant, change.args["name"], source.headings, source.columns, now)


WRITES: dict[str, Any] = {
    "categories": _write_category,
    "limits": lambda tenant, change, user, now: categories.put_policy(tenant, change.args["values"]),
    "calendar": lambda tenant, change, user, now: categories.put_day(tenant, change.args["on"], change.args["kind"], change.args["name"]),
    "rules": lambda tenant, change, user, now: categories.put_rule(tenant, change.args["values"], rule=change.args["rule"], user=user, now=now),
    "leads": _write_lead,
    "sources": _write_source,
    "look": lambda tenant, change, user, now: tenants.change_tenant(tenant, change.args["facts"]),
}
