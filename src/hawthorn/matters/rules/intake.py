"""How a matter begins, and what can be said about it at any time."""

from __future__ import annotations

from typing import Any
from unicodedata import category as category_of
from unicodedata import normalize

from hawthorn.kernel.calendar import Limit
from hawthorn.kernel.clock import local
from hawthorn.kernel.errors import Refused
from hawthorn.kernel.facts import replace
from hawthorn.kernel.steps import Step
from hawthorn.kernel.words import _
from hawthorn.kernel.world import Town, World
from hawthorn.matters.rules import needs, who
from hawthorn.matters.rules.facts import (
    OPEN,
    STAGES,
    MatterFacts,
    answered,
    desk_of,
    limited,
    promised,
    reclocked,
    resumed,
    tier_limits,
    title_of,
)
from hawthorn.matters.rules.routing import routed


def placed(f: Any, g: Any, w: World) -> Any:
    """Put the facts into the place that was named: unit, grid, community, subdistrict, else the seat's own place."""
    unit = w.refs.get("unit")
    card = w.refs.get("grid") or w.refs.get("community") or w.refs.get("subdistrict")
    if unit is not None:
        card = w.town.places.get(unit.grid or 0) or w.town.places[unit.community]
    if card is None and w.seat is not None and w.seat.place:
        card = w.town.places[w.seat.place]
    if card is None:
        card = w.town.places[next(p.id for p in w.town.places.values() if p.level == "county")]
    levels: dict[str, Any] = {level: card.at(level) for level in ("county", "subdistrict", "community", "grid")}
    f = replace(f, **levels, unit=unit.id if unit else None)
    return replace(f, raised_level=natural(f))


def natural(f: Any) -> str:
    """The level a matter begins at: the deepest place that is known."""
    return next(level for level in ("grid", "community", "subdistrict", "county") if f.place(level))


def asked_by(f: Any, g: Any, w: World) -> Any:
    """Count the asker in, where there is one."""
    is_asker = g.asked or g.has_contact or (w.seat is not None and w.seat.kind == "resident")
    if not is_asker:
        return f
    if g.hides_from_grid and any(one.seconds for one in w.refs.get("files", ())):
        raise Refused("not_a_choice", ["hides_from_grid"], _("录音会让网格里的人听出是谁。请去掉录音、写成文字；或者去掉“不让网格里的人知道”。"))
    way = g.way
    return replace(
        f, reporters=f.reporters + 1, tellable=f.tellable + (way != "none"), by_phone=f.by_phone + (way == "phone"),
        visits=f.visits + (way == "visit"), hides_from_grid=f.hides_from_grid or g.hides_from_grid,
    )  # fmt: skip


def unheard(f: Any, g: Any, w: World) -> Any:
    """What an asker adds changes nothing; one who hides from the grid is not heard there either. Raises Refused."""
    if f.hides_from_grid and w.seat is not None and w.seat.kind == "reporter" and any(one.seconds for one in w.refs.get("files", ())):
        raise Refused("not_a_choice", ["files"], _("您没有让网格里的人知道是谁，录音会让他们听出来。请去掉录音，写成文字。写的还在。"))
    return f


def is_danger(said: str, f: Any, town: Town) -> bool:
    """A word of danger anywhere in it, however it is written: full width, with blanks or marks nobody sees in between."""
    plain = "".join(c for c in normalize("NFKC", said) if category_of(c)[0] not in "CZ").replace("氣", "气").replace("煙", "烟")
    return any(word in plain for word in town.policy(f.subdistrict or f.county).danger_words)


def tier_of(f: MatterFacts, g: Any, w: World) -> str:
    """Said, else danger words, else the category's, else ordinary."""
    card = w.town.categories.get(f.category or 0)
    if g.tier:
        return str(g.tier)
    if is_danger(f"{g.words} {g.spot}", f, w.town):
        return "urgent"
    return card.tier if card else "ordinary"


def begun(g: Any, w: World) -> MatterFacts:
    """The facts of a new matter, not yet in anybody's hands."""
    f: MatterFacts = asked_by(placed(MatterFacts(), g, w), g, w)
    category = w.refs.get("category")
    f = replace(f, category=category.id if category else None, kind=category.key if category else "", channel=g.channel or "other")
    tier = tier_of(f, g, w)
    f = replace(f, tier=tier, urgent=tier == "urgent", policy=dict(tier_limits(f, w, f.category, tier)))
    unit = w.refs.get("unit")
    return replace(f, title=title_of(f, w, unit.name if unit else ""), arrived_at=getattr(g, "arrived_at", None) or w.now)


