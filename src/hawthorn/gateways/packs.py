"""经验包: how one subdistrict works, as a file for another: catalogue, limits, danger words, routing rules, leads, calendar, columns of sheets, brand words.

No persons, no places, no posts of persons: a post is named by kind and level, an agency by its name. A text that holds a name, a number or a place
of the subdistrict is left out, and said to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime

from hawthorn.accounts.models import User
from hawthorn.categories.models import CalendarDay, Category, Lead, Policy, Rule
from hawthorn.gateways.models import SheetSource
from hawthorn.gateways.packs_shape import VERSION, Day, Limits, Line, Pack, Ruled, Source, To
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.teams.models import Post
from hawthorn.tenants.models import Tenant
from hawthorn.tenants.settings import WORDS, accent
from hawthorn.territory.models import Door, Place, Unit

NUMBER = re.compile(r"\d(?:[\s\-()（）—]*\d){6,}|[\w.+-]+@[\w-]+\.[\w.]+")
SHORTEST = 2


class Sieve:
    """Knows the names, numbers and places of a tenant; notes what it holds back."""

    def __init__(self, tenant: Tenant) -> None:
        here = {"tenant": tenant}
        people = User.objects.filter(tenant__in=[tenant, tenant.county_id or tenant]).values_list("name", "username")
        names: set[str] = {name for pair in people for name in pair}
        names |= set(Place.objects.filter(**here).values_list("name", flat=True))
        names |= set(Unit.objects.filter(community__tenant=tenant).values_list("name", flat=True))
        names |= set(Door.objects.filter(unit__community__tenant=tenant).values_list("name", flat=True))
        names |= set(Post.objects.filter(place__tenant=tenant).exclude(kind="agency").values_list("name", flat=True))
        names |= {tenant.name, tenant.phone, *(str(value) for value in tenant.settings.values())}
        known = sorted((re.escape(name) for name in names if len(name) >= SHORTEST and not name.isdigit()), key=len, reverse=True)
        self._known = re.compile("|".join(known)) if known else None
        self.left: list[str] = []

    def holds(self, words: str) -> bool:
        """Does it name somebody, a number to reach them, or a place of here."""
        return bool(NUMBER.search(words) or (self._known and self._known.search(words)))

    def clean(self, words: str, what: str) -> str:
        """The words, or nothing and a note where they name somebody or some place."""
        if not self.holds(words):
            return words
        self.left.append(_("{what}：里面有姓名、电话或地点，没有带走").format(what=what))
        return ""


def pack_of(tenant: Tenant, *, now: datetime) -> Pack:
    """The practice of a tenant."""
    sieve = Sieve(tenant)
    found = {
        "made_on": local(now).date(), "categories": _categories(tenant, sieve), "limits": _limits(tenant, sieve), "calendar": _calendar(tenant, sieve),
        "rules": list(_rules(tenant, sieve)), "leads": dict(_leads(tenant, sieve)), "sources": _sources(tenant, sieve),
        "brand": sieve.clean(tenant.brand, _("系统名称")), "accent": accent(tenant.settings),
        "words": {code: words for code in WORDS if (words := sieve.clean(str(tenant.words.get(code, "")), _("本地叫法"))) },
    }  # fmt: skip
    return Pack(hawthorn_pack=VERSION, left_out=sieve.left, **found)


def as_file(pack: Pack) -> bytes:
    """What is written to the file."""
    return json.dumps(pack.model_dump(mode="json"), ensure_ascii=False, indent=1, sort_keys=True).encode()


def _categories(tenant: Tenant, sieve: Sieve) -> dict[str, Line]:
    found = {}
    for row in Category.objects.filter(tenant=tenant).order_by("catalogue", "key"):
        said = {name: sieve.clean(getattr(row, name), f"{row.key} {label}") for name, label in TEXTS}
        if said["name"]:
            values = {name: getattr(row, name) for name in Line.model_fields if name not in said}
            found[f"{row.catalogue}/{row.key}"] = Line(**values, **said)
    return found


TEXTS = (("name", _("名称")), ("group", _("分组")), ("advice", _("填写前的提示")), ("elsewhere", _("不归这里，请找")))


def _limits(tenant: Tenant, sieve: Sieve) -> Limits | None:
    policy = Policy.objects.filter(tenant=tenant).first()
    if policy is None:
        return None
    return Limits(
        preset=policy.preset, source=sieve.clean(policy.source, _("时限的出处")), tiers=policy.tiers, stages=policy.stages, timetable=policy.timetable,
        danger_words=[words for words in policy.danger_words if not sieve.holds(words)],
    )  # fmt: skip


def _calendar(tenant: Tenant, sieve: Sieve) -> dict[str, Day]:
    rows = CalendarDay.objects.filter(tenant=tenant).order_by("on")
    return {row.on.isoformat(): Day(kind=row.kind, name=sieve.clean(row.name, row.on.isoformat())) for row in rows}


def _to(post: Post, sieve: Sieve) -> To | None:
    """A post by kind and level; an agency by its name too, where that names no place."""
    is_agency = post.kind == "agency"
    if is_agency and sieve.holds(post.name):
        return None
    return To(kind=post.kind, level=post.place.level, name=post.name if is_agency else "")


def _rules(tenant: Tenant, sieve: Sieve) -> Iterable[Ruled]:
    for number, rule in enumerate(Rule.objects.filter(tenant=tenant).select_related("post__place").order_by("sort", "id"), start=1):
        to, what = _to(rule.post, sieve), _("派单规则第 {n} 条").format(n=number)
        if rule.places or to is None or sieve.holds(f"{rule.name}\n{' '.join(rule.words)}"):
            sieve.left.append(_("{what}：写了地点、人或本地单位，没有带走").format(what=what))
            continue
        words = {name: getattr(rule, name) for name in ("name", "categories", "levels", "hour_from", "hour_to", "words")}
        yield Ruled(**words, to=to)


def _leads(tenant: Tenant, sieve: Sieve) -> Iterable[tuple[str, To]]:
    for lead in Lead.objects.filter(tenant=tenant).select_related("category", "post__place").order_by("id"):
        to = _to(lead.post, sieve)
        if lead.category is None or lead.grid_id or to is None:
            sieve.left.append(_("谁牵头里的一行：写了网格或本地单位，没有带走"))
        else:
            yield f"{lead.category.catalogue}/{lead.category.key}", to


def _sources(tenant: Tenant, sieve: Sieve) -> dict[str, Source]:
    found = {}
    for row in SheetSource.objects.filter(tenant=tenant).order_by("name"):
        if sieve.holds("\n".join([row.name, *map(str, row.headings)])):
            sieve.left.append(_("一个来源的列：里面有姓名、电话或地点，没有带走"))
        else:
            found[row.name] = Source(headings=row.headings, columns=row.columns)
    return found
