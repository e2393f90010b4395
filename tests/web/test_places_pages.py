"""The pages of setting up: a new subdistrict, its settings, its practice as a pack, the county over all of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from hawthorn.gateways import workbook
from hawthorn.teams.models import Holding, StandIn
from hawthorn.tenants.models import Tenant
from hawthorn.tenants.settings import ACCENTS, FOOTER, SETTINGS, WORDS
from hawthorn.web.settings_page import PLAIN
from make import Scene

At = Callable[[str], Client]


def own(s: Scene) -> Tenant:
    return Tenant.objects.get(pk=s.places["street"].tenant_id)


def third(county: str = "999901", code: str = "999901003") -> SimpleUploadedFile:
    """The example, for a third subdistrict of the county."""
    book = load_workbook(io.BytesIO(workbook.template_workbook()))
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str) and cell.value.isdigit() and cell.value.startswith("410803"):
                    cell.value = cell.value.replace("410803990", code) if len(cell.value) > 6 else county
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("place.xlsx", out.getvalue())


def test_the_county_opens_a_subdistrict_after_a_dry_run_and_is_told_what_is_missing(s: Scene, at: At) -> None:
    client = at("county_admin")
    page = client.post("/places/new", {"sheet": third(), "do": "dry"}).content.decode()
    assert "试读通过" in page
    assert "新建街道 示例街道" in page
    assert not Tenant.objects.filter(code="999901003").exists()
    Tenant.objects.filter(pk=s.county.pk).update(is_demo=True)
    page = client.post("/places/new", {"sheet": third(), "do": "write"}, follow=True).content.decode()
    assert "示例街道写好了" in page
    assert "1 个楼院没有归网格" in page
    made = Tenant.objects.get(code="999901003")
    assert (made.county, made.is_demo) == (s.county, True), "a subdistrict of a demo is one too, and its pages say so"
    assert "没有要写入的" in client.post("/places/new", {"sheet": third(), "do": "dry"}).content.decode()


def test_the_county_opens_nothing_in_another_county_and_a_desk_opens_nothing(s: Scene, at: At) -> None:
    page = at("county_desk").post("/places/new", {"sheet": third("410803", "410803005"), "do": "write"})
    assert page.status_code == 409
    assert "只能开 999901 的街道" in page.content.decode()
    assert not Tenant.objects.filter(code="410803005").exists()
    assert at("center").get("/places/new").status_code == 404


def people(*line: str) -> SimpleUploadedFile:
    """A workbook with one line of people."""
    book = Workbook()
    sheet = book.create_sheet("人员")
    sheet.append(["登录名", "姓名", "地点编号", "岗位", "身份"])
    sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("people.xlsx", out.getvalue())


@pytest.mark.parametrize("role", ["任职", "B角"])
def test_nobody_puts_themself_in_a_post_by_way_of_a_sheet(s: Scene, at: At, role: str) -> None:
    before = (Holding.objects.count(), StandIn.objects.count())
    page = at("center").post("/workbook", {"sheet": people("center", "center", "999901001", "分管领导", role), "do": "write"})
    assert page.status_code == 409
    assert "不能把自己定到这个岗位上" in page.content.decode()
    assert (Holding.objects.count(), StandIn.objects.count()) == before
    page = at("center").post("/workbook", {"sheet": people("center", "center", "999901001", "网格中心", "任职"), "do": "write"}, follow=True)
    assert page.status_code == 200, "the line of the post one has may stand in the sheet"
    page = at("center").post("/workbook", {"sheet": people("night", "night", "999901001001", "综合窗口", role), "do": "write"}, follow=True)
    assert page.status_code == 200
    assert (Holding.objects.count(), StandIn.objects.count()) != before


def form(**more: str) -> dict[str, str]:
    """The settings as they are typed."""
    return {"brand": "件件有着落", "phone": "0391-1234567", "accent": "plum", **{name: "" for name in (*SETTINGS, *WORDS)}, **more}


def test_a_name_that_nobody_could_read_is_none(s: Scene, at: At) -> None:
    answer = at("center").post("/settings", form(brand="\u200b\u202e"))
    assert answer.status_code == 422
    assert "系统名称要写" in answer.content.decode()


def test_every_setting_is_read_on_some_page(s: Scene, at: At) -> None:
    """A setting nobody reads would be a question for nothing."""
    told = {name: f"甲{n}乙" for n, name in enumerate((*SETTINGS, *WORDS))}
    assert at("center").post("/settings", form(**told)).status_code == 302
    visitor = at("")
    home, privacy, guide = (visitor.get(address).content.decode() for address in ("/", "/privacy", "/help"))
    assert "件件有着落" in home
    assert "0391-1234567" in home
    assert "accent-plum" in home
    for name in FOOTER:
        assert told[name] in home
    assert told["privacy_contact"] in privacy
    assert told["address"] in privacy
    for name in WORDS:
        assert told[name] in guide
    assert {name for name, *_rest in PLAIN} | set(SETTINGS) | set(WORDS) | {"accent"} == {*form()}


def test_another_contact_makes_another_version_of_the_privacy_notice(s: Scene, at: At) -> None:
    client = at("center")
    client.post("/settings", form(privacy_contact="综合办"))
    assert (own(s).settings["privacy_version"], own(s).settings["privacy_since"]) == (2, "2026年3月2日")
    client.post("/settings", form(privacy_contact="综合办", host="东街道办事处"))
    assert own(s).settings["privacy_version"] == 2
    assert "第 2 版" in at("").get("/privacy").content.decode()


def test_a_wrong_setting_is_said_and_nothing_is_saved(s: Scene, at: At) -> None:
    page = at("center").post("/settings", form(brand="", accent="red", host="长" * 61))
    assert page.status_code == 422
    assert "系统名称要写" in page.content.decode()
    assert "最多 60 个字" in page.content.decode()
    assert own(s).settings == {}


def test_settings_and_packs_are_ones_own_and_the_administrators_of_the_county(s: Scene, at: At) -> None:
    for address in ("/settings", "/pack", "/pack.json"):
        assert at("center").get(address).status_code == 200
        assert at("center").get(f"{address}?of=999901002").status_code == 404
        assert at("county_admin").get(f"{address}?of=999901002").status_code == 200
        assert at("county_admin").get(f"{address}?of=410803005").status_code == 404
        for who in ("officer1", "desk", "leader", "water", "county_desk"):
            assert at(who).get(address).status_code == 404
    assert at("center").post("/settings", form(of="999901002")).status_code == 404


@pytest.mark.parametrize("accent", ACCENTS)
def test_each_colour_can_be_read_on_white_and_on_paper(accent: str) -> None:
    import re
    from pathlib import Path

    import hawthorn.web

    css = (Path(hawthorn.web.__file__).parent / "static" / "web" / "tokens.css").read_text(encoding="utf-8")
    block = css.split(f".accent-{accent} {{" if accent != "leaf" else ":root {")[1].split("}")[0]
    for name in ("leaf", "leaf-deep"):
        colour = re.search(rf"--{name}: (#\w{{6}});", block)
        assert colour is not None
        for ground in ("#ffffff", "#fbf8f3"):
            assert contrast(colour[1], ground) >= 4.5


def contrast(one: str, other: str) -> float:
    """As WCAG counts it."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_pack_goes_from_one_subdistrict_to_another_by_way_of_the_page(s: Scene, at: At) -> None:
    at("center").post("/settings", form(mediation="小白和事"))
    body = at("center").get("/pack.json").content
    assert json.loads(body)["words"] == {"mediation": "小白和事"}
    there = at("center2")
    page = there.post("/pack", {"sheet": SimpleUploadedFile("p.json", body), "do": "look"}).content.decode()
    assert "3 处不一样" in page
    assert 'value="look:mediation"' in page
    done = there.post("/pack", {"pack": body.decode(), "do": "write", "take": ["look:mediation"]}, follow=True).content.decode()
    assert "用上了 1 处" in done
    assert Tenant.objects.get(code="999901002").words == {"mediation": "小白和事"}
    assert own(s).brand != Tenant.objects.get(code="999901002").brand


