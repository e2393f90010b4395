"""What may be named in a command, as the asker may choose: places, units, categories, leads, agencies, people, files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hawthorn.files.models import Attachment
from hawthorn.kernel.slots import Asking, Choices
from hawthorn.kernel.world import DESK, RANK, PlaceCard, PostCard, Seat
from hawthorn.loops.models import Item
from hawthorn.territory.models import Unit, UnitGrid

MOST = 200
HEADS = ("subdistrict_leader", "community_secretary")
LEADS = ("grid_officer", "grid_head", "party_instructor", "community_desk", "community_secretary", "subdistrict_desk", "agency")


@dataclass(frozen=True)
class UnitCard:
    """A unit as rules see it."""

    id: int
    name: str
    community: int
    grid: int | None


def home(asking: Asking, seat: Seat) -> int | None:
    """The widest place a seat may name: its subdistrict, or its county; a resident's page names its own subdistrict."""
    card = asking.town.places.get(seat.place)
    return (card.at("subdistrict") or card.id) if card else None


def _is_within(card: PlaceCard, place: int) -> bool:
    return place in (card.id, card.county, card.subdistrict, card.community)


def _may_name(asking: Asking, card: PlaceCard) -> bool:
    if asking.actor.system:
        return True
    if asking.facts is not None and asking.facts.subdistrict and card.at("subdistrict") != asking.facts.subdistrict:
        return False
    return any((place := home(asking, seat)) is not None and _is_within(card, place) for seat in asking.actor.seats)


class FromTown:
    """Choices drawn from the town picture without a statement."""

    def __init__(
        self,
        rows: Callable[[Asking], Iterable[Any]],
        label: Callable[[Asking, Any], str],
        by_id: Callable[[Asking, int], Any],
        may: Callable[[Asking, Any], bool],
    ) -> None:
        self._rows, self._label, self._by_id, self._may = rows, label, by_id, may

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Value and label, at most 200 (categories: all)."""
        found = [(r.id, self._label(asking, r)) for r in self._rows(asking) if self._may(asking, r)]
        return [pair for pair in found if asking.words in pair[1]][: MOST * 4]

    def row(self, asking: Asking, value: int) -> Any:
        """The card, or None."""
        card = self._by_id(asking, value)
        return card if card is not None and self._may(asking, card) else None


def _places(level: str) -> FromTown:
    def label(asking: Asking, p: PlaceCard) -> str:
        above = asking.town.name_of(p.community) if level == "grid" else ""
        return f"{above} {p.name}".strip()

    return FromTown(
        lambda a: sorted((p for p in a.town.places.values() if p.level == level), key=lambda p: p.code),
        label,
        lambda a, v: p if (p := a.town.places.get(v)) and p.level == level else None,
        _may_name,
    )


def _may_category(asking: Asking, card: Any) -> bool:
    if asking.actor.system:
        return True
    where = [asking.facts.subdistrict] if asking.facts is not None else [home(asking, s) for s in asking.actor.seats]
    tenants = {asking.town.places[p].tenant for p in where if p}
    return card.tenant in tenants or (asking.town.county in tenants and card.tenant in asking.town.tenants)


def _below(asking: Asking, desk: Seat, post: PostCard) -> bool:
    place = asking.town.places[post.place]
    if post.kind == "agency":
        own = asking.town.places[desk.place]
        return desk.level == "county" or place.at("subdistrict") == own.at("subdistrict")
    return _is_within(place, desk.place) and RANK[post.level] < RANK[desk.level]


def _may_lead(asking: Asking, post: PostCard) -> bool:
    if post.until is not None or post.kind not in LEADS:
        return False
    if asking.actor.system:
        return True
    f = asking.facts
    if f is not None and f.subdistrict and asking.town.places[post.place].at("subdistrict") != f.subdistrict:
        return False
    seats = [s for s in asking.actor.seats if s.kind in (*DESK.values(), *HEADS)]
    if f is not None:
        seats = [s for s in seats if RANK[s.level] >= RANK[f.raised_level] and f.place(s.level) == s.place]
    return any(_below(asking, seat, post) for seat in seats)


def _may_agency(asking: Asking, post: PostCard) -> bool:
    if post.until is not None or post.kind != "agency":
        return False
    return asking.actor.system != "" or _may_name(asking, asking.town.places[post.place])


def _in_order(asking: Asking) -> list[PostCard]:
    return sorted(asking.town.posts.values(), key=lambda p: (RANK[p.level], p.id))


def _name(asking: Asking, post: PostCard) -> str:
    return post.name


def _post(asking: Asking, value: int) -> PostCard | None:
    return asking.town.posts.get(value)


class Agencies(FromTown):
    """Units that can be called for help; one that already helps here is not offered again."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Value and label."""
        f = asking.facts
        helping: set[int | None] = set()
        if getattr(f, "open_assists", 0):
            helping = set(Item.objects.filter(parent=f.id, loop="assists", open=True).values_list("holder_id", flat=True))
        return [pair for pair in super().list(asking) if pair[0] not in helping]


