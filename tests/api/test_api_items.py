"""The contract line by line: make, list, read, step, events, for every loop alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from calling import problem
from hawthorn.kernel.slots import LOOPS
from hawthorn.loops.models import Item, Reporter
from make import Scene

REPORT = {"words": "路灯不亮"}
PRIVATE = ("13800000110", "王示例", "示例路 5 号", "wang@example.cn")


def made(call: Any, s: Scene, who: str = "officer1", **more: Any) -> dict[str, Any]:
    answer = call(who).post("/matters", {**REPORT, "unit": s.units["u1"].pk, **more})
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def test_making_answers_201_with_id_receipt_stage_and_version(call: Any, s: Scene) -> None:
    said = made(call, s)
    assert (said["stage"], said["version"], said["loop"]) == ("found", 1, "matters")
    assert len(said["receipt"]) == 8
    assert Item.objects.get(pk=said["id"]).receipt == said["receipt"]
    assert "slip" not in said


def test_an_asker_gets_a_slip_without_the_token_of_messages(call: Any, s: Scene) -> None:
    said = made(call, s, phone=PRIVATE[0], name=PRIVATE[1])
    assert set(said["slip"]) == {"receipt", "word"}
    assert said["slip"]["receipt"] == said["receipt"]


def test_a_replay_answers_200_with_the_first_answer(call: Any, s: Scene) -> None:
    me, body = call("officer1"), {**REPORT, "unit": s.units["u1"].pk}
    first = me.post("/matters", body, Idempotency_Key="k-1").json()
    me.post(f"/matters/{first['id']}/steps/accept")
    again = me.post("/matters", body, Idempotency_Key="k-1")
    assert again.status_code == 200
    assert {k: again.json()[k] for k in ("id", "receipt", "stage", "version")} == {k: first[k] for k in ("id", "receipt", "stage", "version")}
    problem(me.post("/matters", {**body, "words": "别的"}, Idempotency_Key="k-1"), 409, "key_reused")
    assert Item.objects.count() == 1
    other = call("officer2").post("/matters", body, Idempotency_Key="k-1")
    assert other.status_code == 201


def test_steps_are_replayed_too(call: Any, s: Scene) -> None:
    me, item = call("officer1"), made(call, s)["id"]
    first = me.post(f"/matters/{item}/steps/accept", {}, Idempotency_Key="a")
    assert (first.status_code, first.json()["version"], first.json()["stage"]) == (200, 2, "working")
    me.post(f"/matters/{item}/steps/note", {"words": "x"})
    again = me.post(f"/matters/{item}/steps/accept", {}, Idempotency_Key="a")
    assert (again.status_code, again.json()["version"], again.json()["stage"]) == (200, 2, "working")
    problem(me.post(f"/matters/{item}/steps/note", {"words": "x"}, Idempotency_Key="a"), 409, "key_reused")
    assert Item.objects.get(pk=item).version == 3


def test_a_refusal_changes_nothing_and_is_not_remembered(call: Any, s: Scene) -> None:
    me, item = call("officer1"), made(call, s)["id"]
    problem(me.post(f"/matters/{item}/steps/settle", {"result": "好", "say": "好"}, Idempotency_Key="k"), 409, "not_yours")
    me.post(f"/matters/{item}/steps/accept")
    assert me.post(f"/matters/{item}/steps/settle", {"result": "好", "say": "好"}, Idempotency_Key="k").status_code == 200
    assert Item.objects.get(pk=item).version == 3


def test_reading_one_says_all_the_contract_names(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    said = call("officer1").get(f"/matters/{item}").json()
    for name in ("id", "loop", "receipt", "title", "stage", "stage_label", "open", "version", "holder", "holder_name", "due_at", "stage_due_at",
                 "promise_at", "outside_due_at", "urgent", "raised_level", "kind", "places", "parent", "open_steps"):  # fmt: skip
        assert name in said
    assert (said["holder"], said["holder_name"]) == (s.posts["officer1"].pk, "1 网格专职网格员")
    assert said["places"]["grid"] == {"id": s.places["grid1"].pk, "name": "一网格"}
    assert said["stage_label"] == "待受理"
    assert "accept" in said["open_steps"]
    assert "dispatch" not in said["open_steps"]
    assert "dispatch" in call("desk").get(f"/matters/{item}").json()["open_steps"]


def test_what_is_offered_can_be_taken_and_system_steps_never_are(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    for who in ("officer1", "desk", "center", "leader"):
        offered = call(who).get(f"/matters/{item}").json()["open_steps"]
        assert not {"gained", "assist_ended", "part_ended", "no_answer"} & set(offered)
        for step in set(LOOPS["matters"].steps) - set(offered):
            if LOOPS["matters"].steps[step].sources:
                answer = call(who).post(f"/matters/{item}/steps/{step}", {})
                assert answer.status_code == 409, (step, answer.content.decode())
                assert answer.json()["code"] != "missing"


def test_the_same_answer_is_not_sent_twice(call: Any, s: Scene) -> None:
    me, item = call("officer1"), made(call, s)["id"]
    first = me.get(f"/matters/{item}")
    again = me.get(f"/matters/{item}", If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert me.get(f"/matters/{item}", If_None_Match=f'"x", W/{first["ETag"]}').status_code == 304
    me.post(f"/matters/{item}/steps/accept")
    assert me.get(f"/matters/{item}", If_None_Match=first["ETag"]).status_code == 200


def test_a_version_that_is_gone_is_stale(call: Any, s: Scene) -> None:
    me, item = call("officer1"), made(call, s)["id"]
    problem(me.post(f"/matters/{item}/steps/accept", {"version": 7}), 409, "stale")
    assert me.post(f"/matters/{item}/steps/accept", {"version": 1}).json()["version"] == 2
    for wrong in ("1", True, 1.5, [1]):
        said = problem(me.post(f"/matters/{item}/steps/note", {"words": "x", "version": wrong}), 422, "wrong_type")
        assert "version" in said["fields"]


def test_the_refusals_of_a_step_in_their_order(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    problem(call("officer2").post(f"/matters/{item}/steps/accept", {"version": 9}), 404, "not_there")
    problem(call("desk").post(f"/matters/{item}/steps/accept", {"version": 9}), 409, "stale")
    problem(call("desk").post(f"/matters/{item}/steps/accept"), 409, "not_yours")
    problem(call("desk").post(f"/matters/{item}/steps/reassign", {"lead": s.posts["officer1"].pk}), 409, "wrong_stage")
    said = problem(call("desk").post(f"/matters/{item}/steps/dispatch"), 409, "missing")
    assert set(said["fields"]) == {"lead"}
    said = problem(call("desk").post(f"/matters/{item}/steps/dispatch", {"lead": s.posts["water"].pk + 10_000}), 409, "not_a_choice")
    assert set(said["fields"]) == {"lead"}


@pytest.mark.parametrize("empty", [{}, {"words": ""}, {"words": "  "}, {"words": None}])
def test_a_needed_field_absent_or_empty_is_missing(call: Any, s: Scene, empty: dict[str, Any]) -> None:
    said = problem(call("officer1").post("/matters", empty), 409, "missing")
    assert set(said["fields"]) == {"words"}


@pytest.mark.parametrize(
    "wrong",
    [{"words": 5}, {"words": ["x"]}, {"words": "x", "unit": "abc"}, {"words": "x", "tier": "soon"}, {"words": "x", "files": "1"}, {"words": "x", "nonsense": 1},
     {"words": "x\x00y"}, {"words": "x" * 2001}, {"words": "x", "phone": "<b>"}],
)  # fmt: skip
def test_a_field_of_the_wrong_type_is_422(call: Any, s: Scene, wrong: dict[str, Any]) -> None:
    said = problem(call("officer1").post("/matters", wrong), 422, "wrong_type")
    assert said["fields"]
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"5", b"null", b'"x"', b"\xff\xfe", b'{"words": NaN}', b'{"words": "\\ud800"}', b"[" * 100_000, b'{"a":' * 50_000, b"1" * 6000]
)
def test_what_is_no_json_object_is_422(call: Any, s: Scene, body: bytes) -> None:
    for path in ("/matters", f"/matters/{made(call, s)['id']}/steps/accept"):
        problem(call("officer1").post(path, body, Idempotency_Key=path[-20:]), 422, "wrong_type")


def test_numbers_beyond_the_database_are_no_choice_and_not_there(call: Any, s: Scene) -> None:
    huge, item = 10**25, made(call, s)["id"]
    for body in ({"unit": huge}, {"grid": huge}, {"category": huge}, {"files": [huge]}, {"unit": -huge}, {"unit": 0}):
        problem(call("officer1").post("/matters", {**REPORT, **body}), 409, "not_a_choice")
    for path in (f"/matters/{huge}", f"/matters/{huge}/events"):
        problem(call("officer1").get(path), 404, "not_there")
    problem(call("officer1").post(f"/matters/{huge}/steps/accept"), 404, "not_there")
    problem(call("desk").post(f"/matters/{item}/steps/merge_into", {"into": huge, "say": "x"}), 409, "not_a_choice")


def test_merging_does_not_tell_whether_what_one_cannot_see_exists(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    hidden = call("officer9").post("/matters", {**REPORT, "unit": s.units["u9"].pk}).json()["id"]
    unseen = call("desk").post(f"/matters/{item}/steps/merge_into", {"into": hidden, "say": "x"})
    absent = call("desk").post(f"/matters/{item}/steps/merge_into", {"into": hidden + 999, "say": "x"})
    assert problem(unseen, 409, "not_a_choice") == problem(absent, 409, "not_a_choice")


def test_far_dates_do_not_break_anything(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    call("officer1").post(f"/matters/{item}/steps/accept")
    for at in ("0001-01-01T00:00:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "not a date", 10**18, "2026-03-05T25:00:00"):
        answer = call("officer1").post(f"/matters/{item}/steps/wait_outside", {"whom": "供水", "how": "phone", "promised_at": at})
        assert answer.status_code in (409, 422), answer.content.decode()
        answer = call("leader").post(f"/matters/{item}/steps/instruct", {"words": "x", "by": at})
        assert answer.status_code in (200, 409, 422), answer.content.decode()


def test_other_creating_steps_are_named(call: Any, s: Scene) -> None:
    answer = call("officer1").post("/matters?step=report_settled", {**REPORT, "unit": s.units["u1"].pk, "result": "拧紧了"})
    assert (answer.status_code, answer.json()["stage"]) == (201, "closed")
    received = call("center").post("/matters?step=receive", {**REPORT, "outside_number": "T1", "outside_due_at": "2026-03-20T18:00:00"})
    assert received.json()["outside_number"] == "T1"
    assert received.json()["outside_due_at"].startswith("2026-03-20T10:00:00")
    problem(call("officer1").post("/matters?step=receive", REPORT), 409, "not_yours")
    problem(call("officer1").post("/matters?step=part", REPORT), 409, "not_yours")
    problem(call("officer1").post("/matters?step=accept", REPORT), 404, "not_there")
    problem(call("officer1").post("/matters?step=nonsense", REPORT), 404, "not_there")
    problem(call("officer1").post("/assists", {}), 409, "not_yours")
    problem(call("officer1").post("/nonsense", {}), 404, "not_there")


# ── lists ──
def many(s: Scene, number: int, **more: Any) -> list[int]:
    return [s.start("officer1", {**REPORT, "unit": s.units["u1"].pk, **more}).id for _n in range(number)]


def pages(me: Any, path: str) -> list[int]:
    found: list[int] = []
    cursor = ""
    for _n in range(50):
        said = me.get(f"{path}&cursor={cursor}" if cursor else path).json()
        found += [item["id"] for item in said["items"]]
        cursor = said["next"]
        if cursor is None:
            return found
    raise AssertionError("no end")


def test_a_list_is_walked_to_its_end_without_doubles(call: Any, s: Scene) -> None:
    ids = many(s, 7)
    me = call("officer1")
    assert pages(me, "/matters?limit=3") == sorted(ids, reverse=True)
    assert pages(me, "/matters?limit=7") == sorted(ids, reverse=True)
    assert pages(me, "/matters?limit=3&open=1") == ids
    s.step("desk", ids[2], "void", {"say": "x"})
    assert pages(me, "/matters?limit=2&open=1") == [i for i in ids if i != ids[2]]
    assert pages(me, "/matters?limit=2&open=0") == [ids[2]]
    assert pages(me, "/matters?limit=2&stage=void") == [ids[2]]


def test_a_list_is_filtered(call: Any, s: Scene) -> None:
    one, two = many(s, 1)[0], s.start("officer2", {**REPORT, "unit": s.units["u2"].pk}).id
    me, receipt = call("center"), Item.objects.get(pk=one).receipt
    assert pages(me, f"/matters?grid={s.places['grid2'].pk}") == [two]
    assert pages(me, f"/matters?grid={s.places['grid2'].code}") == [two]
    assert pages(me, "/matters?q=二网格") == [two]
    assert pages(me, f"/matters?q={receipt[:4]}-{receipt[4:].lower()}") == [one]
    assert pages(me, "/matters?q=没有的") == []
    assert pages(me, f"/matters?q={'%' * 200}") == []


@pytest.mark.parametrize(
    "query",
    [
        "open=1&cursor=WyIwMDAyLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwgNV0",
        "limit=0",
        "limit=x",
        "limit=-1",
        "open=maybe",
        "stage=nonsense",
        "grid=x",
        "cursor=x",
        "cursor=W10",
        "cursor=WzFd&open=1",
        "seat=x",
    ],
)
def test_a_query_of_the_wrong_type_is_422(call: Any, s: Scene, query: str) -> None:
    problem(call("officer1").get(f"/matters?{query}"), 422, "wrong_type")


def test_a_list_is_of_the_widest_seat_or_of_the_one_named(call: Any, s: Scene) -> None:
    one = many(s, 1)[0]
    two = s.start("officer2", {**REPORT, "unit": s.units["u2"].pk}).id
    assert pages(call("desk"), "/matters?") == [two, one]
    assert pages(call("desk"), f"/matters?seat={s.posts['desk'].pk}") == [two, one]
    problem(call("desk").get(f"/matters?seat={s.posts['center'].pk}"), 404, "not_there")
    assert pages(call("water"), "/matters?") == []
    assert call("night").get("/matters").json() == {"items": [], "next": None}


def test_agencies_list_what_went_through_their_hands(call: Any, s: Scene) -> None:
    one, _two = many(s, 2)
    s.step("officer1", one, "call_up", {"tried": "x", "asks": "y"})
    s.step("center", one, "dispatch", {"lead": s.posts["water"].pk})
    assert pages(call("water"), "/matters?") == [one]
    assert call("water").get(f"/matters/{one}").json()["open_steps"]


def test_statements_do_not_grow_with_the_list(call: Any, s: Scene, django_assert_max_num_queries: Any) -> None:
    many(s, 60)
    me = call("center")
    me.get("/matters")
    for path in ("/matters?limit=5", "/matters?limit=50", "/matters?limit=200&open=1", "/duties?mine=1", "/complaints"):
        with django_assert_max_num_queries(2):
            assert me.get(path).status_code == 200
    with django_assert_max_num_queries(3):
        me.get("/duties?all=1&limit=50")
    item = Item.objects.latest("id").pk
    with django_assert_max_num_queries(3):
        me.get(f"/matters/{item}")
    with django_assert_max_num_queries(5):
        me.get(f"/matters/{item}/events")


def test_a_command_takes_few_statements(call: Any, s: Scene, django_assert_max_num_queries: Any) -> None:
    item = made(call, s)["id"]
    with django_assert_max_num_queries(1 + 9 + 4):
        call("officer1").post(f"/matters/{item}/steps/accept", {}, Idempotency_Key="k")


# ── events ──
def test_events_say_when_what_as_which_post_and_through_which_door(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    s.later(minutes=5)
    call("officer1").post(f"/matters/{item}/steps/accept")
    call("officer1").post(f"/matters/{item}/steps/tell", {"say": "明天来修"})
    said = call("desk").get(f"/matters/{item}/events").json()["items"]
    assert [(e["step"], e["label"], e["post"], e["door"], e["seq"]) for e in said] == [
        ("report", "上报", s.posts["officer1"].pk, "api", 1),
        ("accept", "受理", s.posts["officer1"].pk, "api", 2),
        ("tell", "告知", s.posts["officer1"].pk, "api", 3),
    ]  # fmt: skip
    assert said[0]["texts"] == [{"field": "words", "audience": "staff", "words": "路灯不亮", "label": "什么事"}]
    assert said[2]["texts"][0]["audience"] == "public"
    assert said[1]["at"].startswith("2026-03-02T02:05:00")
    problem(call("officer2").get(f"/matters/{item}/events"), 404, "not_there")


# ── rights ──
def test_another_tenant_gets_404_for_everything_of_ours(call: Any, s: Scene) -> None:
    item = made(call, s)["id"]
    for who in ("center2", "officer9", "agency2", "desk2", "night"):
        me = call(who)
        problem(me.get(f"/matters/{item}"), 404, "not_there")
        problem(me.get(f"/matters/{item}/events"), 404, "not_there")
        problem(me.post(f"/matters/{item}/steps/accept", {"nonsense": 1}), 404, "not_there")
        problem(me.get(f"/choices/leads?item={item}"), 404, "not_there")
        assert me.get("/matters").json()["items"] == []
        assert me.get(f"/duties?loop=matters&item={item}&all=1").json()["items"] == []
        assert me.get("/duties?all=1").json()["items"] == []
    problem(call("officer1").get(f"/complaints/{item}"), 404, "not_there")
    problem(call("officer1").post(f"/complaints/{item}/steps/take_up"), 404, "not_there")


def test_a_place_of_another_tenant_cannot_be_named(call: Any, s: Scene) -> None:
    for body in ({"unit": s.units["u9"].pk}, {"grid": s.places["grid9"].pk}, {"subdistrict": s.places["street2"].pk}):
        problem(call("officer1").post("/matters", {**REPORT, **body}), 409, "not_a_choice")


def said_in(found: Any) -> list[str]:
    """Every text in an answer; numbers are left out (a row's number may look like the end of a phone number)."""
    if isinstance(found, dict | list):
        return [words for part in (found.values() if isinstance(found, dict) else found) for words in said_in(part)]
    return [found] if isinstance(found, str) else []


def test_no_answer_ever_holds_a_contact(call: Any, s: Scene) -> None:
    phone, name, address, mail = PRIVATE
    said = made(call, s, phone=phone, name=name, address=address, mail=mail, wants_visit=True)
    item = said["id"]
    me = call("officer1")
    answers = [
        me.get(f"/matters/{item}"),
        me.get("/matters"),
        me.get(f"/matters/{item}/events"),
        me.get("/duties?all=1"),
        me.post(f"/matters/{item}/steps/accept"),
    ]
    answers.append(me.post("/matters", {**REPORT, "phone": phone, "unit": "x"}))
    answers.append(me.post(f"/matters/{item}/steps/follow", {"phone": phone, "name": name}))
    for answer in answers:
        assert not [private for private in (*PRIVATE, "示例") if private in answer.content.decode()]
        assert not [words for words in said_in(answer.json()) if phone[-4:] in words]
    word = said["slip"]["word"]
    assert all(word not in a.content.decode() for a in answers[:6])
    assert Reporter.objects.filter(item=item).count() == 2


def test_a_complaint_is_hidden_from_whom_it_concerns_in_lists_too(call: Any, s: Scene) -> None:
    from hawthorn.teams import actions as teams

    answer = call("officer1").post("/complaints", {"about": "community", "community": s.places["community"].pk, "words": "态度不好"})
    assert answer.status_code == 201
    item = answer.json()["id"]
    assert [d["item"] for d in call("center").get("/duties").json()["items"]] == [item]
    assert [c["id"] for c in call("center").get("/complaints").json()["items"]] == [item]
    teams.appoint(post=s.posts["secretary"], user=s.users["center"], from_at=s.now - timedelta(days=1), now=s.now)
    me = call("center")
    problem(me.get(f"/complaints/{item}"), 404, "not_there")
    for path in ("/complaints", "/duties", "/duties?all=1", f"/duties?loop=complaints&item={item}"):
        assert me.get(path).json()["items"] == []


def test_a_command_that_hands_the_item_out_of_sight_still_says_its_head(call: Any, s: Scene) -> None:
    answer = call("officer1").post("/complaints", {"about": "community", "community": s.places["community"].pk, "words": "态度不好", "phone": PRIVATE[0]})
    said = answer.json()
    assert (said["stage"], said["version"], said["loop"]) == ("lodged", 1, "complaints")
    assert "holder" not in said
