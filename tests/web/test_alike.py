"""可能重复的: groups for the desk, merged by hand, everybody told, undone within a day; never more than one may see."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hawthorn.loops.models import Item
from make import Scene

At = Callable[[str], Client]
OTHER = ("垃圾桶满了两天没人清运", "健身器材的螺丝松了孩子在上面玩", "楼道里堆着纸箱过不去人", "树枝伸到二楼窗户上刮风敲玻璃", "早上路口摆摊占了人行道")


def twice(s: Scene) -> tuple[int, int]:
    """The same said twice in grid one among other things."""
    for n, words in enumerate(OTHER):
        s.start(f"officer{1 + n % 2}", {"words": words, "unit": s.units[f"u{1 + n % 2}"].pk})
    first = s.start("officer1", {"words": "三单元门口的路灯不亮好几天了，晚上老人看不见路", "unit": s.units["u1"].pk, "phone": "19900000001"}).id
    s.later(hours=2)
    return first, s.start("officer1", {"words": "三单元门口路灯好几天不亮，老人晚上看不见路", "unit": s.units["u1"].pk, "phone": "19900000002"}).id


def test_a_merged_one_says_what_it_was_merged_into(at: At, s: Scene) -> None:
    first, second = (s.start("officer1", {"words": "路灯坏了", "unit": s.units["u1"].pk}).id for _n in range(2))
    s.step("desk", second, "merge_into", {"into": first, "say": "同一件"})
    page = at("desk").get(f"/i/{second}").content.decode()
    assert "合并到了这一件" in page
    assert f'href="/i/{first}"' in page
    assert "合并到了这一件" not in at("desk").get(f"/i/{first}").content.decode()


def test_what_is_not_the_same_is_ticked_once_and_not_shown_again(at: At, s: Scene) -> None:
    words = "三号楼门口的路灯坏了半个月，晚上老人走路摸黑"
    first, second, third = (s.start("officer1", {"words": words, "unit": s.units["u1"].pk}).id for _n in range(3))
    desk = at("desk")
    assert "没有改动" in desk.post("/alike", {"do": "apart", "into": first}, follow=True).content.decode()
    told = desk.post("/alike", {"do": "apart", "into": first, "item": [second, third]}, follow=True).content.decode()
    assert "这 2 件不再和它放在一组" in told
    assert f'name="item" value="{third}"' in told, "the other two may still be one"
    assert f'name="into" value="{first}"' not in told
    assert at("center2").post("/alike", {"do": "apart", "into": first, "item": [second]}).status_code == 404


def test_what_was_said_twice_is_one_group_and_merged_when_ticked(s: Scene, at: At) -> None:
    first, second = twice(s)
    desk = at("desk")
    page = desk.get("/alike").content.decode()
    assert f'name="into" value="{first}"' in page
    assert f'name="item" value="{second}"' in page
    assert page.count('name="into"') == 1, "nothing else is alike"
    assert "没有合并" in desk.post("/alike", {"into": first, "say": "一起办"}, follow=True).content.decode()
    done = desk.post("/alike", {"into": first, "item": [second], "say": "和前面的是同一件，一起办"}, follow=True).content.decode()
    assert "合并了 1 件" in done
    assert Item.objects.get(pk=second).stage == "merged"
    assert s.facts(first).reporters == 2
    assert s.child(second, "tellings"), "who asked is called"
    assert f"/i/{second}" in done, "a day to undo it"
    s.step("desk", second, "unmerge")
    assert s.facts(first).reporters == 1


def test_a_desk_sees_and_merges_in_its_own_place_only(s: Scene, at: At) -> None:
    first, second = twice(s)
    assert "没有看出可能重复的" in at("center2").get("/alike").content.decode()
    page = at("center2").post("/alike", {"into": first, "item": [second], "say": "一起"}, follow=True).content.decode()
    assert "有的没有合并" in page
    assert Item.objects.get(pk=second).stage == "found"
    for who in ("officer1", "leader", "water"):
        assert at(who).get("/alike").status_code == 404


def test_the_page_takes_the_same_statements_however_many_there_are(s: Scene, at: At) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            at("desk").get("/alike")
        return len(captured)

    twice(s)
    before = statements()
    for n in range(10):
        s.start("officer1", {"words": f"别的一件事情第{n}号井盖松动", "unit": s.units["u1"].pk})
    assert statements() == before
