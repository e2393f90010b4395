"""Who accepts a new matter, and by what: on call, the grid × category table, the ordered rules, the officer, a desk at last.

A broken rule (its post is gone, its category or place is no longer there) that would have caught a matter is never skipped: the
matter goes to the subdistrict desk, and the trace says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hawthorn.kernel.clock import local
from hawthorn.kernel.facts import replace
from hawthorn.kernel.world import RuleCard, Town, World
from hawthorn.matters.rules.facts import MatterFacts

OFFICERS = ("grid_officer", "grid_head", "party_instructor")
LONGEST = 300


@dataclass(frozen=True)
class Route:
    """To which post and by what: on_call, table, rule:<id>, broken:<id>, officer, desk. `trace`: what was looked at before, oldest first."""

    post: int | None
    by: str
    trace: tuple[str, ...]


def routed(f: MatterFacts, w: World, words: str = "") -> MatterFacts:
    """The matter at whoever accepts it, with the trace."""
    route = route_of(f, w, words)
    return replace(f, holder=route.post, routed_by=route.by, route=" ".join(route.trace)[:LONGEST])


def route_of(f: MatterFacts, w: World, words: str, rules: Sequence[RuleCard] | None = None) -> Route:
    """Where a matter goes. `rules`: others than the town's own, to try them."""
    looked: list[str] = []
    post, by = _by_table(f, w, looked)
    if post is None:
        tenant = w.town.places[f.grid or f.community or f.subdistrict or f.county].tenant
        post, by = _by_rules(f, w, words, looked, w.town.rules.get(tenant, ()) if rules is None else rules, tenant)
    if post is None:
        post, by = _at_last(f, w)
    return Route(post, by, (*looked, by))


def _by_table(f: MatterFacts, w: World, looked: list[str]) -> tuple[int | None, str]:
    if f.urgent and w.calendar(f).is_duty_time(w.now) and (post := w.town.post("on_call", f.subdistrict)):
        return post, "on_call"
    if f.grid and (post := w.town.lead_of(w.town.places[f.grid].tenant, f.grid, f.category)):
        return post, "table"
    looked.append("table-")
    return None, ""


def _by_rules(f: MatterFacts, w: World, words: str, looked: list[str], rules: Sequence[RuleCard], tenant: int) -> tuple[int | None, str]:
    for rule in rules:
        if not why_not(rule, f, w, words):
            is_broken = bool(broken(rule, w.town, tenant))
            return (w.town.desk("subdistrict", f), f"broken:{rule.id}") if is_broken else (rule.post, f"rule:{rule.id}")
        looked.append(f"rule:{rule.id}-")
    return None, ""


def _at_last(f: MatterFacts, w: World) -> tuple[int | None, str]:
    for kind in OFFICERS if f.grid else ():
        if post := w.town.post(kind, f.grid):
            return post, "officer"
    return w.town.desk("community" if f.grid or f.community else "subdistrict", f), "desk"


def why_not(rule: RuleCard, f: MatterFacts, w: World, words: str) -> str:
    """The first part of a rule that does not hold: category, place, level, hour, words; empty where all hold."""
    card = w.town.categories.get(f.category or 0)
    if rule.categories and (card is None or not {card.key, card.group} & set(rule.categories)):
        return "category"
    if rule.places and not {f.grid, f.community, f.subdistrict} & set(rule.places):
        return "place"
    if rule.levels and f.raised_level not in rule.levels:
        return "level"
    if rule.hours and not _within(rule.hours, local(w.now).hour):
        return "hour"
    if rule.words and not any(word in words for word in rule.words):
        return "words"
    return ""


def _within(hours: tuple[int, int], hour: int) -> bool:
    start, end = hours
    return start <= hour < end if start < end else hour >= start or hour < end


def broken(rule: RuleCard, town: Town, tenant: int) -> str:
    """What of a rule is no longer there: post, category, place; empty where it is sound."""
    if not town.is_alive(rule.post) or town.places[town.posts[rule.post].place].tenant not in (tenant, town.county):
        return "post"
    known = {word for card in town.categories.values() if card.tenant == tenant for word in (card.key, card.group)}
    if not set(rule.categories) <= known:
        return "category"
    return "" if all(place in town.places for place in rule.places) else "place"


def broken_rules(town: Town, tenant: int) -> Iterator[tuple[RuleCard, str]]:
    """All rules of a tenant that are broken, with what of them is."""
    for rule in town.rules.get(tenant, ()):
        if why := broken(rule, town, tenant):
            yield rule, why
