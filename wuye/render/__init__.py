"""A sheet in, text or bytes out: one module a format, each with `text(sheet) -> str` or `data(sheet) -> bytes`."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from wuye.errors import BadSettings
from wuye.sheet import Sheet

FORMATS = ("table", "json", "jsonl", "csv", "yaml", "md", "html", "xlsx")
FILES = ("xlsx",)
"""Formats that are no text: they go into a file, whole or not at all."""
WECHAT = "wechat"
NO_XLSXWRITER = "写 Excel 文件要用 xlsxwriter，这台电脑没有装：请运行 pip install 'wuye[office]'，或改用 -o csv"


def ready(form: str) -> None:
    """Raises BadSettings where what writes this format is not installed: said before anything is done."""
    from importlib import util

    if form == "xlsx" and util.find_spec("xlsxwriter") is None:
        raise BadSettings(NO_XLSXWRITER)


def text(sheet: Sheet, form: str) -> str:
    """The sheet in one of FORMATS; each format's module is imported only when it is asked for."""
    module = "lines" if form == "jsonl" else form
    return cast(str, import_module(f"wuye.render.{module}").text(sheet))


def data(sheet: Sheet, form: str) -> bytes:
    """The sheet in one of FILES."""
    return cast(bytes, import_module(f"wuye.render.{form}").data(sheet))
