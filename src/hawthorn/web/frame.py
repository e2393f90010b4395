"""What every template shows: whose house it is, who is signed in, the elders' mode."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hawthorn.kernel.world import DESK
from hawthorn.tenants.models import Tenant
from hawthorn.tenants.settings import accent, footer
from hawthorn.web.said import words

SECTIONS = ("today", "capture", "matters", "me")
DESKS = frozenset(DESK.values())


def look(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs on every page; nothing is taken for granted, error pages use it too."""
    tenant, actor = getattr(request, "tenant", None), getattr(request, "actor", None)
    match = request.resolver_match
    found = {
        "tenant": tenant,
        "brand": tenant.brand if tenant else _("事事有回音"),
        "place_name": tenant.name if tenant else "",
        "elder": elder_of(request),
        "section": match.url_name if match and match.url_name in SECTIONS else "",
        "accent": accent(tenant.settings) if tenant else "",
        "footer_lines": _footer(tenant) if tenant else [],
        "helpline": {"name": _("{name}窗口").format(name=tenant.name), "phone": tenant.phone} if tenant and tenant.phone else {},
    }
    return found | (_staff(request, actor) if actor is not None else {})


def _footer(tenant: Tenant) -> list[str]:
    """What is filed, and what else the host wants to stand there."""
    filed = [f"{_(label)}{_('：')}{value}" for label, value in footer(tenant.settings)]
    return filed + [str(line) for line in tenant.settings.get("footer_lines", [])]


def elder_of(request: HttpRequest) -> int:
    """0, 1 or 2: by the cookie, or as the signed-in person chose."""
    step = request.COOKIES.get("elder", "")
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return (2 if step == "2" else 1) if user.elder_mode else 0
    return int(step) if step in ("1", "2") else 0


def _staff(request: Any, actor: Any) -> dict[str, Any]:
    is_locked = bool(request.session.get("locked")) or request.user.must_change
    post = request.town.posts[actor.seats[0].post].name if actor.seats and request.town else ""
    return {
        "me": {"name": request.user.name, "post": post, "key": str(request.user.pk)},
        "device_words": words(),
        "idle_minutes": 0 if is_locked else settings.IDLE_MINUTES,
        "nav": [] if is_locked else _nav(request, actor),
    }


def _nav(request: Any, actor: Any) -> list[dict[str, Any]]:
    """The pages of a desk; those of every hour on a phone too, where the bar below has no room for them."""
    if not any(s.kind in DESKS for s in actor.seats):
        return []
    name = request.resolver_match.url_name if request.resolver_match else ""
    rows = (("desk", _("派单台"), False), ("counter", _("窗口"), False), ("map", _("地图"), True))
    return [{"label": label, "url": reverse(code), "on": code == name, "wide": is_wide} for code, label, is_wide in rows]
