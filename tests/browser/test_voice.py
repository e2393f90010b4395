"""Who does not type speaks: recorded on the page, heard once more, sent at once or when there is a network again."""

from __future__ import annotations

from typing import Any

import pytest
from hands import send, words_of
from phones import all_sent, stored
from playwright.sync_api import expect
from serving import Person, Served

pytestmark = pytest.mark.browser
IS_CALM = True
LENGTH = """async () => {
  const player = document.querySelector(".story audio");
  const known = new Promise((done, failed) => Object.assign(player, { onloadedmetadata: done, onerror: failed }));
  player.preload = "metadata";
  player.load();
  await known;
  return player.duration;
}"""


def speak(someone: Person) -> None:
    """Two seconds; the browser's own make-believe microphone beeps."""
    box = someone.page.locator("[data-voice]")
    box.locator("button", has_text="录一段话").click()
    box.locator("button", has_text="说完了 · 2 秒").click()
    expect(box.locator("[role=status]")).to_contain_text("录好了，2 秒")
    expect(box.locator("audio")).to_be_visible()


def test_a_resident_only_speaks_and_the_officer_hears_it(person: Any, served: Served) -> None:
    resident = person()
    resident.go("/say?g=999901001001001")
    speak(resident)
    resident.page.locator("[data-voice] button", has_text="不要这段").click()
    expect(resident.page.locator("[data-voice] audio")).to_be_hidden()
    speak(resident)
    send(resident)
    assert "口令" in words_of(resident)
    officer = person()
    officer.sign_in("officer1")
    item = stored(served, "Attachment.objects.latest('id').item")
    officer.go(f"/i/{item}")
    assert "（语音，2 秒）" in words_of(officer)
    assert "录音，2 秒" in words_of(officer)
    assert 1.5 < officer.page.evaluate(LENGTH) < 3


def test_who_presses_send_while_still_speaking_loses_no_word(person: Any, served: Served) -> None:
    officer = person()
    officer.sign_in("officer1")
    officer.go("/capture")
    officer.page.fill("main [name=words]", "边说边送")
    officer.page.locator("[data-voice] button", has_text="录一段话").click()
    officer.page.locator("[data-voice] button", has_text="说完了 · 1 秒").wait_for()
    send(officer, css="main button[value=report]")
    of = "list(Attachment.objects.filter(item__in=Text.objects.filter(words='边说边送').values('item')).values_list('mime', 'seconds'))"
    [(mime, seconds)] = stored(served, of)
    assert mime == "audio/mpeg"
    assert seconds >= 1


def test_an_officer_without_network_speaks_and_it_is_sent_later(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.lose_network()
    officer.go("/capture")
    speak(officer)
    send(officer, css="main button[value=report]")
    officer.page.locator("#unsent-state", has_text="还有 1 件没送出").wait_for()
    assert "录音 1 段" in words_of(officer)
    officer = device.restart()
    device.find_network()
    all_sent(officer)
    of = "Attachment.objects.filter(item__in=Text.objects.filter(words='（语音，2 秒）').values('item'), user__username='officer1')"
    assert stored(served, f"list({of}.values_list('mime', 'seconds'))") == [["audio/mpeg", 2]]
