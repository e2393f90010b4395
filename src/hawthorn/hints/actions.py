"""Learning for a tenant, and keeping what was hinted beside what a person chose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.transaction import atomic

from hawthorn.hints import classing, keeping, queries, thresholds
from hawthorn.hints.classing import Message
from hawthorn.hints.models import Apart, Hint, HintModel, NearAnswer, NearThreshold
from hawthorn.journal.models import Event
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter

ENOUGH = 50  # confirmed matters of a category before it is learnt
NEW, LEAST_NEW = 0.02, 20  # share of what is known, and number, that must have come since the last learning
MOST = 6_000  # newest confirmed matters that are learnt from
HELD, MOST_HELD = 0.2, 500  # the newest ones are never learnt from, but judged on
BATCH = 200
KEPT_ARRAYS = 2


class Confirmed(NamedTuple):
    """A matter whose category people stand by."""

    item: int
    category: int
    message: Message


# ── learning ──
def _sure(subdistrict: int) -> QuerySet[Matter]:
    """Settled and closed, or classified by a person."""
    by_hand = Event.objects.filter(stream=OuterRef("item_id"), step="classify", user__isnull=False)
    return Matter.objects.filter(Q(item__stage="closed") | Exists(by_hand), item__loop="matters", item__subdistrict=subdistrict, category__isnull=False)


def is_enough_new(last: HintModel, subdistrict: int) -> bool:
    """Has enough been confirmed since a version was learnt, kept or not, that learning again is worth it?"""
    return _sure(subdistrict).count() >= last.known + max(LEAST_NEW, int(last.known * NEW))


def confirmed(subdistrict: int) -> list[Confirmed]:
    """The newest matters people stand by, with their first words; oldest first."""
    pairs = dict(_sure(subdistrict).order_by("-item_id").values_list("item_id", "category_id")[:MOST])
    said = dict(messages_of(list(pairs)))
    return [Confirmed(item, pairs[item], said[item]) for item in sorted(pairs) if item in said]


def messages_of(items: Sequence[int]) -> Iterator[tuple[int, Message]]:
    """First heading and words of each, where they are not erased."""
    for some in _by(BATCH, items):
        parts: dict[int, dict[str, str]] = defaultdict(dict)
        for item, field, words in queries.first_words(some):
            parts[item][field] = words
        yield from ((item, Message(known.get("heading", ""), known.get("words", ""))) for item, known in parts.items())


def _by(size: int, items: Sequence[int]) -> Iterator[Sequence[int]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def learn(*, tenant: int, subdistrict: int, actor: Actor, now: datetime) -> HintModel | None:
    """Train on the tenant's confirmed matters but the newest; kept only if not worse on those than the version in force.

    None where fewer than two categories have ENOUGH, or their words teach nothing. Needs up to a minute; `actor` is the system.
    """
    rows = confirmed(subdistrict)
    held = rows[-min(MOST_HELD, int(len(rows) * HELD)) :] if len(rows) * HELD >= 1 else []
    old = rows[: len(rows) - len(held)]
    often = {category for category, number in Counter(row.category for row in old).items() if number >= ENOUGH}
    if len(often) < 2:
        return None
    try:
        model = classing.train([row.message for row in old], [_label(row, often) for row in old])
    except classing.NothingToLearn:  # so many with the same words that nothing tells them apart
        return None
    guesses = [classing.guess(model, row.message) for row in held]
    figures = _figures(held, guesses, often)
    spoken, right = sum(line[2] for line in figures), sum(line[3] for line in figures)
    is_kept = _is_not_worse(tenant, held, guesses)
    arrays, words = keeping.pack(model) if is_kept else (b"", "")
    last = HintModel.objects.filter(tenant=tenant).order_by("-version").values_list("version", flat=True).first() or 0
    try:
        with atomic():
            made = HintModel.objects.create(
                tenant_id=tenant, version=last + 1, trained_at=now, n=len(old), known=_sure(subdistrict).count(), held_out=len(held),
                accuracy=right / spoken if spoken else 0.0, coverage=spoken / len(held) if held else 0.0, threshold=model.threshold, is_kept=is_kept,
                figures=figures, arrays=arrays, words=words,
            )  # fmt: skip
            _drop_old_arrays(tenant)
    except IntegrityError:  # another process was as quick
        return None
    return made


def _label(row: Confirmed, often: set[int]) -> str:
    return str(row.category) if row.category in often else queries.OTHERS


def _figures(held: Sequence[Confirmed], guesses: Sequence[classing.Guess], often: set[int]) -> list[list[int]]:
    """Category, held out, spoken of, right; by number."""
    lines: dict[int, list[int]] = {}
    for row, guess in zip(held, guesses, strict=True):
        line = lines.setdefault(row.category, [row.category, 0, 0, 0])
        first = guess.ranked[0][0]
        speaks = not guess.silent and first != queries.OTHERS
        line[1] += 1
        line[2] += speaks
        line[3] += speaks and first == str(row.category)
    return sorted(lines.values(), key=lambda line: (-line[1], line[0]))


def _is_not_worse(tenant: int, held: Sequence[Confirmed], guesses: Sequence[classing.Guess]) -> bool:
    """At least as many right on the held-out matters as the version in force."""
    before = queries.in_force(tenant)
    if before is None:
        return True
    model = queries.model_of(before)
    right = sum(guess.ranked[0][0] == str(row.category) for row, guess in zip(held, guesses, strict=True))
    return right >= sum(classing.guess(model, row.message).ranked[0][0] == str(row.category) for row in held)


def _drop_old_arrays(tenant: int) -> None:
    kept = HintModel.objects.filter(tenant=tenant, is_kept=True).order_by("-version").values_list("pk", flat=True)[:KEPT_ARRAYS]
    HintModel.objects.filter(tenant=tenant).exclude(pk__in=list(kept)).exclude(arrays=b"").update(arrays=b"", words="")


# ── what was hinted, what was chosen ──
def hint(*, tenant: int, subdistrict: int, town: Town, actor: Actor, now: datetime) -> int:
    """Keep a suggestion for each matter that waits without category; how many. Nothing of the matter is changed."""
    open_ones = Item.objects.filter(loop="matters", subdistrict=subdistrict, open=True, stage="found")
    waiting = list(open_ones.order_by("-id").values_list("pk", flat=True)[:BATCH])
    known = set(Hint.objects.filter(pk__in=waiting).values_list("pk", flat=True))
    plain = Matter.objects.filter(item__in=[item for item in waiting if item not in known], category__isnull=True).values_list("item_id", flat=True)
    made = []
    for item, message in messages_of(list(plain)):
        found = queries.suggest(tenant, message, town=town)
        first, chance = found.ranked[0] if found.ranked else (None, None)
        ranked = [[card.id, likely] for card, likely in found.ranked]
        category = first.id if first else None
        made.append(Hint(item_id=item, version=found.version, at=now, likely=ranked, category_id=category, chance=chance, is_silent=found.is_silent))
    Hint.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def note_choices(*, actor: Actor, now: datetime) -> int:
    """Write beside each hint the category that a person chose since; drop it where the matter ended without one. How many."""
    Hint.objects.filter(chosen__isnull=True, item__open=False, item__in=Matter.objects.filter(category__isnull=True).values("item")).delete()
    chosen = Subquery(Matter.objects.filter(item=OuterRef("item_id")).values("category")[:1])
    found = Hint.objects.filter(chosen__isnull=True, item__in=Matter.objects.filter(category__isnull=False).values("item"))
    some = list(found.values_list("pk", flat=True)[:BATCH])
    return Hint.objects.filter(pk__in=some, chosen__isnull=True).update(chosen=chosen, chosen_at=now) if some else 0


# ── what is another thing, and from which likeness is asked ──
def keep_apart(item: int, others: Iterable[int], *, now: datetime) -> None:
    """A person has said that these are other things than `item`."""
    pairs = {(min(item, other), max(item, other)) for other in others if other != item}
    Apart.objects.bulk_create([Apart(first_id=first, second_id=second, at=now) for first, second in sorted(pairs)], ignore_conflicts=True)


def answered(tenant: int, likeness: float, is_same: bool, *, now: datetime) -> None:
    """Keep one answer: how alike the likeliest matter shown was, and whether one was chosen. Neither words nor numbers of matters."""
    NearAnswer.objects.create(tenant_id=tenant, at=now, likeness=likeness, is_same=is_same)


def move_thresholds(tenants: Iterable[int], *, now: datetime) -> int:
    """At most once a week, by what was answered since the last time and within 90 days; how many were looked at. Old answers go."""
    NearAnswer.objects.filter(at__lte=now - thresholds.WINDOW).delete()
    enough = NearAnswer.objects.filter(tenant__in=list(tenants)).values("tenant").annotate(n=Count("pk")).filter(n__gte=thresholds.FEWEST)
    lately = set(NearThreshold.objects.filter(at__gt=now - thresholds.WEEK).values_list("tenant", flat=True))
    due = [tenant for tenant in enough.values_list("tenant", flat=True) if tenant not in lately]
    for tenant in due:
        now_at, last = thresholds.of(tenant), NearThreshold.objects.filter(tenant=tenant).order_by("-id").first()
        fresh = NearAnswer.objects.filter(tenant=tenant, likeness__gte=now_at, at__gt=last.at if last else now - thresholds.WINDOW)
        answers = list(fresh.values_list("likeness", "is_same"))
        if len(answers) >= thresholds.FEWEST:
            same = sum(is_same for _score, is_same in answers)
            NearThreshold.objects.create(tenant_id=tenant, at=now, threshold=thresholds.moved(now_at, answers), asked=len(answers), same=same)
    return len(due)
