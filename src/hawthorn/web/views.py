"""常用筛选: saved filters of one's own, above the list they belong to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hawthorn.accounts import actions as accounts
from hawthorn.accounts.models import SavedView
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import LOOPS
from hawthorn.web.request import Request, whole

FILTERS = ("stage", "open", "grid", "community", "kind", "of", "month", "came", "over", "holder", "late", "urgent", "mine", "all", "seat")
NO_GRID, LONGEST_KIND = "none", 24
VALID: dict[str, Callable[[str], bool]] = {
    "stage": lambda said: any(said in loop.stages for loop in LOOPS),
    "grid": lambda said: said == NO_GRID or whole(said) is not None,
    "community": lambda said: whole(said) is not None,
    "kind": lambda said: said.isprintable() and len(said) <= LONGEST_KIND,
    "of": rules.is_known,
    "came": lambda said: day_of(said) is not None,
    "over": lambda said: day_of(said) is not None,
    "holder": lambda said: whole(said) is not None,
    "month": lambda said: rules.month_of(said) is not None,
}
"""What else may stand behind a filter than a yes."""


def day_of(said: str) -> date | None:
    """A day as links write it; None for anything else."""
    try:
        return date.fromisoformat(said) if len(said) == 10 else None
    except ValueError:
        return None


def kept(query: str, request: Request) -> str:
    """The filters of an address that are any, without what was searched for: that may be a name."""
    return urlencode(sorted((k, v) for k, v in parse_qsl(query[:400]) if k in FILTERS and _is_valid(k, v, request)))


def _is_valid(name: str, said: str, request: Request) -> bool:
    if name == "seat":
        return any(str(s.post) == said for s in request.actor.seats)
    return VALID[name](said) if name in VALID else said == "1"


def shown(request: Request, loop: str) -> list[dict[str, Any]]:
    """One's own views of a list. One statement."""
    now = kept(request.GET.urlencode(), request)
    views = SavedView.objects.filter(user=request.actor.user, loop=loop).order_by("id")
    return [{"id": v.pk, "label": v.name, "url": f"{reverse(loop)}?{v.query}" if v.query else reverse(loop), "on": v.query == now} for v in views]


@require_POST
def save(request: Request, loop: str) -> HttpResponse:
    """Keep the filters of a list under a name."""
    if loop not in LOOPS:
        raise NotThere
    query = kept(request.POST.get("query", ""), request)
    try:
        view = accounts.save_view(request.actor.user or 0, loop=loop, name=request.POST.get("name", ""), query=query)
        messages.success(request, _("存好了：{name}。以后点一下就是这些筛选。").format(name=view.name))
    except Refused as refused:
        messages.error(request, _("没有存：请起个名字。") if refused.code == "missing" else refused.detail)
    return redirect(f"{reverse(loop)}?{query}" if query else reverse(loop))


@require_POST
def drop(request: Request, loop: str, view: int) -> HttpResponse:
    """Remove one of one's own."""
    if loop not in LOOPS or not accounts.drop_view(request.actor.user or 0, view):
        raise NotThere
    messages.success(request, _("删掉了。"))
    return redirect(reverse(loop))
