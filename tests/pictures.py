"""Small pictures as a phone sends them."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def photo(colour: str = "green") -> SimpleUploadedFile:
    """A JPEG of one colour."""
    body = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(body, "JPEG")
    return SimpleUploadedFile("x.jpg", body.getvalue(), "image/jpeg")
