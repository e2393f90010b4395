"""Plays the matters of a large county one family at a time, in memory: the same stories and the same table as the small demo."""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate, count
from pathlib import Path
from random import Random
from typing import Any

from hawthorn.accounts import keys
from hawthorn.config.demo import words
from hawthorn.config.demo.stories import STORIES, Case, Move, Story, finish, merged, post_of, small
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import Actor, Seat, Town
from hawthorn.loops.bulk import Family
from hawthorn.loops.erasure import CLOSED_DAYS
from hawthorn.loops.rows import Row

STRIDE = 10
"""Numbers set aside for one family: items first, then contacts and askers."""
SLIPS_OF = 4000
CHANNELS = ("counter", "phone", "qr", "chat_group", "visit")


@dataclass(frozen=True)
class Plan:
    """What all workers share. `keys`: category by tenant and key; `units`: cards by number; `grid_units`: numbers by grid."""

    town: Town
    since: datetime
    until: datetime
    number: int
    seed: int
    keys: dict[tuple[int, str], int]
    units: dict[int, Any]
    grid_units: dict[int, list[int]]
    shapes: dict[str, Any] = field(default_factory=lambda: json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8")))

    @cached_property
    def grids(self) -> tuple[list[int], list[float]]:
        """Grids and the running sum of their weights; each has its own factor, the same for a seed."""
        random, ids = Random(self.seed), sorted(self.grid_units)
        return ids, list(accumulate(random.lognormvariate(0, self.shapes["grid_spread"]) for _ in ids))

    @cached_property
    def days(self) -> tuple[list[datetime], list[float]]:
        """Local midnights and the running sum of how much begins on them."""
        first = local(self.since).replace(hour=0, minute=0, second=0, microsecond=0)
        days = [first + timedelta(days=n) for n in range((self.until - first).days + 1)]
        return days, list(accumulate(self.shapes["weekdays"][d.weekday()] * self.shapes["months"][d.month - 1] for d in days))


class Player:
    """One worker's share: families `part`, `part + of`, …"""

    def __init__(self, plan: Plan, part: int, of: int) -> None:
        self.plan, self.town, self.part, self.of = plan, plan.town, part, of
        self.slips: list[dict[str, str]] = []
        self._receipts: set[str] = set()
        self._actors: dict[int, list[Actor]] = {}
        self.agencies: dict[int, list[int]] = {}
        for post in self.town.posts.values():
            if post.kind == "agency":
                self.agencies.setdefault(post.place, []).append(post.id)
        self._calendar = self.town.policies[self.town.county].calendar

    def receipt(self) -> str:
        """One that no worker gives twice: each has its own share of last letters."""
        share = keys.RECEIPT_LETTERS[self.part :: self.of]
        while (found := keys.letters(7) + share[len(self._receipts) % len(share)]) in self._receipts:
            continue
        self._receipts.add(found)
        return found

    def families(self) -> Iterator[Family]:
        """All of this worker's, oldest first."""
        for number in range(self.part, self.plan.number, self.of):
            yield _Course(self, number).family


class _Course:
    """One family from birth to now."""

    def __init__(self, player: Player, number: int) -> None:
        self.player, self.plan, self.town = player, player.plan, player.town
        self.random = Random(self.plan.seed * 1_000_003 + number)
        self.now = self._born(number)
        numbers = iter(range(number * STRIDE + 1, (number + 1) * STRIDE + 1))
        self.family = Family(self.town, "demo", self.plan.units, numbers, player.receipt, self.plan.until - timedelta(days=CLOSED_DAYS))
        self.pace = self.random.choice(self.plan.shapes["pace"])
        ids, weights = self.plan.grids
        self.grid = ids[bisect(weights, self.random.random() * weights[-1])]
        self.place = self.town.places[self.grid]
        self.talk = self.random.choices(words.TALK, weights=self.plan.shapes["shares"])[0]
        self.asked = self.random.random() < self.plan.shapes["asked"]
        self._live(number)

    def _born(self, number: int) -> datetime:
        days, weights = self.plan.days
        day = days[min(bisect(weights, (number + self.random.random()) / self.plan.number * weights[-1]), len(days) - 1)]
        hour = self.random.choices(range(24), weights=self.plan.shapes["hours"])[0]
        at = day.astimezone(SHANGHAI) + timedelta(hours=hour, seconds=self.random.randrange(3600))
        return min(max(at, self.plan.since), self.plan.until - timedelta(minutes=5 + number % 50))

    def _live(self, number: int) -> None:
        if not self.asked and self.random.random() < self.plan.shapes["settled_at_once"]:
            self._begin("report_settled", {"result": self.talk[2], "say": self.talk[3]})
            return
        row = self._begin("report", {})
        if row.slip and self.plan.number - number < SLIPS_OF:
            self.player.slips.append({**row.slip, "phone": self.phone, "item": str(row.item.pk)})
        if self.random.random() >= self.plan.shapes["forgotten"]:
            stories, weights = zip(*STORIES, strict=True)
            self._play(row, self.random.choices(stories, weights=weights)[0])
        self.family.run_out(self.plan.until)

    # ── the beginning ──
    def _begin(self, step: str, more: dict[str, Any]) -> Row:
        given: dict[str, Any] = {"words": words.at_length(self.talk[1], self.random), **more}
        shapes, chance = self.plan.shapes, self.random.random
        if chance() >= shapes["without_category"]:
            given["category"] = self.plan.keys[self.place.tenant, self.talk[0]]
        self.phone = ""
        if self.asked:
            self.phone = f"1990000{self.random.randint(0, 9999):04d}" if chance() < 0.8 else ""
            given |= {"asked": True, "consent": True, "phone": self.phone}
        given["channel"] = self.random.choice(CHANNELS) if self.asked else "round"
        if step == "report" and chance() < shapes["without_unit"] and self.place.community:
            actor = self._actor(self.town.post("community_desk", self.place.community))
            return self.family.begin("matters", step, given | {"community": self.place.community}, actor=actor, now=self.now)
        given["unit"] = self.random.choice(self.plan.grid_units[self.grid])
        if self.asked and chance() < 0.2:
            seat = Seat(0, "resident", "subdistrict", self.place.subdistrict or 0)
            actor = Actor(None, (seat,), county=self.town.county)
            return self.family.begin("matters", step, given | {"channel": "web"}, actor=actor, now=self.now)
        return self.family.begin("matters", step, given, actor=self._actor(self.town.post("grid_officer", self.grid)), now=self.now)

    def _twin(self) -> list[int]:
        """The same thing said a little earlier in the same grid: what this is merged into."""
        born, self.now = self.now, max(self.now - timedelta(hours=5), self.plan.since)
        self.asked = False
        twin = self._begin("report", {})
        self.now = born
        return [twin.item.pk]

    # ── what follows ──
    def _play(self, row: Row, story: Story) -> None:
        """The story; then whoever looks through takes up what it left lying, and what something was merged into goes its own small way."""
        others = self._twin() if story is merged else []
        case = self._case(row, others)
        self._moves(row, story(case))
        for pk in others:
            self._moves(self.family.rows[pk], small(case))
        for left in [r for r in self.family.rows.values() if r.item.open and r.loop.name == "matters"]:
            self._moves(left, finish(case))

    def _case(self, row: Row, others: list[int]) -> Case:
        agencies = self.player.agencies[self.place.subdistrict or 0]
        _key, said, result, say = self.talk
        officer = self.town.post("grid_officer", self.grid) or 0
        leads = self.random.sample(agencies, 3)
        return Case(self.random, said, result, say, agencies, leads, officer, row.facts.tellable > 0, lambda: self.now, lambda: others)

    def _moves(self, row: Row, moves: Iterator[Move]) -> None:
        for move in moves:
            self.now = self._after(move)
            if self.now >= self.plan.until or not any(r.item.open for r in self.family.rows.values()):
                return
            self.family.run_out(self.now)
            if move.step:
                self._take(row, move)

    def _after(self, move: Move) -> datetime:
        if move.is_clock:
            return self.now + timedelta(hours=move.hours)
        return self.player._calendar.after(self.now, "work_hours", move.hours * 3600 * self.pace + self.random.randint(60, 900))

    def _take(self, root: Row, move: Move) -> None:
        loop = "matters" if move.who == "part" else move.loop
        row = root if loop == "matters" and move.who != "part" else self.family.child(root, loop)
        actor = self._who(row, move.who) if row is not None else None
        if row is None or actor is None:
            return
        known = row.loop.steps[move.step].needs.model_fields
        given = {k: v for k, v in move.given.items() if k in known and (known[k].is_required() or self._says(k, row))}
        try:
            self.family.play(row, move.step, given, actor=actor, now=self.now)
        except (Refused, NotThere):
            return  # what the table does not offer now is left out of the story

    def _says(self, name: str, row: Row) -> bool:
        """People leave out much of what they may leave out; a reason for no photo is given where one is asked for."""
        if name == "why_no_proof":
            card = self.town.categories.get(row.facts.category or 0)
            return card is not None and card.needs_proof
        return name not in ("words", "how") or self.random.random() < self.plan.shapes["optional_words"]

    def _who(self, row: Row, who: str) -> Actor | None:
        f = row.facts
        where = self.town.places[f.grid or f.community or f.subdistrict or f.county]
        post = post_of(who, self.town, holder=f.holder, lead=getattr(f, "lead", f.holder), raised_level=f.raised_level, where=where)
        but = f.handler if who in ("checker", "part") and f.stage == "checking" else None
        return self._actor(post, but) if post else None

    def _actor(self, post: int | None, but: int | None = None) -> Any:
        if post is None:
            return None
        known = self.player._actors
        if self.town.posts[post].kind == "on_call":
            return next((Actor(u, self.town.seats(u, self.now), county=self.town.county) for u in sorted(self.town.users(post, self.now) - {but})), None)
        if post not in known:
            noon = local(self.plan.until).replace(hour=12) - timedelta(days=local(self.plan.until).weekday())
            known[post] = [Actor(u, self.town.seats(u, noon), county=self.town.county) for u in sorted(self.town.users(post, noon))]
        return next((a for a in known[post] if a.user != but), None)


def played(plan: Plan, part: int, of: int, put: Callable[[Any], None], say: Callable[[int], None]) -> list[dict[str, str]]:
    """Play one worker's share and hand every object to `put`; gives the slips of the newest askers."""
    player, done = Player(plan, part, of), count(1)
    for family in player.families():
        for thing in family.things():
            put(thing)
        if (number := next(done)) % 500 == 0:
            say(number)
    return player.slips
