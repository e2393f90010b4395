"""An URLconf with violations planted in it: a page for everybody that nobody marked, and an address of a thing that no line of the table names."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import include, path

from hawthorn.web.middleware import public


def careless(_request: Any, **_named: Any) -> HttpResponse:
    """Answers whoever comes, with anything."""
    return HttpResponse("ok")


urlpatterns = [
    path("planted", public(careless), name="planted"),
    path("planted/<int:thing>", careless, name="planted-thing"),
    path("", include("hawthorn.config.urls")),
]
