"""Pages for residents: home, a grid's own page, privacy, help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.kernel.errors import NotThere
from hawthorn.loops.models import Item
from hawthorn.tenants.models import Tenant
from hawthorn.tenants.settings import own_words
from hawthorn.web import news, slips, visitors, words
from hawthorn.web.middleware import public
from hawthorn.web.request import Request
from hawthorn.web.say import grid_of, people_of

YEAR = 365 * 24 * 3600
FEW = 5
SHOWN_DAYS = 90
# What is kept of persons, why, how long, who sees it: as the retention rules have it (accounts, loops).
KINDS = (
    (
        "称呼、电话、邮箱、住址（自愿留）",
        "答复您说的这件事",
        "本人同意；依职责登记的来电来访为履行法定职责",
        "这件事办结后 180 天，最长两年",
        "正负责的岗位和网格中心；看全号要写理由、有记录",
    ),
    ("您说的话、您传的照片", "办理和答复", "履行法定职责", "随事项保存；可以申请删除", "办理这件事的岗位"),
    ("您的录音（自愿）", "听清您说的事", "本人同意", "这件事办结后 180 天；您要求删的当时就删", "办理这件事的岗位"),
    ("办理过程", "能查、能追、能复核", "履行法定职责；网络安全法第二十一条", "长期（不含个人信息）", "有权看这件事的岗位；凭回执看公开部分"),
    ("工作人员的姓名、岗位、工作电话", "让居民找得到人", "履行法定职责；公开姓名须本人同意", "任职期间", "公开"),
    ("登录和查看记录", "防止乱看乱用", "网络安全法第二十一条", "十二个月", "安全管理员"),
)


@public
@require_safe
def home(request: Request) -> HttpResponse:
    """What this is; say something; see what became of it; who serves which grid."""
    if request.town is None:
        return render(request, "web/home.html", {"is_empty": True})
    place = visitors.own_place(request.town, request.tenant)
    grids = sorted((p for p in request.town.places.values() if p.level == "grid" and p.tenant == request.tenant.pk), key=lambda p: p.code)
    communities: dict[int | None, list[dict[str, Any]]] = {}
    for grid in grids:
        people = [one | {"post": words.without(grid.name, one["post"])} for one in people_of(request, grid)]
        communities.setdefault(grid.community, []).append({"name": grid.name, "url": reverse("grid", args=[grid.code]), "people": people[:1]})
    context = {
        "place": request.town.name_of(place), "communities": [{"name": request.town.name_of(c), "grids": rows} for c, rows in communities.items()],
        "others": _others(request), "news": news.published(request, 5),
    }  # fmt: skip
    response = render(request, "web/home.html", context)
    if (code := request.GET.get("in", "")) and code == request.tenant.code:
        response.set_cookie(visitors.COOKIE, code, max_age=YEAR, httponly=True, samesite="Lax")
    return response


def _others(request: Request) -> list[dict[str, str]]:
    many = Tenant.objects.filter(county=request.town.county).exclude(pk=request.tenant.pk).order_by("code")[:40]
    return [{"name": t.name, "url": f"{reverse('home')}?in={t.code}"} for t in many]


@public
@require_safe
def grid(request: Request, code: str) -> HttpResponse:
    """找谁、管什么、办成了什么; how to say something."""
    found = grid_of(request, code) if request.town else None
    if found is None:
        raise NotThere
    say = f"{reverse('say')}?g={found.code}"
    done = Item.objects.filter(loop="matters", grid=found.id, stage="closed", closed_at__gt=request.now - timedelta(days=SHOWN_DAYS)).count()
    context = {
        "grid": found, "community": request.town.name_of(found.community), "people": people_of(request, found), "say": say,
        "qr": slips.qr(slips.address_of(request, say)), "done": done if done >= FEW else 0, "days": SHOWN_DAYS,
    }  # fmt: skip
    return render(request, "web/grid.html", context)


@public
@require_safe
def privacy(request: Request) -> HttpResponse:
    """The notice of 个人信息保护法 17."""
    tenant = request.tenant
    settings = tenant.settings if tenant else {}
    county = tenant.county.name if tenant and tenant.county else _("县（区）")
    notice = {
        "version": settings.get("privacy_version", 1), "since": settings.get("privacy_since", _("本系统启用之日")), "handler": tenant.name if tenant else "",
        "contact": settings.get("privacy_contact", _("网格中心")), "phone": tenant.phone if tenant else "", "address": settings.get("address", ""),
        "host": county,
    }  # fmt: skip
    kinds = [dict(zip(("what", "why", "basis", "how_long", "who"), map(_, row), strict=True)) for row in KINDS]
    return render(request, "web/privacy.html", {"notice": notice, "kinds": kinds})


@public
@require_safe
def help_page(request: Request) -> HttpResponse:
    """How to, for residents and staff."""
    return render(request, "web/help.html", {"own_words": [(_(label), word) for label, word in own_words(request.tenant.words)] if request.tenant else []})
