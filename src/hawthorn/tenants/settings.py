"""What a tenant may set for itself besides its name: brand words, colour, whom to ask about privacy, what stands at the foot of every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hawthorn.kernel.words import _

ACCENTS: dict[str, str] = {"leaf": _("叶绿"), "sky": _("天蓝"), "plum": _("梅紫"), "earth": _("土褐"), "ink": _("墨灰")}
"""Colours of what can be done, each readable on white and on paper (4.5 : 1 and more); the default is the first."""

WORDS: dict[str, str] = {
    "drop": _("来话"), "wish": _("心愿"), "mediation": _("调解工作室"), "council": _("协商议事会"), "programme": _("社区特色项目"),
    "volunteers": _("志愿服务队"),
}  # fmt: skip
"""General words that a place may call by a name of its own (本地叫法)."""

FOOTER: dict[str, str] = {"host": _("主办单位"), "icp": _("ICP 备案号"), "police": _("公安备案号"), "site_code": _("网站标识码")}
SETTINGS: dict[str, tuple[str, int]] = {
    "privacy_contact": (_("个人信息联系人（岗位或部门）"), 40), "address": (_("办公地址"), 100), **{code: (label, 60) for code, label in FOOTER.items()},
}  # fmt: skip
"""Settings that are words: label and the most letters."""


OWN_OF_LOOP = {"drops": "drop"}
"""Loops that are called by one of those words."""


def accent(settings: Mapping[str, Any]) -> str:
    """The colour of a tenant's pages; the default where it is none of ours."""
    found = settings.get("accent")
    return found if isinstance(found, str) and found in ACCENTS else next(iter(ACCENTS))


def footer(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Label and value of what is filed and stands at the foot of every page."""
    return [(label, str(settings[code])) for code, label in FOOTER.items() if settings.get(code)]


def called(loop: str, words: Mapping[str, Any]) -> str:
    """What the items of a loop are called here; empty where the place has no word of its own."""
    return str(words.get(OWN_OF_LOOP.get(loop, ""), "") or "")


def own_words(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """General word and what it is called here, of those that have a name of their own."""
    return [(label, str(words[code])) for code, label in WORDS.items() if words.get(code)]
