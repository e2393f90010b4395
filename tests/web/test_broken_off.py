"""A connection that breaks off in the middle of what somebody sends: nothing of it is taken, and the same press again is the first."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client

from hawthorn.accounts.actions import make_token
from hawthorn.config.whole import whole
from hawthorn.files.models import Attachment
from hawthorn.loops.models import Item, Text
from make import Scene
from pictures import photo

WORDS = "槐树街口的旧邮筒倒了压住了盲道请尽快扶起来"


def send(path: str, body: bytes, kind: str, cut: int, **more: str) -> int:
    """The status for a body of which only the first bytes come."""
    told: list[int] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "testserver", "SERVER_PORT": "80", "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1", "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body[:cut]),
        "wsgi.url_scheme": "http", "wsgi.errors": io.StringIO(), **more,
    }  # fmt: skip
    signals = (request_started, request_finished)
    for signal in signals:  # the test's transaction outlives a request, as the test client sees to it too
        signal.disconnect(close_old_connections)
    try:
        answer: Any = whole(get_wsgi_application())(environ, lambda status, _headers: told.append(int(status.split()[0])))
        answer.close()
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
    return told[0]


@pytest.fixture
def form(s: Scene) -> tuple[dict[str, str], str]:
    """The fields of a resident's press, and the cookies."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/say", {"g": s.places["grid1"].code}).content.decode()
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"csrfmiddlewaretoken": token, "g": s.places["grid1"].code, "key": "k1", "words": WORDS}, cookies


def test_words_that_were_cut_are_not_taken_and_the_whole_is(form: tuple[dict[str, str], str]) -> None:
    fields, cookies = form
    body = urlencode(fields).encode()
    for cut in (0, len(body) - 90, len(body) - 1):
        assert send("/say", body, "application/x-www-form-urlencoded", cut, HTTP_COOKIE=cookies) == 400
    assert not Item.objects.exists()
    assert send("/say", body, "application/x-www-form-urlencoded", len(body), HTTP_COOKIE=cookies) == 200
    assert list(Text.objects.filter(field="words").values_list("words", flat=True)) == [WORDS]


def test_a_photo_that_was_cut_leaves_nothing_behind(form: tuple[dict[str, str], str]) -> None:
    fields, cookies = form
    line = b"--cut\r\nContent-Disposition: form-data; name="
    body = b"".join(line + f'"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items())
    body += line + b'"files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + photo().read() + b"\r\n--cut--\r\n"
    for cut in (len(body) // 2, len(body) - 60, len(body) - 3):
        assert send("/say", body, "multipart/form-data; boundary=cut", cut, HTTP_COOKIE=cookies) == 400
    assert not Item.objects.exists()
    assert not Attachment.objects.exists()
    assert send("/say", body, "multipart/form-data; boundary=cut", len(body), HTTP_COOKIE=cookies) == 200
    assert Attachment.objects.filter(item=Item.objects.get().pk).count() == 1


def test_the_api_takes_no_half_of_a_body(s: Scene) -> None:
    body = json.dumps({"words": WORDS}).encode()
    token = {"HTTP_AUTHORIZATION": f"Bearer {make_token(s.users['officer1'], 'x', now=s.now)}"}
    assert send("/api/v1/matters", body, "application/json", len(body) - 1, **token) == 422
    assert send("/api/v1/matters", body, "application/json", len(body), **token) == 201
    assert Item.objects.count() == 1
