"""A body is taken whole or not at all: where a connection breaks off, what came of it is nobody's word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class BrokenOff(OSError):
    """Fewer bytes came than Content-Length said."""


class WholeBody:
    """The input of a request, which raises BrokenOff where it ends too early; Django answers that with 400."""

    def __init__(self, body: Any, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        """As a file's: all that is asked for, as far as the length goes."""
        wanted, found = self._left if size < 0 else min(size, self._left), b""
        while len(found) < wanted:
            piece = self._body.read(wanted - len(found))
            if not piece:
                raise BrokenOff("the body ended before its length")
            found += piece
        self._left -= len(found)
        return found

    def readline(self, size: int = -1) -> bytes:
        """As a file's."""
        found: bytes = self._body.readline(self._left if size < 0 else min(size, self._left))
        if not found and size != 0 and self._left:
            raise BrokenOff("the body ended before its length")
        self._left -= len(found)
        return found


def whole(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The same application, with bodies that are whole."""

    def guarded(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length) > 0:
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return application(environ, start)

    return guarded
