"""Many items at once: the same `Work` and the same table, with the rows in memory until a family (a whole and its small loops) is done.

Nothing is read from the database while a family is played. The caller gives the numbers, so that families can be played side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from hawthorn.accounts.actions import emptied
from hawthorn.accounts.models import Contact
from hawthorn.kernel.errors import HawthornError
from hawthorn.kernel.facts import replace
from hawthorn.kernel.slots import Asking
from hawthorn.kernel.steps import Needs
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import searching
from hawthorn.loops.flush import contact_of, reporter_of
from hawthorn.loops.models import Item, Link, Reporter, Text, Touch, Wording
from hawthorn.loops.rows import Row
from hawthorn.loops.town import system
from hawthorn.loops.work import Work

Units = Mapping[int, Any]
NOBODY = Actor(None, ())


class Family(Work):
    """One item and all that comes of it, played from its beginning. `numbers` gives ids for items, askers, contacts; `receipts` new receipts."""

    def __init__(self, town: Town, door: str, units: Units, numbers: Iterator[int], receipts: Callable[[], str], erased_before: datetime) -> None:
        super().__init__(NOBODY, erased_before, door, town)
        self._units, self._numbers, self._receipts, self._erased_before = units, numbers, receipts, erased_before
        self.people: list[Reporter] = []
        self.contacts: list[Contact] = []
        self.tied: list[Link] = []

    # ── the two verbs, at a moment ──
    def begin(self, loop: str, step: str, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> Row:
        """Make a whole by a creating step. Raises as `loops.actions.start`."""
        self.actor, self.now = actor, now
        return self.create(loop, step, given, actor)

    def play(self, row: Row, step: str, given: Mapping[str, Any], *, actor: Actor, now: datetime) -> None:
        """Take a step. Raises as `loops.actions.take_step`; after a refusal the family is as it was."""
        self.actor, self.now = actor, now
        before, number = {pk: r.facts for pk, r in self.rows.items()}, len(self.events)
        try:
            self.take(row.loop.name, row.item.pk, step, given, actor)
        except HawthornError:
            if len(self.events) != number:
                raise AssertionError(f"{row.loop.name}.{step} was refused half way") from None
            for pk, facts in before.items():
                self.rows[pk].facts = facts
            self.busy.clear()
            raise

    def run_out(self, until: datetime) -> None:
        """Time-out steps of all that waited past its limit before `until`, each at its limit, as due work takes them."""
        while waiting := [r for r in self.rows.values() if r.item.open and r.item.stage_due_at and r.item.stage_due_at <= until and _time_out(r)]:
            row = min(waiting, key=lambda r: (r.item.stage_due_at, r.item.pk))
            due = row.item.stage_due_at
            assert due is not None
            self.play(row, _time_out(row), {}, actor=system("time-out", self.town.county), now=due)

    def child(self, parent: Row, loop: str) -> Row | None:
        """The first open small loop of one kind."""
        return next((r for r in self.rows.values() if r.item.parent_id == parent.item.pk and r.loop.name == loop and r.item.open), None)

    # ── what Work asks the database for, from memory ──
    def create(self, loop: str, name: str, raw: Mapping[str, Any], actor: Actor | None = None, *, parent: Row | None = None, at_once: bool = False) -> Row:
        """As Work's; the row has its number at once and counts as locked."""
        row = super().create(loop, name, raw, actor, parent=parent, at_once=True)
        row.is_new, row.facts = False, replace(row.facts, id=row.item.pk)
        return row

    def receipt(self) -> str:
        """The next receipt of the caller's."""
        return self._receipts()

    def number(self, row: Row) -> None:
        """The next number of the family's."""
        row.item.pk = next(self._numbers)

    def _looked(self, kind: str, value: int, asking: Asking) -> Any:
        return self._units.get(value) if kind == "units" else super()._looked(kind, value, asking)

    def open_children(self, row: Row, loop: str) -> list[int]:
        """Open small loops of one kind, from memory."""
        return [pk for pk, r in self.rows.items() if r.item.parent_id == row.item.pk and r.loop.name == loop and r.item.open]

    def helpers(self, row: Row, loop: str) -> set[int]:
        """Posts that hold open small loops, from memory."""
        return {r.facts.holder for pk in self.open_children(row, loop) if (r := self.rows[pk]).facts.holder}

    def add_asker(self, row: Row, given: Needs) -> None:
        """Keep the asker as of now."""
        contact = contact_of(given, self)
        if contact is not None:
            self.contacts.append(contact)
        self.people.append(reporter_of(row, given, contact, self))

    def move_askers(self, row: Row, target: Row) -> None:
        """Askers go along with a merge."""
        for one in self.people:
            if one.item is row.item:
                one.item, one.moved_from, one.moved_path = target.item, row.item, f"{one.moved_path}{row.item.pk},"

    def link(self, source: Row, target: Row, kind: str) -> None:
        """Tie two items as of now."""
        self.tied.append(Link(source=source.item, target=target.item, kind=kind, at=self.now))

    # ── what is to be written ──
    def things(self) -> Iterator[Any]:
        """Every object of the family, numbered, or (model, row) for the plain ones; contacts whose time is over are empty, as due work leaves them."""
        for row in self.rows.values():
            yield row.item
            if row.detail is not None:
                row.detail.item = row.item
                yield row.detail
        for row, event in self.events:
            event.stream = row.item.pk
            yield event
        for row, said in self.texts:
            yield Text, (row.item.pk, *said, None)
        for post, row in self.touches.values():
            yield Touch, (post, row.item.pk)
        yield from self.tied
        yield from self._askers()
        yield from self._wordings()

    def _wordings(self) -> Iterator[Any]:
        said: dict[int, list[str]] = {}
        for row, text in self.texts:
            if text.seq == 1 and text.field in searching.FIRST_WORDS:
                said.setdefault(row.item.pk, []).append(text.words)
        for pk, row in self.rows.items():
            yield Wording, (pk, searching.document(row.item, said.get(pk, [])))

    def _askers(self) -> Iterator[Any]:
        for one, contact in ((one, one.contact) for one in self.people):
            if contact is not None:
                contact.pk = next(self._numbers)
                if _is_over(one.item, self._erased_before):
                    for name, value in emptied(self.now).items():
                        setattr(contact, name, value)
                one.contact = contact
                yield contact
            one.pk, one.item = next(self._numbers), one.item  # the item has its number only now
            yield one


def _is_over(item: Item, before: datetime) -> bool:
    return item.closed_at is not None and item.closed_at <= before


def _time_out(row: Row) -> str:
    return next((s.name for s in row.loop.steps.values() if s.time_out and row.item.stage in s.sources), "")
