"""Registries that let rooms offer something to rooms above or beside them without being imported by them.

A room fills its slot in `AppConfig.ready`. Slots: loops, choices, commands, checks, due work, promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from hawthorn.kernel.steps import Loop
from hawthorn.kernel.world import Actor, Town

T = TypeVar("T")


class Slot(Generic[T]):
    """Named things in the order they were put in; a name can be taken once."""

    def __init__(self, name: str) -> None:
        self.name, self._things = name, dict[str, T]()

    def put(self, key: str, thing: T) -> T:
        """Register; the same thing twice is harmless, another under the same name is an error."""
        if self._things.get(key, thing) is not thing:
            raise ValueError(f"{self.name}: {key} is taken")
        self._things[key] = thing
        return thing

    def __getitem__(self, key: str) -> T:
        return self._things[key]

    def get(self, key: str) -> T | None:
        return self._things.get(key)

    def __contains__(self, key: object) -> bool:
        return key in self._things

    def __iter__(self) -> Iterator[T]:
        return iter(self._things.values())

    def items(self) -> list[tuple[str, T]]:
        """Pairs of name and thing, in the order of registration."""
        return list(self._things.items())


@dataclass(frozen=True)
class Asking:
    """Who asks for choices: with the facts of the item they are for, where there is one. The system may name any row."""

    actor: Actor
    town: Town
    now: datetime
    facts: Any = None
    words: str = ""


class Choices(Protocol):
    """Rows of one kind that may be named in a command."""

    def list(self, asking: Asking) -> list[tuple[int, str]]:
        """Value and label, as the asker may choose; at most 200."""
        ...

    def row(self, asking: Asking, value: int) -> Any:
        """The row behind `value`, or None where it is not among the asker's choices."""
        ...


LOOPS: Slot[Loop] = Slot("loops")
DETAILS: Slot[type[Any]] = Slot("details")
CHOICES: Slot[Choices] = Slot("choices")
CHECKS: Slot[Callable[..., list[str]]] = Slot("checks")
DUE_WORK: Slot[Callable[..., int]] = Slot("due work")
COMMANDS: Slot[Callable[..., Any]] = Slot("commands")
PROMISES: Slot[Callable[[Sequence[Any]], Mapping[int, datetime | None]]] = Slot("promises")
"""By loop: which of these open items somebody was promised something about (an answer, a deed), and until when where that was said."""
