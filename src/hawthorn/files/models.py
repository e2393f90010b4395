"""Attachments. The bytes lie under HAWTHORN_DATA/files by their digest; the original is never kept."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q

from hawthorn.accounts.models import User
from hawthorn.files.voices import MIME as SOUND


class Attachment(models.Model):
    """One photo, voice note (`seconds` long) or paper. `item` is a number given once a command has used it; audience as for texts.

    `asker`: number of the reporter who gave it, where one did.
    """

    item = models.BigIntegerField(null=True)
    seq = models.PositiveIntegerField(null=True)
    sha = models.CharField(max_length=64)
    mime = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    seconds = models.PositiveSmallIntegerField(default=0)
    audience = models.CharField(max_length=6, default="staff")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    asker = models.BigIntegerField(null=True)
    ticket = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(audience__in=["public", "staff"]), name="attachment_audience")]
        indexes = [
            Index(fields=["item"], name="attachment_item"),
            Index(fields=["item"], condition=Q(mime=SOUND), name="attachment_voice"),
            Index(fields=["asker"], condition=Q(mime=SOUND), name="attachment_asker"),
        ]
