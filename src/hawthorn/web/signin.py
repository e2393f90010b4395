"""Signing in and out, the idle lock, a first password, the elders' mode."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hawthorn.accounts import actions as accounts
from hawthorn.accounts.models import Token
from hawthorn.kernel.errors import Refused
from hawthorn.web.middleware import public, works_locked
from hawthorn.web.request import Request
from hawthorn.web.said import words

YEAR = 365 * 24 * 3600


def back_to(request: Any, fallback: str) -> str:
    """`next`, where it is a local path; else the fallback."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_local = path.startswith("/") and not path.startswith("//") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_local else fallback


def _password(name: str = "password", label: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": "password", "name": name, "label": label or _("密码"), "required": True, **more}


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def signin(request: Request) -> HttpResponse:
    """Sign-in of staff; a wrong word never says which of the two was wrong."""
    target = back_to(request, reverse("today"))
    errors: list[dict[str, str]] = []
    if request.user.is_authenticated:
        return redirect(target)
    username = request.POST.get("username", "").strip()[:40]
    if request.method == "POST":
        user = authenticate(request, username=username, password=request.POST.get("password", "")[:200])
        if user is not None:
            login(request, user)
            request.session["seen"] = int(request.now.timestamp())
            return redirect(target)
        errors = [{"id": "f-username", "label": "", "text": _("账号或密码不对。错五次要等十五分钟。")}]
    fields = [
        {"kind": "text", "name": "username", "label": _("账号"), "value": username, "required": True, "autocomplete": "username", "autofocus": not errors},
        _password(),
    ]
    return render(request, "web/signin.html", {"fields": fields, "errors": errors, "next": target, "device_words": words()}, status=422 if errors else 200)


def locked_out(request: Any, *_more: Any) -> HttpResponse:
    """Too many wrong passwords (django-axes)."""
    return render(request, "429.html", {"wait": _("十五分钟")}, status=429)


@works_locked
@require_POST
def signout(request: Request) -> HttpResponse:
    """Leave."""
    logout(request)
    messages.info(request, _("已退出。"))
    return redirect("signin")


@works_locked
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def lock(request: Request) -> HttpResponse:
    """The idle lock: a POST without password locks, with the same person's password it opens again."""
    target, errors = back_to(request, reverse("today")), []
    word = request.POST.get("password")
    if request.method == "POST" and word is None:
        request.session["locked"] = True
        return redirect(f"{reverse('lock')}?{urlencode({'next': target})}")
    if not request.session.get("locked"):
        return redirect(target)
    if request.method == "POST":
        user = authenticate(request, username=request.user.username, password=str(word)[:200])
        if user is not None and user.pk == request.user.pk:
            request.session["locked"] = False
            request.session["seen"] = int(request.now.timestamp())
            return redirect(target)
        errors = [{"id": "f-password", "label": "", "text": _("密码不对。写的内容还在。")}]
    field = _password(autofocus=not errors)
    context = {"field": field, "errors": errors, "next": target, "minutes": settings.IDLE_MINUTES}
    return render(request, "web/locked.html", context, status=422 if errors else 200)


@works_locked
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: Request) -> HttpResponse:
    """Change one's password; asked for at the first sign-in. Not behind a locked screen; the API's tokens end with the old one."""
    if request.session.get("locked") and not request.user.must_change:
        return redirect(f"{reverse('lock')}?{urlencode({'next': request.path})}")
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        old, new, again = (request.POST.get(n, "")[:200] for n in ("old", "new", "again"))
        errors = _change(request, old, new, again)
        if not errors:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("密码已经改好。"))
            return redirect("today")
    fields = [
        _password("old", _("现在的密码")),
        _password("new", _("新密码"), autocomplete="new-password", help=" ".join(password_validators_help_texts())),
        _password("again", _("再写一遍新密码"), autocomplete="new-password"),
    ]
    words = _("第一次登录要换成自己的密码。") if request.user.must_change else ""
    context = {"title": _("改密码"), "words": words, "fields": fields, "errors": errors, "button": _("改好了")}
    return render(request, "web/form.html", context, status=422 if errors else 200)


def _change(request: Request, old: str, new: str, again: str) -> list[dict[str, str]]:
    user = authenticate(request, username=request.user.username, password=old)
    if user is None or user.pk != request.user.pk:
        return [{"id": "f-old", "label": "", "text": _("现在的密码不对。")}]
    if new != again:
        return [{"id": "f-again", "label": "", "text": _("两遍写的不一样。")}]
    if new == old:
        return [{"id": "f-new", "label": "", "text": _("新密码和原来的一样。")}]
    try:
        accounts.set_password(request.user, new, now=request.now)
    except Refused as problem:
        return [{"id": "f-new", "label": "", "text": problem.detail}]
    for token in Token.objects.filter(user=request.user, ended_at=None).values_list("pk", flat=True):
        accounts.end_token(token, user=request.user, now=request.now)
    return []


@public
@works_locked
@require_POST
def elder(request: Request) -> HttpResponse:
    """长辈版: a cookie; staff keep it with their account."""
    step = request.POST.get("step", "")
    step = step if step in ("0", "1", "2") else "0"
    if request.user.is_authenticated:
        accounts.set_elder(request.user, int(step))
    response = redirect(back_to(request, reverse("home")))
    response.set_cookie("elder", step, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
