"""Every read of hints: what is suggested for words, what lies near, how right it was. Nothing is decided here."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import cos, hypot, radians
from threading import Lock
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q

from hawthorn.files.voices import is_only_voice
from hawthorn.hints import classing, keeping, nearness, thresholds
from hawthorn.hints.models import Apart, Hint, HintModel
from hawthorn.hints.starting import Names
from hawthorn.kernel.world import Actor, CategoryCard, Town
from hawthorn.loops import queries as loops
from hawthorn.loops.models import Item, Text
from hawthorn.loops.rows import Row
from hawthorn.matters.models import Matter
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Unit

KEEP = 6
OF_GRID, OF_COMMUNITY = 120, 60  # newest matters that are compared
A_DAY = 86_400
WORDS = ("words", "heading")
OTHERS = ""  # the label of all categories that have not enough confirmed matters
SHOWN_DAYS = 90
DEGREE = 111_320  # metres
_models: OrderedDict[int, classing.Model] = OrderedDict()
_names: OrderedDict[tuple[str, int], Names] = OrderedDict()
_lock = Lock()


class Suggestion(NamedTuple):
    """Categories likeliest first, with probabilities where a learnt model speaks (version > 0), else None."""

    ranked: Sequence[tuple[CategoryCard, float | None]]
    version: int

    @property
    def is_silent(self) -> bool:
        """Nothing sure enough to be said."""
        return not self.ranked


class Spot(NamedTuple):
    """Where something is said to be; what is not known is None."""

    community: int | None
    grid: int | None = None
    unit: int | None = None


class NearRow(NamedTuple):
    """An item near what is being said, with its score; `said` are its first words (empty for residents)."""

    item: Item
    score: float
    said: str


# ── the category ──
def suggest(tenant: int, message: classing.Message, *, town: Town) -> Suggestion:
    """At most three categories; empty where it stays silent. One statement; the model is kept in the process by version."""
    held = in_force(tenant)
    if held is not None:
        guess = classing.guess(model_of(held), message)
        cards = [(town.categories.get(int(label)), chance) for label, chance in guess.ranked if label != OTHERS]
        ranked = [(card, chance) for card, chance in cards if card is not None and card.tenant == tenant]
        if not guess.silent and guess.ranked[0][0] != OTHERS:
            return Suggestion(ranked, held.version)
        if guess.ranked[0][0] != OTHERS:
            return Suggestion((), held.version)
    return Suggestion([(town.categories[number], None) for number in _names_of(tenant, town).rank(f"{message.title} {message.text}")], 0)


def in_force(tenant: int) -> HintModel | None:
    """The newest kept version, without its arrays."""
    return HintModel.objects.filter(tenant=tenant, is_kept=True).defer("arrays", "words").order_by("-version").first()


def model_of(held: HintModel) -> classing.Model:
    """What was learnt, from the process where it was used before."""
    with _lock:
        if held.pk in _models:
            _models.move_to_end(held.pk)
            return _models[held.pk]
    arrays, words = HintModel.objects.values_list("arrays", "words").get(pk=held.pk)
    model = keeping.unpack(bytes(arrays), words)
    with _lock:
        _models[held.pk] = model
        while len(_models) > KEEP:
            _models.popitem(last=False)
    return model


def _names_of(tenant: int, town: Town) -> Names:
    key = (town.revision, tenant)
    with _lock:
        if key in _names:
            return _names[key]
    names = Names({card.id: card.name for card in town.categories.values() if card.tenant == tenant})
    with _lock:
        _names[key] = names
        while len(_names) > KEEP * 4:
            _names.popitem(last=False)
    return names


def hint_of(item: int) -> Hint | None:
    """What was hinted of a matter, if anything was."""
    return Hint.objects.filter(pk=item).first()


def first_words(items: Sequence[int]) -> list[tuple[int, str, str]]:
    """(item, field, words) of what was said first, where it was said in words and is not erased; in the order it was told."""
    found = Text.objects.filter(item__in=items, seq=1, field__in=WORDS, erased_at__isnull=True).order_by("id")
    return [one for one in found.values_list("item_id", "field", "words") if not is_only_voice(one[2])]


# ── duplicates ──
def near(words: str, *, spot: Spot, actor: Actor, town: Town, now: datetime, but: int = 0, at: datetime | None = None) -> list[NearRow]:
    """Matters the actor may see that may be the same, likeliest first: open, or closed within their category's days and metres."""
    return _alike(words, spot, actor, town, at or now, lambda row: _is_lately(row, town, now), but)


def near_public(words: str, *, spot: Spot, town: Town, now: datetime) -> list[NearRow]:
    """For a resident: open matters of public categories whose asker does not hide, in the grid where one is named. Never words of people."""
    actor = Actor(None, (), system="hints", county=town.county)
    own = Spot(None, spot.grid, spot.unit) if spot.grid else spot
    kinds = [card.id for card in town.categories.values() if card.is_public and card.catalogue == "city"]
    shown = Q(Exists(Matter.objects.filter(item=OuterRef("pk"), category__in=kinds, hides_from_grid=False)), open=True, urgent=False)
    return [found._replace(said="") for found in _alike(words, own, actor, town, now, lambda row: row.item.open and _is_public(row, town), only=shown)]


