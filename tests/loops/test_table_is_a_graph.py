"""The tables as graphs: every stage can be reached; every open stage has an exit, a holder and a limit; every waiting one a time-out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hawthorn.kernel.slots import LOOPS
from hawthorn.kernel.steps import Loop, Stage


def unreachable(loop: Loop) -> set[str]:
    """Stages no way leads to from the creating steps."""
    seen = {t for s in loop.steps.values() if not s.sources for t in s.targets}
    while True:
        more = {t for s in loop.steps.values() if s.name != "rehome" and set(s.sources) & seen for t in s.targets} - seen
        if not more:
            return set(loop.stages) - seen
        seen |= more


def faults(loop: Loop) -> list[str]:
    """What is wrong with a table."""
    found = [f"{stage} cannot be reached" for stage in sorted(unreachable(loop))]
    for stage in loop.stages.values():
        ways = [s for s in loop.steps.values() if stage.code in s.sources and s.name != "rehome"]
        if stage.open and not any(set(s.targets) - {stage.code} for s in ways):
            found.append(f"{stage.code} has no exit")
        if stage.open and not (stage.holder and stage.limit):
            found.append(f"{stage.code} has no holder or limit")
        if stage.waiting and not any(s.time_out for s in ways):
            found.append(f"{stage.code} waits without time-out")
        if stage.waiting and not any(not s.time_out and set(s.targets) - {stage.code} for s in ways):
            found.append(f"{stage.code} can be left by time only")
    for step in loop.steps.values():
        if unknown := ({*step.sources, *step.targets} - set(loop.stages)):
            found.append(f"{step.name} names {unknown}")
        if not step.who or not step.label:
            found.append(f"{step.name} says not who or what")
    return found


def test_every_table_is_a_sound_graph() -> None:
    assert {loop.name: faults(loop) for loop in LOOPS} == {loop.name: [] for loop in LOOPS}
    assert {loop.name for loop in LOOPS} >= {"matters", "assists", "approvals", "instructions", "complaints", "vacancies"}


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (lambda m: replace(m, stages={**m.stages, "lost": Stage("lost", "丢了", False)}), "lost cannot be reached"),
        (lambda m: replace(m, steps={k: v for k, v in m.steps.items() if k != "review_due"}), "parked waits without time-out"),
        (lambda m: replace(m, stages={**m.stages, "found": Stage("found", "待受理")}), "found has no holder or limit"),
    ],
)
def test_a_planted_fault_is_found(planted: object, said: str) -> None:
    assert said in faults(planted(LOOPS["matters"]))  # type: ignore[operator]


def test_every_word_a_step_takes_is_public_staff_contact_or_one_of_a_list() -> None:
    plain = {"outside_number", "outside_source", "digest", "why", "month", "mark", "on"}  # numbers and counts said by the system, a month
    for loop in LOOPS:
        for step in loop.steps.values():
            for name, field in step.needs.model_json_schema().get("properties", {}).items():
                types = {field.get("type"), *(o.get("type") for o in field.get("anyOf", []))}
                if "string" in types and not (field.keys() & {"enum", "const", "x-text", "x-contact", "x-labels"}) and name not in plain:
                    formats = {field.get("format"), *(o.get("format") for o in field.get("anyOf", []))}
                    assert "date-time" in formats, (loop.name, step.name, name)
