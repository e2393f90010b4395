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
    told = {"paper": json.dumps(_plain(paper), ensure_ascii=False)}
    made = typst.compile(str(DATA / "gbt9704.typ"), root=str(DATA), font_paths=[str(DATA)], format="pdf", sys_inputs=told)
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
    columns = [{"name": name, "share": share} for name, share in block.columns]
    return {"kind": "table", "columns": columns, "rows": [[p.printable(str(cell)) for cell in row] for row in block.rows]}
