"""The description of the JSON door (OpenAPI 3.1): every loop with its own paths and bodies, from the same tables."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from hawthorn.kernel.slots import CHOICES, LOOPS
from hawthorn.kernel.steps import Loop, Step
from hawthorn.kernel.words import _
from hawthorn.web.api_answers import TITLES, packed
from hawthorn.web.api_loops import create_schema, step_schema

router = Router()
WHOLE = {"type": "integer", "minimum": 0}
WORDS = {"type": "string"}
AT = {"type": ["string", "null"], "format": "date-time"}
NUMBER = {"type": ["integer", "null"]}
ITEM_PROPERTIES: dict[str, Any] = {
    "id": WHOLE, "loop": WORDS, "receipt": WORDS, "title": WORDS, "stage": WORDS, "stage_label": WORDS, "open": {"type": "boolean"}, "version": WHOLE,
    "holder": NUMBER, "holder_name": WORDS, "due_at": AT, "stage_due_at": AT, "promise_at": AT, "outside_due_at": AT, "opened_at": AT, "closed_at": AT,
    "urgent": {"type": "boolean"}, "raised_level": WORDS, "kind": WORDS, "parent": NUMBER, "places": {"type": "object"},
    "open_steps": {"type": "array", "items": WORDS},
}  # fmt: skip
EVENT_PROPERTIES: dict[str, Any] = {
    "at": AT, "seq": WHOLE, "step": WORDS, "label": WORDS, "stage": WORDS, "post": NUMBER, "post_name": WORDS, "door": WORDS,
    "texts": {"type": "array", "items": {"type": "object"}},
}  # fmt: skip


@router.get("/openapi.json", auth=None)
def read_openapi(request: HttpRequest) -> HttpResponse:
    """The whole description; it holds nobody's data."""
    return HttpResponse(_document(), content_type="application/json; charset=utf-8")


@cache
def _document() -> bytes:
    return packed(document())


def document() -> dict[str, Any]:
    """The description as a value."""
    paths = _fixed()
    for loop in LOOPS:
        paths |= _of_loop(loop)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hawthorn", "version": "1", "description": _("网格事项闭环的公开接口。每个流程一样的用法。")},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Item": {"type": "object", "required": ["id", "loop", "receipt", "stage", "version"], "properties": ITEM_PROPERTIES},
                "Event": {"type": "object", "required": ["at", "seq", "step", "stage", "post", "door"], "properties": EVENT_PROPERTIES},
                "Choice": {"type": "object", "required": ["value", "label"], "properties": {"value": WHOLE, "label": WORDS}},
                "Problem": _problem(),
            },
            "responses": {
                str(status): {"description": words, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
                for status, words in TITLES.items()
            },
        },
    }


def _problem() -> dict[str, Any]:
    said: dict[str, Any] = {"type": WORDS, "title": WORDS, "status": WHOLE, "code": WORDS, "detail": WORDS}
    return {"type": "object", "required": list(said), "properties": {**said, "fields": {"type": "object", "additionalProperties": WORDS}}}


def _fixed() -> dict[str, Any]:
    some = {"type": "object"}
    kinds = {"type": "string", "enum": [name for name, _provider in CHOICES.items()]}
    upload = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
    kept = {"type": "object", "required": ["id", "mime", "size"], "properties": {"id": WHOLE, "mime": WORDS, "size": WHOLE}}
    sending = _does("upload_file", _("上传照片或文件"), {"201": _answers(kept)}, problems=(401, 409, 413, 422, 429))
    sending["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": upload}}}
    duties = [_asked("mine"), _asked("all"), _asked("loop"), _asked("item", WHOLE), *_paging()]
    choices = [_in_path("kind", kinds), _asked("item", WHOLE), _asked("q")]
    return {
        "/api/v1/loops": {"get": _does("list_loops", _("所有流程"), {"200": _answers(_rows(some))})},
        "/api/v1/duties": {"get": _does("list_duties", _("待办"), {"200": _answers(_rows(_ref("Item")))}, duties)},
        "/api/v1/choices/{kind}": {
            "get": _does("list_choices", _("可选的行"), {"200": _answers(_rows(_ref("Choice")))}, choices, problems=(401, 404, 422, 429))
        },
        "/api/v1/files": {"post": sending},
        "/api/v1/openapi.json": {"get": {**_does("read_openapi", _("本说明"), {"200": _answers(some)}, problems=()), "security": []}},
    }


