"""URL × role × answer, one readable table (rights.txt), built from the URLconf. An address missing from it fails.

The table is reviewed by people: 302 → sign in, 404 may not see (or is not there), 409 sees but may not do now, 403 a page of other posts.
After a change of rights: HAWTHORN_REWRITE=1 pytest tests/guards/test_rights_table.py, then read the difference line by line.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hawthorn.accounts.actions import make_token
from hawthorn.accounts.models import User
from hawthorn.assessments.actions import meetings
from hawthorn.gateways.messages_jobs import begin
from hawthorn.handovers.actions import handing
from hawthorn.journal.models import Event
from hawthorn.loops.models import Item, Reporter
from hawthorn.redrawing.actions import plans
from hawthorn.teams import actions as teams
from hawthorn.teams import group_actions
from hawthorn.teams.models import Holding
from make import Scene
from walking import campaign, door, errand, point, walk

TABLE = Path(__file__).with_name("rights.txt")
ROLES = (
    "nobody", "officer1", "officer2", "head1", "instructor1", "desk", "desk_village", "secretary", "center", "leader",
    "water", "power", "clinic", "county_desk", "county_admin", "officer9", "center2",
)  # fmt: skip
SKIP = ("static",)
EXPORTS = (
    "matters",
    "complaints",
    "vacancies",
    "today",
    "team",
    "oncall",
    "calendar",
    "map",
    "categories",
    "checkpoints",
    "errand-table",
    "figures",
    "round",
    "users",
)


def addresses() -> list[str]:
    """Every route of the URLconf, as written."""

    def walk(patterns: Any, before: str) -> list[str]:
        found: list[str] = []
        for p in patterns:
            route = before + str(p.pattern)
            if isinstance(p, URLResolver):
                found += walk(p.url_patterns, route)
            elif isinstance(p, URLPattern):
                found.append(route)
        return found

    return sorted({r.replace("^", "") for r in walk(get_resolver().url_patterns, "")})


def things(s: Scene) -> dict[str, Any]:
    """What the addresses name: matters of grid one and of the second tenant, a complaint about grid one, an assist, a receipt."""
    m1 = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"})
    m9 = s.start("officer9", {"words": "西街的事", "unit": s.units["u9"].pk, "phone": "19900009999"})
    m2 = s.start("officer1", {"words": "水管", "unit": s.units["u1"].pk})
    s.step("officer1", m2.id, "call_up", {"tried": "看过", "asks": "请帮"})
    s.step("desk", m2.id, "accept")
    s.step("desk", m2.id, "call_for_help", {"agencies": [s.posts["water"].pk], "what": "来"})
    link = s.start("officer1", {"words": "线", "unit": s.units["u1"].pk})
    s.step("officer1", link.id, "accept")
    token = s.step("officer1", link.id, "wait_outside", {"whom": "公司", "how": "link", "promised_at": s.now + timedelta(days=2)}).slip["link"]
    tenant = s.places["street"].tenant
    sheet = begin(tenant=tenant, source="12345", user=None, name="x", digest="", columns={}, is_dry=True, is_anew=False, now=s.now)
    c1 = s.start("resident", {"about": "grid", "grid": s.places["grid1"].pk, "words": "态度"}, loop="complaints")
    over, now_on, abroad = meeting(s), meeting(s, is_open=True), meeting(s, "center2", "street2", is_open=True)
    news = s.start("center", {"kind": "notice", "heading": "通知", "words": "停水"}, loop="releases")
    return {
        "m1": m1.id, "m9": m9.id, "m2": m2.id, "assist": s.child(m2.id, "assists"), "c1": c1.id, "receipt": m1.receipt, "out": token, "sheet": sheet.pk,
        "t0": over, "t1": now_on, "t9": abroad, "n1": news.id, "news": news.receipt,
        "w1": walk(s).pk, "w9": walk(s, "leader2", "grid9").pk, "d1": door(s).pk,
        "k1": campaign(s).pk, "k9": campaign(s, "center2").pk, "e1": errand(s), "e9": errand(s, "center2", "grid9"),
        "p1": point(s).row.pk, "p9": point(s, "grid9", "center2").row.pk, "g1": s.places["grid1"].pk, "g9": s.places["grid9"].pk, "key": uuid4(),
        "pl1": drawn(s, "desk", "community"), "pl9": drawn(s, "center2", "community2"),
        "gp9": party(s), "o1": s.posts["officer1"].pk, "o9": s.posts["officer9"].pk, "h1": leaving(s, "officer1"), "h9": leaving(s, "officer9"), "u1": s.users["officer1"].pk,
        "y1": s.places["community"].pk, "y9": s.places["community2"].pk, "z1": s.units["u1"].pk, "z9": s.units["u9"].pk,
        "reporter": Reporter.objects.get(item=m1.id).pk, "grid": s.places["grid1"].code,
    }  # fmt: skip


def meeting(s: Scene, who: str = "center", place: str = "street", *, is_open: bool = False) -> int:
    """A weekly assessment with one point brought up; frozen unless it is to stay open."""
    given = {"actor": s.actor(who), "town": s.town, "now": s.now}
    made = meetings.draw_up(s.town.places[s.places[place].pk], door="test", **given)
    meetings.add_point(made, "集市放在哪里", **given)
    if not is_open:
        meetings.close(made, {}, door="test", **given)
    return made


def leaving(s: Scene, post: str) -> int:
    """The handover of a post whose holder leaves tomorrow."""
    teams.end_holding(holding=Holding.objects.get(post=s.posts[post], to_at=None), to_at=s.now + timedelta(days=1), now=s.now)
    handing.keep_up([s.posts[post].pk], town=s.town, now=s.now, door="test")
    return Item.objects.get(loop="handovers", title__contains=s.posts[post].name).pk


def party(s: Scene) -> int:
    """The Party group of a grid of the second tenant."""
    return group_actions.set_up(s.places["grid9"].pk, actor=s.actor("center2"), town=s.town, now=s.now).pk


def drawn(s: Scene, who: str, community: str) -> int:
    """A plan for the grids of a community, as they are today."""
    return plans.draft(s.town.places[s.places[community].pk], {}, actor=s.actor(who), town=s.town, now=s.now, door="test")


# route → the requests that stand for it: (method, address with {thing}, body or None)
def requests(route: str) -> list[tuple[str, str, Any]]:
    """The requests that stand for a route; none: the table lacks it."""
    if route.startswith("api/v1/"):
        return api_requests("/" + route)
    special: dict[str, list[tuple[str, str, Any]]] = {
        "i/<int:item>": [("GET", f"/i/{{{x}}}", None) for x in ("m1", "m9", "m2", "assist", "c1", "n1", "h1")],
        "meeting/<int:item>": [("GET", f"/meeting/{{{x}}}", None) for x in ("t0", "t1", "t9")],
        "meeting/<int:item>/<int:sort>": [("GET", f"/meeting/{{{x}}}/1", None) for x in ("t0", "t1", "t9")] + [("POST", "/meeting/{t1}/1", {"decision": "none"})],
        "meeting/<int:item>/<slug:what>.<slug:form>": [("GET", f"/meeting/{{{x}}}/minutes.docx", None) for x in ("t0", "t1", "t9")],
        "meeting/<int:item>/add": [("POST", f"/meeting/{{{x}}}/add", {"about": ""}) for x in ("t0", "t1", "t9")],
        "meeting/<int:item>/close": [("POST", f"/meeting/{{{x}}}/close", {}) for x in ("t0", "t9")],
        "meeting/<int:item>/correct": [("POST", f"/meeting/{{{x}}}/correct", {"words": ""}) for x in ("t0", "t1", "t9")],
        "meeting/<int:item>/digest": [("POST", "/meeting/{t1}/digest", {}), ("POST", "/meeting/{t9}/digest", {})],
        "news/<str:receipt>": [("GET", "/news/{news}", None), ("GET", "/news/AAAAAAAA", None)],
        "wall/<str:signed>": [("GET", "/wall/nonsense", None)],
        "board/draft": [("POST", "/board/draft", {"place": "x", "month": "2026-01"})],
        "i/<int:item>/do/<slug:name>": [
            ("GET", "/i/{m1}/do/accept", None), ("GET", "/i/{m9}/do/accept", None), ("GET", "/i/{c1}/do/take_up", None),
            ("GET", "/i/{assist}/do/assist_accept", None), ("POST", "/i/{m9}/do/note", {"words": "x"}), ("POST", "/i/{m1}/do/settle", {}),
        ],
        "i/<int:item>/print": [("GET", f"/i/{{{x}}}/print", None) for x in ("m1", "m9", "m2", "assist", "c1")],
        "i/<int:item>/reveal": [("POST", "/i/{m1}/reveal", {"reporter": "{reporter}", "reason": ""}), ("POST", "/i/{m9}/reveal", {"reporter": "{reporter}", "reason": "核对"})],
        "what/<str:receipt>": [("GET", "/what/{receipt}", None), ("GET", "/what/AAAAAAAA", None)],
        "what/photo/<str:signed>": [("GET", "/what/photo/nonsense", None)],
        "g/<str:code>": [("GET", "/g/{grid}", None), ("GET", "/g/000000000000000", None)],
        "g/<str:code>/sign-<slug:size>.pdf": [("GET", "/g/{grid}/sign-a9.pdf", None), ("GET", "/g/000000000000000/sign-a4.pdf", None)],
        "out/<str:token>": [("GET", "/out/{out}", None), ("GET", "/out/nonsense", None)],
        "redrawing/<int:community>": [("GET", f"/redrawing/{{{x}}}", None) for x in ("y1", "y9")] + [("POST", f"/redrawing/{{{x}}}", {}) for x in ("y1", "y9")],
        "redrawing/<int:community>/plans": [("GET", f"/redrawing/{{{x}}}/plans", None) for x in ("y1", "y9")] + [("POST", "/redrawing/{y1}/plans", {"do": "stop"})],
        "redrawing/plan/<int:item>": [("GET", f"/redrawing/plan/{{{x}}}", None) for x in ("pl1", "pl9")] + [("POST", "/redrawing/plan/{pl1}", {"unit": "{z1}"})],
        "redrawing/plan/<int:item>.xlsx": [("GET", f"/redrawing/plan/{{{x}}}.xlsx", None) for x in ("pl1", "pl9")],
        "redrawing/plan/<int:item>/paper.<slug:form>": [("GET", f"/redrawing/plan/{{{x}}}/paper.docx", None) for x in ("pl1", "pl9")],
        "redrawing/<int:community>/units": [("GET", f"/redrawing/{{{x}}}/units", None) for x in ("y1", "y9")] + [("POST", "/redrawing/{y1}/units", {})],
        "redrawing/plan/<int:item>/sheet": [("GET", f"/redrawing/plan/{{{x}}}/sheet", None) for x in ("pl1", "pl9")] + [("POST", "/redrawing/plan/{pl1}/sheet", {})],
        "redrawing/<int:community>/<int:unit>": [("GET", f"/redrawing/{{{x}}}", None) for x in ("y1}/{z1", "y1}/{z9")] + [("POST", "/redrawing/{y1}/{z1}", {"do": "cut"})],
        "rounds/<int:checkpoint>/problem": [("GET", f"/rounds/{{{x}}}/problem", None) for x in ("p1", "p9")] + [("POST", "/rounds/{p1}/problem", {"words": "x"})],
        "rounds/look": [("POST", "/rounds/look", {"checkpoint": "{p1}", "result": "skipped", "reason": "nonsense", "key": "{key}"}), ("POST", "/rounds/look", {"checkpoint": "{p9}", "key": ""})],
        "rounds/rest": [("GET", f"/rounds/rest?grid={{{x}}}", None) for x in ("g1", "g9")],
        "rounds": [("GET", "/rounds", None), ("GET", "/rounds?grid={g1}", None), ("GET", "/rounds?grid={g9}", None)],
        "checkpoints/<int:checkpoint>": [("GET", f"/checkpoints/{{{x}}}", None) for x in ("p1", "p9")] + [("POST", "/checkpoints/{p1}", {"kind": "x"})],
        "campaigns/<int:campaign>": [("GET", f"/campaigns/{{{x}}}", None) for x in ("k1", "k9")],
        "errands/<int:errand>/table": [("GET", f"/errands/{{{x}}}/table", None) for x in ("e1", "e9")],
        "walks/<int:walk>": [("GET", f"/walks/{{{x}}}", None) for x in ("w1", "w9")],
        "visits": [("GET", "/visits", None), ("GET", "/visits?grid={g1}", None), ("GET", "/visits?grid={g9}", None)],
        "visits/mark": [("POST", "/visits/mark", {"door": "{d1}", "result": "nonsense", "key": "{key}"})],
        "visits/plan": [("GET", f"/visits/plan?grid={{{x}}}", None) for x in ("g1", "g9")],
        "import/messages/<int:job>": [("GET", "/import/messages/{sheet}", None), ("POST", "/import/messages/{sheet}", {"do": "stop"})],
        "views/<slug:loop>": [("POST", "/views/matters", {"name": "一", "query": "late=1"})],
        "views/<slug:loop>/<int:view>/drop": [("POST", "/views/matters/999999/drop", {})],
        "export/<slug:what>": [("GET", f"/export/{x}", None) for x in EXPORTS],
        "export/<slug:what>.<slug:form>": [("GET", f"/export/{x}.csv", None) for x in EXPORTS] + [("GET", "/export/matters.xlsx", None), ("GET", "/export/matters.exe", None)],
        "team/post/<int:post>": [("GET", f"/team/post/{{{x}}}", None) for x in ("o1", "o9")] + [("POST", "/team/post/{o1}", {"do": "appoint", "user": ""})],
        "team/grid/<int:grid>": [("GET", f"/team/grid/{{{x}}}", None) for x in ("g1", "g9")] + [("POST", "/team/grid/{g1}", {"do": "number", "number": "x"})],
        "party": [("GET", "/party", None), ("POST", "/party", {"do": "ask"}), ("POST", "/party", {"do": "claim", "group": "{gp9}"})],
        "leave": [("GET", "/leave", None), ("GET", "/leave?who={u1}", None), ("POST", "/leave", {"do": "add", "who": "{u1}", "from_on": ""})],
        "handovers/<int:item>": [("GET", f"/handovers/{{{x}}}", None) for x in ("h1", "h9")],
        "handovers/<int:item>/print": [("GET", f"/handovers/{{{x}}}/print", None) for x in ("h1", "h9")],
        "files/<int:file>": [("GET", "/files/999999", None)],
        "today/noted/<int:nudge>": [("POST", "/today/noted/999999", {})],
    }  # fmt: skip
    if route in special:
        return special[route]
    return [] if "<" in route else [("GET", f"/{route}", None)]


def api_requests(route: str) -> list[tuple[str, str, Any]]:
    """The same for the JSON interface."""
    if "steps" in route:
        return [
            ("API POST", f"/api/v1/{x}", {})
            for x in ("matters/{m1}/steps/accept", "matters/{m9}/steps/accept", "complaints/{c1}/steps/take_up", "assists/{assist}/steps/assist_refuse")
        ]
    if "events" in route:
        return [("API GET", f"/api/v1/matters/{{{x}}}/events", None) for x in ("m1", "m9")] + [("API GET", "/api/v1/complaints/{c1}/events", None)]
    if "choices" in route:
        return [("API GET", "/api/v1/choices/leads", None), ("API GET", "/api/v1/choices/leads?item={m9}", None)]
    if route.count("<") == 2:
        return [("API GET", f"/api/v1/matters/{{{x}}}", None) for x in ("m1", "m9", "m2")] + [
            ("API GET", "/api/v1/complaints/{c1}", None),
            ("API GET", "/api/v1/assists/{assist}", None),
        ]
    if route.count("<") == 1:
        return [
            ("API GET", "/api/v1/matters", None),
            ("API GET", "/api/v1/complaints", None),
            ("API POST", "/api/v1/assists", {}),
            ("API POST", "/api/v1/matters", {}),
        ]
    method = "API POST" if route.endswith("/files") else "API GET"
    return [(method, route, {} if method == "API POST" else None)]


def ask(client: Client, method: str, address: str, body: Any, token: str) -> int:
    """The status of one request."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if method == "API POST":
        return client.post(address, body, content_type="application/json", headers=headers).status_code
    if method == "API GET":
        return client.get(address, headers=headers).status_code
    return (client.post(address, body) if method == "POST" else client.get(address)).status_code


