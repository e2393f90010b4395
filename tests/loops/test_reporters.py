"""Who asked: by receipt, word, token and link; where it stands; looking up; reading a contact; erasing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hawthorn.accounts.models import Contact, Reveal
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import erasure, queries, reporters
from hawthorn.loops.models import OneTimeLink, Reporter
from make import Scene

PHONE = "13800001234"


def asked(s: Scene, who: str = "resident", **more: object) -> tuple[int, dict[str, str]]:
    given = {"words": "路灯不亮", "unit": s.units["u1"].pk, "phone": PHONE, "name": "王示例", "consent": True, **more}
    answer = s.start(who, given)
    return answer.id, dict(answer.slip)


def reporter_of(slip: dict[str, str]) -> Reporter:
    found = reporters.by_receipt(slip["receipt"])
    assert found is not None
    return found


def test_a_receipt_is_found_however_it_is_written(s: Scene) -> None:
    item, slip = asked(s)
    receipt = slip["receipt"]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in receipt)
    for written in (receipt, receipt.lower(), f" {receipt[:4]}-{receipt[4:]} ", f"{receipt[:4]} {receipt[4:]}", wide):
        found = reporters.by_receipt(written)
        assert found is not None
        assert found.item_id == item
    for wrong in ("", "ABCD", receipt[:7], receipt + "2", "路灯路灯路灯路灯", "x" * 10_000):
        assert reporters.by_receipt(wrong) is None


def test_the_word_and_the_token_act_and_nothing_else_does(s: Scene) -> None:
    item, slip = asked(s)
    actor = reporters.acting(slip["receipt"], slip["word"].lower(), s.now)
    assert actor is not None
    assert (actor.user, actor.county, actor.reporter) == (None, s.county.pk, reporter_of(slip).pk)
    assert [(x.post, x.kind, x.level, x.place) for x in actor.seats] == [(0, "reporter", "item", item)]
    assert reporters.acting_by_token(slip["token"], s.now) == actor
    assert reporters.acting(slip["receipt"], "", s.now) is None
    assert reporters.acting(slip["receipt"], "2222" if slip["word"] != "2222" else "3333", s.now) is None
    assert reporters.acting("22222222", slip["word"], s.now) is None
    assert reporters.acting_by_token("", s.now) is None
    assert reporters.acting_by_token(slip["receipt"], s.now) is None


def test_four_digits_read_only_the_own_receipt(s: Scene) -> None:
    _item, slip = asked(s)
    _other, second = asked(s, phone="13800005678")
    _third, anonymous = asked(s, phone="", name="", consent=False)
    assert reporters.may_read(reporter_of(slip), "1234")
    assert reporters.may_read(reporter_of(slip), "１２３４")
    for tail in ("5678", "234", "", "12 34 5", "abcd"):
        assert not reporters.may_read(reporter_of(slip), tail)
    assert not reporters.may_read(reporter_of(second), "1234")
    assert not reporters.may_read(reporter_of(anonymous), "")


def test_the_asker_acts_through_the_engine(s: Scene) -> None:
    item, slip = asked(s)
    actor = reporters.acting(slip["receipt"], slip["word"], s.now)
    from hawthorn.loops import actions

    answer = actions.take_step("matters", item, "add_words", {"words": "晚上更黑"}, actor=actor, now=s.now, door="web")
    assert answer.version == 2
    other, _slip = asked(s)
    with pytest.raises(NotThere):
        actions.take_step("matters", other, "add_words", {"words": "x"}, actor=actor, now=s.now, door="web")


def test_where_it_stands_names_the_post_and_the_date_and_the_public_words_only(s: Scene, django_assert_max_num_queries: object) -> None:
    item, slip = asked(s)
    s.step("officer1", item, "accept")
    s.step("officer1", item, "note", {"words": "内部的话"})
    s.step("officer1", item, "tell", {"say": "明天来修"})
    town, reporter = s.town, reporter_of(slip)
    with django_assert_max_num_queries(4):
        at = reporters.standing(reporter, town, s.now)
    assert (at.item_id, at.loop, at.receipt, at.stage, at.reads, at.is_open, at.merged_into) == (
        item,
        "matters",
        slip["receipt"],
        "working",
        "正在办",
        True,
        None,
    )
    assert "1 网格专职网格员" in at.sentence
    assert "3月2日 10:00 收到" in at.sentence
    assert "办结时限到 3月9日 10:00" in at.sentence
    assert [(label, words) for _at, label, words in at.public] == [("告知", "明天来修")]
    assert at.promise_at is not None
    assert "内部" not in str(at)
    s.later(days=30)
    assert "超过" in reporters.standing(reporter, s.town, s.now).sentence


def test_how_it_ended_is_said(s: Scene) -> None:
    item, slip = asked(s)
    s.step("officer1", item, "accept")
    s.step("officer1", item, "settle", {"result": "换了灯泡", "say": "路灯已经修好"})
    s.step("desk", item, "solved", {})
    at = reporters.standing(reporter_of(slip), s.town, s.now)
    assert not at.is_open
    assert at.sentence.endswith("3月2日 10:00 已办结。")
    assert at.public[-1][2] == "路灯已经修好"


def test_a_merged_matter_is_read_where_it_lives_on(s: Scene) -> None:
    first, _slip = asked(s)
    second, slip = asked(s, phone="13900005678")
    s.step("desk", second, "merge_into", {"into": first, "say": "和另一件一起办"})
    reporter = reporter_of(slip)
    at = reporters.standing(reporter, s.town, s.now)
    assert (at.item_id, at.merged_into, at.is_open) == (first, first, True)
    assert ("合并办理", "和另一件一起办") in [(label, words) for _at, label, words in at.public]
    actor = reporters.acting(slip["receipt"], slip["word"], s.now)
    assert actor is not None
    assert actor.seats[0].place == first


def test_a_matter_without_asker_merged_away_is_followed(s: Scene) -> None:
    first, slip = asked(s)
    second = s.start("officer1", {"words": "路灯", "unit": s.units["u1"].pk}).id
    s.step("desk", first, "merge_into", {"into": second, "say": "一起办"})
    assert reporters.standing(reporter_of(slip), s.town, s.now).item_id == second


def test_looking_up_by_digits_gives_only_what_one_may_see(s: Scene, django_assert_max_num_queries: object) -> None:
    mine, _slip = asked(s)
    grid2, _slip2 = asked(s, unit=s.units["u2"].pk)
    town = s.town
    actor = s.actor("center")
    with django_assert_max_num_queries(4):
        found = reporters.look_up(actor=actor, town=town, now=s.now, tail="1234")
    assert [item for item, _words in found] == [grid2, mine]
    assert "收到" in found[0][1]
    assert [i for i, _w in reporters.look_up(actor=s.actor("officer1"), town=town, now=s.now, tail="1234")] == [mine]
    for nobody in ("center2", "water", "clinic", "resident"):
        assert reporters.look_up(actor=s.actor(nobody), town=town, now=s.now, tail="1234") == []
    for wrong in ("", "123", "12345", "１２３４", "abcd"):
        assert reporters.look_up(actor=actor, town=town, now=s.now, tail=wrong) == []


def test_looking_up_by_digits_does_not_betray_who_hides_from_the_grid(s: Scene) -> None:
    hidden, _slip = asked(s, hides_from_grid=True)
    assert reporters.look_up(actor=s.actor("officer1"), town=s.town, now=s.now, tail="1234") == []
    assert [i for i, _w in reporters.look_up(actor=s.actor("desk"), town=s.town, now=s.now, tail="1234")] == [hidden]


def test_looking_up_by_unit(s: Scene) -> None:
    one, _slip = asked(s)
    asked(s, unit=s.units["u2"].pk)
    found = reporters.look_up(actor=s.actor("desk"), town=s.town, now=s.now, unit=s.units["u1"].pk)
    assert [i for i, _w in found] == [one]
    assert reporters.look_up(actor=s.actor("desk2"), town=s.town, now=s.now, unit=s.units["u1"].pk) == []


def test_twenty_at_most(s: Scene, django_assert_max_num_queries: object) -> None:
    for _n in range(25):
        asked(s)
    town, actor = s.town, s.actor("center")
    with django_assert_max_num_queries(4):
        assert len(reporters.look_up(actor=actor, town=town, now=s.now, tail="1234")) == 20


def test_the_masked_list_holds_no_contact(s: Scene) -> None:
    item, _slip = asked(s)
    rows = reporters.asker_rows(item, s.actor("officer1"), s.town, s.now)
    assert [(r.way, r.at, r.may_reveal) for r in rows] == [("phone", s.now, True)]
    assert "00001234" not in str(rows)
    assert "王" not in str(rows)
    assert [r.may_reveal for r in reporters.asker_rows(item, s.actor("desk"), s.town, s.now)] == [False]
    with pytest.raises(NotThere):
        reporters.asker_rows(item, s.actor("officer2"), s.town, s.now)


def reveal(s: Scene, who: str, slip: dict[str, str], reason: str = "回访") -> dict[str, str]:
    return reporters.reveal(reporter_id=reporter_of(slip).pk, reason=reason, actor=s.actor(who), town=s.town, now=s.now)


def test_the_holder_and_the_subdistrict_desk_read_a_contact_with_a_reason(s: Scene) -> None:
    item, slip = asked(s)
    assert reveal(s, "officer1", slip) == {"name": "王示例", "phone": PHONE, "mail": "", "address": ""}
    assert reveal(s, "center", slip, "  来电\n核实 ")["phone"] == PHONE
    kept = list(Reveal.objects.order_by("id").values_list("user__username", "post", "item", "reason"))
    assert kept == [("officer1", s.posts["officer1"].pk, item, "回访"), ("center", s.posts["center"].pk, item, "来电 核实")]
    for who, code in (("desk", "not_yours"), ("leader", "not_yours"), ("system", "not_yours")):
        with pytest.raises(Refused) as found:
            reveal(s, who, slip)
        assert found.value.code == code
    for reason in ("", " \n "):
        with pytest.raises(Refused) as found:
            reveal(s, "officer1", slip, reason)
        assert (found.value.code, found.value.fields) == ("missing", ("reason",))
    for who in ("officer2", "center2", "water", "county_desk"):
        with pytest.raises(NotThere):
            reveal(s, who, slip)
    assert Reveal.objects.count() == 2


def test_the_grid_never_reads_who_hides_from_it(s: Scene) -> None:
    item, slip = asked(s, hides_from_grid=True)
    assert s.holder(item) == "officer1"
    with pytest.raises(Refused) as found:
        reveal(s, "officer1", slip)
    assert found.value.code == "not_yours"
    assert not reporters.asker_rows(item, s.actor("officer1"), s.town, s.now)[0].may_reveal
    assert reveal(s, "center", slip)["phone"] == PHONE


def test_who_owes_the_asker_a_call_reads_the_contact(s: Scene) -> None:
    item, slip = asked(s)
    s.step("desk", item, "void", {"say": "误报"})
    child = s.child(item, "tellings")
    assert s.holder(child) == "desk"
    assert reveal(s, "desk", slip)["phone"] == PHONE
    s.step("desk", child, "told", {})
    with pytest.raises(Refused):
        reveal(s, "desk", slip)


def test_contacts_are_emptied_when_their_time_is_over(s: Scene) -> None:
    item, slip = asked(s)
    open_item, open_slip = asked(s)
    s.step("officer1", item, "accept")
    s.step("officer1", item, "settle", {"result": "好了", "say": "好了"})
    s.step("desk", item, "solved", {})
    assert erasure.erase_expired(s.now + timedelta(days=179)) == 0
    assert erasure.erase_expired(s.now + timedelta(days=181)) == 1
    contact = reporter_of(slip).contact
    assert contact is not None
    assert (bytes(contact.cipher), contact.blind, contact.blind_tail, contact.basis) == (b"", "", "", "erased")
    assert contact.erased_at is not None
    assert not reporters.may_read(reporter_of(slip), "1234")
    with pytest.raises(Refused) as found:
        reveal(s, "center", slip)
    assert found.value.code == "nobody_to_ask"
    assert [i for i, _w in reporters.look_up(actor=s.actor("center"), town=s.town, now=s.now, tail="1234")] == [open_item]
    assert erasure.erase_expired(s.now + timedelta(days=732)) == 1
    assert erasure.erase_expired(s.now + timedelta(days=733)) == 0
    assert not Contact.objects.filter(erased_at=None).exists()
    assert reporter_of(open_slip).item_id == open_item


def test_somebody_may_have_their_contact_erased_at_once(s: Scene) -> None:
    item, slip = asked(s)
    _item, other = asked(s)
    assert erasure.erase_on_request(reporter_of(slip), now=s.now)
    assert not erasure.erase_on_request(reporter_of(slip), now=s.now)
    assert reporter_of(slip).way == "none"
    assert reveal(s, "officer1", other)["phone"] == PHONE
    assert reporters.acting(slip["receipt"], slip["word"], s.now) is not None


def outside(s: Scene) -> tuple[int, str]:
    item, _slip = asked(s)
    s.step("officer1", item, "accept")
    answer = s.step("officer1", item, "wait_outside", {"whom": "自来水公司", "how": "link", "promised_at": (s.now + timedelta(days=3)).isoformat()})
    return item, answer.slip["link"]


def test_a_one_time_link_acts_once(s: Scene) -> None:
    from hawthorn.loops import actions

    item, token = outside(s)
    actor = reporters.outsider(token.lower(), s.now)
    assert actor is not None
    assert [(x.post, x.kind, x.level, x.place) for x in actor.seats] == [(0, "outsider", "item", item)]
    assert actor.county == s.county.pk
    actions.take_step("matters", item, "outside_answers", {"words": "修好了"}, actor=actor, now=s.now, door="link")
    assert reporters.use_link(token, s.now)
    assert not reporters.use_link(token, s.now)
    assert reporters.outsider(token, s.now) is None


def test_a_one_time_link_ends_with_its_date_and_with_its_item(s: Scene) -> None:
    item, token = outside(s)
    assert reporters.outsider(token, s.now + timedelta(days=4)) is None
    assert not reporters.use_link(token, s.now + timedelta(days=4))
    s.step("desk", item, "void", {"say": "误报"})
    assert reporters.outsider(token, s.now) is None
    assert reporters.outsider("", s.now) is None
    assert OneTimeLink.objects.get().used_at is None


def test_an_asker_who_took_theirs_back_acts_no_more(s: Scene) -> None:
    from hawthorn.loops import actions

    item, slip = asked(s)
    follower = s.step("desk", item, "follow", {"words": "我也是", "phone": "13900001111"}).slip
    actor = reporters.acting(slip["receipt"], slip["word"], s.now)
    actions.take_step("matters", item, "void", {"say": "不用了"}, actor=actor, now=s.now, door="web")
    assert reporters.acting(slip["receipt"], slip["word"], s.now) is None
    assert reporters.acting_by_token(slip["token"], s.now) is None
    assert reporters.acting(follower["receipt"], follower["word"], s.now) is not None


def test_a_complaint_has_its_standing_too(s: Scene) -> None:
    answer = s.start("resident", {"about": "community", "community": s.places["community"].pk, "words": "态度不好", "phone": PHONE}, loop="complaints")
    at = reporters.standing(reporter_of(dict(answer.slip)), s.town, s.now)
    assert (at.loop, at.reads) == ("complaints", "已收到")
    assert reporters.look_up(actor=s.actor("desk"), town=s.town, now=s.now, tail="1234") == []
    assert len(reporters.look_up(actor=s.actor("center"), town=s.town, now=s.now, tail="1234")) == 1


def test_whoever_owes_a_call_after_a_merge_can_read_the_number_and_what_to_say(s: Scene) -> None:
    kept = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001111"}).id
    merged = s.start("resident", {"words": "路口黑", "unit": s.units["u1"].pk, "phone": "19900002222", "name": "示例"}).id
    gone = Reporter.objects.get(item=merged).pk
    s.step("desk", merged, "merge_into", {"into": kept, "say": "和前一件一起办"})
    telling = queries.get_visible(s.child(merged, "tellings"), actor=s.actor("desk"), town=s.town, now=s.now)
    assert reporters.owed_words(telling.item) == "和前一件一起办"
    assert [(r.id, r.may_reveal) for r in reporters.owed_rows(telling, s.actor("desk"), s.town, s.now)] == [(gone, True)]
    with pytest.raises(Refused, match="not_yours"):
        reporters.reveal(reporter_id=Reporter.objects.exclude(pk=gone).get().pk, reason="x", actor=s.actor("desk"), town=s.town, now=s.now)
    assert reporters.reveal(reporter_id=gone, reason="回话", actor=s.actor("desk"), town=s.town, now=s.now)["phone"] == "19900002222"
    s.step("desk", telling.item.pk, "told")
    with pytest.raises(Refused, match="not_yours"):
        reporters.reveal(reporter_id=gone, reason="再看", actor=s.actor("desk"), town=s.town, now=s.now)


def test_a_merge_that_is_undone_owes_no_call_any_more(s: Scene) -> None:
    kept = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    merged = s.start("resident", {"words": "路口黑", "unit": s.units["u1"].pk, "phone": "19900002222"}).id
    s.step("desk", merged, "merge_into", {"into": kept, "say": "和前一件一起办"})
    telling = s.child(merged, "tellings")
    s.step("desk", merged, "unmerge")
    assert (s.facts(telling).stage, s.facts(telling).holder) == ("unneeded", None)


def test_nobody_is_called_who_is_not_to_be_called_any_more(s: Scene) -> None:
    kept = s.start("resident", {"words": "灯不亮", "unit": s.units["u1"].pk}).id
    merged = s.start("resident", {"words": "路口黑", "unit": s.units["u1"].pk, "phone": "19900002222"}).id
    gone = Reporter.objects.get(item=merged)
    s.step("desk", merged, "merge_into", {"into": kept, "say": "和前一件一起办"})
    telling = s.child(merged, "tellings")
    gone.refresh_from_db()
    assert erasure.erase_on_request(gone, now=s.now)
    assert (s.facts(telling).stage, s.facts(telling).holder) == ("unneeded", None)


def test_a_call_is_owed_as_long_as_one_of_several_can_be_told(s: Scene) -> None:
    item, slip = asked(s)
    s.step("desk", item, "follow", {"words": "我也是", "phone": "13900001111"})
    s.step("desk", item, "void", {"say": "误报"})
    assert erasure.erase_on_request(reporter_of(slip), now=s.now)
    assert s.facts(s.child(item, "tellings")).stage == "owed"
