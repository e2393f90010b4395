"""All URLs. Every page belongs to a room; the JSON API is drawn from the loops' tables."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("hawthorn.web.urls"))]
handler400 = "hawthorn.web.pages.bad_request"
handler403 = "hawthorn.web.pages.forbidden"
handler404 = "hawthorn.web.pages.not_found"
handler500 = "hawthorn.web.pages.broken"
