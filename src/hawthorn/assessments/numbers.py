"""The numbers of a place and month, once: board, report, wall screen, digest and export show these and no others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from hawthorn.assessments import queries
from hawthorn.assessments.rules import figures
from hawthorn.kernel.world import PlaceCard, Town


@dataclass(frozen=True)
class Share:
    """One figure: `top` of `bottom`, `percent` whole, None of nothing."""

    figure: figures.Figure
    top: int
    bottom: int
    percent: int | None

    @property
    def is_few(self) -> bool:
        """Fewer than five above or below the line: a share of one or two would point at somebody, so it is not for the public."""
        return min(self.top, self.bottom) < figures.FEW


@dataclass(frozen=True)
class Numbers:
    """Of a place and month: what came and was settled, the shares; when it was closed, None while the month runs."""

    place: PlaceCard
    month: date
    found: int
    settled: int
    shares: tuple[Share, ...]
    closed_at: datetime | None


def numbers_of(place: PlaceCard, month: date, town: Town, now: datetime) -> Numbers:
    """As the board has them. At most five statements."""
    below = [p.id for p in town.places.values() if p.level == "subdistrict" and p.county == place.id]
    rows, kept = queries.counts(place, month, now, below=below)
    total = rows.get((), {})
    return Numbers(place, month, total.get("found", 0), total.get("settled", 0), shares_of(total), kept.closed_at if kept else None)


def shares_of(total: queries.Counts) -> tuple[Share, ...]:
    """Every figure of some counts."""
    found = []
    for figure in figures.FIGURES:
        top, bottom = figures.count(total, figure.top), figures.count(total, figure.bottom)
        found.append(Share(figure, top, bottom, figures.percent(top, bottom)))
    return tuple(found)
