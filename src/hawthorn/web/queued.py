"""The door of a device's queue: the pages' own views, answered as JSON. No command has a second way.

Asked for by `Accept: application/json`. `Prefer: return=representation`: somebody looks on and gets the page as well; `return=minimal`: nobody does.
`Hawthorn-Who`: whose form it is; it is never taken as somebody else's.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.steps import refusal
from hawthorn.loops.rows import Row
from hawthorn.web import api_answers as answers
from hawthorn.web import items
from hawthorn.web.middleware import Next, is_elsewhere
from hawthorn.web.request import is_unattended, wants_json, world_of

SENT_AWAY = {"signin": "signed_out", "lock": "locked", "password": "new_password"}
CODES = {400: "cut", 403: "csrf", 404: "not_there", 413: "too_large", 429: "slow_down"}


class Queued:
    """Turns what a view answers into JSON for whoever asked for it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer as the view does, in the asker's form."""
        response = self.get_response(request)
        if not is_queued(request) or response.streaming or "json" in response.get("Content-Type", ""):
            return response
        answer = _answer(request, response)
        answer.cookies = response.cookies
        return answer

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """A form that one person filled in is not taken while another is signed in."""
        who = request.headers.get("Hawthorn-Who", "")
        is_other = is_queued(request) and who and request.user.is_authenticated and who != str(request.user.pk)
        return problem(401, "other_user") if is_other else None


def is_queued(request: HttpRequest) -> bool:
    """Is it a page, asked for as JSON."""
    return not is_elsewhere(request) and wants_json(request)


def problem(status: int, code: str, **more: Any) -> HttpResponse:
    """A refusal in the words of this door."""
    return answers.problem(status, code, _(answers.DETAILS.get(code, "")), more=more)


def _answer(request: Any, response: HttpResponse) -> HttpResponse:
    if response.status_code in (301, 302, 303):
        return _moved(request, response["Location"])
    if response.status_code >= 400:
        return _refused(request, response)
    return answers.say(_taken(request, request.get_full_path()) | _page(request, response))


def _moved(request: Any, target: str) -> HttpResponse:
    try:
        name = resolve(urlsplit(target).path).url_name or ""
    except Resolver404:
        name = ""
    if name in SENT_AWAY:
        return problem(401, SENT_AWAY[name])
    return answers.say(_taken(request, target))


def _taken(request: Any, url: str) -> dict[str, Any]:
    """Where it is now, and what is said once. Words that nobody reads here are not left for the next page."""
    told: dict[str, Any] = {"ok": True, "url": url, "words": ""}
    if is_unattended(request):
        told["words"] = next((str(m) for m in reversed(list(get_messages(request)))), "")
    if (answer := request.answer) is not None:
        told |= {"url": f"/i/{answer.id}" if answer.slip else url, "version": answer.version, "slip": dict(answer.slip)}
    return told


def _refused(request: Any, response: HttpResponse) -> HttpResponse:
    status, found = response.status_code, request.refused
    more = _page(request, response) | _now(request, status)
    if isinstance(found, WrongType):
        return answers.unreadable(found, more)
    if isinstance(found, Refused):
        return answers.refused(Refused(found.code, found.fields, _(found.detail)), more)
    return problem(status, CODES.get(status, "broken" if status >= 500 else "wrong_method"), **more)


def _page(request: Any, response: HttpResponse) -> dict[str, str]:
    """The page itself, for who looks on."""
    is_wanted = "return=representation" in request.headers.get("Prefer", "") and response.get("Content-Type", "").startswith("text/html")
    return {"page": response.content.decode()} if is_wanted else {}


def _now(request: Any, status: int) -> dict[str, Any]:
    """How the item stands that a step came too late for."""
    match = request.resolver_match
    item = match.kwargs.get("item") if match is not None else None
    row = _seen(request, item) if status == 409 else None
    if row is None:
        return {}
    holder = request.town.posts.get(row.item.holder_id or 0)
    told = {"stage": _(row.loop.stages[row.item.stage].label), "holder": holder.name if holder else "", "url": reverse("item", args=[item])}
    return {"now": told | _note(request, row)}


def _note(request: Any, row: Row | None) -> dict[str, str]:
    """Where the words can still stand as a plain note: on the item, or on the one it hangs on."""
    while row is not None:
        note = row.loop.steps.get("note")
        if note is not None and not refusal(note, row.facts, request.actor, world_of(request)):
            return {"note": reverse("step", args=[row.item.pk, "note"])}
        row = _seen(request, row.item.parent_id)
    return {}


def _seen(request: Any, item: int | None) -> Row | None:
    try:
        return items.visible(request, item) if item else None
    except NotThere:
        return None
