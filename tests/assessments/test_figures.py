"""Figures: shares of counts with their lists; a closed month stands; nothing of a person; few are not shown publicly."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Model

from hawthorn.assessments import queries, tasks
from hawthorn.assessments.actions import months as actions
from hawthorn.assessments.models import Cell, Month
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops.models import Item
from life import lived
from make import Scene

MARCH = date(2026, 3, 1)


def counted(s: Scene, place: str = "street", month: date = MARCH) -> dict[str, int]:
    """The counts of a place."""
    return queries.counts(s.town.places[s.places[place].pk], month, s.now)[0].get((), {})


def test_the_counts_of_a_small_month_are_as_one_would_count_by_hand(s: Scene) -> None:
    lived(s)
    wanted = {
        "found": 4, "found_first": 2, "contact_due": 2, "contacted": 1, "ended": 3, "settled": 3, "in_grid": 2, "in_community": 1, "in_subdistrict": 0,
        "in_time": 3, "handed_back": 1, "reopened": 0, "called": 2, "solved": 2, "rated": 2, "satisfied": 1,
    }  # fmt: skip
    assert counted(s) == wanted
    assert counted(s, "grid1")["found"] == 3
    assert counted(s, "grid2")["handed_back"] == 1
    assert counted(s, "street2").get("found", 0) == 0
    assert counted(s, "street", date(2026, 2, 1))["found"] == 0


@pytest.mark.parametrize("name", [*rules.COUNTS, *rules.SUMS])
def test_every_count_has_the_list_it_counts(s: Scene, name: str) -> None:
    lived(s)
    found = queries.narrowed(Item.objects.filter(subdistrict=s.places["street"]), name, MARCH, s.now)
    assert found.count() == rules.count(counted(s), name)


def test_a_closed_month_stands_until_a_named_correction(s: Scene) -> None:
    made = lived(s)
    s.now = rules.span(date(2026, 4, 1))[0] + timedelta(hours=2)
    before = counted(s)
    assert tasks.close_months(town=s.town, now=s.now) >= 2, "the street, the other street and the county are closed where something was"
    assert tasks.close_months(town=s.town, now=s.now) == 0
    s.step("desk", made["own"], "reopen", {"reason": "又松了"})
    assert counted(s) == before, "what happens later is counted in its own month"
    place = s.town.places[s.places["street"].pk]
    with pytest.raises(Refused, match="not_yours"):
        actions.correct(place, MARCH, reason="看错了", actor=s.actor("officer1"), town=s.town, now=s.now)
    with pytest.raises(Refused, match="missing"):
        actions.correct(place, MARCH, reason="  ", actor=s.actor("center"), town=s.town, now=s.now)
    with pytest.raises(NotThere):
        actions.correct(place, date(2026, 2, 1), reason="看错了", actor=s.actor("center"), town=s.town, now=s.now)
    corrected = actions.correct(place, MARCH, reason="井盖一件重办，三月多算了", actor=s.actor("center"), town=s.town, now=s.now)
    assert counted(s)["settled"] == before["settled"] - 1
    assert Month.objects.filter(place=place.id, on=MARCH).count() == 2, "the old numbers are kept"
    assert (corrected.user, corrected.post) == (s.users["center"].pk, s.posts["center"].pk)


def test_cells_add_up_to_every_level(s: Scene) -> None:
    lived(s)
    live = {key: counted(s, key) for key in ("street", "community", "grid1", "grid2")}
    s.now = rules.span(date(2026, 4, 1))[0]
    tasks.close_months(town=s.town, now=s.now)
    closed = {key: counted(s, key) for key in live}
    for key in live:
        assert {n: c for n, c in closed[key].items() if c} == {n: c for n, c in live[key].items() if c}, key


def test_a_running_month_is_not_closed(s: Scene) -> None:
    with pytest.raises(Refused, match="too_early"):
        actions.close(s.town.places[s.places["street"].pk], MARCH, now=s.now)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a small table is read whole there, whatever indexes it has")
def test_what_is_open_in_a_county_is_counted_over_the_index_of_open_ones(s: Scene) -> None:
    below = [s.places["street"].pk, s.places["street2"].pk]
    for found in queries.open_in(s.town.places[s.places["county"].pk], below):
        assert "item_open_subdistrict" in found.values("urgent").explain()


def test_no_figure_knows_a_person() -> None:
    def names(model: type[Model]) -> set[str]:
        return {f.name for f in model._meta.get_fields()}

    assert not names(Cell) & {"user", "post", "holder", "lead", "handler"}
    assert names(Month) & {"user", "post"} == {"user", "post"}, "who corrected a month stands there, nobody else"
