"""议程: what the next meeting has to talk about, drawn from what stands open. Places and matters only; reads, nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet

from hawthorn.assessments.models import Commitment, Point, Problem
from hawthorn.assessments.rules import problems
from hawthorn.kernel.clock import local
from hawthorn.kernel.words import _
from hawthorn.kernel.world import PlaceCard, Town
from hawthorn.loops.models import Item, Text
from hawthorn.matters.models import Matter
from hawthorn.patrols import errand_queries, kinds
from hawthorn.patrols import queries as patrols

FEW, SOON = 8, timedelta(days=7)


class Draft(NamedTuple):
    """A point not yet on an agenda. `decision`: "done" where there is nothing left to decide."""

    kind: str
    about: str
    why: str
    place: int
    source: int | None = None
    url: str = ""
    decision: str = ""


def draw(place: PlaceCard, town: Town, now: datetime, since: datetime | None) -> list[Draft]:
    """All points of a place's next meeting, last promises first. `since`: when the last meeting was drawn up. About a dozen statements."""
    here = {f"{place.level}": place.id}
    found = [
        *_commitments(here, now, since),
        *_overdue(here, place, town, now),
        *_single(here, place, town, now),
        *_problems(here, now),
        *_small(here, now),
        *_checkpoints(place),
        *_burden(place, now, since),
        *_moved(place),
    ]
    settled = {_key(p.kind, p.source_id, p.url, p.about) for p in _settled(place, now)}
    return [d for d in found if _key(d.kind, d.source, d.url, d.about) not in settled]


def _key(kind: str, source: int | None, url: str, about: str) -> tuple[str, int | str]:
    """What makes two points one and the same: the item, else the list or page behind it, else the words."""
    return kind, source or url or about


def promised(sources: Collection[int]) -> dict[int, tuple[str, int | None]]:
    """What was promised and which post leads, for commitments by number. Two statements."""
    said = dict(Text.objects.filter(item__in=sources, seq=1, field="what", erased_at=None).values_list("item_id", "words"))
    leads = Commitment.objects.filter(item__in=sources).values_list("item_id", "lead")
    return {item: (said.get(item, ""), lead) for item, lead in leads}


def days(at: datetime, now: datetime) -> int:
    """Whole local days from then to now."""
    return (local(now).date() - local(at).date()).days


def on(at: datetime) -> str:
    """11月25日."""
    return on_day(local(at).date())


def _commitments(here: dict[str, Any], now: datetime, since: datetime | None) -> Iterator[Draft]:
    """上次议定的: what is open with its day, what was done since."""
    rows = Item.objects.filter(loop="commitments", **here)
    for item in rows.filter(open=True).order_by("due_at", "id"):
        assert item.due_at is not None
        late = days(item.due_at, now)
        said = _("定的 {on} 前办好").format(on=on(item.due_at)) + (_("，已超过 {n} 天").format(n=late) if item.due_at < now else "")
        yield Draft("commitment", item.title, said, _at(item), item.pk)
    if since is not None:
        for item in rows.filter(open=False, closed_at__gte=since).order_by("closed_at", "id"):
            assert item.closed_at is not None
            said = _("{on} 办好了").format(on=on(item.closed_at)) if item.stage == "done" else _("{on} 定了不再办").format(on=on(item.closed_at))
            yield Draft("commitment", item.title, said, _at(item), item.pk, decision="done")


def _at(item: Item) -> int:
    place: int | None = item.grid_id or item.community_id or item.subdistrict_id or item.county_id
    assert place is not None
    return place


def _open(here: dict[str, Any]) -> QuerySet[Item]:
    return Item.objects.filter(loop="matters", open=True, due_at__isnull=False, **here)


def _overdue(here: dict[str, Any], place: PlaceCard, town: Town, now: datetime) -> Iterator[Draft]:
    """超时, by category: how many, the longest."""
    rows = _open(here).filter(due_at__lt=now).order_by().values_list("kind").annotate(n=Count("pk"), first=Min("due_at"))
    names = {c.key: c.name for c in town.categories.values() if c.tenant == place.tenant and c.is_public}
    rows = rows.filter(kind__in=["", *names])
    for kind, number, first in sorted(rows, key=lambda row: (-row[1], row[0]))[:FEW]:
        said = _("{n} 件超时，最久的超过 {days} 天").format(n=number, days=max(1, days(first, now)))
        asked = {"late": 1, **({"kind": kind} if kind else {})}
        yield Draft("overdue", f"{names.get(kind, _('还没有定类的'))} · {place.name}", said, place.id, url=f"/matters?{urlencode(asked)}")


