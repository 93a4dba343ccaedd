"""JSON lines: the records alone, one a line."""

from __future__ import annotations

import json

from wuye.sheet import Sheet, plain


def text(sheet: Sheet) -> str:
    """A line a row, nothing else."""
    return "".join(json.dumps(plain(row), ensure_ascii=False) + "\n" for row in sheet.rows)
