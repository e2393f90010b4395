"""Long sheets: looked through whole, taken in by batches, gone on with after a kill; the same number never twice under two names."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from hawthorn.accounts.models import User
from hawthorn.gateways import kept_sheets, messages, messages_file
from hawthorn.gateways import messages_jobs as jobs
from hawthorn.gateways.models import SheetImport, SheetProblem, SheetSource
from hawthorn.kernel import clock
from hawthorn.loops.models import Item
from hawthorn.matters.models import OutsideNumber
from hawthorn.web import books, imports
from make import Scene
from own_database import own_database, run
from tables import HEADINGS, ROW, as_csv, as_xlsx, row

HAMMER = str(Path(__file__).resolve().parent.parent / "hammer.py")
KILLS = int(os.environ.get("HAWTHORN_SHEET_KILLS", "2"))
ROWS = int(os.environ.get("HAWTHORN_SHEET_ROWS", "800"))
MEANT = {"column-0": "outside_number", "column-2": "words", "column-3": "arrived_at"}


@pytest.fixture
def at(s: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    monkeypatch.setattr(clock, "now", lambda: s.now)
    monkeypatch.setattr(imports, "AT_ONCE", 10)

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(pk=s.users[who].pk), backend="hawthorn.accounts.signin.Door")
        return client

    return signed_in


def upload(client: Client, body: bytes, do: str = "write", source: str = "12345", meant: dict[str, str] = MEANT) -> Any:
    given = {"sheet": SimpleUploadedFile("m.csv", body), "source": source, "do": do}
    return client.post("/import/messages", given | meant)


def many(number: int, **more: Any) -> bytes:
    return as_csv([HEADINGS, *(row(工单编号=f"T{n}", **more) for n in range(number))])


# ── the page ──
def test_a_long_sheet_is_taken_in_by_due_work_and_the_page_shows_how_far_it_is(s: Scene, at: Any) -> None:
    client = at("center")
    answer = upload(client, many(450))
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert "排着队" in page.content.decode()
    assert page["Refresh"] == "3"
    assert "没有动静" not in page.content.decode()
    s.later(minutes=4)
    assert "没有动静" in client.get(answer.url).content.decode()
    assert jobs.work_due(town=s.town, now=s.now, seconds=0) == 0  # no time left: nothing is begun
    run_ = jobs.Run(SheetImport.objects.get(), s.town, s.now)
    assert jobs.claim(run_)
    with kept_sheets.opened(run_.job.name) as file:
        assert file is not None
        assert not jobs.work_off(run_, file, seconds=0)
    run_.write(owner="")
    assert "第 0 行，共 450 行" in client.get(answer.url).content.decode()
    assert not Item.objects.exists()
    assert jobs.work_due(town=s.town, now=s.now) == 1
    page = client.get(answer.url)
    assert "导入好了" in page.content.decode()
    assert "Refresh" not in page.headers
    assert Item.objects.filter(loop="matters").count() == 450
    assert SheetSource.objects.get().columns == {"outside_number": 0, "words": 2, "arrived_at": 3}
    assert not kept_sheets._folder().exists() or not list(kept_sheets._folder().iterdir())


def test_while_a_long_sheet_is_read_another_is_asked_to_wait_and_nothing_is_kept(s: Scene, at: Any) -> None:
    client = at("center")
    with books.turn(is_long=True):
        for body in (many(450), gzip.compress(many(5_000, 诉求内容="x"), 0)):
            answer = upload(client, body)
            assert answer.status_code == 409
            assert "请稍后再传" in answer.content.decode()
    assert not SheetImport.objects.exists()
    assert upload(client, many(450)).status_code == 302


def test_a_look_first_then_the_taking_in_and_the_rows_in_trouble_come_back(s: Scene, at: Any) -> None:
    client = at("center")
    body = as_csv([HEADINGS, ROW, row(工单编号="T2", 来电时间="前天"), row(工单编号="T3")])
    url = upload(client, body, "dry").url
    jobs.work_due(town=s.town, now=s.now)
    page = client.get(url).content.decode()
    assert "新的 2 件" in page
    assert "第 3 行 D 列" in page
    assert not Item.objects.exists()
    client.post(url, {"do": "write"})
    jobs.work_due(town=s.town, now=s.now)
    assert Item.objects.count() == 2
    sheet = load_workbook(io.BytesIO(client.post(url, {"do": "errors"}).content)).active
    assert [c.value for c in sheet[2]][:3] == [3, "来件时间：看不懂的时间，请写成 2026-03-02 10:00", "T2"]
    assert sheet.max_row == 2
    assert client.post(url, {"do": "write"}).status_code == 302
    jobs.work_due(town=s.town, now=s.now)
    assert Item.objects.count() == 2


def test_the_work_of_another_subdistrict_is_not_there(s: Scene, at: Any) -> None:
    url = upload(at("center"), many(3)).url
    assert at("center2").get(url).status_code == 404
    assert at("center2").post(url, {"do": "stop"}).status_code == 404
    assert at("desk").get(url).status_code == 404


def test_a_long_sheet_known_from_another_source_waits_for_a_yes(s: Scene, at: Any) -> None:
    client = at("center")
    upload(client, many(3))
    jobs.work_due(town=s.town, now=s.now)
    url = upload(client, many(3), source="热线").url
    jobs.work_due(town=s.town, now=s.now)
    assert "照样导入" in client.get(url).content.decode()
    assert client.post(url, {"do": "write"}).status_code == 409
    assert OutsideNumber.objects.count() == 3
    client.post(url, {"do": "write", "anew": "1"})
    jobs.work_due(town=s.town, now=s.now)
    assert OutsideNumber.objects.count() == 6


def test_a_stopped_sheet_stays_stopped_and_what_came_in_stays(s: Scene, at: Any) -> None:
    client = at("center")
    url = upload(client, many(3)).url
    client.post(url, {"do": "stop"})
    assert jobs.work_due(town=s.town, now=s.now) == 0
    assert "停下来了" in client.get(url).content.decode()


def test_the_file_of_a_waiting_sheet_is_not_swept_away(s: Scene, at: Any) -> None:
    client = at("center")
    upload(client, many(3))
    s.later(hours=3)
    client.get("/import/messages")
    assert jobs.work_due(town=s.town, now=s.now) == 1
    assert Item.objects.count() == 3


def test_what_was_wrong_is_forgotten_after_a_month(s: Scene, at: Any) -> None:
    upload(at("center"), as_csv([HEADINGS, row(来电时间="前天"), row(工单编号="T2")]))
    jobs.work_due(town=s.town, now=s.now)
    s.later(days=29)
    jobs.work_due(town=s.town, now=s.now)
    assert SheetProblem.objects.count() == 1
    s.later(days=2)
    jobs.work_due(town=s.town, now=s.now)
    assert not SheetProblem.objects.exists()


def test_columns_said_once_are_used_again_for_the_same_headings(s: Scene, at: Any) -> None:
    client = at("center")
    body = as_csv([["甲", "乙"], ["T1", "路灯不亮"]])
    client.post(
        "/import/messages", {"sheet": SimpleUploadedFile("m.csv", body), "source": "12345", "do": "write", "column-0": "outside_number", "column-1": "words"}
    )
    jobs.work_due(town=s.town, now=s.now)
    assert Item.objects.count() == 1
    more = as_csv([["乙", "丙", "甲"], ["井盖松了", "x", "T2"]])  # the columns moved
    for source, is_there in (("12345", True), ("别的", False)):
        page = client.post("/import/messages", {"sheet": SimpleUploadedFile("m.csv", more), "source": source, "do": "read"}).content.decode()
        assert ("照上一次的选好" in page) == is_there
        assert (re.search(r'name="column-2".*?<option value="outside_number" selected', page, flags=re.S) is not None) == is_there
    path = kept_sheets._folder().parent / "x.csv"
    path.write_bytes(more)
    report = messages_file.import_messages(path, tenant_code="999901001", source="12345", dry_run=False, now=s.now)
    assert (report.new, report.errors) == (1, [])


# ── what is taken in ──
def test_a_sheet_that_breaks_off_takes_nothing_in(s: Scene, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(many(700) + b'T900,x,"no end')
    report = messages_file.import_messages(path, tenant_code="999901001", source="12345", dry_run=False, now=s.now)
    assert (report.new, len(report.errors)) == (0, 1)
    assert "引号" in report.errors[0].words
    assert not Item.objects.exists()


def test_a_claim_holds_and_is_taken_over_from_a_process_that_is_gone(s: Scene) -> None:
    common: dict[str, Any] = {"source": "12345", "user": None, "name": "", "digest": "x", "columns": {}, "is_dry": False, "is_anew": False, "now": s.now}
    job = jobs.begin(tenant=s.places["street"].tenant, **common)
    one, other = jobs.Run(job, s.town, s.now), jobs.Run(SheetImport.objects.get(), s.town, s.now)
    assert jobs.claim(one)
    assert not jobs.claim(other)
    with pytest.raises(jobs.Lost):
        other.write(done=1)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    SheetImport.objects.update(owner=f"{jobs.HOST}.{dead.pid}.x")
    assert jobs.claim(other)
    with pytest.raises(jobs.Lost):
        one.write(done=1)
    SheetImport.objects.update(owner="elsewhere.1.x")
    late = jobs.Run(job, s.town, s.now + timedelta(minutes=5))
    assert jobs.claim(late)


def test_a_number_that_came_under_another_name_meanwhile_is_not_taken(s: Scene) -> None:
    place: dict[str, Any] = {"tenant": s.places["street"].tenant, "town": s.town, "now": s.now}
    one, other = (messages.plan(many(3), source=name, **place) for name in ("12345", "热线"))
    assert messages.run(one, source="12345", **place).new == 3
    late = messages.run(other, source="热线", **place)
    assert late.new == 0
    assert all("12345" in p.words for p in late.errors)
    assert Item.objects.count() == 3


def test_errors_of_a_narrow_workbook_have_no_empty_columns(s: Scene) -> None:
    report = messages.plan(as_xlsx([["工单编号", "诉求内容"], ["T1", None]]), tenant=s.places["street"].tenant, town=s.town, source="x", now=s.now)
    sheet = load_workbook(io.BytesIO(messages.errors_sheet(report))).active
    assert [c.value for c in sheet[1]] == ["原来的行", "哪里不对", "工单编号", "诉求内容"]


def test_more_columns_than_are_read_are_said(s: Scene, tmp_path: Path) -> None:
    wide = [*HEADINGS, *(f"列{n}" for n in range(300))]
    for body in (as_csv([wide, [*ROW, *range(300)]]), as_xlsx([wide, [*ROW, *range(300)]])):
        path = tmp_path / "wide"
        path.write_bytes(body)
        report = messages_file.import_messages(path, tenant_code="999901001", source="12345", dry_run=True, now=s.now)
        assert (report.new, report.errors) == (1, [])
        assert "只读了前 256 列" in report.remark


# ── real processes ──
READ = """
import django; django.setup()
import json
from hawthorn.loops.check import problems
from hawthorn.loops.models import Item, Reporter, Text
from hawthorn.matters.models import Matter, OutsideNumber
number = dict(OutsideNumber.objects.values_list("item_id", "number"))
skip = {"id", "item_id", "head", "receipt"}
def plain(value):
    return value.isoformat(timespec="minutes") if hasattr(value, "hour") else str(value)
