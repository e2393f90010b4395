"""Plays a year: matters begin, people act in working hours, due work runs every night. The same actions as everywhere, a moved clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db.transaction import atomic

from hawthorn.categories.models import Category
from hawthorn.config.demo import words
from hawthorn.config.demo.hands import Do, Hands
from hawthorn.config.demo.mondays import hold
from hawthorn.config.demo.patrols import Patrols
from hawthorn.config.demo.stories import STORIES, Case, Move, finish, post_of, small
from hawthorn.config.demo.town import DemoTown
from hawthorn.drops.models import Drop
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import Actor, Seat, Town
from hawthorn.loops import actions as loops
from hawthorn.loops import tasks
from hawthorn.loops.models import Item
from hawthorn.loops.town import town_by_id
from hawthorn.matters.models import Matter
from hawthorn.tenants.models import Tenant

CHANNELS = ("counter", "phone", "qr", "web", "chat_group", "visit", "hotline")


@dataclass(order=True)
class Turn:
    """A story's next move."""

    at: datetime
    order: int
    item: int = field(compare=False)
    moves: Iterator[Move] = field(compare=False)
    move: Move | None = field(compare=False)


class Life:
    """The year of one demo."""

    def __init__(self, t: DemoTown, until: datetime, number: int, say: Callable[[str], None]) -> None:
        self.t, self.until, self.number, self.say = t, until, number, say
        self.random: Random = t.random
        self.now = t.now
        self.turns: list[Turn] = []
        self.special: dict[datetime, Callable[[], None]] = {}
        self.order = self.turn_order = 0
        self.slips: list[dict[str, str]] = []
        self.keys = {c.key: c.pk for c in Category.objects.filter(tenant=t.places["street"].tenant)}
        self.keys2 = {c.key: c.pk for c in Category.objects.filter(tenant=t.places["street2"].tenant)}
        self.town: Town = town_by_id(t.county.pk)
        self.patrols = Patrols(t, until, self._actor_of, self._found)

    def run(self) -> None:
        """Day by day, each day in one transaction."""
        births = sorted([*self._births(), *self._again_and_again(), *self._mondays(), *self._hands()])
        day, first = self.t.now, self.t.now
        while day < self.until:
            end = min(day + timedelta(days=1), self.until)
            with atomic():
                self._due(day)
                self._look_through(day)
                self.patrols.day(day, self.town)
                while (births and births[0] < end) or (self.turns and self.turns[0].at < end):
                    if births and (not self.turns or births[0] <= self.turns[0].at):
                        self.now = births.pop(0)
                        self.special.get(self.now, self._birth)()
                    else:
                        turn = heapq.heappop(self.turns)
                        self.now = turn.at
                        self._play(turn)
            if (end - first).days % 60 == 0:
                self.say(f"  演示数据：已过 {(end - first).days} 天（一共 {(self.until - first).days} 天），{self.order} 件")
            day = end
        self.now = self.until
        self._due(self.until)

    def _births(self) -> Iterator[datetime]:
        span = (self.until - self.t.now).total_seconds()
        for n in range(self.number):
            at = self.t.now + timedelta(seconds=span * (n + self.random.random()) / self.number)
            hour = self.random.choices(range(24), weights=[1, 1, 1, 1, 1, 1, 2, 6, 12, 14, 12, 10, 6, 6, 10, 12, 12, 10, 8, 6, 5, 4, 2, 1])[0]
            at = min(at + timedelta(hours=hour - local(at).hour), self.until - timedelta(minutes=20 + n % 40))
            yield max(at, self.t.now)

    def _due(self, at: datetime) -> None:
        county = Tenant.objects.get(pk=self.t.county.pk)
        for work in (tasks.time_outs, tasks.nudges, tasks.seals):
            work(town=self.town, now=at)
        if county.revision != self.town.revision:
            self.town = town_by_id(county.pk)

    def _look_through(self, at: datetime) -> None:
        """On Mondays: what has lain for twelve days without anybody's next move is taken up."""
        if local(at).weekday() != 0:
            return
        self.now = at
        moving = {turn.item for turn in self.turns}
        lying = Item.objects.filter(open=True, loop="matters", parent=None, opened_at__lt=at - timedelta(days=12)).exclude(pk__in=moving)
        hanging = Item.objects.filter(open=True, parent__isnull=False, opened_at__lt=at - timedelta(days=12)).exclude(parent__in=moving)
        items = [*lying.order_by("id").values_list("pk", "grid"), *hanging.order_by("id").values_list("parent", "grid")]
        for item, grid in {pk: grid for pk, grid in items if pk is not None}.items():
            is_second = grid in (self.t.places["grid9"].pk, self.t.places["grid10"].pk)
            officer = self.town.post("grid_officer", grid) or 0
            case = Case(
                self.random, "", "已经办好。", "已经办好，谢谢您提醒。", *self._units_of(is_second), officer, True, lambda: self.now, lambda: []
            )  # fmt: skip
            self._next(item, finish(case))

    def _meet(self) -> None:
        """The weekly meeting of the street."""
        center = self._actor_of(self.t.posts["center"].pk)
        if center is None:
            return
        leads = [self.t.posts["desk"].pk, *(self.t.posts[f"agency{n}"].pk for n in range(4))]
        place = self.town.places[self.t.places["street"].pk]
        for promise, moves in hold(place, center=center, leads=leads, hand=self._actor_of, random=self.random, town=self.town, now=self.now):
            self._next(promise, iter(moves))

    # ── beginning ──
    def _again_and_again(self) -> Iterator[datetime]:
        """One lamp that goes out four times in ten days, and again after it was thought done: far enough back to see all of it."""
        span = (self.until - self.t.now).days
        for first in (span - 120, span - 60):
            for n in range(4):
                at = self.t.now + timedelta(days=max(1, first) + 2 * n, hours=9)
                if at < self.until:
                    self.special[at] = self._lamp
                    yield at

    def _mondays(self) -> Iterator[datetime]:
        """At three in the afternoon."""
        at = self.t.now.replace(hour=15, minute=0, second=0, microsecond=0)
        while at < self.until:
            if local(at).weekday() == 0:
                self.special[at] = self._meet
                yield at
            at += timedelta(days=1)

    def _hands(self) -> Iterator[datetime]:
        """Who changes post; a moment that is taken goes a minute later."""
        hands = Hands(self.t, self.until)

        def play(do: Do) -> None:
            hands.now = self.now
            do()
            self.town = town_by_id(self.t.county.pk)

        for at, do in hands.moments():
            while at in self.special:
                at += timedelta(minutes=1)
            self.special[at] = partial(play, do)
            yield at

    def _found(self, item: int, officer: int, said: str) -> None:
        """What was found on a round, or brought back from a walk, is handled like everything else."""
        self.now = Item.objects.only("opened_at").get(pk=item).opened_at
        self.order += 1
        case = Case(self.random, said, "已经到现场处理好。", "", *self._units_of(False), officer, False, lambda: self.now, list)
        self._next(item, small(case))

    def _birth(self) -> None:
        if self.random.random() < 0.05:
            self._question()
            return
        is_second = self.random.random() < 0.08
        grid = self.random.choice(["grid9", "grid10"] if is_second else [f"grid{n}" for n in (1, 2, 2, 3, 4, 4, 4, 5, 6, 6, 6, 7, 8)])
        key, said, result, say = self.random.choices(words.TALK, weights=[8, 4, 4, 8, 5, 4, 4, 4, 3, 2, 4, 3, 5, 5, 5, 4, 0.4])[0]
        category = (self.keys2 if is_second else self.keys)[key]
        asked = self.random.random() < 0.6
        given: dict[str, Any] = {"words": words.told(said, self.random), "unit": self.random.choice(self.t.units[grid]).pk}
        if self.random.random() < 0.9:
            given["category"] = category
        given["channel"] = self.random.choice(CHANNELS) if asked else "round"
        if asked:
            given |= {"asked": True, "consent": True} | self._contact()
        officer = self.t.posts[f"officer{grid[4:]}"].pk
        actor = self._actor_of(officer)
        if actor is None:
            return
        if not asked and self.random.random() < 0.4:
            loops.start("matters", given | {"result": result, "say": say}, actor=actor, now=self.now, door="demo", step="report_settled", town=self.town)
            self.order += 1
            return
        self._said(given, grid, Case(self.random, said, result, say, *self._units_of(is_second), officer, _can_be_told(given), lambda: self.now, list), actor)

    def _said(self, given: dict[str, Any], grid: str, case: Case, actor: Actor) -> None:
        """What a resident writes themselves is a drop; what is written down for them, or noticed, a matter."""
        is_drop = given["channel"] in ("qr", "web")
        if is_drop:
            answer = loops.start("drops", _known(given), actor=self._resident(grid), now=self.now, door="web", town=self.town)
        else:
            answer = loops.start("matters", given, actor=actor, now=self.now, door="demo", town=self.town)
        self.order += 1
        if answer.slip and given.get("phone"):
            self.slips.append({**answer.slip, "phone": given["phone"], "item": str(answer.id)})
        case.others = lambda: self._others(answer.id)
        if is_drop:
            self._next(answer.id, self._sorted_out(answer.id, given.get("category"), case))
        else:
            self._begin(answer.id, case)

    def _resident(self, grid: str) -> Actor:
        street = self.t.places["street2" if grid in ("grid9", "grid10") else "street"].pk
        return Actor(None, (Seat(0, "resident", "subdistrict", street),), county=self.t.county.pk)

    def _sorted_out(self, drop: int, category: int | None, case: Case) -> Iterator[Move]:
        """The officer looks at what was said, and mostly handles it."""
        yield Move(self.random.choice((0.2, 0.5, 1, 2, 3)), "holder", "to_matter", {"category": category} if category else {})
        became = Drop.objects.filter(item=drop).values_list("became", flat=True).first()
        if became:
            self._begin(became, case)

    def _lamp(self) -> None:
        key, said, result, say = words.TALK[0]
        officer = self.t.posts["officer2"].pk
        given = {"words": words.told(said, self.random), "unit": self.t.units["grid2"][0].pk, "category": self.keys[key], "channel": "round"}
        actor = self._actor_of(officer)
        if actor is not None:
            answer = loops.start("matters", given, actor=actor, now=self.now, door="demo", town=self.town)
            self.order += 1
            self._next(answer.id, small(Case(self.random, said, result, say, *self._units_of(False), officer, False, lambda: self.now, list)))

    def _question(self) -> None:
        """Somebody only asks, or it belongs elsewhere: answered at once."""
        said, step, given = self.random.choice(words.ASKED)
        unit = self.random.choice(self.t.units[f"grid{self.random.randint(1, 7)}"]).pk
        told = {"words": said, "unit": unit, "channel": "qr", "asked": True, "consent": True} | self._contact()
        answer = loops.start("drops", told, actor=self._resident("grid1"), now=self.now, door="web", town=self.town)
        self._next(answer.id, iter([Move(self.random.choice((0.2, 0.5, 1, 2)), "holder", step, dict(given))]))

    def _contact(self) -> dict[str, Any]:
        if self.random.random() < 0.75:
            return {"name": "演示居民", "phone": f"1990000{self.random.randint(0, 9999):04d}"}
        return {"address": "演示楼 1 单元 101", "wants_visit": True} if self.random.random() < 0.4 else {}

    def _units_of(self, is_second: bool) -> tuple[list[int], list[int]]:
        agencies = [self.t.posts["agency20"].pk] * 2 if is_second else [self.t.posts[f"agency{n}"].pk for n in range(8)]
        leads = agencies if is_second else self.random.sample(agencies, 3)
        return (agencies if not is_second else [agencies[0]]), leads

    def _others(self, item: int) -> list[int]:
        mine = Item.objects.filter(pk=item).values_list("grid", flat=True)
        return list(Item.objects.filter(open=True, loop="matters", grid__in=mine, parent=None).exclude(pk=item).values_list("pk", flat=True)[:5])

    def _begin(self, item: int, case: Case) -> None:
        stories, weights = zip(*STORIES, strict=True)
        story = self.random.choices(stories, weights=weights)[0]
        if len(case.agencies) < 2 and story not in (small,):
            story = small
        if self.random.random() < 0.004:
            return
        self._next(item, story(case))

    # ── playing ──
    def _next(self, item: int, moves: Iterator[Move]) -> None:
        move = next(moves, None)
        if move is None:
            return
        self.turn_order += 1
        calendar = self.town.policy(self.t.places["street"].pk).calendar
        if move.is_clock:
            at = self.now + timedelta(hours=move.hours)
        else:
            slow = 3 if self.random.random() < 0.05 else 1
            at = calendar.after(self.now, "work_hours", move.hours * 3600 * slow + self.random.randint(60, 900))
        heapq.heappush(self.turns, Turn(at, self.turn_order, item, moves, move))

    def _play(self, turn: Turn) -> None:
        move = turn.move
        if move and move.step:
            with suppress(Refused, NotThere):  # what the table does not offer now is left out of the story
                self._take(turn.item, move)
        self._next(turn.item, turn.moves)

    def _take(self, item: int, move: Move) -> None:
        target = self._target(item, move)
        if target is None:
            return
        actor = self._who(target, move.who)
        if actor is None:
            return
        wanted = set(_fields(target.loop, move.step))
        given = {k: v for k, v in move.given.items() if k in wanted}
        loops.take_step(target.loop, target.pk, move.step, given, actor=actor, now=self.now, door="demo", town=self.town)

    def _target(self, item: int, move: Move) -> Item | None:
        if move.loop == "matters" and move.who != "part":
            return Item.objects.filter(pk=item).first()
        loop = "matters" if move.who == "part" else move.loop
        return Item.objects.filter(parent=item, loop=loop, open=True).order_by("id").first()

    def _who(self, target: Item, who: str) -> Actor | None:
        detail = Matter.objects.filter(item=target.pk).first()
        where = self.town.places[target.grid_id or target.community_id or target.subdistrict_id or target.county_id]
        lead = detail.lead_id if detail is not None else target.holder_id
        post = post_of(who, self.town, holder=target.holder_id, lead=lead, raised_level=target.raised_level, where=where)
        handler = detail.handler if detail is not None and who in ("checker", "part") and target.stage == "checking" else None
        return self._actor_of(post, handler)

    def _actor_of(self, post: int | None, *but: int | None) -> Actor | None:
        users = sorted(self.town.users(post, self.now) - set(but)) if post else []
        if not users:
            return None
        user = self.random.choice(users)
        return Actor(user, self.town.seats(user, self.now), county=self.town.county)


def _can_be_told(given: dict[str, Any]) -> bool:
    return any(given.get(k) for k in ("phone", "address", "wants_visit"))


def _known(given: dict[str, Any]) -> dict[str, Any]:
    """What a resident says themselves: no category."""
    return {name: value for name, value in given.items() if name != "category"}


def _fields(loop: str, step: str) -> list[str]:
    return list(LOOPS[loop].steps[step].needs.model_fields)
