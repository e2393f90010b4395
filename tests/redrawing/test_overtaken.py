"""One plan after another: what is not in force yet goes back to draft over today's grids, and is looked at again before it is decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from test_plans import DAY, NIGHT, approved, approved_on, at_night, by, drafted, faults, grid_of, laid

from hawthorn.journal.models import Event
from hawthorn.kernel.errors import Refused
from hawthorn.loops.models import Item
from hawthorn.loops.tasks import run_due
from hawthorn.redrawing.actions import plans
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Unit
from make import Scene

__all__ = ["laid"]


def asking(s: Scene) -> dict[str, Any]:
    return {"actor": s.actor("desk"), "town": s.town, "now": s.now}


def sorted_out(s: Scene) -> int:
    """A plan that puts everything of the second grid into the first, and so closes it; approved."""
    return approved(s, {f"r{n}": "grid1" for n in range(6, 12)})


def test_a_plan_drawn_over_grids_that_change_goes_back_to_draft_with_what_can_stay(laid: Scene) -> None:
    s = laid
    other = drafted(s, {"r5": "grid2"})
    s.step("desk", other, "consult", {"words": "公告栏"})
    later = approved_on(s, {"r4": "grid2", "r5": "grid2"}, "2026-04-01")
    own = drafted(s, {"r0": "grid1"})
    sorted_out(s)
    at_night(s)
    assert [Item.objects.get(pk=n).stage for n in (other, later, own)] == ["draft"] * 3
    assert {grid_of(s, f"r{n}") for n in range(12)} == {"grid1"}
    for plan in (other, later, own):
        f = s.facts(plan)
        assert (f.moved, f.moved_units, f.on, f.approver) == (0, 0, None, None), "the grid it moved them to is gone: they stay"
        assert s.holder(plan) == "desk"
        assert Event.objects.filter(stream=plan, step="overtake").count() == 1
    assert not faults()
    s.now = NIGHT + timedelta(days=14)
    run_due(s.now)
    assert Item.objects.get(pk=later).stage == "draft", "its old day brings nothing into force"
    with pytest.raises(Refused, match="nothing_moves"):
        s.step("desk", other, "consult", {"words": "公告栏"})


def test_what_another_plan_did_not_move_follows_the_grids_of_today(laid: Scene) -> None:
    s = laid
    other = drafted(s, {"r6": "grid1"})
    approved(s, {"r5": "grid2"})
    at_night(s)
    assert plans.drawn_by(other)[s.units["r6"].pk] == s.places["grid1"].pk
    assert plans.drawn_by(other)[s.units["r5"].pk] == s.places["grid2"].pk, "nobody meant to lead it back"
    f = s.facts(other)
    assert (f.stage, f.moved, f.moved_units, f.broken) == ("draft", 20, 1, 2), "and what it comes to is counted anew"
    assert not faults()


def test_a_unit_that_has_no_grid_yet_leaves_no_other_plan_leading_things_back(laid: Scene) -> None:
    s = laid
    other = drafted(s, {"r6": "grid1"})
    approved(s, {"r5": "grid2"})
    new = territory.create_unit(community=s.places["community"], code="new", name="新楼", households=10)
    at_night(s)
    drawn = plans.drawn_by(other)
    assert (drawn[s.units["r5"].pk], drawn[s.units["r6"].pk]) == (s.places["grid2"].pk, s.places["grid1"].pk)
    assert new.pk not in drawn
    assert (s.facts(other).moved_units, s.facts(other).broken) == (1, 2), "what it comes to is counted over the units that have a grid"
    assert not faults()


def test_a_closed_grid_in_which_a_unit_ended_is_no_choice_and_stops_no_later_plan(laid: Scene) -> None:
    s = laid
    other = drafted(s, {"r5": "grid2"})
    sorted_out(s)
    Unit.objects.filter(pk=s.units["r11"].pk).update(ended_on=date(2026, 3, 10))
    at_night(s)
    assert s.places["grid2"].pk not in plans.drawn_by(other).values()
    with pytest.raises(Refused, match="not_a_choice"):
        plans.redraw(other, {s.units["r5"].pk: s.places["grid2"].pk}, **by(s, "desk"))
    number = plans.open_grid(other, "东坡网格", **asking(s))
    plans.redraw(other, {s.units["r0"].pk: -number, s.units["r1"].pk: -number}, **by(s, "desk"))
    s.step("desk", other, "consult", {"words": "公告栏"})
    s.step("leader", other, "approve", {"on": "2026-03-25", "words": "好"})
    s.now = NIGHT + timedelta(days=5)
    run_due(s.now)
    assert Item.objects.get(pk=other).stage == "in_force"
    assert not faults()


def test_two_plans_do_not_open_grids_of_one_name(laid: Scene) -> None:
    s = laid
    first, second = (drafted(s, {}) for _n in range(2))
    for plan in (first, second):
        number = plans.open_grid(plan, "东坡网格", **asking(s))
        plans.redraw(plan, {s.units["r10"].pk: -number, s.units["r11"].pk: -number}, **by(s, "desk"))
        s.step("desk", plan, "consult", {"words": "公告栏"})
    s.step("leader", first, "approve", {"on": DAY.isoformat(), "words": "好"})
    at_night(s)
    assert Item.objects.get(pk=first).stage == "in_force"
    assert Item.objects.get(pk=second).stage == "draft"
    with pytest.raises(Refused, match="taken"):
        s.step("desk", second, "consult", {"words": "公告栏"})
    plans.open_grid(second, "西坡网格", number=1, **asking(s))
    s.step("desk", second, "consult", {"words": "公告栏"})
    assert not faults()


def test_a_grid_closed_in_another_way_is_named_where_the_plan_is_decided(laid: Scene) -> None:
    s = laid
    plan = drafted(s, {"r5": "grid2"})
    s.step("desk", plan, "consult", {"words": "公告栏"})
    for n in range(6, 12):
        territory.put_unit_in_grid(unit=s.units[f"r{n}"], grid=s.places["grid1"], from_on=date(2026, 3, 1))
    territory.end_grid(grid=s.places["grid2"], on=date(2026, 3, 1))
    s.county.refresh_from_db()
    with pytest.raises(Refused, match="no_way") as why:
        s.step("leader", plan, "approve", {"on": DAY.isoformat(), "words": "好"})
    assert s.places["grid2"].name in why.value.detail
    assert Item.objects.get(pk=plan).stage == "consulted"