found = {n: [] for n in number.values()}
for model, key in ((Matter, "item_id"), (Item, "id")):
    for values in model.objects.order_by(key).values():
        found[number[values[key]]].append({k: plain(v) for k, v in values.items() if k not in skip})
for item, field, words in Text.objects.order_by("id").values_list("item_id", "field", "words"):
    found[number[item]].append([field, words])
for item, way in Reporter.objects.values_list("item_id", "way"):
    found[number[item]].append(way)
print(json.dumps({"problems": list(problems())[:5], "found": found, "items": Item.objects.count()}))
"""


def take(env: dict[str, str], path: Path, now: str, batches: int | None = None) -> list[str]:
    """Take a sheet in, in a process of its own; killed after so many batches."""
    process = subprocess.Popen(
        [sys.executable, HAMMER, "sheet", str(path)], env=env | {"HAWTHORN_NOW": now}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if batches is not None and len([x for x in said if x.startswith("taking")]) > batches:
            process.send_signal(signal.SIGKILL)
            break
    _out, errors = process.communicate()
    assert batches is not None or process.returncode == 0, errors[-3000:]
    return said


@pytest.mark.soak
def test_killed_half_way_and_begun_again_it_ends_as_in_one_go(tmp_path: Path) -> None:
    random = Random(11)
    path = tmp_path / "sheet.csv"
    rows = [
        row(工单编号=f"T{n}", 诉求内容=f"第 {n} 盏路灯不亮", 来电时间="" if n % 3 else "2026-02-27 09:00", 联系电话=f"199{n:08d}" if n % 2 else "")
        for n in range(ROWS)
    ]
    rows += [row(工单编号="T5"), row(工单编号="T6", 来电时间="前天")]
    path.write_bytes(as_csv([HEADINGS, *rows]))
    with own_database() as env:
        assert take(env, path, "2026-03-02T10:00:00")[-1] == f"done {ROWS} 2"
        whole = json.loads(run(READ, env))
    with own_database() as env:
        for n in range(KILLS):
            said = take(env, path, f"2026-03-02T1{n % 2}:00:00" if n else "2026-03-02T10:00:00", batches=random.randrange(max(1, ROWS // 200 // (KILLS + 1))))
            assert said[-1].startswith("taking")
        assert take(env, path, "2026-03-03T15:00:00")[-1] == f"done {ROWS} 2"
        broken = json.loads(run(READ, env))
    assert whole["problems"] == broken["problems"] == []
    assert whole["items"] == broken["items"] == ROWS
    assert broken["found"] == whole["found"]


def test_the_same_sheet_under_two_names_at_the_same_moment_is_taken_once() -> None:
    with own_database() as env:
        out = subprocess.run([sys.executable, HAMMER, "race", "sheets"], env=env, check=False, capture_output=True, text=True)
        assert out.returncode == 0, out.stderr[-3000:]
    found = json.loads(out.stdout)
    assert found["items"] == 40
    assert sum(found["new"]) == 40
