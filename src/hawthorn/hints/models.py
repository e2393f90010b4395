"""What was learnt for a tenant, and what was hinted of a matter beside what a person chose. No words of people."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from hawthorn.categories.models import Category
from hawthorn.loops.models import Item
from hawthorn.tenants.models import Tenant


class HintModel(models.Model):
    """One version of what a tenant's confirmed matters teach. Accuracy (of what it spoke of) and coverage: shares of `held_out`.

    `n`: matters learnt from; `known`: all confirmed ones then, from which the next learning counts what is new;
    `figures`: [category, held out, spoken of, right], a line each;
    `arrays`, `words`: see keeping.py, empty where it was not kept or is long replaced.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    trained_at = models.DateTimeField()
    n = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    held_out = models.PositiveIntegerField()
    accuracy = models.FloatField()
    coverage = models.FloatField()
    threshold = models.FloatField()
    is_kept = models.BooleanField()
    figures = models.JSONField(default=list)
    arrays = models.BinaryField(default=bytes)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["tenant", "version"], name="hint_model_version"),
            CheckConstraint(condition=Q(accuracy__range=(0, 1), coverage__range=(0, 1)), name="hint_model_shares"),
        ]


class Hint(models.Model):
    """What was suggested for a matter, by which version (0: words of the catalogue), and what a person chose."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    likely = models.JSONField(default=list)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    chance = models.FloatField(null=True)
    is_silent = models.BooleanField()
    chosen = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(chosen__isnull=True, chosen_at__isnull=True) | Q(chosen__isnull=False, chosen_at__isnull=False), name="hint_choice_has_its_time"
            )
        ]
        indexes = [Index(fields=["item"], condition=Q(chosen__isnull=True), name="hint_unchosen"), Index(fields=["chosen_at"], name="hint_chosen")]


class NearAnswer(models.Model):
    """One answer to “is it the same?”: how alike the likeliest matter shown was, and whether one was chosen. Kept 90 days."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    likeness = models.FloatField()
    is_same = models.BooleanField()

    class Meta:
        indexes = [Index(fields=["tenant", "at"], name="near_answer")]


class NearThreshold(models.Model):
    """From which score on a subdistrict is asked since `at`: `same` of `asked` answers then were right."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    threshold = models.FloatField()
    asked = models.PositiveIntegerField()
    same = models.PositiveIntegerField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(threshold__range=(0, 1)), name="near_threshold_share")]


class Apart(models.Model):
    """Two matters a person has said to be different things: they are not shown to each other again. `first` has the lower number."""

    first = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["first", "second"], name="apart_once"),
            CheckConstraint(condition=Q(first__lt=F("second")), name="apart_in_order"),
        ]
        indexes = [Index(fields=["second"], name="apart_second")]
