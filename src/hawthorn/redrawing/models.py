"""Which units of a community lie beside each other, what the optimiser drew, and plans with the grid of every unit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from hawthorn.kernel.words import _
from hawthorn.loops.models import Item
from hawthorn.teams.models import Post
from hawthorn.territory.models import Place, Unit

COSTS = ((0.2, _("隔着大路、河或围墙，适合做网格的边")), (1.0, _("一般")), (9.0, _("同一个院子，最好不分开")))
"""What a border there costs. A plan has cheap borders where it can."""


class Join(models.Model):
    """接边: two units of one community, the lower number first. `by` and `at`: who set it by hand; cut ones stay, so that they are not found again."""

    one = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    other = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    cost = models.FloatField(default=1.0)
    is_cut = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["one", "other"], name="join_once"),
            CheckConstraint(condition=Q(one__lt=F("other")), name="join_ordered"),
            CheckConstraint(condition=Q(cost__gte=0), name="join_cost"),
        ]


class Plan(models.Model):
    """网格调整方案; the facts stand in rules.PlanFacts."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    author = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    drafter = models.BigIntegerField(null=True)
    approver = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    mark = models.CharField(max_length=64)
    moved = models.PositiveIntegerField(default=0)
    moved_units = models.PositiveIntegerField(default=0)
    opened = models.PositiveSmallIntegerField(default=0)
    closed = models.PositiveSmallIntegerField(default=0)
    deviation = models.PositiveIntegerField(default=0)
    broken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [CheckConstraint(condition=Q(approver__isnull=True) | ~Q(approver=F("drafter")), name="plan_two_people")]


class PlanGrid(models.Model):
    """A grid that a plan opens. Drawings name it by its `number` below 0; `place`: the grid it became on the day."""

    plan = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["plan", "number"], name="plan_grid_once"), CheckConstraint(condition=Q(number__gt=0), name="plan_grid_number")]


class PlanUnit(models.Model):
    """Which grid a unit belongs to by a plan: one there is, or (`opened`) the number of one the plan opens."""

    plan = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    grid = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    opened = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan", "unit"], name="plan_unit_once"),
            CheckConstraint(condition=Q(grid__isnull=True) ^ Q(opened__isnull=True), name="plan_unit_one_grid"),
        ]


class Proposal(models.Model):
    """What the optimiser is asked to draw, and what it drew. `grids`: how many (0: as many as today); `share`: how far it is (0–1).

    `drawn`: grid by unit, by their numbers as text; a new grid has a number below 0.
    """

    community = models.ForeignKey(Place, models.PROTECT, related_name="+")
    wish = models.CharField(max_length=6)
    seed = models.PositiveIntegerField()
    grids = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, default="going")
    share = models.FloatField(default=0.0)
    is_stopped = models.BooleanField(default=False)
    why = models.CharField(max_length=400, blank=True)
    drawn = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(state__in=("going", "done", "impossible")), name="proposal_state"),
            CheckConstraint(condition=Q(wish__in=("nice", "normal", "still")), name="proposal_wish"),
            UniqueConstraint(fields=["community", "wish"], name="proposal_once"),
        ]
