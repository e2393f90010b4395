"""Plans for redrawing: a flow tells how many households pass between neighbours, border moves carry them, annealing makes the borders better.

Every grid stays in one piece at every moment, and ends within its bounds: these are rules, never prices. Repeatable by seed and iterations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from hawthorn.kernel.words import _
from hawthorn.redrawing.flows import flow_share, least_flow
from hawthorn.redrawing.graph import TOLERANCE, Ground, Impossible, bounds_of, check, cost_of, loads_of, moved_of
from hawthorn.redrawing.hands import Hands, Progress
from hawthorn.redrawing.recombining import cut_anew

Wish = Literal["nice", "normal", "still"]


class Price(NamedTuple):
    """What a whole today's border and all households moving would cost; `beyond`: again those beyond what may move.

    That is the least flow × (`free` + `coarse` ÷ units) and `grain` ÷ units of all households: the fewer units, the coarser.
    """

    border: float
    moving: float
    free: float = 0.0
    coarse: float = 0.0
    grain: float = 0.0
    beyond: float = 0.0


PRICES: dict[Wish, Price] = {"nice": Price(1.0, 0.05), "normal": Price(1.0, 0.3, 1.3, 120.0, 1.5, 8.0), "still": Price(0.1, 6.0)}
WITHIN = 0.8
"""Share of the tolerance the flow aims at, so that border moves of whole units still end inside."""
ROUNDS = 12
HOT, WARM, COLD = 0.3, 0.05, 0.002
"""Temperatures in the unit of the prices, for a hundred units; they fall with the number of units."""
STRAIN = 6.0
"""Price of all households standing outside the bounds while that is allowed."""
FREE = 0.6
"""Share of the iterations in which it is."""
BEGIN, MIDDLE, END = 0.5, 4.0, 8.0
"""How many times as dear it is to be beyond a bound: at first, when the loads have to come inside, and at last."""
CHAINS, FEW, MANY = 4, 2, 1_000
"""How often it begins anew, and how often with so many units, which need longer ones; the best one counts."""
A_UNIT, LEAST, MOST = 1_250, 500_000, 5_000_000
"""Iterations (moves looked at, over a border) for each unit where none are named, and the fewest and most in all."""
LONGER: dict[Wish, int] = {"nice": 2}
"""So many times as long for this wish, with few units: the best borders lie farther from today's."""
TRIES, AGAIN = 6, 75
"""How often it is brought into balance anew, and iterations a unit in between at a higher price."""
STEP, WIDE = 256, 4
"""How often the heat is set, in iterations; and a cut anew is tried, in settings of the heat."""


class Drawing:
    """A plan in the making: loads and units by grid, households moved; `border`: numbers of the joins that cross one, both ways, in no order.

    `joins[n]` is (unit, other unit); the same join the other way is `n ^ 1`.
    """

    def __init__(self, ground: Ground, plan: Sequence[int]) -> None:
        self.ground, self.plan, self.loads = ground, list(plan), loads_of(ground, plan)
        self.moved = moved_of(ground, plan)
        self.members = [0] * len(ground.grids)
        for grid in self.plan:
            self.members[grid] += 1
        pairs = [(u, v) for u, near in enumerate(ground.beside) for v, _cost in near if u < v]
        self.joins = [join for u, v in pairs for join in ((u, v), (v, u))]
        self._near = [frozenset(v for v, _cost in near) for near in ground.beside]
        self._of: list[list[tuple[int, int]]] = [[] for _unit in self.plan]
        for n, (u, v) in enumerate(self.joins):
            self._of[u].append((n, v))
        self.border = [n for n, (u, v) in enumerate(self.joins) if self.plan[u] != self.plan[v]]
        self._spot = [-1] * len(self.joins)
        for spot, n in enumerate(self.border):
            self._spot[n] = spot

    def may_leave(self, u: int) -> bool:
        """Does its grid stay in one piece without it; the last unit of a grid never leaves, nor does a fixed one."""
        plan, near, grid = self.plan, self._near, self.plan[u]
        if u in self.ground.fixed or self.members[grid] == 1:
            return False
        left = [v for v in near[u] if plan[v] == grid]
        if len(left) < 2:
            return bool(left)
        todo = [left.pop()]
        for v in todo:
            todo += [other for other in left if other in near[v]]
            left = [other for other in left if other not in near[v]]
        return not left or self._round_about(u, todo, set(left))

    def _round_about(self, u: int, todo: list[int], left: set[int]) -> bool:
        """Does the grid hang together without the unit, by way of others than those beside it."""
        plan, beside, grid, seen = self.plan, self.ground.beside, self.plan[u], {u, *todo}
        for now in todo:
            for v, _cost in beside[now]:
                if v not in seen and plan[v] == grid:
                    seen.add(v)
                    left.discard(v)
                    if not left:
                        return True
                    todo.append(v)
        return False

    def move(self, u: int, grid: int) -> None:
        """Put it there."""
        weight, own, was = self.ground.weights[u], self.plan[u], self.ground.today[u]
        self.loads[own] -= weight
        self.loads[grid] += weight
        self.moved += weight * ((grid != was) - (own != was))
        self.members[own] -= 1
        self.members[grid] += 1
        plan, border, spots = self.plan, self.border, self._spot
        plan[u] = grid
        for n, v in self._of[u]:
            spot = spots[n]
            if plan[v] == grid:
                if spot >= 0:
                    for one in (n, n ^ 1):
                        last, free = border.pop(), spots[one]
                        if last != one:
                            border[free], spots[last] = last, free
                        spots[one] = -1
            elif spot < 0:
                spots[n], spots[n ^ 1] = len(border), len(border) + 1
                border += (n, n ^ 1)


