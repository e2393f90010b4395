"""What a rule may look at: now, who acts, and the town (posts, holders, places, limits, calendar) as one frozen picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hawthorn.kernel.calendar import Limit, WorkingCalendar
from hawthorn.kernel.clock import local

RANK = {"grid": 0, "community": 1, "subdistrict": 2, "county": 3}
ABOVE = {"grid": "community", "community": "subdistrict", "subdistrict": "county"}
DESK = {"community": "community_desk", "subdistrict": "subdistrict_desk", "county": "county_desk"}
CHAIN = {
    "grid_officer": "grid_head", "grid_head": "party_instructor", "part_time": "grid_officer", "building_head": "grid_officer",
    "party_group": "party_instructor",
}  # fmt: skip
SYSTEM_POST = 0


@dataclass(frozen=True)
class Seat:
    """As which post somebody acts. `acting`: the post is vacant and falls to them. Reporters and link holders are bound to one item."""

    post: int
    kind: str
    level: str
    place: int
    scope: str = "hands"
    acting: bool = False


@dataclass(frozen=True)
class Actor:
    """Who acts: a user with seats, a resident (user None), or the system by name. Built once per request, never defaulted."""

    user: int | None
    seats: tuple[Seat, ...]
    system: str = ""
    county: int = 0
    reporter: int | None = None

    @property
    def is_staff(self) -> bool:
        """Signed in, with at least one post."""
        return self.user is not None and bool(self.seats)


@dataclass(frozen=True)
class PostCard:
    """A post. `until`: when it was abolished."""

    id: int
    kind: str
    place: int
    level: str
    name: str
    scope: str = "hands"
    phone: str = ""
    is_public: bool = False
    until: datetime | None = None


@dataclass(frozen=True)
class PlaceCard:
    """A place with its ancestors."""

    id: int
    level: str
    code: str
    name: str
    tenant: int
    county: int
    subdistrict: int | None = None
    community: int | None = None

    def at(self, level: str) -> int | None:
        """Own id at its own level, the ancestor's above it, None below."""
        if level == self.level:
            return self.id
        found: int | None = getattr(self, level, None)
        return found


class Places(dict[int, PlaceCard]):
    """The places in force. One that ended is not among them, but is found by its number: what was done there names it for ever."""

    def __init__(self, *many: Mapping[int, PlaceCard], past: Mapping[int, PlaceCard] | None = None) -> None:
        super().__init__(*many)
        self.past = dict(past or {})

    def __missing__(self, number: int) -> PlaceCard:
        return self.past[number]


@dataclass(frozen=True)
class Span:
    """Somebody in a post, from–to; `to_at` is exclusive."""

    user: int
    from_at: datetime
    to_at: datetime | None = None
    shows_name: bool = False

    def holds(self, at: datetime) -> bool:
        """Is it in force at that second."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


@dataclass(frozen=True)
class CategoryCard:
    """One line of a catalogue."""

    id: int
    tenant: int
    catalogue: str
    key: str
    name: str
    group: str
    tier: str
    limits: Mapping[str, Any]
    needs_proof: bool
    needs_check: bool
    is_public: bool
    in_duty_list: bool
    advice: str = ""
    elsewhere: str = ""
    duplicate_days: int = 30
    duplicate_metres: int = 100


@dataclass(frozen=True)
class RuleCard:
    """派单规则: to `post` where everything that is said holds. Empty means any. `hours` from, to (local, may pass midnight)."""

    id: int
    name: str
    post: int
    categories: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()
    hours: tuple[int, int] | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyCard:
    """A tenant's limits and hours."""

    tiers: Mapping[str, Mapping[str, Any]]
    stages: Mapping[str, Any]
    calendar: WorkingCalendar
    danger_words: tuple[str, ...] = ()

    def limit(self, stage: str) -> Limit:
        """The limit of a stage, as the tenant set it."""
        return Limit.parse(self.stages[stage])


