"""Events are only ever added. The database refuses update, delete and truncate (see sql.py)."""

from __future__ import annotations

from django.db import models
from django.db.models import Index, Q, UniqueConstraint


class Event(models.Model):
    """One change of one item. `stream` is the item, `seq` its version after the change; body: changed facts, canonical JSON."""

    stream = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    stage = models.CharField(max_length=20)
    user = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    door = models.CharField(max_length=20)
    device = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=64, blank=True)
    asked = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    rules_version = models.PositiveSmallIntegerField(default=1)
    body = models.TextField()
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["stream", "seq"], name="event_stream_seq"),
            UniqueConstraint(fields=["user", "key"], condition=~Q(key=""), name="event_user_key"),
            UniqueConstraint(fields=["key"], condition=Q(user__isnull=True) & ~Q(key=""), name="event_nobody_key"),
        ]
        indexes = [Index(fields=["at"], name="event_at")]


class Seal(models.Model):
    """One day's events, by id, under one digest that names the seal before it."""

    on = models.DateField(unique=True)
    at = models.DateTimeField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    number = models.PositiveIntegerField()
    ids = models.TextField()
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)


class Outbox(models.Model):
    """A message to be sent; the address is read only at sending. `contact` or `user` says to whom, by number."""

    contact = models.BigIntegerField(null=True)
    user = models.BigIntegerField(null=True)
    template = models.CharField(max_length=40)
    item = models.BigIntegerField(null=True)
    event_seq = models.PositiveIntegerField(null=True)
    key = models.CharField(max_length=80, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [Index(fields=["next_at"], condition=Q(sent_at__isnull=True, dead_at__isnull=True), name="outbox_due")]


class Lease(models.Model):
    """Who does the due work now; a row a name, taken for a short time."""

    name = models.CharField(max_length=40, primary_key=True)
    owner = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
