"""What this room remembers: how a source's sheet is read, imports under way, who took which list away, what a new subdistrict still lacks."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from hawthorn.gateways.rules import GAPS
from hawthorn.loops.models import Item
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place

STATES = ["checking", "asked", "taking", "done", "failed", "stopped"]
OPEN_STATES = ["checking", "taking"]


class SheetSource(models.Model):
    """来源: which column of its sheet was what last time, by number; used again where the headings are the same."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    headings = models.JSONField()
    columns = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["tenant", "name"], name="sheet_source_once")]


class SheetImport(models.Model):
    """One sheet on its way in. `reached`: the last row of the sheet that is dealt with, written with what became of it, so that a broken run goes on there.

    `begun_at` is the time all its rows are taken at. `owner` works on it until `until`. The bytes lie under `name` (kept_sheets) as long as they are needed.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    user = models.BigIntegerField(null=True)
    name = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64)
    columns = models.JSONField()
    is_dry = models.BooleanField()
    is_anew = models.BooleanField()
    state = models.CharField(max_length=8, default="checking")
    why = models.CharField(max_length=200, blank=True)
    owner = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reached = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    elsewhere = models.JSONField(default=dict)

    class Meta:
        constraints = [CheckConstraint(condition=Q(state__in=STATES), name="sheet_import_state")]
        indexes = [Index(fields=["id"], condition=Q(state__in=OPEN_STATES), name="sheet_import_open")]


class SheetProblem(models.Model):
    """What is wrong with one cell or row of a sheet on its way in; never what stands in it."""

    sheet = models.ForeignKey(SheetImport, models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=3, blank=True)
    words = models.CharField(max_length=300)

    class Meta:
        indexes = [Index(fields=["sheet", "row"], name="sheet_problem_row")]


class Export(models.Model):
    """导出: who took which list away, with which filters and how many rows; never what stood in them."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    user = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    what = models.CharField(max_length=24)
    filters = models.CharField(max_length=300, blank=True)
    form = models.CharField(max_length=4)
    rows = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [Index(fields=["tenant", "-at"], name="export_tenant")]


class SetUpGap(models.Model):
    """建点还缺: 1:1 with its item; the facts stand in rules.GapFacts."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    area = models.ForeignKey(Place, models.PROTECT, related_name="+")
    lacking = models.CharField(max_length=16)
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["area", "lacking"], condition=Q(is_live=True), name="one_live_gap"),
            CheckConstraint(condition=Q(lacking__in=list(GAPS)), name="gap_lacking"),
        ]
