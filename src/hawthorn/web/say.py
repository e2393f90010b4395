"""说一件事 without account, and 意见建议 from every screen."""

from __future__ import annotations

import secrets
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.drops.rules import Capture
from hawthorn.kernel.errors import STATUS, Refused, WrongType
from hawthorn.kernel.slots import Asking
from hawthorn.kernel.world import PlaceCard
from hawthorn.loops.actions import Answer, start
from hawthorn.requests.rules import Lodge
from hawthorn.web import forms, hinting, slips, uploads, visitors
from hawthorn.web.capture import asks_sure, chips_of, tidy
from hawthorn.web.middleware import public
from hawthorn.web.request import Request

AN_HOUR, BEFORE_ASKING = 40, 4
FIELDS = ("words", "spot", "files", "phone", "hides_from_grid", "name")
COMPLAINT = ("about", "wish", "words", "grid", "community", "name", "phone")
LABELS = {
    "grid": ("哪个网格", "给网格里的人提意见，请选网格。"),
    "community": ("哪个社区（村）", "给社区（村）提意见，请选社区（村）。"),
    "phone": ("电话", "只用于答复。"),
}
NUMBERS = "零一二三四五六七八九"
SALT = "hawthorn.question"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: Request) -> HttpResponse:
    """One sentence is enough; a place makes it faster; a phone only for the answer."""
    _needs_town(request)
    grid = grid_of(request, request.GET.get("g") or request.POST.get("g") or "")
    if request.method != "POST":
        return _form(request, grid, {}, None)
    raw = {k: v for k, v in forms.read(Capture, request.POST).items() if k in (*FIELDS, "unit", "grid")}
    raw.pop("files", None)
    raw |= {"channel": "qr" if grid else "web", "asked": True}
    if grid and not raw.get("unit"):
        raw["grid"] = grid.id
    if raw.get("phone"):
        raw["consent"] = True
    ids: list[int] = []
    told = tidy(raw, _("内容里有电话号码，已经移到下面“电话”里，加密存放，只用来告诉您结果。是您的就再按一次；不是，请删掉。"), is_sure="sure" in request.POST)
    try:
        if told:
            raise Refused("missing", ["words"], told)
        is_again = hinting.was_sent(request, is_resident=True)
        check_pace(request, "say", is_again=is_again)
        if ids := uploads.take(request, is_public=True):
            raw["files"] = ids
            uploads.speak(raw, ids)
        answer = _report(request, raw, is_again=is_again)
    except (Refused, WrongType) as problem:
        if isinstance(problem, Refused) and problem.code == "slow_down":
            raise
        return _form(request, grid, raw, problem, ids)
    return slips.slip(request, answer, is_resident=True)


def _report(request: Request, raw: dict[str, Any], *, is_again: bool) -> Answer:
    """A new drop; asked once where a public matter nearby looks the same, and then perhaps one more voice on that one."""
    key = request.POST.get("key", "")[:64]
    spot = hinting.spot_said(request, raw)
    shown = hinting.ask_once(request, raw, key, spot, is_again=is_again, is_resident=True)
    answer = hinting.follow(request, raw, shown, key=key, is_again=is_again, is_resident=True)
    answer = answer or start("drops", raw, actor=request.visitor, now=request.now, door="web", key=key, town=request.town)
    hinting.learn_from(request, shown, spot, answer, is_resident=True)
    return answer


def _needs_town(request: Request) -> None:
    if request.visitor is None:
        raise Refused("no_way", detail=_("这里还没有设置好街道，请打电话或到窗口说。"))


def grid_of(request: Request, code: str) -> PlaceCard | None:
    """A grid by its public code, in this tenant's town."""
    return next((p for p in request.town.places.values() if p.level == "grid" and p.code == code), None) if code else None


def _form(request: Request, grid: PlaceCard | None, raw: dict[str, Any], problem: Exception | None, ids: list[int] | None = None) -> HttpResponse:
    left = uploads.unused(ids or [])
    drawn = {f["name"]: f for f in forms.draw(Capture, asking_of_visitor(request), raw, problem, only=(*FIELDS, "grid"))}
    drawn["words"] |= {"label": _("什么事？"), "placeholder": _("例如：三单元楼道灯不亮"), "rows": 3} | uploads.or_spoken()
    drawn["phone"] |= {"label": _("电话（留了，办完告诉您）"), "help": _("只用来办这件事、告诉您结果。不留也一样办，凭回执查。")}
    drawn["files"]["multiple"] = False
    where = chips_of(grid.id, raw.get("unit"), problem) if grid else drawn["grid"] | {"label": _("在哪个网格？"), "blank": _("不知道")}
    near = hinting.field_of(request, problem)
    context = {
        "title": _("有什么事，跟我们说"),
        "near": near,
        "grid": grid,
        "first": [f for f in (drawn["words"], where) if f],
        "spot": drawn["spot"],
        "phone": drawn["phone"],
        "more": [drawn["files"], drawn["name"], drawn["hides_from_grid"]],
        "errors": hinting.errors_of([*drawn.values(), where or {}], problem),
        "key": forms.key_again(request, problem),
        "kept": uploads.ticket(left),
        "kept_number": len(left),
        "question": question(request, "say"),
        "sure": asks_sure(raw, problem),
        "open_more": bool(raw.get("name") or raw.get("hides_from_grid")),
        "people": people_of(request, grid) if grid else [],
    }
    return render(request, "web/say.html", context, status=status_of(problem))


