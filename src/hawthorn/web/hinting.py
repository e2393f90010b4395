"""提示 on pages: what a matter probably is and what it may repeat. A person chooses; nothing is applied by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.hints import actions
from hawthorn.hints import queries as hints
from hawthorn.hints.classing import Message
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.slots import CHOICES, LOOPS
from hawthorn.kernel.steps import offered
from hawthorn.kernel.world import Actor, Seat
from hawthorn.loops.actions import Answer, take_step
from hawthorn.loops.models import Text
from hawthorn.loops.rows import Row
from hawthorn.matters.rules.needs import TIERS
from hawthorn.web import forms, words
from hawthorn.web.request import Request, asking_of, is_unattended, whole, world_of

NONE = "none"
WAITS = (("matters", "found"), ("drops", "captured"), ("drops", "raised"))
ASKER = ("asked", "name", "phone", "mail", "address", "wants_visit", "on_behalf", "hides_from_grid")
SALT, AN_HOUR = "hawthorn.near", 3600
LONG = 60
FAINT = 0.05  # less likely categories are not worth a line


class Alike(Refused):
    """Something near looks the same: the form comes back with a choice. Nothing was written."""

    def __init__(self, field: forms.Field) -> None:
        super().__init__("missing", ["near"], field["label"])
        self.field = field


# ── on the page of a matter that waits ──
def panel(row: Row, texts: Sequence[Text], request: Request) -> dict[str, Any]:
    """可能的类别 and 可能重复, for who may act on them while it waits for acceptance."""
    if row.item.open is False or (row.loop.name, row.item.stage) not in WAITS:
        return {}
    mine = {step.name for step in offered(row.loop, row.facts, request.actor, world_of(request))}
    said = {t.field: t.words for t in texts if t.seq == 1 and t.field in hints.WORDS}
    message = Message(said.get("heading", ""), said.get("words", ""))
    found: dict[str, Any] = {}
    if "to_matter" in mine or ("classify" in mine and row.facts.category is None):
        found |= _categories(row, message, request)
    if "merge_into" in mine or "join" in mine:
        found["near"] = _near(row, " ".join(message), request)
    return found


def _categories(row: Row, message: Message, request: Request) -> dict[str, Any]:
    """The kept hint where there is one, else what is suggested now."""
    kept = hints.hint_of(row.item.pk) if row.loop.name == "matters" else None
    if kept is not None:
        ranked, version = [] if kept.is_silent else kept.likely, kept.version
    else:
        place = request.town.places[row.facts.subdistrict or row.facts.county]
        found = hints.suggest(place.tenant, message, town=request.town)
        ranked, version = [[card.id, chance] for card, chance in found.ranked], found.version
    likely = [(number, chance) for number, chance in ranked if number in request.town.categories and (chance is None or chance >= FAINT)]
    lines = [_category(row, number, chance, request) for number, chance in likely]
    return {"categories": lines, "by_names": version == 0, "version": version}


def _category(row: Row, number: int, chance: float | None, request: Request) -> dict[str, Any]:
    card, f = request.town.categories[number], row.facts
    lead = request.town.posts.get(request.town.lead_of(card.tenant, f.grid, number) or 0)
    more = [_(TIERS[card.tier]), *([_("主办：{post}").format(post=lead.name)] if lead else [])]
    step = "classify" if row.loop.name == "matters" else "to_matter"
    url = f"{reverse('step', args=[row.item.pk, step])}?category={number}"
    return {
        "name": card.name,
        "press": _("定类") if step == "classify" else _("去办"),
        "chance": "" if chance is None else f"{chance:.0%}",
        "more": " · ".join(more),
        "url": url,
    }


def _near(row: Row, said: str, request: Request) -> list[dict[str, Any]]:
    f = row.facts
    found = hints.near(
        said, spot=hints.Spot(f.community, f.grid, f.unit), actor=request.actor, town=request.town, now=request.now, but=row.item.pk, at=row.item.opened_at
    )
    lines = []
    for one in found:
        line = _line(one, request) | {"url": reverse("item", args=[one.item.pk])}
        if row.loop.name == "drops" and one.item.open:
            line["merge"] = f"{reverse('step', args=[row.item.pk, 'join'])}?into={one.item.pk}"
        elif one.item.open and one.item.pk < row.item.pk:  # into the older one, as everywhere
            line["merge"] = f"{reverse('step', args=[row.item.pk, 'merge_into'])}?into={one.item.pk}"
        lines.append(line)
    return lines


def _line(one: hints.NearRow, request: Request) -> dict[str, Any]:
    said = one.said if len(one.said) <= LONG else f"{one.said[:LONG]}…"
    stage = _(LOOPS["matters"].stages[one.item.stage].label)
    return {"what": said or one.item.title, "where": f"{one.item.title} · {words.moment(one.item.opened_at, request.now)} · {stage}"}


# ── before something is said ──
def ask_once(request: Request, raw: dict[str, Any], key: str, spot: hints.Spot | None, *, is_again: bool, is_resident: bool = False) -> list[hints.NearRow]:
    """Raise Alike where something near looks the same and nobody was asked yet; the same press again (`is_again`) is never asked.

    Nor is what a device sends by itself: it is taken, and whoever accepts it sees what is near it on its page.
    What was shown, where the question is answered now; for `follow` and `learn_from`.
    """
    if is_again:
        return []
    shown = _shown(request, raw, spot, is_resident)
    if shown and not request.POST.get("near") and not is_unattended(request):
        choices = [_choice(one, request, key, is_resident) for one in shown]
        choices.append({"value": NONE, "label": _("都不是，照我写的报")})
        raise Alike({"kind": "near", "name": "near", "label": _("附近有人说过相像的事，是不是同一件？"), "required": False, "choices": choices})
    return shown


def learn_from(request: Request, shown: Sequence[hints.NearRow], spot: hints.Spot | None, answer: Answer, *, is_resident: bool = False) -> None:
    """Keep an answer once what was said is taken in: 都不是 keeps the pairs apart, and staff move the subdistrict's threshold by it."""
    said = request.POST.get("near", "")
    if not said or not shown or spot is None:
        return
    if said == NONE:
        actions.keep_apart(answer.id, [one.item.pk for one in shown], now=request.now)
    if not is_resident:
        actions.answered(hints.tenant_at(spot, request.town), shown[0].score, said != NONE, now=request.now)


