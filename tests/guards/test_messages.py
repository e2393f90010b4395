"""The English catalogue is complete, keeps every placeholder, is compiled as it is written, and English pages are English.

After a change of sentences: make messages, then write the English that it says is lacking.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from guards.scans import ROOT
from hawthorn.accounts.models import User
from hawthorn.categories.models import Category
from hawthorn.kernel import clock
from hawthorn.loops.models import Item, Text
from hawthorn.teams.models import Post
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place, Unit
from make import Scene


def tool() -> ModuleType:
    """bin/messages.py."""
    spec = importlib.util.spec_from_file_location("bin_messages", ROOT / "bin" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


M = tool()
BRACE = re.compile(r"\{[a-z_]*(?:![rsa])?(?::[^{}]*)?\}")
PERCENT = re.compile(r"%(?:\([a-z_]+\))?[sdrif%]")
TAG = re.compile(r"</?[a-z]+>")
CHINESE = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff，、；：（）“”！？·]*")
DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?: ?周[一二三四五六日])?")  # web/words.py writes dates in Chinese only; take this out when it does not
SAYS_ITSELF = {"简体中文", "一二三四五六日"}
PLANTED = '"""Planted."""\nfrom hawthorn.kernel.words import _\n\nSAID = _("谁也没有译过的一句")\nTOLD = f"{_(\'藏在里面的一句\')}！"\n'


def lacking(found: dict[Any, Any]) -> list[str]:
    """Messages of the code that the catalogue does not say in English."""
    old = M.read()
    known = {(M.first_of(one), one.context) for one in old if one.id} - {(name, None) for name in M.untranslated(old)}
    return sorted(key[0] for key in found if key not in known)


def marks(words: str) -> list[str]:
    """Placeholders and tags of a sentence, in a stable order."""
    return sorted(BRACE.findall(words) + PERCENT.findall(words) + TAG.findall(words))


def overlooked(source: Path) -> list[str]:
    """Sentences in a marked call of the Python code that the extraction did not bring: read another way than Babel reads."""
    found, missed = M.messages(source), []
    for path in M.files(source, ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in M.KEYWORDS and node.args):
                continue
            said = node.args[0]
            for one in (said.body, said.orelse) if isinstance(said, ast.IfExp) else (said,):
                words = one.value if isinstance(one, ast.Constant) else None
                if isinstance(words, str) and M.is_source(words) and (words, None) not in found:
                    missed.append(f"{path.relative_to(source)}:{node.lineno} {words}")
    return missed


def lost(catalog: Any) -> list[str]:
    """Messages whose English has other placeholders than the Chinese."""
    return [M.first_of(one) for one in catalog if one.id and any(marks(M.first_of(one)) != marks(said) for said in M.strings(one))]


def differing(po: Path) -> list[str]:
    """What the compiled file says otherwise than the written one."""
    return [] if po.with_suffix(".mo").read_bytes() == M.mo_bytes(po.read_bytes()) else [po.name]


def test_every_message_has_its_english() -> None:
    assert lacking(M.messages()) == []
    assert M.untranslated(M.read()) == []


def test_the_extraction_overlooks_nothing_that_is_marked() -> None:
    assert overlooked(M.SOURCE) == []


def test_the_catalogue_is_as_make_messages_writes_it() -> None:
    assert M.po_text(M.updated(M.read(), M.messages())) == M.PO.read_bytes()
    assert differing(M.PO) == []


def test_no_placeholder_is_lost() -> None:
    assert lost(M.read()) == []


def test_english_is_english_and_begins_and_ends_as_the_chinese_does() -> None:
    for one in M.read():
        for said in M.strings(one) if one.id else ():
            if M.first_of(one) not in SAYS_ITSELF:
                assert not said.startswith("\n"), said
                assert M.first_of(one).endswith("\n") == said.endswith("\n"), said
                assert said == said.strip(" ") or M.first_of(one)[0] in " ，、（：。；" or M.first_of(one)[-1] in " ：，。；周", said


def test_a_limit_has_one_name_however_it_is_put_together() -> None:
    """The printed sheet drops a limit that is already named: “{name}时限” of 办结 is 办结时限."""
    said = {M.first_of(one): M.strings(one)[0] for one in M.read() if one.id}
    assert said["{name}时限"].format(name=said["办结"]) == said["办结时限"]


def test_the_file_names_no_day_no_machine_and_nobody() -> None:
    head = M.PO.read_text(encoding="utf-8").split("\n\n")[0]
    assert not re.search(r"Date|Translator|Team|Generator|@|\d{4}", head)
    assert "\n#:" not in M.PO.read_text(encoding="utf-8")


# ── each guard can fail ──
def test_a_planted_message_is_found_missing(tmp_path: Path) -> None:
    (tmp_path / "web" / "templates").mkdir(parents=True)
    (tmp_path / "planted.py").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "web" / "table.py").write_text('"""Planted."""\nNAMES = {"a": "表里的一句"}\n', encoding="utf-8")
    page = '{% load i18n %}\n    <p>{% trans "页上的一句" %}</p>\n  {% blocktrans %}还有{{ n }}句{% endblocktrans %}{{ x|default:_("缺省的一句") }}'
    (tmp_path / "web" / "templates" / "a.html").write_text(page, encoding="utf-8")
    planted = {"谁也没有译过的一句", "藏在里面的一句", "表里的一句", "页上的一句", "还有%(n)s句", "缺省的一句"}
    assert set(lacking(M.messages(tmp_path))) == planted


def test_a_call_that_babel_cannot_read_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Planted."""\n\nSAID = _("甲" if X else "乙")\n', encoding="utf-8")
    assert overlooked(tmp_path) == ["a.py:3 甲", "a.py:3 乙"]


