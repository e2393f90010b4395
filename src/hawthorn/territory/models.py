"""Places from county to grid; units that are never split, their doors, and which grid a unit belongs to when."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from hawthorn.tenants.models import Tenant

LEVELS = ("county", "subdistrict", "community", "grid")


class Place(models.Model):
    """County, subdistrict, community (or village) or grid. Codes: 6, 9, 12, 15 digits; the level columns name its ancestors."""

    level = models.CharField(max_length=11, choices=[(x, x) for x in LEVELS])
    code = models.CharField(max_length=15)
    name = models.CharField(max_length=60)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    county = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    subdistrict = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    community = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    is_village = models.BooleanField(default=False)
    is_exclusive = models.BooleanField(default=False)
    about = models.CharField(max_length=300, blank=True)
    shape = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(level__in=LEVELS), name="place_level"),
            CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="place_validity"),
            UniqueConstraint(fields=["code", "valid_from"], name="place_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """楼院: a building, courtyard or hamlet. Position WGS84/CGCS2000 in degrees; counts are numbers of people, no names."""

    community = models.ForeignKey(Place, models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=60, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    shape = models.JSONField(default=list)
    households = models.PositiveIntegerField(default=0)
    residents = models.PositiveIntegerField(default=0)
    elders = models.PositiveIntegerField(default=0)
    children = models.PositiveIntegerField(default=0)
    weight = models.FloatField(default=1.0)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["community", "code"], name="unit_code")]

    def __str__(self) -> str:
        return self.name


class Door(models.Model):
    """One door of a unit: 单元-门牌, never a name."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [UniqueConstraint(fields=["unit", "name"], name="door_name")]


class UnitGrid(models.Model):
    """Which grid a unit belongs to from a day on; at most one without end."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    grid = models.ForeignKey(Place, models.PROTECT, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["unit"], condition=Q(to_on__isnull=True), name="unit_in_one_grid")]
        indexes = [Index(fields=["grid"], condition=Q(to_on__isnull=True), name="unit_grid_now")]
