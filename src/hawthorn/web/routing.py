"""派单规则: the rules in their order, tried on past matters before they count, and how often each was handed back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hawthorn.categories import actions as categories
from hawthorn.categories.models import Rule
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.kernel.world import RANK, PlaceCard, PostCard, RuleCard, Seat
from hawthorn.loops.choices import LEADS
from hawthorn.matters import routes
from hawthorn.matters.rules.routing import broken_rules
from hawthorn.tenants.models import Tenant
from hawthorn.web import words
from hawthorn.web.request import Request, seat_of, whole

KINDS = ("subdistrict_desk", "subdistrict_leader")
LEVELS = {"grid": "网格", "community": "社区（村）", "subdistrict": "街道"}
BROKEN = {"post": "要交给的岗位已经撤了", "category": "里面的类别已经停用", "place": "里面的地方已经没有了"}
BY = {"on_call": "值班", "table": "网格和类别的对应表", "officer": "网格的岗位", "desk": "窗口", "": "以前没有记"}
SHOWN, WORST = 50, 20


@require_http_methods(["GET", "HEAD", "POST"])
def routing(request: Request) -> HttpResponse:
    """The rules of my subdistrict; a form that first tries, then saves."""
    seat = _seat(request)
    place = request.town.places[seat.place]
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            done = _done(request, place)
        except (Refused, WrongType) as wrong:
            context = {"errors": _errors(wrong), "form": _form(request, place, request.POST, _errors(wrong))}
        else:
            if isinstance(done, str):
                messages.success(request, done)
                return redirect("routing")
            context = done
    chosen = _rule(request, place) if not context and request.GET.get("rule") else None
    context.setdefault("form", _form(request, place, _said(request, chosen) if chosen else {}))
    broken = {rule.id: _(BROKEN[why]) for rule, why in broken_rules(request.town, place.tenant)}
    cards = request.town.rules.get(place.tenant, ())
    return render(
        request,
        "web/routing.html",
        {
            "place": place.name, "rules": [_line(request, card, broken.get(card.id, "")) for card in cards], "broken": len(broken),
            "table": _table(request, place), "worst": _worst(request, place), "days": routes.DAYS,
            "editing": request.POST.get("rule") or (chosen.pk if chosen else ""), **context,
        },
    )  # fmt: skip


def _seat(request: Request) -> Seat:
    seat = seat_of(request, *KINDS)
    if seat is None:
        raise NotThere
    return seat


def _tenant(place: PlaceCard) -> Tenant:
    return Tenant.objects.get(pk=place.tenant)


def _rule(request: Request, place: PlaceCard) -> Rule:
    """The rule that is named, of my own subdistrict. Raises NotThere."""
    found = Rule.objects.filter(tenant=place.tenant, pk=whole(request.POST.get("rule") or request.GET.get("rule", "")) or 0).first()
    if found is None:
        raise NotThere
    return found


# ── what is asked for ──
def _done(request: Request, place: PlaceCard) -> str | dict[str, Any]:
    """A sentence for what was done, or what a dry run shows."""
    do = request.POST.get("do", "")
    if do == "drop":
        categories.drop_rule(_tenant(place), _rule(request, place).pk)
        return _("这条规则不再用了；以前按它走的事项上还看得到。")
    if do == "raise":
        categories.raise_rule(_tenant(place), _rule(request, place).pk)
        return _("已经往前排了一位。")
    rule = _rule(request, place).pk if request.POST.get("rule") else None
    values = _values(request, place)
    if do == "save":
        if _catches_all(values) and not request.POST.get("sure"):
            raise WrongType({"sure": _("还没有保存：没有写条件，所有来件都会走这一条。确实要这样，请勾上；不然写一个条件。")})
        categories.put_rule(_tenant(place), values, rule=rule, user=request.actor.user, now=request.now)
        return _("保存好了，从现在起新来的事项按它走。")
    return {"trial": _trial(request, place, values, rule), "form": _form(request, place, request.POST, is_all=_catches_all(values))}


def _catches_all(values: Mapping[str, Any]) -> bool:
    """A rule without any condition."""
    return values["hour_from"] is None and not any(values[name] for name in ("categories", "places", "levels", "words"))


def _values(request: Request, place: PlaceCard) -> dict[str, Any]:
    """What was typed, as a rule holds it. Raises WrongType with a sentence for each field; Refused missing."""
    post, wrong = request.POST, dict[str, str]()
    values: dict[str, Any] = {"name": post.get("name", "").strip()[:40], "levels": [v for v in post.getlist("levels") if v in LEVELS]}
    values["categories"] = _named(post.get("categories", ""), _categories(request, place), wrong, "categories")
    values["places"] = _named(post.get("places", ""), _places(request, place), wrong, "places")
    values["words"] = list(dict.fromkeys(post.get("words", "").split()))[:20]
    values |= _hours(post, wrong)
    values["post_id"] = whole(post.get("post", "")) if post.get("post") else None
    if values["post_id"] not in {None, *(lead.id for lead in _leads(request, place))}:
        wrong["post"] = _("不是可选的岗位。")
    if wrong:
        raise WrongType(wrong)
    if missing := [name for name, key in (("name", "name"), ("post", "post_id")) if not values[key]]:
        raise Refused("missing", missing)
    return values


def _hours(post: Any, wrong: dict[str, str]) -> dict[str, int | None]:
    start, end = post.get("hour_from", "").strip(), post.get("hour_to", "").strip()
    if not start and not end:
        return {"hour_from": None, "hour_to": None}
    first, last = whole(start, 0), whole(end, 0)
    if first is None or last is None or first > 23 or last > 24 or first == last:
        wrong["hour_from"] = _("钟点要两个都填：从 0 到 23，到 1 到 24，两个不能一样。")
        return {"hour_from": None, "hour_to": None}
    return {"hour_from": first, "hour_to": last}


def _named(said: str, known: Mapping[str, Any], wrong: dict[str, str], field: str) -> list[Any]:
    names = [line.strip() for line in said.replace("、", "\n").splitlines() if line.strip()]
    if unknown := [name for name in names if name not in known]:
        wrong[field] = _("没有这个名字：{names}。请照目录里的写，一行一个。").format(names="、".join(unknown[:5]))
    return list(dict.fromkeys(known[name] for name in names if name in known))


def _categories(request: Request, place: PlaceCard) -> dict[str, str]:
    cards = [c for c in request.town.categories.values() if c.tenant == place.tenant]
    return {c.group: c.group for c in cards if c.group} | {c.name: c.key for c in cards}


def _places(request: Request, place: PlaceCard) -> dict[str, int]:
    inside = [p for p in request.town.places.values() if p.at("subdistrict") == place.id and p.level in ("community", "grid")]
    plain = {p.name: p.id for p in inside if sum(p.name == o.name for o in inside) == 1}
    return plain | {f"{request.town.name_of(p.community)} {p.name}": p.id for p in inside if p.level == "grid"}


def _leads(request: Request, place: PlaceCard) -> list[PostCard]:
    """Posts of the subdistrict that can accept something."""
    town = request.town
    found = [p for p in town.posts.values() if p.until is None and p.kind in LEADS and town.places[p.place].at("subdistrict") == place.id]
    return sorted(found, key=lambda p: (-RANK[p.level], p.kind, p.id))


# ── as it is shown ──
def _table(request: Request, place: PlaceCard) -> list[dict[str, str]]:
    """The table of grids and categories that is looked at before the rules."""
    town = request.town
    kinds = {pk: card.name for pk, card in town.categories.items()}
    rows = [(town.name_of(grid) if grid else _("全街道"), kind, post) for (of, grid, kind), post in town.leads.items() if of == place.tenant]
    rows.sort(key=lambda row: (row[0], row[1] or 0))
    return [{"grid": grid, "kind": kinds.get(kind or 0) or _("所有类别"), "post": town.posts[post].name} for grid, kind, post in rows if post in town.posts]


def _line(request: Request, card: RuleCard, broken: str) -> dict[str, Any]:
    post = request.town.posts.get(card.post)
    return {"id": card.id, "name": card.name, "words": "；".join(_parts(request, card)) or _("所有事项"), "post": post.name if post else "—", "broken": broken}


def _parts(request: Request, card: RuleCard) -> list[str]:
    names = {c.key: c.name for c in request.town.categories.values()}
    found = [_("类别是{names}").format(names="、".join(names.get(key, key) for key in card.categories))] if card.categories else []
    found += [_("在{names}").format(names="、".join(request.town.name_of(p) or "—" for p in card.places))] if card.places else []
    found += [_("到了{names}一级").format(names="、".join(_(LEVELS[level]) for level in card.levels))] if card.levels else []
    found += [_("{start} 点到 {end} 点").format(start=card.hours[0], end=card.hours[1])] if card.hours else []
    return found + ([_("话里有{names}").format(names="、".join(card.words))] if card.words else [])


def said_by(request: Request, by: str) -> str:
    """What a matter was routed by, in words."""
    kind, _colon, number = by.partition(":")
    if kind not in ("rule", "broken"):
        return _(BY.get(kind, BY[""]))
    card = next((c for cards in request.town.rules.values() for c in cards if str(c.id) == number), None)
    name = card.name if card else _("已经不用的规则")
    return _("规则“{name}”坏了，交给网格中心").format(name=name) if kind == "broken" else _("规则“{name}”").format(name=name)


def trace(request: Request, route: str) -> str:
    """How a matter found its first post: what was looked at, and what decided."""
    looked = route.split()
    before = [said_by(request, step.removesuffix("-")) for step in looked[:-1]]
    if not looked:
        return said_by(request, "")
    ended = _ended(request, looked[-1])
    if not before:
        return _("{ended}。").format(ended=ended)
    told = _("先看了{before}，都不符合，{ended}。") if len(before) > 1 else _("先看了{before}，不符合，{ended}。")
    return told.format(before="、".join(before), ended=ended)


def _ended(request: Request, by: str) -> str:
    """What decided at last, as the end of a sentence."""
    last = {"officer": _("派给网格的岗位"), "desk": _("派给窗口"), "on_call": _("派给值班的岗位")}.get(by)
    if last or by.startswith("broken"):
        return last or said_by(request, by)
    return _("按{by}派的").format(by=said_by(request, by))


def _worst(request: Request, place: PlaceCard) -> list[dict[str, Any]]:
    names = {c.key: c.name for c in request.town.categories.values() if c.tenant == place.tenant}
    rows = [row for row in routes.ping_pong(place.id, now=request.now) if row[3]]
    return [
        {"by": said_by(request, by), "kind": names.get(kind, kind) or _("还没有定类"), "number": n, "back": back, "url": _list(kind)}
        for by, kind, n, back in rows[:WORST]
    ]


def _list(kind: str) -> str:
    return f"{reverse('matters')}?all=1&kind={kind}" if kind else reverse("matters")


def _trial(request: Request, place: PlaceCard, values: Mapping[str, Any], rule: int | None) -> dict[str, Any]:
    """What would have changed in the last quarter."""
    hours = (values["hour_from"], values["hour_to"]) if values["hour_from"] is not None else None
    lists = (tuple(values["categories"]), tuple(values["places"]), tuple(values["levels"]))
    draft = RuleCard(rule or 0, values["name"], values["post_id"], *lists, hours, tuple(values["words"]))
    cards = request.town.rules.get(place.tenant, ())
    wanted = [draft if card.id == rule else card for card in cards] if rule else [*cards, draft]
    found = routes.tried(place.id, wanted, town=request.town, now=request.now)
    names = {pk: post.name for pk, post in request.town.posts.items()}
    rows = [
        {
            "title": change.item.title, "url": reverse("item", args=[change.item.pk]), "at": words.moment(change.item.opened_at, request.now),
            "was": names.get(change.was or 0, "—"), "now": names.get(change.now or 0, "—"),
        }
        for change in found.changes[:SHOWN]
    ]  # fmt: skip
    caught = found.caught.get(f"rule:{draft.id}", 0)
    rest = max(0, len(found.changes) - SHOWN)
    return {"looked_at": found.looked_at, "number": len(found.changes), "caught": caught, "rows": rows, "rest": rest, "is_all": _catches_all(values)}


def _said(request: Request, rule: Rule) -> dict[str, Any]:
    names = {c.key: c.name for c in request.town.categories.values() if c.tenant == rule.tenant_id}
    places = {pk: name for name, pk in _places(request, request.town.places[_seat(request).place]).items()}
    return {
        "name": rule.name, "categories": "\n".join(names.get(key, key) for key in rule.categories), "places": "\n".join(places.get(p, "") for p in rule.places),
        "levels": rule.levels, "hour_from": rule.hour_from, "hour_to": rule.hour_to, "words": " ".join(rule.words), "post": rule.post_id,
    }  # fmt: skip


def _form(request: Request, place: PlaceCard, said: Any, errors: Mapping[str, str] | None = None, *, is_all: bool = False) -> list[dict[str, Any]]:
    chosen = said.getlist("levels") if hasattr(said, "getlist") else said.get("levels", [])
    levels = [{"value": k, "label": _(v), "on": k in chosen} for k, v in LEVELS.items()]
    leads = [{"value": p.id, "label": p.name, "on": str(p.id) == str(said.get("post", ""))} for p in _leads(request, place)]
    fields: list[dict[str, Any]] = [
        {"kind": "text", "name": "name", "label": _("规则叫什么"), "required": True, "max_length": 40},
        {"kind": "textarea", "name": "categories", "label": _("哪些类别"), "rows": 2, "help": _("类别或大类的名字，一行一个；不填就是所有类别")},
        {"kind": "textarea", "name": "places", "label": _("哪些地方"), "rows": 2, "help": _("社区、网格的名字，一行一个；不填就是全街道")},
        {"kind": "radio-chips", "many": True, "name": "levels", "label": _("到了哪一级"), "choices": levels},
        {"kind": "number", "name": "hour_from", "label": _("从几点"), "min": 0, "max": 23, "inputmode": "numeric"},
        {"kind": "number", "name": "hour_to", "label": _("到几点"), "min": 0, "max": 24, "inputmode": "numeric", "help": _("可以过半夜，比如从 22 到 6")},
        {"kind": "text", "name": "words", "label": _("话里有哪些词"), "help": _("几个词用空格分开，有一个就算"), "max_length": 200},
        {"kind": "select", "name": "post", "label": _("交给谁受理"), "required": True, "blank": _("请选择"), "choices": leads},
    ]  # fmt: skip
    if is_all or "sure" in (errors or {}):
        fields.append({"kind": "checkbox", "name": "sure", "label": _("没有条件也要：所有来件都走这一条"), "value": said.get("sure", "")})
    for field in fields:
        if field["kind"] in ("text", "textarea", "number"):
            field["value"] = said.get(field["name"], "")
        if errors and field["name"] in errors:
            field["error"] = errors[field["name"]]
    return fields


def _errors(wrong: Refused | WrongType) -> dict[str, str]:
    if isinstance(wrong, WrongType):
        return dict(wrong.problems)
    return {name: wrong.detail if wrong.code != "missing" else _("这一项要填。") for name in wrong.fields}
