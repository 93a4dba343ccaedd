"""A table as a spreadsheet shows it: cells with their address and what kind of value each holds; CSV read into one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from wuye.cells import unguarded
from wuye.errors import BadInput, Problem

DELIMITERS = "\t,;"
ERRORS = frozenset(
    "#N/A #REF! #DIV/0! #VALUE! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #GETTING_DATA".split()
)
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<table|<\?xml|mime-version:)", re.IGNORECASE)
_SAVE_AS = "请在表格软件里打开，另存为 .xlsx 或 UTF-8 的 CSV 后再导入"


class Cell(NamedTuple):
    """One cell: its text, and what the spreadsheet holds: text, number, date, time, boolean, error or empty."""

    text: str = ""
    form: str = "empty"
    value: Any = None


EMPTY = Cell()


class Span(NamedTuple):
    """A merged area, both ends included, rows and columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """A table: what it is called in messages, its rows of cells, its merged areas (None: the file does not say)."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Span, ...] | None = None
    notes: tuple[str, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place, from 0; an empty one outside the table."""
        line = self.rows[row] if row < len(self.rows) else ()
        return line[column] if column < len(line) else EMPTY

    def place(self, row: int, column: int) -> str:
        """Where a cell is, as the clerk finds it: `业主.xlsx「名单」C5`."""
        return f"{self.name}{'' if self.name.endswith('」') else ' '}{letters(column)}{row + 1}"

    def span(self, row: int, column: int) -> Span | None:
        """The merged area that a cell belongs to."""
        for one in self.merged or ():
            if one.top <= row <= one.bottom and one.left <= column <= one.right:
                return one
        return None


def letters(column: int) -> str:
    """The column's letters: 0 is A, 26 is AA."""
    text = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        text, column = chr(65 + rest) + text, column - 1
    return text


def cell(value: Any) -> Cell:
    """A cell of what a spreadsheet holds."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        form = "error" if text in ERRORS else "text" if text else "empty"
        return Cell(text, form, value)
    if isinstance(value, bool):
        return Cell("是" if value else "否", "boolean", value)
    if isinstance(value, (int, float)):
        return Cell(plain(value), "number", value)
    if isinstance(value, datetime):
        # A spreadsheet keeps fractions of a day: 13:47 may come back as 13:46:59.999.
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return Cell(value.isoformat(" "), "date", value)
    if isinstance(value, date):
        return Cell(value.isoformat(), "date", value)
    if isinstance(value, time):
        return Cell(value.isoformat("seconds"), "time", value)
    return Cell(str(value), "time", value)


def plain(value: float) -> str:
    """A number as a spreadsheet shows it: fifteen figures, no `.0`, no exponent."""
    if abs(value) >= 1e15:
        return f"{value:.0f}"
    text = f"{value:.15g}"
    return f"{value:.15f}".rstrip("0") if "e" in text else text


def from_text(data: bytes, name: str, line: int = 0) -> Grid:
    """A CSV file, in the encodings and with the delimiters that spreadsheets write.

    `line` is the row (from 1) in which the headings stand, 0 where that is not known: the delimiter is told by
    it. Raises BadInput for what is no table.
    """
    text = decode(data, name)
    delimiter, text = _delimiter(text, line)
    rows: list[tuple[Cell, ...]] = []
    for record in _records(text, delimiter, name):
        rows.append(tuple(cell(unguarded(word)) for word in record))
    while rows and not any(one.text for one in rows[-1]):
        rows.pop()
    found = Grid(name, tuple(rows))
    if not rows:
        raise BadInput(f"{name} 里没有内容：请核对文件")
    if problems := list(_swallowed(found, delimiter)):
        raise BadInput(*problems)
    return found


def decode(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 or GB18030. Raises BadInput for what is no text."""
    if _PAGE.match(data[:200].removeprefix(b"\xef\xbb\xbf")):
        raise BadInput(f"{name} 其实是网页，不是表格（有的系统导出的 .xls 就是这样）：{_SAVE_AS}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise BadInput(f"{name} 的 UTF-16 文字不完整：请重新导出这个文件") from error
    if b"\0" in data:
        raise BadInput(f"{name} 不是文字表格（含有二进制内容）：{_SAVE_AS}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            place = error.start
    line = data.count(b"\n", 0, place) + 1
    raise BadInput(Problem(f"既不是 UTF-8 也不是 GB18030 编码：{_SAVE_AS}", name, line))


def _delimiter(text: str, line: int) -> tuple[str, str]:
    """What parts the cells, told by the headings, and the text without the `sep=;` that Excel may put first."""
    if found := re.match(r"sep=(.)\r?\n", text):
        return found[1], text[found.end() :]
    number, quoted = 1, False
    counts = dict.fromkeys(DELIMITERS, 0)
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character == "\n" and not quoted:
            if any(counts.values()) and number >= line:
                break
            number += 1
            counts = dict.fromkeys(DELIMITERS, 0)
        elif character in counts and not quoted:
            counts[character] += 1
    # A heading may well have commas in it, hardly a tab.
    return ("\t" if counts["\t"] else ";" if counts[";"] > counts[","] else ","), text


def _records(text: str, delimiter: str, name: str) -> Iterable[list[str]]:
    import csv
    import io

    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            words = "这一行的引号不成对：请核对，内容里的引号应写成两个"
            if "end of data" in str(error) or "limit" in str(error):
                words = "从这一行起的引号没有收尾：请补上另一半引号"
            raise BadInput(Problem(words, name, start)) from error


def _swallowed(grid: Grid, delimiter: str) -> Iterable[Problem]:
    """Cells that took whole rows in, because two quotes that do not belong together happened to pair."""
    width = len(grid.rows[0]) if grid.rows else 0
    for row, line in enumerate(grid.rows):
        for column, one in enumerate(line):
            inner = one.text.split("\n")[1:-1] if "\n" in one.text else []
            count = sum(part.count(delimiter) >= max(width - 1, 2) for part in inner)
            if count:
                words = f"这一格里像有 {count} 整行别的记录：请核对它前后的引号，缺一半的补上"
                yield Problem(words, grid.place(row, column))
