"""Counts of a place and month: as they were kept when the month was closed, else as they stand now. The same conditions make lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from hawthorn.assessments.models import Cell, Month
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter

Counts = dict[str, int]
Table = dict[tuple[Any, ...], Counts]
ROUNDS = ("round", "visit", "meeting", "other")
BELOW = {"county": "subdistrict", "subdistrict": "community", "community": "grid"}
SETTLED = Q(item__stage="closed", answer="settled")
AGES = ((1, _("一天以内")), (3, _("两三天")), (7, _("一周以内")), (15, _("半个月以内")), (30, _("一个月以内")), (36500, _("一个月以上")))


def conditions(now: datetime) -> dict[str, Q]:
    """What makes a matter of the month count, by name of the count."""
    return {
        "found": Q(),
        "found_first": Q(reporters=0, channel__in=ROUNDS),
        "contact_due": Q(contact_due_at__lte=now) | Q(contact_due_at__isnull=False, contacted_at__isnull=False),
        "contacted": Q(contact_due_at__isnull=False, contacted_at__lte=F("contact_due_at")),
        "ended": Q(),
        "settled": SETTLED,
        "in_grid": SETTLED & Q(item__raised_level="grid"),
        "in_community": SETTLED & Q(item__raised_level="community"),
        "in_subdistrict": SETTLED & Q(item__raised_level="subdistrict"),
        "in_time": SETTLED & Q(settled_in_time=True),
        "handed_back": Q(hand_backs__gt=0),
        "reopened": SETTLED & (Q(unsolved_count__gt=0) | Q(reopened_count__gt=0)),
        "called": Q(confirmed__in=["solved", "agreed"]),
        "solved": Q(confirmed="solved"),
        "rated": Q(rating__isnull=False),
        "satisfied": Q(rating__gte=4),
    }


def _of(name: str, month: date, prefix: str) -> Q:
    """That an item belongs to the month by this count: by its beginning, or by its end."""
    start, end = rules.span(month)
    column = "opened_at" if name in rules.OPENED else "closed_at"
    over = {} if name in rules.OPENED else {f"{prefix}open": False}  # said, so that the index of ended ones serves
    return Q(**{f"{prefix}loop": "matters", f"{prefix}parent__isnull": True, f"{prefix}{column}__gte": start, f"{prefix}{column}__lt": end, **over})


def narrowed(found: QuerySet[Item], name: str, month: date, now: datetime) -> QuerySet[Item]:
    """The matters of a list that a count of that month counts."""
    asked, named = conditions(now), rules.parts(name)
    wanted = Q()
    for one in named:
        wanted |= asked[one]
    found = found.filter(_of(named[0], month, ""))
    return found.filter(Exists(Matter.objects.filter(wanted, item=OuterRef("pk")))) if wanted else found


# ── as it stands now ──
def live(where: Mapping[str, Any], month: date, now: datetime, by: Sequence[str] = ()) -> Table:
    """Counts over the matters of a month, grouped by columns of the item. Two statements."""
    asked = conditions(now)
    found: dict[tuple[Any, ...], Counts] = {}
    for names in (rules.OPENED, rules.ENDED):
        rows = Matter.objects.filter(_of(next(iter(names)), month, "item__"), **{f"item__{k}": v for k, v in where.items()})
        counted = {f"n_{name}": Count("pk", filter=asked[name]) if asked[name] else Count("pk") for name in names}
        grouped = rows.values(*(f"item__{column}" for column in by)).annotate(**counted).order_by() if by else [rows.aggregate(**counted)]
        for row in grouped:
            cell = found.setdefault(tuple(row[f"item__{column}"] for column in by), {})
            cell.update({name: row[f"n_{name}"] for name in names})
    return found


# ── as it was kept ──
def month_row(place: int, month: date) -> Month | None:
    """The month of a subdistrict as it stands closed, or None."""
    return Month.objects.filter(place=place, on=month, replaced_at=None).first()


def _kept(place: PlaceCard, months: Sequence[int], by: Sequence[str]) -> Table:
    rows = Cell.objects.filter(month__in=months)
    if place.level in ("community", "grid"):
        rows = rows.filter(**{place.level: place.id})
    summed = {f"n_{name}": Sum(name) for name in rules.COUNTS}
    found = rows.values(*by).annotate(**summed).order_by() if by else [rows.aggregate(**summed)]
    return {tuple(row[column] for column in by): {name: row[f"n_{name}"] or 0 for name in rules.COUNTS} for row in found}


def counts(place: PlaceCard, month: date, now: datetime, *, by: Sequence[str] = (), below: Sequence[int] = ()) -> tuple[Table, Month | None]:
    """Counts of a place, grouped; and the closed month they are from, None where they are of this minute. At most five statements.

    `by`: community, grid, subdistrict, kind. A county's months are those of its subdistricts (`below`) and its own.
    """
    closed = list(_months(place, month))
    if closed:
        kept = _kept(place, [m.pk for m in closed], ["month__place" if column == "subdistrict" else column for column in by])
        return kept, _newest(closed)
    return added([live(where, month, now, by) for where in _wheres(place, below)]), None


def _wheres(place: PlaceCard, below: Sequence[int]) -> list[dict[str, Any]]:
    """Conditions that the index of subdistrict and time serves; a county's come as its subdistricts' and its own."""
    if place.level == "county":
        return [{"subdistrict__in": list(below)}, {"county": place.id, "subdistrict": None}]
    return [{"subdistrict": place.at("subdistrict"), place.level: place.id}]


def added(many: Iterable[Mapping[tuple[Any, ...], Mapping[str, int]]]) -> Table:
    """Counts added up key by key."""
    found: dict[tuple[Any, ...], Counts] = {}
    for one in many:
        for key, cell in one.items():
            known = found.setdefault(key, {})
            for name, number in cell.items():
                known[name] = known.get(name, 0) + number
    return found


def _months(place: PlaceCard, month: date) -> QuerySet[Month]:
    return _versions(place, month).filter(replaced_at=None)


def _versions(place: PlaceCard, month: date) -> QuerySet[Month]:
    """A closed month of a place, as it stands and as it stood before corrections."""
    if place.level == "county":
        return Month.objects.filter(place__county=place.id, on=month) | Month.objects.filter(place=place.id, on=month)
    return Month.objects.filter(place=place.at("subdistrict"), on=month)


def _newest(months: Sequence[Month]) -> Month:
    return max(months, key=lambda m: (bool(m.reason), m.closed_at))


@dataclass(frozen=True)
class Correction:
    """A month that was counted again: the row that says who and why, and the counts before and after."""

    month: Month
    before: Counts
    after: Counts


def corrections(place: PlaceCard, month: date) -> list[Correction]:
    """How a closed month of a place was corrected, the newest first; a county's are those of its subdistricts too. At most two statements."""
    rows = list(_versions(place, month).order_by("place", "closed_at", "id"))
    pairs = [(old, new) for old, new in pairwise(rows) if old.place_id == new.place_id]
    if not pairs:
        return []
    cells = _kept(place, [row.pk for row in rows], ["month"])
    found = [Correction(new, cells.get((old.pk,), {}), cells.get((new.pk,), {})) for old, new in pairs]
    return sorted(found, key=lambda one: one.month.closed_at, reverse=True)


