"""The demo's posts that change hands: Party groups with their tasks, an officer who leaves with two promises open, another one on leave next week."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from hawthorn.config.demo.town import DemoTown
from hawthorn.handovers.actions import posts
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.loops.town import town_by_id
from hawthorn.teams import actions as teams
from hawthorn.teams import group_actions
from hawthorn.teams.models import Holding, PartyGroup

DAY = timedelta(days=1)
HEADS = {**{n: f"danwei{n}" for n in range(1, 9)}, 9: "wuye9", 10: "lingdao9"}
DONE = ("帮三楼老人搬柜子。", "清了楼道里的旧家具。", "给独居老人换灯泡。", "帮小区画停车线。", "给花坛浇水一个月。", "帮忙发防火明白纸。")
PROMISED = (("楼道灯一闪一闪的，上下楼看不清。", "周四电工来换灯。"), ("下水井返味，开不了窗。", "三天内请环卫来疏通。"))
Do = Callable[[], None]


class Hands:
    """What happens when, as (time, deed); the life of the demo plays it among everything else."""

    def __init__(self, t: DemoTown, until: datetime) -> None:
        self.t, self.until = t, until
        self.now = t.now
        self.made: dict[str, int] = {}

    def moments(self) -> Iterator[tuple[datetime, Do]]:
        """In no order."""
        yield self._at(70, 9), self._groups
        for n, said in enumerate(DONE):
            yield from self._task(f"done{n}", 62 - 9 * n, said, "head1", 6, ("take", "report_done"))
        yield from self._task("dropped", 20, "帮忙搬活动室的桌子。", "desk", 6, ("drop",))
        yield from self._task("lying", 11, "周末到小学门口帮忙疏导接送的车。", "desk", 20, ())
        yield from self._task("taken", 4, "陪老人去卫生院拿药。", "head1", 9, ("take",))
        yield from self._task("open", 1, "雪后清扫单元门口。", "instructor1", 6, ())
        yield self._at(3, 9), self._promises
        yield self._at(2, 9), self._leaves
        yield self._at(1, 16), self._signs
        yield self._at(1, 17), self._away

    def _at(self, days: int, hour: int) -> datetime:
        on = local(self.until) - days * DAY
        return on.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(SHANGHAI)

    @property
    def town(self) -> Town:
        """As it is now: these deeds change it."""
        return town_by_id(self.t.county.pk)

    def _who(self, username: str) -> dict[str, Any]:
        town, user = self.town, self.t.users[username].pk
        return {"actor": Actor(user, town.seats(user, self.now), county=town.county), "town": town, "now": self.now}

    def _holder(self, post: str) -> str:
        user = min(self.town.own_users(self.t.posts[post].pk, self.now))
        return next(name for name, one in self.t.users.items() if one.pk == user)

    # ── Party groups ──
    def _groups(self) -> None:
        """One a grid, its head from a unit that is paired with it; two people report to where they live or work."""
        for n, head in HEADS.items():
            keeper = self._holder("desk2" if n > 8 else "desk_village" if n == 8 else "desk")
            group = group_actions.set_up(self.t.places[f"grid{n}"].pk, **self._who(keeper))
            PartyGroup.objects.filter(pk=group.pk).update(number=7 + 3 * n % 11)
            self.t.posts[f"group{n}"] = group.post
            teams.appoint(post=group.post, user=self.t.users[head], from_at=self.now, shows_name=n % 3 > 0, now=self.now)
        for who, n, kind in (("danwei2", 1, "unit"), ("quzhongxin", 2, "home")):
            group_actions.claim(self.t.posts[f"group{n}"].pk, kind, **self._who(who))

    def _task(self, key: str, days: int, said: str, by: str, span: int, steps: tuple[str, ...]) -> Iterator[tuple[datetime, Do]]:
        """Asked on one day, the steps on the days after."""
        yield self._at(days, 10), lambda: self._ask(key, said, by, span)
        for n, step in enumerate(steps, start=1):
            yield self._at(days - n, 11), lambda step=step: self._step(key, step, by)  # type: ignore[misc]

    def _ask(self, key: str, said: str, by: str, span: int) -> None:
        given = {"grid": self.t.places["grid1"].pk, "what": said, "until": self.now + span * DAY}
        self.made[key] = loops.start("group_tasks", given, door="demo", **self._who(self._holder(by))).id

    def _step(self, key: str, step: str, by: str) -> None:
        who = self._holder(by) if step == "drop" else "danwei1"
        given = {"report_done": {"result": "做好了，住户说方便多了。"}, "drop": {"reason": "社区自己搬好了。"}}.get(step, {})
        loops.take_step("group_tasks", self.made[key], step, given, door="demo", **self._who(who))

    # ── a post that changes hands ──
    def _promises(self) -> None:
        """Two residents of grid five are promised something."""
        for n, (said, say) in enumerate(PROMISED):
            told = {"words": said, "unit": self.t.units["grid5"][n].pk, "channel": "phone", "asked": True, "consent": True, "phone": f"1990000990{n}"}
            made = loops.start("matters", told, door="demo", **self._who("wgy5")).id
            for step, given in (("accept", {}), ("tell", {"say": say})):
                loops.take_step("matters", made, step, given, door="demo", **self._who("wgy5"))

    def _leaves(self) -> None:
        """The desk enters when the officer leaves, and who stands in from then on."""
        end, desk = self._at(1, 18), self._who("chuangkou")
        post = self.t.posts["officer5"].pk
        posts.end_holding(Holding.objects.get(post=post, to_at=None).pk, to_at=end, **desk)
        posts.stand_in(post, self.t.users["wgy4"].pk, from_at=end, **self._who("chuangkou"))

    def _signs(self) -> None:
        item = Item.objects.get(loop="handovers", open=True, title__contains=self.t.posts["officer5"].name).pk
        given = {"notes": "东门的锁要往上提才打得开。\n4 号楼地下室下雨进水，先去看那里。", "things": ["单元门钥匙 6 把", "手电 1 个", "巡查手机 1 部"]}
        loops.take_step("handovers", item, "hand_over", given, door="demo", **self._who("wgy5"))

    def _away(self) -> None:
        """From next Monday until Wednesday."""
        monday = self._at(0, 0) + (7 - local(self.until).weekday()) * DAY
        stand_ins = {self.t.posts["officer3"].pk: self.t.users["wgy4"].pk}
        posts.take_leave(self.t.users["wgy3"].pk, from_at=monday, to_at=monday + 3 * DAY, stand_ins=stand_ins, **self._who("wgy3"))