def _of_loop(loop: Loop) -> dict[str, Any]:
    base, name = f"/api/v1/{loop.name}", loop.name
    item = [_in_path("id", WHOLE)]
    asked = [_asked("stage", {"type": "string", "enum": list(loop.stages)}), _asked("grid"), _asked("q"), _asked("open"), _asked("seat", WHOLE), *_paging()]
    listing: dict[str, Any] = {"get": _does(f"list_{name}", _("列表"), {"200": _answers(_rows(_ref("Item")))}, asked, problems=(401, 404, 422, 429))}
    if making := [step for step in loop.steps.values() if not step.sources]:
        listing["post"] = _making(loop, making)
    tagged = _does(f"read_{name}", _("一件"), {"200": _answers(_ref("Item")), "304": {"description": _("没有变化")}}, item, problems=(401, 404, 429))
    told = _does(f"events_{name}", _("经过"), {"200": _answers(_rows(_ref("Event")))}, item, problems=(401, 404, 429))
    paths = {base: listing, base + "/{id}": {"get": tagged}, base + "/{id}/events": {"get": told}}
    for step in loop.steps.values():
        if step.sources:
            paths[f"{base}/{{id}}/steps/{step.name}"] = {"post": _taking(loop, step)}
    return paths


def _making(loop: Loop, making: list[Step]) -> dict[str, Any]:
    known = [*(s for s in making if s.name == loop.create), *(s for s in making if s.name != loop.create)]
    step = {"type": "string", "enum": [s.name for s in known]}
    answers = {"201": _answers(_ref("Item")), "200": _answers(_ref("Item"))}
    does = _does(f"create_{loop.name}", known[0].label, answers, [_asked("step", step), _key()], problems=(401, 404, 409, 413, 422, 429))
    bodies = [create_schema(loop, s) for s in known]
    return {**does, "requestBody": _body(bodies[0] if len(bodies) == 1 else {"anyOf": bodies})}


def _taking(loop: Loop, step: Step) -> dict[str, Any]:
    does = _does(
        f"{loop.name}_{step.name}", step.label, {"200": _answers(_ref("Item"))}, [_in_path("id", WHOLE), _key()], problems=(401, 404, 409, 413, 422, 429)
    )
    return {**does, "description": step.who, "requestBody": _body(step_schema(loop, step), is_needed=False)}


def _does(
    name: str, label: str, answers: dict[str, Any], asked: list[dict[str, Any]] | None = None, problems: tuple[int, ...] = (401, 422, 429)
) -> dict[str, Any]:
    responses = {**answers, **{str(status): {"$ref": f"#/components/responses/{status}"} for status in problems}}
    return {"operationId": name, "summary": label, "responses": responses, **({"parameters": asked} if asked else {})}


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": _("好"), "content": {"application/json": {"schema": schema}}}


def _body(schema: dict[str, Any], *, is_needed: bool = True) -> dict[str, Any]:
    return {"required": is_needed, "content": {"application/json": {"schema": schema}}}


def _rows(row: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": row}, "next": {"type": ["string", "null"]}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _asked(name: str, schema: dict[str, Any] = WORDS) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _in_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _paging() -> list[dict[str, Any]]:
    return [_asked("cursor"), _asked("limit", {"type": "integer", "minimum": 1, "maximum": 200})]


def _key() -> dict[str, Any]:
    return {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 64}}
