"""Sheets of other systems, made of rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import Workbook

from hawthorn.files import sheets

HEADINGS = ["工单编号", "标题", "诉求内容", "来电时间", "办结期限", "类别", "联系电话", "姓名", "网格编码", "地址"]
ROW = ["T1", "路灯", "路灯不亮", "2026/3/1 21:05:39", "2026-03-20", "其他", "13800001234", "王示例", "999901001001001", "示例路 5 号"]


def as_csv(rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Rows as text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: list[list[Any]]) -> bytes:
    """Rows as a workbook."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return sheets.to_bytes(book)


def row(**more: Any) -> list[Any]:
    """A row under HEADINGS with some cells of its own."""
    return [more.get(heading, value) for heading, value in zip(HEADINGS, ROW, strict=True)]
