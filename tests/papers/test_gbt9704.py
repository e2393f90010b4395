"""Papers have the page of GB/T 9704-2012, measured from the files themselves: 22 lines of 28 characters of 16 pt on 156 × 225 mm."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PageObject, PdfReader

from hawthorn.papers import paper as p
from hawthorn.papers.as_docx import docx
from hawthorn.papers.as_pdf import pdf

MM = 72 / 25.4
LONG = p.Paper("测试街道周工作报告", [p.Para("字" * 28 * 60)], signed="测试街道", dated="2026年3月2日", stamp="演示数据")


def lines_of(page: PageObject) -> dict[float, tuple[float, int, float]]:
    """By height from the top in mm: left edge in mm, characters, size in pt; only lines of the body."""
    found: dict[float, list[tuple[float, str, float]]] = defaultdict(list)

    def visit(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            left, up = cm[4] + tm[4], cm[5] + tm[5]
            found[round((float(page.mediabox.height) - up) / MM, 2)].append((left / MM, text.strip(), size))

    page.extract_text(visitor_text=visit)
    return {
        at: (min(left for left, _t, _s in many), sum(len(t) for _l, t, _s in many), many[0][2])
        for at, many in sorted(found.items())
        if p.TOP_MM < at < p.TOP_MM + p.BODY_HEIGHT_MM
    }


def test_a_full_page_has_22_lines_of_28_characters_of_16_points() -> None:
    page = PdfReader(io.BytesIO(pdf(LONG))).pages[1]
    assert (round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) == (210, 297)
    lines = lines_of(page)
    assert len(lines) == 22
    assert {number for _left, number, _size in lines.values()} == {28}
    assert {size for _left, _number, size in lines.values()} == {16}
    assert {round(left, 1) for left, _number, _size in lines.values()} == {28.0}
    heights = list(lines)
    pitch = (heights[-1] - heights[0]) / 21
    assert pitch * 22 == pytest.approx(225, abs=0.2)
    assert heights[0] - p.TOP_MM < pitch, "the first line stands at the top of the type area"


def test_the_width_of_a_line_is_that_of_the_type_area() -> None:
    page = PdfReader(io.BytesIO(pdf(LONG))).pages[1]
    steps: list[float] = []

    def before(operator: bytes, operands: list[list[float]], _cm: object, _tm: object) -> None:
        if operator == b"TJ" and len(operands[0]) > 40:
            steps.append(sum(float(x) for x in operands[0] if isinstance(x, int | float) or hasattr(x, "as_numeric")))

    page.extract_text(visitor_operand_before=before)
    assert len(steps) == 22
    for closer in steps:  # thousandths of the size, taken off between characters; the last stands whole
        assert (28 * 16 - closer / 1000 * 16) / MM == pytest.approx(156, abs=1)


def test_the_fonts_lie_in_the_file() -> None:
    fonts = {str(f.get_object()["/BaseFont"]) for f in PdfReader(io.BytesIO(pdf(LONG))).pages[0]["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert all("Fandol" in name for name in fonts), fonts


def test_words_are_words_and_never_markup() -> None:
    assert docx(p.Paper("题\x0b", [p.Para("\x01\x1f字"), p.Table((("a", 1),), [["\x02"]])]))
    assert pdf(p.Paper("题\x0b", [p.Para("\x01\x1f字")]))
    nasty = '#import "x.typ" $ ] #{ panic() } \\ <a> & 【】'
    text = PdfReader(io.BytesIO(pdf(p.Paper(nasty, [p.Para(nasty), p.Table((("#a", 1),), [[nasty]])])))).pages[0].extract_text()
    assert "#import" in text
    assert nasty in "\n".join(x.text for x in Document(io.BytesIO(docx(p.Paper("题", [p.Para(nasty)])))).paragraphs)


def test_every_page_of_a_demo_says_so() -> None:
    assert all("演示数据" in page.extract_text() for page in PdfReader(io.BytesIO(pdf(LONG))).pages)
    assert Document(io.BytesIO(docx(LONG))).sections[0].header.paragraphs[0].text == "演示数据"


def test_the_docx_has_the_same_page() -> None:
    section = Document(io.BytesIO(docx(LONG))).sections[0]
    assert section.page_width is not None
    width = (section.page_width - (section.left_margin or 0) - (section.right_margin or 0)) / 36000
    height = ((section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0)) / 36000
    assert (round(width, 1), round(height, 1)) == (156.0, 225.0)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert int(grid.get(qn("w:linePitch"))) == 579


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_docx_with_22_lines_of_28_characters(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx(LONG))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "a.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    text = PdfReader(tmp_path / "a.pdf").pages[1].extract_text().splitlines()
    assert [len(line) for line in text if set(line.strip()) == {"字"}] == [28] * 22
