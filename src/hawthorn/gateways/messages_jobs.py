"""A long sheet on its way in: looked through whole first, then taken in by batches. A batch and how far it got are one transaction, so that a
run that was killed goes on where it stopped and ends with the same matters as one that was not: all rows are taken at the time it began.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import platform
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import F, Q

from hawthorn.files.sheets import NotAWorkbook
from hawthorn.gateways import actions, kept_sheets
from hawthorn.gateways import messages_sources as sources
from hawthorn.gateways.messages import BATCH, LOG, NO_ROWS, counted, errors_book, lacking, letters_of, problem, reader_of
from hawthorn.gateways.messages_rows import Going, Ready
from hawthorn.gateways.messages_sheet import Sheet, open_sheets
from hawthorn.gateways.models import OPEN_STATES, SheetImport, SheetProblem
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town
from hawthorn.tenants.models import Tenant

LOOKED_AT_ONCE, PIECE, MOST_PROBLEMS = 1000, 1 << 20, 20_000
CLAIM, KEPT_FOR = timedelta(seconds=30), timedelta(days=30)
HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:8]


class Lost(Exception):
    """Another process works on it now, or somebody stopped it."""


@dataclass
class Run:
    """One process at work on one sheet. `asks` is told after every piece of work; `now` is when it began to."""

    job: SheetImport
    town: Town
    now: datetime
    asks: Callable[[SheetImport], None] = lambda _job: None
    owner: str = field(default_factory=lambda: f"{HOST}.{os.getpid()}.{secrets.token_hex(4)}")
    began: float = field(default_factory=time.monotonic)

    @property
    def at(self) -> datetime:
        """The time, as it went on since `now`."""
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    def write(self, **what: Any) -> None:
        """Keep how far it got, and the claim. Raises Lost."""
        mine = SheetImport.objects.filter(pk=self.job.pk, owner=self.owner, state__in=OPEN_STATES)
        if mine.update(until=self.at + CLAIM, **what) != 1:
            raise Lost
        for name, value in what.items():
            setattr(self.job, name, value)


def digest_of(file: BinaryIO) -> str:
    """What the bytes are known by."""
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(PIECE):
        found.update(piece)
    return found.hexdigest()


def begin(
    *, tenant: Tenant, source: str, user: int | None, name: str, digest: str, columns: dict[str, int], is_dry: bool, is_anew: bool, now: datetime
) -> SheetImport:
    """Note a sheet that is to be taken in (or only looked through)."""
    return SheetImport.objects.create(
        tenant=tenant, source=source, user=user, name=name, digest=digest, columns=columns, is_dry=is_dry, is_anew=is_anew, made_at=now
    )


def unfinished(tenant: Tenant, source: str, digest: str) -> SheetImport | None:
    """The same sheet of the same source whose taking in was broken off."""
    found = SheetImport.objects.filter(tenant=tenant, source=source, digest=digest, state__in=OPEN_STATES, is_dry=False)
    return found.order_by("-id").first()


def go_on(job: SheetImport, *, is_anew: bool) -> None:
    """After a look: take it in."""
    SheetImport.objects.filter(pk=job.pk, state="asked").update(state="taking", is_dry=False, is_anew=is_anew, owner="", until=None, ended_at=None)


def stop(job: SheetImport, now: datetime) -> None:
    """No further; what is taken in stays."""
    SheetImport.objects.filter(pk=job.pk, state__in=[*OPEN_STATES, "asked"]).update(state="stopped", ended_at=now)


def needed_names() -> set[str]:
    """Kept files that are still to be read."""
    return set(SheetImport.objects.filter(state__in=OPEN_STATES).exclude(name="").values_list("name", flat=True))


def sweep_due(*, town: Town, now: datetime) -> int:
    """Files, of any county, of which the hour is over; how many."""
    return kept_sheets.sweep(now, needed_names())


def is_gone(owner: str) -> bool:
    """Was it a process of this machine that is no more."""
    host, _dot, rest = owner.partition(".")
    number = rest.partition(".")[0]
    if host != HOST or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def claim(run: Run) -> bool:
    """Take the work on; False where another process is at it."""
    job = run.job
    job.refresh_from_db()
    free = Q(owner="") | Q(until__lte=run.at) | (Q(owner=job.owner) if is_gone(job.owner) else Q(pk=None))
    found = SheetImport.objects.filter(free, pk=job.pk, state__in=OPEN_STATES)
    if found.update(owner=run.owner, until=run.at + CLAIM, begun_at=job.begun_at or run.at) != 1:
        return False
    job.refresh_from_db()
    return True


def work_off(run: Run, file: BinaryIO, *, seconds: float = float("inf")) -> bool:
    """Work on it for about so long; True when there is nothing more to do for now. Raises Lost."""
    job, until = run.job, run.began + seconds
    try:
        sheet = next(iter(_chosen(open_sheets(file), job)), None)
        if sheet is None:
            raise NotAWorkbook(_("这张表是空的。"))
        if job.state == "checking":
            _look_through(run, sheet)
        if job.state == "taking":
            return _take_rows(run, sheet, until)
    except (NotAWorkbook, Refused) as wrong:
        nothing = {"new": 0, "known": 0} if job.state == "checking" else {}
        run.write(why=(wrong.detail if isinstance(wrong, Refused) else str(wrong))[:200], **nothing)
        _end(run, "failed")
    return True


def _chosen(sheets: Sequence[Sheet], job: SheetImport) -> list[Sheet]:
    """The sheet its columns were said of."""
    found = sources.choose(sheets, job.tenant, job.source)
    return [found[0]] if found else []


def _look_through(run: Run, sheet: Sheet) -> None:
    """All rows, before the first is taken in: a file that breaks off in the middle takes nothing in."""
    job = run.job
    going = Going(reader_of(job.columns, job.tenant, run.town, job.source, job.begun_at or run.now))
    letters = letters_of(job.columns)
    SheetProblem.objects.filter(sheet=job).delete()
    figures: dict[str, Any] = {"rows": 0, "new": 0, "known": 0, "wrong": 0, "elsewhere": {}, "why": " ".join(lacking(job.columns))}
    run.write(**figures)
    if lacking(job.columns):
        return _end(run, "failed")
    for piece in _pieces(sheet.rows(), LOOKED_AT_ONCE):
        _look_at(run, going, piece, figures, letters)
        run.write(**figures)
        run.asks(job)
    if not job.rows:
        raise NotAWorkbook(NO_ROWS)
    run.write(why=sheet.remark[:200])
    if job.is_dry or (job.elsewhere and not job.is_anew) or not job.new:
        return _end(run, "asked" if job.is_dry or job.new else "done")
    run.write(state="taking", new=0, known=0)
    return None


def _look_at(run: Run, going: Going, piece: Sequence[tuple[int, tuple[Any, ...]]], figures: dict[str, Any], letters: dict[str, str]) -> None:
    ready, wrong = [], []
    for row, cells in piece:
        one, found = going.take(row, cells)
        if one is not None:
            ready.append(one.number)
        wrong += [problem(row, name, words, letters) for name, words in found.items()]
    place, source = going.reader.subdistrict, going.reader.source
    known = actions.known_numbers(place, source, ready)
    elsewhere = counted(actions.numbers_elsewhere(place, source, [n for n in ready if n not in known]).values())
    if figures["wrong"] < MOST_PROBLEMS:  # beyond that nobody mends them by hand
        SheetProblem.objects.bulk_create(SheetProblem(sheet=run.job, row=p.row, column=p.column, words=str(p.words)[:300]) for p in wrong)
    figures["rows"] += len(piece)
    figures["wrong"] += len({p.row for p in wrong})
    figures["known"] += len(known)
    figures["new"] += len(ready) - len(known)
    figures["elsewhere"] = {name: figures["elsewhere"].get(name, 0) + elsewhere.get(name, 0) for name in figures["elsewhere"] | elsewhere}


def _take_rows(run: Run, sheet: Sheet, until: float) -> bool:
    """From where it stopped, batch by batch. False where time ran out."""
    job = run.job
    begun = job.begun_at or run.now
    going = Going(reader_of(job.columns, job.tenant, run.town, job.source, begun))
    rows = sheet.rows()
    for row, cells in rows:
        if row > job.reached:
            rows = itertools.chain([(row, cells)], rows)
            break
        going.skip(row, cells)
    for piece in _pieces(rows, BATCH):
        if time.monotonic() > until:
            return False
        _take_batch(run, piece, going, begun)
        run.asks(job)
    _end(run, "done")
    LOG.info("messages: tenant %s, %d rows, %d new, %d known, %d errors", job.tenant_id, job.rows, job.new, job.known, job.wrong)
    return True


def _take_batch(run: Run, piece: Sequence[tuple[int, tuple[Any, ...]]], going: Going, begun: datetime) -> None:
    """Its matters, its problems and how far it got: one transaction."""
    job = run.job
    ready: list[Ready] = [one for row, cells in piece if (one := going.take(row, cells)[0]) is not None]
    with transaction.atomic():
        run.write(reached=piece[-1][0], done=job.done + len(piece))
        taken = actions.take(
            ready, subdistrict=going.reader.subdistrict, source=job.source, town=run.town, now=begun, agreed=None if job.is_anew else frozenset[str]()
        )
        SheetProblem.objects.bulk_create(SheetProblem(sheet=job, row=row.row, words=words[:300]) for row, words in taken.left)
        run.write(new=job.new + len(taken.ids), known=job.known + taken.known, wrong=job.wrong + len(taken.left))


def _pieces(rows: Iterator[tuple[int, tuple[Any, ...]]], size: int) -> Iterator[list[tuple[int, tuple[Any, ...]]]]:
    while piece := list(itertools.islice(rows, size)):
        yield piece


def _end(run: Run, state: str) -> None:
    """Nothing more to do; a file that is not needed any more goes at once."""
    run.write(state=state, ended_at=run.at)
    job = run.job
    if job.name and state == "done" and not SheetProblem.objects.filter(sheet=job).exists():
        kept_sheets.forget(job.name)
    elif job.name:
        kept_sheets.touch(job.name, run.at)


def problems_of(job: SheetImport) -> list[SheetProblem]:
    """What is wrong with its rows, in their order."""
    return list(SheetProblem.objects.filter(sheet=job).order_by("row", "id"))


def errors_of(job: SheetImport, file: BinaryIO) -> bytes:
    """The rows with problems as a sheet, to be corrected and sent again. Raises NotAWorkbook."""
    reasons: dict[int, list[str]] = {}
    for row, words in SheetProblem.objects.filter(sheet=job).order_by("row", "id").values_list("row", "words"):
        reasons.setdefault(row, []).append(words)
    sheet = next(iter(_chosen(open_sheets(file), job)), None)
    return errors_book(sheet.headings, sheet.rows(), reasons) if sheet else errors_book((), (), reasons)


def recent(tenant: Tenant) -> list[SheetImport]:
    """The newest imports of a tenant, for somebody who comes back to one."""
    return list(SheetImport.objects.filter(tenant=tenant).exclude(name="").order_by("-id")[:5])


def work_due(*, town: Town, now: datetime, seconds: float = 45) -> int:
    """Due work: sheets of this county, the oldest first, for about so long. The number of pieces of work."""
    kept_sheets.sweep(now, needed_names())
    _forget_problems(now)
    began, done = time.monotonic(), 0
    waiting = SheetImport.objects.filter(Q(tenant__county=town.county) | Q(tenant=town.county), state__in=OPEN_STATES).exclude(name="")
    for job in waiting.select_related("tenant").order_by(F("begun_at").asc(nulls_last=True), "id")[:20]:
        left = seconds - (time.monotonic() - began)
        if left > 0:
            done += _work_on(Run(job, town, now), left)
    return done


def _forget_problems(now: datetime) -> None:
    """Of imports that ended long ago; their figures stay."""
    old = list(SheetProblem.objects.filter(sheet__ended_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:1000])
    SheetProblem.objects.filter(pk__in=old).delete()


def _work_on(run: Run, seconds: float) -> int:
    if not claim(run):
        return 0
    try:
        with kept_sheets.opened(run.job.name) as file:
            if file is None:
                run.write(why=_("传上来的表已经不在了，请再传一次；收过的不会重复收。"))
                _end(run, "failed")
            elif not work_off(run, file, seconds=seconds):
                run.write(owner="")
    except Lost:
        return 0
    return 1
