"""One subdistrict reads, names and changes nothing of another. Built from the URLconf: an address that can name something and is not known here fails."""

from __future__ import annotations

import inspect
import io
import itertools
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

import elsewhere
from elsewhere import FIRST, LAST, MARK, Foreign
from guards.test_rights_table import addresses
from hawthorn.accounts.actions import make_token
from hawthorn.accounts.models import User
from hawthorn.categories import actions as categories
from hawthorn.categories.models import Rule
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.slots import CHOICES, LOOPS, Asking
from hawthorn.kernel.steps import marks
from hawthorn.loops.models import Item
from hawthorn.patrols.rules.visits import DONE
from hawthorn.web.exports import LISTS
from make import Scene

STAFF = ("officer1", "head1", "instructor1", "desk", "secretary", "center", "leader", "water", "clinic")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Addresses open to everybody: what they show is meant for whoever was given the receipt, link, sign or notice.
OPEN = (
    "what/<str:receipt>",
    "what/photo/<str:signed>",
    "g/<str:code>",
    "g/<str:code>/sign-<slug:size>.pdf",
    "out/<str:token>",
    "news/<str:receipt>",
    "wall/<str:signed>",
)
# What an address has besides things: which step, which list, which form.
WORDS: dict[str, tuple[str, ...]] = {
    "name": ("note",), "step": ("note",), "what": ("minutes",), "form": ("docx",), "sort": ("1",), "loop": ("matters",), "kind": (), "anything": ("nothing",),
    "code": (), "size": ("a4",), "receipt": (), "signed": (), "token": (),
}  # fmt: skip
REFUSES = {404, 405}


def views() -> dict[str, Any]:
    """Route → view."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, Any]]:
        for p in patterns:
            route = before + str(p.pattern).replace("^", "")
            if isinstance(p, URLResolver):
                yield from walk(p.url_patterns, route)
            elif isinstance(p, URLPattern):
                yield route, p.callback

    return dict(walk(get_resolver().url_patterns, ""))


def names(route: str) -> list[str]:
    """The parameters of a route."""
    return [name for _kind, name in PARAMETER.findall(route)]


def unknown(routes: list[str], foreign: Foreign) -> list[str]:
    """Routes with a parameter of which nobody has said what it is."""
    return [route for route in routes if not set(names(route)) <= {*foreign, *WORDS}]


def naming(foreign: Foreign) -> list[str]:
    """Routes that name a thing."""
    return [route for route in addresses() if set(names(route)) & set(foreign) and route not in OPEN]


def filled(route: str, foreign: Foreign, own: dict[str, Any]) -> Iterator[str]:
    """The addresses of a route with things of the other subdistrict: each alone beside our own, and all of them; an item under its own loop and steps."""
    things = [name for name in names(route) if name in foreign]
    for chosen in ([{name} for name in things] if len(things) > 1 else []) + [set(things)]:
        values = [foreign[n] if n in chosen else [own[n]] if n in foreign else WORDS[n] for n in names(route)]
        for given in itertools.product(*values):
            known = dict(zip(names(route), given, strict=True))
            yield "/" + PARAMETER.sub(lambda found, known=known: str(known[found[2]]), route)  # type: ignore[misc]
    if "item" in things and {"loop", "name"} & set(names(route)):
        for item, loop, stage in Item.objects.filter(pk__in=foreign["item"]).values_list("pk", "loop", "stage"):
            step = next((name for name, one in LOOPS[loop].steps.items() if stage in one.sources), "note")
            yield "/" + PARAMETER.sub(lambda found, own={"item": item, "loop": loop, "name": step, "step": step}: str(own[found[2]]), route)  # type: ignore[misc]


@pytest.fixture
def foreign(s: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Foreign:
    """The second subdistrict, alive and marked; the pages' clock is the scene's."""
    settings.FILES_ROOT = tmp_path
    monkeypatch.setattr("hawthorn.kernel.clock.now", lambda: s.now)
    return elsewhere.life(s)


def signed_in(s: Scene, who: str) -> tuple[Client, dict[str, str]]:
    """A client, and the headers of the JSON door."""
    client, user = Client(), User.objects.get(pk=s.users[who].pk)
    client.force_login(user, backend="hawthorn.accounts.signin.Door")
    return client, {"Authorization": f"Bearer {make_token(user, 't', now=s.now)}"}


def test_the_other_subdistrict_has_an_open_thing_of_every_loop(foreign: Foreign) -> None:
    assert set(Item.objects.filter(pk__in=foreign["item"]).values_list("loop", flat=True)) == {loop.name for loop in LOOPS}


def test_no_address_can_name_something_that_is_not_tried_here(foreign: Foreign) -> None:
    assert unknown(addresses(), foreign) == []
    assert unknown(["planted/<int:thing>"], foreign) == ["planted/<int:thing>"]
    assert {name for route in naming(foreign) for name in names(route)} & set(foreign) <= set(foreign)
    for route in OPEN:
        assert getattr(views()[route], "is_public", False), f"{route} is not open"


@pytest.mark.parametrize("who", STAFF)
def test_every_address_of_a_thing_of_the_other_subdistrict_is_not_there(s: Scene, foreign: Foreign, who: str) -> None:
    client, headers = signed_in(s, who)
    own = {"item": s.start("officer1", {"words": "自己的", "unit": s.units["u1"].pk}).id, "community": s.places["community"].pk, "unit": s.units["u1"].pk}
    before = state()
    for route in naming(foreign):
        is_api = route.startswith("api/")
        for address in filled(route, foreign, own):
            if is_api:
                found = {
                    client.get(address, headers=headers).status_code,
                    client.post(address, {}, content_type="application/json", headers=headers).status_code,
                }
            else:
                found = {client.get(address).status_code, client.post(address, {"key": "", "do": "write", "reason": "看"}).status_code}
            assert found <= REFUSES and 404 in found, (address, found)  # noqa: PT018  (one thing: it is not there)
    assert state() == before


def state() -> tuple[Any, ...]:
    """What none of it may change."""
    return Event.objects.count(), list(Item.objects.order_by("pk").values_list("pk", "version"))


def texts(body: bytes) -> str:
    """What a person reads of an answer; a workbook or document unpacked."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    return body.decode("utf-8", "ignore")


