"""Photos that come with a form: kept at once, named by a signed ticket, so that a refused form does not lose them."""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing

from hawthorn.files import actions as files

SALT = "hawthorn.uploads"
MOST = 9
KEEP_SECONDS = 24 * 3600


def take(request: Any, name: str = "files") -> list[int]:
    """Ids of all photos of this form: those kept before (signed) and those that came now. Raises Refused."""
    ids = kept(request, name)
    user = request.user if request.user.is_authenticated else None
    for upload in request.FILES.getlist(name)[: MOST - len(ids)]:
        ids.append(files.keep(upload, user=user, ticket=secrets.token_hex(16), now=request.now).pk)
    return ids


def kept(request: Any, name: str = "files") -> list[int]:
    """Those kept by an earlier press of the same form."""
    try:
        ids = signing.loads(request.POST.get(f"{name}_kept", ""), salt=SALT, max_age=KEEP_SECONDS)
    except signing.BadSignature:
        return []
    return [int(i) for i in ids][:MOST]


def ticket(ids: list[int]) -> str:
    """What the form carries so that they are not sent twice."""
    return signing.dumps(ids, salt=SALT) if ids else ""


def see(attachment: int) -> str:
    """A signed name under which a reader of a receipt may see one public photo for an hour."""
    return signing.dumps(attachment, salt=SALT + ".see")


def seen(signed: str) -> int | None:
    """The photo behind a signed name, or None."""
    try:
        return int(signing.loads(signed, salt=SALT + ".see", max_age=3600))
    except signing.BadSignature:
        return None
