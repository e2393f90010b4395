"""随手记: one screen, one required field. 粘贴群消息: the same for what a chat group said."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.drops.rules import Capture
from hawthorn.kernel.errors import STATUS, Refused, WrongType
from hawthorn.kernel.slots import CHOICES, LOOPS, Asking
from hawthorn.kernel.steps import Needs
from hawthorn.kernel.world import Seat
from hawthorn.loops import queries
from hawthorn.loops.actions import Answer, start
from hawthorn.matters.rules.needs import CHANNELS, Report, ReportSettled
from hawthorn.territory.models import UnitGrid
from hawthorn.web import forms, hinting, slips, uploads
from hawthorn.web.middleware import kept, kept_first
from hawthorn.web.request import Request, asking_of

FEW, MOST = 16, 200
PHONE = re.compile(r"(?<![0-9０-９])(?:[+＋]?[8８][6６][ -]?)?[1１][3-9３-９](?:[ .-]?[0-9０-９]){9}(?![0-9０-９])")
WHERE = ("spot", "grid", "category")
ASKER = ("name", "phone", "wants_visit", "address", "hides_from_grid", "on_behalf", "asked")
DOINGS: dict[str, tuple[str, type[Needs]]] = {"report": ("matters", Report), "report_settled": ("matters", ReportSettled), "capture": ("drops", Capture)}


@kept_first
@require_http_methods(["GET", "HEAD", "POST"])
def capture(request: Request) -> HttpResponse:
    """上报 or 自查自办, in one press."""
    return _page(request, "capture")


@kept
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: Request) -> HttpResponse:
    """What somebody wrote in a residents' group becomes a matter."""
    return _page(request, "paste")


def _page(request: Request, page: str) -> HttpResponse:
    if request.method != "POST":
        return _form(request, page, _linked(request), None)
    name = request.POST.get("do", "report")
    name = name if name in DOINGS else "report"
    loop, needs = DOINGS[name]
    raw = forms.read(needs, request.POST)
    raw.pop("files", None)
    if page == "paste":
        raw["channel"] = "chat_group"
    if raw.get("phone") or raw.get("address"):
        raw["consent"] = "consent" in request.POST
    ids: list[int] = []
    told = tidy(raw, _("内容里有电话号码，已经移到下面“有人来反映”里，加密存放。请看一遍，再按一次。姓名也请写到那里。"), is_sure="sure" in request.POST)
    try:
        if told:
            raise Refused("missing", ["words"], told)
        if ids := uploads.take(request):
            raw["files"] = ids
            uploads.speak(raw, ids)
        answer = _report(request, raw, name)
    except (Refused, WrongType) as problem:
        return _form(request, page, raw, problem, ids)
    label, request.answer = _(LOOPS[loop].steps[name].label), answer
    if answer.slip:
        return slips.slip(request, answer, label)
    messages.success(request, _noted(answer, label))
    return redirect("item", item=answer.id)


def _noted(answer: Answer, label: str) -> str:
    """What is said once it is taken in."""
    if answer.loop == "drops" and answer.stage != "passed":
        return _("先记下了。4 个工作小时里请分一下：去办，还是直接答复。")
    return _("记在已有的这件事上了，没有另外登记。") if answer.loop == "matters" and answer.version > 1 else _("记下了：{label}。").format(label=label)


def _linked(request: Request) -> dict[str, Any]:
    """What a link to this page has filled in: where it is and how it came, as from a door that is visited."""
    found: dict[str, Any] = {name: request.GET[name][:60] for name in ("unit", "spot") if request.GET.get(name)}
    return found | ({"channel": request.GET["channel"]} if request.GET.get("channel") in CHANNELS else {})


def _report(request: Request, raw: dict[str, Any], name: str) -> Answer:
    """A new matter; asked once where one nearby looks the same, and then perhaps one more voice on that one."""
    key, loop = request.POST.get("key", "")[:64], DOINGS[name][0]
    if name != "report":
        return start(loop, raw, actor=request.actor, now=request.now, door="page", key=key, step=name, town=request.town)
    spot, is_again = hinting.spot_said(request, raw, queries.widest(request.actor)), hinting.was_sent(request)
    shown = hinting.ask_once(request, raw, key, spot, is_again=is_again)
    answer = hinting.follow(request, raw, shown, key=key, is_again=is_again)
    answer = answer or start("matters", raw, actor=request.actor, now=request.now, door="page", key=key, step=name, town=request.town)
    hinting.learn_from(request, shown, spot, answer)
    return answer


def tidy(raw: dict[str, Any], words: str, *, is_sure: bool) -> str:
    """Take the one phone number out of what was typed into the field where it is kept safe; what to say about it, or nothing.

    Where there are several, or another one stands in the field, nothing is moved: the words are asked about once.
    """
    said = raw.get("words") or ""
    phones = {re.sub(r"^86", "", re.sub(r"\D", "", unicodedata.normalize("NFKC", found))) for found in PHONE.findall(said)}
    if not phones:
        return ""
    if len(phones) == 1 and re.sub(r"\D", "", raw.get("phone") or "") in ("", *phones):
        raw["words"], raw["phone"] = PHONE.sub(_("（电话另存）"), said), phones.pop()
        return words
    return "" if is_sure else _("内容里的电话号码，看得到这件事的人都看得到。要联系的那个请写到“电话”里，内容里的请删掉；一定要留着，就再按一次。")