def status_of(problem: Exception | None) -> int:
    """200, 409, 413, 422, 429."""
    return 200 if problem is None else STATUS.get(problem.code if isinstance(problem, Refused) else "wrong_type", 409)


def asking_of_visitor(request: Request) -> Asking:
    """Choices as a resident has them."""
    return Asking(request.visitor, request.town, request.now)


def people_of(request: Request, grid: PlaceCard) -> list[dict[str, str]]:
    """找谁: the grid's posts and its community's desk; names by consent, phones where they are public."""
    town, found = request.town, []
    wanted = [("grid_officer", grid.id), ("grid_head", grid.id), ("party_instructor", grid.id), ("community_desk", grid.community)]
    for kind, place in wanted:
        post = town.posts.get(town.post(kind, place) or 0)
        if post is None:
            continue
        spans = town.holders.get(post.id, [])
        names = [town.names.get(s.user, "") for s in spans if s.shows_name and s.holds(request.now)]
        found.append({"post": post.name, "names": "、".join(n for n in names if n), "phone": post.phone if post.is_public else ""})
    return found


# ── pace and the plain question ──
def check_pace(request: Request, what: str, *, is_again: bool) -> None:
    """Raise slow_down for a flood; ask a plain question from the fifth time within an hour on, but not of a press that was taken already (`is_again`)."""
    address = visitors.address_of(request)
    asked = visitors.counted(request, what, address) >= BEFORE_ASKING
    visitors.slow_down(visitors.count(request, what, address), AN_HOUR)
    if asked and not _is_answered(request) and not is_again:
        raise Refused("missing", ["answer"], _("请答一下那道小题，防止有人用机器乱写。您写的都在。"))


def question(request: Request, what: str) -> forms.Field | None:
    """“三加五是几？” after several posts within the hour; no picture puzzle."""
    if visitors.counted(request, what, visitors.address_of(request)) < BEFORE_ASKING:
        return None
    one, two = 1 + secrets.randbelow(5), 1 + secrets.randbelow(4)
    label = _("{one}加{two}是几？（写数字）").format(one=NUMBERS[one], two=NUMBERS[two])
    ticket = signing.dumps(one + two, salt=SALT)
    return {"kind": "text", "name": "answer", "label": label, "required": True, "inputmode": "numeric", "no_draft": True, "ticket": ticket}


def _is_answered(request: Request) -> bool:
    try:
        wanted = signing.loads(request.POST.get("question", ""), salt=SALT, max_age=3600)
    except signing.BadSignature:
        return False
    return request.POST.get("answer", "").strip() == str(wanted)


# ── complaints and suggestions ──
@public
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: Request) -> HttpResponse:
    """意见建议: to the level above the one concerned, hidden from them; a receipt for everybody."""
    _needs_town(request)
    raw: dict[str, Any] = {"about": request.GET.get("about", "")} if request.method != "POST" else forms.read(Lodge, request.POST)
    problem: Exception | None = None
    if request.method == "POST":
        if raw.get("phone"):
            raw["consent"] = True
        try:
            check_pace(request, "complain", is_again=hinting.was_sent(request, is_resident=True))
            answer = start("complaints", raw, actor=request.visitor, now=request.now, door="web", key=request.POST.get("key", "")[:64], town=request.town)
            return slips.slip(request, answer, is_resident=True)
        except (Refused, WrongType) as found:
            if isinstance(found, Refused) and found.code == "slow_down":
                raise
            problem = found
    fields = forms.draw(Lodge, asking_of_visitor(request), raw, problem, only=COMPLAINT)
    for field in fields:
        if field["name"] in LABELS:
            field |= dict(zip(("label", "help"), map(_, LABELS[field["name"]]), strict=True))
    if extra := question(request, "complain"):
        fields.append(extra)
    context = {
        "title": _("意见建议"),
        "words": _("由上一级来看，被提意见的人看不到。可以不留姓名；每一条都有回执，都会答复。"),
        "fields": fields,
        "errors": forms.summary(fields, problem),
        "button": _("送出"),
        "key": forms.key_again(request, problem),
        "draft": "complain",
        "question": next((f.get("ticket") for f in fields if f.get("ticket")), ""),
    }
    return render(request, "web/form.html", context | {"frame": "web/public_base.html"}, status=status_of(problem))
