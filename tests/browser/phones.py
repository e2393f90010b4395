"""A phone that loses its network: a real browser with a profile on the disk, and what somebody does on it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hands import Pointer, send, words_of
from line import Line
from serving import CHROMIUM, FLAGS, Person, Served

from own_database import run
from pictures import photo

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
        someone.page.set_input_files("main [name=files][accept^=image]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo().read()})
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
    officer.page.set_input_files("main [name=files][accept^=image]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo().read()})
    send(officer, css="main button.wide")


def looked(rounds: list[str]) -> list[list[str]]:
    """What three rounds leave behind, in the order they were walked."""
    found = []
    for spots in rounds:
        *fine, shut, broken = spots.split()
        found += [*([spot, "fine"] for spot in fine), [shut, "skipped"], [broken, "problem"]]
    return found


def words_of_page(someone: Any, path: str) -> str:
    """Open a page and read it."""
    someone.go(path)
    return words_of(someone)


def note_by_desk(served: Served, item: int) -> None:
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
