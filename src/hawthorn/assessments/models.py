"""Months that were closed, and their counts by cell (community, grid, category). Counts are as `rules.COUNTS` names them."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from hawthorn.territory.models import Place


class Month(models.Model):
    """One closed month of a subdistrict (or of what a county has without one). A correction replaces it by a new one, with who and why."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    on = models.DateField()
    closed_at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["place", "on"], condition=Q(replaced_at__isnull=True), name="month_once"),
            CheckConstraint(condition=Q(user__isnull=True) | ~Q(reason=""), name="month_correction_has_reason"),
        ]


class Cell(models.Model):
    """Counts of one community, grid and category in a closed month; nulls where a matter had none. Never of a person."""

    month = models.ForeignKey(Month, models.PROTECT, related_name="+", db_index=False)
    community = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    grid = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=24, blank=True)
    found = models.PositiveIntegerField(default=0)
    found_first = models.PositiveIntegerField(default=0)
    contact_due = models.PositiveIntegerField(default=0)
    contacted = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    in_grid = models.PositiveIntegerField(default=0)
    in_community = models.PositiveIntegerField(default=0)
    in_subdistrict = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    handed_back = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    called = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [Index(fields=["month", "community", "grid"], name="cell_month")]