def report(_f: Any, g: Any, w: World) -> MatterFacts:
    """上报, 收表: found, at whoever accepts it."""
    f = begun(g, w)
    if getattr(g, "outside_number", ""):
        f = replace(f, outside_number=g.outside_number, outside_source=g.outside_source, outside_due_at=g.outside_due_at)
    f = routed(replace(f, stage="found"), w, g.words)
    due = w.calendar(f).due(f.arrived_at or w.now, limit(f, "accept"))
    return replace(f, stage_due_at=due, contact_due_at=due if f.tellable else None)


def arrive(_f: Any, g: Any, w: World) -> MatterFacts:
    """来话转来: found, with the askers it had; every limit runs from when it was said."""
    counts = {name: getattr(g, name) for name in ("reporters", "tellable", "by_phone", "visits", "hides_from_grid")}
    f: MatterFacts = report(None, g, w)
    return replace(f, **counts, contact_due_at=f.stage_due_at if g.tellable else None)


def first_contact(f: MatterFacts, w: World) -> MatterFacts:
    """Whoever can be told is to hear from somebody within the accept limit; it runs from the first such asker (响应率)."""
    if f.contact_due_at or not f.tellable:
        return f
    return replace(f, contact_due_at=w.calendar(f).due(w.now, limit(f, "accept")))


def limit(f: MatterFacts, what: str) -> Any:
    """The matter's own accept, respond or promise limit."""
    return Limit.parse(f.policy[what])


def report_settled(_f: Any, g: Any, w: World) -> MatterFacts:
    """自查自办: found, done, and told where somebody asked."""
    assert w.seat is not None
    f = first_contact(promised(begun(g, w), w), w)
    f = replace(f, lead=w.seat.post, handler=w.user, answer="settled", settled_at=w.now, settled_in_time=True, is_self_checked=True)
    return answered(f, w)


def settled_lacks(f: Any, g: Any, w: World) -> list[str]:
    """Somebody who can be told must be told something."""
    return ["say"] if g.has_contact and not g.say else []


def part(_f: Any, g: Any, w: World) -> MatterFacts:
    """拆分: a part in the place of the whole, found at the level of the whole."""
    whole = w.refs["parent"]
    f = MatterFacts(
        county=whole.county, subdistrict=whole.subdistrict, community=whole.community, grid=whole.grid, unit=whole.unit, kind=whole.kind,
        title=whole.title, urgent=whole.urgent, raised_level=whole.raised_level, tier=whole.tier, category=whole.category, channel=whole.channel,
        policy=dict(whole.policy), arrived_at=w.now, stage="found",
    )  # fmt: skip
    return replace(sent_on(f, w), stage_due_at=limited(f, w, "accept"))


def sent_on(f: MatterFacts, w: World) -> MatterFacts:
    """Found anew: routed where it is the grid's again, else at the desk of its level."""
    return routed(f, w) if f.raised_level == "grid" else replace(f, holder=desk_of(f, w), routed_by="desk", route="desk")


def add_asker(do: Any, row: Any, before: Any, g: Any) -> None:
    """Keep the asker's contact and give a slip, where the step counted one in."""
    if row.facts.reporters > (before.reporters if before else 0):
        do.add_asker(row, g)