def months_of(place: PlaceCard, last: date, number: int = 12) -> list[tuple[date, Counts]]:
    """The closed months up to `last`, oldest first, each with its counts. One statement."""
    first = last
    for _n in range(number - 1):
        first = rules.before(first)
    own = {"month__place": place.at("subdistrict")} if place.level != "county" else {}
    rows = Cell.objects.filter(month__on__gte=first, month__on__lte=last, month__replaced_at=None, **own)
    if place.level == "county":
        rows = rows.filter(Q(month__place__county=place.id) | Q(month__place=place.id))
    if place.level in ("community", "grid"):
        rows = rows.filter(**{place.level: place.id})
    found = rows.values("month__on").annotate(n_found=Sum("found"), n_settled=Sum("settled")).order_by("month__on")
    return [(row["month__on"], {"found": row["n_found"], "settled": row["n_settled"]}) for row in found]


def matters_in(place: PlaceCard, below: Sequence[int] = ()) -> list[QuerySet[Item]]:
    """All matters of a place, parts too, as its lists hold them; a county's in two sets: its subdistricts' (`below`), and those without one."""
    many = _wheres(place, below) if place.level == "county" else [{place.level: place.id}]
    return [Item.objects.filter(loop="matters", **where) for where in many]


def open_in(place: PlaceCard, below: Sequence[int] = ()) -> list[QuerySet[Item]]:
    """Those of them that are open. What is open has a due time: said, so that the index of open ones serves even before statistics are there."""
    return [found.filter(open=True, due_at__isnull=False) for found in matters_in(place, below)]


def summed(sets: Iterable[QuerySet[Item]], **asked: Any) -> Counts:
    """Counts over several sets added up, one statement a set."""
    found = [one.aggregate(**asked) for one in sets]
    return {name: sum(row[name] for row in found) for name in asked}


def ages(place: PlaceCard, now: datetime, *, below: Sequence[int] = ()) -> list[tuple[str, int, int]]:
    """How long the open matters of a place have been open: label, number, of which late. At most two statements."""
    edges = [now - timedelta(days=days) for days, _label in AGES]
    asked: dict[str, Any] = {}
    newer = now + timedelta(days=36500)
    for n, edge in enumerate(edges):
        within = Q(opened_at__gt=edge, opened_at__lte=newer)
        asked |= {f"a{n}": Count("pk", filter=within), f"b{n}": Count("pk", filter=within & Q(due_at__lt=now))}
        newer = edge
    got = summed(open_in(place, below), **asked)
    return [(label, got[f"a{n}"], got[f"b{n}"]) for n, (_days, label) in enumerate(AGES)]


def today_bounds(now: datetime) -> tuple[datetime, datetime]:
    """Local midnights around now."""
    start = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def promised(items: Sequence[Item]) -> dict[int, datetime | None]:
    """What meetings decided: all of it, by its day."""
    return {i.pk: i.due_at for i in items}