@dataclass(frozen=True)
class Person:
    """A user by number and name."""

    id: int
    name: str


class Units:
    """Units within the asker's reach; by name or initials."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Units of the communities the asker may name."""
        communities = [p.id for p in asking.town.places.values() if p.level == "community" and _may_name(asking, p)]
        found = Unit.objects.filter(community__in=communities, ended_on__isnull=True).order_by("community", "code")
        if asking.words:
            found = found.filter(name__icontains=asking.words)
        return [(u.pk, f"{asking.town.name_of(u.community_id)} {u.name}") for u in found[:MOST]]

    def row(self, asking: Asking, value: int) -> UnitCard | None:
        """The unit with its present grid, in one statement."""
        now = UnitGrid.objects.filter(unit=value, to_on__isnull=True).select_related("unit").first()
        unit = now.unit if now else Unit.objects.filter(pk=value).first()
        if unit is None or unit.community_id not in asking.town.places or not _may_name(asking, asking.town.places[unit.community_id]):
            return None
        return UnitCard(unit.pk, unit.name, unit.community_id, now.grid_id if now else None)


class Files:
    """Uploads the asker made and has not used yet."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Own unused uploads."""
        if asking.actor.user is None:
            return []
        found = Attachment.objects.filter(user=asking.actor.user, item__isnull=True).order_by("-id")
        return [(a.pk, f"{a.mime} {a.size // 1024} kB") for a in found[:MOST]]

    def row(self, asking: Asking, value: int) -> Attachment | None:
        """An own unused upload; pages without account name theirs by a signed ticket before they come here."""
        found = Attachment.objects.filter(pk=value, item__isnull=True).first()
        return found if found and (found.user_id == asking.actor.user or asking.actor.system) else None


def _people(asking: Asking) -> list[Person]:
    return [Person(pk, name) for pk, name in sorted(asking.town.names.items())]


def _may_person(asking: Asking, person: Person) -> bool:
    if asking.actor.system:
        return True
    desks = {asking.town.places[s.place].tenant for s in asking.actor.seats if s.kind in ("subdistrict_desk", "county_desk")}
    return asking.town.employers.get(person.id) in desks


def _person(asking: Asking, value: int) -> Person | None:
    return Person(value, asking.town.names[value]) if value in asking.town.names else None


PROVIDERS: dict[str, Choices] = {
    "grids": _places("grid"),
    "communities": _places("community"),
    "subdistricts": _places("subdistrict"),
    "categories": FromTown(
        lambda a: a.town.categories.values(), lambda a, c: f"{c.name}（{c.group}）" if c.group else c.name, lambda a, v: a.town.categories.get(v), _may_category
    ),
    "leads": FromTown(_in_order, _name, _post, _may_lead),
    "agencies": Agencies(_in_order, _name, _post, _may_agency),
    "users": FromTown(_people, lambda a, p: p.name, _person, _may_person),
    "units": Units(),
    "files": Files(),
}
