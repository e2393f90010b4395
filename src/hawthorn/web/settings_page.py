"""街道设置: what the product is called here, local words, colour, whom to ask about privacy, what is filed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import WrongType
from hawthorn.kernel.words import is_seen
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.tenants.settings import ACCENTS, FOOTER, SETTINGS, WORDS, accent
from hawthorn.web.request import Request
from hawthorn.web.whose import others, tenant_chosen

PLAIN = (("brand", "系统名称", 40, "显示在每页左上角。"), ("phone", "窗口电话", 30, "每个公开页面都显示，居民打这个电话。"))
TOLD = ("privacy_contact", "address")
MOST_WORDS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: Request) -> HttpResponse:
    """The settings of a tenant, and saving them."""
    tenant, wrong = tenant_chosen(request), dict[str, str]()
    if request.method == "POST":
        try:
            facts = _facts(request, tenant)
        except WrongType as found:
            wrong = found.problems
        else:
            tenants.change_tenant(tenant, facts)
            messages.success(request, _("保存好了，下一个打开的页面就是新的。"))
            return redirect(f"{reverse('settings')}?of={tenant.code}")
    said = request.POST if wrong else {}
    context = {"of": tenant, "groups": _groups(tenant, said, wrong), "others": others(request, tenant), "wrong": wrong}
    return render(request, "web/settings.html", context, status=422 if wrong else 200)


def _facts(request: Request, tenant: Tenant) -> dict[str, Any]:
    """What was typed. Raises WrongType with a sentence for each field that is too long or lacks."""
    typed = {name: " ".join(request.POST.get(name, "").split()) for name in (*(p[0] for p in PLAIN), *SETTINGS, *WORDS, "accent")}
    most = {name: n for name, _label, n, _help in PLAIN} | {name: n for name, (_label, n) in SETTINGS.items()} | dict.fromkeys(WORDS, MOST_WORDS)
    wrong = {name: _("太长了，最多 {n} 个字。").format(n=n) for name, n in most.items() if len(typed[name]) > n}
    if not is_seen(typed["brand"]):
        wrong["brand"] = _("系统名称要写。")
    if typed["accent"] not in ACCENTS:
        wrong["accent"] = _("请选一种颜色。")
    if wrong:
        raise WrongType(wrong)
    settings = {name: typed[name] for name in (*SETTINGS, "accent")}
    if any(tenant.settings.get(name, "") != typed[name] for name in TOLD) or tenant.phone != typed["phone"]:
        settings |= {"privacy_version": tenant.settings.get("privacy_version", 1) + 1, "privacy_since": _day(request)}
    return {"brand": typed["brand"], "phone": typed["phone"], "settings": settings, "words": {name: typed[name] for name in WORDS}}


def _day(request: Request) -> str:
    """As it stands on the notice: the notice says whom to ask, so another contact makes it another version."""
    on = local(request.now).date()
    return f"{on.year}年{on.month}月{on.day}日"


def _groups(tenant: Tenant, said: Any, wrong: dict[str, str]) -> list[dict[str, Any]]:
    def field(name: str, label: str, most: int, before: str, **more: Any) -> dict[str, Any]:
        value = said.get(name, before) if said else before
        return {"kind": "text", "name": name, "label": _(label), "value": value, "max_length": most, "error": wrong.get(name, "")} | more

    chosen = said.get("accent") if said else accent(tenant.settings)
    colours = [{"value": code, "label": _(label), "on": code == chosen} for code, label in ACCENTS.items()]
    plain = [field(name, label, most, getattr(tenant, name), help=_(told), required=name == "brand") for name, label, most, told in PLAIN]
    plain.append({"kind": "radio-chips", "name": "accent", "label": _("颜色"), "choices": colours, "required": True, "error": wrong.get("accent", "")})
    kept = {name: field(name, label, most, str(tenant.settings.get(name, ""))) for name, (label, most) in SETTINGS.items()}
    own = [field(name, label, MOST_WORDS, str(tenant.words.get(name, ""))) for name, label in WORDS.items()]
    return [
        {"title": _("名称和颜色"), "fields": plain},
        {"title": _("个人信息找谁"), "words": _("写在隐私说明上。改了，隐私说明就是新的一版。"), "fields": [kept[name] for name in TOLD]},
        {"title": _("备案信息"), "words": _("写在每一页的页脚。没有就不填。"), "fields": [kept[name] for name in FOOTER]},
        {"title": _("本地叫法"), "words": _("本地有自己的名字就写上，帮助页告诉居民；来话的单子和导出的表就用这个名字。"), "fields": own},
    ]