def fill(words: Any, known: dict[str, Any]) -> Any:
    """Names in braces replaced by what they stand for."""
    if isinstance(words, dict):
        return {k: fill(v, known) for k, v in words.items()}
    return words.format(**known) if isinstance(words, str) else words


def table(s: Scene, monkeypatch: pytest.MonkeyPatch, routes: list[str]) -> tuple[list[str], list[str]]:
    """The table's lines for some routes, and the routes without a line."""
    monkeypatch.setattr("hawthorn.kernel.clock.now", lambda: s.now)
    known = things(s)
    clients: dict[str, tuple[Client, str]] = {"nobody": (Client(), "")}
    for who in ROLES[1:]:
        client, user = Client(), User.objects.get(username=who)
        client.force_login(user, backend="hawthorn.accounts.signin.Door")
        clients[who] = (client, make_token(user, "t", now=s.now))
    lines, lacking = [], []
    for route in routes:
        rows = requests(route)
        if not rows and not any(route.startswith(x) for x in SKIP):
            lacking.append(route)
        for method, address, body in rows:
            before = (Item.objects.count(), Event.objects.count())
            found = []
            for who in ROLES:
                client, token = clients[who]
                found.append(str(ask(client, method, fill(address, known), fill(body, known), token if method.startswith("API") else "")))
                if found[-1] in ("404", "409", "403", "401", "422"):
                    assert (Item.objects.count(), Event.objects.count()) == before, (method, address, who)
                before = (Item.objects.count(), Event.objects.count())
            lines.append(f"{method:<8} {address:<44} " + " ".join(found))
    return sorted(set(lines)), lacking


