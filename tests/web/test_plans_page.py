"""网格调整方案 on pages: proposals side by side, a draft, drawing by hand from a list, and back to the same page."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from hawthorn.loops.models import Item
from hawthorn.loops.tasks import run_due
from hawthorn.redrawing import optimising
from hawthorn.redrawing.tasks import draw_proposals
from hawthorn.territory.models import Place
from laid import lay
from make import Scene

At = Callable[..., Client]


@pytest.fixture
def laid(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    lay(s)
    monkeypatch.setattr(optimising, "LEAST", 20_000)
    monkeypatch.setattr(optimising, "MOST", 20_000)
    return s


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:1500]
    return unescape(answer.content.decode())


def address(s: Scene) -> str:
    return f"/redrawing/{s.places['community'].pk}/plans"


def drafted(s: Scene, at: At) -> str:
    return str(at("desk").post(address(s), {"do": "draft", "from": "today", "key": "p1"})["Location"])


def test_three_proposals_stand_beside_today_and_one_becomes_a_draft(laid: Scene, at: At) -> None:
    desk = at("desk")
    assert "请系统拟三个方案" in page(desk.get(address(laid)))
    going = desk.post(address(laid), {"do": "ask", "seed": "5"}, follow=True)
    assert going["Refresh"] == "3"
    assert "正在拟" in page(going)
    draw_proposals(town=laid.town, now=laid.now)
    shown = page(desk.get(address(laid)))
    assert all(f"用“{label}”作草案" in shown for label in ("边界最顺", "兼顾", "动得最少"))
    made = desk.post(address(laid), {"do": "draft", "from": "still", "key": "p1"})
    assert made.status_code == 302
    assert desk.post(address(laid), {"do": "draft", "from": "still", "key": "p1"})["Location"] == made["Location"], "the same press again"
    plan = page(desk.get(made["Location"]))
    assert "1 个楼院、30 户不一样" in plan
    assert "在 ±10% 以内" in plan
    assert "征求意见、报批" in plan
    assert page(desk.get(f"/i/{Item.objects.get(loop='plans').pk}", follow=True)) == plan or "经过" in plan


def test_drawing_by_hand_says_at_once_what_it_comes_to(laid: Scene, at: At) -> None:
    here, desk = drafted(laid, at), at("desk")
    refused = page(desk.post(here, {"unit": [laid.units["r5"].pk]}), 409)
    assert "请先勾上楼院，再选移到哪个网格" in refused
    assert f'value="{laid.units["r5"].pk}" checked' in refused
    told = page(desk.post(here, {"unit": [laid.units["r5"].pk, laid.units["r0"].pk], "grid": laid.places["grid2"].pk}, follow=True))
    assert "移了 2 个楼院" in told
    assert "没有连成一片：二网格。" in told
    told = page(desk.post(here, {"unit": [laid.units["r0"].pk], "grid": laid.places["grid1"].pk}, follow=True))
    assert "每个网格都连成一片" in told
    assert "双圈的换网格" in told
    assert page(desk.post(here, {"unit": ["x", laid.units["u3"].pk], "grid": laid.places["grid1"].pk}, follow=True)).count("没有改") >= 1


def test_two_plans_are_looked_at_side_by_side(laid: Scene, at: At) -> None:
    desk = at("desk")
    first = drafted(laid, at)
    second = str(desk.post(address(laid), {"do": "draft", "from": "today", "key": "p2"})["Location"])
    desk.post(second, {"unit": [laid.units["r5"].pk], "grid": laid.places["grid2"].pk})
    number = first.rsplit("/", 1)[1]
    assert "1 个楼院、30 户不一样" in page(desk.get(second, {"with": number}))
    assert "0 个楼院、0 户不一样" in page(desk.get(first))


def test_who_decides_reads_it_and_who_does_not_look_after_the_place_does_not(laid: Scene, at: At) -> None:
    here = drafted(laid, at)
    assert "手工改" not in page(at("leader").get(here))
    assert at("leader").post(address(laid), {"do": "ask"}).status_code == 409
    for who in ("officer1", "center2", "water", "desk_village"):
        assert at(who).get(here).status_code == 404
        assert at(who).get(address(laid)).status_code == 404
        assert at(who).post(here, {"unit": [laid.units["r5"].pk], "grid": laid.places["grid2"].pk}).status_code == 404


def test_from_drawing_to_approval_through_the_pages(laid: Scene, at: At) -> None:
    here = drafted(laid, at)
    item = here.rsplit("/", 1)[1]
    at("desk").post(here, {"unit": [laid.units["r5"].pk], "grid": laid.places["grid2"].pk})
    assert at("desk").post(f"/i/{item}/do/consult", {"words": "公告栏，到 3 月 15 日"}).status_code == 302
    assert 'type="date"' in page(at("leader").get(f"/i/{item}/do/approve"))
    assert at("leader").post(f"/i/{item}/do/approve", {"on": "2026-03-20", "words": "没有不同意见"}).status_code == 302
    assert "已批准，等生效 · 2026-03-20" in page(at("desk").get(here))
    assert "手工改" not in page(at("desk").get(here))


def test_without_households_there_is_nothing_to_propose(s: Scene, at: At) -> None:
    from hawthorn.territory import actions as territory

    for key in ("u1", "u2"):
        territory.change_unit(unit=s.units[key], households=0)
    assert "先补全再拟方案" in page(at("desk").get(address(s)))


def book(data: bytes, **cells: str) -> SimpleUploadedFile:
    """The downloaded sheet with some cells changed."""
    made = load_workbook(io.BytesIO(data))
    for cell, value in cells.items():
        made.active[cell] = value
    out = io.BytesIO()
    made.save(out)
    return SimpleUploadedFile("x.xlsx", out.getvalue())


def test_a_plan_goes_out_to_excel_and_comes_back_changed(laid: Scene, at: At) -> None:
    here, desk = drafted(laid, at), at("desk")
    data = desk.get(f"{here}.xlsx").content
    sheet = load_workbook(io.BytesIO(data)).active
    rows = {row[0]: n for n, row in enumerate(sheet.iter_rows(values_only=True), start=1)}
    assert len(rows) == 13
    unchanged = desk.post(f"{here}/sheet", {"sheet": book(data), "do": "write"}, follow=True)
    assert "移了 0 个楼院" in page(unchanged)
    changed = {f"E{rows['r05']}": "二网格"}
    dry = page(desk.post(f"{here}/sheet", {"sheet": book(data, **changed), "do": "dry"}))
    assert "有 1 处要写入" in dry
    assert "r5 号楼：从一网格到二网格，30 户" in dry
    assert "0 个楼院、0 户不一样" in page(desk.get(here))
    assert "移了 1 个楼院" in page(desk.post(f"{here}/sheet", {"sheet": book(data, **changed), "do": "write"}, follow=True))
    assert "1 个楼院、30 户不一样" in page(desk.get(here))


def test_what_is_wrong_in_the_sheet_is_named_by_its_cell_and_nothing_is_written(laid: Scene, at: At) -> None:
    here, desk = drafted(laid, at), at("desk")
    data = desk.get(f"{here}.xlsx").content
    wrong = book(data, E3="三网格", A4="没有的", A6="r01", E7="二网格")
    told = page(desk.post(f"{here}/sheet", {"sheet": wrong, "do": "write"}), 409)
    assert all(where in told for where in ("第 3 行 E 列", "第 4 行 A 列", "第 6 行 A 列"))
    assert "有 3 处要改，什么都没有写入" in told
    assert "0 个楼院、0 户不一样" in page(desk.get(here))
    assert page(desk.post(f"{here}/sheet", {"sheet": SimpleUploadedFile("x.xlsx", b"nothing"), "do": "write"}), 409)


def test_a_new_grid_is_named_filled_and_told_of_on_the_page(laid: Scene, at: At) -> None:
    here, desk = drafted(laid, at), at("desk")
    assert "这个社区已经有叫“一网格”的网格" in page(desk.post(here, {"do": "open", "number": "0", "name": "一网格"}), 409)
    assert "加了一个新网格" in page(desk.post(here, {"do": "open", "number": "0", "name": "沿河网格"}, follow=True))
    assert "改名了" in page(desk.post(here, {"do": "open", "number": "1", "name": "河边网格"}, follow=True))
    told = page(desk.post(here, {"unit": [laid.units[f"r{n}"].pk for n in (4, 5, 6, 7)], "grid": "-1"}, follow=True))
    assert "新设：河边网格" in told
    assert "3 河边网格" in told
    told = page(desk.post(here, {"unit": [laid.units[f"r{n}"].pk for n in range(8, 12)], "grid": "-1"}, follow=True))
    assert "撤掉：二网格" in told
    sheet = load_workbook(io.BytesIO(desk.get(f"{here}.xlsx").content)).active
    assert {sheet.cell(n, 5).value for n in range(2, 14)} == {"一网格", "河边网格"}
    back = page(desk.post(f"{here}/sheet", {"sheet": book(desk.get(f"{here}.xlsx").content, E2="河边网格"), "do": "dry"}))
    assert "从一网格到河边网格" in back


def test_proposals_with_another_number_of_grids(laid: Scene, at: At) -> None:
    desk = at("desk")
    assert "网格个数写 1 到 60" in page(desk.post(address(laid), {"do": "ask", "seed": "5", "grids": "61"}), 409)
    desk.post(address(laid), {"do": "ask", "seed": "5", "grids": "3"})
    draw_proposals(town=laid.town, now=laid.now)
    shown = page(desk.get(address(laid)))
    assert "新网格 1" in shown
    told = page(desk.post(address(laid), {"do": "draft", "from": "still", "key": "p3"}, follow=True))
    assert "新设：新网格 1" in told
    assert "在 ±10% 以内" in told


def test_a_plan_is_printed_with_its_map_as_pdf_and_word(laid: Scene, at: At) -> None:
    from docx import Document
    from pypdf import PdfReader

    here, desk = drafted(laid, at), at("desk")
    desk.post(here, {"unit": [laid.units["r5"].pk], "grid": laid.places["grid2"].pk})
    read = PdfReader(io.BytesIO(desk.get(f"{here}/paper.pdf").content))
    words = "".join(one.extract_text() for one in read.pages).replace("\n", "")
    assert "东社区网格优化调整方案" in words
    assert "r5号楼" in words.replace(" ", "")
    made = Document(io.BytesIO(desk.get(f"{here}/paper.docx").content))
    assert len(made.inline_shapes) == 1
    assert [cell.text for cell in made.tables[1].rows[1].cells] == ["r5 号楼", "30", "一网格", "二网格"]
    assert desk.get(f"{here}/paper.exe").status_code == 404


def test_a_plan_is_sent_to_excel_also_when_its_day_has_come_and_when_a_grid_it_knew_is_gone(laid: Scene, at: At) -> None:
    desk = at("desk")
    late, here = drafted(laid, at), str(at("desk").post(address(laid), {"do": "draft", "from": "today", "key": "p2"})["Location"])
    desk.post(late, {"do": "open", "number": "0", "name": "河边网格"})
    desk.post(late, {"unit": [laid.units["r11"].pk], "grid": "-1"})
    desk.post(here, {"do": "open", "number": "0", "name": "河边网格"})
    desk.post(here, {"unit": [laid.units[f"r{n}"].pk for n in range(6)], "grid": "-1"})
    plan = int(here.rsplit("/", 1)[1])
    laid.step("desk", plan, "consult", {"words": "公告栏"})
    laid.step("leader", plan, "approve", {"on": "2026-03-20", "words": "没有不同意见"})
    laid.now = datetime(2026, 3, 19, 16, 0, tzinfo=UTC)
    run_due(laid.now)
    assert Item.objects.get(pk=plan).stage == "in_force"
    desk = at("desk")
    for one, grids in ((here, {"河边网格"}), (late, {"二网格", "河边网格"})):
        answer = desk.get(f"{one}.xlsx")
        assert answer.status_code == 200
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert grids <= {sheet.cell(n, 5).value for n in range(2, 20)}, one
    assert "移了" in page(desk.post(late, {"unit": [laid.units["r9"].pk], "grid": "-1"}, follow=True)), "it can be drawn on"
    assert "一网格" not in {one.cell(n, 5).value for one in load_workbook(io.BytesIO(desk.get(f"{late}.xlsx").content)) for n in range(2, 20)}
    grid = Place.objects.get(name="河边网格", level="grid")
    assert f"河边网格（{grid.code}）" in {sheet.cell(n, 4).value for n in range(2, 20)}, "not taken for the one the plan opens"
