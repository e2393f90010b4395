"""One item of any loop: its page, the form of a step, files, the askers' panel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hawthorn.assessments.actions import reading
from hawthorn.files import queries as files
from hawthorn.files.models import Attachment
from hawthorn.handovers import queries as handovers
from hawthorn.kernel.errors import STATUS, NotThere, Refused, WrongType
from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import Step, extra, offered, refusal
from hawthorn.loops import earlier, queries, reporters
from hawthorn.loops.actions import Answer, take_step
from hawthorn.loops.models import Item
from hawthorn.loops.rows import Row
from hawthorn.matters.rules.needs import CHANNELS
from hawthorn.web import dial, forms, hinting, pages, problems, rows, slips, story, tellings, uploads, words
from hawthorn.web.middleware import kept
from hawthorn.web.request import Request, asking_of, whole, world_of

FIRST = (
    "accept", "take_up", "settle", "pass", "solved", "resume", "assist_accept", "assist_done", "answer", "grant", "approve", "told", "fill", "call_again",
    "to_matter", "give", "send", "consult", "take_over", "hand_over", "take", "report_done",
)  # fmt: skip
OWN_PAGES = {"meetings": "meeting", "plans": "plan", "handovers": "handover"}
SECOND = ("inform", "unsolved", "agrees", "not_reached", "fail")
PART = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
WAYS = {"none": "没有留联系方式，凭回执查", "phone": "留了电话", "visit": "请上门答复", "mail": "留了邮箱"}
ASKER_FIELDS = ("words", "name", "phone", "wants_visit", "address", "hides_from_grid", "on_behalf")


def visible(request: Request, item: int) -> Row:
    """The item, or NotThere."""
    return queries.get_visible(item, actor=request.actor, town=request.town, now=request.now)


@kept
@require_safe
def item(request: Request, item: int) -> HttpResponse:
    """What became of it, and what I can do."""
    row = visible(request, item)
    if page := OWN_PAGES.get(row.loop.name):
        return redirect(page, item=item)
    events, texts = queries.events_of(item), queries.texts_of(item)
    what, where = words.split_title(row.item.title)
    what = "" if what == _(row.loop.label) else what
    steps = {e.seq: e.step for e in events}
    reading.note_read((f"{row.loop.name}.{steps.get(t.seq, '')}.{t.field}" for t in texts), now=request.now)
    first = next((t.words for t in texts if t.seq == 1 and t.field in rows.FIRST), "")
    tag, notice = words.due_tag(row.item, request.now, getattr(row.facts, "outside_due_at", None)), story.notice(row, texts, request)
    context = {
        "row": row, "heading": first if first and len(first) <= 60 else row.item.title, "what": what, "where": where, "tag": tag,
        "receipt": words.receipt(row.item.receipt), "loop_label": _(row.loop.label), "stage_label": _(row.loop.stages[row.item.stage].label),
        "opened": words.moment(row.item.opened_at, request.now), "steps": story.bar(row), "dates": story.dates(row, request),
        "story": story.entries(row, events, texts, files.files_of(item), request), "children": _children(item, request), "parent": _parent(row, request),
        "into": _into(row, request), "about": _about(row, request),
        "to_say": reporters.owed_words(row.item) if row.loop.name == reporters.TELLINGS else "", "copy": notice and {"id": "notice", "words": notice},
        "askers": _askers(row, request), "before": _before(row, request), "signs": _signs(row), "hints": hinting.panel(row, texts, request),
        "gathered": problems.panel(row, request), "dial": dial.numbers(row, texts, request),
        "list_url": reverse(row.loop.name), "table_url": reverse("errand-table", args=[row.item.pk]) if row.loop.name == "errands" else "",
    } | offers(row, request)  # fmt: skip
    return render(request, "web/item.html", context)


def _into(row: Row, request: Request) -> dict[str, str]:
    """What a matter was merged into, or a drop became: its number, and the way there for who may see it."""
    number = getattr(row.facts, "merged_into", None) or getattr(row.facts, "became", None)
    target = number and queries.visible_among(list(Item.objects.filter(pk=number)), actor=request.actor, town=request.town, now=request.now)
    return {"title": target[0].item.title, "receipt": words.receipt(target[0].item.receipt), "url": reverse("item", args=[target[0].item.pk])} if target else {}


def _about(row: Row, request: Request) -> dict[str, str]:
    """The matter that something is done for, for who may see it."""
    number = getattr(row.facts, "about", None) if row.loop.name == "group_tasks" else None
    seen = number and queries.visible_among(list(Item.objects.filter(pk=number)), actor=request.actor, town=request.town, now=request.now)
    return {"title": seen[0].item.title, "url": reverse("item", args=[number])} if seen else {}


def _parent(row: Row, request: Request) -> int | None:
    """What it hangs on; an errand is read by the desk only, its parts by their grids."""
    if row.loop.name != "errand_parts" or row.item.parent_id is None:
        return row.item.parent_id
    seen = queries.visible_among(list(Item.objects.filter(pk=row.item.parent_id)), actor=request.actor, town=request.town, now=request.now)
    return row.item.parent_id if seen else None


def offers(row: Row, request: Request) -> dict[str, Any]:
    """The open steps as buttons: what moves the item first, rare ones under 更多; and what bars a step that would be mine."""
    world = world_of(request)
    mine = offered(row.loop, row.facts, request.actor, world)
    key = {s.name: (FIRST.index(s.name) if s.name in FIRST else len(FIRST) + _rank(s)) for s in mine}
    mine.sort(key=lambda s: key[s.name])
    shown = [_offer(s, row) for s in mine if not s.rare]
    if shown and mine[0].name in FIRST:
        shown[0]["primary"] = True
    barred = [s for s in row.loop.steps.values() if row.item.stage in s.sources and s not in mine and s.may(row.facts, request.actor)]
    refused = [{"label": _(s.label), "why": _(Refused(refusal(s, row.facts, request.actor, world)).detail), "rare": s.rare} for s in barred]
    bars = [] if shown else [one for one in refused if not one["rare"]]
    return {"offers": shown, "bars": bars, "rare": [_offer(s, row) for s in mine if s.rare], "refused": [one for one in refused if one not in bars]}


def _rank(step: Step) -> int:
    """What answers the same question stands beside the first; plain notes last."""
    return SECOND.index(step.name) if step.name in SECOND else len(SECOND) + step.plain


def _offer(step: Step, row: Row) -> dict[str, Any]:
    """A step without questions is one press; others open their form."""
    found: dict[str, Any] = {"label": _(step.label), "url": reverse("step", args=[row.item.pk, step.name])}
    if not step.needs.model_fields:
        found |= {"post": True, "key": forms.new_key(), "version": row.item.version}
    return found


def _children(item: int, request: Request) -> list[dict[str, Any]]:
    found, children = [], queries.children_of(item)
    told = tellings.words_of(children, request)
    for child in children:
        loop, holder = LOOPS[child.loop], request.town.posts.get(child.holder_id or 0)
        tag = words.due_tag(child, request.now)
        found.append(
            {"label": _(loop.label), "stage": _(loop.stages[child.stage].label), "who": holder.name if holder else "", "tag": tag, "url": f"/i/{child.pk}"}
            | {"said": told.get(child.pk, "")}
        )
    return found


def _askers(row: Row, request: Request) -> list[dict[str, Any]]:
    """来话人, masked; names and numbers only by a POST with a reason. Of a call that is owed, those who are to be called."""
    if row.loop.name == reporters.TELLINGS:
        known = reporters.owed_rows(row, request.actor, request.town, request.now)
    elif getattr(row.facts, "reporters", 0):
        known = reporters.asker_rows(row.item.pk, actor=request.actor, town=request.town, now=request.now)
    else:
        return []
    found = []
    for n, asker in enumerate(known):
        signs = [words.moment(asker.at, request.now), _(CHANNELS.get(asker.channel, ""))]
        signs += [_("不让网格知道是谁")] * asker.hides_from_grid + [_("替别人反映")] * asker.on_behalf
        field = {"kind": "text", "name": "reason", "id": f"reason-{n}", "label": _("为什么要看"), "required": True, "max_length": 200, "no_draft": True}
        found.append(
            {"id": asker.id, "way_label": _(WAYS[asker.way]), "sign": " · ".join(s for s in signs if s), "may_reveal": asker.may_reveal, "field": field}
        )
    return found


def _before(row: Row, request: Request) -> list[dict[str, str]]:
    """说过什么、办成什么, for whoever has to answer now."""
    if not row.item.open or not getattr(row.facts, "by_phone", 0) or row.item.holder_id not in {s.post for s in request.actor.seats}:
        return []
    found = earlier.before(row, actor=request.actor, town=request.town, now=request.now)
    return [
        {"url": reverse("item", args=[b.item]), "what": b.title, "sign": f"{words.moment(b.at, request.now)} · {_(b.reads)}", "said": b.said} for b in found
    ]


def _signs(row: Row) -> list[dict[str, str]]:
    f = row.facts
    pairs = (
        ("is_extended", "已延期", "level"), ("is_self_checked", "自办自核", "level"), ("hides_from_grid", "不让网格知道是谁反映的", "level"),
        ("is_final", "已定不能退回", "level"), ("reopened_count", "重开过", "soon"), ("unsolved_count", "居民说过没解决", "soon"),
    )  # fmt: skip
    found = [{"text": _(label), "kind": kind} for name, label, kind in pairs if getattr(f, name, None)]
    if month := getattr(f, "month", ""):
        found.append({"text": _("{year}年{month}月的每月一题").format(year=month[:4], month=int(month[5:])), "kind": "level"})
    if number := getattr(f, "outside_number", ""):
        found.append({"text": f"{f.outside_source} {number}".strip(), "kind": ""})
    return found


# ── a step ──
@kept
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, item: int, name: str) -> HttpResponse:
    """The form of one step with only the fields it needs; a refusal gives it back with everything typed."""
    row = visible(request, item)
    found = row.loop.steps.get(name)
    if found is None or not found.sources or not _is_for_people(found):
        raise NotThere
    if request.method == "POST":
        return _act(request, row, found)
    if code := refusal(found, row.facts, request.actor, world_of(request)):
        return _may_not(request, row, found, code)
    return _form(request, row, found, {}, None, chosen=_chosen(found, request))


def _is_for_people(step: Step) -> bool:
    """Steps of the system have no page."""
    return "自动" not in step.who


def _may_not(request: Request, row: Row, step: Step, code: str) -> HttpResponse:
    holder = request.town.posts.get(row.item.holder_id or 0)
    return pages.refused(request, Refused(code), back=f"/i/{row.item.pk}", who=step.who, now_with=holder.name if holder else "")


def _act(request: Request, row: Row, step: Step) -> HttpResponse:
    raw = forms.read(step.needs, request.POST)
    raw.pop("files", None)
    ids: list[int] = []
    try:
        if "files" in step.needs.model_fields and (ids := uploads.take(request)):
            raw["files"] = ids
        answer = take_step(
            row.loop.name, row.item.pk, step.name, raw, actor=request.actor, now=request.now, door="page", key=request.POST.get("key", "")[:64],
            version=forms.version_of(request, step), town=request.town,
        )  # fmt: skip
    except (Refused, WrongType) as problem:
        if not step.needs.model_fields:
            return _may_not(request, row, step, problem.code) if isinstance(problem, Refused) else pages.refused(request, problem)
        return _form(request, visible(request, row.item.pk), step, raw, problem, ids)
    return done(request, answer, _(step.label))


def done(request: Request, answer: Answer, label: str) -> HttpResponse:
    """Said once: the slip of an asker, or the link for an outsider; else back to the item, or to Today where it is out of sight."""
    request.answer = answer
    if answer.slip.get("receipt"):
        return slips.slip(request, answer, label)
    if answer.slip.get("link"):
        return slips.link(request, answer)
    messages.success(request, _("记下了：{label}。").format(label=label))
    try:
        visible(request, answer.id)
    except NotThere:
        return redirect("today")
    return redirect("item", item=answer.id)


def _form(request: Request, row: Row, step: Step, raw: dict[str, Any], problem: Exception | None, ids: Sequence[int] = (), chosen: Any = ()) -> HttpResponse:
    asking, left = asking_of(request, row.facts), uploads.unused(list(ids))
    values = raw if problem else {**_suggested(step, row), **dict(chosen)}
    category = request.town.categories.get(getattr(row.facts, "category", None) or 0)
    fields = forms.draw(step.needs, asking, values, problem, only=_asked(step, category, problem))
    for field in fields:
        if extra(step.needs, field["name"]).get("x-text") == "public":
            field["help"] = field.get("help") or _("来话人凭回执看得到。")
    context = {
        "row": row, "label": _(step.label), "fields": fields, "errors": forms.summary(fields, problem), "version": row.item.version,
        "key": forms.key_again(request, problem), "said": rows.snippets([row.item]).get(row.item.pk, ""),
        "tag": words.due_tag(row.item, request.now, getattr(row.facts, "outside_due_at", None)), "kept": uploads.ticket(left), "kept_number": len(left),
        "advice": category.advice if category and step.name in ("settle", "accept", "dispatch") else "", "draft": f"step-{row.item.pk}-{step.name}",
    }  # fmt: skip
    status = 200 if problem is None else STATUS.get(problem.code if isinstance(problem, Refused) else "wrong_type", 409)
    return render(request, "web/step.html", context, status=status)


def _asked(step: Step, category: Any, problem: Exception | None) -> list[str] | None:
    """Only the fields this item needs: no reason for a missing photo where none is asked for, no approver where none is needed."""
    if step.name == "follow":
        return list(ASKER_FIELDS)
    spared = set()
    if category is None or not category.needs_proof:
        spared.add("why_no_proof")
    if category is None or category.in_duty_list:
        spared.add("approved_by")
    return [n for n in step.needs.model_fields if n not in spared - set(getattr(problem, "fields", ()))]


def _suggested(step: Step, row: Row) -> dict[str, Any]:
    """What the system knows is not asked again."""
    f, names = row.facts, step.needs.model_fields
    if step.name == "hand_on":
        return {}  # elsewhere than here
    if step.name == "hand_over":
        known = handovers.standing([f.post])
        return {"notes": known.get(f.post, ""), "things": handovers.written(row.item.pk).get("things", "").splitlines()}
    return {n: getattr(f, n) for n in ("grid", "unit", "category", "agency", "lead") if n in names and getattr(f, n, None) and n != "lead"}


def _chosen(step: Step, request: Request) -> dict[str, int]:
    """What a hint's link fills in beforehand; whoever opens it still has to press."""
    asked = {n: whole(request.GET.get(n, "")) for n in ("category", "into") if n in step.needs.model_fields}
    return {n: value for n, value in asked.items() if value is not None}


