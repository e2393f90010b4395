"""我的信息: what an asker left of themselves, shown to them masked; taken away when they ask for it (个人信息保护法 45–47)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hawthorn.accounts import keys
from hawthorn.loops import erasure
from hawthorn.loops.models import Reporter
from hawthorn.web.request import Request

FORGET = "forget"
LABELS = {"name": "称呼", "phone": "电话", "mail": "邮箱", "address": "住址"}
TAIL = 4


def kept(reporter: Reporter) -> list[dict[str, str]]:
    """What there is, masked: of a phone the last four digits, of other things the first character."""
    contact = reporter.contact
    if contact is None or contact.erased_at is not None or not contact.cipher:
        return []
    opened = keys.unseal(bytes(contact.cipher), "contact")
    return [{"label": _(label), "value": masked(name, str(opened[name]))} for name, label in LABELS.items() if opened.get(name)]


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
    """Take the contact away for good; whether there was one."""
    return erasure.erase_on_request(reporter, now=request.now)
