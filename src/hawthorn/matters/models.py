"""What a matter and its small loops know beyond the spine. Columns are named as the facts."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from hawthorn.categories.models import TIERS, Category
from hawthorn.loops.models import Item
from hawthorn.teams.models import Post


def _item() -> models.OneToOneField[Item, Item]:
    return models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")


class Matter(models.Model):
    """1:1 with its item; see MatterFacts for units."""

    item = _item()
    tier = models.CharField(max_length=10)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    routed_by = models.CharField(max_length=24, blank=True)
    route = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    dispatcher = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    policy = models.JSONField()
    arrived_at = models.DateTimeField(null=True)
    promise_at = models.DateTimeField(null=True)
    promise_started_at = models.DateTimeField(null=True)
    promise_left = models.FloatField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.FloatField(default=0)
    is_extended = models.BooleanField(default=False)
    outside_number = models.CharField(max_length=40, blank=True)
    outside_source = models.CharField(max_length=40, blank=True)
    outside_due_at = models.DateTimeField(null=True)
    reporters = models.PositiveIntegerField(default=0)
    tellable = models.PositiveIntegerField(default=0)
    by_phone = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    hides_from_grid = models.BooleanField(default=False)
    open_assists = models.PositiveSmallIntegerField(default=0)
    open_parts = models.PositiveSmallIntegerField(default=0)
    approval = models.BigIntegerField(null=True)
    hand_backs = models.PositiveSmallIntegerField(default=0)
    is_final = models.BooleanField(default=False)
    parked_count = models.PositiveSmallIntegerField(default=0)
    unsolved_count = models.PositiveSmallIntegerField(default=0)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField(max_length=10, blank=True)
    handler = models.BigIntegerField(null=True)
    is_self_checked = models.BooleanField(default=False)
    contact_due_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_in_time = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True)
    confirmed = models.CharField(max_length=12, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    merged_into = models.BigIntegerField(null=True)
    urged_on = models.DateField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(tier__in=TIERS), name="matter_tier"),
            CheckConstraint(condition=Q(answer__in=["", "settled", "declined", "referred"]), name="matter_answer"),
            CheckConstraint(condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="matter_rating"),
            CheckConstraint(condition=Q(ended_at__isnull=True) | Q(open_assists=0, open_parts=0, approval__isnull=True), name="matter_ends_clean"),
        ]
        indexes = [Index(fields=["outside_number"], condition=~Q(outside_number=""), name="matter_outside_number")]


class OutsideNumber(models.Model):
    """One line of another system's sheet became one matter; never twice."""

    subdistrict = models.BigIntegerField()
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["subdistrict", "source", "number"], name="outside_number_once")]


class Assist(models.Model):
    """协办."""

    item = _item()
    agency = models.ForeignKey(Post, models.PROTECT, related_name="+")
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    by = models.DateTimeField(null=True)


class Approval(models.Model):
    """请示."""

    item = _item()
    asks = models.CharField(max_length=10)
    until = models.DateTimeField()
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    asker = models.BigIntegerField(null=True)
    is_alone = models.BooleanField(default=False)

    class Meta:
        constraints = [CheckConstraint(condition=Q(asks__in=["extension", "park"]), name="approval_asks")]


class Instruction(models.Model):
    """督办."""

    item = _item()
    giver = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")


class Telling(models.Model):
    """回话."""

    item = _item()
    tries = models.PositiveSmallIntegerField(default=0)
