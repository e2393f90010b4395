"""回话 on the page of what it hangs on: what was to be told, for whoever may see the call itself."""

from __future__ import annotations

from collections.abc import Sequence

from hawthorn.loops import queries, reporters
from hawthorn.loops.models import Item
from hawthorn.web.request import Request


def words_of(children: Sequence[Item], request: Request) -> dict[int, str]:
    """By number of the call, the words it was about. Costs statements only where there is one."""
    calls = [child for child in children if child.loop == reporters.TELLINGS]
    seen = queries.visible_among(calls, actor=request.actor, town=request.town, now=request.now) if calls else []
    return {row.item.pk: reporters.owed_words(row.item) for row in seen}
