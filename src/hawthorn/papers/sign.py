"""公示牌: the sign on a grid's wall, A3 or A4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hawthorn.papers.as_pdf import compiled
from hawthorn.papers.paper import printable

SIZES = ("a3", "a4")


@dataclass(frozen=True)
class Sign:
    """What stands on it. `people`: (post, names by consent, work phone), `nobody`: what stands where there are none; `map` and `qr`: SVG.

    `lines`: beside the code; `stamp`: 演示数据.
    """

    name: str
    place: str
    people: Sequence[tuple[str, str, str]]
    who: str
    nobody: str
    map: str
    caption: str
    qr: str
    scan: str
    lines: Sequence[str]
    stamp: str = ""


def pdf(sign: Sign, size: str) -> bytes:
    """The sheet. `size`: one of SIZES."""
    people = [{"post": printable(post), "names": printable(names), "phone": printable(phone)} for post, names, phone in sign.people]
    told: dict[str, Any] = {name: printable(value) if isinstance(value, str) else value for name, value in vars(sign).items()}
    return compiled("sign.typ", told | {"people": people, "lines": [printable(words) for words in sign.lines], "size": size})
