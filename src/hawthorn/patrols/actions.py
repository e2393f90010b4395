"""Writes on checkpoints and looks. A look is taken once a day and point; the same key again is answered the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError
from django.db.transaction import atomic

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, PlaceCard, Seat, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.queries import grid_of
from hawthorn.patrols import kinds, queries
from hawthorn.patrols.models import NOT_SKIPPED, Checkpoint, CheckpointLine, Look
from hawthorn.patrols.queries import Point
from hawthorn.patrols.rules import due, points
from hawthorn.patrols.rules.points import FINE, PROBLEM, SKIPPED, Rule, Wanted

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Looked:
    """The answer to a look: the row that counts, and whether this press made it."""

    look: Look
    replay: bool


def key_of(said: str) -> UUID:
    """The key of a form as a number. Raises Refused for anything else: without it nothing could be told apart from a second press."""
    try:
        return UUID(said.strip())
    except ValueError:
        raise Refused("missing", ["key"], _("这张表缺了提交编号。什么都没有改动，请重新打开页面再办。")) from None


# ── checkpoints ──
def add(wanted: Wanted, *, actor: Actor, town: Town, now: datetime) -> Point:
    """A new checkpoint, due from today by its rule. Raises WrongType, Refused not_yours."""
    wanted, place = _checked(wanted, actor, town)
    with atomic():
        row = Checkpoint.objects.create(**_columns(wanted, place), made_at=now)
        _begin(row, wanted.rule, local(now).date())
    return queries.get_visible(row.pk, actor=actor, town=town)


def change(point: Point, wanted: Wanted, *, actor: Actor, town: Town, now: datetime) -> None:
    """What it is called and where it stands on the way holds at once; another rule ends the line today and begins the next tomorrow.

    Its grid stays: elsewhere it would be another point. Raises WrongType, Refused not_yours.
    """
    if point.row.ended_on is not None:
        raise Refused("wrong_stage", detail=_("这个排查点已经停了，不能再改。要接着看，请另加一个。"))
    wanted, place = _checked(wanted, actor, town)
    if place.id != point.row.grid_id:
        raise WrongType({"grid": _("排查点不能换网格。请停了这一个，在那个网格另加一个。")})
    with atomic():
        Checkpoint.objects.filter(pk=point.row.pk).update(**_columns(wanted, place))
        line = CheckpointLine.objects.select_for_update().get(checkpoint=point.row.pk, until=None)
        if _rule_of(line) == wanted.rule:
            return
        tomorrow = local(now).date() + DAY
        if line.from_on >= tomorrow:
            CheckpointLine.objects.filter(pk=line.pk).update(**_listed(wanted.rule))
            return
        CheckpointLine.objects.filter(pk=line.pk).update(until=tomorrow)
        _begin(point.row, wanted.rule, tomorrow)


def end(point: Point, *, actor: Actor, town: Town, now: datetime) -> None:
    """No longer looked at from this moment; what was found stays. Ending it twice is once."""
    if points.editor(actor, town.places[point.row.grid_id]) is None:
        raise Refused("not_yours", detail=_NOT_YOURS)
    Checkpoint.objects.filter(pk=point.row.pk, ended_on=None).update(ended_on=local(now).date())


def move_points(moves: Mapping[int, int], heirs: Mapping[int, int]) -> int:
    """Points at these units (number → grid), and those of a closed grid (grid → grid) at no unit, lie in these grids from now on. How many moved.

    Looks already taken stay where they were.
    """
    mine = {grid: [unit for unit, to in moves.items() if to == grid] for grid in set(moves.values())}
    here = Checkpoint.objects.filter(ended_on=None)
    moved = sum(here.filter(unit__in=units).exclude(grid=grid).update(grid=grid) for grid, units in mine.items())
    return moved + sum(here.filter(unit=None, grid=old).update(grid=new) for old, new in heirs.items())


_NOT_YOURS = _("排查点由社区综合窗口和街道网格中心来改。")


def _checked(wanted: Wanted, actor: Actor, town: Town) -> tuple[Wanted, PlaceCard]:
    """As it can be kept, with its grid; the grid of a unit is that unit's."""
    if wanted.unit is not None and (grid := grid_of(wanted.unit)) is not None and wanted.grid in (None, grid):
        wanted = Wanted(**{**_fields(wanted), "grid": grid})
    elif wanted.unit is not None:
        raise WrongType({"unit": _("这个楼院不在选的网格里。")})
    if wrong := points.faults(wanted, kinds.kinds()):
        raise WrongType(wrong)
    place = town.places.get(wanted.grid or 0)
    if place is None or place.level != "grid" or points.editor(actor, place) is None:
        raise Refused("not_yours", ["grid"], _NOT_YOURS)
    if wanted.keeper is not None and not _may_keep(wanted.keeper, place, town):
        raise WrongType({"keeper": _("不是可选的岗位。")})
    return Wanted(**{**_fields(wanted), "rule": wanted.rule.tidy()}), place


def _fields(wanted: Wanted) -> dict[str, Any]:
    return dict(wanted.__dict__)


def _may_keep(post: int, place: PlaceCard, town: Town) -> bool:
    card = town.posts.get(post)
    return card is not None and card.until is None and card.scope == "hands" and town.places[card.place].at("subdistrict") == place.subdistrict


