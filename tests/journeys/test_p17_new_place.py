"""P17 值得推广: another subdistrict from one workbook and one command, without code, working the same evening; the first one never notices."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from hawthorn.accounts.models import User
from hawthorn.gateways import gaps, packs, packs_plan, packs_shape, workbook, workbook_opening
from hawthorn.kernel.errors import NotThere, Refused
from hawthorn.loops import actions as loops
from hawthorn.loops.models import Item
from hawthorn.loops.queries import get_visible, in_place
from hawthorn.loops.town import actor_for, town_by_id
from hawthorn.tenants import actions as tenants
from hawthorn.tenants.models import Tenant
from hawthorn.territory.models import Place, Unit
from make import Scene

CODE = "999901003"


def book() -> Workbook:
    """The sample that anybody downloads, with this subdistrict's own numbers put in."""
    found = load_workbook(io.BytesIO(workbook.template_workbook()))
    for sheet in found:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str) and cell.value.isdigit() and cell.value.startswith("410803"):
                    cell.value = cell.value.replace("410803990", CODE) if len(cell.value) > 6 else "999901"
    return found


def as_bytes(found: Workbook) -> bytes:
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()


def rows_of(*models: Any) -> list[Any]:
    """Everything of the subdistricts that were there before."""
    return [list(model.objects.exclude(**{f"{path}__startswith": CODE}).order_by("pk").values()) for model, path in models]


def somebody(s: Scene, username: str) -> Any:
    """A person of the new subdistrict, with their seats."""
    return actor_for(User.objects.select_related("tenant__county").get(username=username), s.now)


def test_a_workbook_with_mistakes_is_mended_and_the_subdistrict_works_the_same_evening(s: Scene) -> None:
    s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk})
    before = rows_of((Tenant, "code"), (Place, "code"), (Unit, "community__code"), (User, "tenant__code"))

    # The first try has two mistakes: both are said with their cells, and nothing is written.
    wrong = book()
    wrong["楼院"]["G2"].value = None
    wrong["人员"]["E4"].value = "巡长"
    found = workbook_opening.plan(workbook.read_workbook(as_bytes(wrong)), now=s.now)
    assert [problem.where for problem in found.problems] == ["「楼院」第 2 行 G 列", "「人员」第 4 行 E 列"]
    with pytest.raises(Refused):
        workbook_opening.apply(found, actor_user_id=None)
    assert not Tenant.objects.filter(code=CODE).exists()

    # Mended, it is written; a second time changes nothing.
    opened = workbook_opening.plan(workbook.read_workbook(as_bytes(book())), now=s.now)
    assert opened.problems == []
    workbook_opening.apply(opened, actor_user_id=None)
    again = workbook_opening.plan(workbook.read_workbook(as_bytes(book())), now=s.now)
    assert (again.problems, again.changes) == ([], [])

    # People are given first passwords and can sign in; what is still missing stands with the desk.
    told: dict[str, str] = {}
    workbook_opening.give_passwords(opened, lambda user, password: told.update({user.username: password}))
    assert User.objects.get(username="demo.wang").check_password(told["demo.wang"])
    desk = somebody(s, "demo.zhang")
    assert {item.kind for item in in_place("set_up_gaps", desk.seats[0]).filter(open=True)} >= {"unit_grid", "category_lead"}

    # The officer reports, settles and is checked, as anywhere else.
    unit = Unit.objects.get(community__code=f"{CODE}498", code="D01")
    town = town_by_id(s.county.pk)
    made = loops.start("matters", {"words": "井盖松了", "unit": unit.pk}, actor=somebody(s, "demo.wang"), now=s.now, door="test", town=town)
    loops.take_step("matters", made.id, "accept", {}, actor=somebody(s, "demo.wang"), now=s.now, door="test", town=town)
    assert Item.objects.get(pk=made.id).subdistrict == Place.objects.get(code=CODE)

    # Neither sees the other; the county sees both; what was there before is as it was.
    with pytest.raises(NotThere):
        get_visible(made.id, actor=s.actor("center"), town=s.town, now=s.now)
    old = Item.objects.filter(loop="matters", subdistrict=s.places["street"].pk).values_list("pk", flat=True)[0]
    with pytest.raises(NotThere):
        get_visible(old, actor=desk, town=s.town, now=s.now)
    assert rows_of((Tenant, "code"), (Place, "code"), (Unit, "community__code"), (User, "tenant__code")) == [
        [row if row["id"] != s.county.pk else row | {"revision": Tenant.objects.get(pk=s.county.pk).revision} for row in before[0]],
        *before[1:],
    ]


def test_what_one_place_learnt_is_taken_over_by_the_next_without_a_name_of_anybody(s: Scene) -> None:
    first = s.places["street"].tenant
    tenants.change_tenant(first, {"words": {"mediation": "小白和事"}})
    body = packs.as_file(packs.pack_of(Tenant.objects.get(pk=first.pk), now=s.now))
    assert not [name for name in (*s.users, "东社区", "一网格", "u1 号楼") if f'"{name}' in body.decode()]
    opened = workbook_opening.plan(workbook.read_workbook(as_bytes(book())), now=s.now)
    workbook_opening.apply(opened, actor_user_id=None)
    new = Tenant.objects.get(code=CODE)
    assert packs_plan.take_over(packs_shape.read(body), new, only={"look:mediation"}, user=None, now=s.now) == []
    assert new.words["mediation"] == "小白和事", "the sample says so already"
    assert gaps.lacking([new], town=town_by_id(s.county.pk), now=s.now)[new.pk]