def _alike(words: str, spot: Spot, actor: Actor, town: Town, at: datetime, fits: Callable[[Row], bool], but: int = 0, only: Q | None = None) -> list[NearRow]:
    """Rank by words first, then leave out what the actor may not see or what does not fit, then tell the rest apart."""
    if is_only_voice(words):
        return []
    pool, likely = _pool(spot, at, but, only), thresholds.of(tenant_at(spot, town))
    said = dict.fromkeys(pool, "")
    for item, _field, told in first_words(list(pool)):
        said[item] += f"{told} "
    texts = [nearness.Said(str(item), str(grid), opened.timestamp() / A_DAY, said[item]) for item, (grid, opened) in pool.items()]
    index = nearness.Index(texts, {str(spot.grid): {one.grid for one in texts}}, bits=nearness.SMALL)
    ranked = [one for one in index.alike(nearness.Said("", str(spot.grid), at.timestamp() / A_DAY, words), best=len(texts)) if one.score >= likely]
    items = list(Item.objects.filter(pk__in=[int(one.id) for one in ranked])) if ranked else []
    rows = [row for row in loops.visible_among(items, actor=actor, town=town, now=at) if fits(row)] if items else []
    seen = {str(row.item.pk): row.item for row in _within(rows, spot, town)}
    found = nearness.told_apart([one for one in ranked if one.id in seen])
    return [NearRow(seen[one.id], one.score, said[int(one.id)].strip()) for one in found[: nearness.BEST] if one.score >= likely]


def tenant_at(spot: Spot, town: Town) -> int:
    """The subdistrict whose matters lie there; 0 where the place is not known."""
    card = town.places.get(spot.grid or spot.community or 0)
    return card.tenant if card else 0


def _pool(spot: Spot, at: datetime, but: int, only: Q | None) -> dict[int, tuple[int | None, datetime]]:
    """Grid and time of the newest matters of the grid and of its community; none where the place is not known."""
    found: dict[int, tuple[int | None, datetime]] = {}
    apart = apart_from(but) if but else []
    for place, most in (({"grid": spot.grid}, OF_GRID), ({"community": spot.community}, OF_COMMUNITY)):
        if None not in place.values():
            rows = Item.objects.filter(loop="matters", opened_at__gt=at - timedelta(days=nearness.DAYS), **place).exclude(pk__in=[but, *apart]).order_by("-id")
            rows = rows if only is None else rows.filter(only)
            found |= {item: (grid, opened) for item, grid, opened in rows.values_list("pk", "grid_id", "opened_at")[:most]}
    return found


def apart_from(item: int) -> list[int]:
    """Matters a person has said to be another thing than this one."""
    pairs = Apart.objects.filter(Q(first=item) | Q(second=item)).values_list("first", "second")
    return [second if first == item else first for first, second in pairs]


def _card(row: Row, town: Town) -> CategoryCard | None:
    return town.categories.get(row.facts.category or 0)


def _is_lately(row: Row, town: Town, now: datetime) -> bool:
    """Open, or closed (not merged nor void) within the category's days."""
    if row.item.open:
        return True
    card = _card(row, town)
    days = card.duplicate_days if card else nearness.DAYS
    return row.item.stage in ("closed", "declined", "referred") and row.item.closed_at is not None and row.item.closed_at > now - timedelta(days=days)


def _is_public(row: Row, town: Town) -> bool:
    card = _card(row, town)
    return card is not None and card.is_public and card.catalogue == "city" and not row.facts.hides_from_grid and not row.item.urgent


def _within(rows: Sequence[Row], spot: Spot, town: Town) -> list[Row]:
    """Without those farther than their category's metres, where both positions are known; none metres: only the same unit."""
    where = {unit.pk: unit for unit in Unit.objects.filter(pk__in={row.item.unit_id for row in rows if row.item.unit_id} | {spot.unit})} if spot.unit else {}
    return [row for row in rows if _is_within(row, where, spot, town)]


def _is_within(row: Row, where: Mapping[int, Unit], spot: Spot, town: Town) -> bool:
    card, here, there = _card(row, town), where.get(spot.unit or 0), where.get(row.item.unit_id or 0)
    if card is None or (here is not None and here == there):
        return True
    if not card.duplicate_metres:
        return False
    metres = _metres(here, there)
    return metres is None or metres <= card.duplicate_metres


def _metres(one: Unit | None, other: Unit | None) -> float | None:
    if one is None or other is None or one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (one.lon - other.lon) * cos(radians(one.lat))
    return hypot(east, one.lat - other.lat) * DEGREE


# ── how right it was ──
def versions(tenants: Sequence[int]) -> dict[int, list[HintModel]]:
    """The newest versions of each tenant, newest first, without arrays."""
    found: dict[int, list[HintModel]] = {tenant: [] for tenant in tenants}
    for model in HintModel.objects.filter(tenant__in=tenants).defer("arrays", "words").order_by("-version")[: 20 * len(tenants)]:
        found[model.tenant_id].append(model)
    return found


def chosen_since(tenants: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
    """Of matters classified by a person in SHOWN_DAYS: how many, of how many it spoke, how often the person chose the first."""
    since = now - timedelta(days=SHOWN_DAYS)
    found = Hint.objects.filter(chosen__tenant__in=tenants, chosen_at__gt=since).values("chosen__tenant")
    spoke = Q(is_silent=False)
    counted = found.annotate(n=Count("pk"), spoken=Count("pk", filter=spoke), right=Count("pk", filter=spoke & Q(category=F("chosen"))))
    return {row["chosen__tenant"]: dict(row) for row in counted}


def subdistricts(town: Town, tenants: Iterable[int]) -> dict[int, int]:
    """Tenant → its subdistrict."""
    wanted = set(tenants)
    return {place.tenant: place.id for place in town.places.values() if place.level == "subdistrict" and place.tenant in wanted}


def tenants_of(town: Town) -> list[int]:
    """The subdistricts of a county as tenants, by code."""
    return list(Tenant.objects.filter(county=town.county).order_by("code").values_list("pk", flat=True))
