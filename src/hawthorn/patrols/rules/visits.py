"""Door visits by quarter, and walks: what may be said about them (no names), and who. Pure."""

from __future__ import annotations

from typing import Any

from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat
from hawthorn.patrols.rules.points import editor

DONE, NOBODY, LATER = "done", "nobody", "later"
RESULTS = {DONE: _("已访"), NOBODY: _("没人"), LATER: _("下次再来")}
WALKERS = frozenset(
    {"party_instructor", "grid_head", "community_desk", "community_secretary", "subdistrict_desk", "subdistrict_leader", "party_office", "part_time"}
)


def visitor(actor: Actor, grid: int) -> Seat | None:
    """As whom one visits doors: a post of the grid."""
    return next((s for s in actor.seats if s.post and s.level == "grid" and s.place == grid), None)


def planner(actor: Actor, place: Any) -> Seat | None:
    """As whom one plans a quarter: a post of the grid, or the desk of its community or street."""
    return visitor(actor, place.id) or editor(actor, place)


def walker(actor: Actor, place: Any) -> Seat | None:
    """As whom one opens a walk in a grid: a leader's or cadre's post whose place it lies in; a post of one's own before one that falls to one."""
    own = [s for s in actor.seats if s.kind in WALKERS and s.scope == "place" and place.at(s.level) == s.place]
    return min(own, key=lambda s: s.acting, default=None)
