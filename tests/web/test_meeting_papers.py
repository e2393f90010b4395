"""The papers of a meeting: word for word what was frozen, and the numbers of the board."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from hawthorn.assessments.actions import meetings
from hawthorn.assessments.models import Point
from hawthorn.assessments.numbers import numbers_of
from hawthorn.assessments.report import ordinal
from hawthorn.assessments.rules import figures
from hawthorn.kernel.clock import local
from make import Scene


def held(s: Scene) -> int:
    for _n in range(3):
        s.start("officer1", {"words": "灯又坏了", "unit": s.units["u1"].pk, "category": s.category("m01037")})
    place, actor = s.town.places[s.places["street"].pk], s.actor("center")
    item = meetings.draw_up(place, actor=actor, town=s.town, now=s.now, door="test")
    until = (s.now + timedelta(days=5)).isoformat()
    given = {"decision": "commit", "words": "把线路查一遍", "lead": s.posts["power"].pk, "until": until}
    meetings.decide(Point.objects.get(meeting=item, kind="problem").pk, given, actor=actor, town=s.town, now=s.now, door="test")
    meetings.close(item, {"offline": "1"}, actor=actor, town=s.town, now=s.now, door="test")
    meetings.add_erratum(item, "地点应为二网格", actor=actor, town=s.town, now=s.now, door="test")
    return item


def words_of(client: Client, item: int, what: str, form: str) -> str:
    answer = client.get(f"/meeting/{item}/{what}.{form}")
    assert answer.status_code == 200
    if form == "pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).replace("\n", "")
    made = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "".join([*(line.text for line in made.paragraphs), *cells])


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_minutes_say_what_was_frozen_and_what_was_corrected(s: Scene, at: Callable[[str], Client], form: str) -> None:
    item = held(s)
    said = words_of(at("center"), item, "minutes", form)
    for piece in (
        "东街道周研判会议纪要",
        "一、高频问题",
        "同一处近 30 天 3 件",
        "定下来办：把线路查一遍",
        "供电所牵头",
        "另有线下会商 1 件",
        "更正（2026年3月2日）：地点应为二网格",
    ):
        assert piece.replace(" ", "") in said.replace(" ", ""), piece


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_report_has_the_numbers_of_the_board(s: Scene, at: Callable[[str], Client], form: str) -> None:
    item = held(s)
    for n in range(7):
        s.start("officer1", {"words": f"坑 {n}", "unit": s.units["u1"].pk, "result": "填了"}, step="report_settled")
    known = numbers_of(s.town.places[s.places["street"].pk], figures.first_of(local(s.now).date()), s.town, s.now)
    said = words_of(at("center"), item, "report", form).replace(" ", "")
    assert f"来件{known.found}件，办结{known.settled}件" in said
    assert known.settled == 7
    for share in known.shares:
        assert f"{share.figure.label}{share.top}/{share.bottom}" in said, share
    board = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", at("center").get("/board").content.decode()))
    assert f"{known.shares[0].percent}%" in board


def test_papers_are_for_who_reads_the_meeting_and_only_once_it_is_frozen(s: Scene, at: Callable[[str], Client]) -> None:
    item = held(s)
    for who in ("officer1", "center2", "county_desk"):
        assert at(who).get(f"/meeting/{item}/minutes.pdf").status_code == 404
    assert at("center").get(f"/meeting/{item}/other.pdf").status_code == 404
    assert at("center").get(f"/meeting/{item}/minutes.exe").status_code == 404
    fresh = meetings.draw_up(s.town.places[s.places["street"].pk], actor=s.actor("center"), town=s.town, now=s.now, door="test")
    assert at("center").get(f"/meeting/{fresh}/minutes.pdf").status_code == 409


def test_headings_are_counted_as_official_papers_count() -> None:
    assert [ordinal(n) for n in (1, 10, 11, 20, 21)] == ["一", "十", "十一", "二十", "二十一"]
