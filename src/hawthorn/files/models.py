"""Attachments. The bytes lie under HAWTHORN_DATA/files by their digest; the original is never kept."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q

from hawthorn.accounts.models import User


class Attachment(models.Model):
    """One photo or paper. `item` is a number given once a command has used it; audience as for texts."""

    item = models.BigIntegerField(null=True)
    seq = models.PositiveIntegerField(null=True)
    sha = models.CharField(max_length=64)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    audience = models.CharField(max_length=6, default="staff")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ticket = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(audience__in=["public", "staff"]), name="attachment_audience")]
        indexes = [Index(fields=["item"], name="attachment_item")]