class Prices:
    """What one move makes dearer, in the unit of the prices; `strain`: of all households standing outside the bounds."""

    def __init__(self, drawing: Drawing, price: Price, share: float, strain: float = 0.0) -> None:
        ground = drawing.ground
        self._drawing, self._today, self._beside, self._weights = drawing, ground.today, ground.beside, ground.weights
        self._border, self._household = price.border / (cost_of(ground, ground.today) or 1.0), price.moving / ground.total
        self._beyond = price.beyond / ground.total
        self._budget = ground.total * (share * (price.free + price.coarse / len(ground.units)) + price.grain / len(ground.units))
        self._outside, (self._least, self._most) = strain / ground.total, bounds_of(ground)
        self._dear = self._outside, self._beyond

    def press(self, times: float) -> None:
        """Make what is beyond its bounds so many times as dear."""
        self._outside, self._beyond = (times * price for price in self._dear)

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
            if over > 0 or over + more > 0:
                change += self._beyond * (max(0.0, over + more) - max(0.0, over))
        return change + (self._outside * self._stray(own, grid, weight) if self._outside else 0.0)

    def _stray(self, own: int, grid: int, weight: int) -> float:
        left, came = self._drawing.loads[own], self._drawing.loads[grid]
        if left <= self._most and came >= self._least and left - weight >= self._least and came + weight <= self._most:
            return 0.0
        return self._off(left - weight) - self._off(left) + self._off(came + weight) - self._off(came)

    def _off(self, load: float) -> float:
        if load > self._most:
            return load - self._most
        return self._least - load if load < self._least else 0.0

    def worth(self) -> float:
        """The whole plan, which is within the bounds."""
        drawing = self._drawing
        borders, over = cost_of(drawing.ground, drawing.plan), max(0.0, drawing.moved - self._budget)
        return self._border * borders + self._household * drawing.moved + self._beyond * over


