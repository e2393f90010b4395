"""Whom to call where words of danger were said: 119, 110, 120. The asker's number stays behind its reason."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hawthorn.loops.models import Text
from hawthorn.loops.rows import Row
from hawthorn.matters.rules.intake import is_danger
from hawthorn.web.request import Request

NUMBERS = ((gettext_noop("火警"), "119"), (gettext_noop("报警"), "110"), (gettext_noop("急救"), "120"))


def numbers(row: Row, texts: Sequence[Text], request: Request) -> list[dict[str, str]]:
    """Labels and numbers, for an open matter or drop in which a word of danger stands; else nothing."""
    if row.loop.name not in ("matters", "drops") or not row.item.open or not is_danger(" ".join(t.words for t in texts), row.facts, request.town):
        return []
    return [{"label": _(label), "phone": phone} for label, phone in NUMBERS]
