"""Another number of grids than today: which are opened or closed, and the plan a drawing starts from. No database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from random import Random

from hawthorn.kernel.words import _
from hawthorn.redrawing.graph import Ground, Impossible, loads_of
from hawthorn.redrawing.recombining import below_each, tree_of, under


def over(ground: Ground, grids: Sequence[str]) -> Ground:
    """The same units over these grids: today's, without those that are closed, with those that are opened."""
    place = {grid: n for n, grid in enumerate(grids)}
    today = tuple(place.get(ground.grids[now], -1 - now) if now >= 0 else now for now in ground.today)
    return replace(ground, grids=tuple(grids), today=today, begin=())


def reshaped(ground: Ground, number: int, *, seed: int = 0) -> Ground:
    """So many grids. More: the heaviest is halved, and again; the new ones are called -1, -2, … Fewer: the lightest is closed, its units go to the
    neighbours. Raises Impossible where there are fewer units than grids, or a grid to be closed has no neighbour.
    """
    if not 1 <= number <= len(ground.units):
        raise Impossible(_("一共 {units} 个楼院，划不成 {n} 个网格。").format(units=len(ground.units), n=number))
    plan, names, random = list(ground.today), list(ground.grids), Random(seed)  # noqa: S311  (no secret: a plan is repeated by its seed)
    while len(names) < number:
        names.append(str(len(ground.grids) - len(names) - 1))
        _halve(ground, plan, len(names) - 1, random)
    gone = set[int]()
    while len(names) - len(gone) > number:
        gone.add(_close(ground, plan, gone))
    kept = [n for n in range(len(names)) if n not in gone]
    place = {grid: n for n, grid in enumerate(kept)}
    return replace(over(ground, [names[n] for n in kept]), begin=tuple(place[grid] for grid in plan))


def _halve(ground: Ground, plan: list[int], new: int, random: Random) -> None:
    """Cut the heaviest grid that has more than one unit, as evenly as one cut of a tree can."""
    loads = loads_of(replace(ground, grids=tuple(map(str, range(new)))), plan)
    many = [grid for grid in sorted(range(new), key=lambda g: -loads[g]) if plan.count(grid) > 1]
    units = [u for u, grid in enumerate(plan) if grid == many[0]]
    order, parent = tree_of(ground, plan, units, random)
    below = below_each(ground, order, parent)
    half = below[order[0]] / 2
    for u in under(order, parent, min(order[1:], key=lambda u: abs(below[u] - half))):
        plan[u] = new


def _close(ground: Ground, plan: list[int], gone: Collection[int]) -> int:
    """Give the units of the lightest grid away, one by one to the lighter neighbour; which grid it was."""
    loads = loads_of(ground, plan)
    grid = min((g for g in range(len(loads)) if g not in gone), key=lambda g: loads[g])
    while left := [u for u, now in enumerate(plan) if now == grid]:
        offers = [(loads[plan[v]], u, plan[v]) for u in left for v, _cost in ground.beside[u] if plan[v] != grid]
        if not offers:
            raise Impossible(_("网格“{grid}”和别的网格不相连，撤不了。请补上相连的边。").format(grid=ground.grids[grid]))
        _load, u, to = min(offers)
        plan[u] = to
        loads[to] += ground.weights[u]
    return grid
