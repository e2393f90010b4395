"""More or fewer grids than today: where a drawing begins, what it ends with, and what becomes of posts and open things on the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from test_optimising import parts_by_library, town
from test_plans import approved, at_night, by, drafted, faults, grid_of, laid

from hawthorn.handovers.tasks import vacancies
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops.models import Item
from hawthorn.patrols.models import Checkpoint
from hawthorn.redrawing import graph, optimising
from hawthorn.redrawing.actions import plans
from hawthorn.redrawing.graph import Impossible
from hawthorn.redrawing.models import PlanGrid
from hawthorn.redrawing.reshaping import reshaped
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding, Post
from hawthorn.territory.models import Place
from hawthorn.territory.queries import heirs_of
from make import Scene
from walking import point

__all__ = ["laid"]
SCARCE = 4_000


# ── pure ──
@settings(max_examples=15, deadline=None)
@given(number=some.integers(1, 9), columns=some.integers(1, 5), seed=some.integers(0, 99))
def test_any_number_of_grids_begins_and_ends_whole(number: int, columns: int, seed: int) -> None:
    ground = reshaped(town(12, 6, columns, seed), number, seed=seed)
    assert len(ground.grids) == number
    assert set(ground.first) == set(range(number))
    assert parts_by_library(ground, list(ground.first)) == number
    try:
        plan = optimising.draw(ground, wish="still", seed=seed, iterations=SCARCE)
    except Impossible as said:
        assert "户" in str(said)
        return
    assert (parts_by_library(ground, plan), len(set(plan))) == (number, number)
    assert graph.measured(ground, plan).deviation <= graph.TOLERANCE
    assert plan == optimising.draw(reshaped(town(12, 6, columns, seed), number, seed=seed), wish="still", seed=seed, iterations=SCARCE)


def test_who_stays_in_a_grid_that_is_kept_does_not_move_and_all_of_a_closed_one_do() -> None:
    today = town(12, 6, 3)
    fewer = reshaped(today, 2)
    gone = set(today.grids) - set(fewer.grids)
    assert len(gone) == 1
    inside = sum(w for w, now in zip(today.weights, today.today, strict=True) if today.grids[now] in gone)
    assert graph.moved_of(fewer, fewer.first) == inside
    more = reshaped(today, 4)
    assert set(more.grids) - set(today.grids) == {"-1"}
    heaviest = max(graph.loads_of(today, today.today))
    assert 0.35 * heaviest < graph.loads_of(more, more.first)[3] < 0.65 * heaviest


@pytest.mark.parametrize("number", [0, 73])
def test_a_number_nobody_can_draw_is_named(number: int) -> None:
    with pytest.raises(Impossible, match="72 个楼院"):
        reshaped(town(12, 6, 3), number)


# ── in the product ──
def test_a_new_grid_has_a_name_of_its_own_and_no_unit_before_some_are_put_there(laid: Scene) -> None:
    plan = drafted(laid, {"r5": "grid2"})
    more = {key: value for key, value in by(laid, "secretary").items() if key != "door"}
    for name in ("  ", "\u200b\u202e", "一网格"):
        with pytest.raises(Refused):
            plans.open_grid(plan, name, **more)
    assert plans.open_grid(plan, "河边网格", **more) == 1
    with pytest.raises(Refused, match="taken"):
        plans.open_grid(plan, "河边 网格".replace(" ", ""), **more)
    assert plans.open_grid(plan, "沿河网格", number=1, **more) == 1
    with pytest.raises(NotThere):
        plans.open_grid(plan, "别处网格", number=7, **more)
    assert laid.facts(plan).opened == 0
    plans.redraw(plan, {laid.units[f"r{n}"].pk: -1 for n in (4, 5, 6, 7)}, **by(laid, "secretary"))
    f = laid.facts(plan)
    assert (f.opened, f.closed, f.moved_units, f.broken) == (1, 0, 4, 0)
    assert f.deviation == 200, "120, 100 and 80 households around 100"
    assert not faults()
    with pytest.raises(Refused, match="not_a_choice"):
        plans.redraw(plan, {laid.units["r0"].pk: -2}, **by(laid, "secretary"))


def opened(s: Scene) -> int:
    """A plan that puts four units in the middle of the row in a new grid, approved."""
    plan = drafted(s, {})
    plans.open_grid(plan, "沿河网格", actor=s.actor("desk"), town=s.town, now=s.now)
    plans.redraw(plan, {s.units[f"r{n}"].pk: -1 for n in (4, 5, 6, 7)}, **by(s, "desk"))
    s.step("desk", plan, "consult", {"words": "公告栏"})
    s.step("leader", plan, "approve", {"on": "2026-03-20", "words": "好"})
    return plan


def test_on_its_day_a_new_grid_is_there_with_three_vacant_posts_and_holds_what_is_open_in_it(laid: Scene) -> None:
    s = laid
    plan = opened(s)
    matter = s.start("officer1", {"words": "灯坏了", "unit": s.units["r5"].pk}).id
    at_night(s)
    new = Place.objects.get(name="沿河网格")
    assert (new.code, new.community_id, PlanGrid.objects.get(plan=plan).place_id) == ("999901001001003", s.places["community"].pk, new.pk)
    officer = Post.objects.get(place=new, kind="grid_officer")
    item = Item.objects.get(pk=matter)
    assert (item.grid_id, item.holder_id) == (new.pk, officer.pk)
    assert s.town.users(officer.pk, s.now) == frozenset({s.users["desk"].pk}), "nobody in the new grid's posts: the community's desk acts"
    vacancies(town=s.town, now=s.now)
    assert Item.objects.filter(loop="vacancies", open=True, grid=new).count() == 3
    assert not faults()
    assert plans.became(plan, plans.drawn_by(plan))[s.units["r5"].pk] == new.pk


def closing(s: Scene) -> int:
    """A plan by which the second grid goes up in the first, approved."""
    return approved(s, {f"r{n}": "grid1" for n in range(6, 12)})


def test_on_its_day_a_closed_grid_hands_on_all_that_is_open_and_stays_where_it_was_done(laid: Scene) -> None:
    s = laid
    at_unit = s.start("officer2", {"words": "灯坏了", "unit": s.units["r8"].pk}).id
    without = s.start("officer2", {"words": "路口积水", "grid": s.places["grid2"].pk}).id
    ended = s.start("officer2", {"words": "记错了", "grid": s.places["grid2"].pk}).id
    s.step("desk", ended, "void", {"say": "记错了"})
    here = point(s, grid="grid2")
    for holding in Holding.objects.filter(post=s.posts["head2"], to_at=None):
        teams.end_holding(holding=holding, to_at=s.now, now=s.now)
    vacancies(town=s.town, now=s.now)
    empty = Item.objects.filter(loop="vacancies", open=True, grid=s.places["grid2"]).values_list("pk", flat=True)
    assert (was_empty := list(empty))
    plan = closing(s)
    assert s.facts(plan).closed == 1
    at_night(s)
    old, heir = Place.objects.get(pk=s.places["grid2"].pk), s.places["grid1"].pk
    assert old.valid_to is not None
    assert old.pk not in s.town.places
    assert heirs_of(old.pk) == [heir]
    assert {Item.objects.get(pk=n).grid_id for n in (at_unit, without)} == {heir}
    assert {s.holder(n) for n in (at_unit, without)} == {"officer1"}
    assert Checkpoint.objects.get(pk=here.row.pk).grid_id == heir
    assert Item.objects.get(pk=ended).grid_id == old.pk, "what was closed keeps its place"
    assert s.town.name_of(old.pk) == "二网格"
    assert not s.actor("officer2").seats
    assert not faults()
    vacancies(town=s.town, now=s.now)
    assert not Item.objects.filter(loop="vacancies", open=True).exists(), "posts that are no more are not vacant"
    assert set(Item.objects.filter(pk__in=was_empty).values_list("stage", flat=True)) == {"abolished"}, "and nobody says that somebody came"


def test_a_grid_that_goes_up_whole_in_a_new_one_keeps_its_people(laid: Scene) -> None:
    s = laid
    plan = drafted(s, {})
    plans.open_grid(plan, "新二网格", actor=s.actor("desk"), town=s.town, now=s.now)
    plans.redraw(plan, {s.units[f"r{n}"].pk: -1 for n in range(5, 12)}, **by(s, "desk"))
    s.step("desk", plan, "consult", {"words": "公告栏"})
    s.step("leader", plan, "approve", {"on": "2026-03-20", "words": "好"})
    matter = s.start("officer2", {"words": "灯坏了", "unit": s.units["r8"].pk}).id
    at_night(s)
    new = Place.objects.get(name="新二网格")
    holders = dict(Holding.objects.filter(post__place=new, to_at=None).values_list("post__kind", "user__name"))
    assert holders["grid_officer"] == "officer2"
    assert Item.objects.get(pk=matter).holder_id == Post.objects.get(place=new, kind="grid_officer").pk
    s.step("officer2", matter, "accept")
    assert grid_of(s, "r0") == "grid1"
    assert not faults()


def test_what_was_done_in_a_closed_grid_is_opened_again_in_its_heir(laid: Scene) -> None:
    s = laid
    matter = s.start("officer2", {"words": "路灯不亮", "grid": s.places["grid2"].pk, "name": "示例", "phone": "13900000000"}).id
    s.step("officer2", matter, "accept")
    s.step("officer2", matter, "settle", {"result": "换了灯", "say": "修好了"})
    s.step("desk", matter, "solved", {})
    closing(s)
    at_night(s)
    s.step("desk", matter, "reopen", {"reason": "又不亮了"})
    assert Item.objects.get(pk=matter).grid_id == s.places["grid1"].pk
    assert not faults()


def test_what_a_press_beside_the_switch_left_behind_is_fetched(laid: Scene) -> None:
    from hawthorn.redrawing import queries
    from hawthorn.redrawing.tasks import catch_up

    s = laid
    matter = s.start("officer1", {"words": "灯坏了", "unit": s.units["r5"].pk}).id
    approved(s, {"r5": "grid2"})
    at_night(s)
    late = s.start("officer2", {"words": "又一盏灯", "unit": s.units["r5"].pk}).id
    Item.objects.filter(pk=late).update(grid=s.places["grid1"], holder=s.posts["officer1"])
    from hawthorn.matters.models import Matter

    Matter.objects.filter(pk=late).update(lead=None)
    assert [words for words in queries.misplaced_words() if f"事项 {late}：" in words] == queries.misplaced_words() != [], "and not the one beside it"
    assert catch_up(town=s.town, now=s.now) == 1
    assert (Item.objects.get(pk=late).grid_id, s.holder(late), s.holder(matter)) == (s.places["grid2"].pk, "officer2", "officer2")
    assert not queries.misplaced_words()
    assert catch_up(town=s.town, now=s.now + timedelta(minutes=11)) == 0
