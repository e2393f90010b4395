"""What the JSON door says and hears: answers, problems (RFC 9457) with Chinese words, bodies, numbers, cursors."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from hawthorn.kernel.errors import SENTENCES, STATUS, Refused, WrongType
from hawthorn.kernel.words import _
from hawthorn.web.request import is_near

MOST = 200
BIGGEST = 2**63 - 1
TITLES: dict[int, str] = {
    401: _("没有登录"),
    404: _("没有找到"),
    405: _("不支持这种方法"),
    409: _("现在不能办"),
    413: _("太大了"),
    422: _("格式不对"),
    429: _("请慢一点"),
    500: _("出错了"),
}
DETAILS: dict[str, str] = {
    "no_token": _("请在 Authorization 里带上有效的令牌。令牌由县区管理员或者管这套系统的人发给您。"),
    "not_there": _("没有这一项，或者您看不到它。"),
    "wrong_method": _("这个地址不支持这种方法。"),
    "too_large": _("内容太大了。没有保存，请缩小后再传。"),
    "slow_down": _("请求太快了。请等一会儿再试。"),
    "wrong_type": _("内容的格式不对。"),
    "signed_out": _("请重新登录，登录后自动送出。"),
    "locked": _("已锁屏，解锁后自动送出。"),
    "new_password": _("请先换成自己的密码，换好后自动送出。"),
    "other_user": _("这是别人写的，要等那个人登录再送出。"),
    "csrf": _("页面太旧了，没有收下。请再送一次。"),
    "cut": _("只收到一半，没有收下。请再送一次。"),
    "broken": _("服务器出错了，没有改动任何东西。请稍后再试。"),
    **SENTENCES,
}
NEEDED = _("这一项要填。")


def say(data: Any, status: int = 200) -> HttpResponse:
    """`data` as JSON; times as ISO 8601."""
    return HttpResponse(packed(data), content_type="application/json; charset=utf-8", status=status)


def packed(data: Any) -> bytes:
    """The bytes of an answer."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not for JSON: {type(value).__name__}")


def problem(status: int, code: str, detail: str = "", fields: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """What went wrong, for a program (`code`, `fields`) and for a person (`detail`); `more` is what one door adds."""
    words = detail if detail and detail != code else DETAILS.get(code, TITLES.get(status, code))
    said: dict[str, Any] = {"type": f"urn:hawthorn:{code}", "title": TITLES.get(status, code), "status": status, "code": code, "detail": words}
    if fields:
        said["fields"] = dict(fields)
    said |= more or {}
    return HttpResponse(packed(said), content_type="application/problem+json; charset=utf-8", status=status)


def refused(found: Refused, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """A refusal: 409, or the status its code stands for."""
    fields = dict.fromkeys(found.fields, NEEDED) if found.code == "missing" else dict.fromkeys(found.fields, DETAILS.get(found.code, found.detail))
    answer = problem(STATUS.get(found.code, 409), found.code, found.detail, fields, more)
    if answer.status_code == 429:
        answer["Retry-After"] = "60"
    return answer


def unreadable(found: WrongType, more: Mapping[str, Any] | None = None) -> HttpResponse:
    """422, with what is wrong in which field."""
    words = " ".join(f"{name}：{sentence}" if name else sentence for name, sentence in found.problems.items())
    return problem(422, "wrong_type", words, {name or "body": sentence for name, sentence in found.problems.items()}, more)


# ── what is heard ──
def heard(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a body; an empty body is an empty object. Raises WrongType, Refused too_large."""
    try:
        raw = request.body
    except RequestDataTooBig:
        raise Refused("too_large", detail=DETAILS["too_large"]) from None
    try:
        data = json.loads(raw.decode() or "{}", parse_constant=_no_constant)
        if b"\\ud" in raw.lower():
            packed(data)
    except (ValueError, RecursionError):
        raise WrongType({"": _("内容不是能读的 JSON。")}) from None
    if not isinstance(data, dict):
        raise WrongType({"": _("内容要是一个 JSON 对象。")})
    return data


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def key_of(request: HttpRequest) -> str:
    """The Idempotency-Key, empty where there is none. Raises WrongType."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 64 or not key.isprintable():
        raise WrongType({"Idempotency-Key": _("提交编号最多 64 个字符。")})
    return key


def number(name: str, words: str, *, least: int = 0, most: int = BIGGEST) -> int:
    """A whole number of the query. Raises WrongType."""
    if not (words.isascii() and words.isdigit()) or len(words) > 19 or not least <= int(words) <= most:
        raise WrongType({name: _("要填整数。")})
    return int(words)


def limit_of(request: HttpRequest) -> int:
    """How many rows: 1 to 200, 50 where not said; more than 200 is 200."""
    return min(number("limit", request.GET.get("limit", "") or "50", least=1), MOST)


def flag(request: HttpRequest, name: str) -> bool | None:
    """1/true or 0/false of the query, None where not said. Raises WrongType."""
    words = request.GET.get(name, "").lower()
    if words not in ("", "0", "1", "true", "false"):
        raise WrongType({name: _("只能填 1 或 0。")})
    return None if not words else words in ("1", "true")


def cursor(*parts: Any) -> str:
    """Where the next page begins."""
    return urlsafe_b64encode(packed(parts)).decode().rstrip("=")


def place_of(request: HttpRequest, timed: bool) -> tuple[datetime | None, int] | None:
    """Where this page begins: (time, id), or (None, id) for lists by number. Raises WrongType."""
    words = request.GET.get("cursor", "")
    if not words:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(words + "=" * (-len(words) % 4)))
        at = datetime.fromisoformat(parts[0]) if timed else None
        if len(parts) != 1 + timed or isinstance(parts[-1], bool) or not 0 <= parts[-1] <= BIGGEST or (at is not None and not is_near(at)):
            raise ValueError(words)
        return at, int(parts[-1])
    except (ValueError, TypeError, LookupError, RecursionError, binascii.Error):
        raise WrongType({"cursor": _("翻页的位置不对，请从第一页重新取。")}) from None
