"""Units 楼院 of one community from the files others have: CSV, GeoJSON, or a workbook; read into the rows of the set-up workbook, and planned as they are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from openpyxl.utils import column_index_from_string

from hawthorn.files import sheets
from hawthorn.files.sheets import Cells, NotAWorkbook, Problem
from hawthorn.gateways.messages_text import delimiter_of, encoding_of
from hawthorn.gateways.workbook_rows import COLUMNS, UNITS, Rows
from hawthorn.kernel.words import UNKEEPABLE, _, is_seen

MOST_UNITS, LONGEST = 20_000, 40
SORTS = ("Point", "Polygon", "MultiPolygon")


def read(data: bytes, *, community: str, datum: str) -> Rows:
    """The units in a file. Every unit is of `community` (12 digits) and its position in `datum`, unless the file says otherwise.

    Problems name row and column of a table, also of the one that is made of GeoJSON (see `of_feature`).
    """
    try:
        words = _words(data)
        features = _features(words) if words.lstrip()[:1] in ("{", "[") else []
        cells = _drawn(features) if features else _cells(data, words)
    except (NotAWorkbook, ValueError) as wrong:
        return Rows(problems=[Problem(UNITS, 0, "", str(wrong))])
    if len(cells) > MOST_UNITS + 1:
        return Rows(problems=[Problem(UNITS, 0, "", _("最多 {n} 个楼院，请分成几个文件。").format(n=MOST_UNITS))])
    rows, problems = sheets.read_table(UNITS, _completed(cells, community, datum), COLUMNS[UNITS])
    if not rows and not problems:
        problems = [Problem(UNITS, 0, "", _("没有读到楼院：第一行是列名，下面每行一个楼院。什么也没有改。"))]
    elsewhere = [row.problem("community", _("这里只收 {code} 的楼院").format(code=community)) for row in rows if row["community"] != community]
    return Rows({UNITS: rows}, problems + elsewhere, _unused(features, cells), bool(features))


def _words(data: bytes) -> str:
    """A file of text as text; empty for a workbook."""
    if data[:2] == b"PK":
        return ""
    if len(data) > sheets.MOST_BYTES:
        raise NotAWorkbook(_("文件太大，最多 20 MB。请分成几个文件。"))
    return data.decode(encoding_of(io.BytesIO(data))).lstrip("\ufeff")


def _cells(data: bytes, words: str) -> Cells:
    if data[:2] == b"PK":
        book = sheets.open_workbook(data)
        return book.get(UNITS) or next(iter(book.values()), [])
    file = io.BytesIO(data)
    try:
        return [tuple(row) for row in csv.reader(io.StringIO(words), delimiter=delimiter_of(file, encoding_of(file)))]
    except csv.Error as wrong:
        raise ValueError(_("这张 CSV 读不出来，可能不是表格。什么也没有改。")) from wrong


def _features(words: str) -> list[Any]:
    """The features of a GeoJSON FeatureCollection (RFC 7946). Raises ValueError, also where there are none."""
    try:
        told = json.loads(words)
    except (ValueError, RecursionError) as wrong:
        raise ValueError(_("这个 GeoJSON 读不出来，可能不完整。什么也没有改。")) from wrong
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list):
        raise ValueError(_("这个文件不是 GeoJSON 的 FeatureCollection。什么也没有改。"))
    if not features:
        raise ValueError(_("没有读到楼院：文件里一个图形也没有。什么也没有改。"))
    return features


def _said(feature: Any) -> dict[str, Any]:
    said = feature.get("properties") if isinstance(feature, dict) else None
    return said if isinstance(said, dict) else {}


def _drawn(features: list[Any]) -> Cells:
    """What is said of each unit by Chinese heading or by the name of the field, and where it lies, as a table.

    A feature of which nothing can be read is no empty row: its border is said to be unreadable, so that it is named.
    """
    columns = [c for c in COLUMNS[UNITS] if c.field != "shape"]
    rows: list[tuple[Any, ...]] = [(*(c.heading for c in columns), _("边界"))]
    for feature in features:
        said = _said(feature)
        lon, lat, border = _geometry(feature)
        values = {"lon": lon, "lat": lat}
        read = [said.get(c.heading, said.get(c.field, values.get(c.field))) for c in columns]
        rows.append((*read, border or ("" if any(value not in (None, "") for value in read) else "?")))
    return rows


def of_feature(problem: Problem) -> Problem:
    """A problem of a row, as one of the feature it came from; its column by name, since there are no letters."""
    if not problem.row:
        return problem
    words, headings = problem.words, [*(c.heading for c in COLUMNS[UNITS] if c.field != "shape"), _("边界")]
    heading = headings[column_index_from_string(problem.column) - 1] if problem.column else ""
    if heading == headings[-1]:
        words = _("图形要是一个点，或者闭合、不自己交叉、中间没有洞的面")
    elif heading and heading not in words:
        words = _("「{heading}」：{words}").format(heading=heading, words=words)
    return Problem(_("第 {n} 个图形").format(n=problem.row - 1), 0, "", words)


def _unused(features: list[Any], cells: Cells) -> list[str]:
    """Headings (of GeoJSON: names of properties) that are none of ours, in their order; nothing of them is read."""
    ours = {c.heading for c in COLUMNS[UNITS]} | ({c.field for c in COLUMNS[UNITS]} if features else set())
    heads = (name for feature in features for name in _said(feature)) if features else (str(value or "").strip() for value in (cells[0] if cells else ()))
    return [UNKEEPABLE.sub("?", name)[:LONGEST] for name in dict.fromkeys(heads) if is_seen(name) and name not in ours]


def _geometry(feature: Any) -> tuple[float | None, float | None, str]:
    """Position and border as WKT; what is no point or area is said in the border's cell, where reading it names it."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if geometry is None:
        return None, None, ""
    try:
        found = shapely.from_geojson(json.dumps(geometry))
    except (shapely.GEOSException, ValueError, TypeError):
        found = None
    if found is None or found.is_empty or found.geom_type not in SORTS:
        return None, None, "?"
    if found.geom_type == "Point":
        return found.x, found.y, ""
    return None, None, shapely.force_2d(found).wkt


def _completed(cells: Cells, community: str, datum: str) -> Cells:
    """With community and datum, where the file has no such column or leaves it empty."""
    if not cells:
        return []
    heads = [str(value or "").strip() for value in cells[0]]
    filled = list(_filled(heads, cells[1:], community, datum))
    return [(*heads, *_missing(heads)), *filled]


def _missing(heads: Sequence[str]) -> list[str]:
    return [c.heading for c in COLUMNS[UNITS] if c.field in ("community", "datum") and c.heading not in heads]


def _filled(heads: Sequence[str], rows: Cells, community: str, datum: str) -> Iterator[tuple[Any, ...]]:
    names = {c.heading: c.field for c in COLUMNS[UNITS]}
    given = {"community": community, "datum": datum}
    extra = [given[names[heading]] for heading in _missing(heads)]
    for row in rows:
        if all(value is None or not str(value).strip() for value in row):
            yield row
            continue
        wide = [*row, *[None] * (len(heads) - len(row))][: len(heads)]
        yield (*(given.get(names.get(head, ""), value) if value in (None, "") else value for head, value in zip(heads, wide, strict=True)), *extra)
