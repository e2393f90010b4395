"""Draws bodies of steps from their JSON Schema and x-choices, as an outside client would."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from hawthorn.kernel.slots import CHOICES, Asking
from hawthorn.kernel.steps import Step

WORDS = ("路灯不亮", "井盖松动", "垃圾没有清", "下水道返味", "楼道堆放杂物", "树枝挡路")


def draw(step: Step, asking: Asking, random: Random, *, full: bool = False) -> dict[str, Any] | None:
    """A body for the step, or None where a needed choice has no values."""
    schema = step.needs.model_json_schema()
    defs, needed = schema.get("$defs", {}), set(schema.get("required", []))
    body: dict[str, Any] = {}
    for name, field in schema.get("properties", {}).items():
        if name not in needed and not full and random.random() < 0.6:
            continue
        if name == "files":
            continue
        value = _value(_resolve(field, defs), asking, random)
        if value is None and name in needed:
            return None
        if value is not None:
            body[name] = value
    return body


def _resolve(field: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    options = [o for o in field.get("anyOf", []) if o.get("type") != "null"]
    if options:
        field = {**field, **options[0]}
    if "$ref" in field:
        field = {**field, **defs[field["$ref"].rsplit("/", 1)[1]]}
    return field


def _value(field: dict[str, Any], asking: Asking, random: Random) -> Any:
    if "x-ref" in field:
        return _chosen(field, asking, random)
    if "enum" in field:
        return random.choice(field["enum"])
    if "const" in field:
        return field["const"]
    kind = field.get("type")
    if kind == "array":
        number = random.randint(field.get("minItems", 0), min(field.get("maxItems", 3), field.get("minItems", 0) + 2))
        return [random.choice(WORDS) for _ in range(number)]
    if kind == "boolean":
        return random.random() < 0.3
    if kind == "integer":
        return random.randint(field.get("minimum", 0), field.get("maximum", 5))
    if field.get("format") == "date-time":
        at: datetime = asking.now + timedelta(hours=random.randint(2, 24 * 9))
        return at.isoformat()
    return _text(field, random)


def _chosen(field: dict[str, Any], asking: Asking, random: Random) -> Any:
    values = [value for value, _label in CHOICES[field["x-ref"]].list(asking)]
    if not values:
        return None
    if field.get("type") == "array":
        return random.sample(values, min(len(values), max(field.get("minItems", 1), random.randint(1, 2))))
    return random.choice(values)


def _text(field: dict[str, Any], random: Random) -> str:
    pattern = field.get("pattern", "")
    if pattern.startswith("^[0-9"):
        return f"139{random.randint(0, 99999999):08d}"
    if "@" in pattern:
        return "a@example.com"
    return random.choice(WORDS)[: field.get("maxLength", 100)]
