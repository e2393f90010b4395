"""减负清单: what was asked of the grids; a field that a form cannot be sent without is never called one to take away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hawthorn.assessments import burden
from hawthorn.assessments.actions import reading
from hawthorn.assessments.models import FieldRead
from hawthorn.files.models import Attachment
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops.models import Item
from hawthorn.web.burden import SHOWN
from make import Scene

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def _nothing_read() -> None:
    """What this process noted as read belongs to other tests."""
    reading._known.clear()


def report(s: Scene) -> burden.Report:
    return burden.report_of(s.town.places[s.places["street"].pk], s.town, s.now, SHOWN)


def named(many: object) -> set[str]:
    """loop.step.field of what is named."""
    return {f"{f.loop}.{f.step}.{name}" for f in many for name in f.names}  # type: ignore[attr-defined]


def lived(s: Scene, number: int = 10) -> list[int]:
    """So many matters reported, accepted and settled by an officer, with as little as the forms let through."""
    many = []
    for n in range(number):
        item = s.start("officer1", {"words": f"第 {n} 件", "category": s.category("m01037"), "spot": "东门"}).id
        s.step("officer1", item, "accept")
        s.step("officer1", item, "note", {"words": "又去看过"})
        s.step("officer1", item, "settle", {"result": "好了", "say": "好了", "why_no_proof": "天黑"})
        many.append(item)
        s.later(hours=1)
    return many


def test_what_a_form_cannot_be_sent_without_is_not_called_one_to_take_away(s: Scene) -> None:
    lived(s)
    found = report(s)
    assert named(found.needed) >= {"matters.report.words", "matters.settle.result", "matters.settle.why_no_proof"}
    assert "matters.report.spot" in named(found.unread), "it may be left blank, and nobody read it"
    assert named(found.unread) & named(found.needed) == set()
    spare = [key.split(".") for key in named(found.unread) | named(found.unfilled)]
    assert not [key for key in spare if LOOPS[key[0]].steps[key[1]].needs.model_fields[key[2]].is_required()]


def test_only_what_a_page_asks_for_and_nobody_fills_in_is_named_as_such(s: Scene) -> None:
    lived(s)
    found = named(report(s).unfilled)
    assert "matters.report.subdistrict" not in found, "no page asks an officer for it"
    assert "matters.report.outside_number" not in found
    assert "matters.note.files" not in found, "photos are counted by themselves"
    assert "matters.report.spot" not in found, "it was filled in"


def test_what_is_said_to_whoever_asked_is_read_by_them(s: Scene) -> None:
    lived(s)
    found = report(s)
    assert "matters.settle.say" not in named(found.unread) | named(found.needed)


def test_photos_are_counted_of_those_who_act_for_a_grid(s: Scene) -> None:
    (item,) = lived(s, 1)
    for who, mime in (("officer1", "image/jpeg"), ("officer1", "application/pdf"), ("center", "image/jpeg"), (None, "image/jpeg")):
        user = s.users[who].pk if who else None
        Attachment.objects.create(item=item, seq=1, sha="0" * 64, mime=mime, size=1, user_id=user, at=s.now)
    assert report(s).photos == 1


def test_it_takes_the_same_few_statements_however_many_events_there_are(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burden, "AT_ONCE", 5)
    s.start("officer1", {"words": "一件"})
    town, place = s.town, s.town.places[s.places["street"].pk]
    counts = []
    for _again in range(2):
        with CaptureQueriesContext(connection) as asked:
            burden.report_of(place, town, s.now, SHOWN)
        counts.append(len([q for q in asked.captured_queries if q["sql"].lstrip().upper().startswith("SELECT")]))
        lived(s, 12)
    seen = 4 if connection.vendor == "sqlite" else 3  # PostgreSQL reads the events by a cursor of the server, which is not captured
    assert counts == [seen, seen]


def test_the_page_lists_fields_by_form_and_a_field_that_was_read_is_no_longer_named(at: At, s: Scene) -> None:
    lived(s)
    page = at("center").get("/burden").content.decode()
    assert "事项 · 上报" in page
    needed = page.split("必填，却没有人看</h2>")[1].split("</section>")[0]
    assert "<li>什么事</li>" in needed
    assert "什么事" not in page.split("填了没有人看的</h2>")[1].split("</section>")[0]
    at("center").get(f"/i/{Item.objects.filter(loop='matters').first().pk}")  # type: ignore[union-attr]
    assert FieldRead.objects.filter(name="matters.report.words").exists()
    after = at("center").get("/burden").content.decode().split("必填，却没有人看</h2>")[1].split("</section>")[0]
    assert "什么事" not in after
    assert at("county_desk").get("/burden").status_code == 404


def test_what_was_taken_away_is_named_in_words(at: At, s: Scene) -> None:
    client = at("center")
    assert client.get("/export/today.csv").status_code == 200
    page = client.get("/burden").content.decode()
    assert '<li>今日待办 <span class="num">1</span></li>' in page
