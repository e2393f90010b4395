"""结果回填 from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from hawthorn.files.ledgers import as_xlsx
from hawthorn.gateways import actions, results
from hawthorn.gateways.messages import SHEET, subdistrict_of
from hawthorn.gateways.messages_file import tenant_named
from hawthorn.kernel.clock import SHANGHAI
from hawthorn.loops.town import town_of


@dataclass(frozen=True)
class Done:
    """Rows written, and how many of them have an answer from here."""

    rows: int
    known: int


def export_results(
    out: Path | str, *, tenant_code: str, source: str, since: date | None, until: date | None, by: str, sheet: Path | str | None, now: datetime
) -> Done:
    """Write the source's sheet, or fill in the one at `sheet`. Raises Refused, NotAWorkbook, OSError."""
    tenant = tenant_named(tenant_code)
    begin = datetime.combine(since, time(), SHANGHAI) if since else None
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI) if until else None
    wanted = results.Wanted(subdistrict_of(tenant, town_of(tenant.county or tenant)), source.strip(), begin, end, by)
    if sheet:
        with Path(sheet).open("rb") as file:
            found = results.filled(file, tenant, wanted)
            _write(out, as_xlsx(SHEET, found.form.as_columns, found.read(), has_dictionary=False, above=found.above))
        done = Done(found.rows, found.known)
    else:
        form, number = results.form_of(tenant, wanted.source), wanted.found().count()
        _write(out, as_xlsx(SHEET, form.as_columns, results.rows_of(wanted, form), has_dictionary=False))
        done = Done(number, number)
    actions.note_export(tenant=tenant, user=None, post=None, what="results", rows=done.known, now=now)
    return done


def _write(out: Path | str, pieces: Iterable[bytes]) -> None:
    """Whole or not at all."""
    draft = Path(f"{out}.part")
    try:
        with draft.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
