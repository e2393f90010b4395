"""A network line between browser and server that a test can cut: whole, before anything passes, or half way."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Line:
    """`up`: does anything pass. `cuts`: how the next posts end, but for those to the address that is spared.

    `delay`: seconds before a connection stands and before each answer begins; `rate`: bytes a second of answers, shared by all connections.
    """

    target: int
    port: int = 0
    up: bool = True
    spare: str = "/unsent"
    delay: float = 0
    rate: int = 0
    cuts: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    _open: set[socket.socket] = field(default_factory=set)
    _pipe: threading.Lock = field(default_factory=threading.Lock)

    def cut(self) -> None:
        """Nothing passes any more; what is under way breaks off."""
        self.up = False
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self, *cuts: str) -> None:
        """It passes again; the next posts are cut as named: "request" (half of it arrives), "answer" (taken, but the answer is lost)."""
        self.cuts = list(cuts)
        self.up = True

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                near, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        """One connection, request by request as bytes come: everything is passed on but what is to be cut."""
        if not self.up:
            near.close()
            return
        time.sleep(self.delay)
        far = socket.create_connection(("127.0.0.1", self.target))
        self._open |= {near, far}
        way = {"cut": "", "fresh": ""}
        back = threading.Thread(target=self._back, args=(far, near, way), daemon=True)
        back.start()
        try:
            while piece := near.recv(65536):
                if piece.startswith(b"POST ") and self.cuts and self.spare.encode() not in piece[:40]:
                    way["cut"] = self.cuts.pop(0)
                    self.done.append(way["cut"])
                if way["cut"] == "request":
                    far.sendall(piece[: len(piece) // 2])
                    break
                way["fresh"] = "1"
                far.sendall(piece)
        except OSError:
            pass
        finally:
            self._close(near, far)

    def _back(self, far: socket.socket, near: socket.socket, way: dict[str, str]) -> None:
        try:
            while piece := far.recv(65536):
                if way["cut"] == "answer":
                    break
                self._slow(piece, way)
                near.sendall(piece)
        except OSError:
            pass
        finally:
            self._close(near, far)

    def _slow(self, piece: bytes, way: dict[str, str]) -> None:
        if self.delay and way["fresh"]:
            time.sleep(self.delay)
        way["fresh"] = ""
        if self.rate:
            with self._pipe:
                time.sleep(len(piece) / self.rate)

    def _close(self, *ends: socket.socket) -> None:
        for end in ends:
            self._open.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextlib.contextmanager
def line_to(target: int) -> Iterator[Line]:
    """A line to a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    line = Line(target, listener.getsockname()[1])
    threading.Thread(target=line.serve, args=(listener,), daemon=True).start()
    yield line
    line.cut()
    listener.close()
