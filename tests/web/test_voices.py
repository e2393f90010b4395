"""A voice note: who speaks need not write; nothing but the sound is kept, and it goes when its time is over."""

from __future__ import annotations

import builtins
import io
import re
import struct
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import soundfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hawthorn.files import voices
from hawthorn.files.actions import keep, path_of, prune_unused
from hawthorn.files.models import Attachment
from hawthorn.hints.actions import messages_of
from hawthorn.kernel.errors import Refused
from hawthorn.loops import erasure, queries, reporters
from hawthorn.loops.actions import take_step
from hawthorn.loops.models import Item, Reporter
from make import Scene
from pictures import photo
from sounds import RATE, told, wav

At = Callable[..., Client]
GRID = "/say?g=999901001001001"


def newest() -> Item:
    return Item.objects.order_by("-id")[0]


def spoken(at: At, s: Scene, key: str = "v1", **more: object) -> int:
    """A resident speaks at the grid's own code."""
    found = at().post(GRID, {"g": "999901001001001", "files": told(), "key": key} | more)
    assert found.status_code == 200, found.content.decode()
    return newest().pk


# ── what is kept ──
def with_place(sound: bytes) -> bytes:
    """A recording that says where it was made."""
    note = b"IARLLongdong 26.07N "
    chunk = b"LIST" + struct.pack("<I", 4 + 8 + 16) + b"INFO" + note[:4] + struct.pack("<I", 16) + note[4:20]
    return sound[:4] + struct.pack("<I", len(sound) - 8 + len(chunk)) + sound[8:] + chunk


def test_only_the_sound_is_kept() -> None:
    came = with_place(wav(3, sides=2))
    assert b"Longdong" in came
    kept, seconds = voices.cleaned(came)
    known = soundfile.info(io.BytesIO(kept))
    assert (known.format, known.channels, known.samplerate, seconds) == ("MP3", 1, RATE, 3)
    assert b"Longdong" not in kept
    assert len(kept) < len(came) / 10


@pytest.mark.parametrize("form", ["OGG", "FLAC"])
def test_other_recorders_are_understood(form: str) -> None:
    sound, out = soundfile.read(io.BytesIO(wav(2)))[0], io.BytesIO()
    soundfile.write(out, sound, RATE, format=form)
    assert voices.is_voice(out.getvalue())
    assert voices.cleaned(out.getvalue())[1] == 2


def mp3(form: str = "MP3") -> bytes:
    """Sound in the coding whose decoder is never asked; also as a WAV may carry it."""
    out = io.BytesIO()
    soundfile.write(out, soundfile.read(io.BytesIO(wav(1)))[0], RATE, format=form, subtype="MPEG_LAYER_III")
    return out.getvalue()


