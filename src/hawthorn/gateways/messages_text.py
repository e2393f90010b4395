"""In which encoding a text of another system is written, and what stands between its columns."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from charset_normalizer import from_bytes

from hawthorn.files.sheets import NotAWorkbook
from hawthorn.kernel.words import _

SAMPLE, CHUNK, LONGEST_CELL = 64_000, 1 << 20, 200_000
CHINESE = ("utf_8", "gb18030", "gbk", "gb2312", "cp936", "big5", "big5hkscs", "cp950")
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def encoding_of(file: BinaryIO) -> str:
    """Its own mark, else UTF-16 by its zero bytes, else UTF-8, else what a guess finds likely, else GB18030. Raises NotAWorkbook."""
    file.seek(0)
    sample = file.read(SAMPLE)
    marked = next((name for mark, name in MARKS if sample.startswith(mark)), "")
    for name in (marked,) if marked else (*_wide(sample), "utf-8", *_guesses(sample), "gb18030"):
        if _reads(file, name):
            return name
    if marked:
        raise NotAWorkbook(_("这个文件的文字编码前后不一致，可能没有传完。请用 Excel 或 WPS 另存为 .xlsx 再试。"))
    raise NotAWorkbook(_("认不出这个文件的文字编码。请用 Excel 或 WPS 另存为 .xlsx 再试。"))


def _reads(file: BinaryIO, name: str) -> bool:
    """Can all of it be read so."""
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    file.seek(0)
    try:
        while piece := file.read(CHUNK):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> list[str]:
    """UTF-16 without its mark: of commas, digits and line ends every second byte is zero."""
    half = len(sample) // 2
    if half == 0:
        return []
    if sample[1::2].count(0) > half * 0.05 and sample[::2].count(0) == 0:
        return ["utf-16-le"]
    if sample[::2].count(0) > half * 0.05 and sample[1::2].count(0) == 0:
        return ["utf-16-be"]
    return []


def _guesses(sample: bytes) -> list[str]:
    best = from_bytes(sample.rsplit(b"\n", 1)[0], cp_isolation=list(CHINESE)).best()
    return [best.encoding] if best else []


def delimiter_of(file: BinaryIO, encoding: str) -> str:
    """Comma, tab or semicolon, whichever the first line has most of outside quotes."""
    file.seek(0)
    words = io.TextIOWrapper(file, encoding, newline="")
    try:
        first = words.readline(SAMPLE)
    finally:
        words.detach()
    plain = "".join(first.split('"')[::2])
    return max(",\t;", key=plain.count)
