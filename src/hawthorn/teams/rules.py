"""Who decides who holds a post, and who may be put there: one predicate each. Nobody places themselves; nobody places above themselves."""

from __future__ import annotations

from datetime import datetime

from hawthorn.kernel.world import RANK, Actor, PostCard, Seat, Town

BY_ROSTER = "on_call"
OF_GRIDS = ("community_desk", "community_secretary")
CHAIRS = {"community_desk", "community_secretary", "subdistrict_desk", "subdistrict_leader", "county_admin"}


def manager(actor: Actor, post: PostCard, town: Town) -> Seat | None:
    """As which of their own posts somebody decides who holds `post`: desk and secretary for the grids of their community, the subdistrict's desk for
    what is below it and for units beside it, its leader for all but leaders, the county's administrator for subdistricts and the county's desk.

    Never for a post of one's own, one that ended, or the one filled by the roster; never by a vacant post that only falls to one.
    """
    own = [s for s in actor.seats if s.post and not s.acting]
    if post.until is not None or post.kind == BY_ROSTER or post.id in {s.post for s in own}:
        return None
    return next((s for s in own if s.kind in CHAIRS and _is_over(s, post, town)), None)


def _is_over(seat: Seat, post: PostCard, town: Town) -> bool:
    if seat.kind == "county_admin":
        return post.level == "subdistrict" or post.kind == "county_desk"
    if town.places[post.place].at(seat.level) != seat.place:
        return False
    if seat.kind in OF_GRIDS:
        return post.level == "grid"
    if seat.kind == "subdistrict_desk":
        return RANK[post.level] < RANK[seat.level] or post.scope == "hands"
    return post.kind != seat.kind


def may_hold(actor: Actor, user: int, post: PostCard, town: Town) -> bool:
    """May `user` be put there by this actor: a person of the post's own tenant, and never oneself."""
    return user != actor.user and town.employers.get(user) == town.places[post.place].tenant


def manages(actor: Actor, user: int, town: Town, now: datetime) -> list[PostCard]:
    """The posts of `user` now for which the actor may name a stand-in: all of one's own, those one decides about of anybody else."""
    own = [town.posts[s.post] for s in town.seats(user, now) if not s.acting and s.kind != BY_ROSTER]
    held = [post for post in own if any(span.user == user and span.holds(now) for span in town.holders.get(post.id, ()))]
    return held if user == actor.user else [post for post in held if manager(actor, post, town) is not None]


def may_keep_group(actor: Actor, grid: int, town: Town) -> bool:
    """Who sets up the Party group of a grid and says how many belong to it: its instructor, and who decides about its posts."""
    card = town.places.get(grid)
    if card is None or card.level != "grid":
        return False
    own = [s for s in actor.seats if s.post and not s.acting]
    kinds = ("party_instructor", *OF_GRIDS, "subdistrict_desk", "subdistrict_leader", "party_office")
    return any(s.kind in kinds and card.at(s.level) == s.place for s in own)


def may_claim(user: int, group: PostCard, town: Town) -> bool:
    """Whoever works in the grid's subdistrict, or for the county."""
    employer = town.employers.get(user)
    return employer is not None and employer in (town.places[group.place].tenant, town.county)


def colleagues(user: int, post: PostCard, town: Town, now: datetime) -> list[int]:
    """Who stands near enough to stand in: people of the same tenant in posts of the same place, for a grid also of its community; nearest first."""
    here = town.places[post.place]
    level, around = ("community", here.community) if post.level == "grid" else (post.level, here.id)
    near = [p for p in town.posts.values() if p.until is None and p.kind != BY_ROSTER and p.scope == post.scope and town.places[p.place].at(level) == around]
    if post.level != "grid":
        near = [p for p in near if p.place == here.id]
    near.sort(key=lambda p: (p.place != here.id, p.kind != post.kind, RANK[p.level], p.id))
    found = dict.fromkeys(u for p in near for u in sorted(town.own_users(p.id, now)))
    return [u for u in found if u != user and town.employers.get(u) == here.tenant]
