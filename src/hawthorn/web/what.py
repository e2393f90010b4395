"""后来怎么样: what became of what I said, by receipt; and my say in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hawthorn.files.models import Attachment
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.slots import Asking
from hawthorn.kernel.steps import Step, offered
from hawthorn.kernel.world import World
from hawthorn.loops import queries, reporters
from hawthorn.loops.actions import take_step
from hawthorn.loops.rows import Row
from hawthorn.web import forms, mine, opened, story, uploads, words
from hawthorn.web.items import send_file
from hawthorn.web.middleware import public
from hawthorn.web.opened import Reading, tenant_of
from hawthorn.web.request import Request

# How a step is called where the asker takes it, and what it asks.
MINE = {
    "resident_answers": ("回答", ("words", "files")),
    "solved": ("已解决", ("rating", "words")),
    "agrees": ("认可答复", ("rating", "words")),
    "unsolved": ("没有解决", ("reason",)),
    "urge": ("催一催", ("words",)),
    "add_words": ("补充几句", ("words", "files")),
    "reopen": ("要求重办", ("reason",)),
    "void": ("不用办了，撤销", ("say",)),
    "unsatisfied": ("对答复不满意", ("reason",)),
    "again": ("没有说到，请再看一次", ("reason",)),
    "withdraw": ("撤回", ("words",)),
}
ASKS = {"words": "想说的话", "reason": "哪里没办好", "say": "为什么不用办了", "rating": "满意吗"}
# What comes next, by stage, as the table has it.
NEXT = {
    "found": "负责的岗位会按期接手。",
    "assigned": "负责的岗位会按期接手。",
    "working": "办好以后，结果写在这里；留了电话的，还会问您解决了没有。",
    "checking": "已经办过，换一个人看一看，再告诉您。",
    "waiting_resident": "请您补充一句；您补充之前，期限先停着。",
    "waiting_outside": "对方答复以后接着办。",
    "parked": "到了那一天会接着办。",
    "answering": "请说一声：解决了没有。",
    "captured": "网格员四个工作小时里看：去办，或者直接答复您。",
    "raised": "社区窗口四个工作小时里看：去办，或者直接答复您。",
}
URGED = "您今天已经催过了，负责的岗位看得到。明天还可以再催。"


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """The form; a POST goes on to the receipt's own page with what was typed."""
    if request.method == "POST" and (code := words.plain_receipt(request.POST.get("receipt", ""))):
        answer: HttpResponse = one(request, code)
        return answer
    return _ask(request, words.plain_receipt(request.GET.get("receipt", "")))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Request, receipt: str) -> HttpResponse:
    """Reading by the phone's last four digits, the word or the link's token; acting by word or token. Once opened it stays so for half an hour."""
    request.is_private = True  # type: ignore[attr-defined]
    code = words.plain_receipt(receipt)
    given = {k: (request.POST.get(k) or (request.GET.get(k, "") if k in "to" else "")).strip()[:200] for k in ("t", "o", "word", "tail")}
    if not any(given.values()):
        return _ask(request, code, wrong=LACKING if request.method == "POST" else "")
    reading = opened.read(request, code, given)
    if reading is None:
        return _ask(request, code, wrong=CLOSED if given["o"] else WRONG)
    if request.method == "POST" and request.POST.get("do"):
        return _act(request, reading)
    return _again(reading) if request.method == "POST" else _show(request, reading)


LACKING = gettext_noop("还差一样：请再填口令，或者手机后四位。")
WRONG = gettext_noop("编号、口令或者后四位对不上，没有打开。请照着回执再写一遍；错得多了，要等十五分钟。")
CLOSED = gettext_noop("这一页开了半个小时，自己关上了。请再写一次口令或者手机后四位。")


