"""Months that were closed, with their counts by cell (community, grid, category; counts as `figures.COUNTS` names them); meetings and what they decide."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from hawthorn.loops.models import Item
from hawthorn.teams.models import Post
from hawthorn.territory.models import Place


class Month(models.Model):
    """One closed month of a subdistrict (or of what a county has without one). A correction replaces it by a new one, with who and why."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    on = models.DateField()
    closed_at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["place", "on"], condition=Q(replaced_at__isnull=True), name="month_once"),
            CheckConstraint(condition=Q(user__isnull=True) | ~Q(reason=""), name="month_correction_has_reason"),
        ]


class Cell(models.Model):
    """Counts of one community, grid and category in a closed month; nulls where a matter had none. Never of a person."""

    month = models.ForeignKey(Month, models.PROTECT, related_name="+", db_index=False)
    community = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    grid = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=24, blank=True)
    found = models.PositiveIntegerField(default=0)
    found_first = models.PositiveIntegerField(default=0)
    contact_due = models.PositiveIntegerField(default=0)
    contacted = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    in_grid = models.PositiveIntegerField(default=0)
    in_community = models.PositiveIntegerField(default=0)
    in_subdistrict = models.PositiveIntegerField(default=0)
    in_time = models.PositiveIntegerField(default=0)
    handed_back = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    called = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [Index(fields=["month", "community", "grid"], name="cell_month")]


def _item() -> models.OneToOneField[Item, Item]:
    return models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")


class Commitment(models.Model):
    """议定事项."""

    item = _item()
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    meeting = models.BigIntegerField(null=True)
    problem = models.BigIntegerField(null=True)
    moved_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            Index(fields=["meeting"], name="commitment_meeting"),
            Index(fields=["problem"], condition=Q(problem__isnull=False), name="commitment_problem"),
        ]


class Problem(models.Model):
    """高频问题. `month`: of which month it is the one stubborn problem of the place `chosen_in`."""

    item = _item()
    source = models.CharField(max_length=10)
    why = models.CharField(max_length=160)
    found_on = models.DateField()
    ended_on = models.DateField(null=True)
    came_back = models.PositiveSmallIntegerField(default=0)
    month = models.CharField(max_length=7, blank=True)
    chosen_in = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(source__in=["same_place", "signal"]), name="problem_source"),
            UniqueConstraint(fields=["chosen_in", "month"], condition=Q(chosen_in__isnull=False), name="problem_of_month_once"),
        ]


class Meeting(models.Model):
    """周研判."""

    item = _item()
    on = models.DateField()
    offline = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)


class Release(models.Model):
    """发布: users of the three hands."""

    item = _item()
    author = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    drafter = models.BigIntegerField(null=True)
    reviewer = models.BigIntegerField(null=True)
    publisher = models.BigIntegerField(null=True)
    meeting = models.BigIntegerField(null=True)

    class Meta:
        constraints = [CheckConstraint(condition=Q(publisher__isnull=True) | Q(drafter__isnull=False, reviewer__isnull=False), name="release_three_hands")]


class Point(models.Model):
    """One point of an agenda as it was drawn up, and what was decided. `about`: category and place; `why`, `state`: numbers and dates, no person.

    `source`: the item it is about (a commitment, a problem, a matter), where it is one; `url`: the list behind a count.
    """

    meeting = models.ForeignKey(Item, models.PROTECT, related_name="+")
    sort = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=140)
    why = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    source = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    url = models.CharField(max_length=200, blank=True)
    decision = models.CharField(max_length=6, blank=True)
    words = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    commitment = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    user = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["meeting", "sort"], name="point_once"),
            CheckConstraint(condition=Q(decision__in=["", "commit", "watch", "none", "over", "done", "moved"]), name="point_decision"),
            CheckConstraint(condition=~Q(decision="commit") | Q(commitment__isnull=False), name="point_commits_to_something"),
        ]

    KEPT = Q(decision="", source__loop="commitments", source__stage="done")

    @property
    def is_kept(self) -> bool:
        """Is it about a promise that was reported done while the meeting is open (`KEPT` for many): then nothing is left to decide."""
        return not self.decision and self.source is not None and self.source.loop == "commitments" and self.source.stage == "done"


class Minutes(models.Model):
    """纪要 as it was frozen: canonical JSON, and its digest that also stands on the meeting's last event."""

    meeting = models.OneToOneField(Item, models.PROTECT, primary_key=True, related_name="+")
    body = models.TextField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class Erratum(models.Model):
    """更正: what in the minutes was wrong and what it should say; the minutes themselves are never changed."""

    meeting = models.ForeignKey(Item, models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    user = models.BigIntegerField()
    post = models.BigIntegerField()
    at = models.DateTimeField()


class Screen(models.Model):
    """大屏 of a place: its links carry this number; the next number makes all that are out worthless. Who changed it last, as post."""

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    post = models.BigIntegerField()


class FieldRead(models.Model):
    """The last day on which somebody was shown what stands in a field (`loop.step.field`). No person, no item."""

    name = models.CharField(max_length=80, unique=True)
    on = models.DateField()
