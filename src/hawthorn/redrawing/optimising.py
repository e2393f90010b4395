"""Plans for redrawing: a flow tells how many households pass between neighbours, border moves carry them, annealing makes the borders better.

Every grid stays in one piece at every moment, and ends within its bounds: these are rules, never prices. Repeatable by seed and iterations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Literal, NamedTuple

from hawthorn.kernel.words import _
from hawthorn.redrawing.flows import flow_share, least_flow
from hawthorn.redrawing.graph import TOLERANCE, Ground, Impossible, bounds_of, check, cost_of, loads_of, moved_of
from hawthorn.redrawing.recombining import cut_anew

Wish = Literal["nice", "normal", "still"]
Progress = Callable[[float], bool]
"""Told how far it has come (0–1); gives True to stop with the best so far."""


class Price(NamedTuple):
    """What a whole today's border and all households moving would cost; `beyond`: again those beyond the least flow × (`free` + `coarse` ÷ units).

    The fewer units, the coarser: a small town needs more room than its least flow.
    """

    border: float
    moving: float
    free: float = 0.0
    coarse: float = 0.0
    beyond: float = 0.0


PRICES: dict[Wish, Price] = {"nice": Price(1.0, 0.05), "normal": Price(1.0, 0.3, 1.25, 120.0, 8.0), "still": Price(0.1, 6.0)}
WITHIN = 0.8
"""Share of the tolerance the flow aims at, so that border moves of whole units still end inside."""
ROUNDS = 12
HOT, WARM, COLD = 0.3, 0.05, 0.002
"""Temperatures in the unit of the prices, for a hundred units; they fall with the number of units."""
STRAIN = 6.0
"""Price of all households standing outside the bounds while that is allowed."""
FREE = 0.6
"""Share of the iterations in which it is."""
CHAINS = 4
"""How often it begins anew; the best one counts."""
A_UNIT, LEAST, MOST = 10_000, 2_000_000, 10_000_000
"""Iterations for each unit where none are named, and the fewest and most in all."""
TRIES, AGAIN = 6, 300
"""How often it is brought into balance anew, and iterations a unit in between at a higher price."""
STEP, WIDE = 256, 4
"""How often the heat is set, in iterations; and a cut anew is tried, in settings of the heat."""


class Drawing:
    """A plan in the making: loads and units by grid, households moved."""

    def __init__(self, ground: Ground, plan: Sequence[int]) -> None:
        self.ground, self.plan, self.loads = ground, list(plan), loads_of(ground, plan)
        self.moved = moved_of(ground, plan)
        self.members = [0] * len(ground.grids)
        for grid in self.plan:
            self.members[grid] += 1

    def may_leave(self, u: int) -> bool:
        """Does its grid stay in one piece without it; the last unit of a grid never leaves, nor does a fixed one."""
        plan, beside, grid = self.plan, self.ground.beside, self.plan[u]
        if u in self.ground.fixed or self.members[grid] == 1:
            return False
        left = {v for v, _cost in beside[u] if plan[v] == grid}
        if len(left) < 2:
            return bool(left)
        todo = [left.pop()]
        seen = {u, todo[0]}
        while todo and left:
            for v, _cost in beside[todo.pop()]:
                if v not in seen and plan[v] == grid:
                    seen.add(v)
                    left.discard(v)
                    todo.append(v)
        return not left

    def move(self, u: int, grid: int) -> None:
        """Put it there."""
        weight, own, was = self.ground.weights[u], self.plan[u], self.ground.today[u]
        self.loads[own] -= weight
        self.loads[grid] += weight
        self.moved += weight * ((grid != was) - (own != was))
        self.members[own] -= 1
        self.members[grid] += 1
        self.plan[u] = grid


class Prices:
    """What one move makes dearer, in the unit of the prices; `strain`: of all households standing outside the bounds."""

    def __init__(self, drawing: Drawing, price: Price, share: float, strain: float = 0.0) -> None:
        ground = drawing.ground
        self._drawing, self._today, self._beside, self._weights = drawing, ground.today, ground.beside, ground.weights
        self._border, self._household = price.border / (cost_of(ground, ground.today) or 1.0), price.moving / ground.total
        self._beyond, self._budget = price.beyond / ground.total, ground.total * share * (price.free + price.coarse / len(ground.units))
        self._outside, (self._least, self._most) = strain / ground.total, bounds_of(ground)

    def dearer(self, u: int, grid: int) -> float:
        """With the unit in another grid."""
        plan, weight, was = self._drawing.plan, self._weights[u], self._today[u]
        own, border = plan[u], 0.0
        for v, cost in self._beside[u]:
            there = plan[v]
            if there == own:
                border += cost
            elif there == grid:
                border -= cost
        more = weight * ((grid != was) - (own != was))
        change = self._border * border + self._household * more
        if self._beyond and more:
            over = self._drawing.moved - self._budget
            change += self._beyond * (max(0.0, over + more) - max(0.0, over))
        return change + (self._outside * self._stray(own, grid, weight) if self._outside else 0.0)

    def _stray(self, own: int, grid: int, weight: int) -> float:
        left, came = self._drawing.loads[own], self._drawing.loads[grid]
        return self._off(left - weight) - self._off(left) + self._off(came + weight) - self._off(came)

    def _off(self, load: float) -> float:
        return max(load - self._most, self._least - load, 0.0)

    def worth(self) -> float:
        """The whole plan, which is within the bounds."""
        drawing = self._drawing
        borders, over = cost_of(drawing.ground, drawing.plan), max(0.0, drawing.moved - self._budget)
        return self._border * borders + self._household * drawing.moved + self._beyond * over


def draw(ground: Ground, *, wish: Wish = "normal", seed: int = 0, iterations: int = 0, tell: Progress | None = None) -> list[int]:
    """Grid by unit. The same seed and iterations give the same plan. Raises Impossible where every plan would break a rule."""
    check(ground)
    random = Random(seed)  # noqa: S311  (no secret: a plan is repeated by its seed)
    steps, share = iterations or min(MOST, max(LEAST, A_UNIT * len(ground.units))), flow_share(ground, TOLERANCE)
    one, found = 100 / len(ground.units), list[tuple[float, list[int]]]()
    for n in range(CHAINS):
        drawing = Drawing(ground, ground.first)
        loose, firm = Prices(drawing, PRICES[wish], share, STRAIN), Prices(drawing, PRICES[wish], share)
        free, rest = int(steps * FREE / CHAINS), int(steps * (1 - FREE) / CHAINS)
        anneal(drawing, loose, random, (0.0, math.inf), (HOT * one, WARM * one), free, _part(tell, n / CHAINS, FREE / CHAINS))
        for more in range(TRIES):
            if balance(drawing, firm, random):
                break
            strained = Prices(drawing, PRICES[wish], share, STRAIN * 4 ** (more + 1))
            anneal(drawing, strained, random, (0.0, math.inf), (WARM * one, COLD * one), AGAIN * len(ground.units), lambda _share: False)
        else:
            raise Impossible(_stuck(drawing))
        anneal(drawing, firm, random, bounds_of(ground), (WARM * one, COLD * one), rest, _part(tell, (n + FREE) / CHAINS, (1 - FREE) / CHAINS))
        found.append((firm.worth(), drawing.plan))
    return min(found)[1]


def _part(tell: Progress | None, first: float, size: float) -> Progress:
    """What one part of the work tells of the whole."""
    return (lambda share: tell(first + size * share)) if tell else (lambda _share: False)


# ── into balance ──
def balance(drawing: Drawing, prices: Prices, random: Random) -> bool:
    """Carry the least flow over the borders, unit by unit, until every grid is within its bounds; whether it came so far. Raises Impossible."""
    least, most = bounds_of(drawing.ground)
    for n in range(ROUNDS):
        if all(least <= load <= most for load in drawing.loads):
            return True
        flow = least_flow(drawing.ground, drawing.plan, TOLERANCE * (WITHIN if n < ROUNDS // 2 else 1.0))
        arcs = sorted(flow, key=lambda arc: -flow[arc])
        if n:
            random.shuffle(arcs)
        for arc in arcs:
            _carry(drawing, prices, arc, flow[arc])
    return all(least <= load <= most for load in drawing.loads)


def _carry(drawing: Drawing, prices: Prices, arc: tuple[int, int], amount: float) -> None:
    """Units from one grid to its neighbour, the cheapest household first, until the amount has passed as nearly as whole units can."""
    ground, (own, other) = drawing.ground, arc
    while amount > 0:
        edge = [u for u, now in enumerate(drawing.plan) if now == own and any(drawing.plan[v] == other for v, _cost in ground.beside[u])]
        fitting = sorted((prices.dearer(u, other) / ground.weights[u], u) for u in edge if 0 < ground.weights[u] <= 2 * amount)
        unit = next((u for _price, u in fitting if drawing.may_leave(u)), None)
        if unit is None:
            return
        amount -= ground.weights[unit]
        drawing.move(unit, other)


def _stuck(drawing: Drawing) -> str:
    least, most = bounds_of(drawing.ground)
    off = [f"{drawing.ground.grids[g]}（{load} 户）" for g, load in enumerate(drawing.loads) if not least <= load <= most]
    heavy = max(range(len(drawing.plan)), key=lambda u: drawing.ground.weights[u])
    words = _("试了 {n} 次，网格{off}还是不在 {least:.0f}–{most:.0f} 户之间。最大的楼院是“{unit}”（{weight} 户），拆开它或者放开固定的楼院再试。")
    return words.format(n=TRIES, off="、".join(off), least=least, most=most, unit=drawing.ground.units[heavy], weight=drawing.ground.weights[heavy])


# ── better ──
def anneal(drawing: Drawing, prices: Prices, random: Random, bounds: tuple[float, float], heat: tuple[float, float], iterations: int, tell: Progress) -> None:
    """Move border units one by one, dearer ones ever more rarely while `heat` falls from the first to the second; the best plan met is kept.

    Grids stay in one piece, and no move takes a load out of the `bounds`.
    """
    plan, beside, loads, weights = drawing.plan, drawing.ground.beside, drawing.loads, drawing.ground.weights
    (least, most), count, chance = bounds, len(plan), random.random
    walk, wide = _Walk(drawing, prices, random), STEP * WIDE
    for n in range(iterations):
        if not n % STEP:
            walk.warm = heat[0] * (heat[1] / heat[0]) ** (n / iterations)
            if tell(n / iterations):
                break
            if not n % wide:
                walk.try_anew(int(chance() * count))
        u = int(chance() * count)
        near = beside[u]
        grid = plan[near[int(chance() * len(near))][0]] if near else plan[u]
        if grid != plan[u] and loads[grid] + weights[u] <= most and loads[plan[u]] - weights[u] >= least:
            walk.try_move(u, grid)
    walk.back_to_best()


class _Walk:
    """Moves taken or not by their price, and the way back to the best plan met."""

    def __init__(self, drawing: Drawing, prices: Prices, random: Random) -> None:
        self.warm, self._worth, self._best = 1.0, 0.0, 0.0
        self._drawing, self._dearer, self._random, self._chance = drawing, prices.dearer, random, random.random
        self._since: list[tuple[int, int]] = []

    def try_move(self, u: int, grid: int) -> None:
        """Where it is cheaper, or by chance; never where its grid would break."""
        change = self._dearer(u, grid)
        if change > 0 and self._chance() >= math.exp(-change / self.warm):
            return
        if not self._drawing.may_leave(u):
            return
        self._since.append((u, self._drawing.plan[u]))
        self._drawing.move(u, grid)
        self._add(change)

    def try_anew(self, u: int) -> None:
        """Cut the grid of a unit and one beside it anew; taken or not by the price of all its moves."""
        plan, before = self._drawing.plan, len(self._since)
        others = sorted({plan[v] for v, _cost in self._drawing.ground.beside[u]} - {plan[u]})
        if not others:
            return
        change = 0.0
        for v, grid in cut_anew(self._drawing, plan[u], others[self._random.randrange(len(others))], self._random):
            change += self._dearer(v, grid)
            self._since.append((v, plan[v]))
            self._drawing.move(v, grid)
        if change > 0 and self._chance() >= math.exp(-change / self.warm):
            while len(self._since) > before:
                self._drawing.move(*self._since.pop())
            return
        self._add(change)

    def _add(self, change: float) -> None:
        self._worth += change
        if self._worth < self._best - 1e-12:
            self._best = self._worth
            self._since.clear()

    def back_to_best(self) -> None:
        """Take back what came after it."""
        for u, own in reversed(self._since):
            self._drawing.move(u, own)
