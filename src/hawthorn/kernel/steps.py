"""What a step is: one row of a loop's table. From it come validation, JSON Schema, forms, docs, rights and the state picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.errors import Refused, WrongType
from hawthorn.kernel.facts import replace
from hawthorn.kernel.words import UNKEEPABLE, _, is_seen
from hawthorn.kernel.world import SYSTEM_POST, Actor, Seat, World


class Needs(BaseModel):
    """What a step needs to be told: one flat class per step."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _aware(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise ValueError(_("日期不对，请填最近的年份。"))
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


When = Annotated[datetime, AfterValidator(_aware)]
SOMETIMES: dict[str, Any] = {"x-sometimes": True}
"""The mark of a field that may be left out, but not always: the step's `lacks` says when."""


def staff(label: str, **more: Any) -> Any:
    """A needed text that only staff read: kept erasable, the event has its keyed digest."""
    return Field(title=label, min_length=1, max_length=more.pop("max_length", 2000), json_schema_extra={"x-text": "staff", **more})


def public(label: str, **more: Any) -> Any:
    """A needed text that the asker (and whoever has the receipt) reads."""
    return Field(title=label, min_length=1, max_length=more.pop("max_length", 500), json_schema_extra={"x-text": "public", **more})


def maybe(label: str, audience: str = "staff", *, max_length: int = 2000, **more: Any) -> Any:
    """A text that may be left out."""
    return Field(default="", title=label, max_length=max_length, json_schema_extra={"x-text": audience, **more})


def ref(kind: str, label: str, *, optional: bool = False, **more: Any) -> Any:
    """A row of `kind`, by number; the values are at x-choices, as the caller may choose."""
    extra = {"x-ref": kind, "x-choices": f"/api/v1/choices/{kind}", **more}
    return Field(default=None, title=label, json_schema_extra=extra) if optional else Field(title=label, json_schema_extra=extra)


def choice(label: str, labels: Mapping[str, str], *, default: Any = ..., **more: Any) -> Any:
    """One of a few words; `labels` says each in Chinese."""
    return Field(default=default, title=label, json_schema_extra={"x-labels": dict(labels), **more})


def contact(label: str, max_length: int = 60) -> Any:
    """A field of a resident's contact: encrypted at once, never in events, texts or titles."""
    return Field(default="", title=label, max_length=max_length, json_schema_extra={"x-contact": True})


@cache
def marks(needs: type[Needs]) -> dict[str, dict[str, Any]]:
    """The x-… marks of every field, in the order of the fields."""
    found = {name: field.json_schema_extra for name, field in needs.model_fields.items()}
    return {name: extra if isinstance(extra, dict) else {} for name, extra in found.items()}


def extra(needs: type[Needs], name: str) -> dict[str, Any]:
    """The x-… marks of one field."""
    return marks(needs)[name]


