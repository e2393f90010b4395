"""What a vacancy and a handover know beyond the spine, and what was handed over."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from hawthorn.loops.models import Item
from hawthorn.teams.models import Holding, Post


class Vacancy(models.Model):
    """1:1 with its item; one live vacancy a post."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["post"], condition=Q(is_live=True), name="one_live_vacancy")]


class Handover(models.Model):
    """交接; the facts stand in rules.HandoverFacts. One a holding; who takes it is neither who left nor who signed for them."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    holding = models.ForeignKey(Holding, models.PROTECT, related_name="+")
    leaver = models.BigIntegerField()
    left_at = models.DateTimeField()
    over = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    is_kept = models.BooleanField(default=True)
    giver = models.BigIntegerField(null=True)
    given_at = models.DateTimeField(null=True)
    taker = models.BigIntegerField(null=True)
    open_items = models.PositiveIntegerField(default=0)
    promises = models.PositiveIntegerField(default=0)
    mark = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["holding"], condition=Q(is_kept=True), name="one_handover_a_holding"),
            CheckConstraint(condition=Q(taker__isnull=True) | ~(Q(taker=F("leaver")) | Q(taker=F("giver"))), name="handover_two_people"),
        ]


class Handed(models.Model):
    """One open thing that was handed over, as it was signed; what became of it since stands with itself."""

    handover = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    is_promise = models.BooleanField()

    class Meta:
        constraints = [UniqueConstraint(fields=["handover", "item"], name="handed_once")]
