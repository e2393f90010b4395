"""How a small command of a round, a visit or a walk is answered: said and sent back to its page. One place for every such form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from hawthorn.web.request import Request


def done(request: Request, url: str, said: str) -> HttpResponse:
    """It is done: back to the page, with a sentence."""
    messages.success(request, said)
    return redirect(url)
