"""Reads of checkpoints: what is due today and why, when each was last seen, what was found three times. Figures are of points only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Max, QuerySet, When, Window
from django.db.models.functions import RowNumber

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.world import Actor, Seat, Town
from hawthorn.patrols.models import NOT_SKIPPED, Campaign, Checkpoint, CheckpointLine, Look
from hawthorn.patrols.rules import due, points
from hawthorn.patrols.rules.due import Drive, Due, Line, Spot
from hawthorn.patrols.rules.points import LAST_NUMBER

IN_A_ROW = 3


@dataclass(frozen=True)
class Point:
    """A checkpoint with its place and lines of rule."""

    row: Checkpoint
    spot: Spot

    @property
    def where(self) -> str:
        """The unit and the spot in it."""
        unit = self.row.unit.name if self.row.unit else ""
        return f"{unit} {self.row.spot}".strip()


# ── checkpoints ──
def in_place(level: str, place: int) -> QuerySet[Checkpoint]:
    """The checkpoints kept in a place."""
    return in_order(Checkpoint.objects.filter(**{level: place}, ended_on__isnull=True))


def kept_by(post: int) -> QuerySet[Checkpoint]:
    """Those that one post keeps itself."""
    return in_order(Checkpoint.objects.filter(keeper=post, ended_on__isnull=True))


def in_order(found: QuerySet[Checkpoint]) -> QuerySet[Checkpoint]:
    """In walking order: by number, those without one last and by the code of their unit."""
    last = Case(When(sort=0, then=LAST_NUMBER + 1), default="sort", output_field=IntegerField())
    return found.select_related("unit").order_by("grid__code", last, "unit__code", "id")


def listed(seat: Seat) -> QuerySet[Checkpoint]:
    """What a seat may read: its place, or what its post keeps. A county reads none."""
    if seat.scope != "place":
        return kept_by(seat.post)
    return in_place(seat.level, seat.place) if seat.level != "county" else Checkpoint.objects.none()


def to_walk(seat: Seat) -> QuerySet[Checkpoint]:
    """What a post itself goes to see: of a grid what nobody else keeps, of another post what it keeps."""
    return in_place("grid", seat.place).filter(keeper=None) if seat.level == "grid" else kept_by(seat.post)


def get_visible(checkpoint: int, *, actor: Actor, town: Town) -> Point:
    """One checkpoint in sight, ended ones too. Raises NotThere."""
    row = Checkpoint.objects.select_related("unit").filter(pk=checkpoint).first()
    place = town.places.get(row.grid_id) if row is not None else None
    if row is None or place is None or not any(points.seat_sees(seat, place, row.keeper_id) for seat in actor.seats):
        raise NotThere
    return with_lines([row])[0]


def with_lines(rows: Iterable[Checkpoint]) -> list[Point]:
    """Checkpoints with their rules. One statement."""
    rows = list(rows)
    lines: dict[int, list[Line]] = {}
    for one in CheckpointLine.objects.filter(checkpoint__in=[row.pk for row in rows]).order_by("from_on"):
        lines.setdefault(one.checkpoint_id, []).append(line_of(one))
    return [Point(row, Spot(row.pk, row.kind, row.grid_id, tuple(lines.get(row.pk, ())), row.ended_on)) for row in rows]


def line_of(row: CheckpointLine) -> Line:
    """A stored line as the rules see it."""
    return Line(
        row.checkpoint_id, row.rule, row.from_on, row.until, weekdays=tuple(row.weekdays), days=tuple(row.days), months=tuple(row.months), ahead=row.ahead
    )


# ── looks ──
def last_seen(ids: Collection[int], *, before: date | None = None) -> dict[int, date]:
    """The last day on which each was seen (skipped is not seen), before a day where one is named. One statement."""
    found = Look.objects.filter(NOT_SKIPPED, checkpoint__in=ids)
    if before is not None:
        found = found.filter(on__lt=before)
    return dict(found.values("checkpoint").annotate(last=Max("on")).order_by().values_list("checkpoint", "last"))


def looks_on(ids: Collection[int], on: date) -> dict[int, Look]:
    """The look of each on a day: the one that saw it, else the one that says why not. One statement."""
    found: dict[int, Look] = {}
    for look in Look.objects.filter(checkpoint__in=ids, on=on).order_by("id"):
        known = found.get(look.checkpoint_id)
        if known is None or known.result == points.SKIPPED:
            found[look.checkpoint_id] = look
    return found


def last_looks(ids: Collection[int] | QuerySet[Any], number: int = 1) -> dict[int, list[Look]]:
    """The newest looks that saw each, so many of them. One statement."""
    place = Window(RowNumber(), partition_by=F("checkpoint"), order_by=[F("on").desc(), F("id").desc()])
    found: dict[int, list[Look]] = {}
    for look in Look.objects.filter(NOT_SKIPPED, checkpoint__in=ids).annotate(nth=place).filter(nth__lte=number).order_by("checkpoint", "-on"):
        found.setdefault(look.checkpoint_id, []).append(look)
    return found


def history(checkpoint: int, number: int = 30) -> list[Look]:
    """The newest looks at one, skipped ones too."""
    return list(Look.objects.filter(checkpoint=checkpoint).order_by("-on", "-id")[:number])


# ── campaigns ──
def drives(subdistricts: Collection[int], on: date) -> dict[int, list[Drive]]:
    """The campaigns over checkpoints that run on a day, by subdistrict. One statement."""
    found: dict[int, list[Drive]] = {}
    for row in Campaign.objects.filter(subdistrict__in=subdistricts, over="points", from_on__lte=on, last_on__gte=on).order_by("id"):
        found.setdefault(row.subdistrict_id, []).append(drive_of(row))
    return found


def drive_of(row: Campaign) -> Drive:
    """A stored campaign as the rules see it."""
    return Drive(
        row.pk, row.name, row.from_on, row.last_on, purpose=row.purpose, each=row.each, kinds=tuple(row.kinds), points=tuple(row.chosen),
        grids=tuple(row.grids),
    )  # fmt: skip


# ── today ──
@dataclass(frozen=True)
class Round:
    """A day at some points: what is due, what was looked at, which campaigns ask for it, and how many were seen within seven days."""

    points: Mapping[int, Point]
    due: Sequence[Due]
    looks: Mapping[int, Look]
    drives: Mapping[int, Drive]
    seen: Mapping[int, date]
    covered: tuple[int, int]


def round_of(found: QuerySet[Checkpoint], town: Town, now: datetime) -> Round:
    """What is due today among them. Five statements, however many."""
    on = local(now).date()
    kept = with_lines(found)
    ids = [p.row.pk for p in kept]
    running = drives({p.row.subdistrict_id for p in kept}, on) if kept else {}
    before, looks = last_seen(ids, before=on), looks_on(ids, on)
    listed_due = [
        one
        for p in kept
        if (one := due.due_point(p.spot, town.policy(p.row.subdistrict_id).calendar, running.get(p.row.subdistrict_id, []), on, before.get(p.row.pk)))
    ]
    seen = before | {pk: look.on for pk, look in looks.items() if look.result != points.SKIPPED}
    covered = due.coverage([p.spot for p in kept], on, seen)
    return Round({p.row.pk: p for p in kept}, listed_due, looks, {d.id: d for of in running.values() for d in of}, seen, covered)


def covered(found: QuerySet[Checkpoint], now: datetime) -> tuple[int, int]:
    """How many of the points were seen within seven days, and how many there are. Three statements."""
    kept = with_lines(found)
    return due.coverage([p.spot for p in kept], local(now).date(), last_seen([p.row.pk for p in kept]))


# ── for the weekly assessment ──
@dataclass(frozen=True)
class Repeated:
    """A point whose last looks all found a problem, the newest first."""

    point: Point
    looks: Sequence[Look]

    @property
    def days(self) -> tuple[date, ...]:
        """When it was found, the oldest first."""
        return tuple(look.on for look in reversed(self.looks))


def three_times(level: str, place: int) -> list[Repeated]:
    """The points of a place kept now whose last three looks (skipped ones aside) all found a problem. Three statements."""
    return _repeated(Checkpoint.objects.filter(**{level: place}, ended_on__isnull=True))


def _repeated(kept: QuerySet[Checkpoint]) -> list[Repeated]:
    last = last_looks(kept.values("pk"), IN_A_ROW)
    found = {pk: looks for pk, looks in last.items() if len(looks) == IN_A_ROW and all(look.result == points.PROBLEM for look in looks)}
    return [Repeated(p, found[p.row.pk]) for p in with_lines(in_order(kept.filter(pk__in=found)))]


def strays() -> list[str]:
    """What cannot be: a point kept without a rule, a look outside the time its point was kept. A check, one sentence each."""
    bare = Checkpoint.objects.filter(ended_on__isnull=True).exclude(pk__in=CheckpointLine.objects.filter(until__isnull=True).values("checkpoint"))
    found = [f"checkpoints {pk}: 没有说多久看一次" for pk in bare.values_list("pk", flat=True)]
    late = Look.objects.filter(on__gt=F("checkpoint__ended_on")).values_list("pk", flat=True)
    return found + [f"looks {pk}: 排查点停了以后还有记录" for pk in late]
