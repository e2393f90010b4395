"""A caller of the JSON door, and the problems it is told."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

BASE = "/api/v1"


class Caller:
    """Speaks JSON with a bearer token."""

    def __init__(self, token: str) -> None:
        self.client, self.token = Client(), token

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.client.get(BASE + path, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST of a value as JSON, or of bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        return self.client.post(BASE + path, data, content_type="application/json", headers=self._headers(headers))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        mine = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**mine, **{name.replace("_", "-"): value for name, value in more.items()}}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem an answer is: status, code, media type, all fields, Chinese words."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"].startswith("application/problem+json")
    said: dict[str, Any] = answer.json()
    assert said["status"] == status
    assert said["code"] == code
    assert set(said) - {"fields"} == {"type", "title", "status", "code", "detail"}
    assert any("\u4e00" <= c <= "\u9fff" for c in said["detail"]), said
    assert any("\u4e00" <= c <= "\u9fff" for c in said["title"]), said
    return said
