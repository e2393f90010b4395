"""What a vacancy knows beyond the spine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, UniqueConstraint

from hawthorn.loops.models import Item
from hawthorn.teams.models import Post


class Vacancy(models.Model):
    """1:1 with its item; one live vacancy a post."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["post"], condition=Q(is_live=True), name="one_live_vacancy")]
