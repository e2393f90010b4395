"""The list of a loop, for one seat at a time: filters by link, keyset pages, search."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hawthorn.assessments import queries as figures
from hawthorn.assessments.brief import HOUR
from hawthorn.assessments.rules import figures as rules
from hawthorn.kernel.clock import SHANGHAI, local
from hawthorn.kernel.errors import NotThere
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.world import Seat
from hawthorn.loops import queries, reporters, searching
from hawthorn.loops.models import Item
from hawthorn.matters.models import Matter
from hawthorn.web import finding, rows, views, words
from hawthorn.web.request import Request, is_near, seat_of, whole

PAGE = 50
KEPT = (*views.FILTERS, "q")
FIGURE = ("of", "month", "came", "over")


@require_safe
def listing(request: Request, loop: str) -> HttpResponse:
    """Items in my place, or through my hands."""
    seat, phone = chosen_seat(request), finding.taken_out(request)
    whole_list = queries.listed(loop, seat, request.now) if seat and not phone else Item.objects.none()
    found = narrowed(whole_list, loop, request, seat)
    by_due = is_by_due(request, loop)
    page = list(_after(found, request.GET.get("after", ""), by_due)[: PAGE + 1])
    more, items = len(page) > PAGE, rows.in_sight(page[:PAGE], request)
    outside, said = rows.outside_of(items), rows.snippets(items)
    table = {
        "columns": [_("事项"), _("地点"), _("状态"), _("负责"), _("期限")],
        "rows": [rows.line(i, request, said.get(i.pk, ""), outside.get(i.pk)) for i in items],
    }
    last = page[PAGE - 1] if more else None
    context = {
        "views": views.shown(request, loop), "view_query": views.kept(request.GET.urlencode(), request), "loop": loop, "tail": finding.tail(request, phone),
        "title": words.kind_of(loop, request), "what": loop, "table": table,
        "filters": filters(request, loop, seat), "seats": seats(request, seat), "q": request.GET.get("q", ""),
        "hidden": [(k, request.GET[k]) for k in KEPT if k != "q" and request.GET.get(k)], "capture": loop == "matters",
        "issue": loop == "errands" and seat_of(request, "subdistrict_desk") is not None,
        "empty": finding.phone_words() if phone else _empty(request), "total": _total(found, request),
        "holders": _holders(whole_list, request, seat) if loop == "matters" else [],
        "pages": {
            "next": link(request, after=_cursor(last, by_due)) if last else "", "first": link(request) if request.GET.get("after") else "",
            "words": _("本页 {n} 件").format(n=len(items)),
        },
    }  # fmt: skip
    return render(request, "web/listing.html", context)


def _empty(request: Request) -> dict[str, Any]:
    said = request.GET.get("q", "").strip()
    if said and not searching.is_long_enough(said):
        return {"title": _("请至少写两个字来找。"), "words": _("比如“路灯”“三单元”“4 号楼”。"), "url": request.path, "label": _("看在办"), "plain": True}
    if any(request.GET.get(k) for k in KEPT if k != "seat"):
        return {"title": _("这里没有。"), "words": _("换一个筛选，或者看全部。"), "url": f"?{urlencode({'all': 1})}", "label": _("看全部"), "plain": True}
    return {"title": _("现在没有在办的。"), "words": _("办完的在“全部”里。"), "url": f"?{urlencode({'all': 1})}", "label": _("看全部"), "plain": True}


def _holders(found: QuerySet[Item], request: Request, seat: Seat | None) -> list[dict[str, str]]:
    """Posts whose name was searched for, each as the list of what it holds. One statement where there are such."""
    posts = finding.posts_named(request, seat, request.GET.get("q", "").strip())
    plain = dict.fromkeys((k for k in KEPT if k not in ("seat", "holder")), "")
    return [
        {"label": _("负责的是 {post}：在办 {n} 件").format(post=post.name, n=n), "url": link(request, **plain, holder=post.id)}
        for post, n in finding.held(found, posts)
    ]


def chosen_seat(request: Request) -> Seat | None:
    """?seat=<post>, one of mine; else the one that shows most."""
    word = request.GET.get("seat", "")
    if not word:
        return queries.widest(request.actor)
    found = next((s for s in request.actor.seats if str(s.post) == word), None)
    if found is None:
        raise NotThere
    return found


def is_by_due(request: Request, loop: str) -> bool:
    """Open items by due time; with ended ones the newest first."""
    stage = LOOPS[loop].stages.get(request.GET.get("stage", ""))
    return not request.GET.get("all") and not request.GET.get("q") and (stage is None or stage.open)


def narrowed(found: QuerySet[Item], loop: str, request: Request, seat: Seat | None) -> QuerySet[Item]:
    """The filters of the address."""
    get = request.GET
    if is_by_due(request, loop) or get.get("open"):
        found = found.filter(open=True)
    if get.get("stage") in LOOPS[loop].stages:
        found = found.filter(stage=get["stage"])
    found = _counted(_of_holder(_of_grid(found, get.get("grid", "")), get.get("holder", "")), request)
    if community := whole(get.get("community", "")):
        found = found.filter(community=community)
    if get.get("kind"):
        found = found.filter(kind=get["kind"][:24])
    if get.get("late"):
        found = found.filter(due_at__lt=request.now)
    if get.get("urgent"):
        found = found.filter(urgent=True)
    if get.get("mine"):
        found = found.filter(holder__in=[s.post for s in request.actor.seats if s.post])
    return searched(found, get.get("q", "").strip()[:60], seat, request)


def _counted(found: QuerySet[Item], request: Request) -> QuerySet[Item]:
    """What a figure of a month counts, as the board links to it; what came or ended since a morning, as the brief does."""
    get = request.GET
    if came := since(get.get("came", "")):
        found = found.filter(opened_at__gte=came, opened_at__lte=request.now)
    if over := since(get.get("over", "")):
        found = found.filter(open=False, closed_at__gte=over, closed_at__lte=request.now)
    name, month = get.get("of", ""), rules.month_of(get.get("month", ""))
    return figures.narrowed(found, name, month, request.now) if month is not None and rules.is_known(name) else found


def is_of_figure(request: Request) -> bool:
    """Is this the list behind a number of the board or the brief."""
    get = request.GET
    named = rules.is_known(get.get("of", "")) and rules.month_of(get.get("month", "")) is not None
    return named or any(since(get.get(name, "")) for name in ("came", "over"))


def _total(found: QuerySet[Item], request: Request) -> str:
    """How many such a list holds; of a month that is over, why its figure may be another. One statement, for these lists only."""
    if not is_of_figure(request):
        return ""
    said, month = _("共 {n} 件。").format(n=found.count()), rules.month_of(request.GET.get("month", ""))
    is_over = month is not None and rules.after(month) <= local(request.now).date()
    return said + (_("名单是现在的样子；定了稿的月份，看板上的数字是定稿时的，可能差一两件。") if is_over else "")


def since(day: str) -> datetime | None:
    """The hour of the brief on that day; None for anything else."""
    on = views.day_of(day)
    at = datetime.combine(on, time(HOUR), SHANGHAI) if on else None
    return at if at and is_near(at) else None


def _of_grid(found: QuerySet[Item], said: str) -> QuerySet[Item]:
    """Of one grid, or what has none yet."""
    if said == views.NO_GRID:
        return found.filter(grid=None)
    number = whole(said)
    return found.filter(grid=number) if number else found


def _of_holder(found: QuerySet[Item], said: str) -> QuerySet[Item]:
    """What one post answers for now."""
    return found.filter(holder=whole(said) or 0) if said else found


def searched(found: QuerySet[Item], said: str, seat: Seat | None, request: Request) -> QuerySet[Item]:
    """By receipt, by the number of another system, else by words of the title and of what was first said."""
    if not said:
        return found
    code = words.plain_receipt(said)
    if len(code) == 8 and (items := reporters.items_of(code)):
        return found.filter(pk__in=items)
    if any(c.isdigit() for c in said):
        numbers = list(Matter.objects.filter(outside_number=said).values_list("item_id", flat=True)[:PAGE])
        if numbers:
            return found.filter(pk__in=numbers)
    return searching.narrowed(found, said, seat, request.town)


def _after(found: QuerySet[Item], cursor: str, by_due: bool) -> QuerySet[Item]:
    at, _line, words = cursor.rpartition("_")
    if number := whole(words):
        if not by_due:
            found = found.filter(pk__lt=number)
        elif due := _time(at):
            found = found.filter(due_at__gte=due).exclude(Q(due_at=due) & Q(pk__lte=number))
    return found.order_by("due_at", "id") if by_due else found.order_by("-id")


def _time(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if is_near(at) else None


def _cursor(item: Item, by_due: bool) -> str:
    return f"{item.due_at.isoformat()}_{item.pk}" if by_due and item.due_at else f"_{item.pk}"


def link(request: Request, **more: Any) -> str:
    """This list with other filters; what is empty is left out."""
    kept = {k: request.GET[k] for k in KEPT if request.GET.get(k)}
    wanted = {k: v for k, v in (kept | more).items() if v not in ("", None)}
    return f"?{urlencode(wanted)}" if wanted else request.path


def filters(request: Request, loop: str, seat: Seat | None) -> list[dict[str, Any]]:
    """Links that narrow the list; the chosen ones are marked."""
    get, found, figure = request.GET, [], is_of_figure(request)
    is_all = bool(get.get("all") or get.get("q")) and not get.get("open") and not figure
    found += _chosen(request)
    plain = dict.fromkeys(FIGURE, "") if figure else {}  # what a figure counts is neither all nor what is open: these links leave it
    only_open = link(request, **plain, all="", stage="", open=1 if get.get("q") else "")
    found.append({"label": _("在办"), "url": only_open, "on": not is_all and not get.get("stage") and not figure})
    for name, label in (("late", _("超时")), ("urgent", _("急办")), ("mine", _("我办的"))):
        found.append({"label": label, "url": link(request, **{name: "" if get.get(name) else 1}), "on": bool(get.get(name))})
    found += [
        {"label": _(s.label), "url": link(request, stage="" if get.get("stage") == s.code else s.code), "on": get.get("stage") == s.code}
        for s in LOOPS[loop].stages.values()
    ]
    every = link(request, **plain, all="" if get.get("all") and not figure else 1, stage="", open="")
    found.append({"label": _("全部"), "url": every, "on": is_all and not get.get("stage")})
    return found + _grids(request, seat)


def _chosen(request: Request) -> list[dict[str, Any]]:
    """What a board's link chose, each to be taken off again."""
    get, found = request.GET, []
    if month := rules.month_of(get.get("month", "")):
        label = rules.label(get.get("of", ""))
        found.append({"label": f"{month:%Y-%m} {_(label) if label else ''}".strip(), "url": link(request, of="", month=""), "on": True})
    for name, told in (("came", _("{at} 以来新来的")), ("over", _("{at} 以来办理结束的"))):
        if at := since(get.get(name, "")):
            found.append({"label": told.format(at=words.moment(at, request.now)), "url": link(request, **{name: ""}), "on": True})
    if post := request.town.posts.get(whole(get.get("holder", "")) or 0):
        found.append({"label": _("负责的是 {post}").format(post=post.name), "url": link(request, holder=""), "on": True})
    if place := request.town.places.get(whole(get.get("community", "")) or 0):
        found.append({"label": place.name, "url": link(request, community=""), "on": True})
    if kind := get.get("kind"):
        card = next((c for c in request.town.categories.values() if c.key == kind), None)
        found.append({"label": card.name if card else _("目录里没有的类别"), "url": link(request, kind=""), "on": True})
    return found


def _grids(request: Request, seat: Seat | None) -> list[dict[str, Any]]:
    if seat is None or seat.level in ("grid", "county") or seat.scope != "place":
        return []
    chosen = request.GET.get("grid", "")
    grids = [p for p in request.town.places.values() if p.level == "grid" and p.at(seat.level) == seat.place]
    grids.sort(key=lambda p: p.code)
    named = [*((str(p.id), p.name) for p in grids[:30]), (views.NO_GRID, _("还没有定网格"))]
    return [{"label": name, "url": link(request, grid="" if chosen == code else code), "on": chosen == code, "grid": True} for code, name in named]


def seats(request: Request, seat: Seat | None) -> list[dict[str, Any]]:
    """The seats one may look as, where there are several; not every vacant post below."""
    mine = [s for s in request.actor.seats if s.post and not s.acting]
    if len(mine) < 2:
        return []
    return [{"label": request.town.posts[s.post].name, "url": link(request, seat=s.post), "on": seat is not None and s.post == seat.post} for s in mine]
