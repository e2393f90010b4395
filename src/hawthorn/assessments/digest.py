"""What the machine drafts for the public: plain text from frozen minutes and public numbers. It is published only by three named people."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from hawthorn.assessments.models import Minutes
from hawthorn.assessments.numbers import Numbers
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _


def day(on: date) -> str:
    """2026年11月23日."""
    return f"{on.year}年{on.month}月{on.day}日"


def of_numbers(numbers: Numbers) -> str:
    """The public shares of a month, each with what it counts; where fewer than five stand on one side, only that it is so."""
    lines = [_("{month}，{place}来件 {found} 件，办结 {settled} 件。").format(
        month=f"{numbers.month.year}年{numbers.month.month}月", place=numbers.place.name, found=numbers.found, settled=numbers.settled
    )]  # fmt: skip
    for share in numbers.shares:
        if not share.figure.is_public:
            continue
        if share.percent is None or share.is_few:
            lines.append(_("{label}：件数太少，不公开。").format(label=share.figure.label))
        else:
            told = {"label": share.figure.label, "percent": share.percent, "top": share.top, "bottom": share.bottom}
            lines.append(_("{label} {percent}%（{top}/{bottom}）。").format(**told) + share.figure.meaning)
    return "\n".join(lines)


def of_minutes(minutes: Minutes, numbers: Numbers) -> str:
    """What a meeting decided to do and by when; places and things, no post below the subdistrict by person, no reason that is not for everybody."""
    body: dict[str, Any] = json.loads(minutes.body)
    points = body["points"]
    promised = [p for p in points if p["decision"] == "commit" and p["kind"] != "desk"]
    done = [p for p in points if p["decision"] == "done" and p["kind"] != "desk"]
    watched = [p for p in points if p["decision"] == "watch" and p["kind"] != "desk"]
    lines = [_("{on}，{place}开了周研判会。").format(on=day(date.fromisoformat(body["on"])), place=body["place"])]
    if done:
        lines.append(_("上次定的，办好了 {n} 件：{what}。").format(n=len(done), what="；".join(p["about"] for p in done)))
    for n, p in enumerate(promised, start=1):
        until = local(datetime.fromisoformat(p["until"])).date()
        lines.append(_("{n}. {about}：{lead}牵头，{until}前办好。").format(n=n, about=p["about"], lead=p["lead"], until=day(until)))
    if watched:
        lines.append(_("继续看的 {n} 件：{what}。").format(n=len(watched), what="；".join(p["about"] for p in watched)))
    return "\n".join([*lines, of_numbers(numbers)])
