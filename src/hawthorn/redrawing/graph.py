"""Units 楼院 and their joins as numbers: what a plan is made on and measured by. No database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hawthorn.kernel.words import _

TOLERANCE = 0.10
"""How far a grid may be from the mean, as a share of it."""


class Impossible(Exception):
    """The task has no answer; says why and names the units or grids."""


@dataclass(frozen=True)
class Ground:
    """Units by number 0…n-1 with weight (households) and today's grid by number 0…k-1; joins with what a border there costs.

    `beside[u]`: (other unit, cost); `fixed`: units that stay where they are. Where the number of grids changes (reshaping.py), a unit whose grid is
    closed has a number below 0 for today, and `begin` is the plan a drawing starts from.
    """

    units: tuple[str, ...]
    grids: tuple[str, ...]
    weights: tuple[int, ...]
    today: tuple[int, ...]
    beside: tuple[tuple[tuple[int, float], ...], ...]
    fixed: frozenset[int] = field(default_factory=frozenset)
    begin: tuple[int, ...] = ()

    @property
    def first(self) -> tuple[int, ...]:
        """What a drawing starts from."""
        return self.begin or self.today

    @property
    def total(self) -> int:
        """Households."""
        return sum(self.weights)

    @property
    def mean(self) -> float:
        """Households a grid."""
        return self.total / len(self.grids)


@dataclass(frozen=True)
class Measures:
    """What a plan is judged by: largest deviation from the mean, households moved (both as shares), border cost, grids in more than one part."""

    deviation: float
    moved: float
    cost: float
    broken: int


def ground_of(weights: Mapping[str, int], today: Mapping[str, str], joins: Iterable[tuple[str, str, float]], fixed: Iterable[str] = ()) -> Ground:
    """From units by name. A pair joined twice costs both. Raises ValueError for a join of an unknown unit, or with itself."""
    units = tuple(weights)
    number = {unit: n for n, unit in enumerate(units)}
    grids = tuple(sorted(set(today.values()), key=lambda name: (len(name), name)))
    place = {grid: n for n, grid in enumerate(grids)}
    beside: list[dict[int, float]] = [{} for _unit in units]
    for a, b, cost in joins:
        if a not in number or b not in number or a == b:
            raise ValueError(_("接边表里的“{a}—{b}”对不上楼院表。").format(a=a, b=b))
        one, other = number[a], number[b]
        beside[one][other] = beside[one].get(other, 0.0) + cost
        beside[other][one] = beside[other].get(one, 0.0) + cost
    return Ground(
        units, grids, tuple(weights[u] for u in units), tuple(place[today[u]] for u in units),
        tuple(tuple(sorted(near.items())) for near in beside), frozenset(number[u] for u in fixed),
    )  # fmt: skip


def loads_of(ground: Ground, plan: Sequence[int]) -> list[int]:
    """Households by grid; those of a closed grid count nowhere."""
    loads = [0] * len(ground.grids)
    for weight, grid in zip(ground.weights, plan, strict=True):
        if grid >= 0:
            loads[grid] += weight
    return loads


def cost_of(ground: Ground, plan: Sequence[int]) -> float:
    """What the borders between grids cost."""
    return sum(cost for u, near in enumerate(ground.beside) for v, cost in near if u < v and plan[u] != plan[v])


def moved_of(ground: Ground, plan: Sequence[int]) -> int:
    """Households that change their grid."""
    return sum(weight for weight, was, now in zip(ground.weights, ground.today, plan, strict=True) if was != now)


def parts_of(ground: Ground, plan: Sequence[int]) -> list[list[int]]:
    """Units that hang together within their grid; one part a grid where every grid is whole."""
    seen, parts = [False] * len(plan), []
    for start in range(len(plan)):
        if seen[start]:
            continue
        seen[start] = True
        part = [start]
        for u in part:
            for v, _cost in ground.beside[u]:
                if not seen[v] and plan[v] == plan[start]:
                    seen[v] = True
                    part.append(v)
        parts.append(part)
    return parts


def torn(ground: Ground, plan: Sequence[int]) -> list[int]:
    """The grids that are not one piece: in several, or without any unit."""
    pieces = Counter(plan[part[0]] for part in parts_of(ground, plan))
    return [grid for grid in range(len(ground.grids)) if pieces[grid] != 1]


def measured(ground: Ground, plan: Sequence[int]) -> Measures:
    """A plan as its judges see it."""
    loads = loads_of(ground, plan)
    deviation = round(max(abs(load - ground.mean) for load in loads) / ground.mean, 9)
    return Measures(deviation, moved_of(ground, plan) / ground.total, cost_of(ground, plan), len(torn(ground, plan)))


def bounds_of(ground: Ground, tolerance: float = TOLERANCE) -> tuple[float, float]:
    """Fewest and most households a grid may have."""
    return ground.mean * (1 - tolerance), ground.mean * (1 + tolerance)


def check(ground: Ground) -> None:
    """Raises Impossible, naming the units, for a unit too heavy for any grid, an island that cannot be divided, and a grid that is not whole today."""
    least, most = bounds_of(ground)
    heavy = [ground.units[u] for u, weight in enumerate(ground.weights) if weight > most]
    if heavy:
        words = _("楼院“{units}”一处就超过一个网格能有的 {most:.0f} 户，怎么划都不均。请把它拆成几个楼院，或者少设几个网格。")
        raise Impossible(words.format(units="、".join(heavy[:5]), most=most))
    for island in parts_of(ground, [0] * len(ground.units)):
        weight = sum(ground.weights[u] for u in island)
        if not any(n * least <= weight <= n * most for n in range(1, len(ground.grids) + 1)):
            words = _("“{unit}”等 {n} 个楼院和别处不相连，共 {weight} 户，单独划不成大小合适的网格。请补上相连的边，或者另外安排。")
            raise Impossible(words.format(unit=ground.units[island[0]], n=len(island), weight=weight))
    for part in parts_of(ground, ground.today):
        grid = ground.today[part[0]]
        if grid < 0:
            continue
        rest = [u for u, now in enumerate(ground.today) if now == grid]
        if len(part) < len(rest):
            words = _("网格“{grid}”现在就不连成一片（{a} 个楼院和另外 {b} 个不相连）。请先补上相连的边，或者把零散的楼院改到旁边的网格。")
            raise Impossible(words.format(grid=ground.grids[grid], a=len(part), b=len(rest) - len(part)))
