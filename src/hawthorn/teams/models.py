"""Posts, holders, stand-ins, the on-call roster."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from hawthorn.accounts.models import User
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import LEVELS, Place


class PostKind(models.Model):
    """A kind of post as this county calls it. `level` says in which places it stands; `scope` what it sees there."""

    SCOPES = ("place", "hands")
    county = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    label = models.CharField(max_length=30)
    level = models.CharField(max_length=11)
    scope = models.CharField(max_length=5, default="hands")
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["county", "code"], name="post_kind_code"),
            CheckConstraint(condition=Q(level__in=LEVELS), name="post_kind_level"),
            CheckConstraint(condition=Q(scope__in=("place", "hands")), name="post_kind_scope"),
        ]


class Post(models.Model):
    """岗位: a kind in a place. `phone` is the work phone; shown to the public only with `is_public`."""

    kind = models.CharField(max_length=30)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    is_public = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["place", "kind", "name"], name="post_once")]

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """Who holds a post, from–to (to is exclusive, to the second). `shows_name`: the holder agreed to be named in public.

    `by`, `ended_by`: who appointed them and who set the end; nobody: the console, or (an end) the day their grid was closed.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    shows_name = models.BooleanField(default=False)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")), name="holding_span"),
            UniqueConstraint(fields=["post", "user"], condition=Q(to_at__isnull=True), name="holding_once"),
        ]
        indexes = [Index(fields=["user"], name="holding_user")]


class Leave(models.Model):
    """请假: who is away, from–to. Why is nobody's business here. Forgotten a year after it ended."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="leave_span")]
        indexes = [Index(fields=["to_at"], name="leave_to")]


class StandIn(models.Model):
    """B角: who stands in for a post, from–to; `leave`: because the holder is away, and it ends with that. `by`, `ended_by` as of a holding."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    leave = models.ForeignKey(Leave, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [CheckConstraint(condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")), name="stand_in_span")]


class PartyGroup(models.Model):
    """网格党小组: a post of its grid; who holds that is its head. `number`: how many belong to it, as told by the instructor; no roll is kept."""

    post = models.OneToOneField(Post, models.PROTECT, primary_key=True, related_name="+")
    number = models.PositiveSmallIntegerField(null=True)


class PartyClaim(models.Model):
    """双报到: somebody says of themselves that they belong to a group, by where they live or by their unit. Only they see it; taken back it is gone."""

    KINDS = ("home", "unit")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    group = models.ForeignKey(PartyGroup, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["user", "kind"], name="party_claim_once"),
            CheckConstraint(condition=Q(kind__in=("home", "unit")), name="party_claim_kind"),
        ]


class RosterNight(models.Model):
    """值班: who is on call for a subdistrict from 18:00 of `on` (all of it on a rest day) until 08:00 of the next day."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    on = models.DateField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["place", "on", "user"], name="roster_once")]
