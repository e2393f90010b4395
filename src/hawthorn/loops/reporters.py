"""来话人: who asked, by receipt, word or link; where it stands in one sentence; looking up at the counter; reading a contact."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from hawthorn.accounts import keys
from hawthorn.accounts.models import Contact, Reveal
from hawthorn.journal.models import Event
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, Seat, Town
from hawthorn.loops import queries
from hawthorn.loops.models import Item, OneTimeLink, Reporter, Text
from hawthorn.loops.rows import Row

MOST = 20
LOOKED_AT = 60
REASON_LENGTH = 200
ANSWERING = "answering"
TELLINGS = "tellings"
OBJECTIONS = ("again", "unsolved", "unsatisfied", "reopen")
NO_DIGEST = "0" * 64
FIELDS = ("name", "phone", "mail", "address")


# ── who is it ──
def plain(code: str) -> str:
    """A receipt, word or token as it is kept: capitals, without blanks and hyphens, full-width letters made plain."""
    return "".join(c for c in unicodedata.normalize("NFKC", code[:200]).upper() if c.isascii() and c.isalnum())


def by_receipt(receipt: str) -> Reporter | None:
    """Whose receipt that is, however it was written. One statement."""
    code = plain(receipt)
    return _reporters().filter(receipt=code).first() if len(code) == 8 else None


def items_of(receipt: str) -> list[int]:
    """The items a receipt stands for: the one that carries it, and the one its asker is at now. Two statements."""
    code = plain(receipt)
    own = Item.objects.filter(receipt=code).values_list("pk", flat=True)
    return sorted({*own, *Reporter.objects.filter(receipt=code, left_at=None).values_list("item_id", flat=True)})


def acting(receipt: str, word: str, now: datetime) -> Actor | None:
    """The asker as somebody who acts, by the word on the slip; None where it is wrong or they took theirs back."""
    reporter = by_receipt(receipt)
    asked = keys.keyed("word", plain(receipt), plain(word))
    is_right = keys.same(asked, reporter.word_digest if reporter else NO_DIGEST)
    return acting_as(reporter, now) if reporter is not None and is_right else None


def acting_by_token(token: str, now: datetime) -> Actor | None:
    """The same by the token in the link of a message."""
    code = plain(token)
    reporter = _reporters().filter(token_digest=keys.keyed("token", code)).first() if code else None
    return acting_as(reporter, now) if reporter is not None else None


def acting_as(reporter: Reporter, now: datetime) -> Actor | None:
    """Somebody whose word or token was found right, as an actor; None where they took their matter back."""
    if reporter.left_at is not None and reporter.left_at <= now:
        return None
    return Actor(None, (Seat(0, "reporter", "item", reporter.item_id),), county=reporter.item.county.tenant_id, reporter=reporter.pk)


def may_read(reporter: Reporter, tail: str) -> bool:
    """Do the last four digits fit the phone that was left; always no where none was left. Says nothing by its time."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", tail[:20]) if c in "0123456789")
    contact = reporter.contact
    asked = keys.keyed("tail", str(contact.county_id if contact else 0), digits)
    fits = keys.same(asked, contact.blind_tail if contact and contact.blind_tail else NO_DIGEST)
    return fits and len(digits) == 4


def outsider(token: str, now: datetime) -> Actor | None:
    """The holder of a one-time link that still works: not used, not expired, the item open."""
    link = _link(token, now)
    if link is None:
        return None
    return Actor(None, (Seat(0, "outsider", "item", link.item_id),), county=link.item.county.tenant_id)


def use_link(token: str, now: datetime) -> bool:
    """Spend a one-time link, in the transaction of the step it was for. False where it works no longer: then refuse the step."""
    return bool(OneTimeLink.objects.filter(digest=keys.keyed("link", plain(token)), used_at=None, expires_at__gt=now).update(used_at=now))


def _reporters() -> QuerySet[Reporter]:
    return Reporter.objects.select_related("item__county", "contact")


def _link(token: str, now: datetime) -> OneTimeLink | None:
    found = OneTimeLink.objects.select_related("item__county").filter(digest=keys.keyed("link", plain(token)))
    return found.filter(used_at=None, expires_at__gt=now, item__open=True).first()


