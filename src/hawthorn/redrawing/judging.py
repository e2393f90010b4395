"""Reading units and joins from plain rows, so that the optimiser can be measured on other cases. No database."""

from __future__ import annotations

from collections.abc import Sequence

from hawthorn.kernel.words import _
from hawthorn.redrawing.graph import Ground, ground_of

UNITS = ("unit", "households", "grid_today")
JOINS = ("a", "b", "border_cost")


def ground_from(units: Sequence[dict[str, str]], joins: Sequence[dict[str, str]]) -> Ground:
    """From the rows of two tables (UNITS, JOINS). Raises ValueError naming the line."""
    weights, today, priced = dict[str, int](), dict[str, str](), list[tuple[str, str, float]]()
    for line, row in enumerate(units, start=2):
        if not row["unit"] or not row["grid_today"]:
            raise ValueError(_("楼院表第 {line} 行：楼院和现在的网格都要填。").format(line=line))
        if row["unit"] in weights:
            raise ValueError(_("楼院表第 {line} 行：“{unit}”写了两次。").format(line=line, unit=row["unit"]))
        weights[row["unit"]], today[row["unit"]] = int(_amount(row["households"], "households", line, is_whole=True)), row["grid_today"]
    for line, row in enumerate(joins, start=2):
        priced.append((row["a"], row["b"], _amount(row["border_cost"], "border_cost", line)))
    if not sum(weights.values()):
        raise ValueError(_("楼院表里一户也没有，没法划。"))
    return ground_of(weights, today, priced)


def _amount(said: str, column: str, line: int, *, is_whole: bool = False) -> float:
    """A number from 0 on."""
    try:
        found = float(said)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e9 or (is_whole and not found.is_integer()):
        raise ValueError(_("第 {line} 行：{column}“{said}”要是不小于 0 的数。").format(line=line, column=column, said=said[:20]))
    return found
