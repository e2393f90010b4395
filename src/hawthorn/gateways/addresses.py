"""Which building, grid or community an address names: by the names of the subdistrict's own places, blanks and widths apart. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

Found = tuple[str, int]
SHORTEST, LONGEST = 3, 120


def plain(said: str) -> str:
    """Without blanks, in narrow signs."""
    return "".join(unicodedata.normalize("NFKC", said).lower().split())


class Addresses:
    """Names that only one place has. `named`: name, field of the matter (unit, grid, community) and number."""

    def __init__(self, named: Iterable[tuple[str, str, int]]) -> None:
        rows = [(plain(name), field, number) for name, field, number in named]
        often = Counter(name for name, _field, _number in rows)
        self._places = {name: (field, number) for name, field, number in rows if often[name] == 1 and SHORTEST <= len(name) <= LONGEST}
        self._lengths = sorted({len(name) for name in self._places}, reverse=True)

    def find(self, address: str) -> Found | None:
        """The longest name in it, where there is one and not two of that length; a number is never taken out of a longer number."""
        said = plain(address[: 2 * LONGEST])[:LONGEST]
        for length in self._lengths:
            found = {self._places[said[at : at + length]] for at in range(len(said) - length + 1) if self._is_name(said, at, length)}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def _is_name(self, said: str, at: int, length: int) -> bool:
        if said[at : at + length] not in self._places:
            return False
        before, after = said[at - 1 : at], said[at + length : at + length + 1]
        return not (before.isdigit() and said[at].isdigit()) and not (after.isdigit() and said[at + length - 1].isdigit())