# ── where it stands ──
@dataclass(frozen=True)
class Standing:
    """What the asker reads. `public`: when, after which step, which words; `reads`: the stage in a resident's words.

    `is_stale`: somebody said since that the last answer was none, and nothing new was said to them.
    """

    item_id: int
    loop: str
    receipt: str
    stage: str
    reads: str
    sentence: str
    is_open: bool
    promise_at: datetime | None = None
    merged_into: int | None = None
    public: tuple[tuple[datetime, str, str], ...] = field(default=())
    is_stale: bool = False


def standing(reporter: Reporter, town: Town, now: datetime) -> Standing:
    """Where what somebody asked for stands now, in the matter it was merged into if it was. Four statements."""
    row = _followed(reporter.item_id, town, now)
    f = row.facts
    items = {row.item.pk, reporter.item_id, reporter.moved_from_id} - {None}
    public, is_stale = _public(items)
    return Standing(
        row.item.pk, row.loop.name, reporter.receipt, f.stage, reads(row), sentence_of(row, town, now), row.item.open, getattr(f, "promise_at", None),
        row.item.pk if reporter.moved_from_id or row.item.pk != reporter.item_id else None, public, is_stale,
    )  # fmt: skip


def own_words(reporter: Reporter) -> list[str]:
    """What this asker wrote themselves, oldest first: not what staff wrote down for them, nor what was erased, nor the words of others who ask too."""
    begun = Item.objects.filter(receipt=reporter.receipt).first()
    if begun is None:
        return _joining_words(reporter)
    own = Event.objects.filter(stream=begun.pk, user=None, post=None, door="web").values_list("seq", flat=True)
    is_alone = not Reporter.objects.filter(Q(item=begun.pk) | Q(moved_from=begun.pk)).exclude(pk=reporter.pk).exists()
    seqs = [seq for seq in own if is_alone or seq == 1]
    said = list(Text.objects.filter(item=begun.pk, seq__in=seqs, erased_at=None).order_by("seq", "id").values_list("words", flat=True))
    return said + (_words_since(reporter) if reporter.item_id != begun.pk else [])


def _words_since(reporter: Reporter) -> list[str]:
    """What they added where it moved on to, as long as nobody else asks there."""
    if Reporter.objects.filter(item=reporter.item_id).exclude(pk=reporter.pk).exists():
        return []
    own = Event.objects.filter(stream=reporter.item_id, seq__gt=1, user=None, post=None, door="web").values_list("seq", flat=True)
    return list(Text.objects.filter(item=reporter.item_id, seq__in=list(own), erased_at=None).order_by("seq", "id").values_list("words", flat=True))


def _joining_words(reporter: Reporter) -> list[str]:
    """What somebody said who followed a matter of others: of the one step that made them an asker."""
    streams = [reporter.item_id, *(int(n) for n in reporter.moved_path.split(",") if n)]
    own = Event.objects.filter(stream__in=streams, step="follow", at=reporter.at, user=None, post=None, door="web").values_list("stream", "seq")
    if len(own) != 1:
        return []
    stream, seq = own[0]
    return list(Text.objects.filter(item=stream, seq=seq, erased_at=None).order_by("id").values_list("words", flat=True))


def _followed(item: int, town: Town, now: datetime) -> Row:
    inner = Actor(None, (), system="standing", county=town.county)
    for _again in range(10):
        row = queries.get_visible(item, actor=inner, town=town, now=now)
        target = getattr(row.facts, "merged_into", None) or getattr(row.facts, "became", None)
        if not target:
            return row
        item = target
    return row


def _public(items: set[int | None]) -> tuple[tuple[tuple[datetime, str, str], ...], bool]:
    """What was said to the asker, and whether somebody objected to the last of it since."""
    texts = list(Text.objects.filter(item__in=items, audience="public", erased_at=None).select_related("item").order_by("item_id", "seq", "id"))
    if not texts:
        return (), False
    wanted = {(t.item_id, t.seq): t for t in texts}
    of_words = Q(stream__in={t.item_id for t in texts}, seq__in={t.seq for t in texts})
    events = list(Event.objects.filter(of_words | Q(stream__in=items, step__in=OBJECTIONS)))
    known = {(e.stream, e.seq): e for e in events if (e.stream, e.seq) in wanted}
    said = []
    for text in texts:
        event = known[text.item_id, text.seq]
        step = LOOPS[text.item.loop].steps.get(event.step)
        said.append((event.at, step.label if step else event.step, text.words))
    said.sort(key=lambda line: line[0])
    return tuple(said), any(e.step in OBJECTIONS and e.at > said[-1][0] for e in events)


