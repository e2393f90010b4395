"""Hints on pages: prefilled and never applied; nothing near is shown to who may not see it; residents see category, place and date."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from hawthorn.accounts.models import Tally
from hawthorn.files.models import Attachment
from hawthorn.hints import queries as hints
from hawthorn.hints.models import Apart, NearAnswer, NearThreshold
from hawthorn.kernel.errors import NotThere
from hawthorn.loops.models import Item, Reporter, Text
from hawthorn.loops.queries import get_visible
from hawthorn.matters.models import Matter
from make import Scene
from pictures import photo

At = Callable[..., Client]
LAMP = "三号楼门口的路灯坏了半个月，晚上老人走路摸黑"
AGAIN = "三号楼门口路灯坏了，老人晚上走路摸黑"
WHO = ("officer1", "officer2", "head1", "desk", "desk_village", "secretary", "center", "leader", "water", "county_desk", "officer9", "center2")


def category(s: Scene, name: str) -> int:
    return next(card.id for card in s.town.categories.values() if card.name == name and card.tenant == s.places["street"].tenant_id)


def lamp(s: Scene, who: str = "officer1", **more: object) -> int:
    return s.start(who, {"words": LAMP, "unit": s.units["u1"].pk, **more}).id


def newest() -> Item:
    return Item.objects.order_by("-id")[0]


def ticket(page: str) -> str:
    return re.findall(r'name="near" value="([^"]+)"', page)[0]


def test_the_page_of_a_waiting_matter_offers_category_and_duplicate(at: At, s: Scene) -> None:
    first, second = lamp(s), s.start("resident", {"words": AGAIN, "unit": s.units["u1"].pk}).id
    page = at("desk").get(f"/i/{second}").content.decode()
    assert "可能的类别" in page
    assert "路灯" in page
    assert f'href="/i/{first}"' in page
    assert f"/i/{second}/do/merge_into?into={first}" in page
    assert "可能重复" not in at("desk").get(f"/i/{s.start('officer1', {'words': '另有一件不相干的小事情'}).id}").content.decode()


def test_the_hint_fills_the_form_and_changes_nothing_until_pressed(at: At, s: Scene) -> None:
    item, kind = s.start("resident", {"words": AGAIN, "unit": s.units["u1"].pk}).id, category(s, "路灯")
    client, before = at("desk"), Item.objects.get(pk=item).version
    page = client.get(f"/i/{item}/do/classify?category={kind}").content.decode()
    assert f'<option value="{kind}" selected' in page
    assert Item.objects.get(pk=item).version == before
    assert client.get(f"/i/{item}/do/classify?category=99999999").status_code == 200
    assert client.get(f"/i/{item}/do/classify?category=x").status_code == 200


@pytest.mark.parametrize("hides", [False, True])
def test_a_hint_never_reveals_a_matter_its_reader_may_not_see(s: Scene, hides: bool) -> None:
    for number in (1, 2, 3, 9):
        item = s.start(f"officer{number}", {"words": LAMP, "unit": s.units[f"u{number}"].pk, "phone": "19900001234", "hides_from_grid": hides})
        if number == 2:
            s.step("officer2", item.id, "call_up", {"tried": "看过", "asks": "请帮"})
    spots = [hints.Spot(place.community_id, place.pk) for place in (s.places[f"grid{n}"] for n in (1, 2, 3, 9))]
    shown = 0
    for who in WHO:
        actor = s.actor(who)
        for spot in spots:
            for found in hints.near(AGAIN, spot=spot, actor=actor, town=s.town, now=s.now):
                shown += 1
                try:
                    get_visible(found.item.pk, actor=actor, town=s.town, now=s.now)
                except NotThere:
                    pytest.fail(f"{who} was shown a matter that is not theirs")
    assert shown


def test_an_officer_of_another_grid_is_not_told_of_it(at: At, s: Scene) -> None:
    lamp(s)
    assert hints.near(AGAIN, spot=hints.Spot(s.places["community"].pk, s.places["grid2"].pk), actor=s.actor("officer2"), town=s.town, now=s.now) == []
    found = at("officer2").post("/capture", {"words": AGAIN, "do": "report", "key": "a1"})
    assert found.status_code == 302
    assert Item.objects.count() == 2


def test_who_writes_it_again_is_asked_once_and_may_follow(at: At, s: Scene) -> None:
    first, client = lamp(s), at("officer1")
    given = {"words": AGAIN, "do": "report", "key": "a1", "unit": s.units["u1"].pk}
    asked = client.post("/capture", given)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "附近有人说过相像的事" in page
    assert AGAIN in page
    assert Item.objects.count() == 1
    followed = client.post("/capture", given | {"near": first, "phone": "19900001234", "consent": "1"})
    assert followed.status_code == 200
    assert Item.objects.count() == 1
    assert Reporter.objects.filter(item=first).count() == 1
    assert client.post("/capture", given | {"near": "none", "key": "a2"}).status_code == 302
    assert Item.objects.count() == 2


def test_a_resident_is_asked_of_the_own_grid_and_as_a_question(at: At, s: Scene) -> None:
    lamp(s, category=category(s, "路灯"))
    given = {"words": AGAIN, "key": "r1"}
    there = at().post("/say", given | {"g": s.places["grid2"].code})
    assert there.status_code == 200
    asked = at().post("/say", given | {"g": s.places["grid1"].code, "key": "r2"}).content.decode()
    assert "附近有人说过相像的事" in asked
    assert "处要改" not in asked


def test_many_that_are_not_public_do_not_crowd_out_the_public_one(at: At, s: Scene) -> None:
    first = lamp(s, category=category(s, "路灯"))
    for _n in range(25):
        s.start("officer1", {"words": LAMP, "unit": s.units["u1"].pk})
    found = hints.near_public(AGAIN, spot=hints.Spot(s.places["community"].pk, s.places["grid1"].pk), town=s.town, now=s.now)
    assert [one.item.pk for one in found] == [first]


def test_a_ticket_is_of_one_press_and_of_what_is_still_to_be_shown(at: At, s: Scene) -> None:
    first = lamp(s, "resident", category=category(s, "路灯"), phone="19900001234", consent=True)
    given = {"words": AGAIN, "g": s.places["grid1"].code, "key": "r1"}
    chosen = ticket(at().post("/say", given).content.decode())
    assert at().post("/say", given | {"near": chosen, "key": "r2"}).status_code == 409, "of another press"
    assert at().post("/say", given | {"near": chosen, "words": "井盖松了，有人会摔倒"}).status_code == 409, "of other words"
    Matter.objects.filter(item=first).update(hides_from_grid=True)
    hidden = at().post("/say", given | {"near": chosen})
    assert hidden.status_code == 409
    assert "现在看不到了" in hidden.content.decode()
    assert 'name="near"' not in hidden.content.decode()
    Matter.objects.filter(item=first).update(hides_from_grid=False)
    Tally.objects.all().delete()
    assert at().post("/say", given | {"near": chosen}).status_code == 200
    again = at().post("/say", given | {"near": chosen})
    assert again.status_code == 200
    assert Reporter.objects.filter(item=first).count() == 2


def test_who_follows_is_told_so_and_may_leave_again(at: At, s: Scene) -> None:
    first = lamp(s, "resident", category=category(s, "路灯"), phone="19900001234", consent=True)
    s.later(hours=2)
    given = {"words": AGAIN, "g": s.places["grid1"].code, "key": "r1"}
    slip = at().post("/say", given | {"near": ticket(at().post("/say", given).content.decode())}).content.decode()
    assert "和别人先说的是同一件" in slip
    link = re.findall(r'href="(/what/[A-Z0-9]+\?t=[^"]+)"', slip)[0]
    page = at().get(link).content.decode()
    assert "跟着一起办" in page
    assert AGAIN in page
    assert LAMP not in page
    token = link.split("t=")[1]
    left = at().post(link.split("?")[0], {"t": token, "do": "void", "say": "我看错了", "key": "v1"}, follow=True)
    assert left.status_code == 200
    assert "接着办" in left.content.decode()
    assert Item.objects.get(pk=first).open
    story = at("desk").get(f"/i/{first}").content.decode()
    assert "来话人撤回" in story
    assert "误报撤销 " not in story
    assert "来话人说" in story


def test_who_alone_takes_theirs_back_is_told_so(at: At, s: Scene) -> None:
    slip = at().post("/say", {"words": LAMP, "g": s.places["grid1"].code, "key": "r1"}).content.decode()
    link = re.findall(r'href="(/what/[A-Z0-9]+\?t=[^"]+)"', slip)[0]
    page = at().post(link.split("?")[0], {"t": link.split("t=")[1], "do": "withdraw", "words": "有人收走了", "key": "v1"}, follow=True).content.decode()
    assert "照您说的撤销了" in page
    assert "误报" not in page


def test_residents_do_not_move_what_is_asked(at: At, s: Scene) -> None:
    lamp(s, category=category(s, "路灯"))
    given = {"words": AGAIN, "g": s.places["grid1"].code, "key": "r1"}
    assert at().post("/say", given | {"near": ticket(at().post("/say", given).content.decode())}).status_code == 200
    assert not NearAnswer.objects.exists()


def test_the_same_press_again_is_answered_however_often(at: At, s: Scene) -> None:
    client, given = at(), {"words": "三号楼门口的井盖松了", "g": s.places["grid1"].code, "key": "r1"}
    assert [client.post("/say", given).status_code for _n in range(12)] == [200] * 12
    assert Item.objects.count() == 1


def test_a_press_already_taken_is_no_way_to_send_files_without_end(at: At, s: Scene) -> None:
    client, given = at(), {"words": "三号楼门口的井盖松了", "g": s.places["grid1"].code, "key": "r1"}
    told = [client.post("/say", given | {"files": photo()}).status_code for _n in range(46)]
    assert told[-1] == 429
    assert Attachment.objects.count() <= 42


def test_what_is_another_thing_is_not_offered_again(at: At, s: Scene) -> None:
    first = lamp(s)
    assert at("officer1").post("/capture", {"words": AGAIN, "do": "report", "unit": s.units["u1"].pk, "near": "none", "key": "a1"}).status_code == 302
    assert list(Apart.objects.values_list("first", "second")) == [(first, newest().pk)]
    assert "可能重复" not in at("desk").get(f"/i/{newest().pk}").content.decode()
    assert "没有看出可能重复的" in at("desk").get("/alike").content.decode()


def test_a_newer_one_is_merged_into_the_older_never_the_other_way(at: At, s: Scene) -> None:
    older, newer = lamp(s), lamp(s)
    assert f"/i/{newer}/do/merge_into?into={older}" in at("desk").get(f"/i/{newer}").content.decode()
    page = at("desk").get(f"/i/{older}").content.decode()
    assert f'href="/i/{newer}"' in page
    assert "并入这一件" not in page


@pytest.mark.parametrize("page", ["/capture", "/say"])
def test_photos_and_place_go_along_with_one_more_voice(at: At, s: Scene, page: str) -> None:
    first = lamp(s, category=category(s, "路灯"))
    client, given = (at("officer1"), {"do": "report"}) if page == "/capture" else (at(), {"g": s.places["grid1"].code})
    given = given | {"words": AGAIN, "spot": "北墙根", "unit": s.units["u1"].pk, "key": "p1"}
    asked = client.post(page, given | {"files": photo()}).content.decode()
    chosen = first if page == "/capture" else ticket(asked)
    kept = re.findall(r'name="files_kept" value="([^"]+)"', asked)[0]
    assert client.post(page, given | {"near": chosen, "files_kept": kept}).status_code in (200, 302)
    assert list(Attachment.objects.values_list("item", "audience")) == [(first, "staff")]
    said = Text.objects.filter(item=first).order_by("-id").values_list("words", flat=True)
    assert "北墙根" in said[0]
    assert AGAIN in said[0]


def test_what_is_answered_is_kept_once_and_moves_what_is_asked(at: At, s: Scene) -> None:
    first, client = lamp(s), at("officer1")
    given = {"words": AGAIN, "do": "report", "key": "a1", "unit": s.units["u1"].pk}
    assert client.post("/capture", given).status_code == 409
    assert not NearAnswer.objects.exists()
    assert client.post("/capture", given | {"near": first, "phone": "打不通"}).status_code == 422
    assert not NearAnswer.objects.exists()
    assert [client.post("/capture", given | {"near": first}).status_code for _n in range(2)] == [302, 302]
    assert "没有另外登记" in client.get("/today").content.decode()
    assert not Reporter.objects.exists(), "nobody asked"
    assert client.post("/capture", given | {"near": "none", "key": "a2"}).status_code == 302
    kept = NearAnswer.objects.order_by("id").values_list("tenant", "is_same")
    assert list(kept) == [(s.places["street"].tenant_id, True), (s.places["street"].tenant_id, False)]
    NearThreshold.objects.create(tenant_id=s.places["street"].tenant_id, at=s.now, threshold=1.0, asked=30, same=3)
    assert client.post("/capture", given | {"key": "a3"}).status_code == 302


def test_the_same_press_twice_is_not_asked_about_itself(at: At, s: Scene) -> None:
    client, given = at("officer1"), {"words": LAMP, "do": "report", "key": "a1"}
    assert [client.post("/capture", given).status_code for _n in range(2)] == [302, 302]
    assert Item.objects.count() == 1


def test_a_resident_sees_category_place_and_date_but_no_words(at: At, s: Scene) -> None:
    first = lamp(s, "resident", category=category(s, "路灯"), name="张某")
    given = {"words": AGAIN, "g": s.places["grid1"].code, "unit": s.units["u1"].pk, "key": "r1"}
    asked = at().post("/say", given)
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "路灯 · 一网格 u1 号楼" in page
    assert "半个月" not in page
    assert "张某" not in page
    assert Item.objects.count() == 1
    followed = at().post("/say", given | {"near": ticket(page)})
    assert followed.status_code == 200
    assert "回执" in followed.content.decode()
    assert (Item.objects.count(), Reporter.objects.filter(item=first).count()) == (1, 2)


@pytest.mark.parametrize("given", [{}, {"category": "d"}, {"category": "路灯", "hides_from_grid": True, "phone": "19900001234"}])
def test_a_resident_is_not_told_of_what_is_not_public(at: At, s: Scene, given: dict[str, object]) -> None:
    kinds = {
        "路灯": category(s, "路灯"),
        "d": next(c.id for c in s.town.categories.values() if c.catalogue == "dispute" and c.tenant == s.places["street"].tenant_id),
    }
    lamp(s, **{k: kinds.get(str(v), v) for k, v in given.items()})
    found = at().post("/say", {"words": AGAIN, "g": s.places["grid1"].code, "unit": s.units["u1"].pk, "key": "r1"})
    assert found.status_code == 200
    assert Item.objects.count() == 2


def test_a_resident_cannot_follow_what_was_not_shown(at: At, s: Scene) -> None:
    first = lamp(s)
    for forged in (str(first), f"{first}:x:y"):
        found = at().post("/say", {"words": AGAIN, "g": s.places["grid1"].code, "near": forged, "key": "r1"})
        assert found.status_code == 409
    assert not Reporter.objects.filter(item=first).exists()
    assert Item.objects.count() == 1


def test_an_officer_cannot_follow_a_matter_of_another_grid(at: At, s: Scene) -> None:
    first = lamp(s)
    assert at("officer2").post("/capture", {"words": AGAIN, "do": "report", "near": first, "key": "a1"}).status_code == 404
    assert not Reporter.objects.filter(item=first).exists()


@pytest.mark.parametrize(("who", "status"), [("center", 200), ("leader", 200), ("county_admin", 200), ("desk", 404), ("officer1", 404)])
def test_how_right_it_is_can_be_read_by_those_who_decide(at: At, s: Scene, who: str, status: int) -> None:
    found = at(who).get("/hints")
    assert found.status_code == status
    if status == 200:
        page = found.content.decode()
        assert "还没有学" in page
        assert ("西街道" in page) == (who == "county_admin")


def test_far_units_and_private_kinds_are_not_the_same_matter(s: Scene) -> None:
    u1, u2 = s.units["u1"], s.units["u2"]
    first = lamp(s, category=category(s, "路灯"))
    spot, ask = hints.Spot(s.places["community"].pk, s.places["grid2"].pk, u2.pk), {"actor": s.actor("desk"), "town": s.town, "now": s.now}
    assert [one.item.pk for one in hints.near(AGAIN, spot=spot, **ask)] == [first]
    for unit, lon in ((u1, 113.00), (u2, 113.01)):
        unit.lon, unit.lat = lon, 35.0
        unit.save()
    assert hints.near(AGAIN, spot=spot, **ask) == []
