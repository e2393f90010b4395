"""What a tester found at the JSON door, and what holds since."""

from __future__ import annotations

from typing import Any

import pytest

from calling import BASE, problem

MULTI = "multipart/form-data; boundary=b"


def part(n: int, file: bool) -> bytes:
    more = b'; filename="x.jpg"\r\nContent-Type: image/jpeg' if file else b""
    return b'--b\r\nContent-Disposition: form-data; name="f%d"' % n + more + b"\r\n\r\nx\r\n"


def send(me: Any, body: bytes, kind: str = MULTI) -> Any:
    return me.client.generic("POST", BASE + "/files", body, content_type=kind, headers={"Authorization": f"Bearer {me.token}"})


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 300, "multipart/form-data; boundary=\xff"])
def test_a_broken_upload_is_a_problem(call: Any, kind: str) -> None:
    problem(send(call("officer1"), b"--b\r\nrubbish", kind), 422, "wrong_type")


def test_too_many_files_or_fields_are_a_problem(call: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 5
    for file in (True, False):
        body = b"".join(part(n, file) for n in range(9)) + b"--b--\r\n"
        problem(send(call("officer1"), body), 422, "wrong_type")


def test_too_large_a_body_is_a_problem(call: Any, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5
    body = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"x" * 100 + b"\r\n--b--\r\n"
    problem(send(call("officer1"), body), 413, "too_large")


def test_who_gives_tokens_is_said_as_it_is(call: Any) -> None:
    said = problem(call("").get("/loops"), 401, "no_token")["detail"]
    assert "我的" not in said
    assert "县区管理员" in said
