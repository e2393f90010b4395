"""Reads of handovers: what is in a post's hands, which holdings ended, what was written for the next one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from hawthorn.handovers.models import Handed, Handover, Vacancy
from hawthorn.handovers.rules.handovers import mark_of
from hawthorn.journal.models import Lease
from hawthorn.kernel.slots import PROMISES
from hawthorn.kernel.words import _
from hawthorn.loops.models import Item, Text
from hawthorn.teams.models import Holding

AHEAD, BACK, DAY = timedelta(days=7), timedelta(days=30), timedelta(days=1)
BY_ROSTER = "on_call"


@dataclass(frozen=True)
class Held:
    """Something open in a post's hands. `is_promise`: somebody was promised an answer or a deed; `promise_at`: until when, where that is said."""

    item: Item
    is_promise: bool
    promise_at: datetime | None


def held(posts: Collection[int]) -> list[Held]:
    """What is open in these hands, the earliest due first; handovers themselves are not handed over. One statement, and one a loop that promises."""
    items = list(Item.objects.filter(open=True, holder__in=list(posts)).exclude(loop="handovers").order_by("due_at", "id"))
    return [Held(item, item.pk in made, made.get(item.pk)) for made in [promised(items)] for item in items]


def promised(items: Sequence[Item]) -> dict[int, datetime | None]:
    """Which of these somebody was promised, with the date that was said."""
    by_loop: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_loop[item.loop].append(item)
    found: dict[int, datetime | None] = {}
    for loop, own in by_loop.items():
        if (asked := PROMISES.get(loop)) is not None:
            found |= asked(own)
    return found


def in_hands(*, post: int, now: datetime) -> dict[int, bool]:
    """Number of what is open → is it promised."""
    return {one.item.pk: one.is_promise for one in held([post])}


def handed(handover: int) -> list[Held]:
    """What was handed over when it was signed, whatever became of it since. One statement."""
    rows = Handed.objects.filter(handover=handover).select_related("item").order_by("-is_promise", "item_id")
    return [Held(row.item, row.is_promise, None) for row in rows]


def written(handover: int) -> dict[str, str]:
    """The newest notes about places and the list of things, by field."""
    said = Text.objects.filter(item=handover, field__in=("notes", "things", "words"), erased_at=None).order_by("seq", "id")
    return dict(said.values_list("field", "words"))


def standing(posts: Collection[int]) -> dict[int, str]:
    """The newest notes about places by post, whoever wrote them. One statement."""
    posts_of = dict(Handover.objects.filter(post__in=list(posts), giver__isnull=False).order_by("item_id").values_list("item_id", "post_id"))
    said = Text.objects.filter(item__in=list(posts_of), field="notes", erased_at=None).order_by("item_id", "seq")
    return {posts_of[item]: words for item, words in said.values_list("item_id", "words")}


def running(posts: Collection[int]) -> list[Item]:
    """Open vacancies and handovers of these posts, the earliest due first. One statement."""
    of_posts = [model.objects.filter(post__in=list(posts)).values("item") for model in (Vacancy, Handover)]
    return list(Item.objects.filter(Q(pk__in=of_posts[0]) | Q(pk__in=of_posts[1]), open=True).order_by("due_at", "id"))


def ended(posts: Collection[int], now: datetime) -> list[Holding]:
    """Holdings of these posts that ended lately or end soon and have no handover yet. One statement."""
    spans = Holding.objects.filter(post__in=list(posts), to_at__gt=now - BACK, to_at__lte=now + AHEAD, from_at__lt=now).exclude(post__kind=BY_ROSTER)
    return list(spans.exclude(pk__in=Handover.objects.filter(is_kept=True).values("holding")).order_by("to_at", "id"))


def stays(holding: Holding) -> bool:
    """Does the same person hold the same post on, by another appointment."""
    on = Holding.objects.filter(post=holding.post_id, user=holding.user_id, from_at__lte=holding.to_at).exclude(pk=holding.pk)
    return on.filter(Q(to_at=None) | Q(to_at__gt=holding.to_at)).exists()


# ── for `hawthorn check` ──
def changed() -> Iterator[str]:
    """Signed handovers whose list is not the one that was signed."""
    for handover in Handover.objects.filter(taker__isnull=False).iterator(chunk_size=200):
        rows = dict(Handed.objects.filter(handover=handover.pk).values_list("item_id", "is_promise"))
        if mark_of(rows) != handover.mark or (len(rows), sum(rows.values())) != (handover.open_items, handover.promises):
            yield _("交接 {n}：接的清单和签字时记下的不一样。").format(n=handover.pk)


def unopened() -> Iterator[str]:
    """Ended holdings without handover, of the days the due work has surely gone through since: posts that stand, and people who did not stay."""
    last = Lease.objects.filter(name="due").values_list("last_at", flat=True).first()
    if last is None:
        return
    spans = Holding.objects.filter(to_at__gt=last - BACK + DAY, to_at__lt=last - DAY, post__ended_at=None, user__is_active=True).exclude(post__kind=BY_ROSTER)
    for holding in spans.exclude(pk__in=Handover.objects.values("holding")).order_by("id"):
        if not stays(holding):
            yield _("任职 {n} 已经结束，还没有交接。").format(n=holding.pk)


def problems() -> list[str]:
    """All that is wrong with handovers."""
    return [*changed(), *unopened()]
