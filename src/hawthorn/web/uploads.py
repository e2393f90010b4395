"""Photos and voice notes that come with a form: kept at once, named by a signed ticket, so that a refused form does not lose them."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from hawthorn.files import actions as files
from hawthorn.files.models import Attachment
from hawthorn.files.voices import MIME as SOUND
from hawthorn.files.voices import words_for

SALT = "hawthorn.uploads"
MOST = 9
KEEP_SECONDS = 24 * 3600


def take(request: Any, name: str = "files", *, is_public: bool = False) -> list[int]:
    """Ids of all photos of this form: those kept before (signed) and those that came now. Raises Refused.

    On public pages they are nobody's, whoever is signed in. The same bytes under the same key have the number they had the first time.
    """
    ids, mark = kept(request, name), _mark(request)
    user = request.user if request.user.is_authenticated and not is_public else None
    for upload in request.FILES.getlist(name)[: MOST - len(ids)]:
        ids.append(_first(files.keep(upload, user=user, ticket=mark, now=request.now), ids))
    return ids


def speak(raw: dict[str, Any], ids: list[int]) -> None:
    """Who spoke and wrote nothing has said something: how long stands in the place of the words."""
    if ids and not (raw.get("words") or "").strip():
        seconds = sum(Attachment.objects.filter(pk__in=ids, mime=SOUND).values_list("seconds", flat=True))
        if seconds:
            raw["words"] = words_for(seconds)


def or_spoken() -> dict[str, Any]:
    """For the field for words beside one for a voice: the server asks for either, and so does the page's script."""
    return {"required": False, "must": _("（写或者说）")}


def _mark(request: Any) -> str:
    """Of this press of this form; of nothing else where the form has no key."""
    key = request.POST.get("key", "")[:64]
    return hashlib.sha256(f"{request.path} {key}".encode()).hexdigest() if key else secrets.token_hex(16)


def _first(found: Attachment, ids: list[int]) -> int:
    """The number these bytes had when the same press came before; their own where it did not."""
    before = Attachment.objects.filter(ticket=found.ticket, sha=found.sha, user=found.user_id, pk__lt=found.pk).exclude(pk__in=ids)
    return before.order_by("pk").values_list("pk", flat=True).first() or found.pk


def kept(request: Any, name: str = "files") -> list[int]:
    """Those kept by an earlier press of the same form."""
    try:
        ids = signing.loads(request.POST.get(f"{name}_kept", ""), salt=SALT, max_age=KEEP_SECONDS)
    except signing.BadSignature:
        return []
    return [int(i) for i in ids][:MOST]


def unused(ids: list[int]) -> list[int]:
    """For a form that comes back: what another command has used since is not offered again, but the same bytes sent once more are."""
    found: list[int] = []
    for a in Attachment.objects.filter(pk__in=ids).order_by("pk"):
        spare = Attachment.objects.filter(ticket=a.ticket, sha=a.sha, user=a.user_id, item__isnull=True).exclude(pk__in=[*ids, *found]).order_by("-pk")
        number = a.pk if a.item is None else spare.values_list("pk", flat=True).first()
        found += [number] if number else []
    return found


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
