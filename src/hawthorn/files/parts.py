"""The XML parts of a workbook, read as they inflate: nothing is held but what somebody asks for, and nothing goes on for ever.

A file of a hundred kilobytes may inflate to millions of cells, runs, merges or names. A reader that builds a tree of them stalls the service and
fills its memory; here a tag is counted and forgotten, and beyond what an honest workbook has the reading ends.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol
from xml.parsers import expat

from openpyxl.xml.constants import SHEET_MAIN_NS

from hawthorn.kernel.words import _

PIECE, LONGEST_TAG, MOST_SMALL = 1 << 16, 1 << 18, 1_000_000


class NotAWorkbook(Exception):
    """The bytes are no workbook we open; the words say why, in Chinese."""


class Hears(Protocol):
    """What is told of the tags and words of a part. `is_over`: the rest need not be read."""

    is_over: bool

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """A tag, by namespace and name."""

    def end(self, name: str) -> None:
        """Its end."""

    def words(self, said: str) -> None:
        """What stands between."""


def too_much() -> NotAWorkbook:
    """What to say of a part that goes on and on."""
    return NotAWorkbook(_("表里的格子、样式或者名称多得不正常，没有打开。请把要用的几列复制到一张新表里，另存为 .xlsx 再试。"))


def told(archive: zipfile.ZipFile, name: str, hears: Hears) -> Iterator[None]:
    """Tell a part piece by piece, to its end: its checksum is always looked at. Raises NotAWorkbook, and what a broken part raises."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = hears.begin, hears.end, hears.words
    parser.StartDoctypeDeclHandler = _no_doctype
    fed = 0
    with archive.open(name) as part:
        while piece := part.read(PIECE):
            if hears.is_over:
                continue
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - max(0, parser.CurrentByteIndex) > LONGEST_TAG:
                raise too_much()
            yield
    if not hears.is_over:
        parser.Parse(b"", True)
        yield


def _no_doctype(*_said: Any) -> None:
    raise ValueError("doctype")


class _Tags:
    """The tags of a small part."""

    def __init__(self) -> None:
        self.is_over, self.found, self.number = False, list[tuple[str, Mapping[str, str]]](), 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.number += 1 + len(attributes)
        if self.number > MOST_SMALL:
            raise too_much()
        self.found.append((local(name), attributes))

    def end(self, name: str) -> None:
        """Nothing is to be done."""

    def words(self, said: str) -> None:
        """They are not asked for."""


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


def tags(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of a small part and what they say, without namespaces. Raises NotAWorkbook where they are beyond number."""
    hears = _Tags()
    for _piece in told(archive, name, hears):
        for tag, said in hears.found:
            yield tag, {local(key): value for key, value in said.items()}
        hears.found.clear()


def by_name(**known: Callable[..., None]) -> dict[str, Callable[..., None]]:
    """What is done at a tag, by namespace and name."""
    return {f"{SHEET_MAIN_NS} {name}": do for name, do in known.items()}
