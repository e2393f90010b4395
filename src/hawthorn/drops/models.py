"""What a drop knows beyond the spine."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from hawthorn.loops.models import Item


class Drop(models.Model):
    """1:1 with its item. Outcome: empty while open or withdrawn; `became` the item it went into."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    channel = models.CharField(max_length=12)
    reporters = models.PositiveSmallIntegerField(default=0)
    tellable = models.PositiveSmallIntegerField(default=0)
    by_phone = models.PositiveSmallIntegerField(default=0)
    visits = models.PositiveSmallIntegerField(default=0)
    hides_from_grid = models.BooleanField(default=False)
    outcome = models.CharField(max_length=12, blank=True)
    became = models.BigIntegerField(null=True)
    again_count = models.PositiveSmallIntegerField(default=0)
    urged_on = models.DateField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(outcome__in=["", "matter", "joined", "information", "declined"]), name="drop_outcome"),
            CheckConstraint(condition=~Q(outcome__in=["matter", "joined"]) | Q(became__isnull=False), name="passed_drop_became_something"),
        ]
