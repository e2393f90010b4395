"""What the exports of the pages about patrols hold: the same rows as their pages, places and results, nobody's name."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import queries as items
from hawthorn.patrols import errand_queries, kinds, queries
from hawthorn.patrols.rules import points
from hawthorn.web import checkpoints, patrol_words, rounds
from hawthorn.web.ledgers import SYSTEM, Ledger, dictionary
from hawthorn.web.ledgers_of_place import held
from hawthorn.web.request import Request, whole

POINTS = (
    ("社区（村）", "community", "", "地点", 16), ("网格", "grid", "", "地点", 16), ("种类", "kind", "哪一种排查点", "排查点", 18),
    ("位置", "where", "楼院和具体位置", "排查点", 30), ("多久看一次", "rule", "现在的规矩", "排查点", 24), ("看什么", "items", "", "排查点", 40),
    ("上次看", "last_on", "最近哪一天看过；空的是还没有看过", SYSTEM, 14), ("结果", "result", "最近那次看到的", SYSTEM, 12),
)  # fmt: skip


def of_checkpoints(request: Request) -> Ledger:
    """排查点, as filtered on its page."""
    town, today = request.town, local(request.now).date()
    found = checkpoints.fitting(request)
    last = queries.last_looks([p.row.pk for p in found])
    rows = []
    for p in found:
        look = last[p.row.pk][0] if p.row.pk in last else None
        rule = patrol_words.rule_words(p.spot.line(today))
        rows.append(
            (town.name_of(p.row.community_id), town.name_of(p.row.grid_id), kinds.name_of(p.row.kind), p.where, rule, p.row.items,
             look.on if look else None, _(points.RESULTS[look.result]) if look else "")
        )  # fmt: skip
    return held(request, _("排查点"), POINTS, rows, "checkpoints")


ROUND = (
    ("序号", "number", "按走的顺序", SYSTEM, 6), ("种类", "kind", "哪一种排查点", "排查点", 14), ("位置", "where", "楼院和具体位置", "排查点", 24),
    ("看什么", "items", "", "排查点", 40), ("正常", "fine", "打勾", "纸上填", 6), ("有问题：写一句", "problem", "回来记成事项", "纸上填", 26),
)  # fmt: skip


def of_round(request: Request) -> Ledger:
    """排查单: today's points in walking order, with what to look at and room to write."""
    way = rounds.way_of(request)
    today = queries.round_of(way.found, request.town, request.now)
    rows = [(n, kinds.name_of(p.row.kind), p.where, p.row.items, "", "") for n, p in enumerate((today.points[d.point] for d in today.due), start=1)]
    return held(request, _("排查单 · {name} · {on}").format(name=way.name, on=local(request.now).date().isoformat()), ROUND, rows, "rounds")


ERRAND = (
    ("社区（村）", "community", "", "地点", 16), ("网格", "grid", "", "地点", 16), ("数", "number", "网格报的数，或者系统已有的数", "临时交办", 10),
    ("怎么样", "result", "网格写的情况", "临时交办", 44), ("状态", "stage", "", "临时交办", 12),
)  # fmt: skip


def of_errand(request: Request) -> Ledger:
    """The table of one errand: ?errand=. Raises NotThere."""
    errand = whole(request.GET.get("errand", "")) or 0
    row = items.get_visible(errand, actor=request.actor, town=request.town, now=request.now, loop="errands")
    town, stages = request.town, LOOPS["errand_parts"].stages
    rows = []
    for a in errand_queries.answers(row.item, row.detail):
        said = _(stages[a.stage].label) if a.item else _("系统已有")
        rows.append((town.name_of(town.places[a.grid].community) if a.grid in town.places else "", town.name_of(a.grid), a.number, a.words, said))
    lines = dictionary(*ERRAND)
    return Ledger(_("临时交办"), lines, len(rows), lambda: iter(rows), reverse("errand-table", args=[errand]))
