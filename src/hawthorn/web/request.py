"""What a view may rely on: the request with what the middleware put on it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from hawthorn.accounts.models import User
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.slots import Asking
from hawthorn.kernel.world import Actor, PlaceCard, Seat, Town, World
from hawthorn.loops.actions import Answer
from hawthorn.loops.queries import widest
from hawthorn.tenants.models import Tenant

BIGGEST = 2**63 - 1
NEAR = 1900, 2200


def whole(words: str, least: int = 1) -> int | None:
    """A number as the database can hold one, from what somebody sent; None for everything else."""
    if not (words.isascii() and words.isdigit()) or len(words) > 19:
        return None
    return int(words) if least <= int(words) <= BIGGEST else None


def is_near(at: datetime) -> bool:
    """Has it a zone, and a year that either database holds in any zone."""
    return at.tzinfo is not None and NEAR[0] <= at.year <= NEAR[1]


class Request(HttpRequest):
    """`actor`: who is signed in. `visitor`: anybody on a page without account. Both act in `town` at `now`.

    A view leaves what its command answered, or why it was refused, for the door that tells it in another form (queued.py).
    """

    now: datetime
    actor: Actor
    visitor: Actor
    town: Town
    tenant: Tenant
    user: User  # type: ignore[assignment]
    answer: Answer | None
    refused: Exception | None


def wants_json(request: HttpRequest) -> bool:
    """Is the answer asked for in a program's form."""
    return request.headers.get("Accept", "").startswith("application/json")


def is_unattended(request: HttpRequest) -> bool:
    """Sent by a device's queue while nobody looks on: there is nobody to be asked whether it was meant so."""
    return request.headers.get("Prefer", "") == "return=minimal"


def place_seat(request: Request) -> Seat:
    """My seat with the widest place. Raises NotThere for who looks after none."""
    seat = widest(request.actor)
    if seat is None or seat.scope != "place":
        raise NotThere
    return seat


def place_in(request: Request, asked: str) -> tuple[Seat, PlaceCard]:
    """My widest place, or the one asked for by number inside it. Raises NotThere for any other."""
    seat = place_seat(request)
    card = request.town.places.get(whole(asked) or 0) if asked else request.town.places[seat.place]
    if card is None or card.at(seat.level) != seat.place:
        raise NotThere
    return seat, card


def world_of(request: Request) -> World:
    """The surroundings of a rule, for this request."""
    return World(request.now, request.town)


def asking_of(request: Request, facts: object = None, words: str = "") -> Asking:
    """Who asks for choices."""
    return Asking(request.actor or request.visitor, request.town, request.now, facts, words)


def seat_of(request: Request, *kinds: str) -> Seat | None:
    """The first seat of one of these kinds."""
    return next((s for s in request.actor.seats if s.kind in kinds), None)
