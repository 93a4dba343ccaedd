"""A sheet in, text out: one module a format, each with `text(sheet) -> str`."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from wuye.sheet import Sheet

FORMATS = ("table", "json", "jsonl", "csv", "yaml", "md", "html")


def text(sheet: Sheet, form: str) -> str:
    """The sheet in one of FORMATS; each format's module is imported only when it is asked for."""
    module = "lines" if form == "jsonl" else form
    return cast(str, import_module(f"wuye.render.{module}").text(sheet))
