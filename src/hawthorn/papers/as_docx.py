"""The same paper as docx, to be edited: the page grid of 22 lines and 28 characters, the standard's fonts by name."""

from __future__ import annotations

import io
from math import floor
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hawthorn.papers import paper as p
from hawthorn.papers.as_pdf import picture

FANG, HEI, SONG = "仿宋", "黑体", "方正小标宋简体"
TWIPS = 20
PITCH = floor(p.LINE_PT * TWIPS)  # a twip more, and the last line of a page or the last character of a line finds no room
CLOSER = floor(p.TRACKING_PT * TWIPS)


def docx(paper: p.Paper) -> bytes:
    """The whole file."""
    made = Document()
    _page(made, paper)
    _title(made, paper)
    for block in paper.blocks:
        if isinstance(block, p.Heading):
            _para(made, block.words, font=HEI).paragraph_format.keep_with_next = True
        elif isinstance(block, p.Para):
            _para(made, block.words, indent=not block.is_plain)
        elif isinstance(block, p.Figure):
            _figure(made, block)
        else:
            _table(made, block, 9 if paper.is_wide else 12)
    for words in (paper.signed, paper.dated):
        if words:
            _para(made, words, indent=False).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for note in paper.notes:
        _para(made, note, indent=False, size=9 if paper.is_wide else 12)
    made.core_properties.title = p.printable(paper.title)[:250]
    made.core_properties.author = p.printable(paper.signed)[:250]
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def _page(made: Any, paper: p.Paper) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(p.WIDTH_MM), Mm(p.HEIGHT_MM)
    section.top_margin, section.left_margin = Mm(p.TOP_MM), Mm(p.LEFT_MM)
    section.right_margin = Mm(p.WIDTH_MM - p.LEFT_MM - p.BODY_WIDTH_MM)
    section.bottom_margin = Mm(p.HEIGHT_MM - p.TOP_MM - p.BODY_HEIGHT_MM)
    section.footer_distance = Mm(p.HEIGHT_MM - p.TOP_MM - p.BODY_HEIGHT_MM - 14)
    if paper.is_wide:
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(p.HEIGHT_MM), Mm(p.WIDTH_MM)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin = section.bottom_margin = Mm(18)
    else:
        _grid(section)
    _normal(made.styles["Normal"], 10.5 if paper.is_wide else p.SIZE_PT, paper.is_wide)
    if paper.stamp:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(head.add_run(paper.stamp), HEI, 10.5)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for piece in ("— ", "PAGE", " —"):
        run = foot.add_run("" if piece == "PAGE" else piece)
        _font(run, FANG, 14)
        if piece == "PAGE":
            _field(run, piece)


def _grid(section: Any) -> None:
    """文档网格: lines and characters, so that Word and LibreOffice count the same 22 × 28."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(PITCH))


def _normal(style: Any, size: float, is_wide: bool) -> None:
    _font(style, FANG, size)
    tongue = OxmlElement("w:lang")
    for face in ("w:val", "w:eastAsia"):
        tongue.set(qn(face), "zh-CN")
    style.element.get_or_add_rPr().append(tongue)
    lines = style.paragraph_format
    lines.space_before = lines.space_after = Pt(0)
    lines.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    lines.line_spacing = Pt(16 if is_wide else PITCH / TWIPS)
    if not is_wide:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(CLOSER))
        style.element.get_or_add_rPr().append(spacing)


def _font(thing: Any, name: str, size: float) -> None:
    thing.font.size, thing.font.name = Pt(size), name
    fonts = thing.element.get_or_add_rPr().get_or_add_rFonts()
    for face in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(face), name)


def _field(run: Any, name: str) -> None:
    for kind, words in (("begin", ""), ("", name), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = words
        run._r.append(part)


def _title(made: Any, paper: p.Paper) -> None:
    line = made.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.line_spacing = Pt(35)
    line.paragraph_format.space_after = Pt(0 if paper.is_wide else p.SIZE_PT)
    run = line.add_run(p.printable(paper.title))
    _font(run, SONG, 16 if paper.is_wide else 22)


def _para(made: Any, words: str, *, font: str = FANG, indent: bool = True, size: float = 0) -> Any:
    line = made.add_paragraph()
    if indent:
        own = line._p.get_or_add_pPr()
        inwards = OxmlElement("w:ind")
        inwards.set(qn("w:firstLineChars"), "200")
        inwards.set(qn("w:firstLine"), str(round(2 * p.CHARACTER_PT * TWIPS)))
        own.append(inwards)
    run = line.add_run(p.printable(words))
    if font != FANG or size:
        _font(run, font, size or p.SIZE_PT)
    return line


def _figure(made: Any, block: p.Figure) -> None:
    line = made.add_paragraph()
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    line.paragraph_format.keep_with_next = True
    line.add_run().add_picture(io.BytesIO(picture(block.svg)), width=Mm(p.BODY_WIDTH_MM))
    if block.caption:
        _para(made, block.caption, indent=False, size=12)


def _table(made: Any, block: p.Table, size: float) -> None:
    table = made.add_table(rows=1, cols=len(block.columns))
    table.style = "Table Grid"
    for cell, (name, _share) in zip(table.rows[0].cells, block.columns, strict=True):
        _cell(cell, name, HEI, size)
    for row in block.rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            _cell(cell, str(words), FANG, size)
    whole = sum(share for _name, share in block.columns)
    for (_name, share), column in zip(block.columns, table.columns, strict=True):
        width = Mm(p.BODY_WIDTH_MM * share / whole)
        for cell in column.cells:
            cell.width = width


def _cell(cell: Any, words: str, font: str, size: float) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.line_spacing = Pt(size + 5)
    _font(line.add_run(p.printable(words)), font, size)
