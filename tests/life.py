"""A small month as one would count it by hand."""

from __future__ import annotations

from make import Scene


def lived(s: Scene) -> dict[str, int]:
    """A small month: found first and settled in the grid; asked, told in time and solved; handed back and unsolved; still open."""
    made = {}
    made["own"] = s.start(
        "officer1", {"words": "井盖松了", "unit": s.units["u1"].pk, "channel": "round", "result": "好", "say": "好了"}, step="report_settled"
    ).id
    made["asked"] = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk, "phone": "19900000001", "channel": "phone"}).id
    s.later(minutes=30)
    s.step("officer1", made["asked"], "accept")
    s.step("officer1", made["asked"], "contact", {"how": "phone"})
    s.step("officer1", made["asked"], "settle", {"result": "好", "say": "好了"})
    s.step("desk", made["asked"], "solved", {"rating": 5})
    made["back"] = s.start("officer2", {"words": "水管漏", "unit": s.units["u2"].pk, "phone": "19900000002", "channel": "phone"}).id
    s.step("officer2", made["back"], "call_up", {"tried": "看过", "asks": "派人"})
    s.step("desk", made["back"], "dispatch", {"lead": s.posts["water"].pk})
    s.step("water", made["back"], "hand_back", {"belongs_to": "物业", "reason": "不归"})
    s.step("desk", made["back"], "accept")
    s.later(days=2)
    s.step("desk", made["back"], "settle", {"result": "好", "say": "好了"})
    s.step("center", made["back"], "pass")
    s.step("desk", made["back"], "solved", {"rating": 3})
    made["open"] = s.start("officer1", {"words": "树枝", "unit": s.units["u1"].pk}).id
    return made
