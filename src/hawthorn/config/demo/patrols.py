"""Two months of rounds, a quarter of door visits, a campaign, errands and walks of the demo, lived with the rest of its life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hawthorn.config.demo.town import DemoTown
from hawthorn.kernel import quarters
from hawthorn.kernel.clock import local
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.patrols import actions, campaign_actions, kinds, queries, visit_actions
from hawthorn.patrols.models import Look, Visit
from hawthorn.patrols.queries import Point
from hawthorn.patrols.rules import due, points, visits
from hawthorn.patrols.rules.campaigns import Opened
from hawthorn.patrols.rules.points import Wanted
from hawthorn.territory.models import Door

DAYS, HOUR, DAY = 62, timedelta(hours=1), timedelta(days=1)
GRIDS = tuple(f"grid{n}" for n in range(1, 9))
IN_TOWN = (
    ("fire_lane", "东侧通道"), ("e_bike", "地下车棚"), ("stairs", "2 单元 3 层"), ("manhole", "门口路面"), ("small_shop", "临街门店"), ("gas", "3 单元表箱"),
)  # fmt: skip
IN_HILLS = (("forest_fire", "进山路口"), ("slope", "屋后边坡"), ("subsidence", "村东地面"), ("coal_stove", "烧煤取暖的几户"), ("water_edge", "水塘边"))
FOUND = {
    "fire_lane": "消防通道上停了两辆车，堵了半边。", "e_bike": "有人从楼上拉线下来充电。", "stairs": "楼道里堆了纸箱，过不去人。", "manhole": "井盖松了，车一压就响。",
    "small_shop": "门店里的灭火器过期了。", "gas": "软管老化，有裂纹。", "forest_fire": "林边有烧过的痕迹。", "slope": "坡上掉土。", "subsidence": "墙上的裂缝变宽了。",
}  # fmt: skip
STUBBORN = ("grid4", "manhole")


class Patrols:
    """`act`: somebody who holds a post now; `begin`: what becomes of a finding is the life's."""

    def __init__(self, t: DemoTown, until: datetime, act: Callable[[int], Actor | None], begin: Callable[[int, int, str], None]) -> None:
        self.t, self.until, self.act, self.begin = t, until, act, begin
        self.random = Random(41)
        self.kept: dict[str, list[Point]] = {}
        self.seen: dict[int, date] = {}
        self.drives: list[due.Drive] = []
        self.visited: set[tuple[date, int]] = set()
        self.doors: dict[str, list[int]] = {}
        self.errand: int | None = None

    def day(self, day: datetime, town: Town) -> None:
        """What is done on one day; `day` is its midnight. Before the last two months nothing."""
        left = (self.until - day).days
        if left > DAYS:
            return
        if not self.kept:
            self._set_up(day, town)
        self._campaign(day, town, left)
        self._round(day, town)
        self._visits(day, town)
        self._errands(day, town, left)
        self._walks(day, town, left)

    def _key(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def _of(self, post: str) -> Actor:
        actor = self.act(self.t.posts[post].pk)
        assert actor is not None
        return actor

    # ── points ──
    def _set_up(self, day: datetime, town: Town) -> None:
        """The desk sets up the points of each grid; one grid plans only some of its units."""
        for grid in GRIDS:
            units = self.t.units[grid]
            self.doors[grid] = list(Door.objects.filter(unit__in=units).order_by("id").values_list("id", flat=True))
            many = IN_HILLS if grid == "grid8" else IN_TOWN
            self.kept[grid] = [self._add(grid, units[n % len(units)].pk, code, spot, n + 1, day, town) for n, (code, spot) in enumerate(many)]
        card = town.places[self.t.places["grid2"].pk]
        some = [unit.pk for unit in self.t.units["grid2"][:4]]
        visit_actions.plan(card, quarters.quarter_of(local(self.until).date()), some, actor=self._of("center"), now=day + 8 * HOUR)

    def _add(self, grid: str, unit: int, code: str, spot: str, sort: int, day: datetime, town: Town) -> Point:
        kind = kinds.kinds()[code]
        wanted = Wanted(self.t.places[grid].pk, unit, spot, code, "\n".join(kind.items), sort, None, kind.rule)
        return actions.add(wanted, actor=self._of("center"), town=town, now=day + 8 * HOUR)

    def _round(self, day: datetime, town: Town) -> None:
        """The officers' looks: most are fine and written together; findings go the way they always go. Half of the last day is left to do."""
        on, rows = local(day + 9 * HOUR).date(), list[Look]()
        for grid, many in self.kept.items():
            spots = {p.row.pk: p for p in many}
            calendar = town.policy(self.t.places[grid].pk).calendar
            wanted = due.due_points([p.spot for p in many], calendar, self.drives, on, self.seen)
            is_last = self.until - day <= DAY
            for n, one in enumerate(wanted[: len(wanted) // 2] if is_last else wanted):
                at = day + 9 * HOUR + timedelta(minutes=11 * n)
                if at < self.until:
                    rows += self._look(spots[one.point], grid, on, at, town)
        Look.objects.bulk_create(rows)

    def _look(self, point: Point, grid: str, on: date, at: datetime, town: Town) -> Iterator[Look]:
        post, chance = self.t.posts[f"officer{grid[4:]}"].pk, self.random.random()
        actor = self.act(post)
        if actor is None or (chance < 0.06 and (grid, point.row.kind) != STUBBORN):
            return  # not walked that day: weekly ones stay to be made up
        is_stubborn = (grid, point.row.kind) == STUBBORN and self.until - at < 24 * DAY
        if is_stubborn or (0.06 <= chance < 0.075 and point.row.kind in FOUND):
            said = FOUND[point.row.kind]
            found = actions.find(point, {"words": said}, key=self._key(), actor=actor, town=town, now=at, door="demo").look
            self.begin(found.matter_id or 0, post, said)
        elif chance > 0.98:
            yield Look(checkpoint_id=point.row.pk, on=on, at=at, post_id=post, result=points.SKIPPED, reason="locked", key=self._key())
            return
        else:
            yield Look(checkpoint_id=point.row.pk, on=on, at=at, post_id=post, result=points.FINE, key=self._key())
        self.seen[point.row.pk] = on

    def _campaign(self, day: datetime, town: Town, left: int) -> None:
        """Before the last holiday of these two months, else three weeks ago; four days of it."""
        today = local(day + 9 * HOUR).date()
        off = sorted(on for on in town.policy(self.t.places["street"].pk).calendar.off if today < on <= local(self.until).date())
        is_now = bool(off) and 3 <= (off[0] - today).days <= 5
        if self.drives or not (is_now or left == 20):
            return
        wanted = Opened(
            "节前安全排查",
            "special",
            "points",
            "daily",
            ("fire_lane", "e_bike", "small_shop", "forest_fire"),
            (),
            today + DAY,
            off[0] - DAY if is_now else today + 4 * DAY,
        )
        made = campaign_actions.start(wanted, key=self._key(), actor=self._of("center"), town=town, now=day + 8 * HOUR)
        self.drives.append(queries.drive_of(made))

    # ── doors ──
    def _visits(self, day: datetime, town: Town) -> None:
        """A few doors a working day and grid; whoever was not in has the card."""
        on = local(day + 9 * HOUR).date()
        if not town.policy(self.t.places["street"].pk).calendar.is_workday(on) or day + 17 * HOUR > self.until:
            return
        quarter, rows = quarters.quarter_of(on), list[Visit]()
        for grid, doors in self.doors.items():
            left = [door for door in doors if (quarter, door) not in self.visited]
            for door in self.random.sample(left, min(len(left), self.random.randint(0, 3))):
                result = self.random.choices((visits.DONE, visits.NOBODY, visits.LATER), weights=(7, 2, 1))[0]
                if result == visits.DONE:
                    self.visited.add((quarter, door))
                rows.append(
                    Visit(
                        door_id=door, grid=self.t.places[grid], on=on, at=day + 16 * HOUR, post=self.t.posts[f"officer{grid[4:]}"], result=result,
                        card_left=result == visits.NOBODY or self.random.random() < 0.4, key=self._key(),
                    )
                )  # fmt: skip
        Visit.objects.bulk_create(rows)

    # ── errands ──
    def _errands(self, day: datetime, town: Town, left: int) -> None:
        """One that went to the grids and was sent, one whose number was there, one that is still out."""
        if left == 9:
            self.errand = self._issue(day, town, asks_number=True, what="冬季取暖：各网格烧煤取暖的门户数", paper="区安委办演示来文 1 号", source="county")
        elif left == 8 and self.errand:
            self._answer(self.errand, day, town, 7)
        elif left == 7 and self.errand:
            loops.take_step("errands", self.errand, "send", {}, actor=self._of("center"), now=day + 10 * HOUR, door="demo", town=town)
        elif left == 5:
            said = {"what": "各网格有多少个排查点", "paper": "市里演示来文 2 号", "source": "city", "topic": "checkpoints", "takes_known": True}
            self._issue(day, town, **said)
        elif left == 1:
            self._answer(self._issue(day, town, what="各网格路面结冰的点位", paper="街道演示通知 3 号", source="own"), day, town, 3)

    def _issue(self, day: datetime, town: Town, **more: Any) -> int:
        given = {"approver": "分管领导", "by": day + 3 * DAY, "grids": [self.t.places[f"grid{n}"].pk for n in range(1, 8)], "topic": "other"} | more
        return loops.start("errands", given, actor=self._of("center"), now=day + 9 * HOUR, door="demo", town=town).id

    def _answer(self, errand: int, day: datetime, town: Town, number: int) -> None:
        parts = Item.objects.filter(parent=errand, loop="errand_parts", open=True).order_by("id")[:number]
        for n, part in enumerate(parts):
            actor = self.act(part.holder_id or 0)
            at = day + 10 * HOUR + timedelta(minutes=30 * n)
            if actor is not None and at < self.until:
                given = {"number": self.random.randint(0, 9), "result": "挨家看过，都说清楚了。"}
                loops.take_step("errand_parts", part.pk, "give", given, actor=actor, now=at, door="demo", town=town)

    # ── walks ──
    def _walks(self, day: datetime, town: Town, left: int) -> None:
        """The leader goes to a grid twice and brings something back."""
        grid, said = {15: ("grid3", "老人说楼前的台阶没有扶手。"), 4: ("grid6", "居民说晚上路口太暗。")}.get(left, ("", ""))
        if not grid:
            return
        at, actor, place = day + 15 * HOUR, self._of("leader"), self.t.places[grid].pk
        walk = visit_actions.open_walk(place, local(at).date(), key=self._key(), actor=actor, town=town, now=at)
        given = {"words": said, "unit": self.t.units[grid][0].pk}
        answer = visit_actions.bring_back(walk, given, key=self._key(), actor=actor, town=town, now=at, door="demo")
        self.begin(answer.id, self.t.posts[f"officer{grid[4:]}"].pk, said)
