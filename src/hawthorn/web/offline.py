"""Working a day without network: the service worker, its shell, what is not sent yet, and the words that its modules say.

What the device does is in static/web/js/offline; how a queued form is answered is in queued.py.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from hawthorn.web.frame import look
from hawthorn.web.middleware import bare, kept, public
from hawthorn.web.request import Request
from hawthorn.web.said import words

ROOMS = Path(__file__).resolve().parent.parent
SHELL = "web/templates/web/offline.html"


@bare
@require_safe
def worker(request: Request) -> HttpResponse:
    """The service worker, for every page under the root; a new one whenever a file it keeps is another."""
    version, names = _files()
    shell = sorted({url for name in names for url in _addresses(name)})
    told = {"version": version, "static": _static(""), "shell": shell, "offline": reverse("offline")}
    body = f"self.hawthorn = {json.dumps(told)};\nimport {json.dumps(static('web/js/offline/worker.js'))};\n"
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _files() -> tuple[str, tuple[str, ...]]:
    """A digest of every static file and the shell; the names of those that every staff page needs."""
    found = sorted(p for p in ROOMS.glob("*/static/**/*") if p.is_file())
    digest = hashlib.sha256()
    for path in (*found, ROOMS / SHELL):
        digest.update(str(path.relative_to(ROOMS)).encode() + path.read_bytes())
    names = (str(p).split("/static/", 1)[1] for p in found)
    return digest.hexdigest()[:16], tuple(n for n in names if n.startswith("web/"))


def _addresses(name: str) -> set[str]:
    """As a page names it, and for modules as they name each other."""
    return {static(name), *([_static(name)] if name.endswith(".js") else [])}


def _static(name: str) -> str:
    return f"/{settings.STATIC_URL.strip('/')}/{name}"


@public
@require_safe
def manifest(request: Request) -> HttpResponse:
    """For whoever puts it on the first screen of a phone; nobody has to."""
    brand = look(request)["brand"]
    icon = {"src": static("web/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {"name": brand, "short_name": brand, "start_url": reverse("today"), "scope": "/", "display": "standalone", "lang": "zh-CN",
            "background_color": "#fbf8f3", "theme_color": "#fbf8f3", "icons": [icon]}  # fmt: skip
    return JsonResponse(said, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@public
@require_safe
def shell(request: Request) -> HttpResponse:
    """What stands for every page that the device cannot show; kept as nobody's page, with no word about anybody."""
    return render(request, "web/offline.html", {"device_words": words()})


@kept
@require_safe
def unsent(request: Request) -> HttpResponse:
    """没送出的: drawn on the device from its queue; the server has nothing to list."""
    return render(request, "web/unsent.html")


@require_safe
def token(request: Request) -> HttpResponse:
    """The mark that a form carries, taken at the moment of sending, and whose it is."""
    return JsonResponse({"who": str(request.user.pk), "token": get_token(request)})
