"""Opening a receipt: by the phone's last four digits, the word or the link's token; against guessing; and keeping it open for half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils.translation import gettext as _

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.world import Actor, Town
from hawthorn.loops import reporters
from hawthorn.loops.models import Reporter
from hawthorn.loops.town import town_by_id
from hawthorn.tenants.models import Tenant
from hawthorn.web import visitors
from hawthorn.web.request import Request

QUARTER = timedelta(minutes=15)
# Wrong ones within a quarter of an hour: of one receipt from one address, of one receipt, from one address.
TRIES = {"here": 6, "receipt": 24, "address": 60}
SALT, HALF_AN_HOUR = "hawthorn.opened", 1800


@dataclass(frozen=True)
class Reading:
    """Who reads: the reporter, and as an actor where the word or the token was said; `given`: what keeps it open, the link's token or a ticket of ours."""

    reporter: Reporter
    actor: Actor | None
    town: Town
    given: dict[str, str]


def read(request: Request, code: str, given: dict[str, str]) -> Reading | None:
    """Open the receipt; wrong tries are counted, and it then takes a rest. A link's long token cannot be guessed and always opens."""
    reporter = reporters.by_receipt(code)
    actor = reporters.acting_by_token(given["t"], request.now) if given["t"] else None
    if reporter is not None and reporter.left_at is not None:
        raise Refused("gone", detail=_("这件事您已经撤回，联系方式也删掉了，这张回执不再用。又有了，请再说一次。"))
    number, may_act = _ticket(given["o"])
    if reporter is not None and number == reporter.pk:
        actor = reporters.acting_as(reporter, request.now) if may_act else None
        return Reading(reporter, actor, town_by_id(reporter.item.county.tenant_id), {"o": given["o"]})
    is_tried = bool(given["word"] or given["tail"] or given["t"])
    if actor is None and is_tried:
        if any(visitors.counted(request, "wrong", *what) >= TRIES[what[0]] for what in _tries(request, code)):
            raise Refused("slow_down")
        actor = reporters.acting(code, given["word"], request.now) if given["word"] else None
        given = given | {"t": ""}
    if actor is not None and (reporter is None or actor.reporter != reporter.pk):
        actor = None
    is_right = reporter is not None and (actor is not None or (bool(given["tail"]) and reporters.may_read(reporter, given["tail"])))
    if reporter is None or not is_right:
        for what in _tries(request, code) if is_tried else ():
            visitors.count(request, "wrong", *what, span=QUARTER)
        return None
    kept = {"t": given["t"]} if given["t"] else {"o": signing.dumps([reporter.pk, actor is not None], salt=SALT)}
    return Reading(reporter, actor, town_by_id(reporter.item.county.tenant_id), kept)


def tenant_of(reporter: Reporter) -> Tenant:
    """Whose matter it is."""
    place = reporter.item.subdistrict or reporter.item.county
    return place.tenant


def _ticket(ticket: str) -> tuple[int, bool]:
    """Whose receipt a ticket of ours keeps open, and whether for acting too; 0 where it ran out or is not ours."""
    try:
        number, may_act = signing.loads(ticket, salt=SALT, max_age=HALF_AN_HOUR)
    except signing.BadSignature:
        return 0, False
    return number, may_act


def _tries(request: Request, code: str) -> list[tuple[str, ...]]:
    """What wrong tries are counted by: six from one address leave the others free; the whole receipt rests only after many, and its link still opens."""
    address = visitors.address_of(request)
    return [("here", code, address), ("receipt", code), ("address", address)]
