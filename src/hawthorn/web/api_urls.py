"""Where the JSON door stands."""

from __future__ import annotations

from django.urls import path

from hawthorn.web.api import api, in_problems

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    _pattern.callback = in_problems(_pattern.callback)
urlpatterns = [path("api/v1/", (_patterns, _app, _namespace))]
