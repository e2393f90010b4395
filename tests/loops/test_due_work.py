"""Due work: safe when two do it, catches up after downtime, once only; the seal; a failing part does not stop the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hawthorn.journal.models import Event, Lease, Seal
from hawthorn.journal.queries import seal_problems
from hawthorn.kernel.slots import DUE_WORK
from hawthorn.loops import tasks
from hawthorn.loops.check import problems, warnings
from hawthorn.loops.models import Nudge
from make import Scene


def parked(s: Scene) -> int:
    """A parked matter with its review in ten days."""
    m = s.start("resident", {"words": "等配件", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "ask_park", {"reason": "配件", "until": s.now + timedelta(days=10)})
    s.step("desk", s.child(m.id, "approvals"), "grant")
    return m.id


def test_after_a_month_of_downtime_everything_is_caught_up_once(s: Scene) -> None:
    m = parked(s)
    s.later(days=30)
    for _n in range(3):
        tasks.run_due(s.now)
    assert s.facts(m).stage == "working"
    assert Event.objects.filter(stream=m, step="review_due").count() == 1
    assert Seal.objects.count() == 1
    counts = list(Nudge.objects.filter(item=m).values_list("kind", flat=True))
    assert len(counts) == len(set(counts))
    assert list(problems()) == []


def test_a_second_process_stands_back_until_the_lease_runs_out(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tasks.take_lease("due", s.now)
    monkeypatch.setattr(tasks, "OWNER", "another")
    assert not tasks.take_lease("due", s.now + timedelta(seconds=30))
    assert tasks.run_due(s.now) == 0
    assert tasks.take_lease("due", s.now + timedelta(minutes=5)), "a dead owner does not hold it for ever"
    assert Lease.objects.get().owner == "another"


def test_the_same_round_done_by_two_at_once_changes_once(s: Scene) -> None:
    m = parked(s)
    s.later(days=11)
    town = s.town
    assert [tasks.time_outs(town=town, now=s.now) for _n in range(2)] == [1, 0]
    first = tasks.nudges(town=town, now=s.later(days=30))
    assert first > 0
    assert tasks.nudges(town=town, now=s.now) == 0
    assert s.facts(m).stage == "working"


def test_a_part_that_fails_is_logged_and_the_others_go_on(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    m = parked(s)
    s.later(days=11)

    def broken(**_what: object) -> int:
        raise RuntimeError("planted")

    monkeypatch.setitem(DUE_WORK._things, "aaa", broken)
    monkeypatch.setattr(DUE_WORK, "_things", {"aaa": broken, **{k: v for k, v in DUE_WORK._things.items() if k != "aaa"}})
    tasks.run_due(s.now)
    assert s.facts(m).stage == "working"


def test_each_days_events_are_sealed_and_a_change_below_the_seal_is_found(s: Scene) -> None:
    s.start("resident", {"words": "灯", "unit": s.units["u1"].pk})
    tasks.seals(town=s.town, now=s.now)
    s.later(days=1)
    s.start("resident", {"words": "灯", "unit": s.units["u1"].pk})
    assert tasks.seals(town=s.town, now=s.now) == 1
    assert tasks.seals(town=s.town, now=s.now) == 0, "one a day"
    assert seal_problems() == []
    one, two = Seal.objects.order_by("id")
    assert two.prev == one.digest
    assert one.ids
    Event.objects.create(stream=1, seq=99, step="x", stage="x", door="x", at=s.now, body="{}", prev="", digest="f" * 64)
    assert seal_problems() == [], "after the last seal: the next one's business"
    tasks.seals(town=s.town, now=s.later(days=1))
    Seal.objects.bulk_create([Seal(on=s.now.date() + timedelta(days=9), at=s.now, first=1, last=9**9, number=1, ids="1", prev="x", digest="y")])
    assert seal_problems() != []


def test_from_sixty_days_before_the_calendar_ends_check_warns(s: Scene) -> None:
    assert list(warnings(datetime(2026, 10, 1, tzinfo=UTC))) == []
    assert any("工作日历" in words for words in warnings(datetime(2026, 11, 5, tzinfo=UTC)))


def test_one_far_date_does_not_silence_the_warning(s: Scene) -> None:
    from hawthorn.categories.models import CalendarDay
    from hawthorn.tenants import actions as tenants

    CalendarDay.objects.create(tenant=s.places["street"].tenant, on="2027-01-01", kind="off", name="元旦")
    tenants.bump(s.county.pk)
    assert any("东街道" in words for words in warnings(datetime(2026, 11, 5, tzinfo=UTC)))
