"""Papers to take away: minutes and the weekly report, as docx to edit and PDF to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.assessments import report
from hawthorn.assessments.models import Erratum, Minutes
from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.rules import figures
from hawthorn.drops import queries as drops
from hawthorn.files.ledgers import Column, plain
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.papers.as_docx import docx
from hawthorn.papers.as_pdf import pdf
from hawthorn.papers.paper import Paper, Table
from hawthorn.web import words
from hawthorn.web.meetings import meeting_row
from hawthorn.web.request import Request

MIMES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}


def stamp(request: Request) -> str:
    """演示数据, on every page of a demo's papers."""
    return _("演示数据") if request.tenant.is_demo else ""


def sent(paper: Paper, form: str, name: str) -> HttpResponse:
    """The paper as a file. Raises NotThere for another form."""
    if form not in MIMES:
        raise NotThere
    response = HttpResponse(docx(paper) if form == "docx" else pdf(paper), content_type=MIMES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def of_ledger(request: Request, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Paper:
    """台账 as a paper, on its side: the same rows as the workbook, times and yes or no as they are said."""
    widths = [(column.heading, float(min(column.width, 30))) for column in columns]
    table = Table(widths, [[_said(cell) for cell in row] for row in rows])
    made = _("{at} 导出").format(at=words.stamp(request.now))
    return Paper(title, [table], stamp=stamp(request), is_wide=True, notes=(f"{request.tenant.name} · {made}",))


def _said(cell: Any) -> str:
    """As it stands in a cell of the workbook; no is left blank."""
    if cell is None or cell is False:
        return ""
    value = plain(cell)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


@require_safe
def meeting_paper(request: Request, item: int, what: str, form: str) -> HttpResponse:
    """纪要 or 工作报告 of a frozen meeting."""
    row = meeting_row(request, item)
    minutes = Minutes.objects.filter(meeting=item).first()
    if what not in ("minutes", "report"):
        raise NotThere
    if minutes is None:
        raise Refused("wrong_stage", detail=_("纪要还没有定稿。定稿以后才能出文件。"))
    on = row.facts.on.isoformat()
    if what == "minutes":
        return sent(report.of_minutes(minutes, list(Erratum.objects.filter(meeting=item).order_by("id")), stamp(request)), form, f"minutes-{on}")
    return sent(_week(request, row, minutes), form, f"report-{on}")


def _week(request: Request, row: Any, minutes: Minutes) -> Paper:
    place = request.town.places[row.item.community_id or row.item.subdistrict_id or row.item.county_id]
    today = local(request.now).date()
    numbers = numbers_of(place, figures.first_of(today), request.town, request.now)
    by_grid = drops.went([place.at("subdistrict") or 0], today)
    inside = {p.id for p in request.town.places.values() if p.level == "grid" and p.at(place.level) == place.id}
    went = drops.together([w for grid, w in by_grid.items() if grid in inside or (grid is None and place.level == "subdistrict")])
    return report.of_week(minutes, numbers, went, words.quarter(today), stamp(request))
