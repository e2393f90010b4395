"""Dates and limits as a neighbour would say them. Times are shown in Asia/Shanghai; midnight belongs to the day it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hawthorn.kernel.clock import local
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops.reporters import plain
from hawthorn.tenants.settings import called

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHORT = timedelta(hours=3)
WEEK = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
MONTHS = ("1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月")
LIMITS = {
    ("matters", "found"): "受理", ("matters", "assigned"): "接单", ("matters", "working"): "办结", ("matters", "checking"): "核查",
    ("matters", "answering"): "回访", ("matters", "waiting_resident"): "等补充", ("matters", "waiting_outside"): "等外单位",
    ("matters", "parked"): "复看", ("assists", "called"): "答复", ("assists", "accepted"): "办结", ("assists", "refused"): "决定",
    ("approvals", "asked"): "批复", ("instructions", "given"): "答复", ("instructions", "answered"): "认可", ("tellings", "owed"): "回话",
    ("drops", "captured"): "处理", ("drops", "raised"): "处理",
    ("complaints", "lodged"): "接办", ("complaints", "handling"): "答复", ("vacancies", "open"): "补岗",
    ("handovers", "giving"): "交接", ("handovers", "taking"): "交接", ("handovers", "late"): "交接",
    ("group_tasks", "open"): "认领", ("group_tasks", "taken"): "做好", ("group_tasks", "lying"): "认领",
    ("set_up_gaps", "open"): "补齐",
    ("errands", "out"): "报齐", ("errands", "complete"): "报出", ("errand_parts", "asked"): "报上",
}  # fmt: skip


def kind_of(loop: str, request: Any) -> str:
    """What the items of a loop are called: by the place's own word (本地叫法) where it has one."""
    return (called(loop, request.tenant.words) if request.tenant else "") or _(LOOPS[loop].label)


def day_of(at: datetime) -> tuple[date, str]:
    """The local day and the time of day; 00:00 is 24:00 of the day before."""
    there = local(at)
    if there.hour == there.minute == there.second == 0:
        return (there - DAY).date(), "24:00"
    return there.date(), f"{there:%H:%M}"


def day(on: date, today: date) -> str:
    """“11月25日”, with the year where it is another one."""
    if on.year == today.year:
        return _("{month}{day}日").format(month=_(MONTHS[on.month - 1]), day=on.day)
    return _("{year}年{month}{day}日").format(year=on.year, month=_(MONTHS[on.month - 1]), day=on.day)


def day_words(at: datetime | None, now: datetime) -> str:
    """The local day of a moment, “11月25日”."""
    return day(local(at).date(), local(now).date()) if at else ""


def week(on: date) -> str:
    """“周一”."""
    return week_name(on.weekday())


def week_name(number: int) -> str:
    """The day of the week by number, 0 is “周一”."""
    return _(WEEK[number])


def moment(at: datetime | None, now: datetime) -> str:
    """“今天 18:00”, “昨天 09:10”, “11月16日 18:20”."""
    if at is None:
        return ""
    there, today = local(at), local(now).date()
    near = {0: _("今天"), -1: _("昨天"), 1: _("明天")}.get((there.date() - today).days)
    return f"{near or day(there.date(), today)} {there:%H:%M}"


def stamp(at: datetime | None) -> str:
    """“2026年11月23日 16:00”: as it is written on paper."""
    if at is None:
        return ""
    on, clock = day_of(at)
    return _("{year}年{month}{day}日").format(year=on.year, month=_(MONTHS[on.month - 1]), day=on.day) + f" {clock}"


def until(at: datetime, now: datetime) -> str:
    """“今天 18:00 前”, “明天 08:05 前”, “11月25日前”."""
    on, clock = day_of(at)
    today = local(now).date()
    far = (on - today).days
    if far == 0:
        return _("今天 {clock} 前").format(clock=clock)
    if far == 1:
        return _("明天 {clock} 前").format(clock=clock)
    return _("{day}前").format(day=day(on, today))


def span(of: timedelta) -> str:
    """“20 分钟”, “2 小时”, “3 天”; at least one minute."""
    if of < HOUR:
        return _("{n} 分钟").format(n=max(1, int(of.total_seconds() // 60)))
    if of < DAY:
        return _("{n} 小时").format(n=int(of // HOUR))
    return _("{n} 天").format(n=of.days)


def how_late(due: datetime, now: datetime) -> dict[str, str]:
    """A tag: text and kind (late, soon, or nothing)."""
    if due < now:
        return {"text": _("已超时 {span}").format(span=span(now - due)), "kind": "late"}
    if due - now <= SHORT:
        return {"text": _("还有 {span}").format(span=span(due - now)), "kind": "soon"}
    is_today = day_of(due)[0] == local(now).date()
    return {"text": until(due, now), "kind": "soon" if is_today else ""}


def which_limit(item: Any, outside: datetime | None = None) -> str:
    """Which limit the due time is: the stage's own, the promise (办结), or an outside one (外来期限)."""
    if outside is not None and item.due_at == outside:
        return _("外来期限")
    own = LIMITS.get((item.loop, item.stage), "")
    if item.stage_due_at is not None and item.due_at is not None and item.due_at < item.stage_due_at:
        return _("办结")
    return _(own) if own else ""


def due_tag(item: Any, now: datetime, outside: datetime | None = None) -> dict[str, str]:
    """How late, with the name of the limit that is meant: “受理 已超时 2 小时”."""
    if item.due_at is None:
        return {"text": "", "kind": ""}
    tag = how_late(item.due_at, now)
    name = which_limit(item, outside)
    return {**tag, "text": f"{name} {tag['text']}".strip()}


def today_words(now: datetime) -> str:
    """“11月23日 周一”."""
    today = local(now).date()
    return f"{day(today, today)} {week(today)}"


def receipt(code: str) -> str:
    """As it is read aloud: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def plain_receipt(words: str) -> str:
    """What somebody typed, as it is stored, however it was written."""
    return plain(words)[:8]


def split_title(title: str) -> tuple[str, str]:
    """Category and place."""
    what, _dot, where = title.partition(" · ")
    return what, where


def without(place: str, post: str) -> str:
    """A post under the heading of its place: “分管领导” under “龙洞街道”, not “龙洞街道分管领导”."""
    return post.removeprefix(place).strip() or post


def quarter(on: date) -> str:
    """“2026年第2季度”."""
    return _("{year}年第{n}季度").format(year=on.year, n=(on.month + 2) // 3)
