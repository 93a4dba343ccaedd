"""A sheet as a page to look at and print."""

from __future__ import annotations

from typing import Any

from wuye import when
from wuye.render.page import page
from wuye.render.table import used
from wuye.sheet import Sheet


def text(sheet: Sheet) -> str:
    """The sheet and its sections on one page. Raises BadSettings where jinja2 is missing."""
    foot = [*sheet.foot.split("\n"), *sheet.notes, *(str(p) for p in sheet.problems)]
    values = {
        "title": sheet.title,
        "parts": [_part(one) for one in (sheet, *sheet.sections)],
        "foot": [line for line in foot if line],
        "made": f"{when.read_back(sheet.now)} 打印",
    }
    return page("sheet.html", values)


def _part(sheet: Sheet) -> dict[str, Any]:
    rows = sheet.rows if sheet.table_rows is None else sheet.table_rows
    body = [[column.show(row.get(column.name)) for column in sheet.columns] for row in rows]
    kept = used(sheet.columns, body)
    heads = [sheet.columns[i] for i in kept]
    shown: list[Any] = [list(zip(heads, (line[i] for i in kept), strict=True)) for line in body]
    if sheet.tall:
        shown = [[(head.zh, value) for head, value in row if value] for row in shown]
        for row, told in zip(rows, shown, strict=True):
            told += [("经过", "\n".join(row["history"]))] if row.get("history") else []
    words = "" if rows else sheet.words
    return {"title": sheet.title, "heads": heads, "rows": shown, "tall": sheet.tall, "empty": sheet.empty,
            "words": words}  # fmt: skip
