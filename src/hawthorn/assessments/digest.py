"""What the machine drafts for the public: plain text from frozen minutes and public numbers. It is published only by three named people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from hawthorn.assessments.models import Minutes
from hawthorn.assessments.numbers import Numbers, numbers_of
from hawthorn.assessments.rules import figures
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.kernel.world import PlaceCard, Town

OWN = ("desk", "vacancy", "burden")


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
    """What a meeting decided: what was done, what will be done and by when, what goes on. Places, things and posts, no person.

    What was brought up in words, posts that stand empty and what was asked of the grids are the office's own: they are left out.
    """
    body: dict[str, Any] = json.loads(minutes.body)
    points = [p for p in body["points"] if p["kind"] not in OWN]
    done = [p for p in points if p["decision"] == "done"]
    new = [p for p in points if p["decision"] == "commit" and p["kind"] != "commitment"]
    going_on = [p for p in points if p["decision"] == "commit" and p["kind"] == "commitment"]
    lines = [_("{on}，{place}开了周研判会。").format(on=day(date.fromisoformat(body["on"])), place=body["place"])]
    if done:
        lines.append(_("上次定的，办好了 {n} 件：{what}。").format(n=len(done), what=_each(done)))
    if new:
        lines.append(_("这次定下来办的 {n} 件：").format(n=len(new)))
    for n, p in enumerate(new, start=1):
        lines.append(_("{n}. {about}：{words}。{lead}牵头，{until}前办好。").format(n=n, **_told(p)))
    for p in going_on:
        lines.append(_("接着办：{about}，{until}前办好。").format(**_told(p)))
    if over := [p for p in points if p["decision"] == "over"]:
        lines.append(_("已经好了、不再盯的：{what}。").format(what=_each(over)))
    if watched := [p for p in points if p["decision"] == "watch"]:
        lines.append(_("继续看的：{what}。").format(what=_each(watched)))
    return "\n".join([*lines, of_numbers(numbers)])


def draft(minutes: Minutes, place: PlaceCard, town: Town, now: datetime) -> dict[str, Any]:
    """What a release of it begins with: heading and words, with the numbers of the last month that is over."""
    month = figures.before(figures.first_of(local(now).date()))
    on = date.fromisoformat(json.loads(minutes.body)["on"])
    heading = _("{place}周研判（{on}）").format(place=place.name, on=day(on))
    return {"kind": "digest", "heading": heading, "words": of_minutes(minutes, numbers_of(place, month, town, now)), "meeting": minutes.meeting_id}


def _told(point: dict[str, Any]) -> dict[str, str]:
    until = day(local(datetime.fromisoformat(point["until"])).date())
    return {"about": point["about"], "words": point["words"].rstrip("。"), "lead": point["lead"], "until": until}


def _each(points: Sequence[dict[str, Any]]) -> str:
    """Each thing once, with how many of it there are where there are several."""
    counted = Counter(p["about"] for p in points)
    return "；".join(about if n == 1 else _("{about}（{n} 项）").format(about=about, n=n) for about, n in counted.items())
