"""Plans for grids: drafted, drawn by hand, approved by another person, in force on their day, with everything that is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from hawthorn.accounts.models import User
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import CHECKS
from hawthorn.loops import actions as loops
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item
from hawthorn.loops.tasks import run_due
from hawthorn.patrols.models import Checkpoint
from hawthorn.redrawing.actions import plans, proposals, switching
from hawthorn.redrawing.models import PlanUnit, Proposal
from hawthorn.redrawing.tasks import draw_proposals
from hawthorn.territory import actions as territory
from hawthorn.territory.models import UnitGrid
from laid import lay
from make import Scene
from walking import point

DAY = date(2026, 3, 20)
NIGHT = datetime(2026, 3, 19, 16, 0, tzinfo=UTC)  # 00:00 of the 20th in Shanghai


@pytest.fixture
def laid(s: Scene) -> Scene:
    lay(s)
    return s


def by(s: Scene, who: str) -> dict[str, Any]:
    return {"actor": s.actor(who), "town": s.town, "now": s.now, "door": "test"}


def drafted(s: Scene, moves: dict[str, str], who: str = "desk") -> int:
    card = s.town.places[s.places["community"].pk]
    return plans.draft(card, {s.units[u].pk: s.places[g].pk for u, g in moves.items()}, **by(s, who))


def approved(s: Scene, moves: dict[str, str]) -> int:
    return approved_on(s, moves, DAY.isoformat())


def approved_on(s: Scene, moves: dict[str, str], on: str) -> int:
    plan = drafted(s, moves)
    s.step("desk", plan, "consult", {"words": "社区公告栏，到 3 月 15 日"})
    s.step("leader", plan, "approve", {"on": on, "words": "没有不同意见"})
    return plan


def grid_of(s: Scene, unit: str) -> str:
    grid = UnitGrid.objects.get(unit=s.units[unit], to_on=None).grid_id
    return next(key for key, place in s.places.items() if place.pk == grid)


def at_night(s: Scene) -> None:
    s.now = NIGHT
    run_due(s.now)
    s.county.refresh_from_db()


def faults() -> list[str]:
    return [*problems(), *CHECKS["plans"](), *CHECKS["joins"]()]


# ── drafting ──
def test_a_draft_has_every_unit_once_and_says_what_it_comes_to(laid: Scene) -> None:
    plan = drafted(laid, {"r5": "grid2"})
    assert PlanUnit.objects.filter(plan=plan).count() == 12
    f = laid.facts(plan)
    assert (f.stage, f.moved, f.moved_units, f.broken) == ("draft", 30, 1, 0)
    assert f.deviation == 0, "150 and 150 households"
    assert laid.holder(plan) == "desk"


def test_drawing_by_hand_changes_measures_and_asks_anew(laid: Scene) -> None:
    plan = drafted(laid, {"r5": "grid2"})
    laid.step("desk", plan, "consult", {"words": "公告栏"})
    moves = {laid.units["r5"].pk: laid.places["grid1"].pk, laid.units["r0"].pk: laid.places["grid2"].pk}
    assert plans.redraw(plan, moves, **by(laid, "secretary")) == 2
    f = laid.facts(plan)
    assert (f.stage, f.moved_units, f.broken) == ("draft", 1, 1), "the first of the row does not hang together with the second grid"
    assert plans.redraw(plan, moves, **by(laid, "secretary")) == 0, "the same once more changes nothing"
    with pytest.raises(Refused, match="grid_in_pieces"):
        laid.step("desk", plan, "consult", {"words": "公告栏"})
    assert not faults()


def test_a_plan_that_moves_nobody_is_not_decided_on(laid: Scene) -> None:
    with pytest.raises(Refused, match="nothing_moves"):
        laid.step("desk", drafted(laid, {}), "consult", {"words": "公告栏"})


@pytest.mark.parametrize("who", ["officer1", "head1", "center2", "desk_village", "water"])
def test_who_does_not_look_after_the_place_draws_nothing(laid: Scene, who: str) -> None:
    plan = drafted(laid, {"r5": "grid2"})
    with pytest.raises((Refused, NotThere)):
        drafted(laid, {"r4": "grid2"}, who)
    with pytest.raises((Refused, NotThere)):
        plans.redraw(plan, {laid.units["r4"].pk: laid.places["grid2"].pk}, **by(laid, who))
    assert laid.facts(plan).moved_units == 1


@pytest.mark.parametrize("grid", ["grid3", "grid9", "community"])
def test_no_unit_goes_to_a_grid_of_elsewhere(laid: Scene, grid: str) -> None:
    with pytest.raises(Refused, match="not_a_choice"):
        drafted(laid, {"r5": grid})
    assert not Item.objects.filter(loop="plans").exists()


# ── approving ──
def test_who_drafts_never_approves_and_the_day_lies_ahead(laid: Scene) -> None:
    plan = drafted(laid, {"r5": "grid2"})
    laid.step("desk", plan, "consult", {"words": "公告栏"})
    for who in ("desk", "officer1"):
        with pytest.raises((Refused, NotThere)):
            laid.step(who, plan, "approve", {"on": DAY.isoformat(), "words": "好"})
    for on in (date(2026, 3, 2), date(2027, 6, 1)):
        with pytest.raises(Refused):
            laid.step("leader", plan, "approve", {"on": on.isoformat(), "words": "好"})
    laid.step("leader", plan, "approve", {"on": DAY.isoformat(), "words": "好"})
    assert Item.objects.get(pk=plan).due_at == NIGHT
    with pytest.raises(Refused, match="wrong_stage"):
        plans.redraw(plan, {laid.units["r4"].pk: laid.places["grid2"].pk}, **by(laid, "desk"))


def test_one_person_in_both_posts_is_still_one(laid: Scene) -> None:
    from hawthorn.teams import actions as teams

    plan = drafted(laid, {"r5": "grid2"})
    laid.step("desk", plan, "consult", {"words": "公告栏"})
    user = User.objects.get(pk=laid.users["desk"].pk)
    teams.appoint(post=laid.posts["leader"], user=user, from_at=laid.now, now=laid.now)
    laid.county.refresh_from_db()
    with pytest.raises(Refused, match="own_plan"):
        laid.step("desk", plan, "approve", {"on": DAY.isoformat(), "words": "好"})


# ── the day ──
def test_on_its_day_units_open_things_and_points_pass_over_and_nothing_else(laid: Scene) -> None:
    s = laid
    plan = approved(s, {"r5": "grid2"})
    moving = s.start("officer1", {"words": "灯坏了", "unit": s.units["r5"].pk}).id
    s.step("officer1", moving, "accept")
    staying = s.start("officer1", {"words": "井盖松了", "unit": s.units["r4"].pk}).id
    ended = s.start("officer1", {"words": "树倒了", "unit": s.units["r5"].pk}).id
    s.step("desk", ended, "void", {"say": "记错了"})
    looked = point(s, unit=s.units["r5"].pk)
    promise = Item.objects.get(pk=moving).due_at
    s.now = NIGHT - timedelta(seconds=1)
    run_due(s.now)
    assert grid_of(s, "r5") == "grid1"
    at_night(s)
    assert Item.objects.get(pk=plan).stage == "in_force"
    assert (grid_of(s, "r5"), grid_of(s, "r4")) == ("grid2", "grid1")
    assert (s.holder(moving), s.facts(moving).lead, s.facts(moving).stage) == ("officer2", s.posts["officer2"].pk, "working")
    assert Item.objects.get(pk=moving).due_at == promise
    assert Item.objects.get(pk=moving).grid_id == s.places["grid2"].pk
    assert s.holder(staying) == "officer1"
    assert Item.objects.get(pk=ended).grid_id == s.places["grid1"].pk
    assert Checkpoint.objects.get(pk=looked.row.pk).grid_id == s.places["grid2"].pk
    assert Event.objects.filter(stream=moving, step="rehome").count() == 1
    assert not faults()
    before = UnitGrid.objects.get(unit=s.units["r5"], grid=s.places["grid1"])
    assert before.to_on == DAY


def test_what_is_opened_again_lies_where_its_unit_lies_now(laid: Scene) -> None:
    s = laid
    matter = s.start("officer1", {"words": "路灯不亮", "unit": s.units["r5"].pk, "name": "示例", "phone": "13900000000"}).id
    s.step("officer1", matter, "accept")
    s.step("officer1", matter, "settle", {"result": "换了灯", "say": "修好了"})
    s.step("desk", matter, "solved", {})
    assert not Item.objects.get(pk=matter).open
    approved(s, {"r5": "grid2"})
    at_night(s)
    s.step("desk", matter, "reopen", {"reason": "又不亮了"})
    assert Item.objects.get(pk=matter).grid_id == s.places["grid2"].pk
    assert not faults()


def test_what_hangs_on_a_moved_matter_goes_along(laid: Scene) -> None:
    s = laid
    matter = s.start("officer1", {"words": "水管漏了", "unit": s.units["r5"].pk, "category": s.category("m01037")}).id
    s.step("officer1", matter, "call_up", {"tried": "看过", "asks": "请单位来"})
    s.step("desk", matter, "accept")
    s.step("desk", matter, "call_for_help", {"agencies": [s.posts["water"].pk], "what": "请来修"})
    approved(s, {"r5": "grid2"})
    at_night(s)
    assist = s.child(matter, "assists")
    assert {Item.objects.get(pk=n).grid_id for n in (matter, assist)} == {s.places["grid2"].pk}
    assert (s.holder(matter), s.holder(assist)) == ("desk", "water")
    assert not faults()


def test_the_plan_before_is_superseded_and_a_later_one_leads_back(laid: Scene) -> None:
    first = approved(laid, {"r5": "grid2"})
    at_night(laid)
    second = drafted(laid, {"r5": "grid1"})
    laid.step("desk", second, "consult", {"words": "公告栏"})
    laid.step("leader", second, "approve", {"on": "2026-03-25", "words": "好"})
    laid.now = NIGHT + timedelta(days=5)
    run_due(laid.now)
    assert grid_of(laid, "r5") == "grid1"
    assert [Item.objects.get(pk=n).stage for n in (first, second)] == ["superseded", "in_force"]
    assert not faults()


def test_a_failed_switch_changes_nothing(laid: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    s = laid
    plan = approved(s, {"r5": "grid2"})
    matter = s.start("officer1", {"words": "灯坏了", "unit": s.units["r5"].pk}).id
    events = Event.objects.count()

    def broken(moves: dict[int, int], heirs: dict[int, int]) -> int:
        raise IntegrityError("planted")

    monkeypatch.setattr(switching.patrols, "move_points", broken)
    s.now = NIGHT
    with pytest.raises(IntegrityError):
        loops.take_step("plans", plan, "come_into_force", {}, actor=s.actor("system"), now=s.now, door="due", town=s.town)
    assert (grid_of(s, "r5"), Item.objects.get(pk=plan).stage, s.holder(matter)) == ("grid1", "approved", "officer1")
    assert Event.objects.count() == events
    monkeypatch.undo()
    at_night(s)
    assert (grid_of(s, "r5"), Item.objects.get(pk=plan).stage, s.holder(matter)) == ("grid2", "in_force", "officer2")


def test_a_plan_that_cannot_come_into_force_stops_nothing_else_and_stands_overdue(laid: Scene) -> None:
    s = laid
    plan = approved(s, {"r5": "grid2"})
    territory.put_unit_in_grid(unit=s.units["r5"], grid=s.places["grid2"], from_on=DAY + timedelta(days=5))
    territory.put_unit_in_grid(unit=s.units["r5"], grid=s.places["grid1"], from_on=DAY + timedelta(days=6))
    matter = s.start("officer1", {"words": "灯坏了", "unit": s.units["r4"].pk, "phone": "13900000000"}).id
    s.step("officer1", matter, "accept")
    s.step("officer1", matter, "ask_resident", {"say": "在几楼？"})
    at_night(s)
    assert (Item.objects.get(pk=plan).stage, grid_of(s, "r5"), s.holder(plan)) == ("approved", "grid1", "center")
    assert s.facts(matter).stage == "working", "its time-out was taken"
    s.step("leader", plan, "send_back", {"reason": "有楼院换过了"})
    assert Item.objects.get(pk=plan).stage == "draft"


# ── proposals ──
def test_three_proposals_are_drawn_and_the_same_seed_draws_the_same(laid: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from hawthorn.redrawing import optimising

    monkeypatch.setattr(optimising, "LEAST", 20_000)
    monkeypatch.setattr(optimising, "MOST", 20_000)
    drawn = []
    for _n in range(2):
        proposals.ask(community=laid.places["community"], seed=7, user=None, now=laid.now)
        assert draw_proposals(town=laid.town, now=laid.now) == 3
        assert {p.wish: p.state for p in Proposal.objects.all()} == {"nice": "done", "normal": "done", "still": "done"}
        drawn.append({p.wish: p.drawn for p in Proposal.objects.all()})
    assert drawn[0] == drawn[1]
    card = laid.town.places[laid.places["community"].pk]
    plan = plans.draft(card, {int(u): int(g) for u, g in drawn[0]["normal"].items()}, **by(laid, "desk"))
    f = laid.facts(plan)
    assert f.broken == 0
    assert f.deviation <= 100


def test_what_cannot_be_drawn_is_told_why(laid: Scene) -> None:
    territory.change_unit(unit=laid.units["r3"], households=5000)
    proposals.ask(community=laid.places["community"], seed=7, user=None, now=laid.now)
    draw_proposals(town=laid.town, now=laid.now)
    assert all(p.state == "impossible" and str(laid.units["r3"].pk) in p.why for p in Proposal.objects.all())


def test_stopping_ends_with_the_best_so_far_and_leaves_out_what_was_not_begun(laid: Scene) -> None:
    proposals.ask(community=laid.places["community"], seed=7, user=None, now=laid.now)
    first = Proposal.objects.order_by("id")[0]
    ticks = iter(range(10_000))

    def clock() -> float:
        proposals.stop(community=laid.places["community"])
        return next(ticks) * 2.0

    proposals.work_off(first, clock=clock)
    first.refresh_from_db()
    assert first.state == "done"
    draw_proposals(town=laid.town, now=laid.now)
    assert list(Proposal.objects.all()) == [first]