def sentence_of(row: Row, town: Town, now: datetime) -> str:
    """One plain sentence to read out: what, since when, who has it now and until when, or how it ended."""
    item = row.item
    begun = _("{title}，{at} 收到").format(title=spoken(row), at=_when(item.opened_at, now))
    if not item.open:
        return _("{begun}，{at} {reads}。").format(begun=begun, at=_when(item.closed_at, now), reads=reads(row))
    post = town.posts.get(item.holder_id or 0)
    if item.stage == ANSWERING:
        return _("{begun}。已经办过，等您说一声解决了没有；由{post}问您。").format(begun=begun, post=post.name if post else "")
    limit = row.loop.stages[item.stage].limit
    due = item.stage_due_at or item.due_at
    late = _("，已经超过，正在催办") if due and due < now else ""
    return _("{begun}。{reads}，由{post}负责，{limit}到 {due}{late}。").format(
        begun=begun, reads=reads(row), post=post.name if post else "", limit=limit if limit.endswith("时限") else _("期限"), due=_when(due, now), late=late
    )


def spoken(row: Row) -> str:
    """The title, as it is said to the one who asked: no word for our own drawer “not sorted yet”."""
    title = row.item.title
    _what, _dot, where = title.partition(" · ")
    return title if getattr(row.facts, "category", True) or not where else _("{where}的一件事").format(where=where)


def reads(row: Row) -> str:
    """The stage in a resident's words."""
    stage = row.loop.stages[row.item.stage]
    return stage.reads or stage.label