def _shown(request: Request, raw: dict[str, Any], spot: hints.Spot | None, is_resident: bool) -> list[hints.NearRow]:
    said = str(raw.get("words") or "")
    if not said or spot is None:
        return []
    if is_resident:
        found = hints.near_public(said, spot=spot, town=request.town, now=request.now)
    else:
        found = hints.near(said, spot=spot, actor=request.actor, town=request.town, now=request.now)
    return [one for one in found if one.item.open]


def was_sent(request: Request, *, is_resident: bool = False) -> bool:
    """Has this very press been taken before. One statement: asked once a press, at its beginning."""
    key = request.POST.get("key", "")[:64]
    user = None if is_resident else request.actor.user
    return bool(key) and Event.objects.filter(user=user, key=key).exclude(key="").exists()


def _choice(one: hints.NearRow, request: Request, key: str, is_resident: bool) -> dict[str, Any]:
    """For a resident: category, place and date. The number is signed for this one press, so that only what was shown can be followed."""
    if is_resident:
        label = f"{one.item.title} · {words.moment(one.item.opened_at, request.now)}"
        return {"value": signing.dumps([one.item.pk, key], salt=SALT), "label": label}
    line = _line(one, request)
    return {"value": one.item.pk, "label": f"{line['what']}（{line['where']}）"}


def field_of(request: Request, problem: Exception | None) -> forms.Field | None:
    """The choice to be drawn, or the one already made, carried along unseen; one that cannot be followed is asked for anew."""
    if isinstance(problem, Alike):
        return problem.field
    chosen = "" if isinstance(problem, Refused) and "near" in problem.fields else request.POST.get("near", "")[:200]
    return {"kind": "hidden", "name": "near", "label": "", "value": chosen} if chosen else None


def errors_of(fields: list[forms.Field], problem: Exception | None) -> list[dict[str, str]]:
    """What is wrong in a form; a question is no error."""
    return [] if isinstance(problem, Alike) else forms.summary(fields, problem)


def spot_said(request: Request, raw: dict[str, Any], seat: Seat | None = None) -> hints.Spot | None:
    """Where it is said to be: unit, grid, or the place of who writes."""
    asking, places = asking_of(request), request.town.places
    unit, grid = whole(str(raw.get("unit") or "")), whole(str(raw.get("grid") or ""))
    card = CHOICES["units"].row(asking, unit) if unit else None
    place = places.get(card.grid or card.community) if card else places.get(grid or (seat.place if seat else 0))
    return hints.Spot(place.at("community"), place.at("grid"), card.id if card else None) if place else None


def follow(request: Request, raw: dict[str, Any], shown: Sequence[hints.NearRow], *, key: str, is_again: bool, is_resident: bool = False) -> Answer | None:
    """也反映了 on the chosen matter instead of a new one; None where none was chosen. Raises Refused, NotThere.

    Staff who only noticed it themselves leave a note there: nobody asked, so there is no asker and no receipt.
    """
    chosen = request.POST.get("near", "")
    if chosen in ("", NONE):
        return None
    item, actor = _ticket(request, chosen, shown, key, is_again) if is_resident else (whole(chosen) or 0, request.actor)
    step = "follow" if is_resident or any(raw.get(name) for name in ASKER) else "note"
    known = LOOPS["matters"].steps[step].needs.model_fields
    given = {name: value for name, value in raw.items() if name in known}
    if spot := str(raw.get("spot") or "").strip():
        given["words"] = _("{words}（位置：{spot}）").format(words=given.get("words") or "", spot=spot)
    return take_step("matters", item, step, given, actor=actor, now=request.now, door="web" if is_resident else "page", key=key, town=request.town)


def _ticket(request: Request, chosen: str, shown: Sequence[hints.NearRow], key: str, is_again: bool) -> tuple[int, Actor]:
    """The matter and a resident who may follow this one: shown for this press within the hour, and still to be shown now."""
    try:
        item, of = signing.loads(chosen, salt=SALT, max_age=AN_HOUR)
    except (signing.BadSignature, TypeError, ValueError):
        item, of = 0, ""
    if of != key or not (is_again or item in {one.item.pk for one in shown}):
        raise Refused("missing", ["near"], _("选的那一件现在看不到了。您写的都在，请再按一次。"))
    visitor = request.visitor
    return item, Actor(None, (*visitor.seats, Seat(0, "outsider", "", item)), county=visitor.county)
