"""Without account: say it once, see what became of it, take part and decide."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from hawthorn.accounts import actions as accounts
from hawthorn.accounts.models import Contact, Tally
from hawthorn.kernel.world import Actor
from hawthorn.loops.models import Item, Reporter
from hawthorn.tenants.models import Tenant
from make import Scene

At = Callable[..., Client]


def newest() -> Item:
    return Item.objects.order_by("-id")[0]


def slip(page: str) -> tuple[str, str, str]:
    code, word = re.findall(r'class="code num nowrap">([^<]+)<', page)
    token = re.search(r"\?t=([A-Z0-9]+)", page)
    assert token is not None
    return code, word, token[1]


def test_what_was_said_shows_where_it_is_from_the_first_minute_to_the_end(at: At, s: Scene) -> None:
    code, _word, token, drop = said(at, s)
    client = at()

    def page() -> str:
        return client.get(f"/what/{code}?t={token}").content.decode()

    assert "网格员四个工作小时里看" in page()
    s.step("officer1", drop, "to_matter")
    assert "正在办" in page()
    assert "合在一起办了" not in page(), "it only moved on; nothing was merged"
    s.step("officer1", s.facts(drop).became, "settle", {"result": "好", "say": "灯换好了"})
    assert "灯换好了" in page()


def test_who_takes_back_what_nobody_has_looked_at_yet(at: At, s: Scene) -> None:
    code, _word, token, drop = said(at, s)
    page = at().post(f"/what/{code}", {"t": token, "do": "withdraw", "words": "有人修了", "key": "v1"}, follow=True).content.decode()
    assert "照您说的撤销了" in page
    assert s.facts(drop).stage == "withdrawn"


def test_one_sentence_at_a_grids_own_code(at: At, s: Scene) -> None:
    client = at()
    page = client.get("/say?g=999901001001001").content.decode()
    assert "u1 号楼" in page
    assert "119、120、110" in page
    assert "请家长代填" in page
    found = client.post("/say", {"words": "灯坏了", "g": "999901001001001", "unit": s.units["u1"].pk, "key": "r1"})
    assert found.status_code == 200
    assert "no-store" in found["Cache-Control"]
    assert newest().unit_id == s.units["u1"].pk
    assert s.facts(newest().pk).channel == "qr"
    code, word, _token = slip(found.content.decode())
    assert len(code) == 9
    assert len(word) == 4


def test_nothing_said_comes_back_with_everything_else(at: At, s: Scene) -> None:
    found = at().post("/say", {"words": "", "spot": "东门", "phone": "13800001234", "key": "r1"})
    page = found.content.decode()
    assert found.status_code == 409
    assert "东门" in page
    assert "13800001234" in page


def test_a_place_of_another_town_cannot_be_named(at: At, s: Scene) -> None:
    assert at().post("/say", {"words": "灯坏了", "grid": s.places["grid9"].pk, "key": "r1"}).status_code == 409
    assert at().get("/g/999901002001001?in=999901002").status_code == 200
    assert at().get("/g/nonsense").status_code == 404


def test_after_several_a_plain_question_and_a_flood_is_stopped(at: At, s: Scene) -> None:
    client = at()
    for n in range(4):
        assert client.post("/say", {"words": f"第 {n} 件", "key": f"r{n}"}).status_code == 200
    page = client.get("/say").content.decode()
    label = re.search(r"([零一二三四五六七八九])加([零一二三四五六七八九])是几", page)
    assert label is not None
    refused = client.post("/say", {"words": "又一件", "key": "r9"})
    assert refused.status_code == 409
    assert "又一件" in refused.content.decode()
    numbers = "零一二三四五六七八九"
    answer = numbers.index(label[1]) + numbers.index(label[2])
    question = page.split('name="question" value="')[1].split('"')[0]
    assert client.post("/say", {"words": "又一件", "key": "r9", "answer": str(answer), "question": question}).status_code == 200
    for n in range(40):
        last = client.post("/say", {"words": "刷", "key": f"f{n}"})
    assert last.status_code == 429


def said(at: At, s: Scene) -> tuple[str, str, str, int]:
    page = at().post("/say", {"words": "灯坏了，我是张三", "grid": s.places["grid1"].pk, "phone": "13800001234", "key": "r1"}).content.decode()
    return (*slip(page), newest().pk)


def taken_on(at: At, s: Scene) -> tuple[str, str, str, int]:
    """What was said, passed on by the officer: a matter in their hands."""
    code, word, token, drop = said(at, s)
    s.step("officer1", drop, "to_matter")
    return code, word, token, s.facts(drop).became


def test_the_phones_last_digits_read_and_the_word_acts(at: At, s: Scene) -> None:
    code, word, token, item = said(at, s)
    client = at()
    assert client.get(f"/what/{code}").status_code == 200
    assert "灯" not in client.get(f"/what/{code}").content.decode()
    reads = client.post("/what", {"receipt": code, "tail": "1234"}, follow=True).content.decode()
    assert "已收到" in reads
    assert "张三" not in reads
    assert "催一催" not in reads
    for opened in (client.post("/what", {"receipt": code.lower(), "word": word.lower()}, follow=True), client.get(f"/what/{code}?t={token}")):
        assert "催一催" in opened.content.decode()
    assert client.post(f"/what/{code}", {"tail": "1234", "do": "urge", "key": "u1"}).status_code == 409
    assert client.post(f"/what/{code}", {"t": token, "do": "urge", "words": "快一点", "key": "u1"}).status_code == 302
    assert s.facts(item).urged_on is not None


def test_wrong_words_tell_nothing_and_are_counted_in_the_database(at: At, s: Scene) -> None:
    code, word, token, _item = said(at, s)
    client = at()
    assert client.post("/what", {"receipt": "AAAA-AAAA", "word": "ABCD"}).status_code == 404
    for _n in range(6):
        assert client.post("/what", {"receipt": code, "word": "ABCD"}).status_code == 404
    cache.clear()
    assert client.post("/what", {"receipt": code, "word": word}).status_code == 429
    assert client.get(f"/what/{code}?t={token}").status_code == 200
    s.later(minutes=16)
    assert client.post("/what", {"receipt": code, "word": word}).status_code == 302


def test_somebody_elsewhere_cannot_shut_out_the_asker_nor_many_addresses_guess(at: At, s: Scene) -> None:
    code, word, _token, _item = said(at, s)
    client = at()
    for n in range(24):
        assert client.post("/what", {"receipt": code, "word": "ABCD"}, REMOTE_ADDR=f"10.0.0.{n // 6}").status_code == 404
        if n == 6:
            assert client.post("/what", {"receipt": code, "word": word}).status_code == 302
    assert client.post("/what", {"receipt": code, "word": word}, REMOTE_ADDR="10.0.0.9").status_code == 429


def test_counts_keep_no_address_and_go_when_their_time_is_over(at: At, s: Scene) -> None:
    at().post("/what", {"receipt": "AAAA-AAAA", "word": "ABCD"}, REMOTE_ADDR="10.9.8.7")
    assert Tally.objects.count() == 3
    assert all("10.9" not in key and len(key) == 64 for key in Tally.objects.values_list("key", flat=True))
    assert accounts.drop_tallies(s.now) == 0
    assert accounts.drop_tallies(s.later(minutes=15)) == 3


def test_an_opened_receipt_can_be_made_larger_and_shuts_itself_after_half_an_hour(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    code, word, _token, _item = said(at, s)
    client = at()
    there = client.post("/what", {"receipt": code, "word": word})["Location"]
    assert word not in there
    assert client.post("/elder", {"step": "2", "next": there})["Location"] == there
    page = client.get(there).content.decode()
    assert "灯坏了" in page
    assert "催一催" in page
    tail = client.post("/what", {"receipt": code, "tail": "1234"})["Location"]
    assert "灯坏了" not in client.get(tail).content.decode()
    assert "催一催" not in client.get(tail).content.decode()
    assert client.get(there.replace("o=", "o=x")).status_code == 404
    other = s.start("resident", {"words": "井盖松了", "unit": s.units["u1"].pk}).receipt
    assert client.get(there.replace(code.replace("-", ""), other)).status_code == 404
    later = time.time() + 1801
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    shut = client.get(there)
    assert shut.status_code == 404
    assert "自己关上了" in shut.content.decode()


def test_who_urged_today_is_told_so(at: At, s: Scene) -> None:
    code, _word, token, _item = said(at, s)
    client = at()
    client.post(f"/what/{code}", {"t": token, "do": "urge", "words": "快一点", "key": "u1"})
    page = client.get(f"/what/{code}?t={token}").content.decode()
    assert "您今天已经催过了" in page
    assert "催一催</button>" not in page
    s.later(days=1)
    assert "催一催</button>" in client.get(f"/what/{code}?t={token}").content.decode()


def test_what_comes_next_follows_the_table(at: At, s: Scene) -> None:
    code, _word, token, item = taken_on(at, s)
    client = at()
    assert "换一个人" not in client.get(f"/what/{code}?t={token}").content.decode()
    s.step("officer1", item, "call_up", {"tried": "试过", "asks": "请派"})
    s.step("desk", item, "accept")
    s.step("desk", item, "settle", {"result": "好", "say": "灯换好了"})
    assert "换一个人看一看" in client.get(f"/what/{code}?t={token}").content.decode()


def test_the_asker_has_the_last_word(at: At, s: Scene) -> None:
    code, word, _token, item = taken_on(at, s)
    s.step("officer1", item, "settle", {"result": "内部：换了灯泡", "say": "灯换好了"})
    client = at()
    page = client.post("/what", {"receipt": code, "word": word}, follow=True).content.decode()
    assert "灯换好了" in page
    assert "内部" not in page
    assert "没有解决" in page
    refused = client.post(f"/what/{code}", {"word": word, "do": "unsolved", "key": "u1"})
    assert refused.status_code == 409
    assert client.post(f"/what/{code}", {"word": word, "do": "unsolved", "reason": "还是不亮", "key": "u1"}).status_code == 302
    assert s.facts(item).stage == "working"


def test_steps_of_staff_are_not_taken_through_a_receipt(at: At, s: Scene) -> None:
    code, word, _token, item = said(at, s)
    for name in ("to_matter", "inform", "note", "accept", "nonsense"):
        assert at().post(f"/what/{code}", {"word": word, "do": name, "words": "x", "say": "x", "key": "u1"}).status_code in (404, 409)
    assert s.facts(item).stage == "captured"


def test_a_complaint_is_hidden_from_whom_it_concerns(at: At, s: Scene) -> None:
    found = at().post("/complain", {"about": "grid", "wish": "complaint", "words": "网格员态度不好", "grid": s.places["grid1"].pk, "key": "c1"})
    assert found.status_code == 200
    code, _word, token = slip(found.content.decode())
    item = newest().pk
    assert s.holder(item) == "desk"
    assert at("desk").get(f"/i/{item}").status_code == 200
    for who in ("officer1", "head1", "officer2"):
        assert at(who).get(f"/i/{item}").status_code == 404
        assert f"/i/{item}" not in at(who).get("/complaints?all=1").content.decode()
    assert "撤回" in at().get(f"/what/{code}?t={token}").content.decode()
    assert at().post("/complain", {"about": "grid", "words": "x", "key": "c2"}).status_code == 409


def test_a_grids_page_shows_what_was_agreed_to_be_shown(at: At, s: Scene) -> None:
    from hawthorn.teams import actions as teams
    from hawthorn.teams.models import Holding

    page = at().get("/g/999901001001001").content.decode()
    assert "1 网格专职网格员" in page
    assert "officer1" not in page
    teams.change_post(post=s.posts["officer1"], phone="0391-1", is_public=True)
    holding = Holding.objects.get(post=s.posts["officer1"])
    teams.appoint(post=s.posts["officer1"], user=s.users["officer1"], from_at=holding.from_at, shows_name=True, now=s.now)
    page = at().get("/g/999901001001001").content.decode()
    assert "officer1" in page
    assert "0391-1" in page
    assert "<svg" in page


def test_an_outside_body_answers_once_by_its_link(at: At, s: Scene) -> None:
    item = s.start("desk", {"words": "井盖松了", "community": s.places["community"].pk}).id
    s.step("desk", item, "accept")
    given = {"whom": "自来水公司", "how": "link", "asks": "请换井盖", "promised_at": "2026-03-05T18:00", "key": "o1", "version": 2}
    page = at("desk").post(f"/i/{item}/do/wait_outside", given).content.decode()
    token = re.search(r"/out/([A-Z0-9]+)", page)
    assert token is not None
    client = at()
    asked = client.get(f"/out/{token[1]}").content.decode()
    assert "井盖松了" not in asked
    assert "请您办的事：请换井盖。" in asked
    assert client.post(f"/out/{token[1]}", {"words": "", "key": "o2"}).status_code == 409
    assert client.post(f"/out/{token[1]}", {"words": "换好了", "key": "o2"}).status_code == 200
    assert s.facts(item).stage == "working"
    used = client.get(f"/out/{token[1]}")
    assert used.status_code == 404
    assert "这个链接不能再用了" in used.content.decode()
    assert "外单位" in at("desk").get(f"/i/{item}").content.decode().split("外单位答复")[1][:200]


def test_health_and_figures_are_for_machines(at: At, s: Scene) -> None:
    s.start("resident", {"words": "灯坏了"})
    assert at().get("/healthz").json() == {"ok": True, "db": True}
    assert 'hawthorn_open_duties{loop="matters"} 1' in at().get("/metrics").content.decode()
    assert at().get("/metrics", REMOTE_ADDR="10.1.1.1").status_code == 404
    assert at().get("/metrics", headers={"X-Forwarded-For": "10.1.1.1"}).status_code == 404


def test_a_page_reads_for_elders_by_one_switch(at: At, s: Scene) -> None:
    client = at()
    client.post("/elder", {"step": "1", "next": "/say"})
    assert 'class="elder' in client.get("/say").content.decode()
    assert client.post("/elder", {"step": "1", "next": "https://evil.example/"})["Location"] == "/"
    assert client.post("/elder", {"step": "1", "next": "//evil.example/"})["Location"] == "/"


def test_a_visitor_is_an_actor_of_their_own_street(at: At, s: Scene) -> None:
    at().post("/say", {"words": "灯坏了", "key": "r1"})
    assert newest().subdistrict_id == s.places["street"].pk
    at().post("/say?in=999901002", {"words": "灯坏了", "key": "r2"})
    assert newest().subdistrict_id == s.places["street2"].pk
    assert Actor(None, ()).is_staff is False


def test_a_phone_number_in_a_residents_words_is_moved_and_asked_about(at: At, s: Scene) -> None:
    client = at()
    given = {"words": "楼上漏水，打我电话13912345678", "g": "999901001001001", "key": "r1"}
    asked = client.post("/say", given)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert Item.objects.count() == 0
    assert "加密存放，只用来告诉您结果" in page
    assert 'value="13912345678"' in page
    assert "13912345678</textarea>" not in page
    client.post("/say", given | {"words": "楼上漏水，打我电话（电话另存）", "phone": "13912345678"})
    assert s.facts(newest().pk).by_phone == 1


def test_a_page_of_one_subdistrict_names_its_own_phone_whatever_was_chosen_before(at: At, s: Scene) -> None:
    for key, phone in (("street", "0391-1111"), ("street2", "0391-2222")):
        Tenant.objects.filter(pk=s.places[key].tenant_id).update(phone=phone)
    client = at()
    client.get("/?in=999901002")
    assert "0391-2222" in client.get("/").content.decode()
    for path in ("/g/999901001001001", "/say?g=999901001001001", "/complain?g=999901001001001"):
        page = client.get(path).content.decode()
        assert "0391-1111" in page
        assert "0391-2222" not in page
    assert "?g=999901001001001" in client.get("/g/999901001001001").content.decode().split("<footer")[1]
    code, _word, token, _item = said(at, s)
    assert "0391-1111" in client.get(f"/what/{code}?t={token}").content.decode()


def test_an_asker_reads_all_they_said_but_not_what_others_said(at: At, s: Scene) -> None:
    code, _word, token, drop = said(at, s)
    client = at()
    client.post(f"/what/{code}", {"t": token, "do": "add_words", "words": "夜里也漏", "key": "u1"})
    s.step("officer1", drop, "note", {"words": "内部"})
    s.step("officer1", drop, "to_matter")
    item = s.facts(drop).became
    client.post(f"/what/{code}", {"t": token, "do": "add_words", "words": "早上也漏", "key": "u2"})
    page = client.get(f"/what/{code}?t={token}").content.decode()
    assert page.count("灯坏了") == page.count("夜里也漏") == page.count("早上也漏") == 1
    assert "内部" not in page
    s.step("officer1", item, "follow", {"phone": "13900005678"})
    page = client.get(f"/what/{code}?t={token}").content.decode()
    assert "灯坏了" in page
    assert "早上也漏" not in page


def test_a_number_alone_is_told_what_is_lacking(at: At, s: Scene) -> None:
    assert "还差一样" in at().post("/what", {"receipt": "AAAA-AAAA"}).content.decode()
    assert "还差一样" not in at().get("/what?receipt=AAAAAAAA").content.decode()


def test_however_a_receipt_is_written_wrong_tries_are_counted_once(at: At, s: Scene) -> None:
    code, word, _token, _item = said(at, s)
    client, wide = at(), str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x30, 0x5B)})
    spellings = [code, code.lower(), code.translate(wide), code[:4].translate(wide) + code[4:], f" {code} ", code.replace("-", "")]
    for spelling in spellings:
        assert client.post("/what", {"receipt": spelling, "word": "2222"}).status_code == 404
    assert client.post("/what", {"receipt": code.translate(wide), "word": word}).status_code == 429


def test_who_takes_theirs_back_leaves_no_contact_and_no_words_for_the_others(at: At, s: Scene) -> None:
    one, _word, token, item = taken_on(at, s)
    given = s.step("officer1", item, "follow", {"phone": "13900005678", "name": "示例二"}).slip
    leaver = Reporter.objects.get(receipt=given["receipt"])
    client = at()
    assert client.post(f"/what/{given['receipt']}", {"t": given["token"], "do": "void", "say": "不用了", "key": "u1"}).status_code == 200
    assert Contact.objects.get(pk=leaver.contact_id).erased_at is not None
    assert "不用了" not in client.get(f"/what/{one}?t={token}").content.decode()
    assert at("officer1").post(f"/i/{item}/reveal", {"reporter": leaver.pk, "reason": "看看"}).status_code == 404
    gone = client.post("/what", {"receipt": given["receipt"], "word": given["word"]})
    assert gone.status_code == 409
    assert "已经撤回" in gone.content.decode()
    assert s.facts(item).reporters == 1


def test_an_answer_that_was_none_does_not_stand_as_the_present_one(at: At, s: Scene) -> None:
    code, _word, token, drop = said(at, s)
    s.step("officer1", drop, "inform", {"say": "知道了"})
    client = at()
    assert "答复您：</b>知道了" in client.get(f"/what/{code}?t={token}").content.decode()
    s.later(hours=1)
    page = client.post(f"/what/{code}", {"t": token, "do": "again", "reason": "没说何时修", "key": "v1"}, follow=True).content.decode()
    assert "答复您：" not in page
    assert "正在重新看" in page
    assert "知道了" in page.split("对您说过的话")[1]
    s.later(hours=1)
    s.step("desk", drop, "inform", {"say": "这周五修"})
    assert "答复您：</b>这周五修" in client.get(f"/what/{code}?t={token}").content.decode()
