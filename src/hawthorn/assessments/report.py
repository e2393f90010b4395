"""纪要 and 工作报告 as papers: minutes word for word as frozen, the report from the same numbers as board, wall, digest and export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from hawthorn.assessments.digest import day
from hawthorn.assessments.models import Erratum, Minutes
from hawthorn.assessments.numbers import Numbers
from hawthorn.assessments.rules.meetings import DECISIONS, KINDS
from hawthorn.drops.queries import Went
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.papers.paper import Block, Heading, Paper, Para, Table

NUMERALS = "一二三四五六七八九十"


def ordinal(n: int) -> str:
    """一、二、…十一、: how headings of an official paper are counted (n from 1)."""
    if n <= 10:
        return NUMERALS[n - 1]
    tens, ones = divmod(n, 10)
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")


def of_minutes(minutes: Minutes, errata: Sequence[Erratum], stamp: str = "") -> Paper:
    """The minutes as they were frozen, with the corrections behind them."""
    body: dict[str, Any] = json.loads(minutes.body)
    on = day(date.fromisoformat(body["on"]))
    blocks: list[Block] = [Para(_("{on}，{place}开了周研判会，由{chair}主持。议定情况如下：").format(on=on, place=body["place"], chair=body["chair"]))]
    for n, (kind, points) in enumerate(groupby(body["points"], key=lambda p: p["kind"]), start=1):
        blocks.append(Heading(f"{ordinal(n)}、{KINDS[kind]}"))
        blocks += [Para(f"{p['sort']}. {p['about']}。{sentence(p)}") for p in points]
    if not body["points"]:
        blocks.append(Para(_("没有要议的事。")))
    if body["offline"]:
        blocks.append(Para(_("另有线下会商 {n} 件。").format(n=body["offline"])))
    for one in errata:
        blocks.append(Para(_("更正（{on}）：{words}").format(on=day(local(one.at).date()), words=one.words)))
    digest = _("定稿 {at}，校验码 {digest}").format(at=f"{local(minutes.at):%Y-%m-%d %H:%M}", digest=minutes.digest[:16])
    title = _("{place}周研判会议纪要").format(place=body["place"])
    return Paper(title, blocks, signed=body["place"], dated=on, stamp=stamp, notes=(digest,))


def sentence(point: dict[str, Any]) -> str:
    """Why it was there, and what was decided."""
    said = f"{point['why']}。" if point["why"] else ""
    if point["decision"] == "done":
        return said
    words = f"{DECISIONS[point['decision']]}"
    if point["words"]:
        words += f"：{point['words'].rstrip('。')}"
    if point["lead"]:
        words += _("，{lead}牵头").format(lead=point["lead"])
    if point["until"]:
        words += _("，{until}前").format(until=_day_of(point["until"]))
    return f"{said}{words}。"


def _day_of(at: str) -> str:
    there = local(datetime.fromisoformat(at))
    return f"{there.month}月{there.day}日"


def of_week(minutes: Minutes, numbers: Numbers, went: Went, quarter: str, stamp: str = "") -> Paper:
    """工作报告 of the week: numbers of the month so far, what was promised and kept, what was decided, what recurs, what residents said."""
    body: dict[str, Any] = json.loads(minutes.body)
    on = day(date.fromisoformat(body["on"]))
    parts: list[tuple[str, list[Block]]] = [
        (_("办得怎么样"), list(_numbers(numbers))),
        (_("上次议定的办得怎么样"), _of(body, "commitment", _("没有上次议定的事。"))),
        (_("这次定下来的"), _decided(body)),
        (_("高频问题"), _of(body, "problem", _("没有比往常多的。"))),
        (_("居民说的话去哪儿了"), [Para(_said(went, quarter))]),
    ]
    blocks: list[Block] = []
    for n, (heading, inside) in enumerate(parts, start=1):
        blocks += [Heading(f"{ordinal(n)}、{heading}"), *inside]
    return Paper(_("{place}周工作报告").format(place=body["place"]), blocks, signed=body["place"], dated=on, stamp=stamp)


def _numbers(numbers: Numbers) -> Iterator[Block]:
    month = f"{numbers.month.year}年{numbers.month.month}月"
    yield Para(_("{month}到现在，来件 {found} 件，办结 {settled} 件。").format(month=month, found=numbers.found, settled=numbers.settled))
    rows = [(s.figure.label, f"{s.top}/{s.bottom}", "—" if s.percent is None else f"{s.percent}%") for s in numbers.shares]
    yield Table(((_("数字"), 2), (_("其中/总数"), 1), (_("占比"), 1)), rows)


def _of(body: dict[str, Any], kind: str, nothing: str) -> list[Block]:
    mine = [p for p in body["points"] if p["kind"] == kind]
    return [Para(f"{n}. {p['about']}。{sentence(p)}") for n, p in enumerate(mine, start=1)] or [Para(nothing)]


def _decided(body: dict[str, Any]) -> list[Block]:
    made = [p for p in body["points"] if p["decision"] == "commit" and p["kind"] != "commitment"]
    rows = [(p["about"], p["words"], p["lead"], _day_of(p["until"])) for p in made]
    return [Table(((_("什么事"), 3), (_("做什么"), 3), (_("谁牵头"), 2), (_("什么时候前"), 1.4)), rows)] if rows else [Para(_("这次没有新定的事。"))]


def _said(went: Went, quarter: str) -> str:
    first = _("{quarter}到现在一共 {came} 条：去办了 {matters} 条，其中办完 {over} 条；并到别人说的一起办 {joined} 条；当场答复 {information} 条；")
    rest = _("不归这里办的 {declined} 条；还没有分的 {waiting} 条。")
    return first.format(quarter=quarter, **went._asdict()) + rest.format(**went._asdict())
