"""How often a checkpoint is looked at, what was found and when, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from hawthorn.patrols.models import Look
from hawthorn.patrols.rules import due, points
from hawthorn.patrols.rules.due import Line
from hawthorn.web import words

SIGNS = {points.FINE: "good", points.PROBLEM: "soon", points.SKIPPED: ""}


def rule_words(line: Line | None) -> str:
    """“每周 周一、周四 · 3月、4月”."""
    if line is None:
        return ""
    said = {
        due.WEEKLY: _("每{days}").format(days="、".join(words.week_name(n) for n in line.weekdays)),
        due.MONTHLY: _("每月 {days} 号").format(days="、".join(str(day) for day in line.days)),
        due.FESTIVAL: _("节假日和节前 {n} 天").format(n=line.ahead),
    }.get(line.rule) or _(due.RULES.get(line.rule, line.rule))
    return said + (f" · {month_words(line.months)}" if line.months else "")


def month_words(months: Sequence[int]) -> str:
    """“3月、4月”."""
    return "、".join(_(words.MONTHS[n - 1]) for n in months)


def look_tag(look: Look) -> dict[str, str]:
    """What was found, as a tag."""
    said = _(points.RESULTS[look.result])
    return {"text": f"{said}：{_(points.REASONS[look.reason])}" if look.reason else said, "kind": SIGNS[look.result]}


def since_tag(since: date, on: date) -> dict[str, str] | None:
    """补看: due on an earlier day and not seen since."""
    return {"text": _("补看，{day}该看的").format(day=words.day(since, on)), "kind": "soon"} if since < on else None


def last_cell(look: Look | None, today: date) -> dict[str, Any]:
    """The newest look as a cell of a table."""
    if look is None:
        return {"text": _("还没有看过"), "label": _("上次看")}
    return {"text": words.day(look.on, today), "tag": look_tag(look), "label": _("上次看")}
