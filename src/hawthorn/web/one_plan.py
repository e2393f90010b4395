"""One 网格调整方案 on its page: what it comes to beside today or another plan, drawing by hand from a list, new grids, Excel out and in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row
from hawthorn.redrawing import graph, queries, rules, sheets
from hawthorn.redrawing.actions import plans
from hawthorn.web import answering, items, story, words
from hawthorn.web.books import as_file, forget_upload, is_dry, planned, sheet_field, upload_of
from hawthorn.web.plans import LATEST, moves_words, stage_words
from hawthorn.web.request import Request, whole
from hawthorn.web.unit_map import drawing

Drawn = Mapping[int, int]


@dataclass(frozen=True)
class Called:
    """Grids by what they are called: those there are, and those that plans open (numbers below 0)."""

    town: Town
    opened: Mapping[int, str]

    def __call__(self, grid: int | None) -> str:
        return self.opened.get(grid, "") if grid and grid < 0 else self.town.name_of(grid)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, item: int) -> HttpResponse:
    """A plan beside today or another plan; POST puts the ticked units elsewhere."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    card = request.town.places[row.item.community_id or 0]
    wrong: Refused | None = None
    if request.method == "POST":
        try:
            return _opened(request, row) if request.POST.get("do") == "open" else _redrawn(request, row)
        except Refused as problem:
            if problem.code not in ("missing", "taken", "too_many"):
                raise
            wrong = problem
    context = shown(request, row) | {
        "row": row, "place": card.name, "stage": stage_words(row), "wrong": wrong.detail if wrong else "",
        "ticked": set(request.POST.getlist("unit")), "names": _name_fields(row, wrong, request), "all_plans": reverse("redrawing-plans", args=[card.id]),
        "xlsx": reverse("plan-xlsx", args=[item]), "sheet": reverse("plan-sheet", args=[item]),
        "papers": [{"url": reverse("plan-paper", args=[item, form]), "label": label} for form, label in (("pdf", "PDF"), ("docx", "Word"))],
        "may_draw": rules.seat_for(request.actor, card, rules.DRAFTS) is not None and row.item.stage in plans.DRAWN_IN,
        "story": story.entries(row, loop_queries.events_of(item), loop_queries.texts_of(item), [], request),
    } | items.offers(row, request)  # fmt: skip
    return render(request, "web/plan.html", context, status=409 if wrong else 200)


def shown(request: Request, row: Row) -> dict[str, Any]:
    """A plan beside what it is compared with: measures, table, map, lists."""
    card = request.town.places[row.item.community_id or 0]
    found, drawn = queries.survey(card.id), plans.became(row.item.pk, plans.drawn_by(row.item.pk))
    base, base_name, choices, called = _base(request, row, card, found)
    return _shown(row, found, drawn, base, called) | {"base_name": base_name, "bases": choices}


def _redrawn(request: Request, row: Row) -> HttpResponse:
    units, grid = [n for said in request.POST.getlist("unit") if (n := whole(said)) is not None], _grid(request.POST.get("grid", ""))
    if not units or grid is None:
        raise Refused("missing", ["unit"], _("请先勾上楼院，再选移到哪个网格。什么也没有改。"))
    moves = dict.fromkeys(units, grid)
    changed = plans.redraw(row.item.pk, moves, actor=request.actor, town=request.town, now=request.now, door="page")
    said = _("移了 {n} 个楼院。").format(n=changed) if changed else _("它们本来就在这个网格，没有改。")
    return answering.done(request, reverse("plan", args=[row.item.pk]) + "#measures", said)


def _grid(said: str) -> int | None:
    """A grid's number; of one the plan opens, below 0."""
    number = whole(said.removeprefix("-"))
    return -number if number is not None and said.startswith("-") else number


def _opened(request: Request, row: Row) -> HttpResponse:
    """One grid more, or another name for one."""
    number, name = whole(request.POST.get("number", ""), 0) or 0, request.POST.get("name", "")
    plans.open_grid(row.item.pk, name, number=number, actor=request.actor, town=request.town, now=request.now)
    said = _("改名了。") if number else _("加了一个新网格。现在把楼院移过去：没有楼院的新网格，生效时不会设。")
    return answering.done(request, reverse("plan", args=[row.item.pk]) + "#draw", said)