BAD = {
    "AMR": (b"#!AMR\n" + b"\x3c" * 400, "录音打不开"),
    "WebM": (b"\x1aE\xdf\xa3" + b"0" * 400, "录音打不开"),
    "M4A": (b"\0\0\0\x20ftypM4A " + b"0" * 400, "录音打不开"),
    "MP3": (mp3(), "录音打不开"),
    "broken": (wav(1)[:30], "录音打不开"),
    "claims": (wav(1)[:24] + struct.pack("<I", 4_000_000_000) + wav(1)[28:], "录音打不开"),
    "silent": (wav(1, tone=0), "没有声音"),
    "endless": (wav(voices.LONGEST + 1), "最多两分钟"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_heard_is_refused_in_plain_words_and_the_rest_is_kept(at: At, s: Scene, name: str) -> None:
    sound, words = BAD[name]
    found = at().post(GRID, {"g": "999901001001001", "words": "灯坏了", "files": SimpleUploadedFile("a", sound), "key": "b1"})
    page = found.content.decode()
    assert found.status_code in (413, 422)
    assert words in page
    assert "灯坏了" in page
    assert (Item.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_picture_is_no_sound() -> None:
    assert not voices.is_voice(photo().read())
    assert not voices.is_voice(b"RIFF\0\0\0\0WEBPVP8 ")


# ── who speaks need not write ──
def test_a_resident_only_speaks_and_the_officer_listens(at: At, s: Scene) -> None:
    drop = spoken(at, s)
    assert [t.words for t in queries.texts_of(drop)] == ["（语音，2 秒）"]
    page = at("officer1").get(f"/i/{drop}").content.decode()
    kept = Attachment.objects.get()
    assert f'<audio controls preload="none" src="/files/{kept.pk}"' in page
    assert "录音，2 秒" in page
    sound = at("officer1").get(f"/files/{kept.pk}")
    assert (sound.status_code, sound.headers["Content-Type"]) == (200, "audio/mpeg")
    assert "media-src 'self' blob:" in at("officer1").get("/today").headers["Content-Security-Policy"]
    assert at("officer2").get(f"/files/{kept.pk}").status_code == 404


def test_it_goes_on_into_the_matter_with_its_photo(at: At, s: Scene) -> None:
    drop = spoken(at, s, files=[photo(), told()])
    s.step("officer1", drop, "to_matter")
    page = at("officer1").get(f"/i/{s.facts(drop).became}").content.decode()
    assert page.count("<audio") == 1
    assert page.count('src="/files/') == 2


def test_an_officer_speaks_at_随手记(at: At, s: Scene) -> None:
    found = at("officer1").post("/capture", {"words": "", "files": told(5), "do": "report", "key": "c1"})
    assert found.status_code == 302
    assert [t.words for t in queries.texts_of(newest().pk)] == ["（语音，5 秒）"]


def test_without_scripts_who_speaks_need_not_write(at: At, s: Scene) -> None:
    for page, who in ((GRID, at()), ("/capture", at("officer1"))):
        drawn = who.get(page).content.decode()
        box = re.search(r"<textarea[^>]*name=\"words\"[^>]*>", drawn)
        assert box
        assert "required" not in box[0]
        assert "（写或者说）" in drawn
        assert "WAV、OGG" in drawn
    assert "required" in re.search(r"<textarea[^>]*name=\"words\"[^>]*>", at("officer1").get("/paste").content.decode())[0]  # type: ignore[index]


def test_a_machine_that_cannot_hear_says_so_and_keeps_the_words(at: At, s: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "__import__", _deaf(builtins.__import__))
    found = at().post(GRID, {"g": "999901001001001", "words": "灯坏了", "files": told(), "key": "m1"})
    assert found.status_code == 422
    assert "还不能收录音" in found.content.decode()
    assert "灯坏了" in found.content.decode()


def _deaf(real: Any) -> Any:
    """Imports as on a machine without libsndfile."""

    def deaf(name: str, *rest: Any, **more: Any) -> Any:
        if name == "soundfile":
            raise OSError("sndfile library not found")
        return real(name, *rest, **more)

    return deaf


def test_words_that_were_written_stay_as_they_are(at: At, s: Scene) -> None:
    drop = spoken(at, s, words="灯坏了")
    assert [t.words for t in queries.texts_of(drop)] == ["灯坏了"]


def test_nothing_written_and_only_a_photo_is_still_asked_for_words(at: At, s: Scene) -> None:
    found = at().post(GRID, {"g": "999901001001001", "words": " ", "files": photo(), "key": "n1"})
    assert found.status_code == 409
    assert Item.objects.count() == 0


def test_a_voice_is_not_hidden_from_the_grid_so_it_is_asked_about(at: At, s: Scene) -> None:
    given = {"g": "999901001001001", "files": told(), "hides_from_grid": "1"}
    found = at().post(GRID, given | {"key": "h1"})
    assert found.status_code == 409
    assert "听出是谁" in found.content.decode()
    assert Item.objects.count() == 0


# ── machines do not take it for words ──
def test_two_who_only_spoke_are_not_taken_for_the_same(at: At, s: Scene) -> None:
    spoken(at, s)
    found = at().post(GRID, {"g": "999901001001001", "files": told(2), "key": "v2"})
    assert "是不是同一件" not in found.content.decode()
    assert Item.objects.count() == 2
    assert dict(messages_of(list(Item.objects.values_list("pk", flat=True)))) == {}


# ── it goes ──
def test_who_asks_for_it_has_their_voice_deleted_and_others_keep_theirs(at: At, s: Scene) -> None:
    first, second = spoken(at, s), spoken(at, s, key="v2", files=told(3))
    kept = Attachment.objects.get(item=first)
    assert path_of(kept.sha).exists()
    assert erasure.erase_on_request(Reporter.objects.get(item=first), now=s.now)
    assert not path_of(kept.sha).exists()
    assert list(Attachment.objects.values_list("item", flat=True)) == [second]
    assert not erasure.erase_on_request(Reporter.objects.get(item=first), now=s.now)


def test_a_second_press_leaves_no_twin_behind(at: At, s: Scene) -> None:
    drop = spoken(at, s)
    assert spoken(at, s) == drop, "the same press again"
    assert Attachment.objects.count() == 2
    sha = Attachment.objects.get(item=drop).sha
    assert erasure.erase_on_request(Reporter.objects.get(item=drop), now=s.now)
    assert not Attachment.objects.exists()
    assert not path_of(sha).exists()


def test_of_two_voices_on_one_matter_only_the_askers_own_goes(at: At, s: Scene) -> None:
    first, second = spoken(at, s), spoken(at, s, key="v2", files=told(3))
    s.step("officer1", first, "to_matter")
    matter = s.facts(first).became
    s.step("officer1", second, "join", {"into": matter})
    assert sorted(Attachment.objects.filter(item=matter).values_list("seconds", flat=True)) == [2, 3]
    askers = {r.channel + r.moved_path: r for r in Reporter.objects.filter(item=matter)}
    assert len(askers) == 2
    assert erasure.erase_on_request(next(r for r in askers.values() if f",{second}," in r.moved_path), now=s.now)
    assert list(Attachment.objects.filter(item=matter).values_list("seconds", flat=True)) == [2]


def test_who_takes_theirs_back_is_not_heard_any_more(at: At, s: Scene) -> None:
    drop = spoken(at, s)
    s.step("officer1", drop, "to_matter")
    matter = s.facts(drop).became
    s.step("desk", matter, "follow", {"phone": "13900001111", "name": "示例二"})
    asker = Reporter.objects.get(moved_path__contains=f",{drop},")
    kept = Attachment.objects.get()
    assert at("officer1").get(f"/files/{kept.pk}").status_code == 200
    leaving = reporters.acting_as(asker, s.now)
    assert leaving is not None
    take_step("matters", matter, "void", {"say": "不用了"}, actor=leaving, now=s.now, door="test", town=s.town)
    assert at("officer1").get(f"/files/{kept.pk}").status_code == 404
    prune_unused(s.now + timedelta(days=2))
    assert not path_of(kept.sha).exists()


def test_a_voice_goes_half_a_year_after_the_matter_is_closed_and_a_photo_stays(at: At, s: Scene) -> None:
    drop = spoken(at, s, files=[photo(), told()])
    s.step("officer1", drop, "inform", {"say": "好", "how": "receipt"})
    erasure.erase_expired(s.now + timedelta(days=179))
    assert Attachment.objects.filter(mime=voices.MIME).count() == 1
    erasure.erase_expired(s.now + timedelta(days=181))
    assert list(Attachment.objects.values_list("mime", flat=True)) == ["image/jpeg"]


def test_part_of_a_sound_can_be_asked_for_as_players_do(at: At, s: Scene) -> None:
    drop = spoken(at, s)
    kept, officer = Attachment.objects.get(item=drop), at("officer1")
    whole = officer.get(f"/files/{kept.pk}").content
    end = len(whole)
    for asked, first, last in (("bytes=0-1", 0, 1), ("bytes=100-", 100, end - 1), (f"bytes=5-{end * 2}", 5, end - 1)):
        found = officer.get(f"/files/{kept.pk}", headers={"range": asked})
        assert (found.status_code, found.content) == (206, whole[first : last + 1])
        assert found.headers["Content-Range"] == f"bytes {first}-{last}/{end}"
    assert officer.get(f"/files/{kept.pk}", headers={"range": f"bytes={len(whole)}-"}).status_code == 416
    assert officer.get(f"/files/{kept.pk}", headers={"range": "lines=1-2"}).content == whole


def test_a_refused_value_names_what_to_do() -> None:
    with pytest.raises(Refused) as found:
        voices.cleaned(b"RIFF")
    assert "写几个字" in found.value.detail


def test_who_hides_from_the_grid_adds_no_voice_later(at: At, s: Scene) -> None:
    given = {"g": "999901001001001", "words": "灯坏了", "key": "q1"}
    at().post(GRID, given | {"hides_from_grid": "1"})
    at().post(GRID, given | {"words": "水管漏了", "key": "q2"})
    open_one, hidden = newest().pk, newest().pk - 1
    drops = {hides: Reporter.objects.get(item=pk) for hides, pk in ((True, hidden), (False, open_one))}
    assert s.facts(hidden).hides_from_grid
    for hides, asker in drops.items():
        adding = reporters.acting_as(asker, s.now)
        assert adding is not None
        more = {"actor": adding, "now": s.now, "door": "test", "town": s.town}
        if hides:
            with pytest.raises(Refused, match="not_a_choice"):
                take_step("drops", asker.item_id, "add_words", {"words": "再说一句", "files": [keep_one(s)]}, **more)
            s.step("officer1", hidden, "to_matter")
            matter = s.facts(hidden).became
            with pytest.raises(Refused, match="not_a_choice"):
                take_step("matters", matter, "add_words", {"words": "再说一句", "files": [keep_one(s)]}, **more | {"actor": _again(hidden, s)})
            _asked(s, matter)
            with pytest.raises(Refused, match="not_a_choice"):
                take_step("matters", matter, "resident_answers", {"words": "在楼道里", "files": [keep_one(s)]}, **more | {"actor": _again(hidden, s)})
        else:
            take_step("drops", asker.item_id, "add_words", {"words": "再说一句", "files": [keep_one(s)]}, **more)
    assert list(Attachment.objects.exclude(item=None).values_list("item", flat=True)) == [open_one]


def _asked(s: Scene, matter: int) -> None:
    """The officer asks the one who hides."""
    if Item.objects.get(pk=matter).stage == "found":
        s.step("officer1", matter, "accept")
    s.step("officer1", matter, "ask_resident", {"say": "在几楼？"})


def _again(drop: int, s: Scene) -> Any:
    return reporters.acting_as(Reporter.objects.get(moved_path__contains=f",{drop},"), s.now)


def keep_one(s: Scene) -> int:
    return keep(told(), user=None, ticket="t", now=s.now).pk