@dataclass
class Town:
    """A county with all its subdistricts as rules see it; made anew when the county's revision changes. Treat as frozen."""

    county: int
    revision: str
    places: Places = field(default_factory=Places)
    posts: dict[int, PostCard] = field(default_factory=dict)
    holders: dict[int, list[Span]] = field(default_factory=dict)
    stand_ins: dict[int, list[Span]] = field(default_factory=dict)
    members: dict[int, list[Span]] = field(default_factory=dict)
    roster: dict[tuple[int, date], frozenset[int]] = field(default_factory=dict)
    categories: dict[int, CategoryCard] = field(default_factory=dict)
    leads: dict[tuple[int, int | None, int | None], int] = field(default_factory=dict)
    rules: dict[int, tuple[RuleCard, ...]] = field(default_factory=dict)
    policies: dict[int, PolicyCard] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    employers: dict[int, int] = field(default_factory=dict)
    tenants: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index posts by kind and place, by user, and by the post above."""
        living = [p for p in sorted(self.posts.values(), key=lambda p: p.id, reverse=True) if p.until is None]
        self.at: dict[tuple[str, int], int] = {(p.kind, p.place): p.id for p in living}
        self.by_user: dict[int, list[int]] = defaultdict(list)
        for post_id, spans in [*self.holders.items(), *self.stand_ins.items(), *self.members.items()]:
            for span in spans:
                if post_id not in self.by_user[span.user]:
                    self.by_user[span.user].append(post_id)
        self.below: dict[int, list[int]] = defaultdict(list)
        for post in self.posts.values():
            if (up := self.above(post.id)) is not None:
                self.below[up].append(post.id)
        self.on_call = [p for p in living if p.kind == "on_call"]

    # ── posts ──
    def post(self, kind: str, place: int | None) -> int | None:
        """The living post of that kind in that place."""
        return self.at.get((kind, place)) if place is not None else None

    def above(self, post_id: int) -> int | None:
        """The next post up, that acts when this one is vacant (officer → head → instructor → desks); None at the top."""
        post = self.posts[post_id]
        kind: str | None = post.kind
        while kind in CHAIN:
            kind = CHAIN[kind]
            if (found := self.post(kind, post.place)) is not None:
                return found
        if post.kind in ("county_admin", "county_desk"):
            return None
        level = post.level if post.kind not in DESK.values() and post.level in DESK else ABOVE.get(post.level)
        return self.desk(level, self.places[post.place]) if level else None

    def desk(self, level: str | None, where: Any) -> int | None:
        """The desk of `level` for a place card or facts; where there is none, the next one up."""
        while level:
            place = where.at(level) if isinstance(where, PlaceCard) else where.place(level)
            if level in DESK and (found := self.post(DESK[level], place)) is not None:
                return found
            level = ABOVE.get(level)
        return None

    def counterpart(self, post_id: int, old: int | None, grid: PlaceCard) -> int | None:
        """Who has in `grid` what this post had in the grid `old`: the same kind, else officer, head, instructor, desk. A post of elsewhere keeps it."""
        card = self.posts.get(post_id)
        if card is None or old is None or card.place != old:
            return post_id
        kinds = (card.kind, "grid_officer", "grid_head", "party_instructor")
        return next((found for kind in kinds if (found := self.post(kind, grid.id)) is not None), None) or self.desk("community", grid)

    # ── people ──
    def own_users(self, post_id: int, now: datetime) -> frozenset[int]:
        """Holders and stand-ins at this second; for the on-call post those on tonight's roster, in on-call hours."""
        post = self.posts[post_id]
        if post.until is not None:
            return frozenset()
        if post.kind == "on_call":
            return self._on_call_users(post, now)
        spans = self.holders.get(post_id, []) + self.stand_ins.get(post_id, [])
        return frozenset(s.user for s in spans if s.holds(now))

    def is_member(self, user: int, post_id: int, now: datetime) -> bool:
        """Did a user claim to belong to the Party group of this post. Members act for it; they are never named for it."""
        return any(span.user == user and span.holds(now) for span in self.members.get(post_id, ()))

    def _on_call_users(self, post: PostCard, now: datetime) -> frozenset[int]:
        if not self.policy(post.place).calendar.is_duty_time(now):
            return frozenset()
        at = local(now)
        on = at.date() - timedelta(days=1) if at.hour < 8 else at.date()
        return self.roster.get((post.place, on), frozenset())

    def users(self, post_id: int, now: datetime) -> frozenset[int]:
        """Who can act for this post now: its own people, or, where it is vacant, those of the next post up."""
        at: int | None = post_id
        while at is not None:
            if found := self.own_users(at, now):
                return found
            at = self.above(at)
        return frozenset()

    def seats(self, user: int, now: datetime) -> tuple[Seat, ...]:
        """All seats of a user at this second: own posts first, then vacant posts that fall to them."""
        mine = [p for p in self.by_user.get(user, []) if self.posts[p].until is None and self.posts[p].kind != "on_call"]
        own = [p for p in mine if user in self.own_users(p, now) or self.is_member(user, p, now)]
        seats = [self._seat(p) for p in own]
        for post in self.on_call:
            if user in self.own_users(post.id, now):
                seats.append(self._seat(post.id))
                if (desk := self.post("subdistrict_desk", post.place)) is not None and desk not in own:
                    seats.append(self._seat(desk, acting=True))
        known, queue = {s.post for s in seats}, [s.post for s in seats]
        while queue:
            for child in self.below.get(queue.pop(0), []):
                if child not in known and not self.own_users(child, now):
                    known.add(child)
                    queue.append(child)
                    seats.append(self._seat(child, acting=True))
        return tuple(seats)

    def _seat(self, post_id: int, acting: bool = False) -> Seat:
        post = self.posts[post_id]
        return Seat(post.id, post.kind, post.level, post.place, post.scope, acting)

    def grid_posts_vacant(self, now: datetime) -> Iterator[PostCard]:
        """The three posts of each grid that have neither holder nor stand-in now."""
        for post in self.posts.values():
            if post.until is None and post.kind in ("party_instructor", "grid_head", "grid_officer") and not self.own_users(post.id, now):
                yield post

    def is_alive(self, post_id: int | None) -> bool:
        """Does the post still stand."""
        return post_id in self.posts and self.posts[post_id].until is None

    def lead_of(self, tenant: int, grid: int | None, category: int | None) -> int | None:
        """Grid × category: the closest row wins (both, category alone, grid alone); a post that ended does not count."""
        for key in ((tenant, grid, category), (tenant, None, category), (tenant, grid, None)):
            if (key[1] or key[2]) and self.is_alive(found := self.leads.get(key)):
                return found
        return None

    def name_of(self, place: int | None) -> str:
        """A place's name, of one that ended too; empty where there is none."""
        card = self.known(place)
        return card.name if card else ""

    def known(self, place: int | None) -> PlaceCard | None:
        """A place by its number, in force or past; None where there is none."""
        return self.places.get(place or 0) or self.places.past.get(place or 0)

    # ── limits ──
    def policy(self, place: int | None) -> PolicyCard:
        """The limits of the tenant a place belongs to; the county's own where there is none."""
        card = self.known(place)
        found = self.policies.get(card.tenant) if card else None
        return found or self.policies[self.county]


@dataclass(frozen=True)
class World:
    """Frozen surroundings of one command. `refs`: looked-up rows by field; `reporter`: who of the askers acts, if one does."""

    now: datetime
    town: Town
    seat: Seat | None = None
    user: int | None = None
    refs: Mapping[str, Any] = field(default_factory=dict)
    item: int = 0

    def policy(self, f: Any) -> PolicyCard:
        """The limits that hold for an item."""
        return self.town.policy(f.subdistrict or f.county)

    def calendar(self, f: Any) -> WorkingCalendar:
        """The working calendar that holds for an item."""
        return self.policy(f).calendar

    def due(self, f: Any, stage: str) -> datetime:
        """Now plus the tenant's limit of `stage`."""
        policy = self.policy(f)
        return policy.calendar.due(self.now, policy.limit(stage))
