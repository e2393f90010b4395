"""How the sheet of a source is read: as it was said last time where its headings are the same, else guessed by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from hawthorn.files import sheets
from hawthorn.gateways.messages_rows import LABELS, RESULTS, Mapping_, guess_mapping
from hawthorn.gateways.messages_sheet import Sheet
from hawthorn.gateways.models import SheetSource
from hawthorn.tenants.models import Tenant

__all__ = ["NEEDED", "choose", "guess_mapping", "known_columns", "number_in", "remember", "sources_of"]
NEEDED = ("outside_number", "words")


def remember(tenant: Tenant, source: str, headings: Sequence[str], columns: Mapping[str, int], now: datetime) -> None:
    """Keep what each column is, for the next sheet of this source."""
    kept = {name: n for name, n in columns.items() if name in LABELS or name in RESULTS}
    SheetSource.objects.update_or_create(tenant=tenant, name=source, defaults={"headings": list(headings), "columns": kept, "at": now})


def known_columns(tenant: Tenant, source: str, headings: Sequence[str]) -> Mapping_ | None:
    """As it was said last time; None where the source is new or its headings are others. Columns that moved are followed by their headings."""
    found = SheetSource.objects.filter(tenant=tenant, name=source).first()
    if found is None:
        return None
    if list(headings) == found.headings:
        return dict(found.columns)
    named = {name: found.headings[n] for name, n in found.columns.items() if n < len(found.headings)}
    is_clear = all(list(headings).count(heading) == 1 for heading in named.values())
    return {name: list(headings).index(heading) for name, heading in named.items()} if named and is_clear else None


def sources_of(tenant: Tenant) -> list[SheetSource]:
    """The sources of a tenant whose columns are known."""
    return list(SheetSource.objects.filter(tenant=tenant).order_by("name"))


def choose(found_sheets: Sequence[Sheet], tenant: Tenant | None = None, source: str = "") -> tuple[Sheet, Mapping_] | None:
    """The first sheet whose headings say what is needed, else the first with anything in it, and what its columns are."""
    found = [(sheet, (known_columns(tenant, source, sheet.headings) if tenant else None) or guess_mapping(sheet.headings)) for sheet in found_sheets]
    return next((one for one in found if all(name in one[1] for name in NEEDED)), found[0] if found else None)


def number_in(value: object) -> str:
    """A ticket number as it stands in a cell, as it is kept."""
    return "" if value in (None, "") else sheets.text(value)
