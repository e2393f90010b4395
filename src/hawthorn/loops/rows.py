"""Facts ↔ rows ↔ event bodies. A fact has one name everywhere: attribute, column, JSON key."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache as cached
from typing import Any, TypeVar

from hawthorn.kernel.facts import new_row
from hawthorn.kernel.slots import DETAILS
from hawthorn.kernel.steps import Head, Loop
from hawthorn.loops.models import Item

T = TypeVar("T")


def cache(call: Callable[[Any], T]) -> Callable[[Any], T]:
    """functools.cache, typed for classes as keys."""
    return cached(call)


HEAD = tuple(f.name for f in fields(Head) if f.name != "id")


@dataclass
class Row:
    """One item in one command: its rows, its facts, and what must be written at the end."""

    loop: Loop
    item: Item
    detail: Any
    facts: Any
    is_new: bool = False
    slip: dict[str, str] = field(default_factory=dict)
    of_item: list[str] = field(default_factory=list)
    of_detail: list[str] = field(default_factory=list)


@cache
def columns(model: Any) -> dict[str, str]:
    return {f.name: f.attname for f in model._meta.concrete_fields}


@cache
def names(facts: Any) -> tuple[str, ...]:
    """All fact names of a loop except the item's id."""
    return tuple(f.name for f in fields(facts) if f.name != "id")


def _own(loop: Loop) -> tuple[str, ...]:
    return names(loop.facts)[len(HEAD) :]


def facts_of(loop: Loop, item: Item, detail: Any) -> Any:
    """The facts as the rows hold them."""
    head = columns(Item)
    values = {name: getattr(item, head[name]) for name in HEAD}
    if detail is not None:
        own = columns(type(detail))
        values |= {name: getattr(detail, own[name]) for name in _own(loop)}
    return loop.facts(id=item.pk, **values)


def put_facts(row: Row, after: Any, changed: Iterable[str]) -> tuple[list[str], list[str]]:
    """Write changed facts onto the row's objects; gives (item fields, detail fields) that were set."""
    head, own = columns(Item), columns(type(row.detail)) if row.detail is not None else {}
    if row.is_new:  # no related object is cached yet: past the descriptors, a third of the time
        known = after.__dict__
        row.item.__dict__.update({head[name]: known[name] for name in HEAD})
        mine = _own(row.loop) if row.detail is not None else ()
        if mine:
            row.detail.__dict__.update({own[name]: known[name] for name in mine})
        return list(HEAD), list(mine)
    of_item: list[str] = []
    of_detail: list[str] = []
    for name in changed:
        target, attributes, names_ = (row.item, head, of_item) if name in HEAD else (row.detail, own, of_detail)
        setattr(target, attributes[name], getattr(after, name))
        names_.append(name)
    return of_item, of_detail


def new_detail(loop: Loop) -> Any:
    """An empty detail row of the loop's room, or None where the loop has none."""
    model = DETAILS.get(loop.name)
    return new_row(model) if model else None


def delta(before: Any, after: Any) -> dict[str, Any]:
    """Facts that differ; all that differ from the class's defaults where there was nothing before."""
    known = before.__dict__ if before is not None else _defaults(type(after))
    return {name: value for name, value in after.__dict__.items() if value != known[name] and name != "id"}


@cache
def _defaults(facts: Any) -> dict[str, Any]:
    return dict(facts().__dict__)


def to_json(value: Any) -> Any:
    """A fact as canonical JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=to_json)


def canonical(body: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no blanks, as it is digested."""
    return CANONICAL.encode(body)


@cache
def _timed(facts: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(facts)
    found: dict[str, Any] = {}
    for name, hint in hints.items():
        kinds = {hint, *typing.get_args(hint)}
        if datetime in kinds:
            found[name] = datetime
        elif date in kinds:
            found[name] = date
    return found


def fold(facts: type[Head], bodies: Iterable[Mapping[str, Any]], item: int) -> Any:
    """Facts rebuilt from the bodies of an item's events, oldest first."""
    values: dict[str, Any] = {}
    timed = _timed(facts)
    known = set(names(facts))
    for body in bodies:
        for name, value in body.get("facts", {}).items():
            if name in known:
                values[name] = timed[name].fromisoformat(value) if value is not None and name in timed else value
    return facts(id=item, **values)