def _ask(request: Request, code: str, wrong: str = "") -> HttpResponse:
    fields = [
        {
            "kind": "text",
            "name": "receipt",
            "label": _("回执编号（八位）"),
            "value": words.receipt(code) if code else "",
            "required": True,
            "autocomplete": "off",
        },
        {
            "kind": "text",
            "name": "word",
            "label": _("口令（四位）"),
            "help": _("有口令，可以看，也可以补充、催办、说解决了没有。"),
            "autocomplete": "off",
            "no_draft": True,
        },
        {"kind": "text", "name": "tail", "label": _("或者手机后四位"), "help": _("只能看。"), "inputmode": "numeric", "max_length": 4, "no_draft": True},
    ]
    errors = [{"id": "f-receipt", "label": "", "text": _(wrong)}] if wrong else []
    context = {"fields": fields, "errors": errors, "action": reverse("what")}
    return render(request, "web/what_find.html", context, status=404 if wrong else 200)


def _show(request: Request, reading: Reading, problem: Exception | None = None, name: str = "") -> HttpResponse:
    stand = reporters.standing(reading.reporter, reading.town, request.now)
    row = _row(request, reading)
    request.tenant = tenant_of(reading.reporter)  # whose phone and counter stand at the foot of the page
    doings = _doings(request, reading, row, problem, name)
    context = {
        "receipt": words.receipt(reading.reporter.receipt),
        "stand": stand,
        "steps": _bar(row, stand),
        "next": _(NEXT.get(stand.stage, "")) if stand.is_open else "",
        "promise": words.until(stand.promise_at, request.now) if stand.promise_at and stand.stage in story.UNDER_WAY else "",
        "said": reporters.own_words(reading.reporter) if reading.actor is not None else [],
        "last": stand.public[-1][2] if stand.public and not stand.is_stale else "",
        "last_at": words.moment(stand.public[-1][0], request.now) if stand.public else "",
        "is_stale": stand.is_stale,
        "is_merged": bool(stand.merged_into) and not _is_itself(reading),
        "joined": words.moment(reading.reporter.at, request.now) if reading.reporter.receipt != reading.reporter.item.receipt and not stand.merged_into else "",
        "story": [
            {"label": _(label), "at": words.moment(at, request.now), "iso": at.isoformat(), "texts": [{"words": said, "public": True}]}
            for at, label, said in stand.public
        ],
        "photos": _photos(stand.item_id),
        "given": reading.given,
        "action": reverse("what-one", args=[reading.reporter.receipt]),
        "doings": doings,
        "urged": _(URGED) if row is not None and stand.is_open and getattr(row.facts, "urged_on", None) == local(request.now).date() else "",
        "may_act": reading.actor is not None,
        "own": mine.panel(reading.reporter) if reading.actor is not None else {},
    }
    return render(request, "web/what.html", context, status=409 if problem else 200)


def _is_itself(reading: Reading) -> bool:
    """Did it only move on from what was said to the matter made of it."""
    r = reading.reporter
    return r.moved_from is not None and r.moved_from.loop == "drops" and r.moved_path == f",{r.moved_from_id}," and r.item.opened_at == r.moved_from.opened_at


def _row(request: Request, reading: Reading) -> Row | None:
    if reading.actor is None:
        return None
    try:
        return queries.get_visible(reading.actor.seats[0].place, actor=reading.actor, town=reading.town, now=request.now)
    except NotThere:
        return None


def _bar(row: Row | None, stand: Any) -> list[dict[str, str]]:
    if stand.loop == "drops" and stand.is_open:
        return story.parts("found", is_called=False, is_told=True)
    if stand.loop != "matters":
        return []
    if row is not None and row.item.pk == stand.item_id:
        return story.bar(row)
    return story.parts(stand.stage, is_called=False, is_told=True)


def _photos(item: int) -> list[dict[str, Any]]:
    found = Attachment.objects.filter(item=item, audience="public", mime__startswith="image/").order_by("id")[:9]
    urls = [reverse("what-photo", args=[uploads.see(a.pk)]) for a in found]
    return [{"url": u, "thumb": u, "alt": _("照片")} for u in urls]


