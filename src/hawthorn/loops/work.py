"""One command: every row it touches, written once at the end, at most one statement per table."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from hawthorn.accounts import keys
from hawthorn.accounts.actions import emptied
from hawthorn.accounts.models import Contact
from hawthorn.files.models import Attachment
from hawthorn.files.voices import MIME as SOUND
from hawthorn.journal import records
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused, Relock
from hawthorn.kernel.facts import new_row, replace
from hawthorn.kernel.slots import CHOICES, COMMANDS, LOOPS, Asking
from hawthorn.kernel.steps import Loop, Needs, Rehome, Step, collect, marks, refusal, rehomed, take
from hawthorn.kernel.world import Actor, Town, World
from hawthorn.loops import queries
from hawthorn.loops import rows as rowing
from hawthorn.loops.models import Item, Link, Reporter, Text
from hawthorn.loops.rows import Row

EFFECT = "effect"
NO_TIME = timedelta()
BIGGEST = 2**63 - 1


class Said(NamedTuple):
    """Words of a step, not yet a row."""

    seq: int
    field: str
    audience: str
    words: str
    salt: str


@dataclass
class Work:
    """Rows locked or made by one command, and what is to be written beside them."""

    actor: Actor
    now: datetime
    door: str
    town: Town
    key: str = ""
    asked: str = ""
    device: str = ""
    rows: dict[int, Row] = field(default_factory=dict)
    tried: set[tuple[str, int]] = field(default_factory=set)
    made: list[Row] = field(default_factory=list)
    events: list[tuple[Row, Event]] = field(default_factory=list)
    texts: list[tuple[Row, Said]] = field(default_factory=list)
    links: list[tuple[Row, Row, str]] = field(default_factory=list)
    touches: dict[tuple[int, int], tuple[int, Row]] = field(default_factory=dict)
    askers: list[tuple[Row, Any]] = field(default_factory=list)
    reporters: dict[int, int] = field(default_factory=dict)
    attached: list[tuple[Row, Sequence[int], str]] = field(default_factory=list)
    outbox: list[tuple[Row, str]] = field(default_factory=list)
    one_time: list[tuple[Row, str, datetime]] = field(default_factory=list)
    moves: list[tuple[Row, Row]] = field(default_factory=list)
    files: list[tuple[Row, Row]] = field(default_factory=list)
    unlinked: list[tuple[Row, int]] = field(default_factory=list)
    nudges: list[tuple[Row, int, str]] = field(default_factory=list)
    later: list[Any] = field(default_factory=list)
    busy: list[Row] = field(default_factory=list)

    def lock(self, wanted: Iterable[tuple[str, int]]) -> None:
        """Lock items in id order and read their facts; those that are not there are left out."""
        wanted = set(wanted)
        self.tried |= wanted
        for row in lock_rows(sorted((pair for pair in wanted if pair[1] <= BIGGEST), key=lambda pair: pair[1])):
            self.rows[row.item.pk] = row

    def row(self, loop: str, item: int) -> Row:
        """A locked row of that loop. Raises NotThere."""
        found = self.rows.get(item)
        if found is None or found.loop.name != loop:
            raise NotThere
        return found

    # ── the two verbs ──
    def take(self, loop: str, item: int, name: str, raw: Mapping[str, Any], actor: Actor | None = None) -> Row:
        """Take a step on a locked row; `actor` None: as an effect of another step."""
        if actor is None and item not in self.rows:
            raise Relock([(loop, item)])
        row = self.row(loop, item)
        step = row.loop.steps.get(name)
        if step is None or not step.sources:
            raise NotThere
        actor = actor or self._effect_actor()
        if code := refusal(step, row.facts, actor, self._world(row.facts)):
            raise Refused(code)
        given = collect(step.needs, raw, strict=self.door == "api" and actor is self.actor)
        others = [*step.also(row.facts, given), *row.loop.also(step, row.facts)]
        if more := [pair for pair in others if pair[1] not in self.rows and pair not in self.tried]:
            raise Relock(more)
        self._note(row, step, given, actor)
        return row

    def create(self, loop: str, name: str, raw: Mapping[str, Any], actor: Actor | None = None, *, parent: Row | None = None, at_once: bool = False) -> Row:
        """Make an item by a creating step. `at_once` saves it now, so that its number can be a fact of another."""
        table = LOOPS[loop]
        step = table.steps[name]
        actor = actor or self._effect_actor()
        if code := refusal(step, None, actor, self._world(None)):
            raise Refused(code)
        given = collect(step.needs, raw, strict=self.door == "api" and actor is self.actor)
        receipt = self.receipt()
        item = new_row(Item)
        item.loop, item.receipt, item.head = loop, receipt, records.genesis(receipt)
        row = Row(table, item, rowing.new_detail(table), None, is_new=True)
        self.made.append(row)
        self._note(row, step, given, actor, parent=parent)
        if at_once:
            self.number(row)
            self.rows[row.item.pk] = row
        return row

    def receipt(self) -> str:
        """A new receipt; that it is nobody's yet is the database's word."""
        return keys.letters(8)

    def number(self, row: Row) -> None:
        """Give a new item its number before the flush."""
        row.item.save(force_insert=True)

    def _effect_actor(self) -> Actor:
        return Actor(self.actor.user, (), system=EFFECT, county=self.actor.county)

    def _world(self, facts: Any, refs: Mapping[str, Any] | None = None) -> World:
        return World(self.now, self.town, refs=refs or {})

    def _refs(self, step: Step, facts: Any, given: Needs, actor: Actor) -> dict[str, Any]:
        asking = Asking(actor, self.town, self.now, facts)
        found: dict[str, Any] = {}
        for name, extra in marks(step.needs).items():
            kind, value = extra.get("x-ref"), getattr(given, name)
            if kind and value not in (None, [], ()):
                many = value if isinstance(value, (list, tuple)) else [value]
                looked = [self._looked(kind, v, asking) for v in many]
                if None in looked:
                    raise Refused("not_a_choice", fields=[name])
                found[name] = looked if isinstance(value, (list, tuple)) else looked[0]
        plain = replace(asking, actor=self._effect_actor())
        for name, (kind, value) in step.looks(facts, given).items():
            found[name] = CHOICES[kind].row(plain, value) if value else None
        return found

    def _looked(self, kind: str, value: int, asking: Asking) -> Any:
        """The row a command names, among the asker's choices; numbers no database can hold are nobody's."""
        if not 0 < value <= BIGGEST:
            return None
        return self._locked(kind, value, asking.actor) if kind in LOOPS else CHOICES[kind].row(asking, value)

    def _locked(self, loop: str, item: int, actor: Actor) -> Any:
        row = self.rows.get(item)
        visible = row is not None and row.loop.name == loop and queries.sees(row.loop, row.facts, row.item, actor, self.town, self.now)
        return row.facts if row is not None and visible else None

    def _note(self, row: Row, step: Step, given: Any, actor: Actor, parent: Row | None = None) -> None:
        before = row.facts
        refs = self._refs(step, before, given, actor)
        if parent is not None:
            refs["parent"] = parent.facts
        seat, after = take(row.loop, step, before, actor, given, self._world(before, refs))
        after = self._found_again(row.loop, before, after)
        if row.is_new and parent is not None:
            after = replace(after, parent=parent.item.pk)
        row.facts = after
        self.busy.append(row)
        if step.effect and (more := step.effect(self, row, before, given)):
            row.facts = after = replace(after, **more)
        if row.loop.aftermath and (more := row.loop.aftermath(self, row, step, before, after, given)):
            row.facts = after = replace(after, **more)
        self.busy.pop()
        self._journal(row, step, before, given, seat.post or None)

    def _found_again(self, loop: Loop, before: Any, after: Any) -> Any:
        """What is opened again lies where its unit lies now; without a unit, in the heir of its grid where that ended."""
        if before is None or loop.stages[before.stage].open or not loop.stages[after.stage].open:
            return after
        grid = queries.grid_now(after.unit, after.grid if after.grid in self.town.places.past else None)
        return after if grid in (None, after.grid) or grid not in self.town.places else rehomed(after, Rehome(grid=grid), self._world(before))

    def _journal(self, row: Row, step: Step, before: Any, given: Any, post: int | None) -> None:
        item, after = row.item, row.facts
        changed = rowing.delta(before, after)
        item.version += 1
        texts = self._keep_words(row, step.needs, given, item.version)
        body: dict[str, Any] = {"facts": changed}
        if texts:
            body["texts"] = texts
        if plain := _plain_values(step.needs, given):
            body["given"] = plain
        event = records.record(
            seq=item.version, step=step.name, stage=after.stage, user=self.actor.user, post=post, door=self.door, device=self.device,
            at=self.now, body=rowing.canonical(body), prev=item.head,
        )  # fmt: skip
        if not self.busy:
            event.key, event.asked = self.key, self.asked
        item.head = event.digest
        self._place(row, before, after, changed)
        self.events.append((row, event))
        known = {before.holder, getattr(before, "lead", None)} if before is not None else set()
        for name in ("holder", "lead"):
            if changed.get(name) and changed[name] not in known:
                self.touch(changed[name], row)

    def _place(self, row: Row, before: Any, after: Any, changed: Mapping[str, Any]) -> None:
        item = row.item
        of_item, of_detail = rowing.put_facts(row, after, rowing.names(row.loop.facts) if row.is_new else changed)
        is_open = row.loop.stages[after.stage].open
        if row.is_new:
            item.opened_at = getattr(after, "arrived_at", None) or self.now
        if row.is_new or is_open != item.open:
            item.open, item.closed_at = is_open, None if is_open else self.now
            of_item += ["open", "closed_at"]
        if "due_at" in changed or not is_open:
            rest = max(after.due_at - self.now, NO_TIME) if is_open else NO_TIME
            item.nudge_at = after.due_at - rest / 4 if is_open else None
            of_item.append("nudge_at")
        row.of_item = sorted({*row.of_item, *of_item, "version", "head"})
        row.of_detail = sorted({*row.of_detail, *of_detail})

    def _keep_words(self, row: Row, needs: type[Needs], given: Any, seq: int) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, extra in marks(needs).items():
            audience, words = extra.get("x-text"), getattr(given, name)
            if audience and words:
                words = words if isinstance(words, str) else "\n".join(words)
                if self.actor.reporter is not None:
                    audience = "staff"  # what one asker says is no answer to the others
                salt = secrets.token_hex(8)
                self.texts.append((row, Said(seq, name, audience, words, salt)))
                kept[name] = keys.keyed("text", salt, words)
        return kept

    # ── what an effect may ask for ──
    def touch(self, post: int, row: Row) -> None:
        """Remember that the item went through this post's hands."""
        self.touches[post, id(row.item)] = (post, row)

    def link(self, source: Row, target: Row, kind: str) -> None:
        """Tie two items: merged, split, became."""
        self.links.append((source, target, kind))

    def add_asker(self, row: Row, given: Any) -> None:
        """Somebody asked: contact (encrypted), own receipt and word; the slip is on the row until the answer is given."""
        self.askers.append((row, given))

    def attach(self, row: Row, files: Sequence[int], audience: str) -> None:
        """Give uploaded files to the item's newest event."""
        self.attached.append((row, files, audience))

    def tell(self, row: Row, template: str) -> None:
        """Queue a message to all askers of the item that left an address for messages."""
        self.outbox.append((row, template))

    def nudge(self, row: Row, post: int | None, kind: str) -> None:
        """Show the item to a post as something it was told."""
        if post is not None:
            self.nudges.append((row, post, kind))

    def is_busy(self, item: int | None) -> bool:
        """Is a step of that item what this is an effect of."""
        return any(row.item.pk == item for row in self.busy)

    def one_time_link(self, row: Row, whom: str, expires_at: datetime) -> None:
        """A link for one outsider; the token is said once, in the answer's slip."""
        row.slip = {**row.slip, "link": keys.letters(24)}
        self.one_time.append((row, whom, expires_at))

    def move_askers(self, row: Row, target: Row) -> None:
        """Reporters go along with a merge and remember where they came from."""
        self.moves.append((row, target))

    def move_files(self, row: Row, target: Row) -> None:
        """Photos go along with what was said: they are shown where it is handled."""
        self.files.append((row, target))

    def words_of(self, row: Row) -> tuple[str, str]:
        """What was said about an item so far, one line each, and where. One statement."""
        said = list(Text.objects.filter(item=row.item.pk, erased_at=None).order_by("seq", "id").values_list("field", "words"))
        return "\n".join(words for name, words in said if name == "words"), next((words for name, words in said if name == "spot"), "")

    def return_askers(self, row: Row) -> None:
        """Reporters come back when a merge is undone."""
        self.moves.append((row, row))

    def unlink(self, row: Row, target: int) -> None:
        """End the tie of a merge."""
        self.unlinked.append((row, target))

    def asker_leaves(self, row: Row, reporter: int) -> dict[str, Any]:
        """One of several askers takes theirs back; gives the counts of those who stay."""
        ways = list(Reporter.objects.filter(item=row.item.pk, left_at__isnull=True).exclude(pk=reporter).values_list("way", flat=True))
        Reporter.objects.filter(pk=reporter).update(left_at=self.now)
        Contact.objects.filter(pk__in=Reporter.objects.filter(pk=reporter).values("contact"), erased_at=None).update(**emptied(self.now))
        Attachment.objects.filter(asker=reporter, mime=SOUND).update(item=None)  # nobody's any more, and forgotten with the unused ones
        told = [way for way in ways if way != "none"]
        return {"reporters": len(ways), "tellable": len(told), "by_phone": told.count("phone"), "visits": told.count("visit")}

    def open_children(self, row: Row, loop: str) -> list[int]:
        """Small loops of one kind that hang on the item and are open."""
        return list(Item.objects.filter(parent=row.item.pk, loop=loop, open=True).order_by("id").values_list("pk", flat=True))

    def helpers(self, row: Row, loop: str) -> set[int]:
        """Posts that hold small loops of one kind on the item now."""
        return set(Item.objects.filter(parent=row.item.pk, loop=loop, open=True).values_list("holder_id", flat=True)) - {None}

    def born(self, item: int) -> dict[str, Any]:
        """The facts an item began with, as its first event has them."""
        body = Event.objects.filter(stream=item, seq=1).values_list("body", flat=True).first()
        return dict(json.loads(body)["facts"]) if body else {}

    def merged_in(self, item: int, but: int) -> list[Any]:
        """Facts of what is merged into an item and stays so when one of them leaves."""
        ids = Link.objects.filter(target=item, kind="merged", ended_at__isnull=True).exclude(source=but).values_list("source", flat=True)
        known = {pk: self.rows[pk].facts for pk in ids if pk in self.rows}
        return [*known.values(), *(row.facts for row in lock_rows([("matters", pk) for pk in sorted(set(ids) - set(known))]))]

    def is_hidden(self, item: int, but: int) -> bool:
        """Does any asker of an item hide from the grid, those left out that came with another."""
        return Reporter.objects.filter(item=item, hides_from_grid=True).exclude(moved_path__contains=f",{but},").exists()

    def command(self, name: str, **what: Any) -> None:
        """Call an action another room registered, in this transaction, after the flush."""
        self.after_all(lambda: COMMANDS[name](now=self.now, **what))

    def after_all(self, call: Any) -> None:
        """Run a lower room's action in the same transaction, after the flush."""
        self.later.append(call)


