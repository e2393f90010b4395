"""Keeping and forgetting uploads. What is kept lies under its own digest; the same bytes lie there once."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from hawthorn.accounts.models import User
from hawthorn.files import papers, photos, voices
from hawthorn.files.models import Attachment
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _

MOST_BYTES = 10 * 1024 * 1024
UNUSED_FOR = timedelta(days=1)
CHUNK = 500


def keep(upload: Any, *, user: User | None, ticket: str = "", now: datetime) -> Attachment:
    """Check by content, strip, re-encode, store. `upload`: anything with `read` (and `size`). Raises Refused too_large, wrong_type.

    Photos and voice notes from anybody; papers only from staff (`user`). The name it came with is never looked at.
    """
    data = _read(upload)
    paper = papers.kind_of(data)
    if paper and user is None:
        raise Refused("wrong_type", fields=["file"], detail=_("这里只收照片（JPEG、PNG、WebP）。文件请交到窗口。"))
    if paper:
        papers.check(data, paper)
    kept, mime, seconds = _kept(data, paper)
    sha = hashlib.sha256(kept).hexdigest()
    store(kept, sha)
    attachment = Attachment.objects.create(sha=sha, mime=mime, size=len(kept), seconds=seconds, user=user, ticket=ticket, at=now)
    store(kept, sha)  # the same bytes may have been pruned a moment ago, before this row named them
    return attachment


def _kept(data: bytes, paper: str) -> tuple[bytes, str, int]:
    """What is kept of it: bytes, type, seconds of sound."""
    if paper:
        return data, paper, 0
    if voices.is_voice(data):
        heard, seconds = voices.cleaned(data)
        return heard, voices.MIME, seconds
    return photos.cleaned(data), photos.MIME, 0


def _read(upload: Any) -> bytes:
    """Never more than a byte beyond what is allowed, whatever size was claimed."""
    too_large = Refused("too_large", fields=["file"], detail=_("文件太大，最多 10 MB。没有保存，请缩小后再传。"))
    if (getattr(upload, "size", None) or 0) > MOST_BYTES:
        raise too_large
    data: bytes = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise too_large
    if not data:
        raise Refused("wrong_type", fields=["file"], detail=_("文件是空的，请重新选择。"))
    return data


def path_of(sha: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.FILES_ROOT) / sha[:2] / sha


def store(data: bytes, sha: str) -> None:
    """Write whole or not at all; readable by the service only."""
    target = path_of(sha)
    if target.exists():
        os.utime(target)
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(target)


def prune_unused(now: datetime) -> int:
    """Forget uploads no command has used for a day, and their bytes where nobody else has the same; how many."""
    return forget(Attachment.objects.filter(item=None, at__lt=now - UNUSED_FOR))


def forget(found: QuerySet[Attachment]) -> int:
    """Delete these, and their bytes where nobody else has the same; how many. They are looked for again until none is left."""
    gone = 0
    while old := list(found.values_list("pk", "sha")[:CHUNK]):
        with transaction.atomic():
            found.filter(pk__in=[pk for pk, _sha in old]).delete()
            shas = {sha for _pk, sha in old}
            left = shas - set(Attachment.objects.filter(sha__in=shas).values_list("sha", flat=True))
            for sha in left:
                path_of(sha).unlink(missing_ok=True)
        gone += len(old)
    return gone