def _doings(request: Request, reading: Reading, row: Row | None, problem: Exception | None, name: str) -> list[dict[str, Any]]:
    if row is None or reading.actor is None:
        return []
    asking, found = Asking(reading.actor, reading.town, request.now, row.facts), []
    for step in offered(row.loop, row.facts, reading.actor, World(request.now, reading.town)):
        if step.name in MINE:
            found.append(_doing(request, step, asking, problem if step.name == name else None, row))
    if any(d["name"] == "solved" for d in found):
        found = [d for d in found if d["name"] != "agrees"]  # one word of two that mean the same to a resident
    found.sort(key=lambda d: list(MINE).index(d["name"]))
    if found and found[0]["name"] not in ("urge", "void", "add_words", "withdraw"):
        found[0]["primary"] = True
    return found


def _doing(request: Request, step: Step, asking: Asking, problem: Exception | None, row: Row) -> dict[str, Any]:
    label, only = MINE[step.name]
    raw = forms.read(step.needs, request.POST) if problem else {}
    fields = forms.draw(step.needs, asking, raw, problem, only=only)
    for field in fields:
        field |= {"label": _(str(ASKS.get(field["name"], field["label"]))), "id": f"{step.name}-{field['name']}", "rows": 2}
    return {
        "name": step.name,
        "label": _(label),
        "fields": fields,
        "errors": forms.summary(fields, problem),
        "open": problem is not None,
        "key": forms.new_key(),
        "version": row.item.version,
    }


def _act(request: Request, reading: Reading) -> HttpResponse:
    name = request.POST["do"]
    if name == mine.FORGET and reading.actor is not None:
        return _forget(request, reading)
    if reading.actor is None or name not in MINE:
        raise Refused("not_yours", detail=_("要补充、要说解决了没有，请用回执上的四位口令打开。什么都没有改动。"))
    row = queries.get_visible(reading.actor.seats[0].place, actor=reading.actor, town=reading.town, now=request.now)
    step = row.loop.steps.get(name)
    if step is None:
        raise NotThere
    raw = forms.read(step.needs, request.POST)
    raw.pop("files", None)
    try:
        if "files" in step.needs.model_fields and (ids := uploads.take(request, is_public=True)):
            raw["files"] = ids
        answer = take_step(
            row.loop.name,
            row.item.pk,
            name,
            raw,
            actor=reading.actor,
            now=request.now,
            door="web",
            key=request.POST.get("key", "")[:64],
            town=reading.town,
            version=forms.version_of(request, step),
        )
    except (Refused, WrongType) as problem:
        return _show(request, reading, problem, name)
    if name == "void" and answer.stage != "void":
        return _left(request)
    if name in ("void", "withdraw"):
        messages.success(request, _("照您说的撤销了，不再办。"))
        return _again(reading)
    messages.success(request, _("谢谢您，这件事办结了。") if name in ("solved", "agrees") else _("收到了，已经记在这件事上。"))
    return _again(reading)


def _left(request: Request) -> HttpResponse:
    """One of several askers took theirs back: their receipt ends here, the matter goes on for the others."""
    said = _("您的这一份撤回了，联系方式、录音也删掉了，这张回执不再用。别人也反映了这件事，接着办。")
    return render(request, "web/done.html", {"title": _("撤回了"), "words": said})


def _forget(request: Request, reading: Reading) -> HttpResponse:
    """删除我的联系方式: of this receipt only; nothing else of the matter changes."""
    if mine.forget(reading.reporter, request):
        messages.success(request, _("您留下的联系方式、录音已经删掉，找不回来了。这件事接着办，结果请凭回执编号和口令来看。"))
    else:
        messages.info(request, _("这里没有留您的联系方式和录音，没有要删的。"))
    return _again(reading)


def _again(reading: Reading) -> HttpResponse:
    """The page anew, under its link or a ticket of half an hour: the word never stands in an address, and the page can be reloaded or made larger."""
    return redirect(f"{reverse('what-one', args=[reading.reporter.receipt])}?{urlencode(reading.given)}")


@public
@require_safe
def photo(request: Request, signed: str) -> HttpResponse:
    """A public photo of a matter, under a name signed for an hour."""
    found = Attachment.objects.filter(pk=uploads.seen(signed) or 0, audience="public").first()
    if found is None:
        raise NotThere
    return send_file(found)
