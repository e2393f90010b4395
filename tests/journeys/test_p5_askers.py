"""P5, who asked: they come back from wherever a merge took them, and may have their contact deleted."""

from __future__ import annotations

from datetime import timedelta

from hawthorn.loops import erasure
from hawthorn.loops.models import Reporter
from make import Scene

PHONE = {"name": "演示居民", "phone": "19900001234"}


def test_an_undone_merge_leaves_the_other_as_it_was(s: Scene) -> None:
    def seen(item: int) -> tuple[object, ...]:
        f = s.facts(item)
        return f.outside_number, f.outside_source, f.outside_due_at, f.hides_from_grid, f.reporters, f.tellable

    def received(words: str, **more: object) -> int:
        return s.start("desk", {"words": words, "unit": s.units["u1"].pk, **more}, step="receive").id

    soon, late = ((s.now + timedelta(days=n)).isoformat() for n in (2, 9))
    first = received("甲", outside_number="A1", outside_source="12345", outside_due_at=soon, hides_from_grid=True, asked=True)
    other = received("乙", outside_number="B1", outside_source="110", outside_due_at=late)
    plain = received("丙")
    before = {item: seen(item) for item in (other, plain)}
    for item in (other, plain):
        s.step("desk", first, "merge_into", {"into": item, "say": "同一件"})
        assert seen(item) != before[item]
        s.step("desk", first, "unmerge")
        assert seen(item) == before[item]
    s.step("desk", first, "merge_into", {"into": other, "say": "同一件"})
    s.step("desk", other, "merge_into", {"into": plain, "say": "同一件"})
    s.step("desk", first, "unmerge")
    assert seen(plain)[:3] == before[other][:3], "what stays merged into it still counts"
    s.step("desk", other, "unmerge")
    assert (seen(plain), seen(other)) == (before[plain], before[other])


def test_a_merge_undone_after_a_second_merge_brings_its_askers_back_from_where_they_are(s: Scene) -> None:
    a, b, c = (s.start("resident", {"words": "灯", "unit": s.units["u1"].pk, "phone": f"1990000000{n}"}) for n in range(3))
    s.step("desk", a.id, "merge_into", {"into": b.id, "say": "一起办"})
    s.step("desk", b.id, "merge_into", {"into": c.id, "say": "一起办"})
    assert s.facts(c.id).reporters == 3
    s.step("desk", a.id, "unmerge")
    assert (s.facts(a.id).reporters, s.facts(b.id).reporters, s.facts(c.id).reporters) == (1, 1, 2)
    assert Reporter.objects.get(receipt=a.receipt).item_id == a.id
    s.step("desk", b.id, "unmerge")
    assert (s.facts(b.id).reporters, s.facts(c.id).reporters) == (1, 1)
    assert Reporter.objects.get(receipt=b.receipt).item_id == b.id


def test_who_has_their_contact_deleted_is_still_an_asker_but_nobody_is_asked_to_call(s: Scene) -> None:
    m = s.start("resident", {"words": "灯", "unit": s.units["u1"].pk, **PHONE})
    assert erasure.erase_on_request(Reporter.objects.get(item=m.id), now=s.now)
    f = s.facts(m.id)
    assert (f.reporters, f.tellable, f.by_phone) == (1, 0, 0)
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "好", "say": "好"})
    assert s.facts(m.id).stage == "closed"
