"""A matter read as a story: the five-part bar, what happened, who has it now and until when."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hawthorn.files.models import Attachment
from hawthorn.files.voices import MIME as SOUND
from hawthorn.journal.models import Event
from hawthorn.kernel.steps import Step, marks
from hawthorn.kernel.world import RANK
from hawthorn.loops.models import Text
from hawthorn.loops.rows import Row
from hawthorn.web import routing, words
from hawthorn.web.request import Request

UNDER_WAY = ("found", "assigned", "working", "waiting_outside")
POSTS = ("agencies", "posts", "leads")
DOORS = {"link": "外单位", "sheet": "表格导入"}
CUT_SHORT = ("merged", "void")
PARTS = ("发现", "呼叫", "响应", "处置", "回音")
AT = {"found": 0, "assigned": 2, "working": 3, "waiting_resident": 3, "waiting_outside": 3, "parked": 3, "checking": 3, "answering": 4}


def bar(row: Row) -> list[dict[str, str]]:
    """发现·呼叫·响应·处置·回音 for a matter; nothing for other loops."""
    if row.loop.name != "matters":
        return []
    f = row.facts
    deepest = next((level for level in ("grid", "community", "subdistrict") if f.place(level)), "county")
    return parts(f.stage, is_called=RANK[f.raised_level] > RANK[deepest] or f.open_assists > 0, is_told=f.tellable > 0)


def parts(stage: str, *, is_called: bool, is_told: bool) -> list[dict[str, str]]:
    """The five parts with their state."""
    if stage in CUT_SHORT:
        return [{"label": _(label), "state": "skipped" if at else "done"} for at, label in enumerate(PARTS)]
    now = 1 if stage == "found" and is_called else AT.get(stage, len(PARTS))
    found = []
    for at, label in enumerate(PARTS):
        state = "done" if at < now else "now" if at == now else "todo"
        if (at == 1 and not is_called and now > 1) or (at == 4 and not is_told and now >= len(PARTS)):
            state = "skipped"
        found.append({"label": _(label), "state": state})
    return found


def entries(row: Row, events: Sequence[Event], texts: Sequence[Text], files: Sequence[Attachment], request: Request) -> list[dict[str, Any]]:
    """Everything that happened, oldest first; the last line says who has it now and until when."""
    said, photos = defaultdict(list), defaultdict(list)
    for text in texts:
        said[text.seq].append({"label": label_of(row, events, text), "words": text.words, "public": text.audience == "public"})
    for file in files:
        photos[file.seq].append(photo(file))
    story = [_entry(row, e, request) | {"texts": said[e.seq], "photos": photos[e.seq]} for e in events]
    story.append(ending(row, request))
    return story


def photo(file: Attachment) -> dict[str, Any]:
    """One thumbnail, or one voice to listen to."""
    url = f"/files/{file.pk}"
    if file.mime == SOUND:
        return {"url": url, "is_sound": True, "alt": _("录音，{n} 秒").format(n=file.seconds)}
    return {"url": url, "thumb": url, "alt": _("照片") if file.mime.startswith("image/") else _("附件")}


def label_of(row: Row, events: Sequence[Event], text: Text) -> str:
    """What the words are, by the field they were typed into."""
    event = next((e for e in events if e.seq == text.seq), None)
    step = row.loop.steps.get(event.step) if event else None
    info = step.needs.model_fields.get(text.field) if step else None
    if event is not None and _is_askers(event) and event.seq > 1:
        return _("来话人说")
    return _(str(info.title)) if info is not None and info.title else ""


def _entry(row: Row, event: Event, request: Request) -> dict[str, Any]:
    step = row.loop.steps.get(event.step)
    return {
        "label": _("来话人撤回") if event.step == "void" and _is_askers(event) else _(step.label) if step else event.step,
        "who": who(row, event, request),
        "at": words.moment(event.at, request.now),
        "iso": event.at.isoformat(),
        "given": " · ".join(_given(step, event, request)) if step else "",
    }


def _given(step: Step, event: Event, request: Request) -> Iterator[str]:
    """What was chosen besides words: one of a list, posts, dates."""
    given, known = json.loads(event.body).get("given", {}), marks(step.needs)
    for name, value in given.items():
        said, info = known.get(name, {}), step.needs.model_fields.get(name)
        if info is None:
            continue
        if "x-labels" in said:
            told = _(said["x-labels"].get(str(value), ""))
        elif said.get("x-ref") in POSTS:
            told = "、".join(request.town.posts[n].name for n in (value if isinstance(value, list) else [value]) if n in request.town.posts)
        elif "x-days" in said:
            told = words.moment(datetime.fromisoformat(value), request.now)
        else:
            continue
        if told:
            yield _("{name}：{value}").format(name=_(str(info.title)), value=told)


def _is_askers(event: Event) -> bool:
    """Was it taken by whoever asked, under their receipt."""
    return event.user is None and event.post is None and event.door == "web"


def who(row: Row, event: Event, request: Request) -> str:
    """The post that acted; residents and the system by that word."""
    if event.post:
        post = request.town.posts.get(event.post)
        return post.name if post else _("已撤的岗位")
    if event.door in DOORS:
        return _(DOORS[event.door])
    step = row.loop.steps.get(event.step)
    is_own = step is None or step.time_out or "自动" in step.who
    return _("系统") if is_own or event.user is not None else _("居民")


def ending(row: Row, request: Request) -> dict[str, Any]:
    """Who has it now and until when; or how it ended."""
    item, stage = row.item, row.loop.stages[row.item.stage]
    if not item.open:
        return {"label": _(stage.label), "who": words.moment(item.closed_at, request.now), "texts": [], "now": False}
    post = request.town.posts[item.holder_id or 0]
    tag = words.due_tag(item, request.now, getattr(row.facts, "outside_due_at", None))
    names = "、".join(sorted(request.town.names.get(u, "") for u in request.town.users(post.id, request.now)))
    told = _("现在由 {post} 负责").format(post=f"{post.name}（{names}）" if names else post.name)
    return {"label": _(stage.label), "who": f"{told} · {tag['text']}", "texts": [], "now": True}


def dates(row: Row, request: Request) -> list[dict[str, str]]:
    """All limits of an item, each with which one is meant."""
    f, found = row.facts, []
    if row.item.stage_due_at and row.item.open:
        name = words.LIMITS.get((row.loop.name, row.item.stage), "")
        found.append({"label": _("{name}时限").format(name=_(name)), "at": words.moment(row.item.stage_due_at, request.now)})
    if getattr(f, "promise_at", None) and f.promise_at != row.item.stage_due_at:
        found.append({"label": _("办结时限"), "at": words.moment(f.promise_at, request.now)})
    if getattr(f, "paused_at", None):
        found.append({"label": _("办结时限"), "at": _("先停着，{at}起").format(at=words.moment(f.paused_at, request.now))})
    if getattr(f, "outside_due_at", None):
        found.append({"label": _("外来期限"), "at": words.moment(f.outside_due_at, request.now)})
    if getattr(f, "route", "") and request.actor.is_staff:
        found.append({"label": _("怎么派的"), "at": routing.trace(request, f.route)})
    return found


def notice(row: Row, texts: Sequence[Text], request: Request) -> str:
    """复制成群通知 of a matter: plain words without personal data. Public words are what was said to residents; nothing of other loops goes to a group."""
    if row.loop.name != "matters":
        return ""
    stage = row.loop.stages[row.item.stage]
    said = next((t.words for t in reversed(texts) if t.audience == "public"), "")
    parts = [f"【{request.tenant.name}】{row.item.title}", _("编号 {code}").format(code=words.receipt(row.item.receipt)), _(stage.reads or stage.label)]
    if row.item.stage in UNDER_WAY and (promise := row.facts.promise_at):
        parts.append(_("预计 {until}办好").format(until=words.until(promise, request.now)))
    return "，".join(parts) + "。" + said
