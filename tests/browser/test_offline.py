"""A day without network on a real phone's browser: nothing lost, everything once and in order; conflicts shown and solved; nobody sends another's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hands import Pointer, send, words_of
from line import Line, line_to
from test_pages_for_everybody import findings, sideways

from conftest import CHROMIUM, FLAGS, Person, Served
from own_database import WORD, run
from pictures import photo

pytestmark = pytest.mark.browser
SETUP = """
import django, json; django.setup()
from hawthorn.files.models import Attachment
from hawthorn.journal.models import Event
from hawthorn.loops.models import Text
from hawthorn.patrols.models import Look
"""
READY = """navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise((done) => {
  navigator.serviceWorker.addEventListener("controllerchange", done);
})).then(() => true)"""
KEPT = """async (paths) => {
  const keeper = await import("/static/web/js/offline/keeper.js");
  const { who } = await keeper.now();
  return (await Promise.all(paths.map((path) => keeper.find(who, path)))).every(Boolean);
}"""
LOCK = "import('/static/web/js/offline/keeper.js').then((keeper) => keeper.say({ locked: 'here' }))"
KEYS = "import('/static/web/js/offline/store.js').then(async (store) => (await store.all('keys')).map((key) => [key.extractable, key.algorithm.name]))"


@dataclass
class Phone:
    """A browser with a profile of its own on the disk, and the line that it hangs on."""

    play: Any
    line: Line
    profile: Path
    options: dict[str, Any]
    context: Any = None
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the product answers, through the line."""
        return f"http://127.0.0.1:{self.line.port}"

    @property
    def page(self) -> Any:
        """The one page."""
        return self.context.pages[0]

    def on(self) -> Person:
        """Start a browser process."""
        self.context = self.play.launch_persistent_context(str(self.profile), executable_path=CHROMIUM, args=FLAGS, locale="zh-CN", **self.options)
        self.page.set_default_timeout(15_000)
        if not self.line.up:
            self.context.set_offline(True)
        return Person(self.page, self.url, self.asked, Pointer(self.page))

    def restart(self) -> Person:
        """The page is gone, the process is gone, the profile is there."""
        self.context.close()
        return self.on()

    def lose_network(self) -> None:
        """Nothing passes, and the browser knows."""
        self.line.cut()
        self.context.set_offline(True)

    def find_network(self, *cuts: str) -> None:
        """It passes again, perhaps badly."""
        self.line.mend(*cuts)
        self.context.set_offline(False)


@pytest.fixture
def phone(chromium: Any, served: Served, tmp_path: Path) -> Iterator[Callable[..., tuple[Phone, Person]]]:
    """phone("officer1"): somebody signed in on a phone of their own, ready for a day without network."""
    lines, phones = [], []

    def somebody(who: str, **options: Any) -> tuple[Phone, Person]:
        line = line_to(int(served.url.rsplit(":", 1)[1]))
        lines.append(line)
        found = Phone(chromium.browser_type, line.__enter__(), tmp_path / f"{who}{len(phones)}", {"viewport": {"width": 360, "height": 800}} | options)
        phones.append(found)
        someone = found.on()
        someone.sign_in(who)
        ready(someone)
        return found, someone

    yield somebody
    for one in phones:
        one.context.close()
    for line in lines:
        line.__exit__(None, None, None)


def ready(someone: Any, *paths: str) -> None:
    """The service worker has the page, and the copies that a day needs are there."""
    assert someone.page.evaluate(READY)
    someone.go("/today")
    wanted = ["/today", "/capture", "/unsent", *paths]
    for _n in range(100):
        if someone.page.evaluate(KEPT, wanted):
            return
        someone.page.wait_for_timeout(100)
    raise AssertionError(f"not kept: {wanted}")


def see(someone: Any, item: str, *steps: str) -> None:
    """Look at an item while there is network; its steps are kept with it."""
    someone.go(item)
    ready(someone, item, *(f"{item}/do/{name}" for name in steps))


