"""可能重复的: groups of open matters that may say the same. The desk looks, ticks, and merges into the oldest; a day to undo it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.hints import actions as hints
from hawthorn.hints.groups import Group, groups
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.loops import queries
from hawthorn.loops.actions import take_step
from hawthorn.loops.models import Item
from hawthorn.web import words
from hawthorn.web.desk import desk_seat
from hawthorn.web.request import Request, whole

SHOWN, LONG = 20, 90
SAY = "和前面反映的是同一件事，合在一起办，有结果一起告诉您。"


@require_http_methods(["GET", "HEAD", "POST"])
def alike(request: Request) -> HttpResponse:
    """The groups of my desk's place; ticked ones are merged one by one, each its own step."""
    seat = desk_seat(request)
    if request.method == "POST":
        (_keep_apart if request.POST.get("do") == "apart" else _merge)(request)
        return redirect("alike")
    found = groups(
        queries.listed("matters", seat, request.now), tenant=request.town.places[seat.place].tenant, actor=request.actor, town=request.town, now=request.now
    )
    lately = queries.listed("matters", seat, request.now).filter(stage="merged").order_by("-id")[:SHOWN]
    merged = [i for i in lately if i.closed_at is not None and (request.now - i.closed_at).days < 1]
    context = {
        "place": request.town.name_of(seat.place), "groups": [_group(g, request) for g in found[:SHOWN]], "rest": max(0, len(found) - SHOWN), "say": _(SAY),
        "merged": [{"title": i.title, "url": reverse("item", args=[i.pk]), "at": words.moment(i.closed_at, request.now)} for i in merged],
    }  # fmt: skip
    return render(request, "web/alike.html", context)


def _group(group: Group, request: Request) -> dict[str, Any]:
    head = group.items[0]
    return {"into": head.pk, "head": _line(head, group, request), "others": [_line(item, group, request) for item in group.items[1:]]}


def _line(item: Item, group: Group, request: Request) -> dict[str, Any]:
    said = group.said.get(item.pk, "").strip()
    post = request.town.posts.get(item.holder_id or 0)
    return {
        "id": item.pk, "url": reverse("item", args=[item.pk]), "said": said if len(said) <= LONG else f"{said[:LONG]}…", "title": item.title,
        "where": " · ".join(x for x in (words.moment(item.opened_at, request.now), post.name if post else "") if x),
    }  # fmt: skip


def _ticked(request: Request) -> tuple[int | None, list[int]]:
    return whole(request.POST.get("into", "")), [n for said in request.POST.getlist("item") if (n := whole(said)) is not None]


def _keep_apart(request: Request) -> None:
    """The ticked ones are other things than the oldest: the pairs are not shown again."""
    into, chosen = _ticked(request)
    if into is None or not chosen:
        messages.error(request, _("没有改动：请先勾出不是同一件事的。"))
        return
    items = Item.objects.filter(pk__in=[into, *chosen], loop="matters")
    seen = {row.item.pk for row in queries.visible_among(list(items), actor=request.actor, town=request.town, now=request.now)}
    if not {into, *chosen} <= seen:
        raise NotThere
    hints.keep_apart(into, chosen, now=request.now)
    messages.success(request, _("记下了，这 {n} 件不再和它放在一组。").format(n=len(chosen)))


def _merge(request: Request) -> None:
    """Each ticked one into the oldest; what could not be merged is said, the others stay merged."""
    done, wrong = 0, list[str]()
    into, chosen = _ticked(request)
    if into is None or not chosen:
        messages.error(request, _("没有合并：请先勾出是同一件事的。"))
        return
    given = {"into": into, "say": request.POST.get("say", "").strip()}
    for item in chosen:
        try:
            take_step("matters", item, "merge_into", given, actor=request.actor, now=request.now, door="page", town=request.town)
            done += 1
        except Refused as refused:
            wrong.append(refused.detail)
        except WrongType as mistyped:
            wrong += mistyped.problems.values()
        except NotThere:
            wrong.append(_("有一件已经不在了，或者不归您看。"))
    if done:
        messages.success(request, _("合并了 {n} 件，反映过的人都会得到告知。合错了，一天以内可以在那件事上撤回。").format(n=done))
    for sentence in dict.fromkeys(wrong):
        messages.error(request, _("有的没有合并：{why}").format(why=sentence))
