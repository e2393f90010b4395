"""What a task of a Party group knows beyond the spine."""

from __future__ import annotations

from django.db import models

from hawthorn.loops.models import Item
from hawthorn.teams.models import Post


class GroupTask(models.Model):
    """1:1 with its item; the facts stand in rules.TaskFacts."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    group = models.ForeignKey(Post, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    taker = models.BigIntegerField(null=True)
    until = models.DateTimeField()
    about = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
