"""Erasing what somebody left of themselves: when its time is over, and when they ask for it. Counts survive, persons do not."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from hawthorn.accounts.actions import emptied
from hawthorn.accounts.models import Contact
from hawthorn.files import actions as files
from hawthorn.files.models import Attachment
from hawthorn.files.voices import MIME as SOUND
from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import actions, reporters
from hawthorn.loops.models import Item, Reporter
from hawthorn.loops.town import system

CLOSED_DAYS = 180


def erase_expired(now: datetime, closed_days: int = CLOSED_DAYS) -> int:
    """Empty contacts past their day, and those all of whose items have been closed for so many days, and the voices in these items.

    Counts survive, persons do not: a voice is somebody as much as a number is.
    """
    kept = Contact.objects.filter(erased_at=None)
    asked = Reporter.objects.filter(contact=OuterRef("pk"))
    fresh = asked.filter(Q(item__open=True) | Q(item__closed_at__gt=now - timedelta(days=closed_days)))
    done = Exists(asked) & ~Exists(fresh)
    closed = Item.objects.filter(pk=OuterRef("item"), open=False, closed_at__lte=now - timedelta(days=closed_days))
    files.forget(Attachment.objects.filter(Exists(closed), mime=SOUND))
    return kept.filter(Q(expires_on__lt=local(now).date()) | done).update(**emptied(now))


def erase_on_request(reporter: Reporter, *, now: datetime) -> bool:
    """Empty one asker's contact and delete their voice because they ask for it; whether there was either. Others who asked keep theirs."""
    way, loop = reporter.way, Item.objects.only("loop").get(pk=reporter.item_id).loop
    with transaction.atomic():
        contact = Contact.objects.filter(pk=reporter.contact_id, erased_at=None).first() if reporter.contact_id else None
        done = Contact.objects.filter(pk=contact.pk, erased_at=None).update(**emptied(now)) if contact else 0
        Reporter.objects.filter(pk=reporter.pk).exclude(way="none").update(way="none")
        if contact and done and way != "none" and "contact_gone" in LOOPS[loop].steps:
            less = {"tellable": 1, "by_phone": int(way == "phone"), "visits": int(way == "visit")}
            actions.take_step(loop, reporter.item_id, "contact_gone", less, actor=system("erasure", contact.county_id), now=now, door="what")
        if contact and done:
            _call_off(reporter, contact.county_id, now)
    return bool(_forget_voices(reporter) or done)


def _forget_voices(reporter: Reporter) -> int:
    """What this asker said, with what a second press of the same form left unused; how many."""
    sounds = Attachment.objects.filter(mime=SOUND)
    tickets = [t for t in sounds.filter(asker=reporter.pk).values_list("ticket", flat=True) if t]
    return files.forget(sounds.filter(Q(asker=reporter.pk) | Q(item=None, ticket__in=tickets)))


def _call_off(reporter: Reporter, county: int, now: datetime) -> None:
    """Calls that are owed for what this asker said are off where nobody is left to be told."""
    ended = [reporter.item_id, *(int(n) for n in reporter.moved_path.split(",") if n)]
    for telling in Item.objects.filter(parent__in=ended, loop=reporters.TELLINGS, open=True).order_by("id"):
        if not reporters.to_call(telling.parent_id or 0, reporter.item_id).exists():
            actions.take_step(reporters.TELLINGS, telling.pk, "unneeded", {}, actor=system("erasure", county), now=now, door="what")
