"""我的信息: what an asker left of themselves, shown to them masked; taken away when they ask for it (个人信息保护法 45–47)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hawthorn.accounts import keys
from hawthorn.files.models import Attachment
from hawthorn.files.voices import MIME as SOUND
from hawthorn.loops import erasure
from hawthorn.loops.models import Reporter
from hawthorn.web.request import Request

FORGET = "forget"
LABELS = {"name": "称呼", "phone": "电话", "mail": "邮箱", "address": "住址"}
TAIL = 4


def kept(reporter: Reporter) -> list[dict[str, str]]:
    """What there is, masked: of a phone the last four digits, of other things the first character."""
    voices, contact = Attachment.objects.filter(asker=reporter.pk, mime=SOUND).count(), reporter.contact
    spoken = [{"label": _("录音"), "value": _("{n} 段").format(n=voices)}] if voices else []
    if contact is None or contact.erased_at is not None or not contact.cipher:
        return spoken
    opened = keys.unseal(bytes(contact.cipher), "contact")
    return [{"label": _(label), "value": masked(name, str(opened[name]))} for name, label in LABELS.items() if opened.get(name)] + spoken


def masked(name: str, value: str) -> str:
    """As it may stand on a screen that others can see."""
    if name == "phone":
        return "*" * max(TAIL, len(value) - TAIL) + (value[-TAIL:] if len(value) > TAIL else "")
    if name == "mail":
        return f"{value[:1]}***@{value.rpartition('@')[2]}"
    return f"{value[:1]}***"


def panel(reporter: Reporter) -> dict[str, Any]:
    """For what.html, where the word or the token was said."""
    return {"lines": kept(reporter), "hides": reporter.hides_from_grid, "do": FORGET}


def forget(reporter: Reporter, request: Request) -> bool:
    """Take contact and voice away for good; whether there was either."""
    return erasure.erase_on_request(reporter, now=request.now)
