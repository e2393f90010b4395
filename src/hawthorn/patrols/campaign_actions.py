"""Opening and ending campaigns, and the alert before rain."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.transaction import atomic

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Town
from hawthorn.patrols import kinds
from hawthorn.patrols.models import Campaign, Checkpoint
from hawthorn.patrols.rules import campaigns
from hawthorn.patrols.rules.campaigns import Opened

NOT_YOURS = _("专项排查由街道网格中心来开、来停。")


def start(wanted: Opened, *, key: UUID, actor: Actor, town: Town, now: datetime) -> Campaign:
    """Open one in the desk's subdistrict; the same key again gives the same one. Raises WrongType, Refused not_yours."""
    seat = campaigns.opener(actor)
    if seat is None:
        raise Refused("not_yours", detail=NOT_YOURS)
    if (first := Campaign.objects.filter(key=key, subdistrict=seat.place).first()) is not None:
        return first
    wrong = campaigns.faults(wanted, kinds.kinds(), local(now).date())
    if any(grid not in town.places or town.places[grid].at("subdistrict") != seat.place for grid in wanted.grids):
        wrong["grids"] = _("选的网格不在本街道，请重新选。")
    if wanted.chosen and Checkpoint.objects.filter(pk__in=wanted.chosen, subdistrict=seat.place, ended_on=None).count() != len(set(wanted.chosen)):
        wrong["chosen"] = _("选的点不在本街道，或者已经停了，请重新选。")
    if wrong or wanted.from_on is None or wanted.last_on is None:
        raise WrongType(wrong)
    with atomic():
        return Campaign.objects.create(
            subdistrict_id=seat.place, post_id=seat.post, name=wanted.name, purpose=wanted.purpose, over=wanted.over, each=wanted.each,
            kinds=list(wanted.kinds), chosen=list(wanted.chosen), grids=list(wanted.grids), from_on=wanted.from_on, last_on=wanted.last_on,
            made_at=now, key=key,
        )  # fmt: skip


def end(campaign: Campaign, *, actor: Actor, now: datetime) -> None:
    """No longer asked for from today on; what was seen in it stays. Ending it twice is once."""
    seat = campaigns.opener(actor)
    if seat is None or seat.place != campaign.subdistrict_id:
        raise Refused("not_yours", detail=NOT_YOURS)
    yesterday = local(now).date() - timedelta(days=1)
    Campaign.objects.filter(pk=campaign.pk, last_on__gt=yesterday).update(last_on=yesterday, ended_early=True)
