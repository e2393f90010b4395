"""Finding items by words, from two Chinese characters on. One document an item: what it is called, where it is, what was first said.

Chinese has no blanks, so a document is kept as overlapping pairs of characters (numbers and Latin words as they are); each database
indexes these as words (`search_sql`). The place tokens in front let the index itself keep to one place. A derived copy: written with
the item, gone with its words; `hawthorn check` compares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from hawthorn.kernel.world import Seat, Town
from hawthorn.loops import search_sql
from hawthorn.loops.models import Item, Text, Wording

FIRST_WORDS = ("heading", "words", "spot", "what", "reason")
LONGEST = 1000
RUNS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\U00020000-\U0003134f]+")
PLACES = ("subdistrict", "community", "grid")


def tokens(words: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, a lone one by itself, numbers and Latin words whole; everything else parts them."""
    found: list[str] = []
    for run in RUNS.findall(unicodedata.normalize("NFKC", words[:LONGEST]).lower()):
        if run.isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [a + b for a, b in pairwise(run)]
    return found


def scope(level: str, place: int) -> str:
    """The token of a place; no word of a document looks like it."""
    return f"z{level[0]}{place}z"


def document(item: Item, said: Iterable[str]) -> str:
    """What is indexed of an item: its places, title, and the words first said."""
    places = [scope(level, place) for level in PLACES if (place := getattr(item, f"{level}_id")) is not None]
    parts = [" ".join(tokens(part)) for part in (item.title, *said)]
    return f" {' '.join([*places, *(part for part in parts if part)])} "


def is_long_enough(said: str) -> bool:
    """Two Chinese characters, or one number or Latin word."""
    return any(len(token) > 1 or token.isascii() for token in tokens(said))


def narrowed(found: QuerySet[Item], said: str, seat: Seat | None, town: Town) -> QuerySet[Item]:
    """Those whose document has every part of `said` (parted by blanks) as it stands there, within the seat's place."""
    parts = [part for word in said.split() if (part := tokens(word))]
    if not parts or not is_long_enough(said):
        return found.none()
    if scopes := _scopes(seat, town):
        return found.filter(pk__in=search_sql.matching(connection.vendor, scopes, parts))
    # A county's list is short; going through it is faster than through all that has the word.
    wanted = [Q(tokens__contains=search_sql.run_of(part)) for part in parts]
    return found.filter(Exists(Wording.objects.filter(*wanted, item=OuterRef("pk"))))


def _scopes(seat: Seat | None, town: Town) -> list[str]:
    """The seat's place; for a post that sees by its hands the subdistrict it stands in."""
    card = town.places.get(seat.place) if seat else None
    if seat is None or card is None or seat.level == "county":
        return []
    if seat.scope == "place":
        return [scope(seat.level, seat.place)]
    return [scope("subdistrict", card.at("subdistrict") or 0)] if card.at("subdistrict") else []


def first_words(items: Sequence[int]) -> dict[int, list[str]]:
    """What was first said about each item, one statement; erased words are gone from it."""
    found: dict[int, list[str]] = {item: [] for item in items}
    kept = Text.objects.filter(item__in=items, seq=1, field__in=FIRST_WORDS, erased_at=None).order_by("item_id", "id")
    for item, words in kept.values_list("item_id", "words"):
        found[item].append(words)
    return found
