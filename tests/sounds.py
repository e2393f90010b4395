"""Short sounds as a phone sends them."""

from __future__ import annotations

import io
import wave

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile

RATE = 16000


def wav(seconds: float = 2, *, tone: int = 440, sides: int = 1) -> bytes:
    """A tone (0: silence)."""
    spread = (np.sin(np.arange(int(seconds * RATE)) * tone * 2 * np.pi / RATE) * 9000).astype("<i2")
    body = io.BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(sides)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.repeat(spread, sides).tobytes())
    return body.getvalue()


def told(seconds: float = 2) -> SimpleUploadedFile:
    """As a form carries it."""
    return SimpleUploadedFile("voice.wav", wav(seconds), "audio/wav")
