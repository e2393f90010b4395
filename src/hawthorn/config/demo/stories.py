"""Courses a matter of the demo takes: who does which step after how long. Each yields moves; the life of the demo plays them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hawthorn.config.demo import words
from hawthorn.kernel.world import RANK, PlaceCard, Town


@dataclass
class Move:
    """After `hours` of working time (`clock`: plain hours), `who` takes `step`. who: holder, lead, desk, center, asker, assist, parent…"""

    hours: float
    who: str
    step: str
    given: dict[str, Any] = field(default_factory=dict)
    loop: str = "matters"
    is_clock: bool = False


@dataclass
class Case:
    """What a story knows: random numbers, what was said, and the agencies that could be called."""

    random: Random
    said: str
    result: str
    say: str
    agencies: list[int]
    leads: list[int]
    officer: int
    has_asker: bool
    now: Callable[[], datetime]
    others: Callable[[], list[int]]

    def until(self, days: float) -> str:
        """A date ahead, as a door would send it."""
        return (self.now() + timedelta(days=days)).isoformat()


Story = Callable[[Case], Iterator[Move]]


def post_of(who: str, town: Town, *, holder: int | None, lead: int | None, raised_level: str, where: PlaceCard) -> int | None:
    """Which post makes a move: the lead, the desk of the level or above, the leader of the subdistrict; else whoever holds it."""
    if who == "lead":
        return lead
    if who in ("desk", "center"):
        return town.desk("subdistrict" if who == "center" or RANK[raised_level] >= RANK["subdistrict"] else "community", where)
    return town.post("subdistrict_leader", where.at("subdistrict")) if who == "leader" else holder


def told(c: Case, *, first: float = 3) -> Iterator[Move]:
    """The call back: mostly solved, sometimes not reached at first."""
    if not c.has_asker:
        return
    if c.random.random() < 0.15:
        yield Move(first, "holder", "not_reached", {"words": "电话没有人接，明天再打。"})
    yield Move(first, "holder", "contact", {"how": "phone", "words": "说了办理结果。"})
    yield Move(0.2, "holder", "solved", {"rating": c.random.choice([3, 4, 4, 5, 5, 5]), "words": "说可以了。"})


def settled(c: Case, hours: float) -> Iterator[Move]:
    """Done by the lead."""
    yield Move(hours, "lead", "settle", {"result": c.result, "say": c.say, "why_no_proof": "现场没有方便拍的地方。"})


def small(c: Case) -> Iterator[Move]:
    """A small matter that never leaves the grid."""
    yield Move(c.random.uniform(0.2, 3), "holder", "accept")
    if c.has_asker and c.random.random() < 0.5:
        yield Move(0.5, "lead", "contact", {"how": c.random.choice(["phone", "visit", "met"])})
    yield from settled(c, c.random.uniform(1, 20))
    yield from checked(c)
    yield from told(c)


def checked(c: Case) -> Iterator[Move]:
    """Checked where the table asks for it; the life skips what is not offered."""
    yield Move(c.random.uniform(1, 6), "checker", "pass", {"words": "现场看过，属实。"})


def dispatched(c: Case) -> Iterator[Move]:
    """Called up, dispatched to a unit, checked, told."""
    yield Move(c.random.uniform(0.2, 2), "holder", "call_up", {"tried": "去现场看过，网格里没有工具和人手。", "asks": "请派有条件的单位来修。"})
    yield Move(c.random.uniform(0.5, 3), "desk", "dispatch", {"lead": c.random.choice(c.leads), "words": "请尽快看一下。"})
    yield Move(c.random.uniform(0.5, 6), "lead", "take_up")
    yield from settled(c, c.random.uniform(4, 30))
    yield from checked(c)
    yield from told(c)


def big(c: Case) -> Iterator[Move]:
    """Called up, two units on site, checked, answered not solved, reworked, closed."""
    yield Move(1, "holder", "call_up", {"tried": "劝过两次，没有结果。", "asks": "请街道牵头，现场一起看。"})
    yield Move(2, "desk", "accept")
    yield Move(1, "lead", "call_for_help", {"agencies": c.random.sample(c.agencies, 2), "what": "请到现场一起处理。", "by": c.until(4)})
    for _n in range(2):
        yield Move(2, "assist", "assist_accept", {"by": c.until(5)}, "assists")
        yield Move(c.random.uniform(3, 10), "assist", "assist_done", {"words": "已到现场，我们负责的部分办完。"}, "assists")
    yield from settled(c, 4)
    yield from checked(c)
    if c.has_asker and c.random.random() < 0.5:
        yield Move(3, "holder", "unsolved", {"reason": "居民说过了一夜又和原来一样。"})
        yield from settled(c, 8)
        yield from checked(c)
    yield from told(c)


def refused_help(c: Case) -> Iterator[Move]:
    """A refused assist, decided by the party instructor."""
    yield Move(1, "holder", "call_up", {"tried": "自己清过一次。", "asks": "请帮忙协调单位。"})
    yield Move(1, "desk", "accept")
    yield Move(1, "lead", "call_for_help", {"agencies": c.agencies[:1], "what": "请派人处理。"})
    yield Move(2, "assist", "assist_refuse", {"reason": "不是我们的管护范围。", "who_could": "产权单位"}, "assists")
    yield Move(3, "assist", "call_again", {"agency": c.agencies[1], "words": "现场会上定了由你单位先办。"}, "assists")
    yield Move(2, "assist", "assist_accept", {"by": c.until(4)}, "assists")
    yield Move(5, "assist", "assist_done", {"words": "已处理。"}, "assists")
    yield from settled(c, 3)
    yield from checked(c)
    yield from told(c)


def handed_back(c: Case) -> Iterator[Move]:
    """A wrong addressee handed back twice and decided by the subdistrict."""
    yield Move(1, "holder", "call_up", {"tried": "问过物业，说不归他们。", "asks": "请定一家来办。"})
    yield Move(1, "desk", "dispatch", {"lead": c.leads[0]})
    yield Move(2, "lead", "hand_back", {"belongs_to": "管线单位", "reason": "不在养护范围内。"})
    yield Move(2, "desk", "dispatch", {"lead": c.leads[1]})
    yield Move(2, "lead", "hand_back", {"belongs_to": "产权单位", "reason": "这一段没有移交。"})
    yield Move(3, "center", "dispatch", {"lead": c.leads[0], "words": "会上定了，由你单位兜底。"})
    yield Move(2, "lead", "take_up")
    yield from settled(c, 12)
    yield from checked(c)
    yield from told(c)


def declined(c: Case) -> Iterator[Move]:
    """Refused, with the reason and where else."""
    yield Move(2, "desk", "decline", {"say": "这是两家的合同约定，街道不能代替处理。", "elsewhere": "可以到司法所咨询，或者拨 12348。"})
    if c.has_asker:
        yield Move(3, "holder", "contact", {"how": "phone"})
        yield Move(0.3, "holder", "agrees", {"words": "说知道了。"})


def referred(c: Case) -> Iterator[Move]:
    """To a channel the law provides."""
    yield Move(2, "desk", "refer", {"channel": "court", "say": "已经在打官司的事要由法院处理，立案咨询拨 12368。"})
    if c.has_asker:
        yield Move(3, "holder", "agrees", {})


def voided(c: Case) -> Iterator[Move]:
    """A false alarm."""
    yield Move(2, "desk", "void", {"say": "到现场看过，没有这个情况，先撤销；再看到请告诉我们。"})
    yield Move(4, "telling", "told", {"words": "说知道了。"}, "tellings")


def merged(c: Case) -> Iterator[Move]:
    """The same thing said again."""
    found = c.others()
    if found:
        yield Move(1, "desk", "merge_into", {"into": c.random.choice(found), "say": "和前面反映的是同一件事，合在一起办，有结果一起告诉您。"})
        yield Move(4, "telling", "told", {"words": "说知道了。"}, "tellings")
    else:
        yield from small(c)


def asked_back(c: Case) -> Iterator[Move]:
    """A question to the resident, answered."""
    yield Move(1, "holder", "accept")
    if c.has_asker:
        yield Move(1, "lead", "ask_resident", {"say": c.random.choice(words.QUESTIONS)})
        if c.random.random() < 0.7:
            yield Move(5, "lead", "resident_answers", {"words": c.random.choice(words.ANSWERS)})
        else:
            yield Move(24 * 5.2, "", "", is_clock=True)
    yield from settled(c, 8)
    yield from checked(c)
    yield from told(c)


def parked(c: Case) -> Iterator[Move]:
    """Parked with approval until a review date, then done."""
    yield Move(1, "holder", "accept")
    yield Move(4, "lead", "ask_park", {"reason": "配件要厂家定做。", "until": c.until(12)})
    yield Move(3, "approval", "grant", {"words": "同意，到期再看。"}, "approvals")
    yield Move(24 * 12.5, "", "", is_clock=True)
    yield from settled(c, 6)
    yield from checked(c)
    yield from told(c)


def extended(c: Case) -> Iterator[Move]:
    """An extension asked for and granted."""
    yield Move(1, "holder", "accept")
    yield Move(6, "lead", "ask_extension", {"reason": "连着下雨，路面没法施工。", "until": c.until(10)})
    yield Move(3, "approval", c.random.choice(["grant", "grant", "refuse"]), {"words": "知道了。", "reason": "请先做临时处理。"}, "approvals")
    yield from settled(c, 20)
    yield from checked(c)
    yield from told(c)


def outside(c: Case) -> Iterator[Move]:
    """Waiting for a unit outside."""
    yield Move(1, "holder", "accept")
    yield Move(2, "lead", "wait_outside", {"whom": "管线公司（虚构）", "how": "phone", "number": "演-0001", "promised_at": c.until(6)})
    yield Move(20, "lead", "outside_answers", {"words": "对方来人修好了。"})
    yield from settled(c, 3)
    yield from checked(c)
    yield from told(c)


def split(c: Case) -> Iterator[Move]:
    """Split into parts; the parts are played on their own."""
    yield Move(1, "holder", "accept")
    yield Move(1, "lead", "split", {"parts": list(words.PARTS[:2])})
    for _n in range(2):
        yield Move(2, "part", "accept")
        yield Move(3, "part", "settle", {"result": "这一部分办完。", "say": "这一部分办完。", "why_no_proof": "不用拍。"})
        yield Move(3, "part", "pass", {})
    yield from settled(c, 3)
    yield from checked(c)
    yield from told(c)


def instructed(c: Case) -> Iterator[Move]:
    """The leader asks; the answer is approved."""
    yield Move(1, "holder", "accept")
    yield Move(3, "leader", "instruct", {"words": "这件事居民提了几次，请说明进展。", "by": c.until(3)})
    yield Move(5, "instruction", "answer", {"words": "已排进本周，周五前办好。"}, "instructions")
    yield Move(5, "instruction", "approve", {"words": "好。"}, "instructions")
    yield from settled(c, 10)
    yield from checked(c)
    yield from told(c)


def finish(c: Case) -> Iterator[Move]:
    """What was left lying is taken up at the weekly look-through; what the table does not offer is skipped."""
    yield Move(2, "approval", "grant", {"words": "同意。"}, "approvals")
    yield Move(1, "assist", "call_again", {"agency": c.agencies[0], "words": "请尽快来。"}, "assists")
    yield Move(1, "assist", "assist_accept", {"by": c.until(3)}, "assists")
    yield Move(2, "assist", "assist_done", {"words": "已处理。"}, "assists")
    yield Move(1, "holder", "accept")
    yield Move(1, "lead", "take_up")
    yield Move(1, "lead", "resume")
    for _n in range(2):
        yield Move(1, "part", "accept")
        yield Move(2, "part", "settle", {"result": "这一部分办完。", "say": "这一部分办完。", "why_no_proof": "不用拍。"})
        yield Move(2, "part", "pass", {})
    yield from settled(c, 3)
    yield from checked(c)
    yield Move(2, "holder", "solved", {"rating": 4, "words": "说可以了。"})
    yield Move(1, "holder", "agrees", {"words": "说知道了。"})
    yield Move(1, "telling", "told", {"words": "说知道了。"}, "tellings")
    yield Move(1, "instruction", "answer", {"words": "已经办好。"}, "instructions")
    yield Move(1, "instruction", "approve", {"words": "好。"}, "instructions")


STORIES: tuple[tuple[Story, float], ...] = (
    (small, 58), (dispatched, 12), (big, 5), (refused_help, 1.5), (handed_back, 1.5), (declined, 2), (referred, 1.5), (voided, 2), (merged, 2.5),
    (asked_back, 3), (parked, 2), (extended, 2), (outside, 2), (split, 1), (instructed, 1),
)  # fmt: skip
