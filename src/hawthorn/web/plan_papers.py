"""网格调整方案 to be printed and put up: why, what it comes to, the map, what moves; as docx to edit and PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.assessments.digest import day
from hawthorn.assessments.report import ordinal
from hawthorn.kernel.clock import local
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.rows import Row
from hawthorn.papers.paper import Block, Figure, Heading, Paper, Para, Table
from hawthorn.redrawing import graph, queries
from hawthorn.web import one_plan
from hawthorn.web.papers import sent, stamp
from hawthorn.web.plans import moves_words, stage_words
from hawthorn.web.request import Request

NOTE = "示意图，不作划界依据。圆圈是楼院，里面的数是表里网格的序号；双圈的换网格；虚线是网格之间。"


@require_safe
def plan_paper(request: Request, item: int, form: str) -> HttpResponse:
    """A plan beside today's grids as a paper."""
    row = loop_queries.get_visible(item, actor=request.actor, town=request.town, now=request.now, loop="plans")
    return sent(_paper(request, row), form, f"plan-{item}")


def _paper(request: Request, row: Row) -> Paper:
    place, shown = request.town.name_of(row.item.community_id), one_plan.shown(request, row)
    parts: list[tuple[str, list[Block]]] = [
        (_("现在怎么样"), [Para(_today(row))]),
        (_("调整以后"), [Para("".join(shown["measures"])), _households(shown["grids"]), *_drawn(shown["map"])]),
        (_("换网格的楼院"), [_moving(shown["moving"])] if shown["moving"] else [Para(_("没有楼院换网格。"))]),
        (_("办到哪一步"), [Para(words) for words in _far(row)]),
    ]
    blocks: list[Block] = []
    for n, (heading, inside) in enumerate(parts, start=1):
        blocks += [Heading(f"{ordinal(n)}、{heading}"), *inside]
    title = _("{place}网格优化调整方案").format(place=place)
    notes = (_("方案 {n} · {at} 打印").format(n=row.item.pk, at=f"{local(request.now):%Y-%m-%d %H:%M}"),)
    return Paper(title, blocks, signed=place, dated=day(local(request.now).date()), stamp=stamp(request), notes=notes)


def _today(row: Row) -> str:
    ground = queries.ground(queries.survey(row.item.community_id or 0))
    if ground is None:
        return _("有的楼院还没有网格或户数。")
    loads = graph.loads_of(ground, ground.today)
    words = _("现在有 {n} 个网格、{units} 个楼院、{all} 户，平均每个网格 {mean:.0f} 户；最多的 {most} 户，最少的 {least} 户。")
    return words.format(n=len(loads), units=len(ground.units), all=ground.total, mean=ground.mean, most=max(loads), least=min(loads))


def _households(grids: list[dict[str, Any]]) -> Table:
    rows = [(str(one["number"]), one["name"], str(one["was"]), str(one["now"]), one["off"]) for one in grids]
    return Table(((_("序号"), 0.7), (_("网格"), 2), (_("原来（户）"), 1.2), (_("方案（户）"), 1.2), (_("比平均"), 1.2)), rows)


def _moving(moving: list[dict[str, Any]]) -> Table:
    rows = [(one["name"], str(one["n"]), one["was"], one["now"]) for one in moving]
    return Table(((_("楼院"), 2), (_("户数"), 0.8), (_("原来的网格"), 1.5), (_("方案的网格"), 1.5)), rows)


def _drawn(found: dict[str, Any]) -> list[Block]:
    if not found:
        return []
    return [Figure(render_to_string("web/unit_map.svg.html", {"map": found}), _(NOTE))]


def _far(row: Row) -> list[str]:
    said = [_("{stage}。{moves}换网格。").format(stage=stage_words(row), moves=moves_words(row))]
    if row.facts.on and row.item.stage == "approved":
        said.append(_("从{day}零点起生效；没办完的事跟着楼院走，期限和答应过的都不变。").format(day=day(row.facts.on)))
    return said
