"""Error pages: what happened, what was kept, what to do next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hawthorn.kernel.errors import STATUS, Refused, WrongType
from hawthorn.web.api_answers import problem
from hawthorn.web.request import wants_json

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400, 413 for more than is read at all; a device's queue hears it as JSON."""
    is_large = isinstance(exception, TOO_LARGE)
    status = 413 if is_large else 400
    if wants_json(request):
        return problem(status, "too_large" if is_large else "cut")
    return render(request, f"{status}.html", status=status)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where the form's own mark is missing or old."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404, for what is not there and what may not be seen. Only an address that names one thing can have been copied wrongly."""
    match = request.resolver_match
    is_page = match is not None and not getattr(match, "captured_kwargs", None) and getattr(request, "actor", None) is not None
    return render(request, "404.html", {"is_page": is_page}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return render(request, "500.html", status=500)


def refused(request: HttpRequest, problem: Refused | WrongType, *, back: str = "", who: str = "", now_with: str = "") -> HttpResponse:
    """409 (413, 422, 429): a command that may not be done now, in its own sentence; `who` may do it, `now_with` has it."""
    request.refused = problem  # type: ignore[attr-defined]
    if isinstance(problem, WrongType):
        code, why = "wrong_type", _("有内容看不懂：") + "；".join(problem.problems.values())
    else:
        code, why = problem.code, _(problem.detail)
    if code == "slow_down":
        return render(request, "429.html", status=429)
    context = {"why": why, "who": _(who) if who else "", "now_with": now_with, "back": back}
    return render(request, "web/refused.html", context, status=STATUS.get(code, 409))
