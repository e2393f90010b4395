"""From which likeness on “is it the same?” is asked: what people answered moves it, a little at a time. Each subdistrict has its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import ceil

from django.db.models import Count, Q

from hawthorn.hints import nearness
from hawthorn.hints.models import NearAnswer, NearThreshold

WEEK = timedelta(days=7)
WINDOW = timedelta(days=90)
FEWEST = 30  # answers before it is moved
RIGHT, VERY_RIGHT = 0.9, 0.95  # it rises until nine of ten are the same, and sinks while more are
DOWN = 0.02  # a week, as nothing is known below it
LOWEST, HIGHEST = 0.15, 0.6


def of(tenant: int) -> float:
    """The threshold in force; the shipped one until enough was answered."""
    return NearThreshold.objects.filter(tenant=tenant).order_by("-id").values_list("threshold", flat=True).first() or nearness.LIKELY


def moved(now_at: float, answers: Iterable[tuple[float, bool]]) -> float:
    """The next threshold. Pure: `answers` are scores at or above the one in force, and whether it was the same."""
    ranked = sorted(answers, reverse=True)
    right = sum(is_same for _score, is_same in ranked)
    if right >= VERY_RIGHT * len(ranked):
        return max(LOWEST, round(now_at - DOWN, 2))
    if right >= RIGHT * len(ranked):
        return now_at
    found, right = HIGHEST, 0
    for number, (score, is_same) in enumerate(ranked, start=1):
        right += is_same
        is_last_of_score = number == len(ranked) or ranked[number][0] < score
        if is_last_of_score and right >= RIGHT * number:
            found = score
    return min(HIGHEST, max(now_at, ceil(found * 100) / 100))


def shown(tenants: Iterable[int]) -> dict[int, tuple[float, int, int]]:
    """For each: the threshold in force, and how many answers are kept and how many of them were “the same”."""
    wanted = list(tenants)
    counted = NearAnswer.objects.filter(tenant__in=wanted).values("tenant").annotate(n=Count("pk"), same=Count("pk", filter=Q(is_same=True)))
    numbers = {row["tenant"]: (row["n"], row["same"]) for row in counted}
    return {tenant: (of(tenant), *numbers.get(tenant, (0, 0))) for tenant in wanted}
