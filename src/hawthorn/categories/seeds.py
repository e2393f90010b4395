"""What a new tenant starts with, read from `data/` (sources in the README beside it). Plain values, no database."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
KINDS = {"管理部件": "c", "管理事项": "m"}
OTHER = "其他"


@cache
def presets() -> dict[str, dict[str, Any]]:
    """Limits ready to choose, by code, in the shape of Policy, with name, source and status. Treat as frozen."""
    return {entry["preset"]: entry for entry in _json("presets.json")["presets"]}


def calendar_days() -> list[tuple[date, str, str]]:
    """Days that differ from Mon–Fri: (day, off or work, name)."""
    return [(date.fromisoformat(row["date"]), row["kind"], row["name"]) for row in _csv("cn-workday-exceptions-2025-2026.csv")]


def categories(preset: str) -> list[dict[str, Any]]:
    """All lines of the three catalogues as values of Category, with the limits of single categories that the preset brings."""
    limits = presets()[preset].get("limits", {})
    house = _json("house-catalogue.json")
    lines = [*_city(house), *_disputes(house), *_services(house)]
    return [{**line, "limits": limits.get(line["key"], {})} for line in lines]


def _city(house: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row in _csv("gbt47678.5-2026-catalogue.csv"):
        key = KINDS[row["kind"]] + row["code"]
        line = _line(house, "city", key, row["name"], row["major_name"])
        yield {**line, "tier": _tier(house, row["name"]), "is_public": key not in house["not_public"]}


def _disputes(house: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rows = _csv("gbt31000-2015-dispute-types.csv")
    classes = {row["code"]: row["name"] for row in rows if not row["parent_code"]}
    split = {row["parent_code"] for row in rows}
    for row in rows:
        if row["code"] in split:
            continue
        group = classes[row["parent_code"] or row["code"]]
        line = _line(house, "dispute", "d" + row["code"], _full_name(row["name"], group), group)
        yield {**line, "is_public": False, "duplicate_metres": 0}


def _services(house: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in house["services"]:
        line = _line(house, "service", entry["key"], entry["name"], entry["group"])
        yield {**line, "is_public": False, "duplicate_metres": 0, **entry}


def _line(house: dict[str, Any], catalogue: str, key: str, name: str, group: str) -> dict[str, Any]:
    abroad = house["not_in_duty_list"]
    elsewhere = house["elsewhere"]
    return {
        "catalogue": catalogue,
        "key": key,
        "name": name,
        "group": group,
        "needs_proof": key in house["needs_proof"],
        "needs_check": key in house["needs_check"],
        "in_duty_list": group not in abroad["groups"] and not any(word in name for word in abroad["words"]),
        "advice": house["advice"].get(key, ""),
        "elsewhere": elsewhere.get(key) or elsewhere.get(key[:3], ""),
    }


def _full_name(name: str, group: str) -> str:
    """“其他” alone says nothing in a title: 其他 + its class."""
    if name != OTHER:
        return name
    if group == OTHER:
        return "其他纠纷"
    return group if group.startswith(OTHER) else OTHER + group


def _tier(house: dict[str, Any], name: str) -> str:
    return next((tier for tier, signs in house["tiers"].items() if any(sign in name for sign in signs)), "ordinary")


def _json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


def _csv(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
