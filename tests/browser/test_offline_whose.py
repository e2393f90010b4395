"""What a phone keeps belongs to one person: nobody else sees or sends it, it is locked, and it says what it can."""

from __future__ import annotations

from typing import Any

import pytest
from hands import Pointer, send, words_of
from phones import KEYS, LOCK, all_sent, capture, captured, ready, words_of_page
from serving import Person, Served

from own_database import WORD

pytestmark = pytest.mark.browser
IS_CALM = True


# ── whose it is ──
def test_another_person_on_the_same_phone_neither_sees_nor_sends_it(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.lose_network()
    capture(officer, "一号写的")
    device.context.clear_cookies()  # the session is over
    device.find_network()
    officer.go("/today")
    officer.page.locator("#unsent", has_text="1 件没送出").wait_for()
    officer.sign_in("officer2")
    ready(officer)
    officer.go("/unsent")
    officer.page.locator("#unsent-state", has_text="别人写的 1 件").wait_for()
    assert "一号写的" not in words_of(officer)
    assert captured(served, "一号") == []
    device.lose_network()
    assert "2 网格专职网格员" in words_of_page(officer, "/today")
    device.find_network()
    device.context.clear_cookies()
    officer.sign_in("officer1")
    all_sent(officer)
    assert captured(served, "一号") == ["一号写的"]


def test_signing_out_with_something_unsent_asks_first_and_wipes_nothing(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    officer.go("/me")
    ready(officer, "/me")
    device.lose_network()
    capture(officer, "退出以前写的")
    officer.go("/me")
    officer.page.locator("form[action='/signout'] button").click()
    officer.page.wait_for_url("**/unsent#leave")
    assert "要退出吗" in words_of(officer)
    device.find_network(*["request"] * 99)
    device.line.spare = "/signout"
    officer.page.locator("#leaving button").click()
    officer.page.wait_for_url("**/signin*")
    device.lose_network()
    assert "退出以前写的" not in words_of_page(officer, "/today")
    assert "待办" not in words_of(officer).replace("今日待办", "")
    device.find_network()
    device.line.spare = "/unsent"
    officer.sign_in("officer1")
    all_sent(officer)
    assert captured(served, "退出以前") == ["退出以前写的"]


def test_what_lies_on_the_disk_is_not_readable(phone: Any) -> None:
    device, officer = phone("officer1")
    device.lose_network()
    capture(officer, "SECRETWORDSONTHEPHONE")
    device.context.close()
    found = [p for p in device.profile.rglob("*") if p.is_file() and "IndexedDB" in str(p)]
    assert found
    for path in found:
        body = path.read_bytes()
        assert b"SECRETWORDSONTHEPHONE" not in body
        assert "SECRETWORDSONTHEPHONE".encode("utf-16-le") not in body
    officer = device.on()
    officer.go("/unsent")
    assert officer.page.evaluate(KEYS) == [[False, "AES-GCM"]]


# ── lock, signs ──
def test_idle_locks_without_network_and_the_password_opens_it_again(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.lose_network()
    capture(officer, "锁屏以前写的")
    officer.page.clock.install()
    officer.go("/today")
    officer.page.clock.fast_forward("31:00")
    officer.page.locator("#unlock h1", has_text="已锁屏").wait_for()
    officer.go("/today")
    officer.page.locator("#unlock h1", has_text="已锁屏").wait_for()
    assert "路灯" not in words_of(officer)
    officer.page.fill("#f-password", "不是这个密码")
    officer.page.click("#unlock button")
    officer.page.locator("#unlock .wrong", has_text="还可以试 4 次").wait_for()
    officer.page.fill("#f-password", WORD)
    officer.page.click("#unlock button")
    officer.page.locator("h1", has_text="今日待办").wait_for()
    officer.page.evaluate(LOCK)
    device.find_network()
    officer.go("/today")
    assert officer.page.url.split("?")[0].endswith("/lock")
    officer.page.fill("main [name=password]", WORD)
    send(officer, css="main form.form button")
    all_sent(officer)
    assert captured(served, "锁屏") == ["锁屏以前写的"]


def test_from_today_to_received_in_three_taps_and_one_field(phone: Any, served: Served) -> None:
    _device, officer = phone("officer1", has_touch=True)
    officer.go("/today")
    taps = 0
    officer.page.locator("nav.bar a", has_text="随手记").tap()
    taps += 1
    officer.page.wait_for_url("**/capture")
    officer.page.keyboard.type("三下点完的一件")  # the field has the focus already
    officer.page.locator("main button[value=report]").tap()
    taps += 1
    officer.page.locator("[data-saved]").wait_for()
    assert taps <= 3
    assert captured(served, "三下") == ["三下点完的一件"]


def test_in_the_browser_of_a_chat_app_it_says_to_use_another(person: Any, chromium: Any, served: Served) -> None:
    context = chromium.new_context(user_agent="Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0", locale="zh-CN")
    someone = Person(context.new_page(), served.url, [], Pointer(None))
    someone.hand = Pointer(someone.page)
    someone.sign_in("officer1")
    someone.page.locator("#offline-chat", has_text="用浏览器打开").wait_for()
    assert "不可离线" in someone.page.locator("#offline-state").inner_text()
    context.close()
    usual = person(360)
    usual.sign_in("officer1")
    assert "可离线" in usual.page.locator("#offline-state").inner_text()
    assert "不可离线" not in usual.page.locator("#offline-state").inner_text()


def test_a_resident_without_network_is_told_and_keeps_every_word(person: Any) -> None:
    someone = person(360)
    someone.go("/say?g=999901001001001")
    someone.page.fill("main [name=words]", "门口的灯不亮")
    someone.page.context.set_offline(True)
    someone.page.locator("main form button:not([type=button])").first.click()
    someone.page.locator("#no-network").wait_for()
    assert someone.page.locator("main [name=words]").input_value() == "门口的灯不亮"