def asked(address: str) -> list[str]:
    """Every name of a field that the module of a page, or one it imports from beside it, reads from an address: out of the code."""
    view = resolve(address).func
    module = sys.modules[getattr(view, "__module__", "")]
    near = {module.__name__, *re.findall(r"^from (hawthorn\.web\.\w+) import", inspect.getsource(module), re.M)} & sys.modules.keys()
    near |= {
        f"hawthorn.web.{name}" for names in re.findall(r"^from hawthorn\.web import ([\w, ]+)", inspect.getsource(module), re.M) for name in names.split(", ")
    }
    if address.startswith("/api/"):
        near = {name for name in sys.modules if name.startswith("hawthorn.web.api")}
    source = "\n".join(inspect.getsource(sys.modules[name]) for name in sorted(near & sys.modules.keys()) if name.startswith("hawthorn.web"))
    return sorted(set(re.findall(r"""(?:GET\.get\(|GET\[)"(\w+)\"""", source)) - {"in", "next"})


def plain_pages() -> list[str]:
    """Addresses without a thing in them, with each list and form filled in."""
    known = {
        "what": (*LISTS, *(loop.name for loop in LOOPS)),
        "form": ("csv", "xlsx"),
        "loop": tuple(loop.name for loop in LOOPS),
        "kind": tuple(key for key, _ in CHOICES.items()),
    }
    found = []
    for route in addresses():
        if "anything" in names(route) or not set(names(route)) <= set(known):
            continue
        for given in itertools.product(*(known[n] for n in names(route))):
            values = dict(zip(names(route), given, strict=True))
            found.append("/" + PARAMETER.sub(lambda m, values=values: values[m[2]], route))  # type: ignore[misc]
    return found


@pytest.mark.parametrize("who", STAFF)
def test_no_page_list_export_choice_or_figure_holds_a_word_of_the_other_subdistrict(s: Scene, foreign: Foreign, who: str) -> None:
    client, headers = signed_in(s, who)
    for address in plain_pages():
        answer = client.get(address, headers=headers if address.startswith("/api/") else {})
        body = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code < 500, address
        assert MARK not in texts(body), address
        assert "7979797" not in texts(body), address


