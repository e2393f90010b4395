"""A tenant is a county (the host) or one of its subdistricts."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import CheckConstraint, F, Q


def new_revision() -> str:
    """A token no earlier state ever carried; caches are keyed by it."""
    return secrets.token_hex(8)


class Tenant(models.Model):
    """`county` is null for a county itself; `code` is the public division code (6 or 9 digits)."""

    county = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=60)
    brand = models.CharField(max_length=40, default="事事有回音")
    words = models.JSONField(default=dict)
    phone = models.CharField(max_length=30, blank=True)
    is_demo = models.BooleanField(default=False)
    settings = models.JSONField(default=dict)
    revision = models.CharField(max_length=16, default=new_revision)

    class Meta:
        constraints = [CheckConstraint(condition=Q(county__isnull=True) | ~Q(county=F("id")), name="tenant_not_own_county")]

    def __str__(self) -> str:
        return self.name
