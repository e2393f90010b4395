"""The catalogue on its page: by catalogue, group and words, fifty to a page, each with its limits."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.world import CategoryCard, PolicyCard
from hawthorn.matters.rules.needs import TIERS
from hawthorn.web.request import Request

PAGE = 50
KEPT = ("catalogue", "group", "q")
CATALOGUES = {"city": "城市管理", "dispute": "矛盾纠纷", "service": "自有服务"}
LIMITS = {"accept": "受理", "respond": "接单", "promise": "办结"}


def shelf(request: Request, tenant: int, policy: PolicyCard) -> dict[str, Any]:
    """What the page shows of a tenant's catalogue; no statement of its own, the town knows them all."""
    everything, left = _everything(request, tenant), found(request, tenant)
    at = _number(request.GET.get("page", ""), -(-len(left) // PAGE))
    shown = left[(at - 1) * PAGE : at * PAGE]
    return {
        "lines": [_line(c, policy) for c in shown], "number": len(left), "total": len(everything), "filters": _filters(request, everything),
        "group": _group_field(request, everything), "q": request.GET.get("q", ""), "catalogue": request.GET.get("catalogue", ""),
        "pages": {
            "words": _("第 {first}～{last} 行，共 {n} 行").format(first=(at - 1) * PAGE + 1, last=(at - 1) * PAGE + len(shown), n=len(left)),
            "next": link(request, page=at + 1) if at * PAGE < len(left) else "", "first": link(request) if at > 1 else "",
        },
    }  # fmt: skip


def _everything(request: Request, tenant: int) -> list[CategoryCard]:
    return sorted((c for c in request.town.categories.values() if c.tenant == tenant), key=lambda c: (c.catalogue, c.key))


def found(request: Request, tenant: int) -> list[CategoryCard]:
    """What the filters leave of a tenant's catalogue."""
    return [c for c in _everything(request, tenant) if _fits(c, request)]


def _fits(card: CategoryCard, request: Request) -> bool:
    get = request.GET
    said = get.get("q", "").strip().lower()[:40]
    if get.get("catalogue") in CATALOGUES and card.catalogue != get["catalogue"]:
        return False
    if get.get("group") and card.group != get["group"]:
        return False
    return not said or said in f"{card.name}\n{card.key}\n{card.group}".lower()


def _number(word: str, most: int) -> int:
    return max(1, min(int(word), most)) if word.isdecimal() and len(word) < 6 else 1


def link(request: Request, **more: Any) -> str:
    """This page with other filters; what is empty is left out."""
    kept = {k: request.GET[k] for k in KEPT if request.GET.get(k)}
    wanted = {k: v for k, v in (kept | more).items() if v not in ("", None)}
    return f"?{urlencode(wanted)}" if wanted else request.path


def _filters(request: Request, cards: list[CategoryCard]) -> list[dict[str, Any]]:
    chosen = request.GET.get("catalogue", "")
    found = [{"label": _("全部"), "url": link(request, catalogue="", group=""), "on": chosen not in CATALOGUES}]
    for code, label in CATALOGUES.items():
        number = sum(c.catalogue == code for c in cards)
        found.append({"label": f"{_(label)} {number}", "url": link(request, catalogue=code, group=""), "on": chosen == code})
    return found


def _group_field(request: Request, cards: list[CategoryCard]) -> dict[str, Any]:
    catalogue, chosen = request.GET.get("catalogue", ""), request.GET.get("group", "")
    names = dict.fromkeys(c.group for c in cards if c.group and (catalogue not in CATALOGUES or c.catalogue == catalogue))
    choices = [{"value": name, "label": name, "on": name == chosen} for name in names]
    return {"kind": "select", "name": "group", "label": _("分组"), "choices": choices, "blank": _("全部分组"), "no_draft": True}


def _line(card: CategoryCard, policy: PolicyCard) -> dict[str, Any]:
    signs = [
        (card.needs_proof, _("要凭证")),
        (card.needs_check, _("要核查")),
        (not card.is_public, _("不公开")),
        (not card.in_duty_list, _("不在社区职责清单")),
    ]
    return {
        "name": card.name, "small": " · ".join(x for x in (card.group, card.key) if x), "tier": _(TIERS[card.tier]), "limits": _limits(card, policy),
        "signs": [label for is_so, label in signs if is_so], "advice": card.advice, "elsewhere": card.elsewhere,
    }  # fmt: skip


def limits_in_words(card: CategoryCard, policy: PolicyCard) -> list[str]:
    """Accept, respond, promise, as they hold; empty where there is none."""
    return [Limit.parse(stored).label() if (stored := _stored(card, policy, name)) else "" for name in LIMITS]


def _stored(card: CategoryCard, policy: PolicyCard, name: str) -> Any:
    return card.limits.get(name) or policy.tiers.get(card.tier, {}).get(name)


def _limits(card: CategoryCard, policy: PolicyCard) -> list[dict[str, Any]]:
    """Accept, respond, promise: its own where it has one, else that of its tier."""
    found = []
    for name, label in LIMITS.items():
        if stored := _stored(card, policy, name):
            found.append({"label": _(label), "words": Limit.parse(stored).label(), "own": name in card.limits})
    return found
