"""What the guards look at, as functions of a folder or text, so that each can be shown to fail on a planted violation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "hawthorn"
LIMITS = {".py": 400, ".html": 150, ".js": 150, ".css": 150}
FUNCTION = 50
WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "save", "get_or_create", "update_or_create"}
WRITERS = re.compile(
    r"(actions|erasure|reporters|flush|work|commands|workbook\w*|messages\w*|sheets|tasks|mail)\.py$|/actions/\w+\.py$|/migrations/|/config/demo/|/config/cli\.py$|journal/sql\.py$"
)
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/|127\.0\.0\.1|localhost|\{|\[|$)[a-z0-9][a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)


def code_files(folder: Path = SOURCE) -> Iterator[Path]:
    """Python of the product, without migrations."""
    yield from (p for p in sorted(folder.rglob("*.py")) if "/migrations/" not in str(p))


def too_large(folder: Path = SOURCE) -> list[str]:
    """Files and functions over their limit."""
    found = []
    for path in sorted(folder.rglob("*")):
        limit = LIMITS.get(path.suffix)
        if limit and "/migrations/" not in str(path) and ".min." not in path.name:
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > limit:
                found.append(f"{path.relative_to(folder)}: {lines} lines")
    for path in code_files(folder):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION:
                found.append(f"{path.relative_to(folder)}: {node.name} is {(node.end_lineno or 0) - node.lineno + 1} lines")
    return found


def stray_writes(folder: Path = SOURCE) -> list[str]:
    """Writes to tables outside actions, tasks and the engine: `X.objects.….create(…)`, `row.save()`."""
    found = []
    for path in code_files(folder):
        if WRITERS.search(str(path)):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and _is_table(node):
                found.append(f"{path.relative_to(folder)}:{node.lineno} {node.func.attr}")
    return found


def _is_table(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Attribute)
    saves = call.func.attr == "save" and {k.arg for k in call.keywords} <= {"update_fields", "force_insert"} and not call.args
    return saves or ".objects" in ast.unparse(call.func.value)


def outside_addresses(folder: Path = SOURCE) -> list[str]:
    """Any address of another host in templates, scripts, styles or code."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".html", ".js", ".css", ".svg", ".json", ".txt", ".toml") and path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if (path.suffix != ".py" or '"' in line or "'" in line) and OUTSIDE.search(_without_comment(line, path.suffix)):
                    found.append(f"{path.relative_to(folder)}:{number}")
    return found


def _without_comment(line: str, suffix: str) -> str:
    return re.sub(r"(^|\s)//\s.*$", "", line) if suffix == ".js" else line


def untimed(folder: Path = SOURCE) -> list[str]:
    """Code that reads the time of day itself instead of being told: only kernel/clock.py may."""
    found = []
    for path in code_files(folder):
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("datetime.now", "timezone.now", "date.today", "datetime.utcnow", "time.time"):
                found.append(f"{path.relative_to(folder)}:{node.lineno}")
    return found
