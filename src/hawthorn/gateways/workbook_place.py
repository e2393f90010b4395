"""From rows to changes and problems: the subdistrict's own facts, who serves, the catalogue, who leads what."""

from __future__ import annotations

from typing import Any

from hawthorn.categories import sheets as catalogue
from hawthorn.files.sheets import Row
from hawthorn.gateways.workbook_known import PostKey
from hawthorn.gateways.workbook_people import plan_post, post_of
from hawthorn.gateways.workbook_place_rows import CATEGORIES, LEADS, PROVIDERS, TENANT, WORD
from hawthorn.gateways.workbook_plan import Change, Draft
from hawthorn.kernel.words import _
from hawthorn.tenants.settings import SETTINGS, WORDS


def plan_tenant(draft: Draft) -> None:
    """Name, product name, phone, settings and brand words; what is left empty stays."""
    tenant, rows = draft.plan.tenant, draft.plan.rows.of(TENANT)
    for row in rows[1:]:
        draft.wrong(row, "code", _("一本表只建一个街道，这里只写一行"))
    for row in rows[:1]:
        if row["code"] != tenant.code:
            draft.wrong(row, "code", _("这本表是 {code} 的，这里是 {own}").format(code=row["code"], own=tenant.code))
            continue
        if different := _different(draft, facts_of(row)):
            draft.change("change_tenant", row, _("修改街道的名称和设置"), facts=different)
        if (preset := row.values.get("preset")) and preset != draft.known.preset:
            draft.change("set_policy", row, _("换时限方案"), preset=preset)


def facts_of(row: Row) -> dict[str, Any]:
    """What a row of the sheet says about its tenant, in the shape of `change_tenant`."""
    facts: dict[str, Any] = {name: row.values[name] for name in ("name", "brand", "phone") if row.values.get(name)}
    facts["settings"] = {code: row.values[code] for code in ("accent", *SETTINGS) if row.values.get(code)}
    facts["words"] = {code: row.values[WORD + code] for code in WORDS if row.values.get(WORD + code)}
    return facts


def _different(draft: Draft, facts: dict[str, Any]) -> dict[str, Any]:
    """What is not so yet."""
    tenant, found = draft.plan.tenant, dict[str, Any]()
    for name, value in facts.items():
        before = getattr(tenant, name)
        if isinstance(value, dict):
            value = {code: words for code, words in value.items() if before.get(code) != words}
        if value not in ({}, before):
            found[name] = value
    return found


def plan_providers(draft: Draft) -> None:
    """Agencies and services: posts of the subdistrict."""
    for row in draft.plan.rows.of(PROVIDERS):
        here = Row(row.sheet, row.number, {**row.values, "place": draft.plan.tenant.code}, row.letters)
        key: PostKey | None = plan_post(draft, here)
        if key and draft.kind(key).scope != "hands":
            draft.wrong(row, "kind", _("「{kind}」不是服务单位，请写在「岗位」表里").format(kind=draft.kind(key).label))


def plan_categories(draft: Draft) -> None:
    """Lines of the catalogue with their limits."""
    found = catalogue.plan_rows(draft.plan.rows.of(CATEGORIES), draft.known.categories, draft.today)
    draft.plan.problems += found.problems
    for line in found.changes:
        draft.categories.add((line.catalogue, line.key))
        args = {"catalogue": line.catalogue, "key": line.key, "values": line.values}
        draft.plan.changes.append(Change("put_category", args, _("类别：{words}").format(words=line.words), CATEGORIES, line.row))


def plan_leads(draft: Draft) -> None:
    """Grid × category → post."""
    for row in draft.plan.rows.of(LEADS):
        grid, category = row.values.get("grid"), _category(draft, row)
        if category is None or draft.is_twice(row, (grid, category), "grid") or not _is_grid(draft, row, grid, category):
            continue
        key = post_of(draft, row)
        pair = grid, category or None
        if key and draft.known.leads.get(pair) != key:
            words = _("{where}{what}由 {post} 牵头").format(
                where=f"{draft.names.get(grid, grid)} " if grid else "", what=f"{category[1]} " if category else "", post=key[2]
            )
            draft.change("put_lead", row, words, grid=grid, category=pair[1], key=key)


def _category(draft: Draft, row: Row) -> tuple[str, str] | tuple[()] | None:
    """The category meant; empty for all of them; None with a problem noted."""
    catalogue_code, key = row.values.get("catalogue"), row.values.get("key")
    if not key:
        return ()
    found = [pair for pair in draft.categories if pair[1] == key and catalogue_code in (None, pair[0])]
    if len(found) == 1:
        return found[0]
    draft.wrong(row, "key", _("几个目录里都有 {key}，请写是哪个目录").format(key=key) if found else _("目录里没有编号 {key}").format(key=key))
    return None


def _is_grid(draft: Draft, row: Row, grid: str | None, category: tuple[str, ...]) -> bool:
    """Whether the row says where or what, and the grid is one; else a problem is noted."""
    if not grid and not category:
        draft.wrong(row, "grid", _("网格和类别至少要写一样"))
    elif grid and draft.level_of.get(grid) != "grid":
        draft.wrong(row, "grid", _("没有这个网格：{code}").format(code=grid))
    else:
        return True
    return False