def _name_fields(row: Row, wrong: Refused | None, request: Request) -> list[dict[str, Any]]:
    """A form for each new grid's name, and one for another new grid."""
    asked = whole(request.POST.get("number", ""), 0) if wrong and "name" in (wrong.fields or []) else None
    many = [(-n, name) for n, name in plans.opened_by(row.item.pk)[row.item.pk].items()] + [(0, "")]
    return [
        {"number": n, "button": _("改名") if n else _("加一个新网格"), "field": {
            "kind": "text", "name": "name", "id": f"name-{n}", "label": _("“{name}”改叫").format(name=name) if n else _("新网格的名称"), "maxlength": 60,
            "value": request.POST.get("name", "") if asked == n else name, "required": True, "error": wrong.detail if wrong and asked == n else "",
        }}
        for n, name in many
    ]  # fmt: skip


@require_safe
def plan_xlsx(request: Request, item: int) -> HttpResponse:
    """Every unit with its grid, to be changed in Excel."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    found = queries.survey(row.item.community_id or 0)
    if found.loose:
        raise Refused("no_way", detail=_("有的楼院还没有网格或户数，先补全再拟方案。什么也没有改。"))
    return as_file(sheets.written(request.town, found, plans.drawn_by(item), plans.opened_by(item)[item]), f"plan-{item}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def plan_sheet(request: Request, item: int) -> HttpResponse:
    """Changes by way of Excel, with a dry run first."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    card, told, data = request.town.places[row.item.community_id or 0], None, b""
    if rules.seat_for(request.actor, card, rules.DRAFTS) is None:
        raise Refused("not_yours")
    if row.item.stage not in plans.DRAWN_IN:
        raise Refused("wrong_stage")
    if request.method == "POST":
        data = upload_of(request)
        told = sheets.read(data, request.town, queries.survey(card.id), plans.drawn_by(item), plans.opened_by(item)[item])
        if not is_dry(request) and not told.problems:
            forget_upload(request)
            n = plans.redraw(item, told.moves, actor=request.actor, town=request.town, now=request.now, door="page")
            return answering.done(request, reverse("plan", args=[item]), _("移了 {n} 个楼院。").format(n=n))
    context = {
        "title": _("用 Excel 改方案"), "words": _("下载方案，只改“方案的网格”一列，再传上来。先试读，看清楚再写入。"),
        "export_url": reverse("plan-xlsx", args=[item]), "export_label": _("下载方案"), "field": sheet_field(),
    } | planned(told, request, data)  # fmt: skip
    return render(request, "web/book.html", context, status=409 if told and told.problems else 200)


def _base(request: Request, row: Row, card: PlaceCard, found: queries.Survey) -> tuple[Drawn, str, list[dict[str, Any]], Called]:
    """What it is compared with (today, or the plan asked for by ?with=), its name, the choices, and what all their grids are called."""
    others = Item.objects.filter(loop="plans", community=card.id, stage__in=rules.BEFORE).exclude(pk=row.item.pk).order_by("-id")[:LATEST]
    asked = whole(request.GET.get("with", ""))
    chosen = next((o for o in others if o.pk == asked), None)
    names = {o.pk: _("{at}拟的方案").format(at=words.moment(o.opened_at, request.now)) for o in others}
    choices = [{"value": "", "label": _("现在的网格"), "on": chosen is None}]
    choices += [{"value": pk, "label": name, "on": chosen is not None and pk == chosen.pk} for pk, name in names.items()]
    if chosen is None:
        return found.grids, _("现在的网格"), choices, Called(request.town, plans.opened_by(row.item.pk)[row.item.pk])
    opened = plans.opened_by(row.item.pk, chosen.pk)
    theirs = {grid - plans.MOST_OPENED: name for grid, name in opened[chosen.pk].items()}
    base = {unit: grid if grid > 0 else grid - plans.MOST_OPENED for unit, grid in plans.drawn_by(chosen.pk).items()}
    return found.grids | base, names[chosen.pk], choices, Called(request.town, opened[row.item.pk] | theirs)


def _shown(row: Row, found: queries.Survey, drawn: Drawn, base: Drawn, called: Called) -> dict[str, Any]:
    """Measures, grids, what moves, and every unit for the list."""
    drawn = {u.pk: drawn.get(u.pk, found.grids.get(u.pk, 0)) for u in found.units}
    moving = [u for u in found.units if drawn[u.pk] != base.get(u.pk)]
    grids = queries.grids_of(found, called.opened)
    return {
        "map": drawing(called, found, grids, drawn, base), "grids": _grids(found, grids, drawn, base, called),
        "measures": _measures(row, found, drawn, base, called), "pairs": _pairs(moving, base, drawn, called),
        "moving": [{"name": u.name, "n": u.households, "was": called(base.get(u.pk)) or "—", "now": called(drawn[u.pk])} for u in moving],
        "units": [
            {"id": str(u.pk), "name": u.name, "n": u.households, "grid": called(drawn[u.pk]), "edge": _edge(found, drawn, u.pk, called)} for u in found.units
        ],
    }  # fmt: skip


