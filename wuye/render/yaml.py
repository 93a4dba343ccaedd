"""The JSON document as YAML, by the same dumper that writes the files."""

from __future__ import annotations

from typing import Any

from wuye import dumper
from wuye.render.json import document
from wuye.sheet import Sheet


def text(sheet: Sheet) -> str:
    """The document; every scalar is text, as in the files."""
    return dumper.dump_document(_words(document(sheet))).decode()


def _words(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _words(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_words(v) for v in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
