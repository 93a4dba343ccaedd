"""Markdown tables, for a chat, a wiki or a report."""

from __future__ import annotations

from wuye.render.table import cell, safe, safe_lines, used
from wuye.sheet import Sheet


def text(sheet: Sheet) -> str:
    """Title, table and sections."""
    parts = [f"## {_plain(sheet.title)}\n\n{_one(sheet)}" if sheet.title else _one(sheet)]
    parts += [f"### {_plain(part.title)}\n\n{_one(part)}" for part in sheet.sections]
    return "\n".join([*parts, f"{escape(safe_lines(sheet.foot))}\n"] if sheet.foot else parts)


def _plain(title: str) -> str:
    return escape(safe(title))


def _one(sheet: Sheet) -> str:
    rows = sheet.rows if sheet.table_rows is None else sheet.table_rows
    if not rows:
        return f"{sheet.empty}\n"
    body = [[escape(cell(c.show(row.get(c.name)).replace("\n", "；"), 500)) for c in sheet.columns] for row in rows]
    columns = used(sheet.columns, body)
    lines = ["| " + " | ".join(_plain(sheet.columns[i].zh) for i in columns) + " |"]
    lines.append("|" + "|".join(" ---: " if sheet.columns[i].right else " --- " for i in columns) + "|")
    lines += ["| " + " | ".join(line[i] for i in columns) + " |" for line in body]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Words that would mean markup stay words."""
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, f"\\{mark}")
    return text
