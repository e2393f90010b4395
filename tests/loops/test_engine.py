"""The engine: order of refusal, idempotency, statements, words and contacts, append-only, the database's own refusals."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from hawthorn.accounts.models import Contact
from hawthorn.journal.models import Event
from hawthorn.kernel.errors import NotThere, Refused, WrongType
from hawthorn.loops import actions as loops
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item, Text
from make import Scene


class Undo(Exception):
    """Takes a planted fault back."""


FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was sent, beyond BEGIN and COMMIT and their savepoints."""
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(FRAME)]


def matter(s: Scene, **more: object) -> loops.Answer:
    """An ordinary matter of grid one."""
    return s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk, **more})


def test_refusals_come_in_order_and_change_nothing(s: Scene) -> None:
    m = matter(s)
    before = (Item.objects.values().get(pk=m.id), Event.objects.count())
    with pytest.raises(NotThere):
        s.step("officer2", m.id, "accept", version=99)
    with pytest.raises(Refused, match="stale"):
        s.step("desk", m.id, "settle", {}, version=99)
    with pytest.raises(Refused, match="not_yours"):
        s.step("head1", m.id, "accept", {"nonsense": 1})
    with pytest.raises(Refused, match="wrong_stage"):
        s.step("desk", m.id, "reopen", {})
    s_facts = s.facts(m.id)
    assert s_facts.stage == "found"
    with pytest.raises(Refused, match="missing") as found:
        s.step("officer1", m.id, "call_up", {"tried": " "})
    assert set(found.value.fields) == {"tried", "asks"}
    with pytest.raises(WrongType):
        s.step("officer1", m.id, "call_up", {"tried": 5, "asks": "x"})
    with pytest.raises(WrongType):
        s.step("officer1", m.id, "call_up", {"tried": "a\x00b", "asks": "x"})
    with pytest.raises(Refused, match="not_a_choice"):
        s.step("desk", m.id, "dispatch", {"lead": s.posts["agency2"].pk})
    assert (Item.objects.values().get(pk=m.id), Event.objects.count()) == before


def test_a_replay_answers_the_first_answer_and_another_body_is_refused(s: Scene) -> None:
    given = {"words": "路灯不亮", "unit": s.units["u1"].pk}
    first = s.start("officer1", given, key="one")
    again = s.start("officer1", given, key="one")
    assert (again.id, again.receipt, again.stage, again.version, again.replay) == (first.id, first.receipt, first.stage, first.version, True)
    with pytest.raises(Refused, match="key_reused"):
        s.start("officer1", {**given, "words": "别的事"}, key="one")
    taken = s.step("officer1", first.id, "accept", key="two", version=1)
    s.step("officer1", first.id, "note", {"words": "记"})
    replay = s.step("officer1", first.id, "accept", key="two", version=1)
    assert (replay.stage, replay.version, replay.replay) == (taken.stage, taken.version, True)
    other = s.start("officer2", {"words": "另一人用同一个编号", "unit": s.units["u2"].pk}, key="one")
    assert other.id != first.id


def test_a_resident_who_sends_twice_makes_one_matter(s: Scene) -> None:
    given = {"words": "路灯不亮", "grid": s.places["grid1"].pk}
    assert s.start("resident", given, key="r1").id == s.start("resident", given, key="r1").id
    assert Item.objects.count() == 1


def _counted(s: Scene, who: str, item: int, step: str, given: dict[str, object]) -> int:
    actor, town = s.actor(who), s.town
    loop = Item.objects.only("loop").get(pk=item).loop
    with CaptureQueriesContext(connection) as captured:
        loops.take_step(loop, item, step, given, actor=actor, now=s.now, door="test", town=town, key=f"{step}-{item}")
    return len(statements(captured))


def test_every_step_of_a_long_story_takes_at_most_nine_statements(s: Scene) -> None:
    m = s.start("resident", {"words": "水管爆了", "unit": s.units["u1"].pk, "phone": "19900001234"})
    other = s.start("resident", {"words": "水管爆了", "unit": s.units["u1"].pk, "mail": "a@example.com"})
    tomorrow = s.now + timedelta(days=1)
    story = [
        ("officer1", "call_up", {"tried": "看过", "asks": "请帮"}), ("desk", "dispatch", {"lead": s.posts["officer1"].pk}),
        ("officer1", "take_up", {}), ("officer1", "ask_extension", {"reason": "忙", "until": s.now + timedelta(days=9)}),
        ("officer1", "hand_back", {"belongs_to": "窗口", "reason": "办不了"}), ("desk", "accept", {}),
        ("desk", "call_for_help", {"agencies": [s.posts["water"].pk, s.posts["power"].pk], "what": "来"}),
        ("desk", "note", {"words": "记"}), ("desk", "tell", {"say": "在办"}), ("leader", "instruct", {"words": "快", "by": tomorrow}),
    ]  # fmt: skip
    counts = {step: _counted(s, who, m.id, step, given) for who, step, given in story}
    assist = s.child(m.id, "assists")
    counts["assist_accept"] = _counted(s, "power", assist, "assist_accept", {"by": tomorrow})
    counts["assist_done"] = _counted(s, "power", assist, "assist_done", {"words": "好"})
    s.step("desk", s.child(m.id, "assists") - 1, "release", {"reason": "不用了"})
    counts["settle"] = _counted(s, "desk", m.id, "settle", {"result": "好", "say": "好"})
    counts["pass"] = _counted(s, "center", m.id, "pass", {})
    counts["unsolved"] = _counted(s, "desk", m.id, "unsolved", {"reason": "没好"})
    s.step("officer1", other.id, "accept")
    counts["other settle, told by mail"] = _counted(s, "officer1", other.id, "settle", {"result": "好", "say": "好"})
    assert max(counts.values()) <= 9, counts