def capture(someone: Any, words: str, *, picture: bool = False) -> None:
    """One press of 随手记."""
    someone.go("/capture")
    assert someone.page.input_value("main [name=words]") == ""  # what is kept to be sent is no draft any more
    someone.page.fill("main [name=words]", words)
    if picture:
        someone.page.set_input_files("main [name=files]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo().read()})
    send(someone, css="main button[value=report]")


def all_sent(someone: Any, *, but: int = 0, seconds: int = 60) -> None:
    """Wait until nothing waits any more, pressing 现在送 as an impatient hand does."""
    someone.go("/unsent")
    for _n in range(seconds * 2):
        waiting = someone.page.locator("#unsent-list [data-state=waiting]").count()
        left = someone.page.locator("#unsent-list [data-state=conflict]").count()
        if someone.page.locator("#unsent-state").inner_text() and not waiting and left == but:
            return
        someone.page.evaluate("document.getElementById('send-now').click()")
        someone.page.wait_for_timeout(500)
    raise AssertionError(words_of(someone))


def stored(served: Served, code: str) -> Any:
    """What the database says."""
    return json.loads(run(f"{SETUP}print(json.dumps({code}))", served.env))


def captured(served: Served, mark: str) -> list[str]:
    """First words of matters that begin with a mark, in the order they came."""
    return list(stored(served, f"[t.words for t in Text.objects.filter(words__startswith={mark!r}, seq=1).order_by('item_id')]"))


def new_items(served: Served, mark: str, number: int) -> list[str]:
    """Matters of grid one, made at the server."""
    code = f"""
import django; django.setup()
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops import actions as loops
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.territory.models import Unit
actor = actor_for(User.objects.select_related("tenant__county").get(username="officer1"), clock.now()); town = town_by_id(actor.county)
unit = Unit.objects.get(code="u1").pk
for n in range({number}):
    print(loops.start("matters", dict(words=f"{mark}{{n}}", unit=unit), actor=actor, now=clock.now(), door="test", town=town).id)
"""
    return [f"/i/{line}" for line in run(code, served.env).split()]


def new_points(served: Served, spots: str) -> None:
    """Checkpoints of grid one, to be looked at every day."""
    code = f"""
import django; django.setup()
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.patrols import actions
from hawthorn.patrols.rules.points import Rule, Wanted
from hawthorn.territory.models import Place
actor = actor_for(User.objects.select_related("tenant__county").get(username="center"), clock.now()); town = town_by_id(actor.county)
grid = Place.objects.get(code="999901001001001").pk
for n, spot in enumerate({spots!r}.split(), start=1):
    wanted = Wanted(grid=grid, unit=None, spot=spot, kind="manhole", items="井盖在不在", sort=n, keeper=None, rule=Rule("daily"))
    actions.add(wanted, actor=actor, town=town, now=clock.now())
"""
    run(code, served.env)


def walk_round(officer: Any, spots: str) -> None:
    """正常 at the first points, one not possible, 有问题 with a photo at the last."""
    *fine, shut, broken = spots.split()
    for spot in fine:
        officer.go("/rounds")
        send(officer, css=f"main li:has-text('{spot}') button:has-text('正常')")
        officer.page.locator(f"main li:has-text('{spot}') [data-waits]").wait_for()
        assert officer.page.locator(f"main li:has-text('{spot}') button").first.is_disabled()
    officer.go("/rounds")
    officer.page.locator(f"main li:has-text('{shut}') details summary").click()
    send(officer, css=f"main li:has-text('{shut}') details button")
    officer.page.locator(f"main li:has-text('{broken}') a", has_text="有问题").click()
    officer.page.wait_for_url("**/problem")
    officer.page.fill("main [name=words]", f"{broken}井盖碎了")
    officer.page.set_input_files("main [name=files]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo().read()})
    send(officer, css="main button.wide")


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
    assert stored(served, "Attachment.objects.filter(item__isnull=False).count()") == captures + len(rounds)
    assert stored(served, "list(Look.objects.order_by('id').values_list('checkpoint__spot', 'result'))") == looked(rounds)
    called = f"list(Event.objects.filter(step='call_up', stream__in={[int(i[3:]) for i in items]}).order_by('id').values_list('stream', flat=True))"
    assert stored(served, called) == [int(item[3:]) for item in items[2:]]

    conflict = officer.page.locator("#unsent-list [data-state=conflict]")
    assert "去看过0" in conflict.first.inner_text()
    conflict.first.locator("a", has_text="按现在的状态重做").click()
    officer.page.wait_for_url("**/do/call_up*")
    officer.page.wait_for_function("document.querySelector('[name=tried]').value === '去看过0'")
    send(officer)
    officer.go("/unsent")
    conflict.first.locator("button", has_text="作为备注记上").click()
    all_sent(officer)
    assert stored(served, called) == [*(int(item[3:]) for item in items[2:]), int(items[0][3:])]
    assert stored(served, f"[t.words.split() for t in Text.objects.filter(item={int(items[1][3:])}, words__startswith='去看过')]") == [["去看过1", "请帮"]]


def looked(rounds: list[str]) -> list[list[str]]:
    """What three rounds leave behind, in the order they were walked."""
    found = []
    for spots in rounds:
        *fine, shut, broken = spots.split()
        found += [*([spot, "fine"] for spot in fine), [shut, "skipped"], [broken, "problem"]]
    return found


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
    assert "没有收下" in words_of_page(officer, "/unsent#") or officer.page.locator("[data-state=conflict]").count()
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
    step(served, int(item[3:]))
    device.find_network()
    all_sent(officer, but=1)
    assert (findings(officer.page), sideways(officer.page) > 0) == ([], False)
    officer.page.locator("[data-state=conflict] button", has_text="不要了").click()
    officer.page.locator("[data-state=conflict] button", has_text="真的不要了").click()
    all_sent(officer)


def step(served: Served, item: int) -> None:
    """Somebody else notes something on an item."""
    code = f"""
import django; django.setup()
from hawthorn.accounts.models import User
from hawthorn.kernel import clock
from hawthorn.loops import actions as loops
from hawthorn.loops.town import actor_for
actor = actor_for(User.objects.select_related("tenant__county").get(username="desk"), clock.now())
loops.take_step("matters", {item}, "note", dict(words="x"), actor=actor, now=clock.now(), door="test")
"""
    run(code, served.env)


def test_on_a_slow_line_the_kept_copy_comes_first_and_what_became_of_a_press_is_waited_for(phone: Any, served: Served) -> None:
    device, officer = phone("officer1")
    device.line.delay = 4
    officer.go("/today")
    officer.page.locator("#kept-at").wait_for()
    officer.page.locator("#kept-at a", has_text="新的样子到了").click()
    device.line.delay = 1.5
    officer.page.wait_for_load_state()
    officer.go("/capture")
    officer.page.fill("main [name=words]", "网很慢也要等到结果")
    send(officer, css="main button[value=report]")
    assert "记下了" in words_of(officer)


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


def words_of_page(someone: Any, path: str) -> str:
    """Open a page and read it."""
    someone.go(path)
    return words_of(someone)


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
    assert "已锁屏" in words_of_page(officer, "/today")
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
