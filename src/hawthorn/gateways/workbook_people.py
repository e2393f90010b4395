"""From rows to changes and problems: posts, the people in them, the on-call roster."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from hawthorn.accounts.models import User
from hawthorn.files.sheets import Row
from hawthorn.gateways.workbook_known import PostKey
from hawthorn.gateways.workbook_plan import Change, Draft
from hawthorn.gateways.workbook_rows import PEOPLE, POSTS, ROSTER
from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.words import _


def plan_posts(draft: Draft) -> None:
    """Posts by place, kind and name."""
    for row in draft.plan.rows.of(POSTS):
        plan_post(draft, row)


def plan_post(draft: Draft, row: Row) -> PostKey | None:
    """One post, and what changes on it; None with a problem noted."""
    kind = _kind(draft, row)
    if kind is None:
        return None
    key = row["place"], kind, row["name"]
    if draft.is_twice(row, key, "name"):
        return None
    if key in draft.posts and key not in draft.known.posts:
        draft.wrong(row, "name", _("这个岗位在另一张表里已经写过"))
        return None
    draft.posts.add(key)
    _plan_post(draft, row, key)
    return key


def _plan_post(draft: Draft, row: Row, key: PostKey) -> None:
    facts = {name: row[name] for name in ("phone", "is_public") if row.values.get(name) is not None}
    post = draft.known.posts.get(key)
    if post is None:
        return draft.change("create_post", row, _("新增岗位 {name}").format(name=row["name"]), key=key, facts=facts)
    if post.ended_at is not None:
        return draft.wrong(row, "name", _("这个岗位已经撤销，请换一个名称"))
    facts = {name: value for name, value in facts.items() if getattr(post, name) != value}
    if facts:
        draft.change("change_post", row, _("修改岗位 {name}").format(name=row["name"]), key=key, facts=facts)
    return None


def _kind(draft: Draft, row: Row) -> str | None:
    """The code of the kind of post, if it can stand in that place; else a problem is noted."""
    level = draft.level_of.get(row["place"])
    kind = draft.known.kinds.get(row["kind"])
    if level is None:
        draft.wrong(row, "place", _("没有这个地点：{code}").format(code=row["place"]))
    elif kind is None:
        labels = dict.fromkeys(kind.label for kind in draft.known.kinds.values() if kind.level == level)
        draft.wrong(row, "kind", _("没有「{kind}」这种岗位。这一级有：{labels}").format(kind=row["kind"], labels="、".join(labels)))
    elif kind.level != level:
        draft.wrong(row, "kind", _("「{kind}」不设在这一级").format(kind=kind.label))
    else:
        return kind.code
    return None


def plan_people(draft: Draft) -> None:
    """Accounts first, once each; then who holds which post and who stands in."""
    names: dict[str, str] = {name: user.name for name, user in draft.known.users.items()}
    for row in draft.plan.rows.of(PEOPLE):
        if not _is_same_person(draft, row, names):
            continue
        if row["username"] not in names:
            names[row["username"]] = row["name"]
            words = _("新增账号 {username}（{name}）").format(username=row["username"], name=row["name"])
            draft.change("create_user", row, words, username=row["username"], name=row["name"], email=row.values.get("email") or "")
        key = post_of(draft, row)
        if key and not draft.is_twice(row, (row["username"], key, row["role"], row.values.get("from_on")), "username"):
            _plan_span(draft, row, key)


def _is_same_person(draft: Draft, row: Row, names: dict[str, str]) -> bool:
    """A username belongs to one person, of this tenant; else a problem is noted."""
    user = draft.known.users.get(row["username"])
    if user and not _is_of_here(draft, user):
        draft.wrong(row, "username", _("这个登录名已经有人用，请换一个"))
    elif names.get(row["username"], row["name"]) != row["name"]:
        draft.wrong(row, "name", _("登录名 {username} 是「{name}」的，和这里的姓名不一样").format(username=row["username"], name=names[row["username"]]))
    else:
        return True
    return False


def _is_of_here(draft: Draft, user: User) -> bool:
    """A post is held by people of its own tenant (teams.rules.may_hold), whoever writes it down."""
    return user.tenant_id == draft.plan.tenant.pk


def post_of(draft: Draft, row: Row) -> PostKey | None:
    """The post meant by place, kind and (where there are several) name; else a problem is noted."""
    kind = _kind(draft, row)
    if kind is None:
        return None
    name = row.values.get("post")
    found = [key for key in draft.posts if key[:2] == (row["place"], kind) and name in (None, key[2])]
    if len(found) == 1:
        return found[0]
    words = (
        _("这里有几个这样的岗位，请写是哪一个：{names}").format(names="、".join(sorted(key[2] for key in found)[:8]))
        if found
        else _("这个地点没有这个岗位，请先在「岗位」表里登记")
    )
    draft.wrong(row, "post" if "post" in row.letters else "kind", words)
    return None


def _plan_span(draft: Draft, row: Row, key: PostKey) -> None:
    """Holding or standing in, from 00:00 of the first day to 24:00 of the last."""
    to_on = row.values.get("to_on")
    from_at, to_at = _midnight(row.values.get("from_on") or draft.today), _midnight(to_on + timedelta(days=1)) if to_on else None
    args: dict[str, Any] = {"key": key, "username": row["username"], "from_at": from_at, "to_at": to_at}
    if row["role"] == "holding":
        return _plan_holding(draft, row, args)
    if not any(span.to_at == to_at for span in draft.known.stand_ins[key, row["username"]]):
        _begin(draft, row, "stand_in", _("{name} 任 {post} 的 B角").format(name=row["name"], post=key[2]), args)
    return None


def _begin(draft: Draft, row: Row, do: str, words: str, args: dict[str, Any]) -> None:
    if args["to_at"] and args["to_at"] <= args["from_at"]:
        return draft.wrong(row, "to_on", _("止的日期在起的日期之前"))
    return draft.change(do, row, words, **args)


def _plan_holding(draft: Draft, row: Row, args: dict[str, Any]) -> None:
    spans = draft.known.holdings[args["key"], args["username"]]
    running = next((span for span in spans if span.to_at is None), None)
    agreed = row.values.get("shows_name")
    args["shows_name"] = bool(agreed) if agreed is not None or running is None else running.shows_name
    words = _("{name} 任 {post}").format(name=row["name"], post=args["key"][2])
    if running and args["to_at"] is None:
        if running.shows_name == args["shows_name"]:
            return None
        words = _("{name} 是否同意公示姓名").format(name=row["name"])
    elif any(span.to_at == args["to_at"] for span in spans):
        return None
    elif running:
        if args["to_at"] <= running.from_at:
            return draft.wrong(row, "to_on", _("止的日期在任职开始之前"))
        words = _("{name} 任 {post} 到 {day} 为止").format(name=row["name"], post=args["key"][2], day=row["to_on"])
        return draft.change("end_holding", row, words, key=args["key"], username=args["username"], to_at=args["to_at"])
    return _begin(draft, row, "appoint", words, args)


def plan_roster(draft: Draft) -> None:
    """Per night exactly the people named; nights not named stay as they are."""
    nights: dict[date, set[str]] = {}
    coming = {row["username"] for row in draft.plan.rows.of(PEOPLE)} | {name for name, user in draft.known.users.items() if _is_of_here(draft, user)}
    for row in draft.plan.rows.of(ROSTER):
        if draft.is_twice(row, (row["on"], row["username"]), "username"):
            continue
        if draft.level_of.get(draft.plan.tenant.code) != "subdistrict":
            draft.wrong(row, "on", _("值班表按街道排，这里不是街道"))
        elif row["username"] not in coming:
            draft.wrong(row, "username", _("没有这个登录名：{username}").format(username=row["username"]))
        else:
            nights.setdefault(row["on"], set()).add(row["username"])
    for on, names in nights.items():
        if draft.known.nights.get(on, set()) != names:
            words = _("{day} 值班 {n} 人").format(day=on, n=len(names))
            draft.plan.changes.append(Change("set_roster", {"on": on, "usernames": sorted(names)}, words, ROSTER, 0))


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)