def _columns(wanted: Wanted, place: PlaceCard) -> dict[str, Any]:
    return {
        "subdistrict_id": place.subdistrict, "community_id": place.community, "grid_id": place.id, "unit_id": wanted.unit, "spot": wanted.spot,
        "kind": wanted.kind, "items": wanted.items, "sort": wanted.sort, "keeper_id": wanted.keeper,
    }  # fmt: skip


def _listed(rule: Rule) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(rule).items()}


def _rule_of(line: CheckpointLine) -> Rule:
    return Rule(line.rule, tuple(line.weekdays), tuple(line.days), tuple(line.months), line.ahead)


def _begin(row: Checkpoint, rule: Rule, on: date) -> None:
    CheckpointLine.objects.create(checkpoint=row, from_on=on, **_listed(rule))


# ── looks ──
def look(point: Point, result: str, reason: str = "", *, key: UUID, actor: Actor, now: datetime, on: date | None = None) -> Looked:
    """正常, or 没看成 with why. `on`: the day of the page it was pressed on. Raises Refused not_yours, missing, taken, key_reused."""
    seat = looker(point, actor)
    if result not in (FINE, SKIPPED) or (result == SKIPPED) != (reason in points.REASONS):
        raise Refused("missing", ["reason"], _("没看成的，请选一个原因。"))
    wanted = {"checkpoint_id": point.row.pk, "result": result, "reason": reason}

    day = day_of(point, on, now)

    def take() -> Look:
        return Look.objects.create(**wanted, on=day, at=now, post_id=seat.post, key=key)

    return _once(point, key, wanted, day, take)


def find(point: Point, given: Mapping[str, Any], *, key: UUID, actor: Actor, town: Town, now: datetime, door: str, on: date | None = None) -> Looked:
    """有问题: the look and the matter it becomes, or neither. Place, category and channel are known. Raises as look, and WrongType."""
    seat = looker(point, actor)
    wanted = {"checkpoint_id": point.row.pk, "result": PROBLEM, "reason": ""}
    raw = {**given, **known_of(point, town), "channel": "round"}

    day = day_of(point, on, now)

    def take() -> Look:
        answer = loops.start("matters", raw, actor=actor, now=now, door=door, key=str(key), town=town)
        return Look.objects.create(**wanted, on=day, at=now, post_id=seat.post, key=key, matter_id=answer.id)

    return _once(point, key, wanted, day, take)


def day_of(point: Point, on: date | None, now: datetime) -> date:
    """The day a press counts for: that of its page where it was sent late for want of a network, at most two days; else today."""
    today = local(now).date()
    meant = due.day_meant(on, today)
    return meant if point.spot.stands(meant) else today


def rest_fine(many: Sequence[Point], *, key: UUID, actor: Actor, now: datetime, on: date | None = None) -> int:
    """其余都正常: each by its own key, drawn from the form's. How many this form took, again the same; what was looked at meanwhile stays."""
    taken = 0
    with atomic():
        for point in many:
            try:
                look(point, FINE, key=uuid5(key, str(point.row.pk)), actor=actor, now=now, on=on)
                taken += 1
            except Refused as refused:
                if refused.code != "taken":
                    raise
    return taken


def looker(point: Point, actor: Actor) -> Seat:
    """As whom one looks at it. Raises Refused not_yours; wrong_stage for a point that ended."""
    seat = points.looker(actor, point.row.grid_id, point.row.keeper_id)
    if seat is None:
        raise Refused("not_yours", detail=_("这个点由网格的岗位（或者指定的岗位）来看。您可以看记录。"))
    if point.row.ended_on is not None:
        raise Refused("wrong_stage", detail=_("这个排查点已经停了，不用再看。"))
    return seat


def known_of(point: Point, town: Town) -> dict[str, Any]:
    """What a finding at a point need not be told: where it is, and what it is about."""
    row = point.row
    category = kinds.category_of(row.kind, town.places[row.grid_id].tenant, town)
    known = {"grid": row.grid_id, "unit": row.unit_id, "spot": f"{kinds.name_of(row.kind)} {row.spot}".strip(), "category": category}
    return {name: value for name, value in known.items() if value}


def _once(point: Point, key: UUID, wanted: Mapping[str, Any], on: date, take: Callable[[], Look]) -> Looked:
    """Take it in one transaction; a key that is known is answered as the first time, a day that is taken is refused."""
    if (first := answered(key, wanted)) is not None:
        return Looked(first, True)
    try:
        with atomic():
            Checkpoint.objects.select_for_update().get(pk=point.row.pk)
            same = Look.objects.filter(checkpoint=point.row.pk, on=on)
            same = same.filter(result=SKIPPED) if wanted["result"] == SKIPPED and not same.filter(NOT_SKIPPED).exists() else same.filter(NOT_SKIPPED)
            if same.exists():
                raise Refused("taken", detail=_("这个点今天已经记过了。没有重复记；又发现问题的，请用“随手记”。"))
            return Looked(take(), False)
    except (IntegrityError, Refused):
        if (first := answered(key, wanted)) is not None:
            return Looked(first, True)
        raise


def answered(key: UUID, wanted: Mapping[str, Any]) -> Look | None:
    """The look this key made. Raises Refused key_reused where it was another one."""
    found = Look.objects.filter(key=key).first()
    if found is not None and any(getattr(found, name) != value for name, value in wanted.items()):
        raise Refused("key_reused")
    return found
