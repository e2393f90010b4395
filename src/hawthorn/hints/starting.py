"""Before enough matters are confirmed: categories by the words of their own names. Pure; gives no probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from hawthorn.hints.classing import plain

LEAST = 0.6  # of a name's worth that must be in the message
BEST = 3
PAIR = 2


class Names:
    """The categories of one tenant by name. Immutable."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._pairs = {number: frozenset(_pairs(name)) for number, name in names.items()}
        spread = Counter(pair for pairs in self._pairs.values() for pair in pairs)
        self._worth = {pair: log(1 + len(names) / number) for pair, number in spread.items()}

    def rank(self, words: str) -> Sequence[int]:
        """At most BEST categories whose name is mostly in the words, the fullest first; none where nothing fits."""
        said = frozenset(_pairs(words))
        shares = {number: self._share(pairs, said) for number, pairs in self._pairs.items() if pairs & said}
        fitting = [number for number, (share, _worth) in shares.items() if share >= LEAST]
        return sorted(fitting, key=lambda number: (-shares[number][1], number))[:BEST]

    def _share(self, pairs: frozenset[str], said: frozenset[str]) -> tuple[float, float]:
        found = sum(self._worth[pair] for pair in pairs & said)
        return found / sum(self._worth[pair] for pair in pairs), found


def _pairs(words: str) -> list[str]:
    said = plain(words).replace(" ", "")
    return [said[at : at + PAIR] for at in range(len(said) - 1)]
