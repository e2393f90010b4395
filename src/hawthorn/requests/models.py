"""What a complaint knows beyond the spine."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q

from hawthorn.loops.models import Item
from hawthorn.territory.models import Place


class Complaint(models.Model):
    """1:1 with its item."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    about = models.CharField(max_length=11)
    concerned = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    reporters = models.PositiveSmallIntegerField(default=0)
    tellable = models.PositiveSmallIntegerField(default=0)
    lodged_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [CheckConstraint(condition=Q(about__in=["grid", "community", "subdistrict", "county", "system"]), name="complaint_about")]
