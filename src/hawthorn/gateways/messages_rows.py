"""What a column of another system's sheet means, and a row of it as what 收表 needs to be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hawthorn.files import sheets
from hawthorn.gateways.addresses import Addresses
from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.steps import Step, collect
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town

Mapping_ = dict[str, int]
COLUMNS: dict[str, tuple[str, ...]] = {
    "outside_number": ("工单编号", "工单号", "留言编号", "诉求编号", "受理编号", "事件编号", "编号", "ticket", "key", "id", "no"),
    "words": ("留言详情", "诉求内容", "反映内容", "问题描述", "工单内容", "内容", "详情", "描述", "text", "content", "description", "words"),
    "heading": ("留言主题", "诉求标题", "工单标题", "标题", "主题", "title", "subject"),
    "arrived_at": ("留言时间", "来电时间", "诉求时间", "受理时间", "登记时间", "创建时间", "时间", "time", "created", "date"),
    "outside_due_at": ("办结期限", "办理期限", "办理时限", "截止时间", "截止日期", "期限", "deadline", "due"),
    "category": ("类别", "一级标签", "一级分类", "问题类别", "诉求类型", "分类", "label", "category", "type"),
    "phone": ("联系电话", "来电号码", "联系方式", "手机", "电话", "phone", "tel"),
    "name": ("姓名", "诉求人", "来电人", "联系人", "称呼", "name"),
    "grid": ("网格编码", "网格编号", "grid", "grid_code"),
    "address": ("事发地址", "诉求地址", "地址", "地点", "address", "location"),
    "result": ("办理结果", "处理结果", "答复内容", "回复内容", "办结意见", "result"),
    "ended_at": ("办结时间", "办理完成时间", "完成时间", "答复时间", "回复时间"),
    "status": ("办理状态", "工单状态", "处理状态", "状态", "status"),
}
LABELS: dict[str, str] = {
    "outside_number": _("编号"), "words": _("内容"), "heading": _("标题"), "arrived_at": _("来件时间"), "outside_due_at": _("办结期限"), "category": _("类别"),
    "phone": _("电话"), "name": _("姓名"), "grid": _("网格编码"), "address": _("地址"),
}  # fmt: skip
# What the source wants to hear back; written into these columns when its sheet goes out again.
RESULTS: dict[str, str] = {"result": _("办理结果（回填）"), "ended_at": _("办结时间（回填）"), "status": _("办理状态（回填）")}
LONGEST: dict[str, int] = {"outside_number": 40, "words": 20_000}
CUT: dict[str, int] = {"heading": 200, "name": 60, "spot": 200, "outside_kind": 100}
SERIALS, DAY_ZERO = range(20_000, 80_000), datetime(1899, 12, 30, tzinfo=SHANGHAI)
WHEN = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: *(上午|下午)?(?<!\d)(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?)?(?: *(Z|[+-]\d{2}:?\d{2}))?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
PLAIN = str.maketrans({"年": "-", "月": "-", "日": " ", "时": ":", "点": ":", "分": ":", "秒": None, "/": "-", ".": "-", "T": " ", "\uff1a": ":"})


def guess_mapping(headings: Sequence[str]) -> Mapping_:
    """Column number by field, from the words of the headings: exact first, then headings that contain a Chinese one; each column once."""
    plain = [h.strip().lower() for h in headings]
    found: Mapping_ = {}
    for matches in (lambda heading, word: heading == word, lambda heading, word: not word.isascii() and word in heading):
        for name, words in COLUMNS.items():
            taken = set(found.values())
            places = (n for word in words for n, heading in enumerate(plain) if n not in taken and matches(heading, word))
            if name not in found and (place := next(places, None)) is not None:
                found[name] = place
    return found


def read_time(value: Any) -> datetime | None:
    """An instant (UTC), None for an empty cell: dates of a workbook, serial numbers, and the ways people write it, in Shanghai. Raises ValueError."""
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        found = value if value.tzinfo else value.replace(tzinfo=SHANGHAI)
    elif isinstance(value, date):
        found = datetime.combine(value, time(), SHANGHAI)
    else:
        found = _serial(value) or _written(str(value))
    if not 1990 <= found.year <= 2100:
        raise ValueError(value)
    return found.astimezone(UTC)


def _serial(value: Any) -> datetime | None:
    """A day as a workbook counts it."""
    try:
        days = float(value)
    except (TypeError, ValueError):
        return None
    return DAY_ZERO + timedelta(seconds=round(days * 86_400)) if int(days) in SERIALS else None


def _written(words: str) -> datetime:
    """As people and programs write it. Raises ValueError."""
    words = words.strip()
    if found := COMPACT.fullmatch(words):
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]
    plain = re.sub(r"(:\d{1,2})\.\d+", r"\1", words).translate(PLAIN)
    found = WHEN.fullmatch(plain.rstrip(": ").strip())
    if not found:
        raise ValueError(words)
    year, month, day, half, hour, minute, second, zone = found.groups()
    clock = int(hour or 0) % 12 + (12 if half == "下午" else 0) if half else int(hour or 0)
    at = datetime(int(year), int(month), int(day), clock, int(minute or 0), int(second or 0), tzinfo=SHANGHAI)
    if zone:
        at = datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + ("+00:00" if zone == "Z" else zone))
    return at


@dataclass(frozen=True)
class Reader:
    """Reads rows of one sheet for one subdistrict. `places`: grids and communities by code; `categories`: by exact name; `addresses`: what an address names."""

    mapping: Mapping_
    town: Town
    subdistrict: int
    source: str
    now: datetime
    step: Step
    places: Mapping[str, tuple[str, int]]
    categories: Mapping[str, int]
    addresses: Addresses

    def number(self, row: tuple[Any, ...]) -> str:
        """The other system's number."""
        value = self._cell(row, "outside_number")
        return "" if value in (None, "") else sheets.text(value)

    def read(self, row: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, str]]:
        """What 收表 is told, and by field what is wrong with the row."""
        wrong: dict[str, str] = {}
        given: dict[str, Any] = {"outside_source": self.source[:40], "channel": "hotline" if "12345" in self.source or "热线" in self.source else "sheet"}
        for name in ("outside_number", "words"):
            given[name] = self._words(row, name)
            if not given[name]:
                wrong[name] = _("没有填")
            elif len(given[name]) > LONGEST[name]:
                wrong[name] = _("太长，最多 {n} 个字").format(n=LONGEST[name])
        given |= {to: self._words(row, name)[: CUT[to]] for name, to in (("heading", "heading"), ("address", "spot"))}
        for name in ("arrived_at", "outside_due_at"):
            self._read(row, name, given, wrong, read_time, _("看不懂的时间，请写成 2026-03-02 10:00"))
        if (at := given.get("arrived_at")) and at > self.now + timedelta(days=1):
            wrong["arrived_at"] = _("时间在将来")
        self._place(row, given, wrong)
        self._category(row, given)
        self._asker(row, given)
        return given, wrong or self._check(given)

    def _cell(self, row: tuple[Any, ...], name: str) -> Any:
        place = self.mapping.get(name)
        return row[place] if place is not None and place < len(row) else None

    def _words(self, row: tuple[Any, ...], name: str) -> str:
        value = self._cell(row, name)
        return "" if value is None else sheets.text(value)

    def _read(self, row: tuple[Any, ...], name: str, given: dict[str, Any], wrong: dict[str, str], read: Callable[[Any], Any], words: str) -> None:
        try:
            given[name] = read(self._cell(row, name))
        except (ValueError, OverflowError):
            wrong[name] = words

    def _place(self, row: tuple[Any, ...], given: dict[str, Any], wrong: dict[str, str]) -> None:
        """A grid or community by its code, else what the address names; without either the subdistrict desk finds it out."""
        code = self._words(row, "grid")
        if not code:
            field, place = self.addresses.find(self._words(row, "address")) or ("subdistrict", self.subdistrict)
            given[field] = place
        elif code in self.places:
            level, place = self.places[code]
            given[level] = place
        else:
            wrong["grid"] = _("本街道没有这个网格编码")

    def _category(self, row: tuple[Any, ...], given: dict[str, Any]) -> None:
        """A category of that exact name; else the word is kept beside."""
        if label := self._words(row, "category"):
            if label in self.categories:
                given["category"] = self.categories[label]
            else:
                given["outside_kind"] = label[: CUT["outside_kind"]]

    def _asker(self, row: tuple[Any, ...], given: dict[str, Any]) -> None:
        """Somebody to tell, where a number was left that can be called; masked ones cannot."""
        phone = self._words(row, "phone")
        digits = sum(c.isascii() and c.isdigit() for c in phone)
        if digits >= 7 and len(phone) <= 20 and re.fullmatch(r"[0-9+\- ]+", phone):
            given |= {"asked": True, "phone": phone, "name": self._words(row, "name")[: CUT["name"]]}

    def _check(self, given: dict[str, Any]) -> dict[str, str]:
        """What the step itself would refuse."""
        try:
            collect(self.step.needs, given)
        except Refused as found:
            return dict.fromkeys(found.fields, _("没有填"))
        except WrongType as found:
            return dict(found.problems)
        return {}


@dataclass(frozen=True)
class Ready:
    """A row that can be taken in."""

    row: int
    number: str
    given: dict[str, Any] = field(repr=False)


@dataclass
class Going:
    """Goes through a sheet row by row and tells a number that came before in it. `seen`: row by number."""

    reader: Reader
    seen: dict[str, int] = field(default_factory=dict)

    def skip(self, row: int, cells: tuple[Any, ...]) -> None:
        """A row that was dealt with before."""
        if number := self.reader.number(cells):
            self.seen.setdefault(number, row)

    def take(self, row: int, cells: tuple[Any, ...]) -> tuple[Ready | None, dict[str, str]]:
        """The row as it can be taken in, or by field what is wrong with it."""
        number = self.reader.number(cells)
        given, wrong = self.reader.read(cells)
        first = self.seen.setdefault(number, row) if number else row
        if first != row:
            wrong = {"outside_number": _("和第 {n} 行的编号相同").format(n=first)}
        return (None if wrong else Ready(row, number, given)), wrong
