"""Which units of a community lie beside each other, and what a border between them costs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from hawthorn.kernel.words import _
from hawthorn.territory.models import Unit

COSTS = ((0.2, _("隔着大路、河或围墙，适合做网格的边")), (1.0, _("一般")), (9.0, _("同一个院子，最好不分开")))
"""What a border there costs. A plan has cheap borders where it can."""


class Join(models.Model):
    """接边: two units of one community, the lower number first. `by` and `at`: who set it by hand; cut ones stay, so that they are not found again."""

    one = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    other = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    cost = models.FloatField(default=1.0)
    is_cut = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["one", "other"], name="join_once"),
            CheckConstraint(condition=Q(one__lt=F("other")), name="join_ordered"),
            CheckConstraint(condition=Q(cost__gte=0), name="join_cost"),
        ]
