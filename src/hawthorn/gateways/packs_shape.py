"""What stands in a practice pack, and reading one: strictly, so that a damaged or foreign file is refused before anything is looked at."""

from __future__ import annotations

import json
import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from hawthorn.categories.sheets import KEYS
from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.words import _
from hawthorn.tenants.settings import ACCENTS, WORDS

VERSION, MOST_BYTES, LONGEST = 1, 2_000_000, 300
LONGEST_LIMIT = 3660 * 86_400
"""Seconds of a limit's own time: ten years; far beyond it no day can be counted."""
STAGE = re.compile(r"[a-z_]{2,30}")
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
HOUR = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


class NotAPack(ValueError):
    """A file that is no pack, said in Chinese."""


def _limit(stored: list[Any]) -> list[Any]:
    if len(stored) != 2 or not isinstance(stored[0], str) or Limit.parse(stored).seconds > LONGEST_LIMIT:
        raise ValueError("limit")
    return stored


Stored = Annotated[list[Any], AfterValidator(_limit)]
Tier = Literal["urgent", "livelihood", "ordinary", "complex"]
What = Literal["accept", "respond", "promise"]
Words = Annotated[str, Field(max_length=LONGEST)]


class Part(BaseModel):
    """Strict and frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(Part):
    """One category."""

    name: str = Field(min_length=1, max_length=60)
    group: str = Field(default="", max_length=60)
    tier: Tier = "ordinary"
    limits: dict[What, Stored] = {}
    needs_proof: bool = False
    needs_check: bool = False
    is_public: bool = True
    in_duty_list: bool = True
    duplicate_metres: int = Field(default=100, ge=0, le=10_000)
    duplicate_days: int = Field(default=30, ge=0, le=365)
    advice: Words = ""
    elsewhere: str = Field(default="", max_length=200)
    ended_on: date | None = None


class Limits(Part):
    """时限方案."""

    preset: str = Field(max_length=40)
    source: str = Field(max_length=200)
    tiers: dict[Tier, dict[What, Stored]]
    stages: dict[str, Stored]
    timetable: list[tuple[str, str]]
    danger_words: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(max_length=1000)

    @field_validator("timetable")
    @classmethod
    def _hours(cls, spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
        if not spans or not all(HOUR.fullmatch(said) for span in spans for said in span):
            raise ValueError("hours")
        hours = [time.fromisoformat(said) for span in spans for said in span]
        if hours != sorted(hours) or any(start == end for start, end in spans):
            raise ValueError("hours")
        return spans

    @field_validator("stages")
    @classmethod
    def _stages(cls, stages: dict[str, Any]) -> dict[str, Any]:
        if not all(STAGE.fullmatch(name) for name in stages):
            raise ValueError("stage")
        return stages


class Day(Part):
    """A day that differs from Mon–Fri."""

    kind: Literal["off", "work"]
    name: str = Field(default="", max_length=40)


class To(Part):
    """A post without a place: kind and level; an agency with its name."""

    kind: str = Field(max_length=30)
    level: Literal["county", "subdistrict", "community", "grid"]
    name: str = Field(default="", max_length=60)


class Ruled(Part):
    """A routing rule without places."""

    name: str = Field(min_length=1, max_length=40)
    categories: list[Annotated[str, Field(max_length=60)]] = []
    levels: list[Literal["grid", "community", "subdistrict"]] = []
    hour_from: int | None = Field(default=None, ge=0, le=23)
    hour_to: int | None = Field(default=None, ge=0, le=24)
    words: list[Annotated[str, Field(max_length=40)]] = []
    to: To


class Source(Part):
    """来源: which column of a sheet is what."""

    headings: list[Words] = Field(max_length=200)
    columns: dict[str, int]


class Pack(Part):
    """The whole file."""

    hawthorn_pack: Literal[1]
    made_on: date
    categories: dict[str, Line] = {}
    limits: Limits | None = None
    calendar: dict[date, Day] = {}
    rules: list[Ruled] = Field(default=[], max_length=500)
    leads: dict[str, To] = {}
    sources: dict[Annotated[str, Field(max_length=40)], Source] = {}
    brand: str = Field(default="", max_length=40)
    accent: str = ""
    words: dict[str, Annotated[str, Field(max_length=20)]] = {}
    left_out: list[Words] = []

    @field_validator("categories", "leads")
    @classmethod
    def _keys(cls, lines: dict[str, Any]) -> dict[str, Any]:
        for code in lines:
            catalogue, _slash, key = code.partition("/")
            if catalogue not in KEYS or not KEYS[catalogue].fullmatch(key):
                raise ValueError("key")
        return lines

    @field_validator("words")
    @classmethod
    def _words(cls, words: dict[str, str]) -> dict[str, str]:
        if not set(words) <= set(WORDS):
            raise ValueError("word")
        return words

    @field_validator("accent")
    @classmethod
    def _accent(cls, accent: str) -> str:
        if accent and accent not in ACCENTS:
            raise ValueError("accent")
        return accent


def read(data: bytes) -> Pack:
    """The pack in a file. Raises NotAPack with what is wrong, in plain words."""
    if len(data) > MOST_BYTES:
        raise NotAPack(_("文件太大，经验包不会超过 2 MB。什么都没有改动。"))
    try:
        words = data.decode("utf-8-sig")
        if NUL.search(words):  # PostgreSQL keeps it nowhere
            raise ValueError("NUL")
        found = json.loads(words)
    except (ValueError, RecursionError):
        raise NotAPack(_("这个文件读不出来，可能没有传完整。请重新导出一份。什么都没有改动。")) from None
    version = found.get("hawthorn_pack") if isinstance(found, dict) else None
    if version is None:
        raise NotAPack(_("这不是经验包。经验包是用「导出经验包」得到的 .json 文件。什么都没有改动。"))
    if version != VERSION:
        raise NotAPack(_("这个经验包是第 {n} 版的，这里只认识第 {own} 版。请先升级系统。什么都没有改动。").format(n=str(version)[:10], own=VERSION))
    try:
        return Pack.model_validate(found)
    except ValidationError as wrong:
        where = " › ".join(str(part) for part in wrong.errors()[0]["loc"])[:120]
        raise NotAPack(_("经验包里有一处不对：{where}。什么都没有改动。").format(where=where)) from None