@pytest.mark.parametrize("who", ["desk", "center", "water"])
def test_searching_and_filtering_finds_nothing_of_the_other_subdistrict(s: Scene, foreign: Foreign, who: str) -> None:
    client, headers = signed_in(s, who)
    grid = foreign["grid"][0]
    values = {"grid": grid, "place": grid, "at": grid, "post": foreign["post"][0], "seat": foreign["post"][0], "item": foreign["item"][0]}
    values |= {"errand": foreign["errand"][0], "unit": foreign["unit"][0], "g": s.places["grid9"].code, "receipt": ""}
    tried = set()
    for address in plain_pages():
        is_open = getattr(resolve(address).func, "is_public", False)
        for name in asked(address) if not address.endswith("xlsx") else ():
            if is_open and name == "g":
                continue  # the code of a sign at a door opens the grid's own page to everybody
            tried.add(name)
            answer = client.get(address, {name: values.get(name, FIRST)}, headers=headers if address.startswith("/api/") else {})
            body = b"".join(answer) if answer.streaming else answer.content
            assert answer.status_code < 500, (address, name)
            assert LAST not in texts(body), (address, name)
    assert {"q", "grid", "at", "place", "item", "unit", "seat"} <= tried


@pytest.mark.parametrize("who", STAFF)
def test_nothing_of_the_other_subdistrict_can_be_named_in_a_command(s: Scene, foreign: Foreign, who: str) -> None:
    own = s.start("officer1", {"words": "自己的", "unit": s.units["u1"].pk})
    marked = [extra for loop in LOOPS for step in loop.steps.values() for extra in marks(step.needs).values()]
    named = {str(extra["x-ref"]) for extra in marked if extra.get("x-ref")} - {loop.name for loop in LOOPS}  # rows of a loop: the test after this one
    assert {"leads", "agencies", "units", "grids", "categories", "users"} <= named
    ids = sorted({value for many in foreign.values() for value in many if isinstance(value, int)})
    for facts in (None, s.facts(own.id)):
        asking = Asking(s.actor(who), s.town, s.now, facts)
        for kind, provider in CHOICES.items():
            assert LAST not in str(provider.list(asking)), kind
            for value in ids if kind in named else ():
                row = provider.row(asking, value)
                said = row.__dict__ if isinstance(row, Model) else row
                assert LAST not in str(said), (kind, value)


@pytest.mark.parametrize("who", STAFF)
def test_commands_that_name_something_of_the_other_subdistrict_are_refused(s: Scene, foreign: Foreign, who: str) -> None:
    own, abroad = s.start("officer1", {"words": "自己的", "unit": s.units["u1"].pk}), Item.objects.filter(pk__in=foreign["item"], loop="matters").first()
    assert abroad is not None
    before = state()
    for given in ({"unit": foreign["unit"][0]}, {"grid": foreign["grid"][0]}, {"community": foreign["community"][0]}, {"category": foreign["category"][0]}):
        with pytest.raises(Refused):
            s.start(who, {"words": "看见的", **({"unit": s.units["u1"].pk} if "category" in given else {}), **given})
    for step, given in (
        ("merge_into", {"into": abroad.pk, "say": "合"}), ("dispatch", {"lead": foreign["post"][0]}), ("relocate", {"grid": foreign["grid"][0]}),
        ("call_for_help", {"agencies": foreign["post"], "what": "来"}), ("classify", {"category": foreign["category"][0]}),
    ):  # fmt: skip
        with pytest.raises((Refused, NotThere)):
            s.step(who, own.id, step, given)
    assert state() == before


def test_forms_of_pages_take_nothing_of_the_other_subdistrict(s: Scene, foreign: Foreign) -> None:
    client, _headers = signed_in(s, "center")
    rule = categories.put_rule(s.places["street2"].tenant, {"name": MARK, "post_id": foreign["post"][0]}, user=None, now=s.now)
    before = (User.objects.get(pk=foreign["user"][0]).password, state())
    for address, body in (
        ("/team", {"user": foreign["user"][0]}), ("/routing", {"do": "drop", "rule": rule.pk}), ("/routing", {"do": "raise", "rule": rule.pk}),
        ("/rounds/look", {"checkpoint": foreign["checkpoint"][0], "result": "fine", "key": str(uuid4())}),
        ("/visits/mark", {"door": foreign["door"][0], "result": DONE, "key": str(uuid4())}),
        ("/board/correct", {"place": foreign["grid"][0], "month": "2026-02", "reason": "看"}),
        ("/board/draft", {"place": foreign["grid"][0], "month": "2026-02"}),
    ):  # fmt: skip
        assert client.post(address, body).status_code == 404, address
    assert (User.objects.get(pk=foreign["user"][0]).password, state()) == before
    assert Rule.objects.filter(pk=rule.pk).exists()