def draw(ground: Ground, *, wish: Wish = "normal", seed: int = 0, iterations: int = 0, tell: Progress | None = None, hands: Hands | None = None) -> list[int]:
    """Grid by unit. The same seed and iterations give the same plan, by however many hands. Raises Impossible where every plan would break a rule."""
    check(ground)
    is_few = len(ground.units) < MANY
    steps = iterations or min(MOST, max(LEAST, A_UNIT * len(ground.units))) * (LONGER.get(wish, 1) if is_few else 1)
    share, chains = flow_share(ground, TOLERANCE), CHAINS if is_few else FEW
    attempts = [partial(one_chain, ground, wish, f"{seed}/{n}", steps // chains, share) for n in range(chains)]
    found: list[tuple[float, list[int]]] = (hands or Hands(1)).work_off(attempts, tell or _go_on)
    today = list(ground.today)
    if min(today) >= 0 and _is_even(ground, loads_of(ground, today)):
        found.append((_worth(ground, today, PRICES[wish], share), today))  # nobody moves for what is no better
    worth, plan = min(found)
    if worth == math.inf:
        raise Impossible(_stuck(Drawing(ground, plan)))
    return plan


def one_chain(ground: Ground, wish: Wish, seed: str, steps: int, share: float, tell: Progress) -> tuple[float, list[int]]:
    """What a plan found from this seed is worth (inf: not within the bounds), and the plan."""
    random, one = Random(seed), 100 / len(ground.units)  # noqa: S311  (no secret: a plan is repeated by its seed)
    drawing, price, free = Drawing(ground, ground.first), PRICES[wish], int(steps * FREE)
    loose, firm = Prices(drawing, price, share, STRAIN), Prices(drawing, price, share)
    anneal(drawing, loose, random, (0.0, math.inf), (HOT * one, WARM * one), free, lambda done: tell(FREE * done), (BEGIN, MIDDLE))
    for more in range(TRIES):
        if balance(drawing, firm, random):
            break
        strained = Prices(drawing, price, share, STRAIN * 4 ** (more + 1))
        anneal(drawing, strained, random, (0.0, math.inf), (WARM * one, COLD * one), AGAIN * len(ground.units), _go_on)
    else:
        return math.inf, drawing.plan
    anneal(drawing, firm, random, bounds_of(ground), (WARM * one, COLD * one), steps - free, lambda done: tell(FREE + (1 - FREE) * done), (MIDDLE, END))
    plan = named_as_today(ground, drawing.plan)
    return _worth(ground, plan, price, share), plan


def _worth(ground: Ground, plan: Sequence[int], price: Price, share: float) -> float:
    return Prices(Drawing(ground, plan), price, share).worth()


def named_as_today(ground: Ground, plan: Sequence[int]) -> list[int]:
    """The same grids, called so that as many households as can be keep theirs (an assignment); those with fixed units keep their own."""
    many = len(ground.grids)
    kept = np.identity(many)  # less than one household weighs: their own names where it is all the same
    for u, (weight, was, now) in enumerate(zip(ground.weights, ground.today, plan, strict=True)):
        if was >= 0:
            kept[now, was] += (many + 1) * weight
        if u in ground.fixed:
            kept[now, now] += (many + 2) * ground.total
    names = linear_sum_assignment(kept, maximize=True)[1]
    return [int(names[grid]) for grid in plan]


def _go_on(_share: float) -> bool:
    return False


# ── into balance ──
def balance(drawing: Drawing, prices: Prices, random: Random) -> bool:
    """Carry the least flow over the borders, unit by unit, until every grid is within its bounds; whether it came so far. Raises Impossible."""
    for n in range(ROUNDS):
        if _is_even(drawing.ground, drawing.loads):
            return True
        flow = least_flow(drawing.ground, drawing.plan, TOLERANCE * (WITHIN if n < ROUNDS // 2 else 1.0))
        arcs = sorted(flow, key=lambda arc: -flow[arc])
        if n:
            random.shuffle(arcs)
        for arc in arcs:
            _carry(drawing, prices, arc, flow[arc])
    return _is_even(drawing.ground, drawing.loads)


def _is_even(ground: Ground, loads: Sequence[int]) -> bool:
    least, most = bounds_of(ground)
    return all(least <= load <= most for load in loads)


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
def anneal(
    drawing: Drawing,
    prices: Prices,
    random: Random,
    bounds: tuple[float, float],
    heat: tuple[float, float],
    iterations: int,
    tell: Progress,
    pressing: tuple[float, float] = (1.0, 1.0),
) -> None:
    """Move border units one by one, dearer ones ever more rarely while `heat` falls from the first to the second; the best plan met is kept.

    Grids stay in one piece, and no move takes a load out of the `bounds`. `pressing`: how many times as dear what is beyond is at first and at last.
    """
    plan, joins, border, loads, weights = drawing.plan, drawing.joins, drawing.border, drawing.loads, drawing.ground.weights
    (least, most), count, chance = bounds, len(plan), random.random
    walk, wide = _Walk(drawing, prices, random), STEP * WIDE
    for n in range(iterations):
        if not n % STEP:
            walk.warm = heat[0] * (heat[1] / heat[0]) ** (n / iterations)
            prices.press(pressing[0] + (pressing[1] - pressing[0]) * n / iterations)
            if tell(n / iterations):
                break
            if not n % wide:
                walk.try_anew(int(chance() * count))
        if not border:
            break
        u, v = joins[border[int(chance() * len(border))]]
        grid = plan[v]
        if loads[grid] + weights[u] <= most and loads[plan[u]] - weights[u] >= least:
            walk.try_move(u, grid)
    prices.press(pressing[1])
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
