"""网格党小组: what somebody says of themselves (only they see it), the tasks of their groups, and asking a group for something."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hawthorn.groups import rules as tasks
from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops import actions as loops
from hawthorn.loops import queries as loop_queries
from hawthorn.loops.models import Item
from hawthorn.teams import group_actions, queries, rules
from hawthorn.web import answering, forms, rows
from hawthorn.web.grid_team import GROUP, group_of
from hawthorn.web.request import Request, asking_of, whole

KINDS = {"home": "住在这个网格", "unit": "单位和这个网格结对"}
MOST, FEW = 60, 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def party(request: Request) -> HttpResponse:
    """My claims, the tasks I can see, and the form that asks a group. POST: claim, withdraw, ask."""
    wrong: Exception | None = None
    if request.method == "POST":
        try:
            return _do(request)
        except (Refused, WrongType) as problem:
            if isinstance(problem, Refused) and not problem.fields:
                raise
            wrong = problem
    may_ask = tasks.asks(None, request.actor) is not None
    values = forms.read(tasks.Ask, request.POST) if wrong else {"grid": request.GET.get("grid", ""), "about": request.GET.get("about", "")}
    fields = forms.draw(tasks.Ask, asking_of(request), values, wrong) if may_ask else []
    found = rows.in_sight(_tasks(request), request)
    said = rows.snippets(found)
    context = {
        "claims": _claims(request), "claim_fields": _claim_fields(request), "fields": fields, "errors": forms.summary(fields, wrong) if may_ask else [],
        "key": forms.key_again(request, wrong), "table": {
            "columns": [_("任务"), _("地点"), _("状态"), _("负责"), _("期限")], "rows": [rows.line(i, request, said.get(i.pk, ""), None) for i in found],
        },
    }  # fmt: skip
    status = 200 if wrong is None else STATUS.get(wrong.code if isinstance(wrong, Refused) else "wrong_type", 409)
    return render(request, "web/party.html", context, status=status)


def _do(request: Request) -> HttpResponse:
    data, here = request.POST, reverse("party")
    match data.get("do"):
        case "claim":
            group = whole(data.get("group", "")) or 0
            group_actions.claim(group, data.get("kind", ""), actor=request.actor, town=request.town, now=request.now)
            return answering.done(request, here, _("认领好了。只有您自己看得到，随时可以撤回。"))
        case "withdraw":
            group_actions.withdraw(data.get("kind", ""), actor=request.actor, town=request.town)
            return answering.done(request, here, _("撤回了，这条认领已经删掉。"))
        case "ask":
            given = forms.read(tasks.Ask, data)
            made = loops.start(
                "group_tasks", given, actor=request.actor, now=request.now, door="page", key=data.get("key", "")[:64], town=request.town
            )  # fmt: skip
            return redirect("item", item=made.id)
    raise NotThere


def _tasks(request: Request) -> list[Item]:
    """Open tasks of the groups I belong to, and of my place. One statement a group, one for the place."""
    found: dict[int, Item] = {}
    seat = loop_queries.widest(request.actor)
    seats = [s for s in request.actor.seats if s.kind == GROUP and not s.acting] + ([seat] if seat is not None else [])
    for one in seats[:3]:
        found |= {i.pk: i for i in loop_queries.listed("group_tasks", one, request.now).filter(open=True).order_by("due_at", "id")[:MOST]}
    return sorted(found.values(), key=lambda i: (i.due_at or request.now, i.pk))


# ── what I say of myself ──
def _claims(request: Request) -> list[dict[str, str]]:
    """Mine and nobody else's. One statement."""
    made = queries.claims(request.actor.user or 0)
    posts = request.town.posts
    return [{"kind": kind, "label": _(KINDS[kind]), "group": posts[c.group_id].name} for kind, c in sorted(made.items()) if c.group_id in posts]


def _claim_fields(request: Request) -> list[dict[str, Any]]:
    """Every group there is where I work; a county's staff live anywhere in it."""
    town, user = request.town, request.actor.user or 0
    groups = [p for p in town.posts.values() if p.kind == GROUP and p.until is None and rules.may_claim(user, p, town)]
    groups.sort(key=lambda p: town.places[p.place].code)
    if not groups:
        return []
    choices = [{"value": p.id, "label": f"{town.name_of(town.places[p.place].community)} {town.name_of(p.place)}"} for p in groups]
    kinds = [{"value": kind, "label": _(label), "on": kind == "home"} for kind, label in KINDS.items()]
    return [
        {"kind": "select", "name": "group", "label": _("哪个网格"), "required": True, "choices": choices, "blank": _("请选择")}
        | ({"filter": _("输入几个字来找")} if len(choices) > 16 else {}),
        {"kind": "radio-chips", "name": "kind", "label": _("为什么是这里"), "required": True, "choices": kinds},
    ]  # fmt: skip


def public_of(request: Request, card: PlaceCard) -> dict[str, Any]:
    """What residents read of a grid's group: its head by consent; numbers only where they are not small."""
    group = group_of(request, card)
    if not group:
        return {}
    return {
        "heads": group["heads"], "number": group["number"] if (group["number"] or 0) >= FEW else None,
        "done": group["done"] if group["done"] >= FEW else 0, "days": group["days"],
    }  # fmt: skip
