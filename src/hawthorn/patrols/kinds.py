"""The kinds of checkpoint there are, read from `data/kinds.json`: what to look at, how often, and what category a finding has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hawthorn.kernel.world import Town
from hawthorn.patrols.rules.points import Rule

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Kind:
    """One kind: its name, the things to look at, the rule it starts with, the key of the category of what is found."""

    code: str
    name: str
    items: tuple[str, ...]
    rule: Rule
    category: str = ""


@cache
def kinds() -> dict[str, Kind]:
    """By code, in the order of the file. Treat as frozen."""
    found = json.loads((DATA / "kinds.json").read_text(encoding="utf-8"))["kinds"]
    return {row["code"]: _kind(**row) for row in found}


def _kind(*, code: str, name: str, items: list[str], rule: str, category: str = "", **more: list[int] | int) -> Kind:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in more.items()}
    return Kind(code, name, tuple(items), Rule(rule, **values), category)  # type: ignore[arg-type]


def name_of(code: str) -> str:
    """What a kind is called; the code of one that is no longer in the file."""
    found = kinds().get(code)
    return found.name if found else code


def category_of(code: str, tenant: int, town: Town) -> int | None:
    """The category of what is found at such a point, in the tenant's catalogue as it is now; None where it has none."""
    found = kinds().get(code)
    key = found.category if found else ""
    return next((c.id for c in town.categories.values() if key and c.tenant == tenant and c.key == key), None)