@pytest.mark.parametrize(
    ("msgid", "said", "guard"),
    [("由{post}负责", "by nobody", "lost"), ("等%(n)s天", "wait %(m)s days", "lost"), ("<b>好</b>", "good", "lost"), ("没有译的", "", "untranslated")],
)
def test_a_planted_translation_is_refused(msgid: str, said: str, guard: str) -> None:
    catalog = M.fresh()
    catalog.add(msgid, said)
    assert (lost if guard == "lost" else M.untranslated)(catalog) == [msgid]


def test_a_guess_is_refused_and_stays_a_guess() -> None:
    catalog = M.fresh()
    catalog.add("事项", "guess", flags=["fuzzy"])
    assert M.untranslated(catalog) == ["事项"]
    assert M.untranslated(M.updated(catalog, {("事项", None): ("事项", None)})) == ["事项"]


def test_a_stale_compiled_file_is_noticed(tmp_path: Path) -> None:
    po = tmp_path / "django.po"
    po.write_bytes(M.PO.read_bytes())
    po.with_suffix(".mo").write_bytes(M.PO.with_suffix(".mo").read_bytes())
    assert differing(po) == []
    po.write_text(po.read_text(encoding="utf-8").replace('msgstr "Home"', 'msgstr "House"'), encoding="utf-8")
    assert differing(po) == ["django.po"]


# ── English pages ──
class Shown(HTMLParser):
    """What a page shows or reads out: text and the attributes that are words."""

    WORDS = {"alt", "aria-label", "title", "placeholder"}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.said += [v for k, v in attrs if v and (k in self.WORDS or (k == "value" and given.get("type") in ("submit", "button")))]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def data_words() -> list[str]:
    """Names, places, brand, categories and what people wrote: data, shown as they are; the longest first."""
    columns = (
        (Tenant, "name"), (Tenant, "brand"), (Place, "name"), (Unit, "name"), (Post, "name"), (User, "name"),
        (Category, "name"), (Category, "group"), (Item, "title"), (Text, "words"),
    )  # fmt: skip
    found = {str(v) for model, name in columns for v in model._default_manager.values_list(name, flat=True)}
    return sorted(found - {""}, key=len, reverse=True)


def chinese_left(html: str, data: list[str]) -> list[str]:
    """Chinese that a page shows and that is not data."""
    shown = Shown()
    shown.feed(html)
    left = []
    for said in shown.said:
        for name in data:
            said = said.replace(name, "")
        left += [run for run in CHINESE.findall(DATE.sub("", said)) if run not in SAYS_ITSELF]
    return sorted(set(left))


@pytest.fixture
def english(s: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """english(path, who): the Chinese left on a page that a browser in English gets."""
    settings.FILES_ROOT = tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: s.now)
    cache.clear()

    def left(path: str, who: str = "") -> list[str]:
        client = Client(headers={"accept-language": "en"})
        if who:
            client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == "en"
        return chinese_left(answer.content.decode(), data_words())

    yield left
    cache.clear()


@pytest.mark.parametrize(("path", "who"), [("/", ""), ("/say", ""), ("/signin", ""), ("/today", "officer1"), ("/today", "desk"), ("/today", "center")])
def test_a_page_in_english_has_no_chinese_but_data(s: Scene, english: Callable[..., list[str]], path: str, who: str) -> None:
    where = {"unit": s.units["u1"].pk}
    s.start("resident", {"words": "路灯不亮", "phone": "19900001234", **where})
    called = s.start("officer1", {"words": "水管", **where})
    s.step("officer1", called.id, "call_up", {"tried": "看过", "asks": "请帮"})
    s.step("officer1", s.start("officer1", {"words": "井盖", **where}).id, "accept")
    s.later(days=1)
    assert english(path, who) == []


def test_chinese_left_on_a_page_is_noticed() -> None:
    page = '<p title="看">一网格 Home</p><button aria-label="关上">OK</button><p>今日待办：东街道</p>'
    assert chinese_left(page, ["一网格", "东街道"]) == ["今日待办：", "关上", "看"]
