"""Checkpoints, their lines of rule, and looks. Nothing here says who was where for how long."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from hawthorn.loops.models import Item
from hawthorn.patrols.rules import due, errands, points, visits
from hawthorn.teams.models import Post
from hawthorn.territory.models import Door, Place, Unit

NOT_SKIPPED = ~Q(result=points.SKIPPED)


class Checkpoint(models.Model):
    """排查点: something to be looked at in a place. `sort`: its number on the way; `keeper`: the post that looks, if not the grid's."""

    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    community = models.ForeignKey(Place, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Place, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    spot = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=24)
    items = models.CharField(max_length=400, blank=True)
    sort = models.PositiveSmallIntegerField(default=0)
    keeper = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [
            Index(fields=["grid", "sort", "id"], condition=Q(ended_on__isnull=True), name="checkpoint_grid"),
            Index(fields=["subdistrict"], condition=Q(ended_on__isnull=True), name="checkpoint_here"),
        ]


class CheckpointLine(models.Model):
    """How often a checkpoint is due from a day on; `until` is exclusive. A change of rule ends one line and begins the next."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=8)
    weekdays = models.JSONField(default=list)
    days = models.JSONField(default=list)
    months = models.JSONField(default=list)
    ahead = models.PositiveSmallIntegerField(default=0)
    from_on = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(rule__in=list(due.RULES)), name="line_rule"),
            CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("from_on")), name="line_span"),
            UniqueConstraint(fields=["checkpoint"], condition=Q(until__isnull=True), name="one_line_without_end"),
            UniqueConstraint(fields=["checkpoint", "from_on"], name="line_begins_once"),
        ]


class Look(models.Model):
    """One look at a checkpoint on a day: fine, a problem (with the matter it became), or not possible and why. Only ever added."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=7)
    reason = models.CharField(max_length=8, blank=True)
    matter = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(result__in=list(points.RESULTS)), name="look_result"),
            CheckConstraint(
                condition=Q(result=points.SKIPPED, reason__in=list(points.REASONS)) | (NOT_SKIPPED & Q(reason="")), name="look_reason_where_skipped"
            ),
            CheckConstraint(
                condition=Q(result=points.PROBLEM, matter__isnull=False) | (~Q(result=points.PROBLEM) & Q(matter__isnull=True)), name="look_problem_is_matter"
            ),
            UniqueConstraint(fields=["checkpoint", "on"], condition=NOT_SKIPPED, name="look_once_a_day"),
            UniqueConstraint(fields=["checkpoint", "on"], condition=Q(result=points.SKIPPED), name="look_skipped_once_a_day"),
        ]


class Campaign(models.Model):
    """专项排查 over kinds, chosen checkpoints or doors of a subdistrict or some of its grids; or the alert before rain. Days inclusive."""

    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    purpose = models.CharField(max_length=7, default=due.SPECIAL)
    over = models.CharField(max_length=6, default="points")
    each = models.CharField(max_length=5, default=due.DAILY)
    kinds = models.JSONField(default=list)
    chosen = models.JSONField(default=list)
    grids = models.JSONField(default=list)
    from_on = models.DateField()
    last_on = models.DateField()
    ended_early = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(purpose__in=list(due.PURPOSES)), name="campaign_purpose"),
            CheckConstraint(condition=Q(over__in=["points", "doors"]), name="campaign_over"),
            CheckConstraint(condition=Q(each__in=list(due.EACH)), name="campaign_each"),
        ]
        indexes = [Index(fields=["subdistrict", "last_on"], name="campaign_here")]


class Errand(models.Model):
    """1:1 with its item; see ErrandFacts."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    source = models.CharField(max_length=8)
    topic = models.CharField(max_length=11)
    asks_number = models.BooleanField(default=False)
    by = models.DateTimeField(null=True)
    parts = models.PositiveSmallIntegerField(default=0)
    waiting = models.PositiveSmallIntegerField(default=0)
    known = models.JSONField()
    known_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(source__in=list(errands.SOURCES)), name="errand_source"),
            CheckConstraint(condition=Q(topic__in=list(errands.TOPICS)), name="errand_topic"),
        ]


class ErrandPart(models.Model):
    """1:1 with its item: what one grid answered."""

    item = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    asks_number = models.BooleanField(default=False)
    number = models.PositiveIntegerField(null=True)


class VisitPlan(models.Model):
    """A unit whose doors are to be visited in a quarter (its first day). A grid without any plans all of its units."""

    grid = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    quarter = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["grid", "quarter", "unit"], name="visit_planned_once")]


class Visit(models.Model):
    """One call at a door: done, nobody there, or to come again. Nothing of who lives there: no name, no words."""

    door = models.ForeignKey(Door, models.PROTECT, related_name="+", db_index=False)
    grid = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    at = models.DateTimeField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=6)
    card_left = models.BooleanField(default=False)
    key = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(result__in=list(visits.RESULTS)), name="visit_result"),
            UniqueConstraint(fields=["door", "on", "result"], name="visit_once_a_day"),
        ]
        indexes = [Index(fields=["grid", "on"], name="visit_grid")]


class Walk(models.Model):
    """走访、现场办公: a leader or cadre goes to a grid on a day; what was brought back are matters."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    grid = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        indexes = [Index(fields=["subdistrict", "-on", "-id"], name="walk_here"), Index(fields=["grid", "-on"], name="walk_grid")]


class WalkMatter(models.Model):
    """A matter brought back from a walk."""

    walk = models.ForeignKey(Walk, models.PROTECT, related_name="+")
    matter = models.OneToOneField(Item, models.PROTECT, related_name="+")
