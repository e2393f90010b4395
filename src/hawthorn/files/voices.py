"""Voice notes: decoded and encoded anew as MP3, which every browser plays; nothing but the sound is kept."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np

from hawthorn.kernel.errors import Refused
from hawthorn.kernel.words import _

MIME = "audio/mpeg"
LONGEST = 120
"""Seconds."""
SPOKEN = re.compile(r"（语音，\d+ 秒）")
FORMATS = {"WAV", "WAVEX", "OGG", "FLAC"}
CODINGS = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "ULAW", "ALAW", "VORBIS", "OPUS"}
"""MP3 is written here, never read: its decoder tells every broken byte to the log of the service."""
RATES = {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000}
CHANNELS = 2
READABLE = (b"RIFF", b"OggS", b"fLaC")
CLOSED = (b"#!AMR", b"\x1aE\xdf\xa3", b"ID3", b"\xff\xf1", b"\xff\xf9", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2")
"""AMR, WebM, AAC, MP3: sound that a phone records and that cannot be read here."""
FILM_BRANDS = (b"M4A ", b"M4B ", b"isom", b"iso2", b"mp41", b"mp42", b"3gp4", b"3gp5", b"3gp6", b"qt  ")


def words_for(seconds: int) -> str:
    """What stands in the words of who only spoke."""
    return _("（语音，{n} 秒）").replace("{n}", str(seconds))


def is_only_voice(words: str) -> bool:
    """Are these the words of who only spoke: they say nothing about what it is."""
    return SPOKEN.fullmatch(words.strip()) is not None


def is_voice(data: bytes) -> bool:
    """Does it begin like sound, whether or not it can be read here; WebP begins as WAV does."""
    is_film = data[4:8] == b"ftyp" and data[8:12] in FILM_BRANDS
    return is_film or data.startswith(CLOSED) or (data.startswith(READABLE) and data[8:12] != b"WEBP")


def cleaned(data: bytes) -> tuple[bytes, int]:
    """MP3 of one channel, and its whole seconds (at least 1). Raises Refused too_large for what is too long, wrong_type for what cannot be read."""
    try:
        import soundfile  # only where somebody speaks
    except OSError:
        raise Refused("wrong_type", fields=["file"], detail=_("这台机器还不能收录音，录音没有保存。请写几个字，写好的还在。")) from None
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            if sound.format not in FORMATS or sound.subtype not in CODINGS or sound.samplerate not in RATES or sound.channels > CHANNELS:
                raise _unreadable()
            rate: int = sound.samplerate
            heard: Any = sound.read(LONGEST * rate + 1, dtype="int16", always_2d=True)
    except (soundfile.SoundFileError, ValueError, MemoryError):
        raise _unreadable() from None
    if len(heard) > LONGEST * rate:
        raise Refused("too_large", fields=["file"], detail=_("录音太长，最多两分钟。没有保存，请分几段说。"))
    if not heard.any():
        raise Refused("wrong_type", fields=["file"], detail=_("录音里没有声音，没有保存。请检查话筒，再录一次，或者写几个字。"))
    out = io.BytesIO()
    soundfile.write(out, heard.mean(axis=1).astype(np.int16), rate, format="MP3", subtype="MPEG_LAYER_III")
    return out.getvalue(), max(1, round(len(heard) / rate))


def _unreadable() -> Refused:
    return Refused("wrong_type", fields=["file"], detail=_("这段录音打不开，没有保存。请用页面上的“录一段话”重录，或者换成 WAV、OGG 文件，也可以写几个字。"))
