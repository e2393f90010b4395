"""From which likeness people are asked: it rises where they answer no, sinks slowly where they answer yes, and is each subdistrict's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hawthorn.hints import actions, nearness, tasks, thresholds
from hawthorn.hints.models import NearAnswer, NearThreshold
from make import Scene


def answer(s: Scene, said: list[tuple[float, bool]], where: str = "street") -> int:
    tenant = int(s.places[where].tenant_id)
    for score, is_same in said:
        actions.answered(tenant, score, is_same, now=s.now)
    return tenant


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([(0.3, True)] * 40, 0.28),
        ([(0.3, True)] * 37 + [(0.31, False)] * 3, 0.3),
        ([(0.9, True)] * 45 + [(0.5, False)] * 5 + [(0.32, False)] * 30, 0.5),
        ([(0.9, False)] * 40, thresholds.HIGHEST),
        ([(0.301, True)] * 20 + [(0.3, False)] * 20, 0.31),
    ],
)
def test_nine_of_ten(said: list[tuple[float, bool]], expected: float) -> None:
    assert thresholds.moved(0.3, said) == pytest.approx(expected)


def test_it_never_leaves_its_bounds() -> None:
    assert thresholds.moved(thresholds.LOWEST, [(0.5, True)] * 50) == thresholds.LOWEST
    assert thresholds.moved(0.59, [(0.61, False)] * 50) == thresholds.HIGHEST


def test_it_moves_once_a_week_where_enough_was_answered(s: Scene) -> None:
    street = answer(s, [(0.4, True)] * 29)
    tasks.hints(town=s.town, now=s.now)
    assert thresholds.of(street) == nearness.LIKELY
    answer(s, [(0.4, True)])
    tasks.hints(town=s.town, now=s.now)
    assert thresholds.of(street) == pytest.approx(nearness.LIKELY - thresholds.DOWN)
    tasks.hints(town=s.town, now=s.now + timedelta(days=6))
    assert NearThreshold.objects.count() == 1
    s.later(days=8)
    tasks.hints(town=s.town, now=s.now)
    assert thresholds.of(street) == pytest.approx(nearness.LIKELY - thresholds.DOWN), "the same answers do not count twice"
    answer(s, [(0.4, True)] * 30)
    tasks.hints(town=s.town, now=s.now)
    assert thresholds.of(street) == pytest.approx(nearness.LIKELY - 2 * thresholds.DOWN)
    assert thresholds.of(s.places["street2"].tenant_id) == nearness.LIKELY


def test_old_answers_go(s: Scene) -> None:
    answer(s, [(0.4, True)])
    actions.move_thresholds([], now=s.now + timedelta(days=89))
    assert NearAnswer.objects.count() == 1
    actions.move_thresholds([], now=s.now + timedelta(days=91))
    assert NearAnswer.objects.count() == 0
