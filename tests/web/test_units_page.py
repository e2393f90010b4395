"""楼院 out of CSV, GeoJSON and a workbook: a dry run first, problems with their place, the same once more changes nothing, nobody else's community."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hawthorn.loops.tasks import run_due
from hawthorn.redrawing.models import Join
from hawthorn.territory.models import Unit, UnitGrid
from make import Scene

At = Callable[..., Client]
CSV = "楼院编号,名称,网格编号,经度,纬度,户数\nk1,新一号楼,999901001001001,113.10,35.20,40\nk2,新二号楼,999901001001002,113.11,35.20,50\n"


def sent(at: At, s: Scene, data: bytes | str, do: str = "write", datum: str = "wgs84", who: str = "desk", place: str = "community") -> Any:
    raw = data.encode() if isinstance(data, str) else data
    body = {"sheet": SimpleUploadedFile("units.csv", raw), "datum": datum, "do": do}
    return at(who).post(f"/redrawing/{s.places[place].pk}/units", body, follow=True)


def page(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:800]
    return unescape(answer.content.decode())


def square(west: float, south: float, side: float = 0.001) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def geojson(*features: tuple[dict[str, Any], dict[str, Any] | None]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_looked_through_written_and_changes_nothing_the_second_time(s: Scene, at: At, encoding: str) -> None:
    dry = page(sent(at, s, CSV.encode(encoding), "dry"))
    assert "新增楼院 新一号楼" in dry
    assert not Unit.objects.filter(code="k1").exists()
    assert "写好了：4 处" in page(sent(at, s, CSV.encode(encoding)))
    made = Unit.objects.get(code="k1")
    assert (made.households, made.lon, made.lat) == (40, 113.10, 35.20)
    assert UnitGrid.objects.get(unit=made).grid == s.places["grid1"]
    assert "写好了：0 处" in page(sent(at, s, CSV.encode(encoding)))


def test_positions_of_another_datum_are_brought_to_wgs84(s: Scene, at: At) -> None:
    page(sent(at, s, CSV, datum="gcj02"))
    made = Unit.objects.get(code="k1")
    assert made.lon is not None
    assert 400 < abs(made.lon - 113.10) * 91_000 < 700, "metres east"
    assert "请选坐标系" in page(sent(at, s, CSV, datum="moon"), 409)


def test_geojson_brings_borders_and_neighbours_are_found_by_them(s: Scene, at: At) -> None:
    told = geojson(
        ({"楼院编号": "g1", "名称": "甲院", "户数": 30}, {"type": "Polygon", "coordinates": square(113.100, 35.2)}),
        ({"code": "g2", "name": "乙院", "households": 20}, {"type": "Polygon", "coordinates": square(113.101, 35.2)}),
        ({"code": "g3", "name": "丙院"}, {"type": "Point", "coordinates": [113.2, 35.3]}),
    )  # fmt: skip
    assert "写好了：3 处" in page(sent(at, s, told))
    units = {u.code: u for u in Unit.objects.filter(code__in=("g1", "g2", "g3"))}
    assert len(units["g1"].shape) == 5
    assert 113.100 < (units["g1"].lon or 0) < 113.101
    assert (units["g3"].lon, units["g3"].lat) == (113.2, 35.3)
    assert Join.objects.filter(one=units["g1"], other=units["g2"]).exists()


def test_a_unit_without_grid_is_put_where_it_lies(s: Scene, at: At) -> None:
    from hawthorn.territory import actions as territory

    for n, key in ((0, "grid1"), (1, "grid2")):
        territory.change_place(place=s.places[key], shape=square(113.1 + n / 100, 35.2, 0.01)[0])
    told = "楼院编号,名称,经度,纬度\nk1,一号楼,113.105,35.205\nk2,二号楼,113.115,35.205\nk3,边上,113.11,35.205\nk4,外面,113.2,35.205\n"
    assert "楼院 一号楼 按位置归 一网格" in page(sent(at, s, told, "dry"))
    page(sent(at, s, told))
    found = dict(UnitGrid.objects.filter(unit__code__startswith="k").values_list("unit__code", "grid__code"))
    assert found == {"k1": "999901001001001", "k2": "999901001001002", "k3": "999901001001001"}, "on a border the lower code; outside none"
    assert "写好了：0 处" in page(sent(at, s, told))


@pytest.mark.parametrize(("data", "words"), [
    ("", "缺少「楼院编号」"),
    ("a,b\n1,2\n", "缺少「楼院编号」"),
    (CSV.replace("40", "四十"), "第 2 行 F 列"),
    (CSV.replace("113.10,35.20", "35.20,113.10"), "第 2 行 E 列"),
    (CSV.replace("113.11,35.20", "35.2,91.0"), "第 3 行"),
    (CSV.replace("999901001001002", "999901002001001"), "没有这个网格"),
    (CSV.replace("k2", "k1"), "和第 2 行重复"),
    ("社区编号," + CSV.replace("\nk", "\n999901001201,k"), "这里只收 999901001001 的楼院"),
    ("{", "读不出来"),
    ("[1, 2]", "不是 GeoJSON"),
    ('{"type": "FeatureCollection", "features": [1, null, {"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}]}', "没有填"),
    (geojson(({"code": "x", "name": "x"}, {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]})), "「第 1 个图形」</b> 图形要是一个点"),
    (b"\x00\xff\xfe\x81\x30\x00", "「楼院」"),
    ("[" * 100_000, "读不出来"),
    (geojson(({"code": "x", "name": "\u200b\u202e"}, None)), "没有填"),
    (geojson(({"code": "x", "name": "a\ud800"}, None)), "里面有存不下的特殊符号"),
    (geojson(({"code": "\ud800", "name": "x"}, None)), "里面有存不下的特殊符号"),
    (geojson(({"code": "x", "name": {"zh": "甲"}}, None)), "「第 1 个图形」</b> 「名称」：这里要写文字或者数字"),
    (geojson(({"code": ["x"], "name": "甲"}, None)), "要写文字或者数字"),
    (geojson(({"code": float("nan"), "name": "甲"}, None)), "要写文字或者数字"),
    (geojson(({"code": float("inf"), "name": "甲"}, None)), "要写文字或者数字"),
    (CSV.replace("40", "4_0"), "「4_0」不是数字"),
    (CSV.replace("新一", "新\0一"), "里面有存不下的特殊符号"),
])  # fmt: skip
def test_what_is_wrong_is_named_with_its_place_and_nothing_is_written(s: Scene, at: At, data: bytes | str, words: str) -> None:
    before = Unit.objects.count()
    answer = sent(at, s, data)
    assert answer.status_code == 409
    assert words in page(answer, 409)
    assert Unit.objects.count() == before


def test_only_who_drafts_plans_here_brings_units(s: Scene, at: At) -> None:
    for who, status in (("officer1", 404), ("desk_village", 404), ("center2", 404), ("leader", 409), ("water", 404)):
        assert sent(at, s, CSV, who=who).status_code == status, who
    assert not Unit.objects.filter(code="k1").exists()
    assert sent(at, s, CSV, who="secretary").status_code == 200


@pytest.mark.parametrize("nothing", ["楼院编号,名称\n", "楼院编号,名称\n,\n", geojson()])
def test_a_file_without_units_says_so(s: Scene, at: At, nothing: str) -> None:
    for do in ("dry", "write"):
        assert "没有读到楼院" in page(sent(at, s, nothing, do), 409)


def test_a_feature_of_which_nothing_can_be_read_is_named(s: Scene, at: At) -> None:
    said = page(sent(at, s, geojson(({"NAME": "甲院"}, None), ({"code": "g2", "name": "乙院"}, None))), 409)
    assert "第 1 个图形" in said
    assert "第 2 个图形" not in said
    assert "没有用到的列：NAME。" in said
    assert not Unit.objects.filter(code="g2").exists()


def test_a_heading_written_twice_is_a_problem(s: Scene, at: At) -> None:
    said = page(sent(at, s, "楼院编号,名称,户数,户数\nk1,新一号楼,40,50\n"), 409)
    assert "「户数」写了不止一列：C、D" in said
    assert not Unit.objects.filter(code="k1").exists()


def test_a_column_that_is_none_of_ours_is_named_and_the_rest_is_read(s: Scene, at: At) -> None:
    said = page(sent(at, s, "楼院编号,名称,网格,户数\nk1,新一号楼,没有的网格,40\n", "dry"))
    assert "没有用到的列：网格。" in said
    assert "新增楼院 新一号楼" in said
    form = page(at("desk").get(f"/redrawing/{s.places['community'].pk}/units"))
    assert "一定要有：楼院编号、名称；" in form
    assert "GCJ-02（高德、腾讯地图）" in form


def test_names_nobody_can_write_down_are_no_error(s: Scene, at: At) -> None:
    odd = {"code": "k1", "name": "新一号楼", "a\ud800b": 1, "\u200b": 2, "长" * 90: 3}
    assert f"没有用到的列：a?b、{'长' * 40}。" in page(sent(at, s, geojson((odd, None)), "dry"))
    assert "没有用到的列：a?b。" in page(sent(at, s, "楼院编号,名称,a\0b\nk1,新一号楼,1\n", "dry"))


def test_a_border_that_crosses_itself_is_named_by_its_feature(s: Scene, at: At) -> None:
    knot = {"type": "Polygon", "coordinates": [[[113.1, 35.2], [113.2, 35.3], [113.2, 35.2], [113.1, 35.3], [113.1, 35.2]]]}
    said = page(sent(at, s, geojson(({"code": "g1", "name": "甲院"}, None), ({"code": "g2", "name": "乙院"}, knot))), 409)
    assert "「第 2 个图形」" in said
    assert "不自己交叉" in said
    assert "WKT" not in said


def test_what_was_looked_through_is_written_without_choosing_it_again_by_the_same_person_within_an_hour(s: Scene, at: At, settings: Any) -> None:
    def ticket(shown: str) -> str:
        return shown.split('name="ticket" value="')[1].split('"')[0]

    here, kept = f"/redrawing/{s.places['community'].pk}/units", Path(settings.FILES_ROOT) / "imports"
    given = {"ticket": ticket(page(sent(at, s, CSV, "dry", datum="gcj02"))), "datum": "gcj02", "do": "write"}
    assert "请先选一个文件" not in page(at("secretary").post(here, given), 409)
    assert not Unit.objects.filter(code="k1").exists(), "another person's ticket"
    assert "写好了：4 处" in page(at("desk").post(here, given, follow=True))
    assert (Unit.objects.get(code="k1").lon or 0) != 113.10, "with the datum that was chosen"
    assert not list(kept.iterdir()), "what is written is kept no longer"
    assert "已经不在了" in page(at("desk").post(here, given), 409)
    page(sent(at, s, CSV, "dry"))
    assert len(list(kept.iterdir())) == 1
    run_due(s.later(minutes=61))
    assert not list(kept.iterdir()), "nor for longer than an hour"
    assert "ticket" not in page(sent(at, s, CSV.replace("40", "四十"), "dry"), 409), "what cannot be written is not kept"
