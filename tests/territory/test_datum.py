"""Datums: round trips, known shifts, swapped coordinates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hawthorn.territory import datum
from hawthorn.territory.datum import Point

ZHONGZHAN = Point(113.18, 35.24)
china = st.builds(Point, st.floats(73.5, 135.5), st.floats(18.0, 53.5))


@given(china, st.sampled_from(sorted(datum.NAMES)))
def test_a_point_comes_back_within_a_centimetre(point: Point, name: str) -> None:
    there = datum.from_wgs84(*point, name)
    assert datum.metres(datum.to_wgs84(*there, name), point) < 0.01


@given(china)
def test_each_shift_and_its_inverse_agree_within_a_centimetre(point: Point) -> None:
    assert datum.metres(datum.wgs84_to_gcj02(*datum.gcj02_to_wgs84(*point)), point) < 0.01
    assert datum.metres(datum.gcj02_to_bd09(*datum.bd09_to_gcj02(*point)), point) < 0.01


def test_a_wrong_datum_errs_here_as_far_as_known() -> None:
    # territory-teams.md, Locating: 593 m for GCJ-02, 1,347 m for BD-09; the shift changes slowly from place to place.
    assert datum.metres(datum.from_wgs84(*ZHONGZHAN, "gcj02"), ZHONGZHAN) == pytest.approx(593, rel=0.02)
    assert datum.metres(datum.from_wgs84(*ZHONGZHAN, "bd09"), ZHONGZHAN) == pytest.approx(1347, rel=0.02)


def test_a_published_pair_of_points_agrees() -> None:
    # Beijing, Tian'anmen: the pair most open implementations use as their example.
    assert datum.metres(datum.wgs84_to_gcj02(116.404, 39.915), Point(116.41024449916938, 39.91640428150164)) < 0.01
    assert datum.metres(datum.gcj02_to_bd09(116.404, 39.915), Point(116.41036949371029, 39.92133699351022)) < 0.01


def test_a_point_outside_china_is_not_shifted() -> None:
    assert datum.wgs84_to_gcj02(-0.12, 51.5) == Point(-0.12, 51.5)
    assert datum.gcj02_to_wgs84(-0.12, 51.5) == Point(-0.12, 51.5)


def test_swapped_longitude_and_latitude_are_noticed() -> None:
    assert datum.is_swapped(35.24, 113.18)
    assert not datum.is_swapped(113.18, 35.24)
    assert not datum.is_swapped(0.0, 0.0)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("GCJ-02", "gcj02"),
        (" 高德 ", "gcj02"),
        ("百度", "bd09"),
        ("bd_09", "bd09"),
        ("CGCS 2000", "cgcs2000"),
        ("WGS-84", "wgs84"),
        ("北京54", None),
        ("", None),
    ],
)
def test_a_datum_is_known_by_the_names_people_write(written: str, meant: str | None) -> None:
    assert datum.known(written) == meant


@pytest.mark.parametrize(("lon", "lat", "name"), [(113.0, 35.0, "beijing54"), (200.0, 35.0, "wgs84"), (113.0, float("nan"), "gcj02")])
def test_nonsense_is_refused(lon: float, lat: float, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        datum.to_wgs84(lon, lat, name)
    with pytest.raises(ValueError, match=name):
        datum.from_wgs84(lon, lat, name)