def _edge(found: queries.Survey, drawn: Drawn, unit: int, called: Called) -> str:
    """The other grids beside a unit, by name."""
    near = {j.other_id if j.one_id == unit else j.one_id for j in found.joins if unit in (j.one_id, j.other_id)}
    return "、".join(sorted({called(drawn[n]) for n in near if drawn.get(n, 0) != drawn[unit]}))


def _grids(found: queries.Survey, grids: list[int], drawn: Drawn, base: Drawn, called: Called) -> list[dict[str, Any]]:
    """Households before and now, how far from even; `may`: units can be put in it."""
    weights = {u.pk: u.households for u in found.units}
    used = len(set(drawn.values())) or 1
    mean, rows = sum(weights.values()) / used, []
    for n, grid in enumerate(grids, start=1):
        was, now = (sum(weights[u] for u in weights if side.get(u) == grid) for side in (base, drawn))
        off = now / mean - 1 if mean else 0.0
        said = (_("多 {share:.0%}") if off > 0 else _("少 {share:.0%}")).format(share=abs(off)) if abs(off) >= 0.005 else _("正好")
        is_used = grid in drawn.values()
        may = grid > 0 or -grid <= plans.MOST_OPENED
        rows.append({
            "id": grid, "number": n, "name": called(grid), "was": was, "now": now, "off": said if is_used else _("没有楼院"),
            "is_off": is_used and abs(off) > graph.TOLERANCE, "may": may,
        })  # fmt: skip
    return rows


def _pairs(moving: list[Any], base: Drawn, drawn: Drawn, called: Called) -> list[str]:
    """How many go from where to where, a sentence for each pair of grids."""
    found = Counter[tuple[int | None, int]]()
    homes = Counter[tuple[int | None, int]]()
    for unit in moving:
        pair = base.get(unit.pk), drawn[unit.pk]
        found[pair] += 1
        homes[pair] += unit.households
    words = _("{was} → {now}：{units} 个楼院、{n} 户")
    return [words.format(was=called(was) or "—", now=called(now), units=n, n=homes[was, now]) for (was, now), n in found.most_common()]


def _measures(row: Row, found: queries.Survey, drawn: Drawn, base: Drawn, called: Called) -> list[str]:
    """What the plan comes to beside its base, in sentences."""
    ground = queries.ground(found)
    if ground is None or not row.item.open:
        return [_("报批时：") + moves_words(row) + _("换网格。")]
    over, before = queries.drawn_over(ground, drawn), {**drawn, **{u: g for u, g in base.items() if u in drawn}}
    numbers = queries.numbers_of(over, drawn)
    now, torn = graph.measured(over, numbers), "、".join(called(int(over.grids[grid])) for grid in graph.torn(over, numbers))
    other = queries.drawn_over(ground, before)
    was = graph.cost_of(other, queries.numbers_of(other, before))
    moved = [u for u in found.units if drawn[u.pk] != base.get(u.pk)]
    opened, closed = (sorted(set(a.values()) - set(b.values())) for a, b in ((drawn, before), (before, drawn)))
    said = [
        _("{units} 个楼院、{n} 户不一样。").format(units=len(moved), n=sum(u.households for u in moved)),
        _("离平均最远的网格差 {share:.0%}").format(share=now.deviation) + (_("，在 ±10% 以内。") if now.deviation <= graph.TOLERANCE else _("，超出了 ±10%。")),
        _("边界是原来的 {n:.0f}%，数越小，边界越顺。").format(n=100 * now.cost / (was or 1)),
        _("每个网格都连成一片。") if not torn else _("没有连成一片：{names}。报批前要改好。").format(names=torn),
    ]
    empty = [name for grid, name in called.opened.items() if grid >= -plans.MOST_OPENED and grid not in drawn.values()]
    said += [_("还没有楼院：{names}。生效时不会设。").format(names="、".join(empty))] if empty else []
    said += [_("新设：{names}。三个岗位先空着，从撤掉的网格整个过来的除外。").format(names="、".join(map(called, opened)))] if opened else []
    return said + ([_("撤掉：{names}。").format(names="、".join(map(called, closed)))] if closed else [])
