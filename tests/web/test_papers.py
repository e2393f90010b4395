"""Printing, the counter's doings, sheets with columns chosen by hand, the catalogue, and an asker's own information."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from hawthorn.accounts.models import Contact
from hawthorn.categories.models import Category
from hawthorn.gateways import kept_sheets
from hawthorn.loops.models import Item
from hawthorn.web import mine
from make import Scene

At = Callable[..., Client]


# ── 事项单 ──
def test_an_item_is_printed_with_dates_words_and_lines_to_sign(at: At, s: Scene) -> None:
    item = s.start("resident", {"words": "三单元灯坏了", "unit": s.units["u1"].pk, "phone": "13800001234"}).id
    s.step("officer1", item, "accept")
    s.step("officer1", item, "note", {"words": "下午带梯子去"})
    page = at("officer1").get(f"/i/{item}/print").content.decode()
    for said in (
        "事项单",
        "三单元灯坏了",
        "下午带梯子去",
        "【内部】",
        "办结时限",
        "外来期限",
        "经办（签字）",
        "核查（签字）",
        "2026年3月2日 10:00",
        "officer1",
    ):
        assert said in page
    assert "13800001234" not in page
    assert f"/i/{item}/print" in at("officer1").get(f"/i/{item}").content.decode()


def test_the_printed_item_has_the_rights_of_its_page(at: At, s: Scene) -> None:
    item = s.start("resident", {"words": "灯坏了", "unit": s.units["u1"].pk}).id
    complaint = s.start("resident", {"about": "grid", "grid": s.places["grid1"].pk, "words": "态度"}, loop="complaints").id
    assert at("officer2").get(f"/i/{item}/print").status_code == 404
    assert at("officer1").get(f"/i/{complaint}/print").status_code == 404
    assert at("desk").get(f"/i/{complaint}/print").status_code == 200
    assert at().get(f"/i/{item}/print").status_code == 302


# ── 窗口 ──
def test_the_counter_finds_by_receipt_what_it_may_see_and_says_no_word_of_our_drawers(at: At, s: Scene) -> None:
    made = s.start("resident", {"words": "三单元灯坏了", "unit": s.units["u1"].pk})
    for code in (made.receipt, f"{made.receipt[:4].lower()}-{made.receipt[4:]}"):
        page = at("desk").post("/counter", {"receipt": code}).content.decode()
        assert f"/i/{made.id}" in page
        assert "东社区一网格 u1 号楼的一件事" in page or "u1 号楼的一件事" in page
        assert "待定类" not in page
    assert "没有找到" in at("desk_village").post("/counter", {"receipt": made.receipt}).content.decode()


def test_the_counter_offers_what_the_engine_offers(at: At, s: Scene) -> None:
    item = s.start("resident", {"words": "灯坏了", "unit": s.units["u1"].pk, "phone": "13800001234"}).id
    page = at("desk").post("/counter", {"tail": "1234"}).content.decode()
    assert f"/i/{item}/do/add_words" in page
    assert f"/i/{item}/do/urge" in page
    assert "do/solved" not in page
    s.step("officer1", item, "accept")
    s.step("officer1", item, "settle", {"result": "换了", "say": "灯换好了"})
    page = at("desk").post("/counter", {"tail": "1234"}).content.decode()
    assert f"/i/{item}/do/solved" in page
    assert f"/i/{item}/do/unsolved" in page
    for address in re.findall(r'href="(/i/\d+/do/\w+)"', page):
        assert at("desk").get(address).status_code == 200


def test_looking_up_many_takes_no_more_statements(at: At, s: Scene) -> None:
    client = at("desk")
    client.post("/counter", {"tail": "1234"})  # the town is drawn once
    numbers = []
    for more in (1, 9):
        for _n in range(more):
            s.start("resident", {"words": "灯坏了", "unit": s.units["u1"].pk, "phone": "13800001234"})
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.post("/counter", {"tail": "1234"})
        numbers.append(len(found))
    assert numbers[0] == numbers[1]


# ── 导入来件表 ──
BODY = "甲,乙,丙\nA1,路灯不亮,13800001234\nA2,井盖松了,\nA3,,\n".encode()


def ticket_of(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def read_in(client: Client, body: bytes = BODY, name: str = "m.csv") -> str:
    return client.post("/import/messages", {"sheet": SimpleUploadedFile(name, body), "source": "12345", "do": "read"}).content.decode()


def test_the_same_sheet_under_another_name_is_asked_about_before_it_is_taken(at: At, s: Scene) -> None:
    client = at("center")
    for source, sure, status, number in (("12345", {}, 200, 2), ("热线", {}, 409, 2), ("热线", {"anew": "1"}, 200, 4)):
        page = client.post("/import/messages", {"source": source, "do": "read", "sheet": SimpleUploadedFile("a.csv", BODY)}).content.decode()
        given = {
            "source": source,
            "do": "write",
            "ticket": re.search(r'name="ticket" value="([^"]+)"', page)[1],
            "column-0": "outside_number",
            "column-1": "words",
        }  # type: ignore[index]
        answer = client.post("/import/messages", given | sure)
        assert answer.status_code == status
        assert ("照样导入" in answer.content.decode()) == (status == 409)
        assert Item.objects.filter(loop="matters").count() == number


def test_columns_are_chosen_by_hand_and_nothing_is_sent_twice(at: At, s: Scene) -> None:
    client = at("center")
    page = read_in(client)
    assert "井盖松了" in page
    assert "还没有找到：编号、内容" in page
    given = {"ticket": ticket_of(page), "source": "12345", "column-0": "outside_number", "column-1": "words", "column-2": "phone"}
    page = client.post("/import/messages", given | {"do": "dry"}).content.decode()
    assert "新的 2 件" in page
    assert "第 4 行" in page
    assert chosen(page) == {"甲": "outside_number", "乙": "words", "丙": "phone"}
    assert not Item.objects.exists()
    sheet = client.post("/import/messages", given | {"do": "errors"})
    assert load_workbook(io.BytesIO(sheet.content)).active.max_row == 2
    assert "导入好了" in client.post("/import/messages", given | {"do": "write"}).content.decode()
    assert Item.objects.filter(loop="matters").count() == 2
    assert client.post("/import/messages", given | {"do": "write"}).status_code == 409
    left = client.post("/import/messages", given | {"do": "errors"})
    assert left["Content-Disposition"] == 'attachment; filename="errors.xlsx"'


def test_a_column_that_is_missing_is_said_and_the_sheet_is_still_there(at: At, s: Scene) -> None:
    client = at("center")
    given = {"ticket": ticket_of(read_in(client)), "source": "12345", "column-0": "", "column-1": "words"}
    found = client.post("/import/messages", given | {"do": "write"})
    assert found.status_code == 409
    assert "没有找到「编号」这一列" in found.content.decode()
    assert client.post("/import/messages", given | {"do": "dry", "column-0": "outside_number"}).status_code == 200


def chosen(page: str) -> dict[str, str]:
    """What each column that is shown is taken for."""
    found = {}
    for heading, rest in re.findall(r'<label for="f-column-\d+"><b>([^<]+)</b>(.*?)</select>', page, flags=re.S):
        picked = re.search(r'<option value="(\w+)" selected>', rest)
        found[heading] = picked[1] if picked else ""
    return found


WIDE = "序号,工单编号,来话内容,联系电话,备注,内容,是否回访\n1,A1,路灯不亮,13800001234,,,是\n2,A2,井盖松了,,,,\n3,A3,路灯不亮,,,,\n".encode()


def test_only_columns_that_hold_something_are_asked_for_with_samples_and_the_guess_in_them(at: At, s: Scene) -> None:
    page = read_in(at("center"), WIDE)
    assert chosen(page) == {"工单编号": "outside_number", "来话内容": "words", "联系电话": "phone", "序号": "", "是否回访": ""}
    used, _summary, unused = page.partition("没有用上的 2 列")
    assert set(chosen(used)) == {"工单编号", "来话内容", "联系电话"}
    assert set(chosen(unused)) == {"序号", "是否回访"}
    assert "空的列没有列出：备注、内容。" in page
    assert re.search(r"<b>来话内容</b>.*?路灯不亮<br>井盖松了</span>", used, flags=re.S)  # the same value is not shown twice
    headings = re.findall(r'<th scope="col">([^<]*)</th>', page)
    assert headings == ["序号", "工单编号", "来话内容", "联系电话", "是否回访"]


def test_one_thing_cannot_be_two_columns(at: At, s: Scene) -> None:
    client = at("center")
    given = {"ticket": ticket_of(read_in(client, WIDE)), "source": "12345", "column-1": "outside_number", "column-2": "words", "column-6": "words"}
    found = client.post("/import/messages", given | {"do": "write"})
    assert found.status_code == 409
    assert "内容选了两列" in found.content.decode()
    assert chosen(found.content.decode())["是否回访"] == "words"
    assert not Item.objects.exists()
    assert "导入好了" in client.post("/import/messages", given | {"do": "write", "column-6": ""}).content.decode()
    assert Item.objects.count() == 3


def test_a_ticket_is_of_one_person_and_of_one_hour(at: At, s: Scene, settings: Any) -> None:
    ticket = ticket_of(read_in(at("center")))
    user, tenant = s.users["center"].pk, s.users["center"].tenant_id
    assert kept_sheets.name_of(ticket, user=user, tenant=tenant)
    assert kept_sheets.name_of(ticket, user=user + 1, tenant=tenant) == ""
    assert kept_sheets.name_of(ticket + "x", user=user, tenant=tenant) == ""
    assert at("center2").post("/import/messages", {"ticket": ticket, "source": "12345", "do": "write"}).status_code == 409
    folder = Path(settings.FILES_ROOT) / "imports"
    assert [oct(p.stat().st_mode)[-3:] for p in folder.iterdir()] == ["600"]
    s.later(hours=2)
    at("center").get("/import/messages")
    assert list(folder.iterdir()) == []
    assert not os.listdir(folder)


def test_the_sheet_of_a_workbook_that_reads_as_messages_is_the_one_whose_columns_are_shown(at: At, s: Scene) -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["说明", "没有用"])
    sheet = book.create_sheet("来件")
    sheet.append(["工单编号", "诉求内容"])
    sheet.append(["A1", "路灯不亮"])
    book.save(out)
    page = read_in(at("center"), out.getvalue(), "m.xlsx")
    assert "路灯不亮" in page
    assert chosen(page) == {"工单编号": "outside_number", "诉求内容": "words"}
    assert "没有打开" in read_in(at("center"), b"PK\x03\x04 nonsense", "m.xlsx")


# ── 类别目录 ──
def test_a_long_catalogue_is_light_and_can_be_searched(at: At, s: Scene) -> None:
    tenant = s.users["center"].tenant
    Category.objects.bulk_create(
        Category(tenant=tenant, catalogue="city", key=f"c{n:05}", name=f"井盖第{n}种", group=f"第{n % 9}组", limits={"accept": ["hours", 3]})
        for n in range(10_000, 10_480)
    )
    from hawthorn.tenants import actions as tenants

    tenants.bump(s.county.pk)
    client = at("center")
    client.get("/today")
    with CaptureQueriesContext(connection) as found:
        page = client.get("/categories")
    own = [q for q in found if "django_session" not in q["sql"] and "accounts_user" not in q["sql"] and not q["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(own) <= 8
    assert len(page.content) <= 100_000
    assert page.content.count(b"<details>") <= 60
    assert "3 小时" in client.get("/categories?q=10479").content.decode()
    assert "page=2" in page.content.decode()
    assert "井盖第10479种" not in page.content.decode()
    assert "井盖第10479种" in client.get("/categories?q=10479").content.decode()
    assert "井盖第10001种" not in client.get("/categories?group=第1组").content.decode()
    assert client.get("/categories?page=999&catalogue=x&group=y").status_code == 200


# ── 我的信息 ──
def said(at: At, s: Scene, phone: str = "13800001234") -> tuple[str, str, str]:
    page = at().post("/say", {"words": "灯坏了", "grid": s.places["grid1"].pk, "phone": phone, "name": "张三丰", "key": "r1"}).content.decode()
    code, word = re.findall(r'class="code num nowrap">([^<]+)<', page)
    token = re.search(r"\?t=([A-Z0-9]+)", page)
    assert token is not None
    return code.replace("-", ""), word, token[1]


def test_what_was_left_is_shown_masked_with_the_word_only(at: At, s: Scene) -> None:
    code, word, token = said(at, s)
    reads = at().post("/what", {"receipt": code, "tail": "1234"}, follow=True).content.decode()
    assert "我的信息" not in reads
    assert "*******1234" not in reads
    for page in (at().post("/what", {"receipt": code, "word": word}, follow=True), at().get(f"/what/{code}?t={token}")):
        words = page.content.decode()
        assert "*******1234" in words
        assert "张***" in words
        assert "13800001234" not in words
        assert "张三丰" not in words


@pytest.mark.parametrize("door", ["word", "token"])
def test_an_asker_takes_their_contact_back(at: At, s: Scene, door: str) -> None:
    code, word, token = said(at, s)
    given = {"word": word} if door == "word" else {"t": token}
    assert at().post(f"/what/{code}", {"tail": "1234", "do": "forget"}).status_code == 409
    assert Contact.objects.filter(erased_at=None).count() == 1
    page = at().post(f"/what/{code}", given | {"do": "forget"}, follow=True).content.decode()
    assert "已经删掉" in page
    assert "没有留您的联系方式和录音" in page
    assert Contact.objects.filter(erased_at=None).count() == 0
    assert at().post("/what", {"receipt": code, "tail": "1234"}).status_code == 404
    assert "没有要删的" in at().post(f"/what/{code}", given | {"do": "forget"}, follow=True).content.decode()


def test_masks_leave_at_most_four_digits() -> None:
    assert mine.masked("phone", "13800001234") == "*******1234"
    assert mine.masked("phone", "1234") == "****"
    assert mine.masked("mail", "zhang@example.com") == "z***@example.com"
    assert mine.masked("address", "一号楼三单元") == "一***"


def test_paper_dates_are_written_out(s: Scene) -> None:
    from hawthorn.web import words

    assert words.stamp(s.now + timedelta(hours=14)) == "2026年3月2日 24:00"
    assert words.stamp(None) == ""
