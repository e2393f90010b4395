"""A wide move: two neighbouring grids become one and are cut anew, along a tree that holds dear borders together.

After DeFord, Duchin and Solomon, “Recombination: A Family of Markov Chains for Redistricting” (2021).
"""

from __future__ import annotations

from random import Random
from typing import Protocol

from hawthorn.redrawing.graph import Ground, bounds_of

SMALL = 0.05


class Placed(Protocol):
    """A plan in the making."""

    ground: Ground
    plan: list[int]


def cut_anew(drawing: Placed, one: int, other: int, random: Random) -> list[tuple[int, int]]:
    """Moves (unit, grid) that divide two grids along a random tree, both within their bounds; empty where the tree has no such cut.

    The sides keep the numbers with which fewer households move.
    """
    ground, plan = drawing.ground, drawing.plan
    units = [u for u, grid in enumerate(plan) if grid in (one, other)]
    order, parent = tree_of(ground, plan, units, random)
    if len(order) < len(units):
        return []
    side = _side(ground, order, parent, random)
    if not side:
        return []
    kept = sum(ground.weights[u] * ((ground.today[u] == one) - (ground.today[u] == other)) * (1 if u in side else -1) for u in units)
    first, second = (one, other) if kept >= 0 else (other, one)
    now = [(u, first if u in side else second) for u in units]
    moves = [(u, grid) for u, grid in now if plan[u] != grid]
    return [] if any(u in ground.fixed for u, _grid in moves) else moves


def tree_of(ground: Ground, plan: list[int], units: list[int], random: Random) -> tuple[list[int], dict[int, int]]:
    """A random spanning tree by Kruskal, dear joins first; units from the root on, and the parent of each. Units that do not hang together are left out."""
    inside, chance = set(units), random.random
    joins = sorted((chance() / (cost + SMALL), u, v) for u in units for v, cost in ground.beside[u] if u < v and v in inside)
    group = {u: u for u in units}
    beside: dict[int, list[int]] = {u: [] for u in units}
    for _weight, u, v in joins:
        a, b = _root(group, u), _root(group, v)
        if a != b:
            group[a] = b
            beside[u].append(v)
            beside[v].append(u)
    order, parent = [units[0]], {units[0]: -1}
    for u in order:
        for v in beside[u]:
            if v != parent[u]:
                parent[v] = u
                order.append(v)
    return order, parent


def _root(group: dict[int, int], u: int) -> int:
    while group[u] != u:
        group[u] = group[group[u]]
        u = group[u]
    return u


def below_each(ground: Ground, order: list[int], parent: dict[int, int]) -> dict[int, int]:
    """Households of a unit and all below it in the tree."""
    below = {u: ground.weights[u] for u in order}
    for u in reversed(order[1:]):
        below[parent[u]] += below[u]
    return below


def under(order: list[int], parent: dict[int, int], top: int) -> set[int]:
    """A unit and all below it in the tree."""
    side = {top}
    for u in order:
        if parent[u] in side:
            side.add(u)
    return side


def _side(ground: Ground, order: list[int], parent: dict[int, int], random: Random) -> set[int]:
    """Units on one side of a random cut of the tree that leaves both sides within the bounds."""
    (least, most), below = bounds_of(ground), below_each(ground, order, parent)
    whole = below[order[0]]
    cuts = [u for u in order[1:] if least <= below[u] <= most and least <= whole - below[u] <= most]
    if not cuts:
        return set()
    return under(order, parent, cuts[random.randrange(len(cuts))])
