"""What the export of each list holds: the same query, the same asker and the same filters as its page, no column about a person that the page lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.files.ledgers import Column
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter
from hawthorn.web import lists, rows, words
from hawthorn.web.request import Request

CHUNK = 1000
Cells = Sequence[Any]
SYSTEM, ENGINE = "系统", "步骤表"


@dataclass(frozen=True)
class Ledger:
    """A list to be taken away: what it is called, its columns, how many rows there are, and the rows themselves, read when they are sent."""

    title: str
    columns: Sequence[Column]
    number: int
    rows: Callable[[], Iterator[Cells]]
    back: str


def dictionary(*lines: tuple[str, str, str, str, int]) -> tuple[Column, ...]:
    """Columns from (heading, name, meaning, source, width), in the asker's language."""
    return tuple(Column(_(heading), name, _(meaning) if meaning else "", _(source), width) for heading, name, meaning, source, width in lines)


ITEM = (
    ("回执编号", "receipt", "凭它可以查到这件事", SYSTEM, 12), ("类别", "category", "事项目录里的类别", "事项目录", 18),
    ("事项", "words", "最早的一句话，最多 46 个字", "来话人或网格员", 44), ("急办", "urgent", "是不是急办", SYSTEM, 8),
    ("社区（村）", "community", "发生在哪个社区或村", "地点", 16), ("网格", "grid", "发生在哪个网格；空的是还没有定", "地点", 16),
    ("地点", "place", "楼院或者网格", "地点", 24), ("状态", "stage", "现在到哪一步", ENGINE, 12),
    ("负责", "holder", "现在由哪个岗位负责；办完的是空的", "岗位", 22),
    ("期限", "due_at", "现在这一步最晚什么时候", "时限", 18), ("已超时", "is_late", "导出的时候过了期限没有", SYSTEM, 8),
    ("来的时间", "opened_at", "什么时候来的", SYSTEM, 18), ("结束时间", "closed_at", "什么时候办完；空的是在办", SYSTEM, 18),
)  # fmt: skip
OUTSIDE = (
    ("来源", "outside_source", "从哪个系统来的", "来件表", 12), ("外部编号", "outside_number", "那个系统的编号", "来件表", 20),
    ("外来期限", "outside_due_at", "那个系统要求的期限", "来件表", 18),
)  # fmt: skip


# ── the list of a loop ──
def of_loop(request: Request, loop: str) -> Ledger:
    """What lists.listing shows, all of it."""
    seat = lists.chosen_seat(request)
    found = lists.narrowed(queries.listed(loop, seat, request.now), loop, request, seat) if seat else Item.objects.none()
    columns = dictionary(*ITEM, *(OUTSIDE if loop == "matters" else ()))
    lines = _Lines(request, loop == "matters")
    return Ledger(words.kind_of(loop, request), columns, counted(found, loop, request), lambda: lines.of(in_pieces(found)), reverse(loop) + _query(request))


def of_duties(request: Request) -> Ledger:
    """What Today counts, all of it, the latest first."""
    found = queries.duties([s.post for s in request.actor.seats if s.post])
    columns = (Column(_("事情"), "loop", _("事项、协办、请示、督办……"), _(ENGINE), 10), *dictionary(*ITEM))
    lines = _Lines(request, False)
    labels = {loop.name: words.kind_of(loop.name, request) for loop in LOOPS}

    def read() -> Iterator[Cells]:
        for item, cells in lines.pairs(in_pieces(found)):
            yield [labels[item.loop], *cells]

    return Ledger(_("今日待办"), columns, counted(found, "", request), read, reverse("today"))


def _query(request: Request) -> str:
    kept = lists.link(request)
    return kept if kept.startswith("?") else ""


def counted(found: QuerySet[Item], loop: str, request: Request) -> int:
    """How many; what is hidden from the asker is not counted."""
    hides = [one.name for one in LOOPS if one.hides is not queries.HIDES_NOTHING and loop in ("", one.name)]
    number = found.exclude(loop__in=hides).count() if hides else found.count()
    return number + sum(len(rows.in_sight(piece, request)) for piece in in_pieces(found.filter(loop__in=hides))) if hides else number


def in_pieces(found: QuerySet[Item]) -> Iterator[list[Item]]:
    """The newest first, a statement a piece; nothing is held open between them."""
    last: int | None = None
    while piece := list((found if last is None else found.filter(pk__lt=last)).order_by("-id")[:CHUNK]):
        yield piece
        if len(piece) < CHUNK:
            return
        last = piece[-1].pk


class _Lines:
    """Items as rows; names and labels are looked up before the first is sent."""

    def __init__(self, request: Request, has_outside: bool) -> None:
        self.request, self.has_outside = request, has_outside
        self.stages = {(loop.name, s.code): _(s.label) for loop in LOOPS for s in loop.stages.values()}

    def of(self, pieces: Iterable[list[Item]]) -> Iterator[Cells]:
        """The rows."""
        return (cells for _item, cells in self.pairs(pieces))

    def pairs(self, pieces: Iterable[list[Item]]) -> Iterator[tuple[Item, list[Any]]]:
        """Each item with its row."""
        for piece in pieces:
            items = rows.in_sight(piece, self.request)
            said = rows.snippets(items)
            outside = _outside(items) if self.has_outside else {}
            for item in items:
                yield item, [*self._line(item, said.get(item.pk, "")), *(outside.get(item.pk, ("", "", None)) if self.has_outside else ())]

    def _line(self, item: Item, said: str) -> list[Any]:
        town = self.request.town
        what, _where = words.split_title(item.title)
        holder = town.posts.get(item.holder_id or 0)
        return [
            words.receipt(item.receipt), what, said, item.urgent, town.name_of(item.community_id), town.name_of(item.grid_id),
            rows.place_of(item, self.request), self.stages[item.loop, item.stage], holder.name if holder else "", item.due_at,
            bool(item.due_at and item.due_at < self.request.now), item.opened_at, item.closed_at,
        ]  # fmt: skip


def _outside(items: Sequence[Item]) -> dict[int, tuple[str, str, datetime | None]]:
    """Numbers and limits of other systems, one statement."""
    found = Matter.objects.filter(item__in=[i.pk for i in items]).values_list("item_id", "outside_source", "outside_number", "outside_due_at")
    return {item: (source, number, due) for item, source, number, due in found if number}
