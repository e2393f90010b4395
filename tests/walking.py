"""Checkpoints made through the actions, and a press on one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from hawthorn.kernel.clock import local
from hawthorn.patrols import actions, campaign_actions, queries, visit_actions
from hawthorn.patrols.models import Campaign, Walk
from hawthorn.patrols.queries import Point
from hawthorn.patrols.rules.campaigns import Opened
from hawthorn.patrols.rules.points import FINE, SKIPPED, Rule, Wanted
from hawthorn.territory import actions as territory
from hawthorn.territory.models import Door
from make import Scene


def wanted(s: Scene, grid: str = "grid1", **more: Any) -> Wanted:
    """A manhole in grid one, daily."""
    values: dict[str, Any] = {
        "grid": s.places[grid].pk, "unit": None, "spot": "东门外", "kind": "manhole", "items": "井盖在不在", "sort": 0, "keeper": None, "rule": Rule("daily"),
    } | more  # fmt: skip
    return Wanted(**values)


def point(s: Scene, grid: str = "grid1", who: str = "center", **more: Any) -> Point:
    """One that is kept."""
    return actions.add(wanted(s, grid, **more), actor=s.actor(who), town=s.town, now=s.now)


def again(s: Scene, one: Point) -> Point:
    """As it stands now."""
    return queries.get_visible(one.row.pk, actor=s.actor("center"), town=s.town)


def look(s: Scene, one: Point, who: str = "officer1", *, reason: str = "", key: UUID | None = None, on: Any = None) -> actions.Looked:
    """正常, or not possible."""
    return actions.look(one, SKIPPED if reason else FINE, reason, key=key or uuid4(), actor=s.actor(who), now=s.now, on=on)


def find(s: Scene, one: Point, words: str = "井盖松了", who: str = "officer1", *, key: UUID | None = None) -> actions.Looked:
    """有问题."""
    return actions.find(one, {"words": words}, key=key or uuid4(), actor=s.actor(who), town=s.town, now=s.now, door="test")


def due_today(s: Scene, grid: str = "grid1") -> list[int]:
    """The numbers of what is due in a grid, in walking order."""
    found = queries.round_of(queries.in_place("grid", s.places[grid].pk), s.town, s.now)
    return [d.point for d in found.due]


def day_after(s: Scene, days: int = 1) -> None:
    """Let days pass."""
    s.now += timedelta(days=days)


def today(s: Scene) -> Any:
    """The local day."""
    return local(s.now).date()


def campaign(s: Scene, who: str = "center", key: Any = None, **more: Any) -> Campaign:
    """Over manholes, three days from today."""
    values: dict[str, Any] = {
        "name": "汛前排查", "purpose": "special", "over": "points", "each": "daily", "kinds": ("manhole",), "grids": (),
        "from_on": today(s), "last_on": today(s) + timedelta(days=2),
    } | more  # fmt: skip
    return campaign_actions.start(Opened(**values), key=key or uuid4(), actor=s.actor(who), town=s.town, now=s.now)


def errand(s: Scene, who: str = "center", grid: str = "grid1", **more: Any) -> int:
    """A number asked of one grid within three days."""
    given = {
        "what": "装了报警器的户数", "paper": "中民〔2026〕3 号", "approver": "分管副主任", "source": "county", "by": s.now + timedelta(days=3),
        "grids": [s.places[grid].pk], "topic": "other",
    } | more  # fmt: skip
    return s.start(who, given, loop="errands").id


def door(s: Scene, unit: str = "u1") -> Door:
    """A door of a unit."""
    territory.create_doors(unit=s.units[unit], names=["1 单元 101"])
    return Door.objects.get(unit=s.units[unit])


def walk(s: Scene, who: str = "leader", grid: str = "grid1") -> Walk:
    """A leader's walk of today."""
    return visit_actions.open_walk(s.places[grid].pk, today(s), key=uuid4(), actor=s.actor(who), town=s.town, now=s.now)
