"""高频问题 on its page: the matters it gathers, the promises made about it, and which month's stubborn problem it is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.assessments import detection
from hawthorn.assessments.models import Commitment
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row
from hawthorn.web import words
from hawthorn.web.request import Request

SHOWN = 20


def panel(row: Row, request: Request) -> dict[str, Any]:
    """For _gathered.html; empty for other loops. `matters` and `promises` are those the asker may see, the newest first. Five statements or so."""
    if row.loop.name != "problems":
        return {}
    rows, newest = detection.gathered(row.item, row.facts.found_on)
    number = rows.count()
    promised = Item.objects.filter(pk__in=Commitment.objects.filter(problem=row.item.pk).values("item")).order_by("-id")
    shown = list(rows[:SHOWN])
    return {
        "matters": _lines(shown, request), "promises": _lines(list(promised[:SHOWN]), request),
        "said": _("共 {n} 件，最近一件是 {at} 来的").format(n=number, at=words.moment(newest, request.now)) if newest else "",
        "rest": _("这里列出最近的 {n} 件。").format(n=len(shown)) if number > len(shown) else "",
    }  # fmt: skip


def _lines(items: list[Item], request: Request) -> list[dict[str, Any]]:
    """As short lines: what, where it stands, when it came."""
    return [
        {
            "url": reverse("item", args=[r.item.pk]), "what": r.item.title, "stage": _(LOOPS[r.item.loop].stages[r.item.stage].label),
            "tag": words.due_tag(r.item, request.now), "at": words.moment(r.item.opened_at, request.now),
        }
        for r in queries.visible_among(items, actor=request.actor, town=request.town, now=request.now)
    ]  # fmt: skip
