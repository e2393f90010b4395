"""随手记: one required field, one press; a slip for whoever asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hawthorn.files.models import Attachment
from hawthorn.loops.models import Item, Reporter, Text
from make import Scene
from pictures import photo

At = Callable[..., Client]


def newest() -> Item:
    return Item.objects.order_by("-id")[0]


def test_words_alone_are_enough(at: At, s: Scene) -> None:
    client = at("officer1")
    page = client.get("/capture").content.decode()
    assert "u1 号楼" in page
    assert "u2 号楼" not in page
    found = client.post("/capture", {"words": "井盖松了", "do": "report", "key": "a1"})
    assert found["Location"] == f"/i/{newest().pk}"
    assert newest().grid_id == s.places["grid1"].pk


def test_the_same_press_on_a_bad_network_is_one_matter(at: At, s: Scene) -> None:
    client = at("officer1")
    for _again in range(3):
        client.post("/capture", {"words": "井盖松了", "do": "report", "key": "a1"})
    assert Item.objects.count() == 1


def test_found_and_done_in_one_press(at: At, s: Scene) -> None:
    client = at("officer1")
    refused = client.post("/capture", {"words": "纸箱挡道", "do": "report_settled", "key": "a1"})
    assert refused.status_code == 409
    assert "纸箱挡道" in refused.content.decode()
    assert client.post("/capture", {"words": "纸箱挡道", "result": "搬走了", "do": "report_settled", "key": "a1"}).status_code == 302
    assert newest().stage == "closed"


def test_somebody_who_asked_gets_a_slip_once(at: At, s: Scene) -> None:
    client = at("officer1")
    given = {"words": "灯坏了", "phone": "13800001234", "do": "report", "key": "a1"}
    page = client.post("/capture", given).content.decode()
    code = newest().receipt
    assert f"{code[:4]}-{code[4:]}" in page
    assert "口令" in page
    assert "<svg" in page
    assert "no-store" in client.post("/capture", given).headers["Cache-Control"] or client.get("/today").status_code == 200
    assert Reporter.objects.count() == 1


def test_a_photo_of_a_refused_form_is_not_lost(at: At, s: Scene) -> None:
    client = at("officer1")
    refused = client.post("/capture", {"words": "", "files": photo(), "do": "report", "key": "a1"})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "已经收到 1 个照片、录音" in page
    kept = page.split('name="files_kept" value="')[1].split('"')[0]
    client.post("/capture", {"words": "灯坏了", "files_kept": kept, "do": "report", "key": "a1"})
    file = Attachment.objects.get()
    assert file.item == newest().pk
    assert client.get(f"/files/{file.pk}")["Content-Type"] == "image/jpeg"
    assert at("officer2").get(f"/files/{file.pk}").status_code == 404
    assert at().get(f"/files/{file.pk}").status_code == 302


def test_an_upload_that_is_no_photo_is_refused_and_the_words_stay(at: At, s: Scene) -> None:
    bad = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    found = at("officer1").post("/capture", {"words": "灯坏了", "files": bad, "do": "report", "key": "a1"})
    assert found.status_code in (409, 422)
    assert "灯坏了" in found.content.decode()
    assert not Item.objects.exists()


def test_a_kept_photo_cannot_be_named_without_its_ticket(at: At, s: Scene) -> None:
    at("officer1").post("/capture", {"words": "", "files": photo(), "do": "report", "key": "a1"})
    at("officer1").post("/capture", {"words": "灯坏了", "files": str(Attachment.objects.get().pk), "files_kept": "[1]", "do": "report", "key": "a2"})
    assert Attachment.objects.get().item is None


def test_words_of_a_chat_group_become_a_matter(at: At, s: Scene) -> None:
    at("desk").post("/paste", {"words": "【二单元】水压太低", "grid": s.places["grid2"].pk, "key": "a1"})
    assert newest().grid_id == s.places["grid2"].pk
    assert s.facts(newest().pk).channel == "chat_group"


def test_a_notice_for_the_group_names_nobody(at: At, s: Scene) -> None:
    item = s.start("officer1", {"words": "张三家漏水 13800001234", "phone": "13800001234", "name": "张三"}).id
    page = at("officer1").get(f"/i/{item}").content.decode()
    notice = page.split('id="notice">')[1].split("</p>")[0]
    assert "【东街道】" in notice
    assert "张三" not in notice
    assert "138000" not in notice


def test_a_contact_is_read_by_a_post_with_a_reason(at: At, s: Scene) -> None:
    item = s.start("desk", {"words": "灯坏了", "phone": "13800001234", "name": "张三", "grid": s.places["grid1"].pk}).id
    client, reporter = at("officer1"), Reporter.objects.get().pk
    page = client.get(f"/i/{item}").content.decode()
    assert "13800001234" not in page
    assert "看联系方式" in page
    assert client.get(f"/i/{item}/reveal").status_code == 405
    assert client.post(f"/i/{item}/reveal", {"reporter": reporter}).status_code == 409
    assert "13800001234" in client.post(f"/i/{item}/reveal", {"reporter": reporter, "reason": "回电话"}).content.decode()
    assert at("officer2").post(f"/i/{item}/reveal", {"reporter": reporter, "reason": "看看"}).status_code == 404


@pytest.mark.parametrize("page", ["paste", "capture"])
def test_a_phone_number_in_the_words_is_moved_to_where_it_is_kept_safe(at: At, s: Scene, page: str) -> None:
    client = at("officer1")
    asked = client.post(f"/{page}", {"words": "3 号楼漏水，打 138 0000-1234 找我", "do": "report", "key": "a1"})
    words = asked.content.decode()
    assert asked.status_code == 409
    assert Item.objects.count() == 0
    assert 'value="13800001234"' in words
    assert "3 号楼漏水，打 （电话另存） 找我" in words
    client.post(f"/{page}", {"words": "3 号楼漏水", "phone": "13800001234", "do": "report", "key": "a1"})
    assert Reporter.objects.filter(item=newest().pk, way="phone").count() == 1
    assert client.post(f"/{page}", {"words": "工单 2026030212345678 的路灯", "do": "report", "key": "a2"}).status_code == 302


def test_nothing_of_a_complaint_is_offered_for_the_group(at: At, s: Scene) -> None:
    complaint = s.start("resident", {"about": "grid", "grid": s.places["grid1"].pk, "words": "态度"}, loop="complaints").id
    assert "复制成群通知" not in at("desk").get(f"/i/{complaint}").content.decode()
    matter = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900001234"}).id
    s.step("officer1", matter, "accept")
    assert "预计" in at("desk").get(f"/i/{matter}").content.decode().split('id="notice">')[1].split("</p>")[0]
    s.step("officer1", matter, "settle", {"result": "换灯", "say": "换好了"})
    notice = at("desk").get(f"/i/{matter}").content.decode().split('id="notice">')[1].split("</p>")[0]
    assert "换好了" in notice
    assert "预计" not in notice


def test_a_desk_says_which_door_and_the_grid_follows(at: At, s: Scene) -> None:
    client = at("desk_village")
    page = client.get("/capture").content.decode()
    assert "u3 号楼" in page
    assert "u1 号楼" in page, "a desk may be told of any place of its subdistrict"
    client.post("/capture", {"words": "台阶坏了", "unit": s.units["u3"].pk, "do": "report", "key": "a1"})
    assert newest().grid_id == s.places["grid3"].pk
    assert f"/i/{newest().pk}" in client.post("/counter", {"place": "u3"}).content.decode()


@pytest.mark.parametrize(
    ("words", "phone"),
    [("张三13812345678，李四 13987654321 都说过", ""), ("张三13812345678", "010-1234567")],
)
def test_of_several_numbers_none_is_lost_and_the_words_are_asked_about_once(at: At, s: Scene, words: str, phone: str) -> None:
    client = at("officer1")
    given = {"words": words, "phone": phone, "do": "report", "key": "a1"}
    asked = client.post("/capture", given)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert words in page
    assert 'name="sure"' in page
    client.post("/capture", given | {"sure": "1"})
    assert Text.objects.get(item=newest().pk, seq=1, field="words").words == words


@pytest.mark.parametrize("written", ["8613812345678", "+86 138 1234 5678", "１３８１２３４５６７８", "138.1234.5678"])
def test_a_number_is_found_however_it_is_written(at: At, s: Scene, written: str) -> None:
    page = at("officer1").post("/capture", {"words": f"打{written}", "do": "report", "key": "a1"}).content.decode()
    assert 'value="13812345678"' in page
    assert Item.objects.count() == 0
