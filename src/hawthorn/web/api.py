"""The JSON door, /api/v1: every loop served alike, drawn from its table. Bearer tokens; errors as problems with Chinese words."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.web import api_choices, api_duties, api_items, api_loops, api_openapi
from hawthorn.web.api_answers import DETAILS, problem, refused, unreadable
from hawthorn.web.api_auth import Bearer

LOG = logging.getLogger(__name__)
api = NinjaAPI(title="Hawthorn", version="1", urls_namespace="api-v1", auth=Bearer(), docs_url=None, openapi_url=None)
rest = Router()
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@rest.api_operation(METHODS, "/", auth=None, include_in_schema=False)
def nothing_at_the_root(request: HttpRequest) -> HttpResponse:
    """404: the door itself is no thing."""
    return problem(404, "not_there")


@rest.api_operation(METHODS, "/{path:anything}", auth=None, include_in_schema=False)
def nothing_here(request: HttpRequest, anything: str) -> HttpResponse:
    """404 for every other address."""
    return problem(404, "not_there")


for found in (api_openapi.router, api_loops.router, api_duties.router, api_choices.router, api_items.router, rest):
    api.add_router("", found)


@api.exception_handler(Refused)
def on_refused(request: HttpRequest, exc: Refused) -> HttpResponse:
    """409, or what the code stands for."""
    return refused(exc)


@api.exception_handler(WrongType)
def on_wrong_type(request: HttpRequest, exc: WrongType) -> HttpResponse:
    """422."""
    return unreadable(exc)


@api.exception_handler(NotThere)
@api.exception_handler(Http404)
def on_not_there(request: HttpRequest, exc: Exception) -> HttpResponse:
    """404, for what is not there and for what may not be seen."""
    return problem(404, "not_there")


@api.exception_handler(AuthenticationError)
def on_no_token(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
    """401."""
    answer = problem(401, "no_token")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
@api.exception_handler(OverflowError)
@api.exception_handler(MultiPartParserError)
@api.exception_handler(TooManyFilesSent)
@api.exception_handler(TooManyFieldsSent)
@api.exception_handler(UnreadablePostError)
def on_unreadable(request: HttpRequest, exc: Exception) -> HttpResponse:
    """422 for what no field was blamed for."""
    return problem(422, "wrong_type")


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, exc: Exception) -> HttpResponse:
    """413, for a body beyond what is read at all."""
    return problem(413, "too_large")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    """What the framework itself refuses."""
    return problem(422 if exc.status_code == 400 else exc.status_code, "wrong_type")


@api.exception_handler(Exception)
def on_broken(request: HttpRequest, exc: Exception) -> HttpResponse:
    """500, with nothing of the inside in it; the log has the kind of error and where it was raised."""
    LOG.error("%s %s", request.method, type(exc).__name__, exc_info=exc)
    return problem(500, "broken")


def in_problems(view: Any) -> Any:
    """A wrong method is told as a problem too; nothing is kept on the way."""

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = view(request, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store, private")
        if answer.status_code == 405 and "problem" not in answer.get("Content-Type", ""):
            said = problem(405, "wrong_method", DETAILS["wrong_method"])
            said["Allow"] = answer.get("Allow", "")
            return said
        return answer

    answered.csrf_exempt = True  # type: ignore[attr-defined]
    answered.is_public = True  # type: ignore[attr-defined]
    return answered
