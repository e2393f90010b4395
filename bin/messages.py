"""make messages: reads every sentence of the product out of the code, keeps the English catalogue complete, compiles it.

The Chinese sentence is the msgid. Python is read by Babel; a template is first turned into Python by Django's own templatize.
Words in tables (NAME = {… "受理" …} in web, shown through gettext(variable)) are read as well. `--check` writes nothing and says what is wrong.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "hawthorn"
PO = SOURCE / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
Found = tuple[str | tuple[str, ...], str | None]
HEADERS = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def is_chinese(words: str) -> bool:
    """Does the text hold a Chinese character."""
    return any("\u4e00" <= c <= "\u9fff" for c in words)


def in_python(code: str) -> Iterator[Found]:
    """Messages in calls of the keywords."""
    for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        yield message, context


def in_template(html: str) -> Iterator[Found]:
    """Messages in {% trans %}, {% blocktrans %} and _("…") of a template."""
    code = templatize(html)
    yield from in_python("\n".join(line.lstrip() for line in code.splitlines()))


def in_tables(code: str) -> Iterator[Found]:
    """Chinese words in constants (NAME = …) of a module: they are shown through gettext(variable)."""
    for node in ast.parse(code).body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        names = node.targets if isinstance(node, ast.Assign) else [node.target]
        if all(isinstance(n, ast.Name) and n.id.isupper() for n in names):
            for one in ast.walk(node.value):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and is_chinese(one.value):
                    yield one.value, None


def files(source: Path, suffix: str) -> list[Path]:
    """Files of the product, without migrations."""
    return [p for p in sorted(source.rglob(f"*{suffix}")) if "migrations" not in p.parts]


def messages(source: Path = SOURCE) -> dict[str | tuple[str, str | None], Found]:
    """All messages of the code, by key."""
    found: list[Found] = []
    for path in files(source, ".py"):
        code = path.read_text(encoding="utf-8")
        found += in_python(code)
        if path.is_relative_to(source / "web"):
            found += in_tables(code)
    for suffix in (".html", ".txt"):
        for path in files(source, suffix):
            if "templates" in path.parts:
                found += in_template(path.read_text(encoding="utf-8"))
    catalog = Catalog()
    kept: dict[str | tuple[str, str | None], Found] = {}
    for message, context in found:
        first = message if isinstance(message, str) else message[0]
        if first:
            key = catalog._key_for(message, context)  # plural and singular share a key, as in gettext
            if key not in kept or isinstance(message, tuple):
                kept[key] = (message, context)
    return kept


def read(po: Path = PO) -> Catalog:
    """The catalogue as it is; an empty one where there is none."""
    if not po.exists():
        return Catalog(locale="en")
    with po.open("rb") as file:
        return read_po(file, locale="en")


def fresh() -> Catalog:
    """A catalogue whose header says nothing about anybody, any day or any machine."""
    catalog = Catalog(locale="en", header_comment="", charset="utf-8")
    catalog.fuzzy = False
    return catalog


def updated(old: Catalog, found: dict[str | tuple[str, str | None], Found]) -> Catalog:
    """The messages of the code with the translations there are; what the code no longer says is dropped."""
    catalog = fresh()
    for message, context in sorted(found.values(), key=lambda f: (f[0] if isinstance(f[0], str) else f[0][0], f[1] or "")):
        first = message if isinstance(message, str) else message[0]
        was = old.get(first, context)
        said: str | tuple[str, ...] | None = was.string if was is not None else None
        if isinstance(message, tuple):
            said = said if isinstance(said, (tuple, list)) else (said or "", said or "")
        elif isinstance(said, (tuple, list)):
            said = said[-1]
        catalog.add(message, said or ("" if isinstance(message, str) else ("", "")), context=context, flags=_flags(was))
    return catalog


def _flags(was: Message | None) -> set[str]:
    return {"fuzzy"} if was is not None and was.fuzzy else set()


def po_text(catalog: Catalog) -> bytes:
    """The .po: a short header, messages in the order of their msgid, no places in files."""
    body = io.BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True)
    head = 'msgid ""\nmsgstr ""\n' + "".join(f'"{k}: {v}\\n"\n' for k, v in HEADERS.items())
    return (head + "\n").encode() + body.getvalue().strip(b"\n") + b"\n"


def mo_bytes(po: bytes) -> bytes:
    """The .mo of a .po; the same bytes every time."""
    catalog = read_po(io.BytesIO(po), locale="en")
    catalog.creation_date = catalog.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    body = io.BytesIO()
    write_mo(body, catalog)
    return body.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Messages without English, or marked as a guess."""
    found = []
    for one in catalog:
        strings = one.string if isinstance(one.string, (tuple, list)) else (one.string,)
        if one.id and (one.fuzzy or not all(strings)):
            found.append(one.id if isinstance(one.id, str) else one.id[0])
    return found


def main() -> int:
    """Update, compile, say what lacks English."""
    catalog = updated(read(), messages())
    po = po_text(catalog)
    mo = PO.with_suffix(".mo")
    if "--check" in sys.argv:
        is_same = PO.exists() and PO.read_bytes() == po and mo.exists() and mo.read_bytes() == mo_bytes(po)
        print("目录是最新的" if is_same else "目录不是最新的：请运行 make messages")
        return 0 if is_same else 1
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po)
    mo.write_bytes(mo_bytes(po))
    lacking = untranslated(catalog)
    print(f"{len(catalog)} 句，缺英文 {len(lacking)} 句")
    for words in lacking:
        print(f"  {words!r}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
