"""P5 网格发现、村社呼叫、分级响应、协同处置: 小事不出网格、大事不出村(社区), and the asker is always told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hawthorn.accounts.models import Contact
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.kernel.world import Actor, Seat
from hawthorn.loops import actions as loops
from hawthorn.loops import queries, tasks
from hawthorn.loops.models import Item, Link, Nudge, OneTimeLink, Reporter, Text, Touch
from hawthorn.loops.town import town_by_id
from make import Scene

PHONE = {"name": "演示居民", "phone": "19900001234"}


def asker(s: Scene, item: int) -> Actor:
    """The first asker of an item, acting by word or token."""
    reporter = Reporter.objects.filter(item=item).order_by("id").first()
    assert reporter is not None
    return Actor(None, (Seat(0, "reporter", "item", item),), county=s.county.pk, reporter=reporter.pk)


def by_asker(s: Scene, item: int, step: str, given: dict[str, object] | None = None) -> loops.Answer:
    """The asker takes a step."""
    return loops.take_step("matters", item, step, given or {}, actor=asker(s, item), now=s.now, door="what")


def public_words(item: int) -> list[str]:
    """What stands on /what."""
    return list(Text.objects.filter(item=item, audience="public").order_by("id").values_list("words", flat=True))


def test_a_small_matter_never_leaves_its_grid(s: Scene) -> None:
    m = s.start("officer1", {"words": "二楼的灯不亮", "unit": s.units["u1"].pk, "category": s.category("m01037"), **PHONE})
    assert s.holder(m.id) == "officer1"
    s.step("officer1", m.id, "accept")
    s.later(hours=3)
    s.step("officer1", m.id, "settle", {"result": "换了灯泡", "say": "灯换好了", "why_no_proof": "天黑"})
    assert s.facts(m.id).stage == "answering"
    assert s.holder(m.id) == "desk", "a phone was left: the community desk calls"
    s.step("desk", m.id, "contact", {"how": "phone"})
    s.step("desk", m.id, "solved", {"rating": 5})
    f = s.facts(m.id)
    assert (f.stage, f.raised_level, f.confirmed, f.settled_in_time) == ("closed", "grid", "solved", True)
    assert set(Touch.objects.filter(item=m.id).values_list("post", flat=True)) == {s.posts["officer1"].pk, s.posts["desk"].pk}


def test_self_found_and_self_done_is_one_tap_marked_and_over(s: Scene) -> None:
    m = s.start("officer1", {"words": "楼道堆物", "unit": s.units["u1"].pk, "result": "和住户一起清走"}, step="report_settled")
    f = s.facts(m.id)
    assert (f.stage, f.is_self_checked, f.reporters) == ("closed", True, 0)


def test_a_big_one_is_called_up_brings_two_units_is_checked_not_solved_reworked_and_closed(s: Scene) -> None:
    m = s.start("officer1", {"words": "水管爆了，路面塌了一块", "unit": s.units["u1"].pk, **PHONE})
    s.step("officer1", m.id, "call_up", {"tried": "围起来了", "asks": "请水电单位一起来"})
    assert (s.facts(m.id).raised_level, s.holder(m.id)) == ("community", "desk")
    s.step("desk", m.id, "accept")
    s.step("desk", m.id, "call_for_help", {"agencies": [s.posts["water"].pk, s.posts["power"].pk], "what": "到现场"})
    helpers = list(Item.objects.filter(parent=m.id, loop="assists").order_by("id").values_list("pk", flat=True))
    with pytest.raises(Refused, match="helping"):
        s.step("desk", m.id, "call_for_help", {"agencies": [s.posts["water"].pk], "what": "再来一趟"})
    with pytest.raises(Refused, match="assist_open"):
        s.step("desk", m.id, "settle", {"result": "好了", "say": "好了"})
    for who, assist in zip(("water", "power"), helpers, strict=True):
        s.step(who, assist, "assist_accept", {"by": s.now + timedelta(days=1)})
        s.step(who, assist, "assist_done", {"words": "我们这部分好了"})
    s.step("desk", m.id, "settle", {"result": "接好水管，填平路面", "say": "水管接好，路面填平了"})
    assert (s.facts(m.id).stage, s.holder(m.id)) == ("checking", "center"), "a desk's own work is checked by the desk above"
    s.step("center", m.id, "pass")
    assert (s.facts(m.id).stage, s.holder(m.id)) == ("answering", "desk")
    old = s.facts(m.id).promise_at
    s.later(days=1)
    s.step("desk", m.id, "unsolved", {"reason": "夜里又漏了"})
    f = s.facts(m.id)
    assert (f.stage, s.holder(m.id), f.unsolved_count) == ("working", "desk", 1)
    assert f.promise_at > old, "a new clock"
    s.step("desk", m.id, "settle", {"result": "换了整段管", "say": "换了整段水管"})
    s.step("center", m.id, "pass")
    s.step("desk", m.id, "solved", {})
    assert s.facts(m.id).stage == "closed"


def test_the_second_unsolved_goes_one_level_up(s: Scene) -> None:
    m = s.start("officer1", {"words": "噪声", "unit": s.units["u1"].pk, **PHONE})
    s.step("officer1", m.id, "accept")
    for _n in range(2):
        s.step("officer1", m.id, "settle", {"result": "劝过", "say": "劝过了"}) if s.facts(m.id).stage == "working" else None
        by_asker(s, m.id, "unsolved", {"reason": "还是吵"})
    assert (s.facts(m.id).stage, s.facts(m.id).raised_level, s.holder(m.id)) == ("found", "community", "desk")


def test_a_refused_assist_is_decided_by_the_party_instructor(s: Scene) -> None:
    m = s.start("desk", {"words": "电线垂下来", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "call_up", {"tried": "看过", "asks": "请供电"})
    s.step("desk", m.id, "accept")
    s.step("desk", m.id, "call_for_help", {"agencies": [s.posts["water"].pk], "what": "请来"})
    assist = s.child(m.id, "assists")
    s.step("water", assist, "assist_refuse", {"reason": "不是水管", "who_could": "供电所"})
    assert s.holder(assist) == "instructor1"
    with pytest.raises(Refused, match="not_yours"):
        s.step("desk", assist, "call_again", {"agency": s.posts["power"].pk})
    s.step("instructor1", assist, "call_again", {"agency": s.posts["power"].pk, "words": "供电所来"})
    assert s.holder(assist) == "power"
    assert queries.get_visible(m.id, actor=s.actor("power"), town=s.town, now=s.now).item.pk == m.id, "the called agency sees the matter"
    s.step("power", assist, "assist_accept", {"by": s.now + timedelta(hours=4)})
    s.step("power", assist, "assist_done", {"words": "收好了线"})
    assert s.facts(m.id).open_assists == 0


def test_a_wrong_addressee_is_handed_back_twice_and_decided_by_the_subdistrict(s: Scene) -> None:
    m = s.start("officer1", {"words": "井盖响", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "call_up", {"tried": "看过", "asks": "请定单位"})
    s.step("desk", m.id, "dispatch", {"lead": s.posts["water"].pk})
    s.step("water", m.id, "hand_back", {"belongs_to": "供电所", "reason": "不是水井"})
    assert s.holder(m.id) == "desk", "back to the desk that dispatched it"
    s.step("desk", m.id, "dispatch", {"lead": s.posts["power"].pk})
    s.step("power", m.id, "take_up")
    running = s.facts(m.id).promise_at
    s.step("power", m.id, "hand_back", {"belongs_to": "物业", "reason": "不是电井"})
    f = s.facts(m.id)
    assert (s.holder(m.id), f.raised_level, f.hand_backs) == ("center", "subdistrict", 2)
    assert f.promise_at == running, "the promise to the resident ran on"
    assert Nudge.objects.filter(item=m.id, post=s.posts["instructor1"].pk, kind="told").exists(), "the party instructor is told"
    s.step("center", m.id, "dispatch", {"lead": s.posts["water"].pk})
    s.step("water", m.id, "take_up")
    with pytest.raises(Refused, match="final"):
        s.step("water", m.id, "hand_back", {"belongs_to": "谁", "reason": "不想办"})


def test_a_resident_is_told_when_refused_and_where_else_to_go(s: Scene) -> None:
    m = s.start("resident", {"words": "邻居欠我钱", "unit": s.units["u1"].pk, **PHONE})
    s.step("desk", m.id, "decline", {"say": "借款纠纷不归街道处理", "elsewhere": "可拨 12348"})
    assert (s.facts(m.id).stage, s.holder(m.id)) == ("answering", "desk")
    assert public_words(m.id) == ["借款纠纷不归街道处理", "可拨 12348"]
    with pytest.raises(Refused, match="not_settled_answer"):
        s.step("desk", m.id, "solved", {})
    s.step("desk", m.id, "agrees", {})
    assert s.facts(m.id).stage == "declined"


def test_a_resident_is_told_when_referred(s: Scene) -> None:
    m = s.start("resident", {"words": "工资没发", "unit": s.units["u1"].pk, **PHONE})
    s.step("desk", m.id, "refer", {"channel": "arbitration", "say": "劳动争议走仲裁，电话 12333"})
    by_asker(s, m.id, "agrees", {})
    assert s.facts(m.id).stage == "referred"
    assert "12333" in public_words(m.id)[0]


def test_a_resident_whose_matter_is_merged_is_told_and_their_receipt_goes_along(s: Scene) -> None:
    one = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, **PHONE})
    two = s.start("resident", {"words": "路灯黑了", "unit": s.units["u1"].pk, "name": "乙", "phone": "19900005678"})
    s.step("desk", two.id, "merge_into", {"into": one.id, "say": "和前一件一起办"})
    f = s.facts(one.id)
    assert (f.reporters, f.by_phone) == (2, 2)
    assert s.facts(two.id).stage == "merged"
    assert Link.objects.filter(source=two.id, target=one.id, kind="merged").exists()
    assert Reporter.objects.get(receipt=two.receipt).item_id == one.id
    telling = s.child(two.id, "tellings")
    assert s.holder(telling) == "desk", "a call task: whoever left a phone is owed a call"
    s.step("desk", telling, "told", {})
    s.step("desk", two.id, "unmerge")
    assert (s.facts(one.id).reporters, s.facts(two.id).stage) == (1, "found")
    assert Reporter.objects.get(receipt=two.receipt).item_id == two.id


def test_one_who_is_not_content_reopens_within_fourteen_days_and_not_after(s: Scene) -> None:
    m = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, **PHONE})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "换了", "say": "换了"})
    by_asker(s, m.id, "solved", {})
    s.later(days=13)
    by_asker(s, m.id, "reopen", {"reason": "又坏了"})
    f = s.facts(m.id)
    assert (f.stage, s.holder(m.id), f.reopened_count) == ("working", "officer1", 1)
    s.step("officer1", m.id, "settle", {"result": "换了线", "say": "线也换了"})
    by_asker(s, m.id, "solved", {})
    s.later(days=15)
    with pytest.raises(Refused, match="too_late"):
        by_asker(s, m.id, "reopen", {"reason": "太晚"})
    s.step("desk", m.id, "reopen", {"reason": "窗口可以重开"})
    assert s.facts(m.id).stage == "working"


def test_three_tries_on_three_working_days_then_the_end_by_the_answer(s: Scene) -> None:
    m = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, **PHONE})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "换了", "say": "换了"})
    for n in range(3):
        assert s.facts(m.id).stage == "answering"
        s.step("desk", m.id, "not_reached", {})
        s.later(days=1)
        assert s.facts(m.id).tries == n + 1
    assert (s.facts(m.id).stage, s.facts(m.id).confirmed) == ("closed", "not_reached")
    assert public_words(m.id) == ["换了"], "the words stay under the receipt"


def test_one_without_a_phone_gets_a_visit_and_says_it_at_the_counter(s: Scene) -> None:
    m = s.start(
        "desk", {"words": "老人来说台阶坏了", "unit": s.units["u1"].pk, "asked": True, "wants_visit": True, "address": "1 单元 101", "channel": "counter"}
    )
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "补好", "say": "台阶补好了"})
    assert s.holder(m.id) == "officer1", "no phone: the grid officer goes to tell"
    s.step("desk", m.id, "solved", {"words": "老人在窗口说好了"})
    assert s.facts(m.id).confirmed == "solved"


def test_who_hides_from_the_grid_is_called_back_by_the_desk(s: Scene) -> None:
    m = s.start("resident", {"words": "网格里有人乱倒垃圾", "unit": s.units["u1"].pk, "address": "101", "wants_visit": True, "hides_from_grid": True})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "清了", "say": "清了"})
    assert s.holder(m.id) == "desk"


def test_an_outsider_answers_by_a_one_time_link(s: Scene) -> None:
    m = s.start("officer1", {"words": "光缆垂下来", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    answer = s.step("officer1", m.id, "wait_outside", {"whom": "线缆公司", "how": "link", "promised_at": s.now + timedelta(days=3)})
    assert answer.slip["link"]
    assert OneTimeLink.objects.filter(item=m.id).exists()
    outsider = Actor(None, (Seat(0, "outsider", "item", m.id),), county=s.county.pk)
    loops.take_step("matters", m.id, "outside_answers", {"words": "收好了"}, actor=outsider, now=s.now, door="link")
    assert s.facts(m.id).stage == "working"
    with pytest.raises(Refused):
        loops.take_step("matters", m.id, "settle", {"result": "x", "say": "y"}, actor=outsider, now=s.now, door="link")


def test_an_outsider_who_does_not_keep_the_date_brings_the_matter_back(s: Scene) -> None:
    m = s.start("officer1", {"words": "光缆", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "wait_outside", {"whom": "线缆公司", "how": "phone", "promised_at": s.now + timedelta(days=3)})
    s.later(days=3, minutes=1)
    assert tasks.time_outs(town=s.town, now=s.now) == 1
    assert tasks.time_outs(town=s.town, now=s.now) == 0
    assert s.facts(m.id).stage == "working"


def test_an_anonymous_reporter_follows_the_receipt_and_reopens_by_its_word(s: Scene) -> None:
    m = s.start("resident", {"words": "有人占道", "unit": s.units["u1"].pk})
    assert m.slip["receipt"] == m.receipt
    assert len(m.slip["word"]) == 4
    assert not Contact.objects.exists()
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "劝走了", "say": "已经让出通道"})
    assert s.facts(m.id).stage == "closed", "nobody to call: the end stands under the receipt"
    by_asker(s, m.id, "reopen", {"reason": "又占了"})
    assert s.facts(m.id).stage == "working"


def test_a_gas_smell_at_night_goes_to_whoever_is_on_call(s: Scene) -> None:
    from hawthorn.teams import actions as teams

    s.now = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    teams.set_roster(place=s.places["street"], on=s.now.date(), users=[s.users["night"]], now=s.now)
    m = s.start("resident", {"words": "楼道里有煤气味", "unit": s.units["u1"].pk, **PHONE})
    f = s.facts(m.id)
    assert (f.tier, f.urgent, s.holder(m.id)) == ("urgent", True, "on_call")
    assert f.stage_due_at - s.now == timedelta(minutes=30)
    s.step("night", m.id, "tell", {"whom": "119", "say": "已通知消防"})
    s.step("night", m.id, "dispatch", {"lead": s.posts["water"].pk, "approved_by": "值班领导"})
    s.step("water", m.id, "take_up")
    assert s.facts(m.id).promise_at == s.now + timedelta(hours=2)
    s.later(hours=12)
    assert not s.actor("night").seats, "in the morning the night's rights are over"
    quiet = s.start("resident", {"words": "白天的事", "unit": s.units["u1"].pk})
    assert s.holder(quiet.id) == "officer1"


def test_an_ordinary_matter_at_night_waits_for_the_grid_officer(s: Scene) -> None:
    s.now = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    m = s.start("resident", {"words": "树枝挡路", "unit": s.units["u1"].pk})
    assert s.holder(m.id) == "officer1"
    assert s.facts(m.id).stage_due_at == datetime(2026, 3, 3, 4, 0, tzinfo=UTC), "four work hours from 08:00"


def test_a_question_to_the_resident_pauses_the_promise_and_runs_out_by_itself(s: Scene) -> None:
    m = s.start("resident", {"words": "下水道堵了", "unit": s.units["u1"].pk, **PHONE})
    s.step("officer1", m.id, "accept")
    s.later(days=2)
    s.step("officer1", m.id, "ask_resident", {"say": "哪个单元？"})
    assert (s.facts(m.id).stage, s.facts(m.id).promise_at) == ("waiting_resident", None)
    s.later(days=5, minutes=1)
    assert tasks.time_outs(town=s.town, now=s.now) == 1
    f = s.facts(m.id)
    assert f.stage == "working"
    assert f.promise_at - s.now == timedelta(days=5), "what was left survived"


def test_a_leaders_instruction_survives_the_matters_end(s: Scene) -> None:
    m = s.start("resident", {"words": "提了几次", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    s.step("leader", m.id, "instruct", {"words": "请说明", "by": s.now + timedelta(days=2)})
    child = s.child(m.id, "instructions")
    s.step("officer1", m.id, "settle", {"result": "好了", "say": "好了"})
    assert s.facts(m.id).stage == "closed"
    s.step("officer1", child, "answer", {"words": "已办好"})
    assert s.holder(child) == "leader"
    s.step("leader", child, "again", {"words": "再看一次", "by": s.now + timedelta(days=2)})
    s.step("officer1", child, "answer", {"words": "看了"})
    s.step("leader", child, "approve")
    assert Item.objects.get(pk=child).stage == "done"


def test_parking_needs_approval_from_another_person_and_comes_back_by_itself(s: Scene) -> None:
    m = s.start("resident", {"words": "等配件", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "ask_park", {"reason": "配件", "until": s.now + timedelta(days=10)})
    approval = s.child(m.id, "approvals")
    assert s.holder(approval) == "desk"
    s.step("desk", approval, "grant")
    assert s.facts(m.id).stage == "parked"
    s.later(days=10, minutes=1)
    tasks.time_outs(town=s.town, now=s.now)
    assert s.facts(m.id).stage == "working"


def test_an_open_approval_is_withdrawn_when_its_matter_leaves_the_work(s: Scene) -> None:
    m = s.start("resident", {"words": "等", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "ask_extension", {"reason": "忙", "until": s.now + timedelta(days=9)})
    approval = s.child(m.id, "approvals")
    s.step("officer1", m.id, "settle", {"result": "好了", "say": "好了"})
    assert Item.objects.get(pk=approval).stage == "withdrawn"


def test_work_is_split_and_the_whole_waits_for_its_parts(s: Scene) -> None:
    m = s.start("officer1", {"words": "一堆事", "unit": s.units["u1"].pk})
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "split", {"parts": ["清垃圾", "修台阶"]})
    parts = list(Item.objects.filter(parent=m.id, loop="matters").values_list("pk", flat=True))
    with pytest.raises(Refused, match="part_open"):
        s.step("officer1", m.id, "settle", {"result": "好", "say": "好"})
    for part in parts:
        with pytest.raises(Refused, match="not_yours"):
            s.step("officer1", part, "split", {"parts": ["一", "二"]})
        s.step("officer1", part, "accept")
        with pytest.raises(Refused, match="is_part"):
            s.step("officer1", part, "split", {"parts": ["一", "二"]})
        s.step("officer1", part, "settle", {"result": "好", "say": "好"})
    s.step("officer1", m.id, "settle", {"result": "都好了", "say": "都好了"})
    assert s.facts(m.id).stage == "closed"


def test_the_checker_is_never_the_person_who_handled_it(s: Scene) -> None:
    from hawthorn.teams import actions as teams

    teams.appoint(post=s.posts["center"], user=s.users["desk"], from_at=s.now, now=s.now)
    m = s.start("desk", {"words": "村里的事", "community": s.places["community"].pk})
    s.step("desk", m.id, "accept")
    s.step("desk", m.id, "settle", {"result": "好", "say": "好"})
    assert s.holder(m.id) == "center"
    with pytest.raises(Refused, match="not_yours"):
        s.step("desk", m.id, "pass")
    s.step("center_b", m.id, "pass")
    assert s.facts(m.id).stage == "closed"


def test_reminders_and_escalation_come_once_each_and_in_order(s: Scene) -> None:
    m = s.start("resident", {"words": "慢", "unit": s.units["u1"].pk})
    due = s.facts(m.id).due_at
    s.now = due + timedelta(days=4)
    for _n in range(3):
        tasks.nudges(town=town_by_id(s.county.pk), now=s.now)
    told = list(Nudge.objects.filter(item=m.id).order_by("id").values_list("kind", "post"))
    assert told == [("soon", s.posts["officer1"].pk), ("due", s.posts["head1"].pk), ("late", s.posts["instructor1"].pk)]


def test_a_matter_of_another_grid_is_not_there_for_an_officer(s: Scene) -> None:
    m = s.start("officer2", {"words": "二网格的事", "unit": s.units["u2"].pk})
    with pytest.raises(NotThere):
        s.step("officer1", m.id, "accept")
    with pytest.raises(NotThere):
        s.step("center2", m.id, "note", {"words": "别的街道"})


def test_what_was_done_in_the_grid_is_not_self_checked_while_somebody_waits_to_be_told(s: Scene) -> None:
    m = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"}).id
    s.step("officer1", m, "accept")
    s.step("officer1", m, "settle", {"result": "换灯", "say": "换好了"})
    assert (s.facts(m).stage, s.facts(m).is_self_checked) == ("answering", False)
    s.step("desk", m, "solved")
    assert (s.facts(m).stage, s.facts(m).is_self_checked) == ("closed", False)
