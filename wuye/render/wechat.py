"""A sheet as plain text to paste into WeChat: short lines, an item a paragraph, nobody named (design.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any

from wuye import discreet, number
from wuye.render.table import safe
from wuye.sheet import Column, Sheet

LONGEST = 120
MOST = 50
"""Items of one part: a phone shows no longer message."""


def text(sheet: Sheet) -> str:
    """Title, items and what stands below; long parts say how much they leave out."""
    hidden = {record.id: discreet.names(record) for record in sheet.records}
    everybody = frozenset(name for names in hidden.values() for name in names)
    known = discreet.Known((*everybody, *sheet.people))
    paragraphs = [_title(sheet, everybody)]
    for part in (sheet, *sheet.sections):
        if part is not sheet:
            paragraphs.append(f"▍{discreet.text(safe(part.title), everybody)}")
        paragraphs += _items(part, hidden, known, part is sheet)
    notes = [line for line in (*sheet.foot.split("\n"), *(str(p) for p in sheet.problems)) if line]
    paragraphs += ["\n".join(discreet.text(safe(line), everybody) for line in notes)] if notes else []
    return "\n\n".join(paragraphs) + "\n"


def _title(sheet: Sheet, everybody: Collection[str]) -> str:
    count = f"（{len(sheet.rows)} 条）" if sheet.key == "records" and not sheet.tall else ""
    return f"【{discreet.text(safe(sheet.title), everybody)}{count}】"


def _items(
    sheet: Sheet, hidden: Mapping[str, Collection[str]], known: discreet.Known, first: bool
) -> Iterator[str]:
    rows = sheet.rows if sheet.table_rows is None else sheet.table_rows
    if not rows:
        if first or not sheet.sections:
            yield sheet.empty
        return
    for row in rows[:MOST]:
        names = hidden.get(str(row.get("id")), known.known)
        if lines := _lines(sheet, row, partial(_masked, hidden=hidden, known=known, names=names)):
            yield "\n".join(lines)
    if len(rows) > MOST:
        yield f"……还有 {len(rows) - MOST} 条，全部请看台账"


def _masked(
    words: str, hidden: Mapping[str, Collection[str]], known: discreet.Known, names: Collection[str]
) -> str:
    """The words without these names, without those of the records that are quoted there, and without known ones."""
    quoted = {name for one in number.within(words) for name in hidden.get(one, ())}
    return known.text(words, {*names, *quoted})


def _lines(sheet: Sheet, row: Mapping[str, Any], masked: Callable[[str], str]) -> list[str]:
    """One item: what it is called, then a line a value; counts stand in one line, without those of nothing.

    Masked whole and cut short after it: half a name is none that could be found.
    """
    shown = [(column, _short(masked(column.show(row.get(column.name))))) for column in sheet.columns]
    shown = [(column, words) for column, words in shown if words]
    figures = [(column, words) for column, words in shown if column.right]
    if len(figures) > 1 and len(figures) >= len(shown) - 2:
        told = "，".join(f"{column.zh} {words}" for column, words in figures if words not in ("0", "0.00", "—"))
        rest = " ".join(words for column, words in shown if not column.right and not column.wide)
        return [f"{rest}：{told or '无'}"]
    head = [words for column, words in shown if _heads(column)]
    lines = [" ".join(head)] if head else []
    lines += [f"{column.zh}：{words}" if column.zh else words for column, words in shown if not _heads(column)]
    lines += [f"· {_short(masked(line))}" for line in row.get("history", ())]
    return lines


def _heads(column: Column) -> bool:
    return column.name in ("id", "status", "status_zh", "kind_zh")


def _short(words: str) -> str:
    line = safe("；".join(words.replace("\t", " ").split("\n")))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