# ── askers, files ──
@require_POST
def reveal(request: Request, item: int) -> HttpResponse:
    """看全号: a reason is needed and written down; the page is not kept."""
    row = visible(request, item)
    reporter, reason = whole(request.POST.get("reporter", "")), request.POST.get("reason", "").strip()[:200]
    if reporter is None:
        raise NotThere
    if not reason:
        raise Refused("missing", ["reason"], _("要看全号，请写一句为什么。"))
    found = reporters.reveal(reporter_id=reporter, reason=reason, actor=request.actor, town=request.town, now=request.now)
    labels = (("name", _("称呼")), ("phone", _("电话")), ("mail", _("邮箱")), ("address", _("住址")))
    return render(request, "web/reveal.html", {"row": row, "lines": [(label, found.get(k, "")) for k, label in labels if found.get(k)], "reason": reason})


@require_safe
def file(request: Request, file: int) -> HttpResponse:
    """A photo or paper, where the item it belongs to may be seen; an unused one only for who uploaded it."""
    found = Attachment.objects.filter(pk=file).first()
    if found is None or (found.item is None and found.user_id != request.actor.user):
        raise NotThere
    if found.item is not None:
        visible(request, found.item)
    return send_file(found, request.headers.get("Range", "")[:60])


def send_file(found: Attachment, part: str = "") -> HttpResponse:
    """The bytes with their type, or the `part` of them a player asks for (RFC 9110, 14.2); never sniffed, never run."""
    path, mime = files.open_file(found)
    data = path.read_bytes()
    wanted = PART.fullmatch(part)
    first, last = (int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)) if wanted else (0, len(data) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    response = HttpResponse(data[first : last + 1], status=206 if wanted else 200, content_type=mime)
    response["Accept-Ranges"] = "bytes"
    if wanted:
        response["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    response["Content-Disposition"] = files.disposition(found)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store, private"
    return response
