"""More journeys at the screen: from outside, without a name, at the counter, to an empty post, at night, about an officer, merged, and come back."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hands import SOON, WAYS, act, child, duty, holder, look, look_up, open_item, say, send, send_off, slip, stage, step, unfold, walked, words_of

from own_database import run

pytestmark = pytest.mark.browser
Come = Callable[..., Any]
GRID2, GRID3 = "999901001001002", "999901001201001"
NUMBERS = count(3001)
LEAVE = """
import django; django.setup()
from hawthorn.handovers.tasks import vacancies
from hawthorn.kernel import clock
from hawthorn.loops.town import town_by_id
from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding
now = clock.now()
holding = Holding.objects.select_related("post__place__tenant").get(post__name="2 网格专职网格员", to_at=None)
teams.end_holding(holding=holding, to_at=now, now=now)
assert vacancies(town=town_by_id(holding.post.place.tenant.county_id), now=now) == 1
"""


@pytest.fixture
def come(person: Any, way: str) -> Come:
    """come("desk"): one of the cast, signed in; come(): somebody without account."""

    def somebody(who: str = "", **more: Any) -> Any:
        someone = person(**WAYS[way], **more)
        if who:
            someone.sign_in(who)
        return someone

    return somebody


def phone() -> str:
    """A number nobody else has left."""
    return f"1990000{next(NUMBERS)}"


def settle(officer: Any, item: str, say: str) -> None:
    """The grid officer accepts it where nobody has yet, and settles it."""
    if "待受理" in stage(officer, item):
        step(officer, item, "accept")
    step(officer, item, "settle", result="到现场办了", say=say)


# ── somebody outside ──
@walked("by keyboard")
def test_an_outsider_answers_once_by_a_link(come: Come) -> None:
    resident, officer, outsider = come(), come("officer1"), come()
    receipt, word = say(resident, "光缆垂到路上了", phone())
    item = open_item(officer, receipt)
    step(officer, item, "accept")
    step(officer, item, "wait_outside", whom="线缆公司", how="一次性链接", promised_at=SOON)
    address = officer.page.locator("main .copy").inner_text()
    assert "等外单位" in stage(officer, item)
    assert "等外单位处理" in look(resident, receipt, word=word)
    outsider.page.goto(address)
    assert "光缆垂到路上了" not in words_of(outsider), "what a resident said stays inside"
    outsider.hand.put("main [name=words]", "缆线已经收好")
    send(outsider)
    assert "收到了，谢谢" in words_of(outsider)
    assert outsider.page.goto(address).status == 404, "once only"
    assert "这个链接不能再用了" in words_of(outsider)
    assert stage(officer, item) == "正在办"
    assert "缆线已经收好" in words_of(officer)
    assert "1 网格专职网格员" in holder(officer, item)
    settle(officer, item, "垂下来的缆线收好了")
    assert "垂下来的缆线收好了" in look(resident, receipt, word=word)


# ── somebody without a name ──
@walked("without scripts")
def test_one_who_leaves_no_contact_reads_by_word_and_has_it_done_again(come: Come) -> None:
    resident, officer = come(), come("officer1")
    receipt, word = say(resident, "有人占着消防通道")
    item = open_item(officer, receipt)
    settle(officer, item, "通道让出来了")
    assert stage(officer, item) == "已办结", "nobody to call: the end stands under the receipt"
    assert "对不上" in look(come(), receipt, word="OOOO")
    text = look(resident, receipt, word=word)
    assert "已办结" in text
    assert "通道让出来了" in text
    assert "没有留您的联系方式和录音" in text
    assert "正在办" in act(resident, "reopen", reason="晚上又占了")
    assert stage(officer, item) == "正在办"
    assert "晚上又占了" in words_of(officer)
    settle(officer, item, "装了地桩，车停不进来了")
    text = look(resident, receipt, word=word)
    assert "已办结" in text
    assert "装了地桩" in text


@walked("by keyboard")
def test_one_who_left_a_phone_says_by_word_whether_it_is_solved(come: Come) -> None:
    resident, officer = come(), come("officer1")
    receipt, word = say(resident, "楼道灯不亮", phone())
    item = open_item(officer, receipt)
    settle(officer, item, "灯换好了")
    assert "待回访" in stage(officer, item)
    assert "请您确认" in look(resident, receipt, word=word)
    assert "正在办" in act(resident, "unsolved", reason="还是不亮")
    assert stage(officer, item) == "正在办"
    assert "居民说过没解决" in words_of(officer)
    assert "还是不亮" in words_of(officer)
    settle(officer, item, "线路也换了")
    assert "请您确认" in look(resident, receipt, word=word)
    assert "已办结" in act(resident, "solved", rating="5 很满意")
    assert stage(officer, item) == "已办结"


# ── at the counter ──
@walked("without scripts")
def test_somebody_at_the_counter_is_read_one_sentence_and_heard(come: Come) -> None:
    desk, officer, number = come("desk_village"), come("officer3"), phone()
    assert look_up(desk, tail=number[-4:]) == []
    assert "没有找到" in words_of(desk)
    send(desk, "现在登记", "main a[href='/capture']")
    desk.hand.put("main [name=words]", "老人来说台阶坏了")
    desk.hand.put("main [name=grid]", "三网格")
    asker = "main details:has([name=consent])"
    unfold(desk, asker)
    desk.hand.put(f"{asker} [name=phone]", number)
    desk.hand.put(f"{asker} [name=consent]", "本人同意")
    send(desk, "上报")
    receipt, _word = slip(desk)
    assert [bool(re.search("收到。已收到，由3 网格专职网格员负责，受理时限到 .+。$", said)) for said in look_up(desk, tail=number[-4:])] == [True]
    item = open_item(officer, receipt)
    settle(officer, item, "台阶补好了")
    (said,) = look_up(desk, tail=number[-4:])
    assert "等您说一声解决了没有；由综合窗口_village问您。 答复是：台阶补好了" in said
    send(desk, "说解决了", "main a")
    send(desk)
    (said,) = look_up(desk, tail=number[-4:])
    assert "已办结。" in said
    assert stage(officer, item) == "已办结"


@walked("by keyboard")
def test_somebody_without_a_phone_is_found_by_the_door(come: Come) -> None:
    resident, desk, officer = come(), come("desk_village"), come("officer3")
    receipt, _word = say(resident, "井盖响", grid=GRID3, unit="u3 号楼")
    said = look_up(desk, place="u3")[0]
    assert "三网格 u3 号楼" in said
    assert "由3 网格专职网格员负责" in said
    item = open_item(officer, receipt)
    step(officer, item, "accept")
    said = look_up(desk, place="u3")[0]
    assert "正在办，由3 网格专职网格员负责，办结时限到" in said
    send(desk, "记下补充", "main a")
    desk.hand.put("main [name=words]", "夜里响得厉害")
    send(desk)
    officer.go(item)
    assert "夜里响得厉害" in words_of(officer)
    step(officer, item, "settle", result="垫了胶圈", say="井盖不响了")
    assert "已办结。" in look_up(desk, place="u3")[0]


# ── an empty post ──
@walked("without scripts")
def test_a_vacant_post_is_a_duty_until_somebody_fills_it(come: Come, served: Any) -> None:
    run(LEAVE, served.env)
    resident, head, center = come(), come("head2"), come("center")
    receipt, word = say(resident, "单元门关不上", grid=GRID2)
    assert "由2 网格专职网格员负责" in look(resident, receipt, word=word), "the post keeps it"
    assert "2 网格专职网格员（head2）" in holder(head, duty(head, "单元门关不上")), "the next post up acts"
    item = open_item(head, receipt)
    assert "2 网格专职网格员（head2）" in holder(head, item)
    step(head, item, "accept")
    vacancy = duty(center, "缺岗 · 2 网格专职网格员")
    assert "网格中心" in holder(center, vacancy)
    step(center, vacancy, "fill", user="night")
    assert stage(center, vacancy) == "已补上"
    center.go("/today")
    assert "缺岗 · 2 网格专职网格员" not in words_of(center)
    fresh = come("night")
    assert duty(fresh, "单元门关不上") == item
    head.go("/today")
    assert "单元门关不上" not in words_of(head)
    assert "2 网格专职网格员（night）" in holder(head, item)
    settle(fresh, item, "门修好了")
    assert "门修好了" in look(resident, receipt, word=word)


# ── at night ──
@walked("by keyboard")
def test_a_gas_smell_at_night_goes_to_who_is_on_call(come: Come, night: Any) -> None:
    center, resident = come("center", at=night), come(at=night)
    center.go("/oncall")
    if center.page.locator("main option", has_text="night").count():  # the other way of this journey may have put them on the roster already
        unfold(center, "main details:has(select[name=users])")
        center.hand.put("main select[name=users]", "night")
        send(center)
    assert "night" in center.page.locator("main section[aria-labelledby=turn-1]").inner_text()
    receipt, word = say(resident, "楼道里有煤气味", phone())
    assert "请直接打 119、120、110" in resident.page.locator("body").inner_text()
    calm, _word = say(come(at=night), "树枝挡路")
    assert "由值班员负责，受理时限到 3月3日 00:" in look(resident, receipt, word=word)
    on_call, officer, water, desk = (come(who, at=night) for who in ("night", "officer1", "water", "desk"))
    item = duty(on_call, "楼道里有煤气味")
    assert "急办" in on_call.page.locator("main ul.ticks li").first.inner_text(), "what is urgent stands first"
    officer.go("/today")
    assert "楼道里有煤气味" not in words_of(officer)
    assert "1 网格专职网格员" in holder(officer, open_item(officer, calm)), "what can wait, waits for the grid"
    step(on_call, item, "tell", whom="119", say="已通知消防，请先开窗离开")
    step(on_call, item, "dispatch", lead="供水站")
    assert "已通知消防，请先开窗离开" in look(resident, receipt, word=word)
    step(water, item, "take_up")
    assert "办结 还有 1 小时" in holder(water, item)
    step(water, item, "settle", result="关阀换管", say="接头换好，可以放心用")
    assert stage(center, item) == "待核查"
    step(center, item, "pass")
    step(desk, item, "solved")
    text = look(resident, receipt, word=word)
    assert "已办结" in text
    assert "接头换好，可以放心用" in text


# ── about an officer ──
@walked("without scripts")
def test_a_complaint_about_an_officer_is_decided_above_and_never_seen_by_them(come: Come) -> None:
    resident, desk, center = come(), come("desk"), come("center")
    resident.go("/complain?about=grid")
    resident.hand.put("main [name=words]", "网格员说话难听")
    resident.hand.put("main [name=grid]", "一网格")
    receipt, word = send_off(resident)
    item = open_item(desk, receipt, "complaints")
    assert item == duty(desk, "网格员说话难听")
    assert "综合窗口" in holder(desk, item)
    for who in ("officer1", "head1"):
        someone = come(who)
        for path in ("/today", "/complaints", "/complaints?all=1", f"/complaints?q={receipt}", f"/matters?q={receipt}"):
            someone.go(path)
            assert "网格员说话难听" not in words_of(someone)
            assert not someone.page.locator(f"a[href^='{item}']").count()
        for path in (item, f"{item}/print", f"{item}/do/take_up"):
            assert someone.go(path).status == 404
    step(desk, item, "take_up")
    assert "正在办" in look(resident, receipt, word=word)
    step(desk, item, "answer", say="已经谈过，向您道歉", how="凭回执查看")
    text = look(resident, receipt, word=word)
    assert "已答复" in text
    assert "已经谈过，向您道歉" in text
    assert "已收到" in act(resident, "unsatisfied", reason="没有当面道歉")
    assert "网格中心" in holder(center, duty(center, "网格员说话难听")), "one level up, once"
    step(center, item, "take_up")
    step(center, item, "answer", say="网格员明天上门道歉", how="凭回执查看")
    text = look(resident, receipt, word=word)
    assert "网格员明天上门道歉" in text
    assert "对答复不满意" not in text


# ── two that are one, and one that comes back ──
@walked("by keyboard")
def test_two_matters_are_merged_and_both_askers_are_told(come: Come) -> None:
    one, two, officer, desk = come(), come(), come("officer1"), come("desk")
    first, first_word = say(one, "三号路灯不亮", phone())
    second, second_word = say(two, "路口黑", phone())
    kept, merged = open_item(officer, first), open_item(officer, second)
    step(desk, merged, "merge_into", into=f"{first[:4]}-{first[4:]}", say="和前一件一起办")
    assert stage(desk, merged) == "合并办理"
    text = look(two, second, word=second_word)
    assert "和前一件一起办" in text
    assert "您的回执照样有效" in text
    telling = child(desk, merged, "回话")
    assert "综合窗口" in holder(desk, telling), "whoever left a phone is owed a call"
    step(desk, telling, "told")
    assert stage(desk, telling) == "已告诉"
    settle(officer, kept, "路灯修好了")
    step(desk, kept, "solved")
    for asker, receipt, word in ((one, first, first_word), (two, second, second_word)):
        text = look(asker, receipt, word=word)
        assert "已办结" in text
        assert "路灯修好了" in text


@walked("without scripts")
def test_one_who_is_not_content_opens_the_link_of_the_slip_and_reopens(come: Come) -> None:
    resident, officer, desk = come(), come("officer1"), come("desk")
    receipt, _word = say(resident, "下水道又堵", phone())
    send(resident, "看办到哪一步", "main a")
    link = resident.page.url
    item = open_item(officer, receipt)
    settle(officer, item, "疏通了")
    step(desk, item, "solved")
    resident.page.goto(link)
    assert "已办结" in words_of(resident)
    assert "正在办" in act(resident, "reopen", reason="下雨又堵了")
    assert stage(officer, item) == "正在办"
    assert "重开过" in words_of(officer)
    assert "下雨又堵了" in words_of(officer)
    assert "1 网格专职网格员" in holder(officer, item)
    settle(officer, item, "换了一段管")
    step(desk, item, "solved")
    resident.page.goto(link)
    assert "已办结" in words_of(resident)
    assert "换了一段管" in words_of(resident)
