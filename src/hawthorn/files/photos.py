"""A photo made safe: decoded within limits, turned upright, made smaller, written anew without anything that was beside the picture."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _

MIME = "image/jpeg"
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_PIXELS = 40_000_000
LONGEST = 2048
BLENDED = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")  # modes whose points can be averaged as they are
QUALITY = 82
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error, MemoryError)
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"heim", b"heis")


def cleaned(data: bytes) -> bytes:
    """JPEG bytes of at most 2,048 pixels a side. Raises Refused too_large for too many pixels, wrong_type for what is no photo."""
    try:
        with Image.open(io.BytesIO(data), formats=[f for f in FORMATS if f in _known()]) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise _too_many()
            return _encoded(photo)
    except BOMBS:
        raise _too_many() from None
    except BROKEN:
        raise Refused("wrong_type", fields=["file"], detail=_why_not(data)) from None


def _known() -> frozenset[str]:
    """Formats that Pillow can open here; HEIF only where a plugin brought it."""
    Image.init()
    return frozenset(Image.OPEN)


def _encoded(photo: Image.Image) -> bytes:
    """Made small first: every later copy is of at most 2,048 pixels a side, whatever was sent."""
    photo.draft("RGB", (LONGEST, LONGEST))
    is_clear = photo.mode in ("RGBA", "LA", "PA") or "transparency" in photo.info
    small = photo.convert("RGBA" if is_clear else "RGB") if photo.mode not in BLENDED or "transparency" in photo.info else photo
    small.thumbnail((LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(small)
    if is_clear:
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    upright = upright.convert("RGB")
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _too_many() -> Refused:
    return Refused("too_large", fields=["file"], detail=_("照片的像素太多，最多 4000 万。没有保存，请缩小后再传。"))


def _why_not(data: bytes) -> str:
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return _("这张照片是 HEIC 格式，这里打不开。请在手机相机设置里选「兼容性最佳」重拍，或者截图后再传。")
    return _("这个文件不是能打开的照片（JPEG、PNG、WebP），可能已损坏。请换一张。")
