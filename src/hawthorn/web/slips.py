"""What is said once: a receipt with its word and QR code, a link for an outsider."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from hawthorn.loops.actions import Answer
from hawthorn.loops.models import Item, Reporter
from hawthorn.web import words


def qr(address: str) -> SafeString:
    """A QR code as inline SVG, without style of its own."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 (made of black squares, from an address of our own)


def qr_drawing(address: str) -> str:
    """The same as a drawing of its own, for paper."""
    sink = io.BytesIO()
    segno.make(address, error="m", micro=False).save(sink, kind="svg", xmldecl=False, scale=4, border=2, omitsize=True)
    return sink.getvalue().decode()


def address_of(request: Any, path: str) -> str:
    """A path as it is handed out: under the address the service is known by, where it is set."""
    base = settings.ENV.base_url.rstrip("/")
    return f"{base}{path}" if base else str(request.build_absolute_uri(path))


def slip(request: Any, answer: Answer, label: str = "", *, is_resident: bool = False) -> HttpResponse:
    """The receipt of somebody who asked. Word and code are shown here and nowhere else; the page is never cached."""
    token, code = answer.slip.get("token", ""), answer.slip.get("receipt", answer.receipt)
    path = reverse("what-one", args=[code])
    address = address_of(request, f"{path}?t={token}" if token else path)
    context = {
        "receipt": words.receipt(code), "word": answer.slip.get("word", ""), "qr": qr(address) if token else "", "url": f"{path}?t={token}" if token else path,
        "label": label, "is_replay": answer.replay, "item": None if is_resident else answer.id, "is_resident": is_resident,
        "is_complaint": answer.loop == "complaints", "is_joined": answer.loop == "matters" and answer.version > 1,
        "has_phone": Reporter.objects.filter(receipt=code, way="phone").exists(),
        "urgent": Item.objects.filter(pk=answer.id, urgent=True).exists(),
    }  # fmt: skip
    return _private(render(request, "web/slip.html" if not is_resident else "web/slip_public.html", context))


def link(request: Any, answer: Answer) -> HttpResponse:
    """The one-time link for an outside body."""
    address = address_of(request, reverse("out", args=[answer.slip["link"]]))
    context = {"item": answer.id, "copy": {"id": "link", "words": address, "label": _("复制链接")}, "qr": qr(address)}
    return _private(render(request, "web/link.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response