def test_every_address_answers_every_role_as_the_table_says(s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, lacking = table(s, monkeypatch, addresses())
    assert lacking == [], "an address without a line in the table"
    words = "\n".join(["# " + " ".join(ROLES), *lines]) + "\n"
    if os.environ.get("HAWTHORN_REWRITE"):
        TABLE.write_text(words, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8").splitlines() == words.splitlines()


def test_a_planted_address_is_found_by_the_table(s: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ROOT_URLCONF = "guards.planted_urls"
    planted = [route for route in addresses() if route.startswith("planted")]
    lines, lacking = table(s, monkeypatch, planted)
    assert lacking == ["planted/<int:thing>"]
    assert set(lines) - set(TABLE.read_text(encoding="utf-8").splitlines()) == set(lines) != set()
    assert lines[0].split()[2:] == ["200"] * len(ROLES)


def test_the_second_tenant_reads_nothing_of_the_first() -> None:
    """Read off the table: the two rightmost roles get 404 (or less) for each thing of the first, the others for m9."""
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        answers = dict(zip(ROLES, line[54:].split(), strict=True))
        address = line[9:53]
        if any(x in address for x in ("{m1}", "{m2}", "{c1}", "{assist}", "{p1}", "{g1}", "{k1}", "{e1}", "{w1}", "{d1}", "{o1}", "{h1}", "{u1}")):
            assert {answers["officer9"], answers["center2"]} <= {"404"}, line
        if any(x in address for x in ("{m9}", "{p9}", "{g9}", "{k9}", "{e9}", "{w9}", "{o9}", "{h9}")):
            assert {answers[who] for who in ("officer1", "desk", "center", "leader", "water")} <= {"404"}, line
        assert "500" not in answers.values(), line
