"""What may be named in a body, and uploads, at the JSON door."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDictKeyError
from ninja import Router

from hawthorn.files import actions as files
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import CHOICES, Asking
from hawthorn.loops import queries
from hawthorn.web.api_answers import number, say

router = Router()


@router.get("/choices/{kind}")
def list_choices(request: HttpRequest, kind: str) -> HttpResponse:
    """Rows of a kind as the caller may choose; `item`: for that item; `q`: words the label holds."""
    asks: Any = request
    provider = CHOICES.get(kind)
    if provider is None:
        raise NotThere
    words = asks.GET.get("item", "")
    facts = queries.get_visible(number("item", words), actor=asks.actor, town=asks.town, now=asks.now).facts if words else None
    asking = Asking(asks.actor, asks.town, asks.now, facts, asks.GET.get("q", "").strip()[:60].replace("\x00", ""))
    return say({"items": [{"value": value, "label": label} for value, label in provider.list(asking)]})


@router.post("/files")
def upload(request: HttpRequest) -> HttpResponse:
    """Keep one file (multipart, field `file`): photos are re-encoded without position. Its number goes into `files` of a step."""
    asks: Any = request
    try:
        sent = asks.FILES["file"]
    except (MultiValueDictKeyError, KeyError):
        raise Refused("missing", fields=["file"]) from None
    kept = files.keep(sent, user=asks.api_user, now=asks.now)
    return say({"id": kept.pk, "mime": kept.mime, "size": kept.size}, 201)
