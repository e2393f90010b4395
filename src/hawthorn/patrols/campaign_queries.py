"""Reads of campaigns: which there are, and how many of what they ask for was seen, by grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import Actor, Town
from hawthorn.patrols import queries
from hawthorn.patrols.models import NOT_SKIPPED, Campaign, Look
from hawthorn.patrols.queries import Point


@dataclass(frozen=True)
class Share:
    """Of the points or doors of a grid: how many were seen within the campaign, and how many there are."""

    grid: int
    seen: int
    number: int


def subdistricts(actor: Actor, town: Town) -> set[int]:
    """The subdistricts in which the asker has a place."""
    cards = [town.places[s.place] for s in actor.seats if s.scope == "place" and s.level != "county" and s.place in town.places]
    return {at for card in cards if (at := card.at("subdistrict"))}


def listed(actor: Actor, town: Town) -> QuerySet[Campaign]:
    """Those of the asker's subdistricts, the newest first."""
    return Campaign.objects.filter(subdistrict__in=subdistricts(actor, town)).order_by("-last_on", "-id")


def get_visible(campaign: int, *, actor: Actor, town: Town) -> Campaign:
    """One in sight. Raises NotThere."""
    found = listed(actor, town).filter(pk=campaign).first()
    if found is None:
        raise NotThere
    return found


def asked(campaign: Campaign, on: date) -> list[Point]:
    """The points it asks for, as they stand on a day (its first, where it has not begun)."""
    drive, day = queries.drive_of(campaign), max(on, campaign.from_on)
    return [p for p in queries.with_lines(queries.in_place("subdistrict", campaign.subdistrict_id)) if p.spot.stands(day) and drive.covers(p.spot, day)]


def seen_in(campaign: Campaign, many: Sequence[Point]) -> set[int]:
    """Which of the points were seen within its days."""
    found = Look.objects.filter(NOT_SKIPPED, checkpoint__in=[p.row.pk for p in many], on__gte=campaign.from_on, on__lte=campaign.last_on)
    return set(found.values_list("checkpoint_id", flat=True))


def shares(campaign: Campaign, on: date) -> list[Share]:
    """By grid, in the order of the way. Three statements."""
    many = asked(campaign, on)
    seen = seen_in(campaign, many)
    grids = list(dict.fromkeys(p.row.grid_id for p in many))
    return [Share(g, sum(p.row.pk in seen for p in many if p.row.grid_id == g), sum(p.row.grid_id == g for p in many)) for g in grids]
