"""公示牌 and a grid's own page: names by consent only, the code leads to the page, and an old code says who serves there now."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from pypdf import PdfReader

from hawthorn.teams import actions as teams
from hawthorn.teams.models import Holding
from hawthorn.territory import actions as territory
from make import Scene

At = Callable[..., Client]
CODE = "999901001001001"


def words_of(answer: object) -> str:
    read = PdfReader(io.BytesIO(answer.content))  # type: ignore[attr-defined]
    return "".join(page.extract_text() for page in read.pages).replace(" ", "")


@pytest.mark.parametrize(("size", "wide"), [("a3", 297), ("a4", 210)])
def test_a_sign_is_one_sheet_with_names_by_consent_and_a_code(s: Scene, at: At, size: str, wide: int) -> None:
    teams.change_post(post=s.posts["officer1"], phone="0391-000-1111", is_public=True)
    Holding.objects.filter(post=s.posts["officer1"]).update(shows_name=True)
    territory.bump(s.places["grid1"])
    answer = at("").get(f"/g/{CODE}/sign-{size}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    read = PdfReader(io.BytesIO(answer.content))
    assert len(read.pages) == 1
    assert round(float(read.pages[0].mediabox.width) / 72 * 25.4) == wide
    words = words_of(answer)
    assert "一网格" in words
    assert "officer1" in words
    assert "0391-000-1111" in words
    assert "head1" not in words, "did not agree to be named"
    assert "本码不收费，不要密码" in words


def test_a_sign_shows_where_the_grid_lies_and_says_that_it_is_a_sketch(s: Scene, at: At) -> None:
    territory.change_place(place=s.places["grid1"], shape=[[113.0, 35.0], [113.1, 35.0], [113.1, 35.1], [113.0, 35.1]])
    assert "示意图，不作划界依据" in words_of(at("").get(f"/g/{CODE}/sign-a4.pdf"))


@pytest.mark.parametrize("address", [f"/g/{CODE}/sign-a5.pdf", "/g/000000000000000/sign-a4.pdf", f"/g/{CODE}/sign-A4.pdf"])
def test_what_is_no_sign_is_not_there(s: Scene, at: At, address: str) -> None:
    assert at("").get(address).status_code == 404


def test_signs_are_not_made_without_end(s: Scene, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    from hawthorn.web import signs

    monkeypatch.setattr(signs, "MOST_AN_HOUR", 2)
    assert [at("").get(f"/g/{CODE}/sign-a4.pdf").status_code for _n in range(3)] == [200, 200, 429]


def test_the_code_of_a_grid_that_is_no_more_says_who_serves_there_now(s: Scene, at: At) -> None:
    territory.put_unit_in_grid(unit=s.units["u1"], grid=s.places["grid2"], from_on=date(2026, 3, 2))
    teams.abolish_posts(place=s.places["grid1"], now=s.now)
    territory.end_grid(grid=s.places["grid1"], on=date(2026, 3, 2))
    shown = at("").get(f"/g/{CODE}").content.decode()
    assert "这个网格已经没有了" in shown
    assert "二网格" in shown
    assert at("").get(f"/g/{CODE}/sign-a4.pdf").status_code == 404
    assert at("").get(f"/say?g={CODE}").status_code == 200


def test_a_grid_with_units_in_it_does_not_end(s: Scene) -> None:
    with pytest.raises(ValueError, match="units lie in it"):
        territory.end_grid(grid=s.places["grid1"], on=date(2026, 3, 2))
