"""Uploads: told by content, stripped, re-encoded, capped; served under names made here; forgotten when unused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from PIL import Image

from hawthorn.files import actions, queries
from hawthorn.files.models import Attachment
from hawthorn.files.papers import DOCX, PDF, XLSX
from hawthorn.files.photos import LONGEST, MIME
from hawthorn.kernel.errors import NotThere, Refused
from make import Scene

HERE = b"GPS-SECRET-POSITION"


@pytest.fixture(autouse=True)
def _root(settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path / "files"


def photo(kind: str = "JPEG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    picture = Image.new(mode, size, 0)
    picture.putpixel((0, 0), 255 if mode in ("L", "P", "1") else (255, 0, 0, 255)[: len(mode)])
    picture.save(out, kind, **more)
    return out.getvalue()


def keep(s: Scene, data: bytes, who: str | None = "officer1") -> Attachment:
    return actions.keep(io.BytesIO(data), user=s.users[who] if who else None, ticket="t", now=s.now)


def kept(attachment: Attachment) -> bytes:
    return queries.open_file(attachment)[0].read_bytes()


def refusal(s: Scene, data: bytes, who: str | None = "officer1") -> str:
    with pytest.raises(Refused) as found:
        keep(s, data, who)
    assert any("\u4e00" <= c <= "\u9fff" for c in found.value.detail)
    assert not Attachment.objects.exists()
    return found.value.code


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("WEBP", "RGBA")],
)
def test_photos_become_plain_jpeg(s: Scene, kind: str, mode: str) -> None:
    attachment = keep(s, photo(kind, mode=mode), None)
    path, mime = queries.open_file(attachment)
    assert mime == attachment.mime == MIME
    assert path.parent.name == attachment.sha[:2]
    with Image.open(path) as found:
        assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (600, 400))
    assert attachment.size == path.stat().st_size


def test_position_and_all_else_beside_the_picture_is_gone(s: Scene) -> None:
    exif = Image.Exif()
    exif[0x010E] = HERE.decode()
    exif.get_ifd(0x8825)[29] = HERE.decode()
    data = photo(exif=exif, comment=HERE, icc_profile=HERE * 20)
    assert HERE in data
    found = kept(keep(s, data))
    assert HERE not in found
    with Image.open(io.BytesIO(found)) as picture:
        assert not picture.getexif()
        assert "comment" not in picture.info
        assert "icc_profile" not in picture.info
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("where", HERE.decode())
    assert HERE not in kept(keep(s, photo("PNG", pnginfo=words)))


def test_a_photo_held_sideways_stands_upright(s: Scene) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(kept(keep(s, photo(exif=exif))))) as found:
        assert found.size == (400, 600)


def test_large_photos_are_made_smaller_and_small_ones_stay(s: Scene) -> None:
    with Image.open(io.BytesIO(kept(keep(s, photo(size=(6000, 3000)))))) as found:
        assert found.size == (LONGEST, LONGEST // 2)
    with Image.open(io.BytesIO(kept(keep(s, photo("PNG", size=(3, 5000)))))) as found:
        assert max(found.size) == LONGEST
    with Image.open(io.BytesIO(kept(keep(s, photo(size=(10, 10)))))) as found:
        assert found.size == (10, 10)


def test_a_large_picture_is_small_before_it_is_copied(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    new, convert = Image.new, Image.Image.convert
    monkeypatch.setattr(Image, "new", lambda mode, size, *more: made.append(size[0] * size[1]) or new(mode, size, *more))  # type: ignore[func-returns-value]
    monkeypatch.setattr(Image.Image, "convert", lambda one, *more, **named: made.append(one.width * one.height) or convert(one, *more, **named))
    data = photo("PNG", size=(5000, 4000), mode="RGBA")
    made.clear()
    found = keep(s, data)
    assert sum(n > LONGEST**2 for n in made) <= 1, "once to average the points by how clear they are"
    with Image.open(io.BytesIO(kept(found))) as small:
        assert small.size == (LONGEST, 1638)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("size", [(10_000, 5_000), (40_000, 40_000), (2**30, 2**30)])
def test_a_picture_of_too_many_pixels_is_refused_by_its_header(s: Scene, size: tuple[int, int]) -> None:
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    assert refusal(s, bomb) == "too_large"


def test_what_is_no_photo_is_refused_whatever_it_is_called(s: Scene) -> None:
    whole = photo()
    gif = photo("GIF", mode="P")
    for data in (b"", b"x", b"<svg/>", b"<html><script>", gif, whole[: len(whole) // 3], b"\xff\xd8\xff", b"MZ" * 500, photo("BMP"), photo("TIFF")):
        for who in ("officer1", None):
            assert refusal(s, data, who) == "wrong_type"


def test_heic_is_refused_with_what_to_do(s: Scene) -> None:
    data = b"\x00\x00\x00\x18ftypheic" + b"\0" * 100
    with pytest.raises(Refused) as found:
        keep(s, data)
    assert "HEIC" in found.value.detail


def test_what_hides_behind_a_photo_does_not_survive(s: Scene) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", "<script>")
    assert b"evil" not in kept(keep(s, photo() + out.getvalue()))


def test_more_than_ten_megabytes_are_refused_whatever_size_is_claimed(s: Scene) -> None:
    data = photo() + b"\0" * (10 * 1024 * 1024)
    assert refusal(s, data) == "too_large"

    class Liar(io.BytesIO):
        size = 10

    with pytest.raises(Refused) as found:
        actions.keep(Liar(data), user=None, now=s.now)
    assert found.value.code == "too_large"


def office(part: str, **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(part, "<x/>")
        for name, data in more.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_papers_are_for_staff_and_told_by_content(s: Scene) -> None:
    out = io.BytesIO()
    Workbook().save(out)
    pdf = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
    for data, mime in ((pdf, PDF), (office("word/document.xml"), DOCX), (out.getvalue(), XLSX)):
        attachment = keep(s, data)
        assert (attachment.mime, kept(attachment)) == (mime, data)
        assert queries.disposition(attachment).startswith("attachment; ")
        attachment.delete()
        assert refusal(s, data, None) == "wrong_type"


def test_papers_that_are_not_what_they_claim_are_refused(s: Scene) -> None:
    assert refusal(s, b"%PDF-1.7 cut off") == "wrong_type"
    assert refusal(s, b"%PDF-1.7 /S /JavaScript %%EOF") == "wrong_type"
    assert refusal(s, office("other.xml")) == "wrong_type"
    assert refusal(s, b"PK\x03\x04" + b"x" * 100) == "wrong_type"
    assert refusal(s, office("word/document.xml", **{"word/vbaProject.bin": b"x"})) == "wrong_type"
    assert refusal(s, office("word/document.xml", **{"word/big.xml": b"\0" * 5_000_000})) == "too_large"


def test_the_same_bytes_lie_there_once(s: Scene) -> None:
    one, two = keep(s, photo()), keep(s, photo())
    assert one.sha == two.sha
    assert one.pk != two.pk
    assert queries.open_file(one)[0] == queries.open_file(two)[0]


def test_the_name_it_is_served_under_is_made_here(s: Scene) -> None:
    attachment = keep(s, photo())
    assert queries.disposition(attachment) == f'inline; filename="{attachment.pk}.jpg"'
    attachment.mime = "text/html"
    assert queries.open_file(attachment)[1] == "application/octet-stream"
    assert queries.disposition(attachment).startswith("attachment")


def test_unused_uploads_are_forgotten_after_a_day(s: Scene) -> None:
    used, unused, fresh = keep(s, photo(size=(10, 10))), keep(s, photo(size=(20, 20))), keep(s, photo(size=(30, 30)))
    twin = keep(s, photo(size=(10, 10)))
    Attachment.objects.filter(pk=used.pk).update(item=1)
    Attachment.objects.filter(pk=fresh.pk).update(at=s.now + timedelta(hours=2))
    assert actions.prune_unused(s.now + timedelta(hours=25)) == 2
    assert set(Attachment.objects.values_list("pk", flat=True)) == {used.pk, fresh.pk}
    assert queries.open_file(used)
    with pytest.raises(NotThere):
        queries.open_file(unused)
    assert twin.sha == used.sha
    assert actions.prune_unused(s.now + timedelta(hours=25)) == 0