def _plain_values(needs: type[Needs], given: Any) -> dict[str, Any]:
    """What was given besides words and contacts: numbers, dates, words from a list."""
    kept = {}
    for name, extra in marks(needs).items():
        value = getattr(given, name)
        if "x-text" not in extra and "x-contact" not in extra and value not in (None, "", [], (), False):
            kept[name] = value
    return kept


def lock_rows(wanted: Sequence[tuple[str, int]]) -> list[Row]:
    """Rows locked in id order. One loop: one statement; several: one for the items and one per loop for details."""
    loops = {loop for loop, _item in wanted if loop in LOOPS}
    ids = [item for _loop, item in wanted]
    if len(loops) == 1:
        loop = LOOPS[next(iter(loops))]
        if model := _detail_model(loop):
            found = model.objects.select_for_update().select_related("item").filter(item__in=ids, item__loop=loop.name).order_by("item_id")
            return [_row(loop, d.item, d) for d in found]
    items = {i.pk: i for i in Item.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    rows: list[Row] = []
    for name in sorted({i.loop for i in items.values()}):
        loop, mine = LOOPS[name], [i.pk for i in items.values() if i.loop == name]
        model = _detail_model(loop)
        details = {d.item_id: d for d in model.objects.filter(item__in=mine)} if model else {}
        rows += [_row(loop, items[pk], details.get(pk)) for pk in mine]
    return rows


def _detail_model(loop: Loop) -> type[Any] | None:
    detail = rowing.new_detail(loop)
    return type(detail) if detail is not None else None


def _row(loop: Loop, item: Item, detail: Any) -> Row:
    return Row(loop, item, detail, rowing.facts_of(loop, item, detail))
