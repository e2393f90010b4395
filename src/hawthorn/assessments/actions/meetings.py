"""Drawing up a meeting, deciding its points, freezing its minutes, correcting them by errata. Every writer of points and minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.db.transaction import atomic

from hawthorn.assessments import agenda, detection, digest
from hawthorn.assessments.models import Erratum, Minutes, Point, Release
from hawthorn.assessments.rules import meetings as rules
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import collect
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Actor, PlaceCard, Seat, Town
from hawthorn.loops import actions as loops
from hawthorn.loops import queries
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row, canonical
from hawthorn.loops.town import system
from hawthorn.papers.paper import printable
from hawthorn.territory.models import Place

AGAIN = 3
FURTHEST = timedelta(days=92)


def draw_up(place: PlaceCard, *, actor: Actor, town: Town, now: datetime, door: str, key: str = "") -> int:
    """拟议程: problems that are new or came back are opened, then the agenda stands as it is now. The meeting's number.

    Refused `meeting_open` where the last one has no minutes yet, `not_yours` where the place is not the asker's.
    """
    given = {"place": place.id}
    actor = replace(actor, seats=tuple(s for s in actor.seats if s.place == place.id))  # of several chairs the one whose meeting it is
    with atomic():
        list(Place.objects.select_for_update().filter(pk=place.at("subdistrict") or place.id))  # one at a time in a subdistrict
        if key and (first := loops.answered(actor, key, loops.fingerprint("meetings", 0, "draw", given))):
            return first.id
        mine = Item.objects.filter(loop="meetings", raised_level=place.level, **{place.level: place.id})
        if mine.filter(open=True).exists():
            raise Refused("meeting_open")
        last = mine.order_by("-id").values_list("opened_at", flat=True).first()
        meeting = loops.start("meetings", given, actor=actor, now=now, door=door, key=key, town=town, step="draw").id
        find_problems(place, town=town, now=now)
        drafts = agenda.draw(place, town, now, last)
        Point.objects.bulk_create(
            Point(
                meeting_id=meeting, sort=n, kind=d.kind, about=d.about[:140], why=d.why[:200], place_id=d.place, source_id=d.source, url=d.url,
                decision=d.decision, decided_at=now if d.decision else None,
            )
            for n, d in enumerate(drafts, start=1)
        )  # fmt: skip
    return meeting


def find_problems(place: PlaceCard, *, town: Town, now: datetime) -> list[int]:
    """What recurs and is no chance becomes a problem; one that ended within 60 days and of which three came since is open again."""
    actor, touched = system("recurring", town.county), []
    striking = [f for f in detection.recurs(place, now, detection.spoken(town, place)) if not f.is_chance]
    for found, known in zip(striking, detection.known(striking, place, now), strict=True):
        if known.open is not None or (known.ended is not None and known.since < AGAIN):
            continue
        if known.ended is not None:
            step, given = "come_back", {"why": found.why}
            touched.append(loops.take_step("problems", known.ended, step, given, actor=actor, now=now, door="due", town=town).id)
            continue
        category = detection.category_of(town, place, found.kind)
        told = {"place": found.place, "unit": found.unit, "category": category, "source": found.source, "why": found.why}
        touched.append(loops.start("problems", told, actor=actor, now=now, door="due", town=town, step="find").id)
    return touched


def add_point(meeting: int, about: str, *, actor: Actor, town: Town, now: datetime) -> Point:
    """会上提出: one more point, by the chair; said twice it is one. Refused `missing`, `not_yours`, `wrong_stage`."""
    words = " ".join(printable(about).split())[:140]
    with atomic():
        row, _seat = _mine(meeting, actor, town, now)
        if not words:
            raise Refused("missing", ["about"])
        if said := Point.objects.filter(meeting=meeting, kind="desk", about=words).first():
            return said
        last = Point.objects.filter(meeting=meeting).aggregate(last=Max("sort"))["last"] or 0
        place = row.item.community_id if row.item.raised_level == "community" else row.item.subdistrict_id
        return Point.objects.create(meeting_id=meeting, sort=last + 1, kind="desk", about=words, place_id=place or row.item.county_id)


def _mine(meeting: int, actor: Actor, town: Town, now: datetime, *, is_open: bool = True) -> tuple[Row, Seat]:
    """The meeting, locked, and the chair's seat. Raises NotThere, Refused."""
    _lock(meeting)
    row = queries.get_visible(meeting, actor=actor, town=town, now=now, loop="meetings")
    seat: Seat | None = rules.chair(row.facts, actor)
    if seat is None:
        raise Refused("not_yours")
    if row.item.open != is_open:
        raise Refused("wrong_stage")
    return row, seat


