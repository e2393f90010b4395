"""The round and the checkpoints at a screen: one press each, kept once, read by those of the place, changed by its desks."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hawthorn.files.models import Attachment
from hawthorn.loops.models import Item, Text
from hawthorn.patrols.models import Checkpoint, CheckpointLine, Look
from hawthorn.patrols.rules.points import Rule
from make import Scene
from pictures import photo
from walking import day_after, find, look, point

At = Callable[..., Client]


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def press(client: Client, one: Any, **more: Any) -> Any:
    return client.post("/rounds/look", {"checkpoint": one.row.pk, "key": str(uuid4()), "result": "fine", **more})


def test_the_round_lists_what_is_due_and_one_press_takes_it(at: At, s: Scene) -> None:
    one = point(s, unit=s.units["u1"].pk)
    client = at("officer1")
    shown = page(client.get("/rounds"))
    assert "井盖 · u1 号楼 东门外" in shown
    form = dict(re.findall(r'name="(key|checkpoint|grid)" value="([^"]+)"', shown)) | {"result": "fine"}
    assert client.post("/rounds/look", form).headers["Location"] == f"/rounds?grid={s.places['grid1'].pk}"
    assert client.post("/rounds/look", form).status_code == 302
    assert Look.objects.get().checkpoint_id == one.row.pk
    after = page(client.get("/rounds"))
    assert "今天该看的都看过了" in after
    assert re.search(r'>1<span class="sr"> 个看过的点</span></a>/<a[^>]*>1<', after)


@pytest.mark.parametrize("result", ["", "problem", "FINE"])
def test_a_look_without_a_result_is_not_taken_for_a_good_one(at: At, s: Scene, result: str) -> None:
    refused = press(at("officer1"), point(s), result=result)
    assert refused.status_code == 409
    assert "没有记：请按“正常”或者“没看成”。" in refused.content.decode()
    assert not Look.objects.exists()


def test_a_reason_says_why_it_was_not_seen(at: At, s: Scene) -> None:
    one = point(s)
    assert press(at("officer1"), one, result="skipped", reason="locked").status_code == 302
    shown = page(at("officer1").get("/rounds"))
    assert "没看成：门锁着" in shown
    assert "后来看了，正常" in shown
    assert press(at("officer1"), one, result="skipped", reason="nonsense").status_code == 409
    assert press(at("officer1"), one, result="skipped").status_code == 409
    assert press(at("officer1"), one, result="fine", reason="locked").status_code == 302
    assert Look.objects.order_by("-id").values_list("result", "reason")[0] == ("fine", "")


def test_a_problem_has_one_field_and_becomes_a_matter_with_its_photo(at: At, s: Scene) -> None:
    one, client, key = point(s), at("officer1"), str(uuid4())
    url = f"/rounds/{one.row.pk}/problem"
    assert "哪里不对" in page(client.get(url))
    assert "还有" in page(client.post(url, {"words": "", "key": key}), 409)
    for _n in range(2):
        assert client.post(url, {"words": "井盖松了", "key": key, "files": photo()}).status_code == 302
    item = Item.objects.get(loop="matters")
    assert Look.objects.get().matter_id == item.pk
    assert Attachment.objects.filter(item=item.pk).count() == 1
    assert item.title.startswith("污水井盖异常")


def test_a_phone_number_in_the_words_is_asked_about_once_and_nothing_typed_is_lost(at: At, s: Scene) -> None:
    one, client, key = point(s), at("officer1"), str(uuid4())
    url = f"/rounds/{one.row.pk}/problem"
    shown = page(client.post(url, {"words": "叫 13812345678 来看", "key": key}), 409)
    assert "叫 13812345678 来看" in shown
    assert 'name="sure"' in shown
    assert client.post(url, {"words": "叫 13812345678 来看", "key": key, "sure": "1"}).status_code == 302


def test_the_rest_is_fine_shows_first_what_it_would_be(at: At, s: Scene) -> None:
    many, client = [point(s, spot=f"{n} 号") for n in range(3)], at("officer1")
    look(s, many[0])
    shown = page(client.get("/rounds/rest"))
    assert (Look.objects.count(), shown.count('name="checkpoint"')) == (1, 2)
    body = {"key": re.search(r'name="key" value="([^"]+)"', shown)[1], "checkpoint": [many[1].row.pk, many[2].row.pk], "grid": s.places["grid1"].pk}  # type: ignore[index]
    for _n in range(2):
        assert client.post("/rounds/rest", body).status_code == 302
    assert Look.objects.count() == 3
    assert client.get("/rounds/rest").status_code == 200


def test_a_long_round_comes_in_parts_that_a_phone_can_carry(at: At, s: Scene) -> None:
    for n in range(33):
        point(s, spot=f"第 {n} 处", sort=n + 1)
    client = at("officer1")
    shown = client.get("/rounds")
    assert "后面还有 3 个" in page(shown)
    assert page(client.get("/rounds/rest")).count('name="checkpoint"') == 33
    assert page(client.get("/rounds/print")).count("□ 正常") == 33


def test_a_press_without_a_key_changes_nothing(at: At, s: Scene) -> None:
    one = point(s)
    assert press(at("officer1"), one, key="x").status_code == 409
    assert Look.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "read", "press_"),
    [("officer1", 200, 302), ("head1", 200, 302), ("officer2", 404, 404), ("desk", 200, 409), ("center", 200, 409), ("leader", 200, 409),
     ("desk_village", 404, 404), ("center2", 404, 404), ("water", 404, 404), ("county_desk", 404, 404)],
)  # fmt: skip
def test_those_of_the_place_read_and_only_those_of_the_grid_press(at: At, s: Scene, who: str, read: int, press_: int) -> None:
    one, client = point(s), at(who)
    assert client.get(f"/rounds?grid={s.places['grid1'].pk}").status_code == read
    assert client.get(f"/checkpoints/{one.row.pk}").status_code == read
    assert press(client, one).status_code == press_
    assert Look.objects.count() == int(press_ == 302)


def test_the_canteen_walks_what_it_keeps_and_the_grid_does_not(at: At, s: Scene) -> None:
    point(s, kind="canteen_morning", spot="", unit=s.units["u1"].pk, keeper=s.posts["clinic"].pk)
    assert "老年食堂晨检" in page(at("clinic").get("/rounds"))
    assert "老年食堂晨检" not in page(at("officer1").get("/rounds"))
    assert "老年食堂晨检" in page(at("clinic").get("/rounds/print"))
    assert "/rounds" in page(at("clinic").get("/me"))


def test_the_desk_adds_changes_and_ends_a_point_and_what_was_typed_comes_back(at: At, s: Scene) -> None:
    client = at("desk")
    shown = page(client.get("/checkpoints/new?kind=gas"))
    assert "软管有没有老化" in shown
    body = {"kind": "gas", "grid": s.places["grid1"].pk, "spot": "3 单元 表箱", "items": "软管", "rule": "monthly", "days": "40", "sort": "7"}
    wrong = page(client.post("/checkpoints/new", body), 409)
    assert 'value="40"' in wrong
    assert 'value="3 单元 表箱"' in wrong
    assert client.post("/checkpoints/new", body | {"days": "10、31"}).status_code == 302
    one = Checkpoint.objects.get()
    assert CheckpointLine.objects.get().days == [10, 31]
    assert client.post(f"/checkpoints/{one.pk}", body | {"rule": "weekly", "weekdays": ["0", "3"], "do": "save"}).status_code == 302
    told = page(client.get(f"/checkpoints/{one.pk}"))
    assert "每周一、周四" in told
    assert "每月 10、31 号" in told
    assert client.post(f"/checkpoints/{one.pk}", {"do": "end"}).status_code == 302
    assert "停了" in page(client.get(f"/checkpoints/{one.pk}"))


@pytest.mark.parametrize("days", ["9" * 30, "十", "-1", "0", "1 2 x"])
def test_days_nobody_can_read_are_refused_at_their_field(at: At, s: Scene, days: str) -> None:
    body = {"kind": "gas", "grid": s.places["grid1"].pk, "spot": "表箱", "rule": "monthly", "days": days}
    assert "从 1 到 31" in page(at("desk").post("/checkpoints/new", body), 409)


def test_the_list_is_narrowed_by_grid_kind_and_what_was_not_seen(at: At, s: Scene) -> None:
    seen, unseen = point(s, spot="甲处"), point(s, "grid2", spot="乙处", kind="gas", rule=Rule("monthly", days=(31,)))
    look(s, seen)
    find(s, unseen, who="officer2")
    day_after(s, 7)
    look(s, seen)
    client = at("center")

    def found(query: str) -> tuple[bool, bool]:
        shown = page(client.get(f"/checkpoints{query}"))
        return "甲处" in shown, "乙处" in shown

    assert found("") == (True, True)
    assert found("?seen=0") == (False, True)
    assert found("?seen=1") == (True, False)
    assert found("?kind=gas") == (False, True)
    assert found(f"?grid={s.places['grid1'].pk}") == (True, False)
    assert "7 天内看过 1/2" in page(client.get("/checkpoints"))


def test_the_export_holds_the_rows_of_the_list_and_no_name(at: At, s: Scene) -> None:
    point(s, spot="甲处")
    point(s, "grid2", spot="乙处")
    body = b"".join(at("center").get(f"/export/checkpoints.csv?grid={s.places['grid1'].pk}").streaming_content).decode()  # type: ignore[attr-defined]
    assert ("甲处" in body, "乙处" in body) == (True, False)
    assert not any(name in body for name in s.users)


@pytest.mark.parametrize(("path", "most"), [("/rounds", 12), ("/checkpoints", 10)])
def test_a_page_of_many_points_takes_as_many_statements_as_one_of_few(at: At, s: Scene, path: str, most: int) -> None:
    client, counts = at("officer1"), []
    for n in range(2):
        for k in range(1 + n * 20):
            point(s, spot=f"{n}-{k}")
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= most


def test_nothing_of_a_round_says_who_or_how_long(at: At, s: Scene) -> None:
    look(s, point(s))
    names = {f.name for f in Look._meta.concrete_fields}
    assert names == {"id", "checkpoint", "on", "at", "post", "result", "reason", "matter", "key"}
    assert Text.objects.count() == 0
