"""The end of a command: everything it changed, one statement per table (for each 500 rows that change)."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat

from hawthorn.accounts import keys
from hawthorn.accounts.models import Contact
from hawthorn.files.models import Attachment
from hawthorn.journal.models import Event, Outbox
from hawthorn.kernel.clock import local
from hawthorn.loops import searching
from hawthorn.loops.models import Item, Link, Nudge, OneTimeLink, Reporter, Text, Touch, Wording
from hawthorn.loops.rows import Row, columns
from hawthorn.loops.work import Work

CONTACT_DAYS = 730
AT_ONCE = 500
"""Rows changed by one statement: its CASE is read branch by branch for every row, and cannot be broken off while PostgreSQL plans it."""
RENAMED = {"title", "subdistrict", "community", "grid"}


def flush(work: Work) -> None:
    """Write what the command gathered; items first (they give numbers), then everything that names them."""
    if fresh := [r.item for r in work.made if r.item.pk is None]:
        Item.objects.bulk_create(fresh)
    changed = [r for r in work.rows.values() if r not in work.made and r.of_item]
    late = [r for r in work.made if r.item.pk in work.rows and r.item.version > 1]
    _update(Item, [r.item for r in changed + late], sorted({f for r in changed + late for f in r.of_item}))
    _details(work.made, changed)
    for row, event in work.events:
        event.stream = row.item.pk
    Event.objects.bulk_create([event for _row, event in work.events])
    if work.texts:
        Text.objects.bulk_create([Text(item=row.item, **said._asdict()) for row, said in work.texts])
    _wordings(work)
    _beside(work)
    for call in work.later:
        call()


def _wordings(work: Work) -> None:
    """What new items are found by; those that moved or were named anew lose their old document first."""
    said: dict[int, list[str]] = defaultdict(list)
    for row, text in work.texts:
        if text.seq == 1 and text.field in searching.FIRST_WORDS:
            said[row.item.pk].append(text.words)
    moved = [r for r in work.rows.values() if r not in work.made and RENAMED & set(r.of_item)]
    if moved:
        ids = [r.item.pk for r in moved]
        said |= searching.first_words(ids)
        Wording.objects.filter(item__in=ids).delete()
    if items := [r.item for r in work.made + moved]:
        Wording.objects.bulk_create([Wording(item=item, tokens=searching.document(item, said[item.pk])) for item in items])


def _update(model: type[Any], things: list[Any], names: list[str]) -> None:
    if len(things) == 1:
        known = columns(model)
        model.objects.filter(pk=things[0].pk).update(**{known.get(n, n): getattr(things[0], known.get(n, n)) for n in names})
    elif things:
        model.objects.bulk_update(things, names, batch_size=AT_ONCE)


def _details(made: list[Row], changed: list[Row]) -> None:
    new: dict[type[Any], list[Any]] = defaultdict(list)
    for row in made:
        if row.detail is not None:
            row.detail.item = row.item
            new[type(row.detail)].append(row.detail)
    for model, details in new.items():
        model.objects.bulk_create(details)
    old: dict[type[Any], list[Row]] = defaultdict(list)
    for row in changed:
        if row.detail is not None and row.of_detail:
            old[type(row.detail)].append(row)
    for model, rows in old.items():
        _update(model, [r.detail for r in rows], sorted({f for r in rows for f in r.of_detail}))


def _beside(work: Work) -> None:
    if work.askers:
        _askers(work)
    if work.links:
        Link.objects.bulk_create([Link(source=a.item, target=b.item, kind=kind, at=work.now) for a, b, kind in work.links])
    if work.touches:
        Touch.objects.bulk_create([Touch(post_id=post, item=row.item) for post, row in work.touches.values()], ignore_conflicts=True)
    if work.outbox:
        _outbox(work)
    if work.nudges:
        _nudges(work)
    _rare(work)


def _rare(work: Work) -> None:
    for row, ids, audience in work.attached:
        given = {"item": row.item.pk, "seq": row.item.version, "audience": audience, "asker": work.reporters.get(row.item.pk, work.actor.reporter)}
        Attachment.objects.filter(pk__in=list(ids), item__isnull=True).update(**given)
    if work.one_time:
        _links(work)
    for row, target in work.moves:
        _move(row, target)
    for row, target in work.files:
        Attachment.objects.filter(item=row.item.pk).update(item=target.item.pk, seq=1)
    for row, item in work.unlinked:
        Link.objects.filter(source=row.item, target=item, kind="merged", ended_at__isnull=True).update(ended_at=work.now)


def _nudges(work: Work) -> None:
    told = [Nudge(item=row.item, post_id=post, kind=kind, due_at=row.item.due_at or work.now, at=work.now) for row, post, kind in work.nudges]
    Nudge.objects.bulk_create(told, ignore_conflicts=True)


def _links(work: Work) -> None:
    OneTimeLink.objects.bulk_create(
        OneTimeLink(
            item=row.item, digest=keys.keyed("link", row.slip["link"]), whom=whom[:60], made_by=work.actor.user or 0, made_at=work.now, expires_at=until
        )
        for row, whom, until in work.one_time
    )


def _move(row: Row, target: Row) -> None:
    if row is target:
        _bring_back(row)
    else:
        path = Concat(F("moved_path"), Value(f"{row.item.pk},"))
        Reporter.objects.filter(item=row.item).update(item=target.item, moved_from=row.item, moved_path=path)


def _bring_back(row: Row) -> None:
    """Whoever came from this item, by whatever way since, is here again; the way before it stays."""
    mark = f",{row.item.pk},"
    for reporter in Reporter.objects.filter(moved_path__contains=mark):
        before = reporter.moved_path[: reporter.moved_path.index(mark) + 1]
        last = before.strip(",").rpartition(",")[2]
        Reporter.objects.filter(pk=reporter.pk).update(item=row.item, moved_path=before, moved_from=int(last) if last else None)


def _askers(work: Work) -> None:
    contacts: list[Contact | None] = []
    for _row, given in work.askers:
        contacts.append(contact_of(given, work))
    Contact.objects.bulk_create([c for c in contacts if c is not None])
    made = Reporter.objects.bulk_create(reporter_of(row, given, contact, work) for (row, given), contact in zip(work.askers, contacts, strict=True))
    work.reporters = {reporter.item_id: reporter.pk for reporter in made}


def reporter_of(row: Row, given: Any, contact: Contact | None, work: Work) -> Reporter:
    """An asker not yet saved; the slip with receipt, word and token stays on the row until the answer is given."""
    first = row.is_new and not row.slip
    receipt, word, token = row.item.receipt if first else work.receipt(), keys.letters(4), keys.letters(24)
    row.slip = {"receipt": receipt, "word": word, "token": token}
    return Reporter(
        item=row.item, receipt=receipt, word_digest=keys.keyed("word", receipt, word), token_digest=keys.keyed("token", token),
        contact=contact, way=contact.way if contact else "none", channel=getattr(given, "channel", "") or "web",
        hides_from_grid=given.hides_from_grid, on_behalf=given.on_behalf, entered_by=work.actor.user, at=work.now,
    )  # fmt: skip


def contact_of(given: Any, work: Work) -> Contact | None:
    """The contact in what was given, sealed; None where none was left."""
    if not given.has_contact:
        return None
    values = {"name": given.name, "phone": given.phone, "mail": given.mail, "address": given.address}
    digits = "".join(c for c in given.phone if c.isdigit())
    county = str(work.town.county)
    return Contact(
        county_id=work.town.county, way=given.way, cipher=keys.seal(values, "contact"), purpose="答复来话",
        blind=keys.keyed("phone", county, digits) if digits else "",
        blind_tail=keys.keyed("tail", county, digits[-4:]) if len(digits) >= 4 else "",
        basis="consent" if given.consent else "duty", expires_on=local(work.now).date() + timedelta(days=CONTACT_DAYS),
    )  # fmt: skip


def _outbox(work: Work) -> None:
    ids = {row.item.pk: row for row, _template in work.outbox}
    wanted = Reporter.objects.filter(item__in=list(ids), way="mail", left_at__isnull=True, contact__erased_at=None, contact__isnull=False)
    found: dict[int, list[int]] = defaultdict(list)
    for item, contact in wanted.values_list("item_id", "contact_id"):
        found[item].append(contact)
    Outbox.objects.bulk_create(
        Outbox(
            contact=contact, template=template, item=row.item.pk, event_seq=row.item.version, next_at=work.now,
            key=f"{row.item.pk}.{row.item.version}.{contact}",
        )
        for row, template in work.outbox
        for contact in found[row.item.pk]
    )  # fmt: skip