def collect(needs: type[Needs], raw: Mapping[str, Any], *, strict: bool = False) -> Any:
    """Validate `raw`. Absent or empty: Refused("missing"); unreadable or unknown: WrongType. `strict`: types as JSON has them."""
    tidy = {name: _tidy(name, value) for name, value in raw.items()}
    try:
        return needs.model_validate_json(json.dumps(tidy, default=str), strict=True) if strict else needs.model_validate(tidy)
    except ValidationError as found:
        missing, wrong = [], {}
        for error in found.errors(include_url=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            is_empty = error["type"] == "string_too_short" and not str(error["input"]).strip()
            if error["type"] == "missing" or error["input"] is None or is_empty:
                missing.append(name)
            else:
                wrong[name] = _sentence(error)
        if wrong:
            raise WrongType(wrong) from None
        raise Refused("missing", fields=missing) from None


def _tidy(name: str, value: Any) -> Any:
    """Text as it can be stored; what nobody could read is as good as left out. Raises WrongType for NUL and half characters."""
    if isinstance(value, list):
        return [_tidy(name, one) for one in value]
    if not isinstance(value, str):
        return value
    if UNKEEPABLE.search(value):
        raise WrongType({name: _("里面有存不下的特殊符号，请删掉那几个符号再办。")})
    return value if is_seen(value) else ""


def _sentence(error: Any) -> str:
    kinds = {
        "extra_forbidden": _("没有这一项。"),
        "string_too_long": _("写得太长了，请缩短。"),
        "literal_error": _("不是可选的词。"),
    }
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return kinds.get(error["type"], _("格式不对，请检查。"))


@dataclass(frozen=True)
class Head:
    """The facts every item has: where it stands, who answers, until when, where it is. Room facts extend this."""

    stage: str = ""
    holder: int | None = None
    due_at: datetime | None = None
    stage_due_at: datetime | None = None
    county: int = 0
    subdistrict: int | None = None
    community: int | None = None
    grid: int | None = None
    unit: int | None = None
    kind: str = ""
    title: str = ""
    urgent: bool = False
    raised_level: str = "grid"
    parent: int | None = None
    id: int = 0

    def place(self, level: str) -> int | None:
        """The item's place at `level`."""
        found: int | None = getattr(self, level)
        return found


@dataclass(frozen=True)
class Stage:
    """One state of a loop. `reads` is what the asker reads; `waiting` stages have a time-out step."""

    code: str
    label: str
    open: bool = True
    reads: str = ""
    holder: str = ""
    limit: str = ""
    waiting: bool = False


Given = Any
May = Callable[[Any, Actor], Seat | None]


def _no_bar(f: Any, w: World) -> str:
    return ""


def _nothing(f: Any, g: Any, w: World) -> Sequence[str]:
    return ()


def _no_others(f: Any, g: Any) -> Sequence[tuple[str, int]]:
    return ()


def _no_looks(f: Any, g: Any) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Step:
    """One transition. `may` answers AS WHICH seat; `change` is pure; `also` names (loop, id) of other items to lock with it."""

    name: str
    label: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: str
    may: May
    change: Callable[[Any, Given, World], Any]
    needs: type[Needs] = Needs
    bar: Callable[[Any, World], str] = _no_bar
    lacks: Callable[[Any, Given, World], Sequence[str]] = _nothing
    also: Callable[[Any, Given], Sequence[tuple[str, int]]] = _no_others
    looks: Callable[[Any, Given], Mapping[str, Any]] = _no_looks
    effect: Callable[[Any, Any, Any, Given], Mapping[str, Any] | None] | None = None
    time_out: bool = False
    plain: bool = False
    rare: bool = False


def _same(before: Any, after: Any, w: World) -> Any:
    return after


def _nobody(facts: Any, actor: Actor, w: World) -> bool:
    return False


@dataclass(frozen=True)
class Loop:
    """A table of steps with its stages and facts. `due` gives due_at from facts; `seen_by`: place (and hands) or hands only."""

    name: str
    label: str
    facts: type[Head]
    stages: Mapping[str, Stage]
    steps: Mapping[str, Step]
    create: str | None
    due: Callable[[Any], datetime | None]
    seen_by: str = "place"
    normal: Callable[[Any, Any, World], Any] = _same
    also: Callable[[Step, Any], Sequence[tuple[str, int]]] = field(default=lambda step, f: ())
    aftermath: Callable[[Any, Any, Step, Any, Any, Given], Mapping[str, Any] | None] | None = None
    hides: Callable[[Any, Actor, World], bool] = _nobody

    def __post_init__(self) -> None:
        """Whatever is open can lie in another grid from one day on: a row of every table."""
        if self.open_stages:
            row = Step("rehome", _("改网格"), self.open_stages, self.open_stages, _("网格调整生效时自动"), _by_system, rehomed, Rehome)
            object.__setattr__(self, "steps", {**self.steps, row.name: row})

    @property
    def open_stages(self) -> tuple[str, ...]:
        """Codes of the stages in which somebody is answerable."""
        return tuple(s.code for s in self.stages.values() if s.open)


class Rehome(Needs):
    """The grid its unit lies in now."""

    grid: int


def _by_system(f: Any, a: Actor) -> Seat | None:
    return Seat(SYSTEM_POST, "system", "", 0) if a.system else None


def rehomed(f: Any, g: Any, w: World) -> Any:
    """In its unit's new grid. What a post of the old one had is with the post of the same kind there; dates, stage and promise stay."""
    grid = w.town.places[g.grid]
    posts = {name: w.town.counterpart(post, f.grid, grid) for name in ("holder", "lead") if (post := getattr(f, name, None))}
    return replace(f, subdistrict=grid.subdistrict, community=grid.community, grid=grid.id, **posts)


def table(steps: Sequence[Step]) -> dict[str, Step]:
    """Steps by name; a name twice is an error."""
    names = [s.name for s in steps]
    if len(set(names)) != len(names):
        raise ValueError(f"doubled step in {names}")
    return {s.name: s for s in steps}


def stages(rows: Sequence[Stage]) -> dict[str, Stage]:
    """Stages by code."""
    return {s.code: s for s in rows}


def refusal(step: Step, facts: Any, actor: Actor, world: World) -> str:
    """Why `actor` may not take `step` now ("" if they may): not_yours, wrong_stage, or the step's own bar."""
    seat = step.may(facts, actor)
    if seat is None:
        return "not_yours"
    if (facts is None) != (not step.sources) or (facts is not None and facts.stage not in step.sources):
        return "wrong_stage"
    return step.bar(facts, replace(world, seat=seat, user=actor.user)) if facts is not None else ""


def offered(loop: Loop, facts: Any, actor: Actor, world: World) -> list[Step]:
    """The steps that `actor` may take on this item now, in the table's order; system steps are never offered to people."""
    return [s for s in loop.steps.values() if s.sources and not refusal(s, facts, actor, world)]


def take(loop: Loop, step: Step, facts: Any, actor: Actor, given: Given, world: World) -> tuple[Seat, Any]:
    """The pure core of a command: refuse, or give (acting seat, facts after)."""
    if code := refusal(step, facts, actor, world):
        raise Refused(code)
    seat = step.may(facts, actor)
    assert seat is not None
    world = replace(world, seat=seat, user=actor.user)
    if names := step.lacks(facts, given, world):
        raise Refused("missing", fields=list(names))
    after = loop.normal(facts, step.change(facts, given, world), world)
    if after.stage not in step.targets:
        raise AssertionError(f"{loop.name}.{step.name} went to {after.stage}")
    is_open = loop.stages[after.stage].open
    after = replace(after, due_at=loop.due(after)) if is_open else replace(after, holder=None, due_at=None, stage_due_at=None)
    if is_open and (after.holder is None or after.due_at is None):
        raise Refused("no_way")
    return seat, after
