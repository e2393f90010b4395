"""窗口查询: by place or by the last four digits of a phone; one sentence for each. And the page of a one-time link."""

from __future__ import annotations

from typing import Any

from django.db.transaction import atomic
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.accounts import keys
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.slots import CHOICES
from hawthorn.kernel.steps import offered
from hawthorn.loops import queries, reporters
from hawthorn.loops.actions import take_step
from hawthorn.loops.models import Item, OneTimeLink
from hawthorn.loops.rows import Row
from hawthorn.loops.town import town_by_id
from hawthorn.matters.rules.needs import Words
from hawthorn.web import forms, uploads, visitors, words
from hawthorn.web.middleware import public
from hawthorn.web.request import Request, asking_of, whole, world_of
from hawthorn.web.rows import last_answers, snippets

ANSWERED = ("answering", "closed", "answered")
# What is written down at the counter, as it is called there, in this order; only where the engine offers it.
DOINGS = {
    "solved": "说解决了",
    "unsolved": "说没解决",
    "agrees": "认可答复",
    "resident_answers": "记下回答",
    "add_words": "记下补充",
    "urge": "催办",
}


@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: Request) -> HttpResponse:
    """Somebody stands at the counter or calls: where does theirs stand. The digits go by POST, never into an address."""
    if queries.widest(request.actor) is None:
        raise NotThere
    said, tail = request.POST.get("place", "").strip()[:40], request.POST.get("tail", "").strip()[:4]
    chosen = request.POST.get("unit", "")
    units = CHOICES["units"].list(asking_of(request, words=said))[:12] if said else []
    if len(units) == 1 and not chosen:
        chosen = str(units[0][0])
    code = words.plain_receipt(request.POST.get("receipt", ""))
    found = _look_up(request, tail, whole(chosen), code)
    context = {
        "fields": [
            {"kind": "text", "name": "place", "label": _("楼院"), "value": said, "help": _("楼号、小区名里的几个字就行")},
            {"kind": "text", "name": "tail", "label": _("手机后四位"), "value": tail, "inputmode": "numeric", "max_length": 4, "no_draft": True},
            {"kind": "text", "name": "receipt", "label": _("回执编号"), "value": words.receipt(code) if code else "", "no_draft": True, "autocomplete": "off"},
        ],
        "units": units if len(units) > 1 and not chosen else [],
        "found": found,
        "going": [row for row in found if row["is_open"]],
        "ended": [row for row in found if not row["is_open"]],
        "asked": request.method == "POST",
        "tail": tail,
        "said": said,
    }
    return render(request, "web/counter.html", context)


def _look_up(request: Request, tail: str, unit: int | None, receipt: str) -> list[dict[str, Any]]:
    if not (tail or receipt) and unit is None:
        return []
    rows = reporters.look_up(actor=request.actor, town=request.town, now=request.now, tail=tail, unit=unit, receipt=receipt)
    items = {item.pk: item for item in Item.objects.filter(pk__in=[number for number, _sentence in rows])}
    seen = queries.visible_among(list(items.values()), actor=request.actor, town=request.town, now=request.now)
    steps, said = {row.item.pk: _doings(row, request) for row in seen}, snippets([row.item for row in seen])
    answers = last_answers([row.item for row in seen if row.item.stage in ANSWERED])
    rows.sort(key=lambda found: not items[found[0]].open)  # what is still open is asked for first
    return [
        {
            "id": item,
            "sentence": sentence,
            "said": said.get(item, ""),
            "answer": answers.get(item, ""),
            "doings": steps.get(item, []),
            "is_open": items[item].open,
        }
        for item, sentence in rows
    ]


def _doings(row: Row, request: Request) -> list[dict[str, str]]:
    """What may be written down for the one who asks, as the engine offers it."""
    names = {step.name for step in offered(row.loop, row.facts, request.actor, world_of(request))}
    if "solved" in names:
        names.discard("agrees")  # one word of two that mean the same to a resident
    return [{"label": _(label), "url": reverse("step", args=[row.item.pk, name])} for name, label in DOINGS.items() if name in names]


def _is_answered(request: Request, token: str) -> bool:
    """Is this the press again that this link was used for: the answer was lost on the way."""
    key = request.POST.get("key", "")[:64]
    used = OneTimeLink.objects.filter(digest=keys.keyed("link", reporters.plain(token)), used_at__isnull=False).first() if key else None
    return used is not None and Event.objects.filter(stream=used.item_id, user=None, key=key, door="link").exists()


def _asked_of_them(row: Row) -> list[str]:
    """What the outside body was asked to do, as it was written for them."""
    said = [t.words for t in queries.texts_of(row.item.pk) if t.field == "asks"]
    return [_("请您办的事：{words}").format(words=said[-1].rstrip("。"))] if said else []


def _thanks(request: Request) -> HttpResponse:
    return render(request, "web/done.html", {"title": _("收到了，谢谢。"), "words": _("您的答复已经交给办这件事的岗位。这个链接不再需要。")})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def out(request: Request, token: str) -> HttpResponse:
    """An outside body answers once: words, perhaps a photo. No account; a link that ran out or was used is not there."""
    request.is_private = True  # type: ignore[attr-defined]
    if _is_answered(request, token):
        return _thanks(request)
    actor = reporters.outsider(token, request.now)
    if actor is None:
        said = _("链接只能用一次，或者已经过期。还有要说的，请打电话给请您答复的岗位。")
        return render(request, "web/done.html", {"title": _("这个链接不能再用了。"), "words": said}, status=404)
    visitors.slow_down(visitors.count(request, "out", visitors.address_of(request)), 60)
    seat = actor.seats[0]
    request.town = town_by_id(actor.county)
    row = queries.get_visible(seat.place, actor=actor, town=request.town, now=request.now)
    raw, problem, ids = {}, None, []
    if request.method == "POST":
        raw = forms.read(Words, request.POST)
        raw.pop("files", None)
        step = "outside_answers" if row.item.stage == "waiting_outside" else "add_words"
        try:
            if ids := uploads.take(request, is_public=True):
                raw["files"] = ids
            with atomic():
                if not reporters.use_link(token, request.now):
                    raise Refused("once_only")
                take_step("matters", row.item.pk, step, raw, actor=actor, now=request.now, door="link", key=request.POST.get("key", "")[:64], town=request.town)
            return _thanks(request)
        except (Refused, WrongType) as found:
            if _is_answered(request, token):
                return _thanks(request)
            problem = found
    fields = forms.draw(Words, asking_of(request, row.facts), raw, problem)
    fields[0]["label"] = _("办得怎么样")
    context = {
        "title": _("请您答复"),
        "words": "。".join([row.item.title, *_asked_of_them(row), _("写一两句办得怎么样就行。这个链接不要转给别人。")]),
        "fields": fields,
        "errors": forms.summary(fields, problem),
        "button": _("送出答复"),
        "key": forms.key_again(request, problem),
        "kept": uploads.ticket(uploads.unused(ids)),
        "files": True,
    }
    return render(request, "web/form.html", context | {"frame": "web/public_base.html"}, status=409 if problem else 200)