@pytest.mark.parametrize("number", [2, 10])
def test_merge_and_split_take_the_same_statements_however_much_they_move(s: Scene, number: int) -> None:
    into = matter(s)
    m = s.start("resident", {"words": "灯", "unit": s.units["u1"].pk, "phone": "19900001234"})
    for n in range(number):
        s.step("officer1", m.id, "follow", {"phone": f"1990000{n:04d}"})
    merged = _counted(s, "desk", m.id, "merge_into", {"into": into.id, "say": "一起办"})
    assert merged <= 12, "constant: it does not grow with the askers it moves"
    s.step("officer1", into.id, "accept")
    assert _counted(s, "officer1", into.id, "split", {"parts": [f"第{n}件" for n in range(number)]}) <= 10, "constant too"


def test_contacts_leave_no_trace_in_events_texts_and_titles(s: Scene) -> None:
    secret = {"name": "演示某某", "phone": "19912345678", "address": "秘密楼 9 单元 909"}
    m = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk, **secret})
    stored = " ".join(
        [*Event.objects.values_list("body", flat=True), *Text.objects.values_list("words", flat=True), *Item.objects.values_list("title", flat=True)]
    )
    contact = Contact.objects.get()
    assert all(value not in stored and value.encode() not in bytes(contact.cipher) for value in secret.values())
    assert "灯不亮" not in " ".join(Event.objects.values_list("body", flat=True)), "words stand only in texts"
    assert m.slip["word"] not in stored


def test_the_database_refuses_to_change_what_is_appended(s: Scene) -> None:
    matter(s)
    for change in (lambda: Event.objects.update(step="x"), lambda: Event.objects.all().delete()):
        with pytest.raises(DatabaseError), atomic():
            change()


def test_the_database_refuses_an_open_item_without_holder_or_date(s: Scene) -> None:
    m = matter(s)
    for change in ({"holder": None}, {"due_at": None}, {"open": False}):
        with pytest.raises(IntegrityError), atomic():
            Item.objects.filter(pk=m.id).update(**change)


def test_check_is_clean_and_finds_each_planted_fault(s: Scene) -> None:
    m = matter(s)
    s.step("officer1", m.id, "accept")
    assert list(problems()) == []
    planted = [
        (Text.objects.filter(item=m.id), {"words": "改过的话"}, "被改过"),
        (Item.objects.filter(pk=m.id), {"head": "0" * 64}, "最后一条事件"),
        (Item.objects.filter(pk=m.id), {"urgent": True}, "事实"),
        (Item.objects.filter(pk=m.id), {"due_at": s.now}, "期限"),
        (Item.objects.filter(pk=m.id), {"community": s.places["village"]}, "community"),
    ]
    for rows, change, said in planted:
        with suppress(Undo), atomic():
            rows.update(**change)
            assert any(said in words for words in problems()), said
            raise Undo
    assert list(problems()) == []


def test_many_made_in_one_go_are_all_or_none(s: Scene) -> None:
    good = {"words": "灯不亮", "unit": s.units["u1"].pk}
    with pytest.raises(Refused):
        loops.start_many("matters", [good, {"words": ""}], actor=s.actor("system"), now=s.now, door="sheet", step="receive", town=s.town)
    assert not Item.objects.exists()
    made = loops.start_many("matters", [good] * 30, actor=s.actor("system"), now=s.now, door="sheet", step="receive", town=s.town)
    assert len({a.id for a in made}) == 30
    assert list(problems()) == []


def test_words_that_nobody_can_read_are_missing(s: Scene) -> None:
    for words in ("\u200b\u3000", " \n", "\u2060\u00ad"):
        with pytest.raises(Refused, match="missing"):
            s.start("officer1", {"words": words})


def test_the_json_door_takes_no_number_for_text_and_no_text_for_a_number(s: Scene) -> None:
    actor = s.actor("officer1")
    for wrong in ({"grid": str(s.places["grid1"].pk)}, {"grid": 7.0}, {"grid": True}, {"consent": "on"}, {"asked": 1}):
        with pytest.raises(WrongType):
            loops.start("matters", {"words": "灯", **wrong}, actor=actor, now=s.now, door="api")
    assert loops.start("matters", {"words": "灯", "grid": s.places["grid1"].pk}, actor=actor, now=s.now, door="api").stage == "found"


def test_an_outside_date_may_lie_fourteen_days_ahead_and_not_fifteen(s: Scene) -> None:
    m = matter(s)
    s.step("officer1", m.id, "accept")
    given = {"whom": "公司", "how": "phone"}
    with pytest.raises(Refused, match="too_far"):
        s.step("officer1", m.id, "wait_outside", {**given, "promised_at": s.now + timedelta(days=15)})
    s.step("officer1", m.id, "wait_outside", {**given, "promised_at": s.now + timedelta(days=14)})
