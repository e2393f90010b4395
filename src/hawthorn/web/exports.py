"""导出: every list as a workbook or CSV, sent as it is read. How many rows is said before; who took what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.files.ledgers import as_csv, as_xlsx
from hawthorn.gateways import actions
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import queries
from hawthorn.web import ledgers, ledgers_of_patrols, ledgers_of_place, papers
from hawthorn.web.books import XLSX
from hawthorn.web.ledgers import Ledger
from hawthorn.web.request import Request

FORMS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", **papers.MIMES}
LABELS = {"xlsx": "xlsx", "csv": "CSV", "docx": "Word", "pdf": "PDF"}
ON_PAPER = 1_000
LONG, SEARCHED = 5_000, "1"
ONE_AT_A_TIME = threading.BoundedSemaphore(1)
LISTS: dict[str, Callable[[Request], Ledger]] = {
    "today": ledgers.of_duties,
    "team": ledgers_of_place.of_team,
    "oncall": ledgers_of_place.of_oncall,
    "calendar": ledgers_of_place.of_calendar,
    "map": ledgers_of_place.of_map,
    "figures": ledgers_of_place.of_figures,
    "categories": ledgers_of_place.of_categories,
    "checkpoints": ledgers_of_patrols.of_checkpoints,
    "round": ledgers_of_patrols.of_round,
    "errand-table": ledgers_of_patrols.of_errand,
}


def ledger_of(request: Request, what: str) -> Ledger:
    """The list of that name, as the asker sees it. Raises NotThere."""
    if what in LOOPS:
        return ledgers.of_loop(request, what)
    if what in LISTS:
        return LISTS[what](request)
    raise NotThere


@require_safe
def export(request: Request, what: str) -> HttpResponse:
    """What would be taken away: how many rows, which columns."""
    ledger = ledger_of(request, what)
    first = request.GET.get("form") if request.GET.get("form") in FORMS else "xlsx"
    kept = request.GET.copy()
    kept.pop("form", None)
    context = {
        "title": _("导出 · {list}").format(list=ledger.title), "what": what, "number": ledger.number, "columns": ledger.columns, "back": ledger.back,
        "forms": sorted(({"code": code, "label": LABELS[code], "on": code == first} for code in _forms(ledger.number)), key=lambda f: not f["on"]),
        "query": kept.urlencode(), "is_long": ledger.number > LONG,
    }  # fmt: skip
    return render(request, "web/export.html", context)


@require_safe
def download(request: Request, what: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """The list itself. Long ones one at a time in a process, so that the others still find a free hand."""
    if form not in FORMS:
        raise NotThere
    ledger = ledger_of(request, what)
    if form in papers.MIMES:
        return _on_paper(request, what, form, ledger)
    write: Callable[..., Iterator[bytes]] = as_csv if form == "csv" else partial(as_xlsx, ledger.title)
    return sent(request, what, form, ledger.number, lambda: write(ledger.columns, ledger.rows()))


def _forms(number: int) -> list[str]:
    """Long lists are no papers."""
    return [code for code in FORMS if code not in papers.MIMES or number <= ON_PAPER]


def _on_paper(request: Request, what: str, form: str, ledger: Ledger) -> HttpResponse:
    """台账打印: up to a thousand rows. Raises Refused for more."""
    if ledger.number > ON_PAPER:
        raise Refused("too_long", detail=_("超过一千行，不出纸面文件。请先筛选，或者导出 xlsx。"))
    paper = papers.of_ledger(request, ledger.title, ledger.columns, ledger.rows())
    note(request, what, form, ledger.number)
    return papers.sent(paper, form, f"{what}-{local(request.now):%Y%m%d}")


def sent(request: Request, what: str, form: str, number: int, write: Callable[[], Iterator[bytes]]) -> StreamingHttpResponse:
    """What `write` gives, as a file. Raises Refused where another long one is under way."""
    is_long = number > LONG
    if is_long:
        take_turn()
    try:
        note(request, what, form, number)
        pieces = Sending(write(), ONE_AT_A_TIME.release if is_long else None)
    except BaseException:
        if is_long:
            ONE_AT_A_TIME.release()
        raise
    response = StreamingHttpResponse(pieces, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{what}-{local(request.now):%Y%m%d}.{form}"'
    return response


def take_turn() -> None:
    """For long work; to be released after it. Raises Refused where another is under way."""
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise Refused("busy", detail=_("正在导出另一张长表，请过一会儿再导。"))


def note(request: Request, what: str, form: str, number: int) -> None:
    """Keep who took what."""
    seat = queries.widest(request.actor)
    actions.note_export(
        tenant=request.tenant, user=request.actor.user, post=seat.post if seat else None, what=what, filters=_filters(request), form=form, rows=number,
        now=request.now,
    )  # fmt: skip


def _filters(request: Request) -> str:
    """Those of the address; of a search only that there was one, since the words may be a name."""
    kept = request.GET.copy()
    if "q" in kept:
        kept["q"] = SEARCHED
    return str(kept.urlencode())


class Sending:
    """Pieces on their way; whether sent to the end or broken off, `after` is called once."""

    def __init__(self, pieces: Iterator[bytes], after: Callable[[], Any] | None) -> None:
        self.pieces, self.after = pieces, after

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self.pieces)

    def close(self) -> None:
        """Stop reading; let the next one begin."""
        after, self.after = self.after, None
        try:
            self.pieces.close()  # type: ignore[attr-defined]
        finally:
            if after is not None:
                after()
