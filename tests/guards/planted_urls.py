"""An URLconf with violations planted in it: a page for everybody that nobody marked, and an address of a thing that no line of the table names."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import include, path

from hawthorn.web.middleware import public


@public
def left_open(_request: Any) -> HttpResponse:
    """Answers whoever comes."""
    return HttpResponse("ok")


def unnamed(_request: Any, thing: int) -> HttpResponse:
    """A page of a thing, for those who signed in."""
    return HttpResponse(str(thing))


urlpatterns = [
    path("planted", left_open, name="planted"),
    path("planted/<int:thing>", unnamed, name="planted-thing"),
    path("", include("hawthorn.config.urls")),
]
