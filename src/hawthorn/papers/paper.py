"""What a paper consists of, and the measures of its page (GB/T 9704-2012, 5 and 7). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
TOP_MM, LEFT_MM = 37.0, 28.0
LINES, CHARACTERS, SIZE_PT = 22, 28, 16.0
BODY_WIDTH_MM, BODY_HEIGHT_MM = 156.0, 225.0
MM = 72 / 25.4
LINE_PT = BODY_HEIGHT_MM * MM / LINES  # 28.99
CHARACTER_PT = BODY_WIDTH_MM * MM / CHARACTERS  # 15.79: 28 characters of 16 pt fit by this much less between them
TRACKING_PT = CHARACTER_PT - SIZE_PT


NO_XML = r"\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
UNSEEN = r"\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # turn, hide or join what stands around them (UAX #9)
NOT_PRINTED = re.compile(f"[{NO_XML}{UNSEEN}]")


def printable(words: str) -> str:
    """Without what no document may hold, and without marks nobody sees."""
    return NOT_PRINTED.sub("", words)


@dataclass(frozen=True)
class Heading:
    """一级标题, 黑体: “一、……”."""

    words: str


@dataclass(frozen=True)
class Para:
    """A paragraph, two characters in; `is_plain`: not in."""

    words: str
    is_plain: bool = False


@dataclass(frozen=True)
class Table:
    """Columns with their share of the width, rows of text."""

    columns: Sequence[tuple[str, float]]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, of the width of the page, and the line under it. Its own fonts and colours; nothing in it is asked for elsewhere."""

    svg: str
    caption: str = ""


Block: TypeAlias = Heading | Para | Table | Figure


@dataclass(frozen=True)
class Paper:
    """A title, blocks, who signs and when. `stamp`: what stands on every page (演示数据). `is_wide`: a list, on its side, smaller."""

    title: str
    blocks: Sequence[Block]
    signed: str = ""
    dated: str = ""
    stamp: str = ""
    is_wide: bool = False
    notes: Sequence[str] = field(default=())
