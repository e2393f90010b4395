"""高频问题: where more is counted lately than chance lets expect. Pure: counts by place, category and week in, a ranked list out.

Usual is what the place and the category together let expect, with the season and the present level of the category, drawn towards the
pair's own past as far as such pairs differ. A problem means half as much again and five a week more. Each cell is weighed as in a bet:
how many times likelier are its newest weeks if a problem began one, two or three weeks ago, than by chance or if it is over by now.
What stood on the list lately stays on it only while the problem goes on, and gives way to what is new. Measured in bench/weeks.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from scipy.special import logsumexp

Floats: TypeAlias = np.ndarray[Any, np.dtype[Any]]
LIST = 50
WEEKS = 4  # that are looked at, and that tell nothing yet about what is usual
FIRST = 8  # weeks before anything can be called usual
MEMORY = 3  # weeks that something listed is remembered
TIMES, MORE = 1.5, 5.0  # a problem: this much of the usual and so many a week besides
RARE = np.log(1e-3)  # how seldom a problem begins
NEW: Mapping[int, float] = {1: 0.0, 2: 1.5, 3: -0.5}  # it began so many weeks ago: what speaks for that beforehand
KNOWN: Mapping[int, float] = {1: 0.0, 2: -2.5, 3: -1.5, 4: -3.5}
OVER, KNOWN_OVER, OLD = 0.0, -3.0, 0.5  # it is over by now; it is an old one that was never listed
GIVES_WAY = 2.5
CHANCE, FEWEST = 1.0, 3  # weight, and number, that stand out
YEAR, LEVEL, PAST = 52, 12, 104  # weeks of a season, of the present level, of what is usual
WIDEST, NARROWEST = 1.0, 0.02  # of chance beyond Poisson: variance = mean + this × mean²
LEAST = 1e-6


class Signal(NamedTuple):
    """One place and category: `counted` in the newest `weeks`, `usual` so many; `weight`: log odds of a problem that goes on."""

    place: int
    category: int
    weight: float
    weeks: int
    counted: int
    usual: float

    @property
    def is_chance(self) -> bool:
        """属正常波动: listed because the list has room, not because it stands out."""
        return self.weight <= CHANCE or self.counted < FEWEST


class Usual(NamedTuple):
    """Expected counts of the newest weeks (places × categories × weeks, newest last), and how far chance spreads."""

    mean: Floats
    spread: float


def signals(counts: Floats, *, most: int = LIST) -> list[Signal]:
    """The likeliest problems of the newest week, best first. `counts`: places × categories × weeks, newest last.

    The lists of the MEMORY weeks before are drawn first, for what was listed then is known now. Nothing in the first weeks of all.
    """
    if counts.shape[2] < FIRST:
        return []
    expected = usual(counts)
    shown = expected.mean.shape[2]
    now, mean = counts[:, :, -shown:].reshape(-1, shown).astype(float), expected.mean.reshape(-1, shown)
    seen: list[Floats] = []
    weights = np.empty(0)
    for end in range(max(1, shown - MEMORY), shown + 1):
        first = max(0, end - WEEKS)
        weights = _weights(now[:, first:end], mean[:, first:end], expected.spread, seen)
        cells = np.argsort(-weights, kind="stable")[:most]
        seen.append(cells[np.isfinite(weights[cells])])
    return [_signal(int(cell), float(weights[cell]), now[cell, -WEEKS:], mean[cell, -WEEKS:], counts.shape[1]) for cell in seen[-1]]


def _signal(cell: int, weight: float, now: Floats, mean: Floats, categories: int) -> Signal:
    """The span of weeks in which most is counted for what is usual says why."""
    gains = {n: float(_gain(now[-n:].sum(keepdims=True), mean[-n:].sum(keepdims=True), 0.1)[0]) for n in range(1, len(now) + 1)}
    weeks = max(gains, key=gains.__getitem__)
    return Signal(*divmod(cell, categories), weight, weeks, int(now[-weeks:].sum()), float(mean[-weeks:].sum()))


def _weights(now: Floats, mean: Floats, spread: float, seen: list[Floats]) -> Floats:
    """The weight of every cell in the last of these weeks; what was listed in a week before is weighed as known."""
    weights = np.full(len(now), -np.inf)
    lively = np.flatnonzero(now[:, -1] >= 2)
    weights[lively] = _weight(now[lively], mean[lively], spread, NEW, OVER, is_known=False)
    known = np.unique(np.concatenate(seen)) if seen else np.empty(0, dtype=int)
    known = known[now[known, -1] >= 1]
    weights[known] = _weight(now[known], mean[known], spread, KNOWN, KNOWN_OVER, is_known=True) - GIVES_WAY
    return weights


def _weight(now: Floats, mean: Floats, spread: float, began: Mapping[int, float], over: float, *, is_known: bool) -> Floats:
    """Log odds of a problem that goes on against chance, against one that is over, and, where it is to be new, against an old one."""
    weeks = now.shape[1]
    gain = _gain(now, mean, spread)
    goes_on = [gain[:, -n:].sum(1) + RARE + said for n, said in began.items() if n <= weeks]
    against = [np.zeros(len(now))]
    for end in range(1, weeks):
        against += [gain[:, first:end].sum(1) + RARE + over for first in range(end)]
    if not is_known:
        against += [gain[:, -n:].sum(1) + RARE + OLD for n in (3, 4) if n <= weeks]
    return np.asarray(logsumexp(goes_on, axis=0) - logsumexp(against, axis=0))


def _gain(now: Floats, mean: Floats, spread: float) -> Floats:
    """How many times likelier each count is with a problem than by chance, as logarithm (negative binomial, one size for both)."""
    size, problem = 1 / spread, TIMES * mean + MORE
    return np.asarray(now * np.log(problem / mean) - (now + size) * np.log((size + problem) / (size + mean)))


def usual(counts: Floats) -> Usual:
    """What is usual in the newest weeks (those looked at, and as many as are remembered), from the weeks before the newest WEEKS."""
    weeks = counts.shape[2]
    ahead = min(WEEKS, weeks // 3)
    past = counts[:, :, : weeks - ahead]
    past = past[:, :, -PAST:]
    expected = _season(counts[:, :, : weeks - ahead].sum(0).astype(float), ahead)
    then, now = expected[:, -past.shape[2] - ahead : -ahead], expected[:, -min(WEEKS + MEMORY, weeks) :]
    places = past.sum((1, 2)) / max(past.sum(), 1)
    own, due = past.sum(2), np.maximum(places[:, None] * then.sum(1), LEAST)
    differ = max(float(((own - due) ** 2 - due).sum() / (due**2).sum()), 1e-3)
    factor = (1 / differ + own) / (1 / differ + due)
    share = places[:, None] * factor
    squares = (past.astype(float) ** 2).sum() - 2 * (share * np.einsum("pcw,cw->pc", past, then)).sum()
    model = float(((share**2) * (then**2).sum(1)).sum())
    spread = (squares + model - float((share * then.sum(1)).sum())) / max(model, LEAST)
    return Usual(np.maximum(share[:, :, None] * now, LEAST), float(np.clip(spread, NARROWEST, WIDEST)))


def _season(totals: Floats, ahead: int) -> Floats:
    """Expected totals of each category, week by week and `ahead` more: a trend and one yearly wave, where two years are known, at the present level."""
    weeks = totals.shape[1]
    at = np.arange(weeks + ahead) - weeks
    shapes = [np.ones(weeks + ahead)]
    if weeks >= 2 * YEAR:
        shapes += [at / YEAR, np.sin(2 * np.pi * at / YEAR), np.cos(2 * np.pi * at / YEAR)]
    wave = np.stack(shapes, axis=1)
    known = slice(max(0, weeks - 3 * YEAR), weeks)
    fit = (wave @ np.linalg.lstsq(wave[known], totals[:, known].T, rcond=None)[0]).T
    mean = np.maximum(totals[:, known].mean(1, keepdims=True), LEAST)
    fit = np.maximum(fit, 0.1 * mean)
    lately = slice(max(0, weeks - LEVEL), weeks)
    return np.asarray(fit * (totals[:, lately].sum(1, keepdims=True) + mean) / (fit[:, lately].sum(1, keepdims=True) + mean))
