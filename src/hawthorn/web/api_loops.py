"""The loops as they are: stages, steps, and the JSON Schema of every body, drawn from the tables the pages are drawn from."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import Loop, Needs, Stage, Step
from hawthorn.kernel.words import _
from hawthorn.web.api_answers import say

router = Router()
VERSION = {"type": "integer", "minimum": 0, "title": _("版本号（可不填；填了就只在没有人改过时才办）")}


@router.get("/loops")
def list_loops(request: HttpRequest) -> HttpResponse:
    """Every loop with its stages and steps."""
    return say({"items": [loop_card(loop) for loop in LOOPS]})


@cache
def _schema(needs: type[Needs], label: str) -> dict[str, Any]:
    made = needs.model_json_schema()
    defs = made.pop("$defs", {})
    made.pop("description", None)
    found = _inlined(made, defs)
    return {**found, "title": label, "properties": {n: _bare(f) for n, f in found.get("properties", {}).items()}}


def _inlined(value: Any, defs: dict[str, Any]) -> Any:
    """Named parts in place of their names; the bodies are flat, so there is no end to miss."""
    if isinstance(value, dict):
        if name := value.get("$ref", "").removeprefix("#/$defs/"):
            return _inlined({**defs[name], **{k: v for k, v in value.items() if k != "$ref"}}, defs)
        return {k: _inlined(v, defs) for k, v in value.items()}
    return [_inlined(v, defs) for v in value] if isinstance(value, list) else value


def _bare(of_field: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in of_field.items() if k not in ("x-contact", "x-ref")}


def create_schema(loop: Loop, step: Step) -> dict[str, Any]:
    """The body of a creating step."""
    return _schema(step.needs, f"{loop.label} · {step.label}")


def step_schema(loop: Loop, step: Step) -> dict[str, Any]:
    """The body of a step on an item, with the version that may go with it."""
    made = create_schema(loop, step)
    return {"type": "object", **made, "properties": {**made["properties"], "version": VERSION}}


def loop_card(loop: Loop) -> dict[str, Any]:
    """One loop in words and schemas."""
    first = loop.steps[loop.create] if loop.create else None
    making = [first] if first else [s for s in loop.steps.values() if not s.sources]
    return {
        "name": loop.name,
        "label": loop.label,
        "starts": list(dict.fromkeys(target for step in making for target in step.targets)),
        "create": create_schema(loop, first) if first else None,
        "create_step": first.name if first else None,
        "stages": [_stage_card(stage) for stage in loop.stages.values()],
        "steps": [_step_card(loop, step) for step in loop.steps.values()],
    }


def _stage_card(stage: Stage) -> dict[str, Any]:
    return {
        "code": stage.code, "label": stage.label, "open": stage.open, "holder": stage.holder, "limit": stage.limit, "waiting": stage.waiting,
        "reads": stage.reads,
    }  # fmt: skip


def _step_card(loop: Loop, step: Step) -> dict[str, Any]:
    return {
        "name": step.name, "label": step.label, "sources": list(step.sources), "targets": list(step.targets), "who": step.who,
        "needs": step_schema(loop, step) if step.sources else create_schema(loop, step), "time_out": step.time_out, "creates": not step.sources,
    }  # fmt: skip
