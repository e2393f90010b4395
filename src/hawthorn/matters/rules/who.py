"""Who may take a step: each answers as which seat, or None."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hawthorn.kernel.world import DESK, RANK, SYSTEM_POST, Actor, Seat, Town

INNER = Seat(SYSTEM_POST, "system", "", 0)
DESKS = frozenset(DESK.values())
Who = Callable[[Any, Actor], Seat | None]


def _first(actor: Actor, test: Callable[[Seat], bool]) -> Seat | None:
    return next((s for s in actor.seats if test(s)), None)


def another(town: Town, post: int | None, but: int | None, now: datetime) -> tuple[int | None, bool]:
    """The first post from `post` upwards with somebody else than the user `but`, and False; the topmost and True where there is nobody."""
    while post is not None and not town.users(post, now) - {but}:
        above = town.above(post)
        if above is None:
            return post, True
        post = above
    return post, False


def by_system(f: Any, a: Actor) -> Seat | None:
    """Only due work and effects of other steps."""
    return INNER if a.system else None


def any_seat(f: Any, a: Actor) -> Seat | None:
    """Any post that sees the item."""
    return _first(a, lambda s: s.post > 0)


def holder(f: Any, a: Actor) -> Seat | None:
    """The post answerable now."""
    return _first(a, lambda s: s.post == f.holder) if f else None


def lead(f: Any, a: Actor) -> Seat | None:
    """The post that handles."""
    return _first(a, lambda s: s.post == f.lead) if f and f.lead else None


def desks(f: Any, a: Actor) -> Seat | None:
    """A desk of the matter's level or above whose place contains it."""
    return _first(a, lambda s: s.kind in DESKS and RANK[s.level] >= RANK[f.raised_level] and f.place(s.level) == s.place) if f else None


def reporter(f: Any, a: Actor) -> Seat | None:
    """Who asked, by the word of their receipt or the token of their link."""
    return _first(a, lambda s: s.kind == "reporter" and s.place == f.id) if f else None


def outsider(f: Any, a: Actor) -> Seat | None:
    """The holder of a one-time link."""
    return _first(a, lambda s: s.kind == "outsider" and s.place == f.id) if f else None


def resident(f: Any, a: Actor) -> Seat | None:
    """Anybody on a page without account."""
    return _first(a, lambda s: s.kind == "resident")


def either(*many: Who) -> Who:
    """The first of several that answers."""

    def may(f: Any, a: Actor) -> Seat | None:
        return next((seat for one in many if (seat := one(f, a)) is not None), None)

    return may


def of_kind(*kinds: str) -> Who:
    """A post of one of these kinds whose place contains the item."""

    def may(f: Any, a: Actor) -> Seat | None:
        return _first(a, lambda s: s.kind in kinds and (f is None or f.place(s.level) == s.place))

    return may


def seats_of_levels(*levels: str) -> Who:
    """Any post of the place kind at these levels."""

    def may(f: Any, a: Actor) -> Seat | None:
        return _first(a, lambda s: s.level in levels and s.scope == "place")

    return may


def lead_above_grid(f: Any, a: Actor) -> Seat | None:
    """The lead, where it is a post of the community or above."""
    seat = lead(f, a)
    return seat if seat and seat.level != "grid" else None


def checker(f: Any, a: Actor) -> Seat | None:
    """The holder, as another person than who handled it; the same only where the whole county has no other."""
    seat = holder(f, a)
    return seat if seat and (a.user != f.handler or f.is_self_checked) else None


for_asker = either(reporter, any_seat)
"""Somebody who says what the asker said: the asker, or any seat that sees the item."""
at_counter = either(holder, desks, reporter)
"""Who may take the asker's word on the answer."""
