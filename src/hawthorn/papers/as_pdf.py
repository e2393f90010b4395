"""A paper as PDF, by typst, with the fonts that lie beside: no font of the machine is asked for anything but rare characters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

from hawthorn.papers import paper as p

DATA = Path(__file__).parent / "data"


def pdf(paper: p.Paper) -> bytes:
    """The whole file. Raises RuntimeError only where the template itself is broken: words are data, never markup."""
    return compiled("gbt9704.typ", _plain(paper))


def compiled(template: str, told: dict[str, Any]) -> bytes:
    """A template of this folder with what it is told under `paper`, as PDF."""
    made = typst.compile(str(DATA / template), root=str(DATA), font_paths=[str(DATA)], format="pdf", sys_inputs={"paper": json.dumps(told, ensure_ascii=False)})
    assert isinstance(made, bytes)
    return made


def picture(svg: str) -> bytes:
    """A drawing as PNG, for documents that hold no SVG. 200 dots an inch at the width of the page."""
    told = {"paper": json.dumps({"svg": svg, "width": p.BODY_WIDTH_MM})}
    made = typst.compile(str(DATA / "drawing.typ"), root=str(DATA), font_paths=[str(DATA)], format="png", ppi=200, sys_inputs=told)
    assert isinstance(made, bytes)
    return made


def _plain(paper: p.Paper) -> dict[str, Any]:
    measures = {
        "size": p.SIZE_PT, "line": p.LINE_PT, "tracking": p.TRACKING_PT, "top": p.TOP_MM, "left": p.LEFT_MM, "width": p.BODY_WIDTH_MM,
        "height": p.BODY_HEIGHT_MM,
    }  # fmt: skip
    return {
        "title": p.printable(paper.title), "blocks": [_block(b) for b in paper.blocks], "signed": p.printable(paper.signed), "dated": paper.dated,
        "stamp": paper.stamp, "wide": paper.is_wide, "notes": [p.printable(note) for note in paper.notes], "measures": measures,
    }  # fmt: skip


def _block(block: p.Block) -> dict[str, Any]:
    if isinstance(block, p.Heading):
        return {"kind": "heading", "words": p.printable(block.words)}
    if isinstance(block, p.Para):
        return {"kind": "para", "words": p.printable(block.words), "plain": block.is_plain}
    if isinstance(block, p.Figure):
        return {"kind": "figure", "svg": block.svg, "caption": p.printable(block.caption)}
    columns = [{"name": name, "share": share} for name, share in block.columns]
    return {"kind": "table", "columns": columns, "rows": [[p.printable(str(cell)) for cell in row] for row in block.rows]}