def _lock(meeting: int) -> None:
    """Nobody else writes of this meeting until we are done."""
    list(Item.objects.select_for_update().filter(pk=meeting, loop="meetings"))


def decide(number: int, raw: Mapping[str, Any], *, actor: Actor, town: Town, now: datetime, door: str, seen: str | None = None) -> Point:
    """定一项: commitment, look again, or not now with the reason. Decided anew as long as the minutes are open.

    `seen`: when it was decided last as the asker saw it; the same decision again changes nothing, another one over a newer one is `stale`.

    Raises NotThere, Refused (`not_yours`, `wrong_stage`, `missing`, `past`, `not_a_choice`), WrongType.
    """
    given = collect(rules.Decide, raw)
    with atomic():
        point = Point.objects.filter(pk=number).first()
        if point is None:
            raise NotThere
        _row, _seat = _mine(point.meeting_id, actor, town, now)
        point = Point.objects.select_for_update(of=("self",)).select_related("source").get(pk=number)
        if point.decision == "done" or point.is_kept:
            raise Refused("wrong_stage")
        if given.decision not in rules.choices_for(point.kind):
            raise Refused("not_a_choice", ["decision"])
        if names := rules.decide_lacks(given):
            raise Refused("missing", names)
        if given.until is not None and not now < given.until <= now + FURTHEST:
            raise Refused("past" if given.until <= now else "too_far", ["until"])
        if (point.decision, point.words, point.lead_id, point.until) == _told(given):
            return point
        if seen is not None and seen != mark_of(point):
            raise Refused("stale")
        by = _By(actor, town, now, door)
        _undo(point, by)
        point.commitment_id = DECIDED[given.decision](point, given, by)
        point.decision, point.words, point.lead_id, point.until = _told(given)
        point.decided_at, point.user = now, actor.user
        point.save()
    return point


def _told(given: Any) -> tuple[str, str, int | None, datetime | None]:
    return given.decision, printable(given.words), given.lead if given.decision == "commit" else None, given.until


def mark_of(point: Point) -> str:
    """When it was decided last, as a form carries it."""
    return point.decided_at.isoformat() if point.decided_at else ""


class _By:
    """Who decides, when, through which door."""

    def __init__(self, actor: Actor, town: Town, now: datetime, door: str) -> None:
        self.actor, self.town, self.now, self.door = actor, town, now, door

    def take(self, loop: str, item: int, step: str, given: dict[str, Any]) -> int:
        """One step of a loop, as the chair."""
        actor = self.actor if loop == "commitments" and step != "retake" else Actor(self.actor.user, (), system="meeting", county=self.actor.county)
        return loops.take_step(loop, item, step, given, actor=actor, now=self.now, door=self.door, town=self.town).id


def _undo(point: Point, by: _By) -> None:
    """Another decision on the same point: the promise made a moment ago is let go; what was ended a moment ago goes on."""
    source = point.source
    if point.commitment_id and point.commitment_id != point.source_id:
        item = Item.objects.get(pk=point.commitment_id)
        if item.open:
            by.take("commitments", item.pk, "drop", {"reason": "会上改了决定"})
    if source is not None and ENDED_BY.get(point.decision) == source.loop and not source.open:
        by.take(source.loop, source.pk, "retake", {})
        source.refresh_from_db()
    point.commitment_id = None


