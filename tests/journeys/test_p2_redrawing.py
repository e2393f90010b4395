"""P2 优化调整网格: from households nobody counted right, over three proposals and a wall where people are asked, to the day it is in force."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hawthorn.kernel.errors import Refused
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item
from hawthorn.loops.tasks import run_due
from hawthorn.redrawing import graph, optimising, queries
from hawthorn.redrawing.actions import plans, proposals
from hawthorn.redrawing.models import Proposal
from hawthorn.redrawing.tasks import draw_proposals
from hawthorn.territory.models import Place, UnitGrid
from laid import lay
from make import Scene


def test_grids_are_drawn_anew_put_up_decided_on_and_everything_open_moves_with_its_unit(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimising, "LEAST", 20_000)
    monkeypatch.setattr(optimising, "MOST", 20_000)
    lay(s)
    community = s.places["community"]
    ground = queries.ground(queries.survey(community.pk))
    assert ground is not None
    assert graph.measured(ground, ground.today).deviation == pytest.approx(0.2), "180 and 120 households"
    # A resident of the sixth building asked for a lamp and was told until when.
    lamp = s.start("resident", {"words": "楼道灯不亮", "unit": s.units["r5"].pk, "name": "示例", "phone": "13900000000"}).id
    s.step("officer1", lamp, "accept")
    promised = Item.objects.get(pk=lamp).due_at
    # The machine proposes three, the community takes the one that moves fewest, the wall asks, the leader decides.
    proposals.ask(community=community, seed=3, user=s.users["desk"].pk, now=s.now)
    assert draw_proposals(town=s.town, now=s.now) == 3
    still = Proposal.objects.get(wish="still")
    drawn = {int(unit): int(grid) for unit, grid in still.drawn.items()}
    plan = plans.draft(s.town.places[community.pk], drawn, actor=s.actor("secretary"), town=s.town, now=s.now, door="page")
    s.step("secretary", plan, "consult", {"words": "各楼公告栏，到 3 月 15 日，意见放在窗口的箱子里"})
    with pytest.raises(Refused):
        s.step("secretary", plan, "approve", {"on": "2026-03-20", "words": "好"})
    s.step("leader", plan, "approve", {"on": "2026-03-20", "words": "收到两条意见，都采纳了"})
    # At midnight the building is in its new grid; the lamp, its promise and its stage go along; who asked sees the same receipt.
    s.now = datetime(2026, 3, 19, 16, 0, tzinfo=UTC)
    run_due(s.now)
    s.county.refresh_from_db()
    grid = UnitGrid.objects.get(unit=s.units["r5"], to_on=None)
    assert (grid.grid_id, grid.from_on) == (s.places["grid2"].pk, date(2026, 3, 20))
    now = Item.objects.get(pk=lamp)
    assert (now.grid_id, now.stage, now.due_at, s.holder(lamp)) == (s.places["grid2"].pk, "working", promised, "officer2")
    after = queries.ground(queries.survey(community.pk))
    assert after is not None
    assert graph.measured(after, after.today).deviation <= graph.TOLERANCE
    assert Item.objects.get(pk=plan).stage == "in_force"
    assert not list(problems())
    assert Place.objects.filter(community=community, level="grid", valid_to=None).count() == 2
