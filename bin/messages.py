"""make messages: reads every sentence of the product out of the code, keeps the English catalogue complete, compiles it.

The Chinese sentence is the msgid. Python is read by Babel; a template is first turned into Python by Django's own templatize.
Words in tables (NAME = {… "受理" …} in web, shown through gettext(variable)) are read as well. `--check` writes nothing.
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
Key = tuple[str, str | None]
HEADERS = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "en",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def is_source(words: str) -> bool:
    """Is the text in the source language: a Chinese character, or a full-width mark such as “：”."""
    return any("\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in words)


def in_python(code: str) -> Iterator[Found]:
    """Messages in calls of the keywords."""
    for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        if is_source(message if isinstance(message, str) else message[0]):
            yield message, context


def in_fstrings(code: str) -> Iterator[Found]:
    """Messages in calls inside f"…": before Python 3.12 the tokens of an f-string are one, and Babel does not look inside."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FormattedValue):
            yield from in_python(ast.unparse(node.value))


def in_template(html: str) -> Iterator[Found]:
    """Messages in {% trans %}, {% blocktrans %} and _("…") of a template."""
    code = templatize(html)
    yield from in_python("\n".join(line.lstrip() for line in code.splitlines()))


def in_tables(code: str) -> Iterator[Found]:
    """Chinese words that stand in a module of web without a mark: tables such as NAME = {… "受理" …}, shown through gettext(variable)."""
    tree = ast.parse(code)
    apart = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    apart |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            apart |= {id(one) for one in ast.walk(node)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and any(map(str.isalpha, one.value)) and is_source(one.value) and id(one) not in apart:
            yield one.value, None


def files(source: Path, suffix: str) -> list[Path]:
    """Files of the product, without migrations."""
    return [p for p in sorted(source.rglob(f"*{suffix}")) if "migrations" not in p.parts]


def said_in(source: Path) -> Iterator[Found]:
    """Everything that is said, in the order of the files."""
    for path in files(source, ".py"):
        code = path.read_text(encoding="utf-8")
        yield from in_python(code)
        yield from in_fstrings(code)
        if path.is_relative_to(source / "web"):
            yield from in_tables(code)
    for suffix in (".html", ".txt"):
        for path in files(source, suffix):
            if "templates" in path.parts:
                yield from in_template(path.read_text(encoding="utf-8"))


def messages(source: Path = SOURCE) -> dict[Key, Found]:
    """All messages of the code, by key; a plural and its singular share one, as in gettext."""
    kept: dict[Key, Found] = {}
    for message, context in said_in(source):
        key = (message if isinstance(message, str) else message[0], context)
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


def updated(old: Catalog, found: dict[Key, Found]) -> Catalog:
    """The messages of the code with the translations there are; what the code no longer says is dropped."""
    catalog = fresh()
    for (first, context), (message, _context) in sorted(found.items(), key=lambda f: (f[0][0], f[0][1] or "")):
        was = old.get(first, context)
        said = strings(was) if was is not None else ("",)
        flags = {"fuzzy"} if was is not None and was.fuzzy else set()
        catalog.add(message, said[-1] if isinstance(message, str) else (said[0], said[-1]), context=context, flags=flags)
    return catalog


def strings(one: Message) -> tuple[str, ...]:
    """The English of a message: one, or singular and plural."""
    return tuple(one.string) if isinstance(one.string, (tuple, list)) else (one.string or "",)


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
    return [first_of(one) for one in catalog if one.id and (one.fuzzy or not all(strings(one)))]


def first_of(one: Message) -> str:
    """The msgid (of a plural, the singular's)."""
    return one.id if isinstance(one.id, str) else one.id[0]


def main() -> int:
    """Update, compile, say what lacks English."""
    catalog = updated(read(), messages())
    po = po_text(catalog)
    mo = PO.with_suffix(".mo")
    if "--check" in sys.argv:
        is_same = PO.exists() and PO.read_bytes() == po and mo.exists() and mo.read_bytes() == mo_bytes(po)
        print("目录是最新的" if is_same else "目录不是最新的：请运行 make messages")
        return 0 if is_same and not untranslated(catalog) else 1
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