def _when(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    day = local(at)
    year = f"{day.year}年" if day.year != local(now).year else ""
    return f"{year}{day.month}月{day.day}日 {day:%H:%M}"


# ── at the counter, on the phone ──
def look_up(*, actor: Actor, town: Town, now: datetime, tail: str = "", unit: int | None = None, receipt: str = "") -> list[tuple[int, str]]:
    """What residents asked for, by receipt, by the last four digits of a phone or by unit: newest first, at most 20 the actor may see."""
    loops = [loop.name for loop in LOOPS if any(stage.reads for stage in loop.stages.values())]
    found = Item.objects.filter(loop__in=loops).order_by("-id")
    upper = replace(actor, seats=tuple(s for s in actor.seats if s.level != "grid"))
    if receipt:
        own = found.filter(Q(receipt=plain(receipt)) | Q(pk__in=Reporter.objects.filter(receipt=plain(receipt)).values("item")))
        rows = queries.visible_among(list(own[:LOOKED_AT]), actor=actor, town=town, now=now)
    elif unit is not None:
        rows = queries.visible_among(list(found.filter(unit=unit)[:LOOKED_AT]), actor=actor, town=town, now=now)
    elif len(tail) == 4 and tail.isascii() and tail.isdigit():
        asked = Reporter.objects.filter(item=OuterRef("pk"), contact__blind_tail=keys.keyed("tail", str(town.county), tail), left_at=None)
        items = list(found.filter(Exists(asked)).annotate(_shown=Exists(asked.filter(hides_from_grid=False)))[:LOOKED_AT])
        # Who hid from the grid must not be found out there by trying digits.
        rows = queries.visible_among([i for i in items if i._shown], actor=actor, town=town, now=now)  # type: ignore[attr-defined]
        rows += queries.visible_among([i for i in items if not i._shown], actor=upper, town=town, now=now)  # type: ignore[attr-defined]
        rows.sort(key=lambda row: -row.item.pk)
    else:
        return []
    return [(row.item.pk, sentence_of(row, town, now)) for row in rows[:MOST]]


@dataclass(frozen=True)
class AskerRow:
    """One asker as staff sees them before reading the contact: how and when they want to be told, nothing else."""

    id: int
    way: str
    channel: str
    at: datetime
    hides_from_grid: bool
    on_behalf: bool
    may_reveal: bool


def asker_rows(item_id: int, actor: Actor, town: Town, now: datetime) -> list[AskerRow]:
    """Who asked for an item, masked. Raises NotThere."""
    row = queries.get_visible(item_id, actor=actor, town=town, now=now)
    askers = list(Reporter.objects.filter(item=item_id, left_at=None).select_related("contact").order_by("id"))
    return _asker_rows(askers, row, actor)


def owed_rows(telling: Row, actor: Actor, town: Town, now: datetime) -> list[AskerRow]:
    """Who is to be called: the askers of what ended, wherever they were moved by a merge since; masked as above."""
    parent = telling.item.parent_id or 0
    end = _followed(parent, town, now).item.pk
    found = to_call(parent, end).select_related("contact").order_by("id")
    return _asker_rows(list(found), queries.get_visible(end, actor=actor, town=town, now=now), actor)


def to_call(parent: int, end: int) -> QuerySet[Reporter]:
    """Who can still be told how `parent` ended, where its askers are at `end` now."""
    found = Reporter.objects.filter(item=end, left_at=None, contact__erased_at=None).exclude(way="none")
    return found if end == parent else found.filter(moved_path__contains=f",{parent},")


def owed_words(telling: Item) -> str:
    """What they are to be told, or were told: the public words with which it ended then, not what was said later."""
    then = Event.objects.filter(stream=telling.parent_id or 0, at__lte=telling.opened_at).aggregate(seq=Max("seq"))["seq"] or 0
    said = Text.objects.filter(item=telling.parent_id, audience="public", erased_at=None, seq__lte=then).order_by("-seq", "-id").first()
    return said.words if said else ""


def _asker_rows(askers: list[Reporter], row: Row, actor: Actor) -> list[AskerRow]:
    holders = _holders(row, [asker for asker in askers if asker.contact_id])
    return [
        AskerRow(
            r.pk, r.way, r.channel, r.at, r.hides_from_grid, r.on_behalf,
            _is_kept(r.contact) and _revealing(row, r, actor, holders.get(r.pk, ())) is not None,
        )
        for r in askers
    ]  # fmt: skip


def reveal(*, reporter_id: int, reason: str, actor: Actor, town: Town, now: datetime) -> dict[str, str]:
    """Name, phone, mail, address of one asker, with the reason kept. Raises NotThere; Refused not_yours, missing, nobody_to_ask."""
    reporter = Reporter.objects.select_related("contact").filter(pk=reporter_id).first()
    if reporter is None or reporter.left_at is not None:
        raise NotThere
    row = queries.get_visible(reporter.item_id, actor=actor, town=town, now=now)
    seat = _revealing(row, reporter, actor, _holders(row, [reporter])[reporter.pk])
    if seat is None or actor.user is None:
        raise Refused("not_yours")
    words = " ".join(reason.split())[:REASON_LENGTH]
    if not words:
        raise Refused("missing", fields=["reason"])
    contact = reporter.contact
    if contact is None or not _is_kept(contact):
        raise Refused("nobody_to_ask")
    Reveal.objects.create(contact=contact, user_id=actor.user, post=seat.post, item=row.item.pk, reason=words, at=now)
    opened = keys.unseal(bytes(contact.cipher), "contact")
    return {name: str(opened.get(name) or "") for name in FIELDS}


def _holders(row: Row, askers: Sequence[Reporter]) -> dict[int, Sequence[int]]:
    """By asker, the post that holds the item and those that owe them a call: for it, or for what was merged into it. One statement at most."""
    ended = {asker.pk: {row.item.pk, *(int(n) for n in asker.moved_path.split(",") if n)} for asker in askers}
    every = set[int]().union(*ended.values())
    owing = list(Item.objects.filter(parent__in=every, loop=TELLINGS, open=True).values_list("parent_id", "holder_id")) if every else []
    own = [row.item.holder_id] if row.item.holder_id else []
    return {pk: [*own, *(post for parent, post in owing if parent in items and post)] for pk, items in ended.items()}


def _revealing(row: Row, reporter: Reporter, actor: Actor, holders: Sequence[int]) -> Seat | None:
    """As which seat the contact may be read: a holder, or the subdistrict desk of the place; no grid post where the asker hides from it."""
    for seat in actor.seats:
        if seat.level == "grid" and reporter.hides_from_grid:
            continue
        if seat.post in holders or (seat.kind == "subdistrict_desk" and seat.place == row.item.subdistrict_id):
            return seat
    return None


def _is_kept(contact: Contact | None) -> bool:
    return contact is not None and contact.erased_at is None
