"""A Needs class drawn as fields, and read back from what was posted. Nothing that was typed is ever lost."""

from __future__ import annotations

import typing
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _

from hawthorn.kernel.clock import SHANGHAI
from hawthorn.kernel.errors import SENTENCES, Refused, WrongType
from hawthorn.kernel.slots import CHOICES, Asking
from hawthorn.kernel.steps import Needs, Step, extra
from hawthorn.web.request import whole

LONG = 200
FEW = 8
Field = dict[str, Any]


def new_key() -> str:
    """A key that makes a command repeatable: one press is one step, also on a bad network."""
    return str(uuid.uuid4())


def key_again(request: Any, problem: Exception | None) -> str:
    """The key of a form that comes back: its own, a new one where that was used for something else. Notes why it came back."""
    request.refused = problem
    is_reused = isinstance(problem, Refused) and problem.code == "key_reused"
    return new_key() if is_reused else request.POST.get("key") or new_key()


def version_of(request: Any, step: Step) -> int | None:
    """What the page showed; a plain note is never stale. A number that no item can have is of an older page."""
    words = request.POST.get("version", "")
    return None if step.plain or not words.isdecimal() else whole(words) or 0


def plain_type(hint: Any) -> Any:
    """The type behind Annotated and `| None`."""
    while typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return plain_type(next(a for a in typing.get_args(hint) if a is not type(None)))
    return hint


def is_list(needs: type[Needs], name: str) -> bool:
    """Does the field hold several values."""
    return typing.get_origin(plain_type(needs.model_fields[name].annotation)) is list


def is_fixed(needs: type[Needs], name: str) -> bool:
    """One word that cannot be chosen: not drawn, not read."""
    hint = plain_type(needs.model_fields[name].annotation)
    return typing.get_origin(hint) is Literal and len(typing.get_args(hint)) == 1


def names_of(needs: type[Needs]) -> list[str]:
    """The fields a person is asked for."""
    return [n for n in needs.model_fields if not is_fixed(needs, n)]


def read(needs: type[Needs], post: QueryDict, prefix: str = "") -> dict[str, Any]:
    """What was posted, as raw values for the engine: empty means absent."""
    raw: dict[str, Any] = {}
    for name in names_of(needs):
        marks, key = extra(needs, name), prefix + name
        if marks.get("x-lines"):
            raw[name] = [line.strip() for line in post.get(key, "").splitlines() if line.strip()]
        elif is_list(needs, name):
            raw[name] = [v for v in post.getlist(key) if v]
        elif needs.model_fields[name].annotation is bool:
            raw[name] = key in post
        elif value := post.get(key, "").strip():
            raw[name] = value
    return {k: v for k, v in raw.items() if v not in ([], False)}


def problems(problem: Exception | None) -> dict[str, str]:
    """Field → sentence."""
    if isinstance(problem, WrongType):
        return {k: _(v) for k, v in problem.problems.items()}
    if isinstance(problem, Refused):
        own = problem.detail if problem.detail != SENTENCES.get(problem.code) else ""
        words = own or (_("请填这一项。") if problem.code == "missing" else _(SENTENCES.get(problem.code, problem.detail)))
        return {name: words for name in problem.fields}
    return {}


def draw(
    needs: type[Needs], asking: Asking, values: Mapping[str, Any] | None = None, problem: Exception | None = None, *, only: Any = None, prefix: str = ""
) -> list[Field]:
    """Dicts for _field.html, in the order of the class; `only` names fields, `values` are raw."""
    wrong, found = problems(problem), []
    for name in names_of(needs):
        if only is not None and name not in only:
            continue
        field = _field(needs, name, asking, (values or {}).get(name))
        field |= {"name": prefix + name, "id": prefix + name, "error": wrong.get(name, "")}
        if name in wrong:
            field["required"] = field.get("required") or (isinstance(problem, Refused) and problem.code == "missing")
        found.append(field)
    return found


def summary(fields: list[Field], problem: Exception | None) -> list[dict[str, str]]:
    """For _form_errors.html: the fields in trouble, or the one sentence."""
    rows = [{"id": f"f-{f.get('id', f['name'])}", "label": f["label"], "text": f["error"]} for f in fields if f.get("error")]
    if rows or problem is None:
        return rows
    words = problem.detail if isinstance(problem, Refused) else "；".join(problems(problem).values())
    return [{"id": "", "label": "", "text": _(words)}]


def _field(needs: type[Needs], name: str, asking: Asking, value: Any) -> Field:
    info, marks = needs.model_fields[name], extra(needs, name)
    hint = plain_type(info.annotation)
    default = info.default if not info.is_required() and isinstance(info.default, str | int) else None
    value = default if value is None else value
    field: Field = {"label": _(info.title or name), "value": value, "required": info.is_required()}
    if marks.get("x-ref") == "files":
        return field | {"kind": "file", "accept": "image/*", "multiple": True, "required": False, "value": None, "label": _("照片")}
    if "x-ref" in marks:
        return field | _choose(CHOICES[marks["x-ref"]].list(asking), value, is_list(needs, name), field["required"])
    if "x-labels" in marks:
        is_sure = info.is_required() or default is not None
        return field | _chips(list(marks["x-labels"].items()), value, is_sure) | {"required": is_sure}
    return field | _typed(hint, name, info, marks, value)


def _choose(rows: list[tuple[Any, str]], value: Any, many: bool, required: bool) -> Field:
    chosen = {str(v) for v in (value if isinstance(value, list | tuple) else [value]) if v is not None}
    choices = [{"value": v, "label": label, "on": str(v) in chosen} for v, label in rows]
    if many and len(choices) <= FEW * 3:
        return {"kind": "radio-chips", "many": True, "choices": choices}
    kind: Field = {"kind": "multiselect" if many else "select", "choices": choices} | ({"filter": _("输入几个字来找")} if len(choices) > FEW * 2 else {})
    return kind if many else kind | {"blank": _("请选择") if required else _("不填")}


def _chips(rows: list[tuple[Any, str]], value: Any, is_sure: bool) -> Field:
    choices = [{"value": v, "label": _(label), "on": str(v) == str(value)} for v, label in rows]
    if not is_sure:
        choices.insert(0, {"value": "", "label": _("不填"), "on": value in (None, "")})
    return {"kind": "radio-chips", "choices": choices}


def _typed(hint: Any, name: str, info: Any, marks: Mapping[str, Any], value: Any) -> Field:
    most = next((m.max_length for m in info.metadata if hasattr(m, "max_length")), None)
    if hint is bool:
        return {"kind": "checkbox", "value": bool(value), "required": False}
    if hint in (date, datetime):
        return {"kind": "date" if hint is date else "datetime-local", "value": _clock(value)}
    if hint is int:
        ranks = ("1 很不满意", "2 不满意", "3 一般", "4 满意", "5 很满意") if name == "rating" else ()
        return _chips([(i, label) for i, label in enumerate(ranks, 1)], value, False) if ranks else {"kind": "number", "inputmode": "numeric"}
    if marks.get("x-lines"):
        return {"kind": "textarea", "rows": 5, "value": "\n".join(value) if isinstance(value, list) else value}
    if name in ("phone", "mail"):
        return {"kind": "tel" if name == "phone" else "email", "max_length": most, "autocomplete": "off"}
    if marks.get("x-text") and (most or 0) > LONG:
        return {"kind": "textarea", "rows": 3, "max_length": most}
    return {"kind": "text", "max_length": most, "autocomplete": "off" if marks.get("x-contact") else ""}


def _clock(value: Any) -> str:
    """A time as datetime-local wants it, in Asia/Shanghai."""
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"
    return str(value or "")
