"""P5, who asked: they come back from wherever a merge took them, and may have their contact deleted."""

from __future__ import annotations

from hawthorn.loops import reporters
from hawthorn.loops.models import Reporter
from make import Scene

PHONE = {"name": "演示居民", "phone": "19900001234"}


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
    assert reporters.erase_on_request(Reporter.objects.get(item=m.id), now=s.now)
    f = s.facts(m.id)
    assert (f.reporters, f.tellable, f.by_phone) == (1, 0, 0)
    s.step("officer1", m.id, "accept")
    s.step("officer1", m.id, "settle", {"result": "好", "say": "好"})
    assert s.facts(m.id).stage == "closed"