def _commit(point: Point, given: Any, by: _By) -> int:
    """办: a promise of its own; one that stands is moved to the new day; a problem is looked at again that day."""
    source = point.source
    if source is not None and source.loop == "commitments":
        return by.take("commitments", source.pk, "move", {"until": given.until, "reason": given.words, "lead": given.lead})
    problem = source.pk if source is not None and source.loop == "problems" else None
    about = f"{rules.KINDS['desk']} · {by.town.name_of(point.place_id)}" if point.kind == "desk" else point.about[:120]  # words of people are no title
    level = Item.objects.only("raised_level").get(pk=point.meeting_id).raised_level
    told = {"what": given.words, "lead": given.lead, "until": given.until, "about": about, "place": point.place_id, "level": level}
    made = loops.start(
        "commitments", told | {"meeting": point.meeting_id, "problem": problem}, actor=by.actor, now=by.now, door=by.door, town=by.town, step="give"
    )
    if problem is not None:
        by.take("problems", problem, "watch", {"until": given.until})
    return made.id


def _watch(point: Point, given: Any, by: _By) -> None:
    """看: a problem, or a promise, until that day."""
    source = point.source
    if source is not None and source.loop in ("problems", "commitments"):
        step = {"problems": "watch", "commitments": "move"}[source.loop]
        by.take(source.loop, source.pk, step, {"until": given.until})


def _none(point: Point, given: Any, by: _By) -> None:
    """不办, with the reason: a promise is let go; a problem stays open and is on the next agenda again."""
    source = point.source
    if source is not None and source.open and source.loop == "commitments":
        by.take("commitments", source.pk, "drop", {"reason": given.words})


def _over(point: Point, given: Any, by: _By) -> None:
    """可以了: the problem is ended, with the reason."""
    if point.source is not None and point.source.open:
        by.take("problems", point.source.pk, "close", {"reason": given.words})


DECIDED: Mapping[str, Any] = {"commit": _commit, "watch": _watch, "none": _none, "over": _over}
ENDED_BY = {"none": "commitments", "over": "problems"}


def close(meeting: int, raw: Mapping[str, Any], *, actor: Actor, town: Town, now: datetime, door: str, key: str = "") -> Minutes:
    """定稿: what was not reached moves on; the minutes are kept as they are, with their digest. The same key again is answered with them."""
    typed = str(raw.get("offline") or "0").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
        raise WrongType({"offline": _("请写一个数字，没有就写 0。")})
    offline = int(typed)
    with atomic():
        _lock(meeting)
        minutes = Minutes.objects.filter(meeting=meeting).first()
        if minutes and key and loops.answered(actor, key, loops.fingerprint("meetings", meeting, "close", _frozen(offline, minutes.digest))):
            return minutes
        row, seat = _mine(meeting, actor, town, now)
        kept = Point.objects.filter(Point.KEPT, meeting=meeting)
        kept.update(decision="done", decided_at=now)
        Point.objects.filter(meeting=meeting, decision="").update(decision="moved", decided_at=now, user=actor.user)
        body = canonical(body_of(row, offline, seat, actor, town))
        mark = hashlib.sha256(body.encode()).hexdigest()
        inner = Actor(actor.user, (), system="minutes", county=actor.county)  # the step is nobody's to press: minutes and digest belong together
        loops.take_step("meetings", meeting, "close", _frozen(offline, mark), actor=inner, now=now, door=door, key=key, town=town)
        return Minutes.objects.create(meeting_id=meeting, body=body, digest=mark, at=now)


def _frozen(offline: int, mark: str) -> dict[str, Any]:
    """What the step that freezes is given."""
    return {"offline": offline, "digest": mark}


def drafted(meeting: int) -> Item | None:
    """The public digest of it that is under way or out."""
    found = Item.objects.filter(pk__in=Release.objects.filter(meeting=meeting).values("item"), kind="digest").exclude(stage__in=["cancelled", "withdrawn"])
    return found.order_by("-id").first()


