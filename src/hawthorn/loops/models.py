"""The spine. The database itself refuses an open item without holder or due time: a duty is an open item."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from hawthorn.accounts.models import Contact
from hawthorn.teams.models import Post
from hawthorn.territory.models import Place, Unit

OPEN = Q(open=True)


class Item(models.Model):  # its keys have no indexes of their own: the lists' indexes serve, and one more misleads the planner
    """One thing of one loop: where it stands, who answers for it now, until when. Times UTC; `title` = category and place."""

    loop = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    open = models.BooleanField()
    holder = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True)
    stage_due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=24, blank=True)
    title = models.CharField(max_length=140)
    urgent = models.BooleanField(default=False)
    raised_level = models.CharField(max_length=11)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    county = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    subdistrict = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    grid = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)
    receipt = models.CharField(max_length=8, unique=True)
    nudge_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=~OPEN | Q(holder__isnull=False, due_at__isnull=False), name="open_item_has_holder_and_date"),
            CheckConstraint(condition=OPEN | Q(holder__isnull=True, due_at__isnull=True), name="closed_item_is_nobodys_duty"),
            CheckConstraint(condition=Q(open=True, closed_at__isnull=True) | Q(open=False, closed_at__isnull=False), name="closed_item_has_its_time"),
            CheckConstraint(condition=Q(raised_level__in=["county", "subdistrict", "community", "grid"]), name="item_level"),
        ]
        indexes = [
            *(Index(fields=["loop", level, "due_at", "id"], condition=OPEN, name=f"item_open_{level}") for level in ("subdistrict", "community", "grid")),
            *(Index(fields=["loop", level, "-id"], name=f"item_all_{level}") for level in ("subdistrict", "community", "grid")),
            Index(fields=["loop", "subdistrict", "opened_at"], name="item_opened"),
            Index(fields=["loop", "subdistrict", "closed_at"], condition=~OPEN, name="item_closed"),
            Index(fields=["holder", "due_at", "id"], condition=OPEN, name="item_open_holder"),
            Index(fields=["loop", "county", "raised_level", "-id"], name="item_county"),
            Index(fields=["nudge_at"], condition=OPEN, name="item_nudge"),
            Index(fields=["stage", "stage_due_at"], condition=OPEN, name="item_time_out"),
            Index(fields=["unit", "-id"], name="item_unit"),
            Index(fields=["parent"], condition=Q(parent__isnull=False), name="item_parent"),
        ]


class Text(models.Model):
    """Words of people, erasable; the event keeps a keyed digest made with `salt`. Audience: public (the asker too) or staff."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveIntegerField()
    field = models.CharField(max_length=30)
    audience = models.CharField(max_length=6)
    words = models.TextField()
    salt = models.CharField(max_length=32)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [CheckConstraint(condition=Q(audience__in=["public", "staff"]), name="text_audience")]
        indexes = [Index(fields=["item", "seq"], name="text_item")]


class Wording(models.Model):
    """What an item is found by: pairs of characters of its title and first words (`searching`). Derived; written anew with them."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="+")
    tokens = models.TextField()


class Link(models.Model):
    """Two items that belong together: merged, split, became."""

    source = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(kind__in=["merged", "split", "became"]), name="link_kind"),
            CheckConstraint(condition=~Q(source=F("target")), name="link_not_itself"),
        ]
        indexes = [Index(fields=["source"], name="link_source"), Index(fields=["target"], name="link_target")]


class Touch(models.Model):
    """Through whose hands an item went: what a post may read that is not in its place."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [UniqueConstraint(fields=["post", "item"], name="touch_once")]
        indexes = [Index(fields=["item"], name="touch_item")]


class Nudge(models.Model):
    """A post was told that something is soon due, due, or late; once per kind and due time."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["item", "kind", "due_at", "post"], name="nudge_once"),
            CheckConstraint(condition=Q(kind__in=["soon", "due", "late", "told"]), name="nudge_kind"),
        ]
        indexes = [Index(fields=["post", "-id"], name="nudge_post")]


class Reporter(models.Model):
    """来话人: someone who asked, by own receipt. The word and the token allow acting; only keyed digests are kept."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+", db_index=False)
    receipt = models.CharField(max_length=8, unique=True)
    word_digest = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64, blank=True)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+", db_index=False)
    way = models.CharField(max_length=9, default="none")
    channel = models.CharField(max_length=12)
    hides_from_grid = models.BooleanField(default=False)
    on_behalf = models.BooleanField(default=False)
    entered_by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    moved_from = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    moved_path = models.CharField(max_length=200, default=",")

    class Meta:
        constraints = [CheckConstraint(condition=Q(way__in=["none", "phone", "visit", "mail"]), name="reporter_way")]
        indexes = [
            Index(fields=["item"], name="reporter_item"),
            Index(fields=["token_digest"], name="reporter_token"),
            Index(fields=["contact"], name="reporter_contact"),
        ]


class OneTimeLink(models.Model):
    """Lets one outsider answer one item once, without an account, until it expires or is used."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    whom = models.CharField(max_length=60)
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
