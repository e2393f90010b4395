"""A day without network on a real phone’s browser: nothing lost, everything once and in order; conflicts shown and solved."""

from __future__ import annotations

from typing import Any

import pytest
from hands import send, words_of
from phones import all_sent, capture, captured, looked, new_items, new_points, note_by_desk, ready, see, stored, walk_round
from playwright.sync_api import expect
from serving import Served
from test_pages_for_everybody import findings, sideways

pytestmark = pytest.mark.browser


# ── nothing lost ──
def test_a_day_without_network_arrives_once_and_in_order(phone: Any, person: Any, served: Served) -> None:
    captures, steps, cuts = 20, 10, 8
    rounds = ["甲一 甲二 甲三 甲四", "乙一 乙二 乙三", "丙一 丙二"]
    new_points(served, " ".join(rounds))
    items = new_items(served, "路边的事", steps)
    device, officer = phone("officer1")
    for item in items:
        see(officer, item, "call_up", "note")
    officer.go("/rounds")
    ready(officer, "/rounds", *(link.get_attribute("href") for link in officer.page.locator("main a[data-keep]").all()))
    device.lose_network()
    for spots in rounds[:2]:
        walk_round(officer, spots)
    said = [f"山里第{n:02}件" for n in range(captures)]
    for n, words in enumerate(said[: captures // 2], start=8):
        capture(officer, words, picture=True)
        officer.page.locator("#unsent-state", has_text=f"还有 {n} 件没送出").wait_for()
    officer = device.restart()
    for words in said[captures // 2 :]:
        capture(officer, words, picture=True)
    for n, item in enumerate(items):
        officer.go(f"{item}/do/call_up")
        officer.page.fill("main [name=tried]", f"去看过{n}")
        officer.page.fill("main [name=asks]", "请帮")
        send(officer)
    officer = device.restart()
    walk_round(officer, rounds[2])
    officer.go("/unsent")
    officer.page.locator("#unsent-state", has_text=f"还有 {captures + steps + 9} 件没送出").wait_for()

    desk = person(360)  # a second device, at work on the same matters meanwhile
    desk.sign_in("desk")
    for item in items[:2]:
        desk.go(f"{item}/do/note")
        desk.page.fill("main [name=words]", "窗口也记了一笔")
        send(desk)
    device.find_network(*(["request", "answer"] * cuts)[:cuts])
    all_sent(officer, but=2, seconds=120)
    assert len(device.line.done) == cuts
    assert captured(served, "山里") == said
    of = "Attachment.objects.filter(item__in=Text.objects.filter(field='words', words__{}).values('item')).count()"
    assert stored(served, of.format("startswith='山里'")) == captures
    assert stored(served, of.format("endswith='井盖碎了'")) == len(rounds)
    assert stored(served, "list(Look.objects.order_by('id').values_list('checkpoint__spot', 'result'))") == looked(rounds)
    called = f"list(Event.objects.filter(step='call_up', stream__in={[int(i[3:]) for i in items]}).order_by('id').values_list('stream', flat=True))"
    assert stored(served, called) == [int(item[3:]) for item in items[2:]]

    conflict = officer.page.locator("#unsent-list [data-state=conflict]")
    assert "去看过0" in conflict.first.inner_text()
    conflict.first.locator("a", has_text="按现在的状态重做").click()
    officer.page.wait_for_url("**/do/call_up*")
    expect(officer.page.locator("[name=tried]")).to_have_value("去看过0")
    send(officer)
    officer.go("/unsent")
    conflict.first.locator("button", has_text="作为备注记上").click()
    expect(conflict).to_have_count(0)  # the press is kept before the page is left
    all_sent(officer)
    assert stored(served, called) == [*(int(item[3:]) for item in items[2:]), int(items[0][3:])]
    assert stored(served, f"[t.words.split() for t in Text.objects.filter(item={int(items[1][3:])}, words__startswith='去看过')]") == [["去看过1", "请帮"]]


def test_two_steps_on_one_item_are_not_stale_by_each_other(phone: Any, served: Served) -> None:
    (item,) = new_items(served, "连着两步", 1)
    device, officer = phone("officer1")
    see(officer, item, "classify", "call_up")
    device.lose_network()
    officer.go(f"{item}/do/classify")
    category = officer.page.locator("main [name=category] option").nth(1).get_attribute("value")
    officer.page.locator("main [name=category]").select_option(category)
    send(officer)
    officer.go(f"{item}/do/call_up")
    officer.page.fill("main [name=tried]", "看过")
    officer.page.fill("main [name=asks]", "请帮")
    send(officer)
    officer.go(item)
    officer.page.locator("#unsent-here", has_text="定类、呼叫上级").wait_for()
    device.find_network()
    all_sent(officer)
    assert stored(served, f"list(Event.objects.filter(stream={item[3:]}).order_by('id').values_list('step', flat=True))")[-2:] == ["classify", "call_up"]


def test_a_press_whose_answer_was_lost_is_taken_once(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.line.mend("answer", "answer", "request", "answer")
    capture(officer, "半路断了的一件")
    all_sent(officer)
    assert device.line.cuts == []
    assert captured(served, "半路") == ["半路断了的一件"]


def test_a_form_that_comes_back_is_in_hand_and_stays_on_the_list_until_it_is_taken(phone: Any, served: Served) -> None:
    _device, officer = phone("officer1")
    officer.go("/capture")
    officer.page.fill("main [name=words]", "请打 19900001234 或者 19900005678")
    send(officer, css="main button[value=report]")
    assert "再按一次" in words_of(officer)
    officer.page.wait_for_timeout(300)
    assert officer.page.locator("#unsent").is_hidden()
    officer.go("/unsent#")
    officer.page.locator("[data-state=conflict]", has_text="没有收下").wait_for()
    officer.page.go_back()
    officer.page.locator("main [name=words]").wait_for()
    officer.page.fill("main [name=words]", "请打电话给物业")
    send(officer, css="main button[value=report]")
    officer.go("/unsent")
    officer.page.locator("#unsent-state", has_text="都送出了").wait_for()
    assert captured(served, "请打") == ["请打电话给物业"]


def test_a_slip_is_shown_at_once_with_network_and_kept_for_the_list_without(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    officer.go("/capture")
    officer.page.fill("main [name=words]", "有人来说灯坏了")
    officer.page.locator("details", has_text="有人来反映").locator("summary").click()
    officer.page.check("main [name=asked]")
    send(officer, css="main button[value=report]")
    assert "口令" in words_of(officer)
    device.lose_network()
    officer.go("/capture")
    officer.page.fill("main [name=words]", "有人来说井盖松了")
    officer.page.locator("details", has_text="有人来反映").locator("summary").click()
    officer.page.check("main [name=asked]")
    send(officer, css="main button[value=report]")
    device.find_network()
    all_sent(officer)
    assert "口令" in officer.page.locator("#unsent-list [data-state=taken]").inner_text()
    officer.page.locator("#unsent-list button", has_text="知道了").click()
    officer.page.locator("#unsent-list li").wait_for(state="detached")


@pytest.mark.parametrize("width", [360, 1280])
def test_what_is_not_sent_is_shown_for_everybody(phone: Any, served: Served, width: int) -> None:
    (item,) = new_items(served, f"看一看{width}", 1)
    device, officer = phone("officer1", viewport={"width": width, "height": 800})
    see(officer, item, "call_up")
    device.lose_network()
    capture(officer, f"照片太大的那一件{width}", picture=True)
    officer.go(f"{item}/do/call_up")
    officer.page.fill("main [name=tried]", "看过")
    officer.page.fill("main [name=asks]", "请帮")
    send(officer)
    for path in ("/today", item, "/unsent", "/board"):
        officer.go(path)
        officer.page.wait_for_timeout(300)
        assert (findings(officer.page), sideways(officer.page) > 0) == ([], False), path
    note_by_desk(served, int(item[3:]))
    device.find_network()
    all_sent(officer, but=1)
    assert (findings(officer.page), sideways(officer.page) > 0) == ([], False)
    officer.page.locator("[data-state=conflict] button", has_text="不要了").click()
    officer.page.locator("[data-state=conflict] button", has_text="真的不要了").click()
    all_sent(officer)


def test_on_a_slow_line_the_kept_copy_comes_first_and_what_became_of_a_press_is_waited_for(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.line.delay = 4
    officer.go("/today")
    officer.page.locator("#kept-at").wait_for()
    officer.page.locator("#kept-at a", has_text="新的样子到了").click()
    device.line.delay = 1.5
    officer.page.wait_for_load_state()
    device.line.delay = 6
    officer.go("/capture")  # the same whenever it is opened: the copy comes at once, without a word about it
    officer.page.locator("main [name=words]").wait_for(timeout=3000)
    assert officer.page.locator("#kept-at").is_hidden()
    device.line.delay = 1.5
    officer.page.fill("main [name=words]", "网很慢也要等到结果")
    send(officer, css="main button[value=report]")
    assert "记下了" in words_of(officer)


def test_what_did_not_change_stays_under_the_finger_while_the_list_is_drawn_again(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.lose_network()
    capture(officer, "按住的一件")
    officer.go("/unsent")
    card = officer.page.locator("#unsent-list li").first
    again = "document.dispatchEvent(new CustomEvent('unsent', { detail: { why: 'network' } }))"
    officer.page.evaluate(again)
    officer.page.wait_for_timeout(500)
    card.evaluate("(e) => { e.held = true }")
    officer.page.evaluate(again)
    officer.page.wait_for_timeout(500)
    assert card.evaluate("(e) => e.held === true")
