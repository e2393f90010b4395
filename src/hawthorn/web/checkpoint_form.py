"""The form of a checkpoint: read as it was typed, drawn again with everything that was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hawthorn.kernel.errors import WrongType
from hawthorn.kernel.world import PlaceCard
from hawthorn.patrols import kinds
from hawthorn.patrols.queries import Point
from hawthorn.patrols.rules import due, points
from hawthorn.patrols.rules.points import Rule, Wanted
from hawthorn.territory.models import Unit
from hawthorn.web import words
from hawthorn.web.request import Request, whole

Said = dict[str, Any]
NOT_A_NUMBER = -1


def typed(post: QueryDict) -> Said:
    """What was posted, as it stands in the fields."""
    found: Said = {name: post.get(name, "").strip() for name in ("kind", "grid", "unit", "spot", "items", "sort", "keeper", "rule", "days", "ahead")}
    return found | {name: post.getlist(name) for name in ("weekdays", "months")}


def of_kind(code: str, grid: int | None) -> Said:
    """A new one of a kind: what is looked at and how often, as is usual."""
    kind = kinds.kinds()[code]
    return {"kind": code, "grid": str(grid or ""), "items": "\n".join(kind.items), **_rule_said(kind.rule)}


def of_point(point: Point) -> Said:
    """One that is there, with the rule that holds from tomorrow on."""
    row, line = point.row, point.spot.lines[-1]
    rule = Rule(line.rule, line.weekdays, line.days, line.months, line.ahead)
    said = {"kind": row.kind, "grid": str(row.grid_id), "unit": str(row.unit_id or ""), "spot": row.spot, "items": row.items, "sort": str(row.sort)}
    return said | {"keeper": str(row.keeper_id or "")} | _rule_said(rule)


def _rule_said(rule: Rule) -> Said:
    return {
        "rule": rule.rule, "weekdays": [str(n) for n in rule.weekdays], "days": " ".join(str(n) for n in rule.days),
        "months": [str(n) for n in rule.months], "ahead": str(rule.ahead),
    }  # fmt: skip


def wanted(said: Said) -> Wanted:
    """What was typed as a checkpoint. Numbers nobody can read are said at their field. Raises WrongType."""
    wrong: dict[str, str] = {}
    for name in ("sort", "ahead"):
        if said.get(name) and whole(said[name], 0) is None:
            wrong[name] = _("请填一个数。")
    days = [whole(word) or NOT_A_NUMBER for word in said.get("days", "").replace("、", " ").replace("，", " ").replace(",", " ").split()]
    if wrong:
        raise WrongType(wrong)
    rule = Rule(
        said.get("rule", ""), tuple(_numbers(said.get("weekdays", []))), tuple(days), tuple(_numbers(said.get("months", []))),
        whole(said.get("ahead", ""), 0) or 0,
    )  # fmt: skip
    return Wanted(
        whole(said.get("grid", "")), whole(said.get("unit", "")), said.get("spot", "")[:60], said.get("kind", ""), said.get("items", "").replace("\r", ""),
        whole(said.get("sort", ""), 0) or 0, whole(said.get("keeper", "")), rule,
    )  # fmt: skip


def _numbers(said: Iterable[str]) -> list[int]:
    return [found if (found := whole(word, 0)) is not None else NOT_A_NUMBER for word in said]


def fields(request: Request, said: Said, grids: Iterable[PlaceCard], wrong: Mapping[str, str], *, is_new: bool) -> list[dict[str, Any]]:
    """Dicts for _field.html: where, what, how often."""
    grids = list(grids)
    drawn = [
        *_place_fields(request, said, grids, is_new),
        {"kind": "text", "name": "spot", "label": _("位置"), "help": _("写清楚在哪里，比如：东门外第二个井盖。"),
         "max_length": 60, "value": said.get("spot", "")},
        {"kind": "textarea", "name": "items", "label": _("看什么"), "help": _("一行一条，巡查的时候看得到。"), "rows": 4, "max_length": points.MOST_WORDS,
         "value": said.get("items", "")},
        {"kind": "number", "name": "sort", "label": _("走到第几个"), "help": _("按这个数排先后；不填就排在后面，按楼院编号。"),
         "inputmode": "numeric", "min": "0",
         "max": str(points.LAST_NUMBER), "value": said.get("sort", "") if said.get("sort") != "0" else ""},
        *_rule_fields(said),
        _keeper(request, said, grids),
    ]  # fmt: skip
    return [f | {"error": wrong.get(f["name"], "")} for f in drawn]


def _place_fields(request: Request, said: Said, grids: list[PlaceCard], is_new: bool) -> list[dict[str, Any]]:
    town, chosen = request.town, said.get("grid", "")
    shown = grids if is_new else [g for g in grids if str(g.id) == chosen]
    communities = {g.community for g in shown}
    units = list(Unit.objects.filter(community__in=communities, ended_on=None).order_by("community", "code").values_list("id", "name", "initials")[:400])
    grid = [{"value": str(g.id), "label": f"{town.name_of(g.community)} {g.name}", "on": str(g.id) == chosen} for g in shown]
    unit = [{"value": str(pk), "label": name, "initials": initials, "on": str(pk) == said.get("unit")} for pk, name, initials in units]
    blank, sought = ({"blank": _("请选择")} if len(grid) > 1 else {}), ({"filter": _("输入几个字来找")} if len(unit) > 16 else {})
    return [
        {"kind": "select", "name": "grid", "label": _("网格"), "choices": grid, "required": True, **blank},
        {"kind": "select", "name": "unit", "label": _("楼院"), "choices": unit, "blank": _("不填"), **sought},
    ]


def _rule_fields(said: Said) -> list[dict[str, Any]]:
    rule = [{"value": code, "label": _(label), "on": code == said.get("rule")} for code, label in due.RULES.items()]
    weekdays = [{"value": str(n), "label": words.week_name(n), "on": str(n) in said.get("weekdays", [])} for n in range(7)]
    months = [{"value": str(n), "label": _(words.MONTHS[n - 1]), "on": str(n) in said.get("months", [])} for n in due.MONTHS]
    return [
        {"kind": "radio-chips", "name": "rule", "label": _("多久看一次"), "choices": rule, "required": True},
        {"kind": "radio-chips", "name": "weekdays", "label": _("星期几（每周看的填）"), "choices": weekdays, "many": True},
        {"kind": "text", "name": "days", "label": _("几号（每月看的填）"), "help": _("比如：10 25。写 31 的，没有 31 号的月份在最后一天。"),
         "value": said.get("days", "")},
        {"kind": "number", "name": "ahead", "label": _("节前几天开始（节假日看的填）"), "inputmode": "numeric", "min": "0", "max": str(points.FAR_AHEAD),
         "value": said.get("ahead", "")},
        {"kind": "radio-chips", "name": "months", "label": _("哪几个月看"), "help": _("都不选就是全年。"), "choices": months, "many": True},
    ]  # fmt: skip


def _keeper(request: Request, said: Said, grids: Iterable[PlaceCard]) -> dict[str, Any]:
    """Posts that may keep a point instead of the grid: those of the street that look after one thing, like the canteen."""
    town, streets = request.town, {g.subdistrict for g in grids}
    kept = [p for p in town.posts.values() if p.until is None and p.scope == "hands" and town.places[p.place].at("subdistrict") in streets]
    choices = [{"value": str(p.id), "label": p.name, "on": str(p.id) == said.get("keeper")} for p in sorted(kept, key=lambda p: p.id)]
    return {"kind": "select", "name": "keeper", "label": _("由谁看"), "help": _("不选就是网格里的岗位看。"), "choices": choices, "blank": _("网格里的岗位")}