def classify(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """定类: category and tier, the clock recomputed from its start."""
    card = w.refs["category"]
    tier = g.tier or card.tier
    after = replace(f, category=card.id, kind=card.key, tier=tier, urgent=tier == "urgent", policy=dict(tier_limits(f, w, card.id, tier)))
    unit = w.refs.get("unit")
    return reclocked(replace(after, title=title_of(after, w, unit.name if unit else "")), w)


def relocate(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """改地点: in another grid it is found anew there; in the same one only the place changes."""
    unit = w.refs.get("unit")
    grid = w.town.places[unit.grid] if unit and unit.grid else w.refs["grid"]
    levels: dict[str, Any] = {level: grid.at(level) for level in ("subdistrict", "community", "grid")}
    after = replace(f, **levels, unit=unit.id if unit else None)
    after = replace(after, title=title_of(after, w, unit.name if unit else ""))
    if grid.id == f.grid:
        return after
    after = resumed(after, w) if f.stage in ("waiting_resident", "parked") else after
    level = natural(after) if f.raised_level == natural(f) else f.raised_level
    after = replace(after, stage="found", lead=None, dispatcher=None, raised_level=level, answer="", settled_at=None, settled_in_time=None)
    return replace(sent_on(after, w), stage_due_at=limited(after, w, "accept"))


def contacted(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """联系来话人: the first counts for 响应率."""
    return f if f.contacted_at else replace(f, contacted_at=w.now)


def same(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """Nothing changes but the record."""
    return f


def follow(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """也反映了: one more asker on the same matter."""
    after = asked_by(f, g, w)
    if after.reporters == f.reporters:
        after = replace(f, reporters=f.reporters + 1)
    return first_contact(after, w)


def gained(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """What a merged matter brings along: its askers, its outside number and the earlier deadline."""
    deadlines = [at for at in (f.outside_due_at, g.outside_due_at) if at]
    return replace(
        f, reporters=f.reporters + g.reporters, tellable=f.tellable + g.tellable, by_phone=f.by_phone + g.by_phone, visits=f.visits + g.visits,
        hides_from_grid=f.hides_from_grid or g.hides_from_grid, outside_number=f.outside_number or g.outside_number,
        outside_source=f.outside_source or g.outside_source, outside_due_at=min(deadlines) if deadlines else None,
    )  # fmt: skip


def lost(f: MatterFacts, g: Any, w: World) -> MatterFacts:
    """What goes back when a merge is undone; what comes from outside is what the matter has without it."""
    return replace(
        f, reporters=max(0, f.reporters - g.reporters), tellable=max(0, f.tellable - g.tellable), by_phone=max(0, f.by_phone - g.by_phone),
        visits=max(0, f.visits - g.visits), hides_from_grid=g.hides_from_grid, outside_number=g.outside_number, outside_source=g.outside_source,
        outside_due_at=g.outside_due_at,
    )  # fmt: skip


def contact_gone(f: Any, g: Any, w: World) -> Any:
    """来话人删掉了联系方式: still an asker, but nobody to call; the end stands under the receipt."""
    return replace(f, tellable=max(0, f.tellable - g.tellable), by_phone=max(0, f.by_phone - g.by_phone), visits=max(0, f.visits - g.visits))


def urge(f: Any, g: Any, w: World) -> Any:
    """催办: the day is kept, so that an asker urges once a day."""
    return replace(f, urged_on=local(w.now).date()) if w.seat and w.seat.kind == "reporter" else f


def urge_bar(f: Any, w: World) -> str:
    """Once a day for the asker."""
    return "once_a_day" if w.seat and w.seat.kind == "reporter" and f.urged_on == local(w.now).date() else ""


def urged(do: Any, row: Any, before: Any, g: Any) -> None:
    """Say it to the holder."""
    do.nudge(row, row.facts.holder, "told")


def instruct_effect(do: Any, row: Any, before: Any, g: Any) -> None:
    """督办: an Instruction of its own, that survives the matter's end."""
    if g.by <= do.now:
        raise Refused("past", fields=["by"])
    do.create("instructions", "give", {"words": g.words, "by": g.by}, parent=row)


def attach(audience: str) -> Any:
    """An effect that gives the uploaded files to the step."""

    def effect(do: Any, row: Any, before: Any, g: Any) -> None:
        if g.files:
            do.attach(row, g.files, audience)

    return effect


def reported(do: Any, row: Any, before: Any, g: Any) -> None:
    """Files and asker of a new matter, or of one more voice."""
    add_asker(do, row, before, g)
    attach("staff")(do, row, before, g)


def warn(do: Any, row: Any) -> None:
    """Danger: whoever acts, the grid's officer and the subdistrict's desk hear of it at once; not an officer from whom the asker hides."""
    f = row.facts
    officer = None if f.hides_from_grid else do.town.post("grid_officer", f.grid)
    for post in sorted({officer, do.town.desk("subdistrict", f)} - {None, f.holder}):
        do.nudge(row, post, "told")


def arrived(do: Any, row: Any, before: Any, g: Any) -> None:
    """A new matter whose askers and files come by themselves: danger is told at once."""
    if row.facts.urgent:
        warn(do, row)


def found(do: Any, row: Any, before: Any, g: Any) -> None:
    """A new matter with what came with it."""
    reported(do, row, before, g)
    arrived(do, row, before, g)


def added(do: Any, row: Any, before: Any, g: Any) -> None:
    """Words and photos that came later; a word of danger among them is told at once, to the holder too."""
    attach("staff")(do, row, before, g)
    if is_danger(g.words, row.facts, do.town):
        do.nudge(row, row.facts.holder, "told")
        warn(do, row)


def stays(name: str, label: str, by: str, may: Any, change: Any = same, **more: Any) -> Step:
    """A step that leaves every open stage as it is."""
    return Step(name, label, OPEN, OPEN, by, may, change, **more)


def unit_of(f: MatterFacts, g: Any) -> dict[str, Any]:
    """Look up the unit the matter lies in."""
    return {"unit": ("units", f.unit)}


ALL = tuple(STAGES)
STEPS = [
    Step("report", _("上报"), (), ("found",), _("任何岗位；居民"), who.either(who.any_seat, who.resident), report, needs.Report, effect=found),
    Step("report_settled", _("自查自办"), (), ("closed", "answering"), _("网格、社区的岗位"), who.seats_of_levels("grid", "community"), report_settled, needs.ReportSettled, lacks=settled_lacks, effect=reported),
    Step("receive", _("收表"), (), ("found",), _("窗口；表格导入"), who.either(who.by_system, who.of_kind(*who.DESKS)), report, needs.Receive, effect=found),
    Step("arrive", _("来话转来"), (), ("found",), _("来话转办时自动"), who.by_system, arrive, needs.Arrive, effect=arrived),
    Step("part", _("拆分出来"), (), ("found",), _("拆分时自动"), who.by_system, part, needs.Part),
    stays("classify", _("定类"), _("责任岗位、主办、窗口"), who.either(who.holder, who.lead, who.desks), classify, needs=needs.Classify, looks=unit_of),
    Step("relocate", _("改地点"), OPEN, OPEN, _("责任岗位、主办、窗口"), who.either(who.holder, who.lead, who.desks), relocate, needs.Relocate, rare=True),
    stays("follow", _("也反映了"), _("任何岗位；居民"), who.either(who.any_seat, who.resident), follow, needs=needs.Follow, effect=reported, plain=True, rare=True),
    stays("contact", _("联系来话人"), _("责任岗位、主办"), who.either(who.holder, who.lead), contacted, needs=needs.Contacted, plain=True),
    stays("add_words", _("补充"), _("来话人；代来话人的岗位；拿一次性链接的人"), who.either(who.for_asker, who.outsider), unheard, needs=needs.Words, effect=added, plain=True, rare=True),
    stays("note", _("记一笔"), _("看得到这件事的岗位"), who.any_seat, needs=needs.Note, effect=attach("staff"), plain=True),
    stays("tell", _("告知"), _("主办、窗口"), who.either(who.lead, who.desks), needs=needs.Tell, plain=True),
    stays("urge", _("催办"), _("本级以上窗口；来话人每天一次"), who.either(who.desks, who.reporter), urge, needs=needs.Urge, bar=urge_bar, effect=urged, plain=True, rare=True),
    stays("instruct", _("督办"), _("分管领导、县级窗口"), who.of_kind("subdistrict_leader", "county_desk"), needs=needs.Instruct, effect=instruct_effect, rare=True),
    stays("gained", _("并入了重复事项"), _("合并时自动"), who.by_system, gained, needs=needs.Gained),
    Step("lost", _("合并撤回"), ALL, ALL, _("撤回合并时自动"), who.by_system, lost, needs.Gained),
    Step("contact_gone", _("联系方式已删除"), ALL, ALL, _("来话人要求删除时自动"), who.by_system, contact_gone, needs.Gained),
    stays("assist_ended", _("协办结束"), _("协办结束时自动"), who.by_system, lambda f, g, w: replace(f, open_assists=f.open_assists - 1)),
    stays("part_ended", _("拆分的一部分办完"), _("部分办完时自动"), who.by_system, lambda f, g, w: replace(f, open_parts=f.open_parts - 1)),
    Step("approval_ended", _("请示结束"), OPEN, OPEN, _("请示结束时自动"), who.by_system, lambda f, g, w: replace(f, approval=None)),
]  # fmt: skip
