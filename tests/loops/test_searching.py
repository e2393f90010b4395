"""Search: two Chinese characters are enough, it says what stands there, and nobody finds what they may not see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorn.loops import queries, searching
from hawthorn.loops.models import Item, Text, Wording
from make import Scene

SAID = "三单元门口的路灯坏了，找过物业(编号 A17-203)，一直没修。"


def found(s: Scene, who: str, said: str, loop: str = "matters") -> list[int]:
    """What somebody's list shows for these words."""
    seat = queries.widest(s.actor(who))
    assert seat is not None
    return sorted(searching.narrowed(queries.listed(loop, seat, s.now), said, seat, s.town).values_list("pk", flat=True))


@pytest.mark.parametrize("said", ["路灯", "门口的路灯", "灯坏", "A17", "a17-203", "203", "u1 号楼", "u1", "路灯 物业", "物业 路灯", "三单", "没修"])
def test_words_numbers_and_units_are_found_from_two_characters_on(s: Scene, said: str) -> None:
    mine = s.start("officer1", {"words": SAID, "unit": s.units["u1"].pk}).id
    s.start("officer2", {"words": "下水道堵了", "unit": s.units["u2"].pk})
    assert found(s, "desk", said) == [mine]


@pytest.mark.parametrize("said", ["灯", "灯路", "路灯物业", "门口路灯", "  ", "，", "A1", "' OR 1", '"', "路灯*", "路灯 停电"])
def test_what_does_not_stand_there_is_not_found(s: Scene, said: str) -> None:
    s.start("officer1", {"words": SAID, "unit": s.units["u1"].pk})
    assert found(s, "desk", said) == ([] if said != "路灯*" else found(s, "desk", "路灯"))


def test_a_seat_finds_in_its_place_only(s: Scene) -> None:
    one = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    two = s.start("officer2", {"words": "路灯也不亮", "unit": s.units["u2"].pk}).id
    far = s.start("officer9", {"words": "路灯不亮", "unit": s.units["u9"].pk}).id
    assert found(s, "officer1", "路灯") == [one]
    assert found(s, "desk", "路灯") == [one, two] == found(s, "center", "路灯")
    assert found(s, "center2", "路灯") == [far]
    assert found(s, "water", "路灯") == []
    s.step("officer1", one, "call_up", {"tried": "看过", "asks": "请派"})
    s.step("desk", one, "dispatch", {"lead": s.posts["water"].pk})
    assert found(s, "water", "路灯") == [one]


def test_it_moves_with_the_matter_and_learns_its_new_name(s: Scene) -> None:
    one = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    s.step("officer1", one, "classify", {"category": s.category("m01037")})
    name = Item.objects.get(pk=one).title.split(" · ")[0]
    assert found(s, "officer1", name) == [one]
    s.step("desk", one, "relocate", {"grid": s.places["grid2"].pk, "unit": s.units["u2"].pk})
    assert found(s, "officer1", "路灯") == []
    assert found(s, "officer2", f"路灯 {name} u2") == [one]


def test_every_item_has_its_document_and_check_says_where_not(s: Scene) -> None:
    from hawthorn.loops.check import problems

    one = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    s.step("officer1", one, "note", {"words": "看过了"})
    assert list(problems()) == []
    Wording.objects.filter(item=one).update(tokens="别的")
    assert [words for words in problems() if "查找" in words]
    Wording.objects.filter(item=one).delete()
    assert [words for words in problems() if "查找" in words]


def test_erased_words_are_no_longer_expected_in_the_document(s: Scene) -> None:
    one = s.start("officer1", {"words": "路灯不亮", "unit": s.units["u1"].pk}).id
    Text.objects.filter(item=one).update(erased_at=s.now)
    assert searching.first_words([one]) == {one: []}


TEXT = st.text(alphabet="路灯坏了，。 a1B２门口", max_size=30)


@given(words=TEXT, start=st.integers(0, 29), length=st.integers(2, 6))
def test_any_part_of_chinese_words_is_a_run_of_the_documents_tokens(words: str, start: int, length: int) -> None:
    part = words[start : start + length]
    if len(part) < 2 or not all("\u4e00" <= c <= "\u9fff" for c in part):
        return
    assert f" {' '.join(searching.tokens(part))} " in f" {' '.join(searching.tokens(words))} "
