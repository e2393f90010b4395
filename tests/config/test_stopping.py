"""Ctrl+C reaches every process of the terminal at once: the service ends all the same, with nothing left behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

from own_database import environment, own_database


def test_ctrl_c_ends_the_service_while_browsers_hold_connections() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with own_database() as env:
        command = [sys.executable, "-c", "from hawthorn.config.cli import main; main(['serve'])"]
        served = subprocess.Popen(
            command, env=environment(**env, HAWTHORN_PORT=str(port)), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            held = [_asked(port) for _n in range(3)]
            os.killpg(served.pid, signal.SIGINT)
            served.wait(timeout=30)
            assert _is_gone(served.pid)
            for connection in held:
                connection.close()
        finally:
            if not _is_gone(served.pid):
                os.killpg(served.pid, signal.SIGKILL)
                served.wait()


def _asked(port: int) -> http.client.HTTPConnection:
    """A connection that has had an answer and stays open."""
    for _n in range(200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            connection.close()
            time.sleep(0.1)
        else:
            return connection
    raise AssertionError("the service did not start")


def _is_gone(group: int) -> bool:
    """No process of the group is left, a moment granted."""
    for _n in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