def draft_digest(meeting: int, *, actor: Actor, town: Town, now: datetime, door: str, key: str = "") -> tuple[int, bool]:
    """拟公开摘要 from the frozen minutes: the number of the release, and whether it is a new one. Raises NotThere, Refused."""
    with atomic():
        _lock(meeting)
        row = queries.get_visible(meeting, actor=actor, town=town, now=now, loop="meetings")
        minutes = Minutes.objects.filter(meeting=meeting).first()
        if minutes is None:
            raise Refused("wrong_stage")
        if known := drafted(meeting):
            return known.pk, False
        place = town.places[row.item.community_id or row.item.subdistrict_id or row.item.county_id]
        given = digest.draft(minutes, place, town, now)
        return loops.start("releases", given, actor=actor, now=now, door=door, key=key, town=town).id, True


def body_of(row: Row, offline: int, seat: Seat, actor: Actor, town: Town) -> dict[str, Any]:
    """The minutes: place, day, each point with why, decision, who leads (a post), until when."""
    points = Point.objects.filter(meeting=row.item.pk).order_by("sort")
    return {
        "place": town.name_of(row.item.subdistrict_id if row.item.raised_level == "subdistrict" else row.item.community_id), "on": row.facts.on.isoformat(),
        "offline": offline, "chair": town.posts[seat.post].name,
        "points": [
            {
                "sort": p.sort, "kind": p.kind, "about": p.about, "why": p.why, "decision": p.decision, "words": p.words,
                "lead": town.posts[p.lead_id].name if p.lead_id in town.posts else "", "until": p.until.isoformat() if p.until else "",
            }
            for p in points
        ],
    }  # fmt: skip


def add_erratum(meeting: int, words: str, *, actor: Actor, town: Town, now: datetime, door: str, key: str = "") -> Erratum:
    """更正 of frozen minutes, beside them and in the chain of the meeting's events. The same key again is answered with the first one.

    Refused `not_yours`, `missing`, `wrong_stage` while they are open.
    """
    said = " ".join(printable(words).split())[:500]
    with atomic():
        row, seat = _mine(meeting, actor, town, now, is_open=False)
        if not said:
            raise Refused("missing", ["words"])
        if key and loops.answered(actor, key, loops.fingerprint("meetings", meeting, "correct", {"words": said})):
            return Erratum.objects.filter(meeting=meeting, words=said, user=actor.user or 0).order_by("id")[0]
        inner = Actor(actor.user, (), system="minutes", county=actor.county)
        loops.take_step("meetings", meeting, "correct", {"words": said}, actor=inner, now=now, door=door, key=key, town=town)
        return Erratum.objects.create(meeting_id=row.item.pk, words=said, user=actor.user or 0, post=seat.post, at=now)


def changed_minutes() -> list[str]:
    """Minutes whose text is no longer what was frozen, corrections that are not in the chain: a check, one sentence each."""
    lost = Item.objects.filter(loop="meetings", open=False).exclude(pk__in=Minutes.objects.values("meeting"))
    found = [f"meetings {pk}: 已定稿，可是没有纪要" for pk in lost.values_list("pk", flat=True)]
    for minutes in Minutes.objects.select_related("meeting").iterator(chunk_size=200):
        kept = hashlib.sha256(minutes.body.encode()).hexdigest()
        told = [e.body for e in queries.events_of(minutes.meeting_id) if e.step == "close"]
        if kept != minutes.digest or not told or minutes.digest not in told[-1]:
            found.append(f"meetings {minutes.meeting_id}: 纪要和定稿时不一样")
    return found + _lost_errata()


def _lost_errata() -> list[str]:
    """Corrections by meeting against the events that tell of them."""
    beside = dict(Erratum.objects.values("meeting").annotate(n=Count("pk")).order_by().values_list("meeting", "n"))
    told = Event.objects.filter(step="correct", stream__in=Minutes.objects.values("meeting"))
    kept = dict(told.values("stream").annotate(n=Count("pk")).order_by().values_list("stream", "n"))
    return [f"meetings {m}: 更正有 {beside.get(m, 0)} 条，经过里有 {kept.get(m, 0)} 条" for m in sorted({*beside, *kept}) if beside.get(m, 0) != kept.get(m, 0)]