def _single(here: dict[str, Any], place: PlaceCard, town: Town, now: datetime) -> Iterator[Draft]:
    """退回两次以上, 重办, 挂账到期: one by one, of categories that may be spoken of; the others are talked over elsewhere."""
    spoken = [c.id for c in town.categories.values() if c.tenant == place.tenant and c.is_public]
    mine = {f"item__{level}": number for level, number in here.items()}
    rows = Matter.objects.filter(item__open=True, item__loop="matters", category__in=spoken, **mine).select_related("item").order_by("item_id")
    looks: tuple[tuple[str, Q, Callable[[Matter], str]], ...] = (
        ("handed_back", Q(hand_backs__gte=2), lambda m: _("退回过 {n} 次").format(n=m.hand_backs)),
        ("reopened", Q(reopened_count__gt=0) | Q(unsolved_count__gt=0), lambda m: _("重办过 {n} 次").format(n=m.reopened_count + m.unsolved_count)),
        ("parked", Q(item__stage="parked", item__stage_due_at__lt=now + SOON), lambda m: _("{on} 到期要看").format(on=on(m.item.stage_due_at or now))),
    )
    for kind, which, said in looks:
        for matter in rows.filter(which)[:FEW]:
            yield Draft(kind, matter.item.title, said(matter), _at(matter.item), matter.item_id)


def _problems(here: dict[str, Any], now: datetime) -> Iterator[Draft]:
    """高频问题 that stand open: this month's stubborn one first, then those that came back."""
    mine, month = {f"item__{level}": number for level, number in here.items()}, problems.month_of(now)
    found = Problem.objects.filter(item__open=True, **mine).select_related("item").order_by("-came_back", "item_id")
    for p in sorted(found, key=lambda p: p.month != month):
        first = _("每月一题。") if p.month == month else ""
        back = _("，第 {n} 次回来").format(n=p.came_back) if p.came_back else ""
        yield Draft("problem", p.item.title, (first + p.why + back)[:200], _at(p.item), p.item_id)


def _small(here: dict[str, Any], now: datetime) -> Iterator[Draft]:
    """缺岗, 批示没有答复, 来话没有分."""
    rows = Item.objects.filter(open=True, **here).order_by("opened_at", "id")
    for item in rows.filter(loop="vacancies")[:FEW]:
        yield Draft("vacancy", item.title, _("缺了 {n} 天").format(n=days(item.opened_at, now)), _at(item), item.pk)
    for item in rows.filter(loop="instructions", stage="given", due_at__lt=now)[:FEW]:
        yield Draft("instruction", item.title, _("批示过了 {n} 天没有答复").format(n=days(item.due_at or now, now)), _at(item), item.pk)
    late = rows.filter(loop="drops", due_at__lt=now).count()
    if late:
        place = next(iter(here.values()))
        yield Draft("drop", _("来话"), _("{n} 条过了时限还没有分").format(n=late), place, url="/drops?late=1")


def _checkpoints(place: PlaceCard) -> Iterator[Draft]:
    """排查点 where the last three looks all found a problem."""
    for one in patrols.three_times(place.level, place.id)[:FEW]:
        row = one.point.row
        about = f"{kinds.name_of(row.kind)} · {one.point.where}".rstrip(" ·")[:140]
        said = _("连着三次有问题：{days}").format(days="、".join(on_day(day) for day in one.days))
        yield Draft("checkpoint", about, said, row.grid_id or row.community_id or row.subdistrict_id, url=f"/checkpoints/{row.pk}")


def _burden(place: PlaceCard, now: datetime, since: datetime | None) -> Iterator[Draft]:
    """减负清单: what was asked of the grids beside their work since the last meeting; nothing where nothing was asked."""
    if place.level != "subdistrict":
        return
    asked = errand_queries.burden(place.tenant, since or now - SOON, now)
    parts, fields = sum(b.parts for b in asked), sum(b.fields for b in asked)
    if parts:
        number = sum(b.errands - b.by_system for b in asked)
        said = _("上次开会以来临时交办 {n} 件，发给网格 {parts} 份，要填 {fields} 格").format(n=number, parts=parts, fields=fields)
        yield Draft("burden", _("减负清单 · {place}").format(place=place.name), said, place.id, url="/burden")


def on_day(day: date) -> str:
    """11月25日."""
    return f"{day.month}月{day.day}日"


def _moved(place: PlaceCard) -> Iterator[Draft]:
    """What somebody brought up at the last meeting and was not reached."""
    last = Point.objects.filter(meeting__loop="meetings", meeting__raised_level=place.level, **{f"meeting__{place.level}": place.id}).order_by("-meeting_id")
    newest = last.values_list("meeting_id", flat=True).first()
    for point in last.filter(meeting=newest, kind="desk", decision="moved").order_by("sort"):
        yield Draft("desk", point.about, _("上次没有议到"), point.place_id)


def _mine(place: PlaceCard) -> QuerySet[Point]:
    return Point.objects.filter(meeting__raised_level=place.level, **{f"meeting__{place.level}": place.id})


def _settled(place: PlaceCard, now: datetime) -> QuerySet[Point]:
    """What a meeting said to look at again later, until then; and what a promise runs for: the promise itself stands on the agenda."""
    promised = Q(commitment__open=True) & ~Q(kind="commitment")
    return _mine(place).filter(Q(decision="watch", until__gt=now) | promised)


def asleep(place: PlaceCard, now: datetime) -> list[Point]:
    """定了继续看、日子还没到的: what is not on the agenda until its day, the nearest first. One statement."""
    return list(_mine(place).filter(decision="watch", until__gt=now, meeting__open=False).order_by("until", "id"))
