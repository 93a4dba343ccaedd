"""An ASCII table, wide characters aligned; a single record as a list of labels and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wuye.sheet import Column, Sheet

LONGEST = 40
# Joiners stay (U+200C, U+200D): pictures are made with them, and they steer nothing.
_CONTROL = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def safe(line: str) -> str:
    """The line without marks that steer a terminal, turn the direction of writing or cannot be seen."""
    return line if line.isprintable() else re.sub(_CONTROL, "�", line)


def safe_lines(text: str) -> str:
    """The same of a text of several lines."""
    return "\n".join(map(safe, text.split("\n")))


def cell(value: str, limit: int = LONGEST) -> str:
    """One line, no control marks, cut with … where it is long."""
    line = safe(" ".join(value.split("\n")).replace("\t", " "))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def text(sheet: Sheet) -> str:
    """The sheet and its sections; empty ones say so."""
    return safe_lines(sheet.words or _whole(sheet))


def _whole(sheet: Sheet) -> str:
    head = f"{sheet.title}\n\n" if sheet.headed else ""
    parts = [head + _one(sheet)] + [f"{part.title}\n{_one(part)}" for part in sheet.sections]
    return "\n".join([*parts, f"{sheet.foot}\n"] if sheet.foot else parts)


def _one(sheet: Sheet) -> str:
    rows = sheet.rows if sheet.table_rows is None else sheet.table_rows
    if not rows:
        return f"{sheet.empty}\n"
    if sheet.tall:
        return "\n".join(_tall(sheet, row) for row in rows)
    body = [[_cell(column, row) for column in sheet.columns] for row in rows]
    columns = used(sheet.columns, body)
    from tabulate import tabulate  # costs more than all of `add`: only where a table is drawn

    drawn = tabulate(
        [[line[i] for i in columns] for line in body],
        headers=[sheet.columns[i].zh for i in columns],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["right" if sheet.columns[i].right else "left" for i in columns],
    )
    return "\n".join(line.rstrip() for line in drawn.split("\n")) + "\n"


def _cell(column: Column, row: Mapping[str, Any]) -> str:
    shown = column.show(row.get(column.name))
    if column.lines:
        return "\n".join(cell(line, 200) for line in shown.split("\n"))
    return cell(shown, 10_000 if column.wide else LONGEST)


def used(columns: tuple[Column, ...], body: list[list[str]]) -> list[int]:
    """The places of the columns that hold anything: an empty column only takes width."""
    return [i for i in range(len(columns)) if any(line[i] for line in body)]


def _tall(sheet: Sheet, row: Mapping[str, Any]) -> str:
    lines = []
    for column in sheet.columns:
        if shown := column.show(row.get(column.name)):
            first, *rest = [safe(line) for line in shown.split("\n")]
            lines.append(f"{column.zh}：{first}")
            lines += [f"　　{line}" for line in rest]
    for line in row.get("history", ()):
        lines.append(f"  {cell(line, 200)}")
    return "\n".join(lines) + "\n"
