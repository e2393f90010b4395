"""P9 小水滴 and P10: said once, at somebody within four work hours, passed on to exactly one place, followed by the same receipt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hawthorn.drops import queries
from hawthorn.files.models import Attachment
from hawthorn.journal.models import Event
from hawthorn.kernel import clock
from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import earlier, erasure, reporters, tasks
from hawthorn.loops.actions import take_step
from hawthorn.loops.models import Item, Link, Reporter, Text
from hawthorn.loops.queries import get_visible
from make import Scene

LAMP = {"words": "三单元楼道的灯不亮了", "spot": "三单元门口"}
PHONE = {"name": "演示居民", "phone": "19900001234"}


def said(s: Scene, **more: object) -> int:
    """A resident says it at the sign of the first grid."""
    return s.start("resident", {**LAMP, "unit": s.units["u1"].pk, "asked": True, **more}, loop="drops").id


def test_what_a_resident_says_lies_with_the_grid_officer_for_four_work_hours_and_then_with_the_community(s: Scene) -> None:
    drop = said(s)
    item = Item.objects.get(pk=drop)
    assert (item.stage, s.holder(drop)) == ("captured", "officer1")
    assert item.due_at == s.town.policy(item.subdistrict_id).calendar.due(s.now, Limit("work_hours", 4))
    s.later(days=1)
    tasks.time_outs(town=s.town, now=s.now)
    item.refresh_from_db()
    assert (item.stage, s.holder(drop)) == ("raised", "desk")
    before = item.version
    s.later(days=2)
    tasks.time_outs(town=s.town, now=s.now)
    item.refresh_from_db()
    assert item.version == before, "at the desk it stays: reminders go up, it does not"


def test_the_officer_passes_it_on_in_one_press_and_the_receipt_follows(s: Scene) -> None:
    answer = s.start("resident", {**LAMP, "unit": s.units["u1"].pk, **PHONE}, loop="drops")
    photo = Attachment.objects.create(item=answer.id, seq=1, sha="0" * 64, mime="image/jpeg", size=1, at=s.now)
    opened = Item.objects.get(pk=answer.id).opened_at
    s.later(hours=1)
    s.step("officer1", answer.id, "to_matter", {"category": s.category("m01037")})
    drop = s.facts(answer.id)
    assert (drop.stage, drop.outcome) == ("passed", "matter")
    matter = s.facts(drop.became)
    assert (matter.stage, s.holder(matter.id)) == ("working", "officer1"), "whoever passes it on to themselves has accepted it"
    assert (matter.reporters, matter.tellable, matter.by_phone) == (1, 1, 1)
    assert matter.arrived_at == opened == Item.objects.get(pk=matter.id).opened_at
    assert set(Text.objects.filter(item=matter.id).values_list("field", "words")) >= {("words", LAMP["words"]), ("spot", LAMP["spot"])}
    assert Link.objects.get(source=answer.id).kind == "became"
    photo.refresh_from_db()
    assert (photo.item, photo.seq) == (matter.id, 1)
    asker = Reporter.objects.get(receipt=answer.receipt)
    assert asker.item_id == matter.id
    assert reporters.standing(asker, s.town, s.now).item_id == matter.id
    s.step("officer1", matter.id, "settle", {"result": "换了灯", "say": "灯换好了", "why_no_proof": "天黑拍不清"})
    assert reporters.standing(asker, s.town, s.now).public[-1][2] == "灯换好了"


def test_a_desk_that_passes_it_on_does_not_accept_for_the_officer(s: Scene) -> None:
    drop = said(s)
    s.step("desk", drop, "to_matter")
    matter = s.facts(s.facts(drop).became)
    assert (matter.stage, s.holder(matter.id)) == ("found", "officer1")


def test_words_of_danger_wait_for_nobody(s: Scene) -> None:
    answer = s.start("resident", {"words": "楼下有很重的燃气味", "unit": s.units["u1"].pk, **PHONE}, loop="drops")
    drop = s.facts(answer.id)
    assert (answer.stage, drop.outcome) == ("passed", "matter")
    matter = s.facts(drop.became)
    assert (matter.stage, matter.tier, matter.urgent) == ("found", "urgent", True)
    assert Reporter.objects.get(receipt=answer.receipt).item_id == matter.id
    assert s.start("resident", {"words": "邻居家暴，孩子在哭", "unit": s.units["u1"].pk}, loop="drops").stage == "passed"


def test_a_question_is_answered_without_a_matter_and_who_left_a_number_is_called(s: Scene) -> None:
    answer = s.start("resident", {"words": "老年卡在哪里办？", "unit": s.units["u1"].pk, **PHONE}, loop="drops")
    s.step("officer1", answer.id, "inform", {"say": "社区一楼窗口，带身份证就行。"})
    assert s.facts(answer.id).stage == "answered"
    assert s.holder(s.child(answer.id, "tellings")) == "desk"
    standing = reporters.standing(Reporter.objects.get(receipt=answer.receipt), s.town, s.now)
    assert (standing.is_open, standing.public[-1][2]) == (False, "社区一楼窗口，带身份证就行。")
    other = said(s, **PHONE)
    s.step("officer1", other, "inform", {"say": "一楼窗口。", "how": "phone"})
    assert not Item.objects.filter(parent=other).exists(), "who was told already is not called again"


def test_what_does_not_belong_here_says_why_and_where_else(s: Scene) -> None:
    drop = said(s)
    with pytest.raises(Refused) as why:
        s.step("officer1", drop, "decline", {"say": "这是物业合同的事"})
    assert why.value.fields == ("elsewhere",)
    s.step("officer1", drop, "decline", {"say": "这是物业合同的事", "elsewhere": "区法院立案窗口"})
    assert (s.facts(drop).stage, s.facts(drop).outcome) == ("declined", "declined")


def test_an_asker_who_was_not_answered_says_so_once(s: Scene) -> None:
    answer = s.start("resident", {**LAMP, "unit": s.units["u1"].pk, "asked": True}, loop="drops")
    asker = reporters.acting(answer.receipt, answer.slip["word"], s.now)
    assert asker is not None

    def act(name: str, **given: object) -> None:
        take_step("drops", answer.id, name, given, actor=asker, now=s.now, door="web")

    s.step("officer1", answer.id, "inform", {"say": "知道了"})
    act("again", reason="没说什么时候修")
    assert (s.facts(answer.id).stage, s.holder(answer.id)) == ("raised", "desk")
    s.step("desk", answer.id, "inform", {"say": "这周五修"})
    with pytest.raises(Refused) as why:
        act("again", reason="还是没说")
    assert why.value.code == "once_only"


def test_an_answer_that_was_none_is_neither_told_nor_shown_any_more(s: Scene) -> None:
    answer = s.start("resident", {**LAMP, "unit": s.units["u1"].pk, **PHONE}, loop="drops")
    asker, stands = reporters.acting(answer.receipt, answer.slip["word"], s.now), Reporter.objects.get(receipt=answer.receipt)
    assert asker is not None
    s.step("officer1", answer.id, "inform", {"say": "知道了"})
    old = Item.objects.get(pk=s.child(answer.id, "tellings"))
    assert not reporters.standing(stands, s.town, s.now).is_stale
    s.later(hours=1)
    take_step("drops", answer.id, "again", {"reason": "没说什么时候修"}, actor=asker, now=s.now, door="web")
    old.refresh_from_db()
    assert (old.stage, old.open) == ("unneeded", False)
    assert reporters.standing(stands, s.town, s.now).is_stale
    s.later(hours=1)
    s.step("desk", answer.id, "inform", {"say": "这周五修"})
    assert not reporters.standing(stands, s.town, s.now).is_stale
    new = Item.objects.get(parent=answer.id, loop="tellings", open=True)
    assert (reporters.owed_words(old), reporters.owed_words(new)) == ("知道了", "这周五修")


def test_a_second_voice_joins_the_matter_that_is_already_there(s: Scene) -> None:
    first = s.start("officer1", {"words": "三单元灯坏了", "unit": s.units["u1"].pk}).id
    answer = s.start("resident", {**LAMP, "unit": s.units["u1"].pk, **PHONE}, loop="drops")
    s.step("officer1", answer.id, "join", {"into": first})
    assert s.facts(answer.id).became == first
    f = s.facts(first)
    assert (f.reporters, f.by_phone) == (1, 1)
    assert Reporter.objects.get(receipt=answer.receipt).item_id == first
    assert Text.objects.filter(item=first, words__contains=LAMP["words"]).exists()
    late = said(s)
    closed = s.start("officer1", {"words": "灯", "unit": s.units["u1"].pk, "result": "换了"}, step="report_settled").id
    with pytest.raises(Refused) as why:
        s.step("officer1", late, "join", {"into": closed})
    assert why.value.code in ("closed_target", "not_a_choice")


def test_it_is_handed_to_the_grid_it_belongs_to(s: Scene) -> None:
    drop = said(s)
    s.later(hours=3)
    s.step("officer1", drop, "hand_on", {"grid": s.places["grid2"].pk})
    assert s.holder(drop) == "officer2"
    assert Item.objects.get(pk=drop).grid_id == s.places["grid2"].pk
    s.step("officer2", drop, "hand_on")
    assert (s.facts(drop).stage, s.holder(drop)) == ("raised", "desk")


def test_nobody_of_another_grid_sees_it(s: Scene) -> None:
    drop = said(s)
    with pytest.raises(NotThere):
        s.step("officer2", drop, "to_matter")
    with pytest.raises(NotThere):
        s.step("center2", drop, "inform", {"say": "好"})


def test_where_they_went_adds_up(s: Scene) -> None:
    one, two, three, _four, five = (said(s) for _n in range(5))
    s.step("officer1", one, "to_matter")
    s.step("officer1", two, "inform", {"say": "好"})
    s.step("officer1", three, "decline", {"say": "不归", "elsewhere": "法院"})
    hole = s.start("officer1", {"words": "路面有坑", "unit": s.units["u1"].pk}).id
    s.step("officer1", five, "join", {"into": hole})
    grid, on = s.places["grid1"].pk, clock.local(s.now).date()
    street = s.places["street"].pk
    w = queries.went([street], on)[grid]
    assert w == queries.Went(came=6, waiting=1, matters=2, over=0, information=1, declined=1, withdrawn=0, joined=1)
    assert queries.went([street], on + timedelta(days=120)) == {}
    assert sum(w[1:3]) + sum(w[4:]) == w.came


def test_the_same_press_twice_is_one_drop(s: Scene) -> None:
    given = {**LAMP, "unit": s.units["u1"].pk}
    first = s.start("resident", given, loop="drops", key="k1")
    assert s.start("resident", given, loop="drops", key="k1").id == first.id
    done = s.step("officer1", first.id, "to_matter", key="k2")
    assert s.step("officer1", first.id, "to_matter", key="k2").version == done.version
    assert Event.objects.filter(step="arrive").count() == 1


def test_what_the_same_number_asked_before_is_there_for_whoever_answers_now(s: Scene) -> None:
    first = s.start("resident", {**LAMP, "unit": s.units["u1"].pk, **PHONE}, loop="drops").id
    s.step("officer1", first, "inform", {"say": "周五来修", "how": "phone"})
    hidden = s.start("resident", {"words": "不想让网格知道", "unit": s.units["u1"].pk, **PHONE, "hides_from_grid": True}, loop="drops").id
    elsewhere = s.start("resident", {"words": "二网格的事", "unit": s.units["u2"].pk, **PHONE}, loop="drops").id
    now = s.start("resident", {"words": "又不亮了", "unit": s.units["u1"].pk, **PHONE}, loop="drops").id
    row = get_visible(now, actor=s.actor("officer1"), town=s.town, now=s.now)
    seen = earlier.before(row, actor=s.actor("officer1"), town=s.town, now=s.now)
    assert [(b.item, b.said) for b in seen] == [(first, "周五来修")], "what they hid from the grid, and what lies elsewhere, stays there"
    at_desk = {b.item for b in earlier.before(row, actor=s.actor("desk"), town=s.town, now=s.now)}
    assert at_desk == {first, hidden, elsewhere}
    assert PHONE["phone"][3:] not in str(seen)
    erasure.erase_on_request(Reporter.objects.get(item=first), now=s.now)
    assert earlier.before(row, actor=s.actor("officer1"), town=s.town, now=s.now) == []


@pytest.mark.parametrize("number", [1, 4])
def test_passing_on_takes_the_same_statements_however_much_was_said(s: Scene, number: int) -> None:
    drop = said(s, **PHONE)
    for n in range(number):
        s.step("officer1", drop, "note", {"words": f"第 {n} 句"})
    actor, town = s.actor("officer1"), s.town
    with CaptureQueriesContext(connection) as caught:
        take_step("drops", drop, "to_matter", {}, actor=actor, now=s.now, door="page", town=town)
    work = [q["sql"] for q in caught if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(work) <= 15, work


@pytest.mark.parametrize("words", ["楼道里有煤 气 味", "着\u200b火了", "煤氣味很重", "自\n杀"])
def test_words_of_danger_are_found_however_they_are_written(s: Scene, words: str) -> None:
    assert s.start("resident", {"words": words, "unit": s.units["u1"].pk}, loop="drops").stage == "passed"
    assert s.start("resident", {"words": "快来人", "spot": "三楼有人要跳楼", "unit": s.units["u1"].pk}, loop="drops").stage == "passed"


def test_handing_on_to_the_own_grid_is_no_way_to_begin_anew(s: Scene) -> None:
    drop = said(s)
    with pytest.raises(Refused) as why:
        s.step("officer1", drop, "hand_on", {"grid": s.places["grid1"].pk})
    assert why.value.code == "not_a_choice"
