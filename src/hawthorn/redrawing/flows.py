"""How many households pass from which grid to which: the smallest flow between neighbouring grids (linear programme)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from hawthorn.kernel.words import _
from hawthorn.redrawing.graph import Ground, Impossible, bounds_of, loads_of, moved_of


def neighbours(ground: Ground, plan: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of grids that touch, both ways, ascending."""
    pairs = {(plan[u], plan[v]) for u, near in enumerate(ground.beside) for v, _cost in near if plan[u] != plan[v]}
    return sorted(pairs)


def least_flow(ground: Ground, plan: Sequence[int], tolerance: float) -> dict[tuple[int, int], float]:
    """Households from grid to grid, fewest in sum, that bring every grid within `tolerance` of the mean. Raises Impossible where nothing can."""
    loads, arcs = np.array(loads_of(ground, plan), dtype=float), neighbours(ground, plan)
    least, most = bounds_of(ground, tolerance)
    if not arcs:
        if (loads < least).any() or (loads > most).any():
            raise Impossible(_("网格之间没有相连的边，户数没法匀。"))
        return {}
    m = len(arcs)
    places = ([a for a, _b in arcs] + [b for _a, b in arcs], list(range(m)) * 2)
    gains = coo_matrix((np.r_[-np.ones(m), np.ones(m)], places), (len(loads), m)).tocsr()
    found = linprog(np.ones(m), A_ub=vstack([gains, -gains]), b_ub=np.r_[most - loads, loads - least], method="highs")
    if not found.success:
        raise Impossible(_("户数匀不过来：有的网格和别的网格隔开了。请看一看接边表。"))
    return {arc: float(amount) for arc, amount in zip(arcs, found.x, strict=True) if amount > 1e-6}


def flow_share(ground: Ground, tolerance: float) -> float:
    """The smallest flow between today's neighbours, as a share of all households: a planning figure.

    A plan may move fewer: households that cross two borders count twice here, and grids that do not touch today may touch then. Where the number
    of grids changes, those that move for that alone are counted with it.
    """
    return (moved_of(ground, ground.first) + sum(least_flow(ground, ground.first, tolerance).values())) / ground.total
