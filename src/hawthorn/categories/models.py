"""Catalogues, limits, working calendar, grid × category table."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from hawthorn.kernel.world import RuleCard
from hawthorn.teams.models import Post
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

TIERS = ("urgent", "livelihood", "ordinary", "complex")


class Category(models.Model):
    """One line of a tenant's catalogue. `key` = kind letter + 5 digits of the standard, or a local code 9xx."""

    CATALOGUES = (("city", "城市管理"), ("dispute", "矛盾纠纷"), ("service", "自有服务"))
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    catalogue = models.CharField(max_length=8, choices=CATALOGUES)
    key = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    group = models.CharField(max_length=60, blank=True)
    tier = models.CharField(max_length=10, default="ordinary")
    limits = models.JSONField(default=dict)
    needs_proof = models.BooleanField(default=False)
    needs_check = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    in_duty_list = models.BooleanField(default=True)
    duplicate_metres = models.PositiveIntegerField(default=100)
    duplicate_days = models.PositiveSmallIntegerField(default=30)
    advice = models.CharField(max_length=300, blank=True)
    elsewhere = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["tenant", "catalogue", "key"], name="category_key"),
            CheckConstraint(condition=Q(tier__in=TIERS), name="category_tier"),
            CheckConstraint(condition=Q(catalogue__in=["city", "dispute", "service"]), name="category_catalogue"),
        ]

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """The limits a tenant chose: tiers → accept, respond, promise; stages → limit; each [unit, amount]. With its source."""

    tenant = models.OneToOneField(Tenant, models.PROTECT, related_name="+")
    preset = models.CharField(max_length=40)
    source = models.CharField(max_length=200)
    tiers = models.JSONField()
    stages = models.JSONField()
    timetable = models.JSONField()
    danger_words = models.JSONField(default=list)


class CalendarDay(models.Model):
    """A day that differs from Mon–Fri: off, or a make-up working day (调休)."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    on = models.DateField()
    kind = models.CharField(max_length=4)
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["tenant", "on"], name="calendar_day"),
            CheckConstraint(condition=Q(kind__in=["off", "work"]), name="calendar_kind"),
        ]


class Lead(models.Model):
    """Grid × category → post. Either side may be empty; the closest row wins: both, category, grid."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["tenant", "grid", "category"], condition=Q(grid__isnull=False, category__isnull=False), name="lead_both_once"),
            UniqueConstraint(fields=["tenant", "category"], condition=Q(grid__isnull=True), name="lead_category_once"),
            UniqueConstraint(fields=["tenant", "grid"], condition=Q(category__isnull=True), name="lead_grid_once"),
            CheckConstraint(condition=Q(grid__isnull=False) | Q(category__isnull=False), name="lead_not_empty"),
        ]


class Rule(models.Model):
    """派单规则, in the order of `sort`: to `post` where category, place, level, hour and words all hold; what is empty holds always.

    Categories by key or group, places by number, hours local; kept as data, so that a rule can be tried on past matters before it counts.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    sort = models.PositiveIntegerField()
    name = models.CharField(max_length=40)
    categories = models.JSONField(default=list)
    places = models.JSONField(default=list)
    levels = models.JSONField(default=list)
    hour_from = models.PositiveSmallIntegerField(null=True)
    hour_to = models.PositiveSmallIntegerField(null=True)
    words = models.JSONField(default=list)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["tenant", "name"], name="rule_name"),
            CheckConstraint(condition=Q(hour_from__isnull=True, hour_to__isnull=True) | Q(hour_from__lte=23, hour_to__lte=24), name="rule_hours"),
        ]

    def card(self) -> RuleCard:
        """As rules of matters see it."""
        hours = (self.hour_from, self.hour_to) if self.hour_from is not None and self.hour_to is not None else None
        lists = (tuple(self.categories), tuple(self.places), tuple(self.levels))
        return RuleCard(self.pk, self.name, self.post_id, *lists, hours, tuple(self.words))