def test_a_damaged_pack_is_refused_on_the_page(s: Scene, at: At) -> None:
    page = at("center").post("/pack", {"sheet": SimpleUploadedFile("p.json", b"PK\x03"), "do": "look"})
    assert page.status_code == 409
    assert "读不出来" in page.content.decode()


def test_the_county_sees_how_each_subdistrict_stands_in_eight_statements(s: Scene, at: At) -> None:
    made = s.start("officer1", {"words": "灯不亮", "unit": s.units["u1"].pk})
    s.start("officer1", {"words": "井盖松了", "unit": s.units["u1"].pk, "channel": "round", "result": "好", "say": "好了"}, step="report_settled")
    s.later(days=9)
    client = at("county_admin")
    client.get("/county")
    with CaptureQueriesContext(connection) as caught:
        page = client.get("/county").content.decode()
    mine = [q for q in caught.captured_queries if not any(x in q["sql"] for x in ("django_session", 'accounts_user" ', "SAVEPOINT", "BEGIN", "COMMIT"))]
    assert len(mine) <= 8, [q["sql"][:120] for q in mine]
    assert "东街道" in page
    assert "西街道" in page
    assert "1/1" in page
    assert f"/board?place={s.places['street'].pk}" in page
    assert made.id
    for name in s.users.keys() - {"county_admin"}:
        assert f">{name}<" not in page, "places and matters, never persons"
    assert at("center").get("/county").status_code == 404
