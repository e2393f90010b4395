"""The look keeps its promises: contrast, sizes, no inline script or style, nothing from outside.

Colours are read from tokens.css; which of them meet is read from the other sheets, so a new pair is measured by itself.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.template import Engine

WEB = Path(__file__).resolve().parents[2] / "src" / "hawthorn" / "web"
STATIC = WEB / "static" / "web"
TEMPLATES = WEB / "templates"
SHEETS = sorted(STATIC.glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
TEXTS = [*SHEETS, *SCRIPTS, *sorted(STATIC.glob("*.svg")), *PAGES]

SURFACES = ("paper", "card", "wash")
ON_SURFACES = ("ink", "quiet", "leaf-deep", "berry-deep")
# Words with a ground of their own; rules that name both colours are found in the sheets besides.
PAIRS = {
    ("on-leaf", "leaf"), ("on-leaf", "leaf-deep"), ("on-leaf", "berry"),
    ("leaf-deep", "leaf-wash"), ("ink", "leaf-wash"), ("ink", "leaf-mid"),
    ("berry-deep", "berry-wash"), ("ink", "berry-wash"),
    ("amber-deep", "amber-wash"), ("ink", "amber-wash"), ("quiet", "amber-wash"),
    ("sky", "sky-wash"), ("ink", "sky-wash"), ("leaf-deep", "sky-wash"),
    *product(ON_SURFACES, SURFACES),
}  # fmt: skip
# What one must see though it is not text: 3:1 (WCAG 1.4.11).
SHAPES = {*product(("edge", "leaf", "berry", "amber"), ("paper", "card"))}


def read_modes() -> dict[str, dict[str, str]]:
    """Property values by mode: normal, elder, elder-2, and each of them with high contrast."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "tokens.css").read_text("utf-8"), flags=re.S)
    plain, _, more = text.partition("@media (prefers-contrast: more)")
    blocks = {name: dict(re.findall(r"--([\w-]+):\s*([^;]+);", body)) for name, body in re.findall(r"([\w.:-]+)\s*\{([^}]*)\}", plain)}
    sharp = dict(re.findall(r"--([\w-]+):\s*([^;]+);", more))
    normal = blocks[":root"]
    elder = normal | blocks[".elder"]
    modes = {"normal": normal, "elder": elder, "elder-2": elder | blocks[".elder-2"]}
    return modes | {f"{name}, more contrast": values | sharp for name, values in modes.items()}


MODES = read_modes()


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs_in_sheets() -> set[tuple[str, str]]:
    """(colour, background) of every rule that sets both."""
    found = set()
    for sheet in SHEETS:
        for body in re.findall(r"\{([^{}]*)\}", sheet.read_text("utf-8")):
            fore = re.search(r"(?<![\w-])color:\s*var\(--([\w-]+)\)", body)
            back = re.search(r"(?<![\w-])background(?:-color)?:\s*var\(--([\w-]+)\)", body)
            if fore and back:
                found.add((fore[1], back[1]))
    return found


def weak(pairs: set[tuple[str, str]], mode: str, least: float) -> list[str]:
    """The pairs below the least contrast, in words."""
    values = MODES[mode]
    measured = {pair: contrast(values[pair[0]], values[pair[1]]) for pair in pairs}
    return [f"{a} on {b}: {ratio:.2f}" for (a, b), ratio in sorted(measured.items()) if ratio < least]


@pytest.mark.parametrize("mode", MODES)
def test_words_stand_out_from_their_ground(mode: str) -> None:
    assert weak(PAIRS | pairs_in_sheets(), mode, 4.5) == []


@pytest.mark.parametrize("mode", MODES)
def test_shapes_that_carry_meaning_can_be_seen(mode: str) -> None:
    assert weak(SHAPES, mode, 3) == []


def test_the_rule_of_measuring_finds_pairs() -> None:
    assert len(pairs_in_sheets()) >= 10
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0


@pytest.mark.parametrize(("mode", "text", "tap"), [("normal", 17, 44), ("elder", 24, 60), ("elder-2", 40, 60)])
def test_type_and_targets_are_as_large_as_promised(mode: str, text: int, tap: int) -> None:
    values = MODES[mode]
    size, share = re.fullmatch(r"max\((\d+)px, ([\d.]+)%\)", values["text"]).groups()
    assert (int(size), float(share) * 16 / 100) == (text, text)  # grows with the reader's own setting too
    assert values["tap"] == f"{tap}px"
    assert float(values["lead"]) >= 1.3


@pytest.mark.parametrize("mode", ["elder", "elder-2"])
@pytest.mark.parametrize("size", ["small", "cell", "h1", "h2", "h3", "bar"])
def test_nothing_is_small_in_elders_mode(mode: str, size: str) -> None:
    values = MODES[mode]
    root = int(re.search(r"\d+", values["text"])[0])
    assert float(values[size].removesuffix("rem")) * root >= 24


def test_colours_are_named_in_one_sheet_only() -> None:
    others = [sheet for sheet in SHEETS if sheet.name not in ("tokens.css", "print.css")]
    raw = {sheet.name: re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", sheet.read_text("utf-8")) for sheet in others}
    assert {name: found for name, found in raw.items() if found} == {}


def test_every_property_used_is_set() -> None:
    used = {name for sheet in SHEETS for name in re.findall(r"var\(--([\w-]+)\)", sheet.read_text("utf-8"))}
    assert used - set(MODES["normal"]) == set()


def test_style_sheets_together_are_small() -> None:
    assert sum(len(sheet.read_bytes()) for sheet in SHEETS) <= 40_000


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_nothing_comes_from_outside(path: Path) -> None:
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text("utf-8"))
    assert re.findall(r"https?:|(?<=[\"'(=])//\w|@import|@font-face", text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_templates_carry_no_script_or_style_of_their_own(path: Path) -> None:
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text("utf-8"), flags=re.S)
    assert re.findall(r"<style|\sstyle=|\son\w+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)", text, flags=re.I) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_templates_can_be_read_and_say_what_they_need(path: Path) -> None:
    libraries = {name: f"django.templatetags.{name}" for name in ("i18n", "static", "l10n")}
    text = path.read_text("utf-8")
    Engine(dirs=[str(TEMPLATES)], libraries=libraries).from_string(text)
    assert "{% comment %}" in text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_chinese_words_go_through_the_catalogue(path: Path) -> None:
    text = path.read_text("utf-8")
    for tag in ("comment", "blocktrans"):
        text = re.sub(rf"\{{% {tag}\b.*?end{tag} %\}}", "", text, flags=re.S)
    text = re.sub(r"\{[%{].*?[%}]\}", "", text)
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_drafts_never_keep_passwords() -> None:
    assert '"password", "file", "hidden"' in (STATIC / "js" / "draft.js").read_text("utf-8")
    assert "sessionStorage" in (STATIC / "js" / "draft.js").read_text("utf-8")


def test_elders_mode_changes_properties_only() -> None:
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "tokens.css").read_text("utf-8"), flags=re.S)
    for body in re.findall(r"\.elder[\w-]*\s*\{([^}]*)\}", text):
        assert [line for line in body.split(";") if line.strip() and not line.strip().startswith("--")] == []
