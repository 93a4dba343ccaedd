"""CSV for spreadsheets and scripts: keys as heading, UTF-8, one row a record; lists joined by `；`.

Text that a spreadsheet would take for a formula gets an apostrophe before it (`cells.guarded`); our own readers take
it off again. A list given out to be edited has the desk's headings, and the mark by which Excel knows UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from wuye.cells import guarded
from wuye.sheet import Sheet, clock_key, plain

LEFT_OUT = ("log",)
BOM = "\ufeff"


def text(sheet: Sheet) -> str:
    """The rows; nested clocks become two columns each, what stands by name within a value one each."""
    rows = [_flat(row) for row in sheet.rows]
    names: dict[str, None] = {}
    for row in rows:
        names |= dict.fromkeys(row)
    for column in sheet.columns if not rows else ():
        names[column.name] = None
    target = io.StringIO()
    writer = csv.DictWriter(target, list(names), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return BOM * sheet.edit + target.getvalue()


def _flat(row: Any) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in row.items():
        if name in LEFT_OUT:
            continue
        if name == "clocks":
            for clock in value:
                flat[clock_key(clock["name"], "due", row)] = _word(plain(clock["due"]))
                flat[clock_key(clock["name"], "state", row)] = clock["state"]
        elif isinstance(value, Mapping):
            flat |= {f"{name}_{key}": word(part) for key, part in value.items()}
        else:
            flat[name] = word(value)
    return flat


def word(value: Any) -> str:
    """A value as a cell of a CSV: an amount below zero is a number, text that begins so is not."""
    shown = _word(plain(value))
    return guarded(shown) if isinstance(value, (str, list, tuple, Mapping)) else shown


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "；".join(_word(v) for v in value) if isinstance(value, list) else str(value)
