"""Where an attachment lies and how it is handed out. Who may see it is asked before, at the item."""

from __future__ import annotations

from pathlib import Path

from hawthorn.files.actions import path_of
from hawthorn.files.models import Attachment
from hawthorn.files.papers import NAMES
from hawthorn.files.photos import MIME
from hawthorn.files.voices import MIME as SOUND
from hawthorn.kernel.errors import NotThere

TYPES = {MIME: "jpg", SOUND: "mp3", **NAMES}


def open_file(attachment: Attachment) -> tuple[Path, str]:
    """Path and type of the bytes. Raises NotThere where they are gone."""
    path = path_of(attachment.sha)
    if not path.is_file():
        raise NotThere
    return path, attachment.mime if attachment.mime in TYPES else "application/octet-stream"


def disposition(attachment: Attachment) -> str:
    """Content-Disposition: photos are shown, voice notes played, papers only saved; the name is made here, of number and type."""
    shown = "inline" if attachment.mime in (MIME, SOUND) else "attachment"
    return f'{shown}; filename="{attachment.pk}.{TYPES.get(attachment.mime, "bin")}"'


def files_of(item: int, audience: tuple[str, ...] = ("public", "staff")) -> list[Attachment]:
    """An item's attachments, in the order they came."""
    return list(Attachment.objects.filter(item=item, audience__in=audience).order_by("seq", "id"))
