"""The rest of the contract: who comes in, the loops as they are, duties, choices, files, the description, and bodies drawn at random."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pydantic import TypeAdapter

from calling import BASE, problem
from drawing import draw
from hawthorn.accounts.actions import end_token, make_token
from hawthorn.accounts.models import Token
from hawthorn.files.models import Attachment
from hawthorn.kernel.slots import CHOICES, LOOPS, Asking
from hawthorn.loops.models import Item
from make import Scene

ADDRESSES = ("/loops", "/matters", "/matters/1", "/matters/1/events", "/duties", "/choices/grids", "/complaints", "/vacancies/3")


# ── who comes in ──
def test_without_a_token_everything_but_the_description_is_401(call: Any) -> None:
    nobody = call("")
    for path in ADDRESSES:
        assert problem(nobody.get(path), 401, "no_token")
        assert nobody.get(path)["WWW-Authenticate"] == "Bearer"
    for path in ("/matters", "/matters/1/steps/accept", "/files"):
        problem(nobody.post(path), 401, "no_token")
    assert nobody.get("/openapi.json").status_code == 200


def test_a_wrong_ended_expired_or_disabled_token_is_401(call: Any, s: Scene) -> None:
    user = s.users["officer1"]
    for words in ("Bearer", "Bearer ", "Bearer x", "Basic eDp5", "Bearer \xff", "x" * 5000):
        problem(Client().get(f"{BASE}/loops", headers={"Authorization": words}), 401, "no_token")
    me = call("officer1")
    assert me.get("/loops").status_code == 200
    end_token(Token.objects.get(user=user).pk, user=user, now=s.now)
    problem(me.get("/loops"), 401, "no_token")
    short = make_token(user, "short", now=s.now, days=1)
    ask = {"Authorization": f"bearer {short}"}
    assert Client().get(f"{BASE}/loops", headers=ask).status_code == 200
    s.later(days=2)
    problem(Client().get(f"{BASE}/loops", headers=ask), 401, "no_token")
    later = {"Authorization": f"Bearer {make_token(user, 'later', now=s.now)}"}
    user.is_active = False
    user.save()
    problem(Client().get(f"{BASE}/loops", headers=later), 401, "no_token")


def test_a_token_is_kept_as_a_digest_only(s: Scene) -> None:
    plain = make_token(s.users["desk"], "x", now=s.now)
    assert plain not in json.dumps(list(Token.objects.values()), default=str)
    assert len(plain) > 40


def test_a_session_does_not_open_the_json_door(s: Scene) -> None:
    client = Client()
    client.force_login(s.users["desk"], backend="hawthorn.accounts.signin.Door")
    problem(client.get(f"{BASE}/matters"), 401, "no_token")


@pytest.mark.parametrize("path", ["/", "/nothing/at/all", "/matters/abc", "/matters/1/2/3", "/matters/-1", "/loops/", "/x" * 40, "/matters/1/steps/"])
def test_an_unknown_address_is_a_404_problem(call: Any, path: str) -> None:
    for who in ("", "desk"):
        problem(call(who).get(path), 404, "not_there")
        problem(call(who).post(path), 404, "not_there")


def test_a_wrong_method_is_a_problem(call: Any) -> None:
    client = Client()
    for path in ("/loops", "/matters/1", "/duties", "/files"):
        answer = client.delete(BASE + path)
        problem(answer, 405, "wrong_method")
        assert answer["Allow"]


def test_too_many_requests_are_429(call: Any, settings: Any, s: Scene) -> None:
    settings.HAWTHORN_API_A_MINUTE = 3
    me = call("officer1")
    assert [me.get("/loops").status_code for _n in range(3)] == [200] * 3
    answer = me.get("/loops")
    problem(answer, 429, "slow_down")
    assert answer["Retry-After"]
    assert call("officer2").get("/loops").status_code == 200
    s.later(minutes=2)
    assert me.get("/loops").status_code == 200


def test_what_breaks_inside_is_a_problem_without_the_inside(call: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("hawthorn.web.api_loops.loop_card", broken)
    answer = call("desk").get("/loops")
    assert "secret" not in json.dumps(problem(answer, 500, "broken"))


def test_a_key_that_is_too_long_is_422(call: Any) -> None:
    problem(call("officer1").post("/matters", {"words": "x"}, Idempotency_Key="k" * 65), 422, "wrong_type")
    assert call("officer1").post("/matters", {"words": "x"}, Idempotency_Key="k" * 64).status_code == 201


def test_a_body_that_is_too_large_is_413(call: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(call("officer1").post("/matters", {"words": "x" * 2000}), 413, "too_large")


# ── the loops as they are ──
def test_every_loop_is_told_with_stages_steps_and_schemas(call: Any) -> None:
    said = {loop["name"]: loop for loop in call("officer1").get("/loops").json()["items"]}
    assert set(said) == {loop.name for loop in LOOPS}
    for loop in LOOPS:
        told = said[loop.name]
        assert {"name", "label", "starts", "create", "stages", "steps"} <= set(told)
        assert [stage["code"] for stage in told["stages"]] == list(loop.stages)
        assert all({"code", "label", "open", "holder", "limit", "waiting"} <= set(stage) for stage in told["stages"])
        assert [step["name"] for step in told["steps"]] == list(loop.steps)
        assert all({"name", "label", "sources", "targets", "who", "needs", "time_out"} <= set(step) for step in told["steps"])
        assert (told["create"] is None) == (loop.create is None)
        assert set(told["starts"]) <= set(loop.stages)
    matters = said["matters"]
    assert matters["starts"] == ["found"]
    assert matters["create"]["required"] == ["words"]
    steps = {step["name"]: step for step in matters["steps"]}
    assert steps["no_answer"]["time_out"]
    assert not steps["accept"]["time_out"]
    assert steps["dispatch"]["needs"]["properties"]["lead"]["x-choices"] == "/api/v1/choices/leads"
    assert steps["dispatch"]["needs"]["required"] == ["lead"]
    assert "version" in steps["accept"]["needs"]["properties"]
    assert matters["stages"][0] == {
        "code": "found",
        "label": "待受理",
        "open": True,
        "holder": "受理级别的岗位",
        "limit": "受理时限",
        "waiting": False,
        "reads": "已收到",
    }


def test_the_schemas_stand_alone(call: Any) -> None:
    words = call("officer1").get("/loops").content.decode()
    for inside in ("$ref", "$defs", "x-contact"):
        assert inside not in words
    said = call("officer1").get("/openapi.json").content.decode()
    assert "$defs" not in said


# ── duties ──
def duties(me: Any, query: str) -> list[int]:
    found: list[int] = []
    cursor = ""
    for _n in range(50):
        said = me.get(f"/duties?{query}&cursor={cursor}").json()
        found += [d["item"] for d in said["items"]]
        cursor = said["next"]
        if cursor is None:
            return found
    raise AssertionError("no end")


def test_ones_own_duties_are_the_open_items_of_ones_posts_earliest_first(call: Any, s: Scene) -> None:
    first = s.start("officer1", {"words": "x", "unit": s.units["u1"].pk}).id
    urgent = s.start("officer1", {"words": "x", "unit": s.units["u1"].pk, "tier": "urgent"}).id
    s.start("officer2", {"words": "x", "unit": s.units["u2"].pk})
    assert duties(call("officer1"), "mine=1") == [urgent, first]
    assert duties(call("officer1"), "") == [urgent, first]
    assert duties(call("officer1"), "mine=1&limit=1") == [urgent, first]
    assert duties(call("desk"), "mine=1") == []
    said = call("officer1").get("/duties?mine=1").json()["items"][0]
    assert (said["loop"], said["holder"], said["stage"]) == ("matters", s.posts["officer1"].pk, "found")
    assert said["due_at"]
    s.step("officer1", first, "accept")
    s.step("officer1", first, "settle", {"result": "x", "say": "y"})
    assert duties(call("officer1"), "mine=1") == [urgent]


def test_all_duties_are_those_within_what_one_may_see(call: Any, s: Scene) -> None:
    one = s.start("officer1", {"words": "x", "unit": s.units["u1"].pk}).id
    two = s.start("officer2", {"words": "x", "unit": s.units["u2"].pk}).id
    far = s.start("officer9", {"words": "x", "unit": s.units["u9"].pk}).id
    s.step("officer1", one, "accept")
    s.step("center", one, "call_for_help", {"agencies": [s.posts["water"].pk], "what": "查管"})
    child = s.child(one, "assists")
    assert set(duties(call("center"), "all=1")) == {one, two, child}
    assert set(duties(call("center"), "all=1&limit=1")) == {one, two, child}
    assert set(duties(call("officer1"), "all=1")) == {one, child}
    assert set(duties(call("water"), "all=1")) == {one, child}
    assert duties(call("water"), "all=1&loop=assists") == [child]
    assert duties(call("water"), "mine=1") == [child]
    assert set(duties(call("center2"), "all=1")) == {far}
    assert duties(call("desk"), f"loop=matters&item={one}&all=1") == [one]
    assert duties(call("desk"), f"loop=assists&item={one}&all=1") == []
    assert duties(call("desk"), f"item={far}") == []
    assert duties(call("night"), "all=1") == []
    problem(call("desk").get("/duties?loop=nonsense"), 404, "not_there")
    problem(call("desk").get("/duties?item=x"), 422, "wrong_type")
    problem(call("desk").get("/duties?mine=x"), 422, "wrong_type")


# ── choices ──
def test_choices_are_those_the_caller_may_choose(call: Any, s: Scene) -> None:
    said = call("officer1").get("/choices/grids").json()["items"]
    assert {"value": s.places["grid1"].pk, "label": "东社区 一网格"} in said
    assert s.places["grid9"].pk not in [row["value"] for row in said]
    assert [row["value"] for row in call("officer1").get("/choices/grids?q=二网格").json()["items"]] == [s.places["grid2"].pk]
    item = s.start("officer1", {"words": "x", "unit": s.units["u1"].pk}).id
    leads = call("desk").get(f"/choices/leads?item={item}").json()["items"]
    assert s.posts["officer1"].pk in [row["value"] for row in leads]
    assert s.posts["agency2"].pk not in [row["value"] for row in leads]
    assert call("officer1").get(f"/choices/leads?item={item}").json()["items"] == []
    problem(call("desk").get("/choices/nonsense"), 404, "not_there")
    problem(call("desk").get("/choices/leads?item=x"), 422, "wrong_type")
    problem(call("desk").get(f"/choices/leads?item={10**25}"), 422, "wrong_type")
    for kind, _provider in CHOICES.items():
        assert call("night").get(f"/choices/{kind}").json() == {"items": []}


def test_every_choice_named_in_a_schema_can_be_asked_for(call: Any) -> None:
    words = call("officer1").get("/loops").content.decode()
    kinds = {part.split('"')[0] for part in words.split("/api/v1/choices/")[1:]}
    assert kinds
    for kind in kinds:
        rows = call("center").get(f"/choices/{kind}").json()["items"]
        assert all(set(row) == {"value", "label"} for row in rows)


# ── files ──
def png(size: tuple[int, int] = (40, 30)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "PNG")
    out.seek(0)
    out.name = "../../x.png"
    return out


def send(me: Any, file: Any) -> Any:
    return me.client.post(f"{BASE}/files", {"file": file}, headers={"Authorization": f"Bearer {me.token}"})


def test_a_photo_is_kept_and_used_once_by_who_sent_it(call: Any, s: Scene, settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path
    answer = send(call("officer1"), png())
    assert answer.status_code == 201
    said = answer.json()
    assert said["mime"] == "image/jpeg"
    body = {"words": "x", "unit": s.units["u1"].pk, "files": [said["id"]]}
    problem(call("officer2").post("/matters", {**body, "unit": s.units["u2"].pk}), 409, "not_a_choice")
    item = call("officer1").post("/matters", body).json()["id"]
    assert Attachment.objects.get(pk=said["id"]).item == item
    problem(call("officer1").post("/matters", body), 409, "not_a_choice")


def test_what_is_no_photo_is_refused(call: Any, settings: Any, tmp_path: Any) -> None:
    settings.FILES_ROOT = tmp_path
    me = call("officer1")
    problem(send(me, io.BytesIO(b"<svg onload=alert(1)>")), 422, "wrong_type")
    problem(send(me, io.BytesIO(b"\xff\xd8" + b"x" * (10 * 1024 * 1024))), 413, "too_large")
    problem(me.post("/files"), 409, "missing")
    assert not Attachment.objects.exists()


# ── the description ──
def test_the_description_names_every_loop_and_step_with_its_body(call: Any) -> None:
    said = call("").get("/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    for loop in LOOPS:
        assert "get" in said["paths"][f"/api/v1/{loop.name}"]
        for step in loop.steps.values():
            if step.sources:
                post = said["paths"][f"/api/v1/{loop.name}/{{id}}/steps/{step.name}"]["post"]
                properties = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
                assert set(properties) == {*step.needs.model_fields, "version"}
    names = [does["operationId"] for path in said["paths"].values() for does in path.values()]
    assert len(names) == len(set(names))
    _references_resolve(said, said)
    for path, does in said["paths"].items():
        for one in does.values():
            named = {p["name"] for p in one.get("parameters", []) if p["in"] == "path"}
            assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert one["responses"]


def _references_resolve(value: Any, root: Any) -> None:
    if isinstance(value, dict):
        if "$ref" in value:
            at = root
            for part in value["$ref"].removeprefix("#/").split("/"):
                at = at[part]
        for inner in value.values():
            _references_resolve(inner, root)
    elif isinstance(value, list):
        for inner in value:
            _references_resolve(inner, root)


# ── bodies at random ──
def test_bodies_drawn_from_the_schema_are_taken(call: Any, s: Scene) -> None:
    random = Random(7)
    for loop in LOOPS:
        for step in loop.steps.values():
            if step.sources or loop.create is None:
                continue
            for who in ("officer1", "desk", "center"):
                actor = s.actor(who)
                for _n in range(6):
                    body = draw(step, Asking(actor, s.town, s.now), random)
                    if body is None:
                        continue
                    answer = call(who).post(f"/{loop.name}?step={step.name}", body)
                    assert answer.status_code in (201, 409, 422), answer.content.decode()
                    if answer.status_code == 201:
                        item = Item.objects.get(pk=answer.json()["id"])
                        assert answer.json()["version"] == item.version == 1
                        assert item.open == loop.stages[item.stage].open


def _rubbish(random: Random, depth: int = 0) -> Any:
    kinds = [None, True, False, 0, -1, 10**30, 1.5, "", " ", "x" * 3000, "2026-03-05", "\x00", "😀", "' OR 1=1 --", "{{7*7}}", "0001-01-01", [], {}]
    value = random.choice(kinds)
    if depth < 2 and random.random() < 0.2:
        return [_rubbish(random, depth + 1), {"a": _rubbish(random, depth + 1)}]
    return value


def test_rubbish_is_refused_as_a_problem_and_changes_nothing(call: Any, s: Scene) -> None:
    random, me = Random(11), call("center")
    item = s.start("officer1", {"words": "x", "unit": s.units["u1"].pk}).id
    s.step("officer1", item, "accept")
    for _n in range(250):
        loop = random.choice([x for x in LOOPS])
        step = random.choice(list(loop.steps.values()))
        body = {name: _rubbish(random) for name in (*step.needs.model_fields, "version") if random.random() < 0.8}
        before = Item.objects.count()
        if step.sources:
            version = Item.objects.get(pk=item).version
            answer = me.post(f"/{loop.name}/{item}/steps/{step.name}", body, Idempotency_Key=f"r{_n}")
            unchanged = Item.objects.get(pk=item).version == version
        else:
            answer = me.post(f"/{loop.name}?step={step.name}", body, Idempotency_Key=f"r{_n}")
            unchanged = Item.objects.count() == before
        assert answer.status_code in (200, 201, 404, 409, 422), (loop.name, step.name, body, answer.content.decode())
        if answer.status_code >= 400:
            assert unchanged
            assert answer["Content-Type"].startswith("application/problem+json")
            assert set(answer.json()) - {"fields"} == {"type", "title", "status", "code", "detail"}


def test_page_and_door_write_the_same_event(call: Any, s: Scene) -> None:
    from hawthorn.journal.models import Event

    body = {"words": "x", "unit": s.units["u1"].pk}
    call("officer1").post("/matters", body)
    s.start("officer1", body)
    one, two = Event.objects.order_by("id")
    assert (one.step, one.stage, one.user, one.post, one.door, two.door) == (two.step, two.stage, two.user, two.post, "api", "test")
    assert json.loads(one.body)["facts"].keys() == json.loads(two.body)["facts"].keys()


def test_times_are_said_with_their_zone(call: Any, s: Scene) -> None:
    item = s.start("officer1", {"words": "x", "unit": s.units["u1"].pk}).id
    said = call("officer1").get(f"/matters/{item}").json()
    assert TypeAdapter(Any).validate_python(said["due_at"]).endswith("+00:00")
    assert s.now + timedelta(hours=1) < Item.objects.get(pk=item).due_at
