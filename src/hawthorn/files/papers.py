"""Papers of staff: PDF, Word, Excel, told by their content. They are kept as they are, so what can run is refused."""

from __future__ import annotations

import io
import zipfile
import zlib

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx"}
ZIP, PDF_MARK = b"PK\x03\x04", b"%PDF-"
MOST_UNPACKED, MOST_PARTS, MOST_TIMES = 100_000_000, 2_000, 200
MACROS = ("vbaproject.bin", "vbadata.xml")
ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")


def kind_of(data: bytes) -> str:
    """The type the bytes claim by their first letters, empty where it is no paper; `check` looks inside."""
    if data[:1024].lstrip().startswith(PDF_MARK):
        return PDF
    if not data.startswith(ZIP):
        return ""
    names = _names(data)
    return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else "zip"


def _names(data: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {part.filename for part in archive.infolist()[: MOST_PARTS + 1]}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError):
        return set()


def check(data: bytes, kind: str) -> None:
    """Raises Refused wrong_type, or too_large for what would unpack to too much."""
    if kind == PDF:
        if b"%%EOF" not in data[-2048:]:
            raise _wrong(_("这个 PDF 不完整，可能没有传完。请重新传。"))
        if any(mark in data for mark in ACTIVE):
            raise _wrong(_("这个 PDF 里带有脚本或附件，不能收。请另存为普通 PDF 再传。"))
        return
    if kind not in NAMES:
        raise _wrong(_("只收照片、PDF、Word（.docx）和 Excel（.xlsx）。"))
    _check_office(data)


def _check_office(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_TIMES * len(data):
        raise Refused("too_large", fields=["file"], detail=_("文件展开后太大，没有保存。请分成几个文件。"))
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise _wrong(_("这个文件打不开，可能已损坏。请另存后再传。"))
    if any(part.filename.rsplit("/", 1)[-1].lower() in MACROS for part in parts):
        raise _wrong(_("这个文件里带有宏，不能收。请另存为不带宏的文件再传。"))


def _wrong(words: str) -> Refused:
    return Refused("wrong_type", fields=["file"], detail=words)