def no_numbers(request: Request, said: str) -> None:
    """For short forms without a field for a contact: a phone number in the words is asked about once. Raises Refused."""
    if PHONE.search(said) and "sure" not in request.POST:
        raise Refused(
            "missing", ["words"], _("内容里有电话号码，看得到这件事的人都看得到。有人来反映的，请用“随手记”，那里能加密存放；一定要留在这里，就再按一次。")
        )


def asks_sure(raw: dict[str, Any], problem: Exception | None) -> bool:
    """Does a form come back with numbers still in its words: the next press is taken as meant."""
    return isinstance(problem, Refused) and bool(PHONE.search(raw.get("words") or ""))


def _form(request: Request, page: str, raw: dict[str, Any], problem: Exception | None, ids: list[int] | None = None) -> HttpResponse:
    left = uploads.unused(ids or [])
    asking, seat = asking_of(request), queries.widest(request.actor)
    drawn = {f["name"]: f for f in forms.draw(ReportSettled, asking, raw, problem, only=("words", "result", "say", "files", *WHERE, *ASKER))}
    drawn["words"] |= {"autofocus": page == "capture" and problem is None, "rows": 3 if page == "capture" else 6}
    if page == "paste":
        drawn["words"]["label"] = _("群里说了什么（粘贴在这里）")
    else:
        drawn["words"] |= uploads.or_spoken()
    for name in ("result", "say"):
        drawn[name]["required"] = bool(drawn[name]["error"])
        drawn[name]["rows"] = 2
    places = [field] if (field := unit_field(seat, raw.get("unit"), problem)) else []
    if not places:
        own = unit_list(asking, raw.get("unit"), problem)
        places = [*([own] if own else []), drawn.pop("grid") | {"label": _("在哪个网格")}]
    near = hinting.field_of(request, problem)
    context = {
        "sure": asks_sure(raw, problem),
        "near": near,
        "page": page,
        "channel": raw.get("channel", "") if page == "capture" else "",
        "open_more": bool(raw.get("spot")),
        "words": drawn["words"],
        "places": places,
        "more": [drawn[n] for n in WHERE if n in drawn],
        "files": drawn["files"],
        "askers": [drawn[n] for n in ASKER],
        "result": [drawn["result"], drawn["say"]],
        "may_settle": any(s.level in ("grid", "community") for s in request.actor.seats),
        "errors": hinting.errors_of(list(drawn.values()), problem),
        "key": forms.key_again(request, problem),
        "kept": uploads.ticket(left),
        "kept_number": len(left),
        "open_result": bool(raw.get("result") or drawn["result"]["error"] or drawn["say"]["error"]),
        "open_askers": any(raw.get(n) for n in ASKER),
    }
    status = 200 if problem is None else STATUS.get(problem.code if isinstance(problem, Refused) else "wrong_type", 409)
    return render(request, "web/capture.html", context, status=status)


def unit_field(seat: Seat | None, value: Any, problem: Exception | None = None) -> forms.Field | None:
    """Chips of a grid's own units, where they are few enough; None where there is no such grid."""
    if seat is None or seat.level != "grid":
        return None
    return chips_of(seat.place, value, problem)


def unit_list(asking: Asking, value: Any, problem: Exception | None = None) -> forms.Field | None:
    """For a desk: the units of its place to choose from, as long as they can all be listed."""
    units = CHOICES["units"].list(asking)
    if not 0 < len(units) < MOST:
        return None
    choices = [{"value": pk, "label": label, "on": str(pk) == str(value or "")} for pk, label in units]
    return {
        "kind": "select", "name": "unit", "label": _("在哪个楼院"), "required": False, "error": forms.problems(problem).get("unit", ""), "choices": choices,
        "blank": _("不填"), "filter": _("输入几个字来找"), "help": _("选了楼院，网格自己就定了。"),
    }  # fmt: skip


def chips_of(grid: int, value: Any, problem: Exception | None = None) -> forms.Field | None:
    """The units of one grid: chips, or a select where they are many."""
    units = list(UnitGrid.objects.filter(grid=grid, to_on__isnull=True, unit__ended_on__isnull=True).select_related("unit").order_by("unit__code")[:200])
    if not units:
        return None
    wrong = forms.problems(problem).get("unit", "")
    field: forms.Field = {"name": "unit", "label": _("在哪里"), "required": False, "error": wrong}
    chosen = str(value or "")
    choices = [{"value": u.unit_id, "label": u.unit.name, "initials": u.unit.initials, "on": str(u.unit_id) == chosen} for u in units]
    if len(choices) > FEW:
        return field | {"kind": "select", "choices": choices, "blank": _("不填"), "filter": _("输入几个字来找")}
    return field | {"kind": "radio-chips", "choices": [*choices, {"value": "", "label": _("别处"), "on": False}]}


def grid_choices(request: Request) -> list[tuple[int, str]]:
    """The grids the asker may name."""
    return CHOICES["grids"].list(asking_of(request))
